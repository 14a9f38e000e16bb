// A reader of lazyast archives in JavaScript, written from format-spec/FORMAT.md. It is a second oracle beside reader.py.
//
// Standard input has one JSON value: `tables` as tables.py has them, and `archives`, each a path and a version of Python.
// Standard output gets a line of JSON for each: the tree, or the rule that the archive violates (V01 to V07).
// A string is its code points, since JavaScript's strings cannot tell two surrogates from the character they form.
"use strict";
const fs = require("node:fs");

const WIDTHS = { u8: 1, narrow: 1, runs: 1, u32: 4, u64: 8 };
const PAYLOAD_BYTES = [0, 1, 2, 4];

class FormatError extends Error {}

function demand(condition, rule) {
  if (!condition) throw new FormatError(rule);
}

class Archive {
  constructor(bytes, tables, [, minor, micro]) {
    Object.assign(this, { bytes, tables, minor, micro });
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.header();
    this.locate();
    this.checkLengths();
    this.decode();
    this.findParts();
  }

  u32(at) {
    return this.view.getUint32(at, true);
  }

  header() {
    demand(this.bytes.length >= 96, "V04");
    demand(this.bytes.subarray(0, 8).equals(Buffer.from("LAZYAST\x1a", "latin1")), "V01");
    demand(this.u32(8) === this.tables.FORMAT_VERSION, "V02");
    this.revision = this.tables.REVISIONS[this.view.getBigUint64(16, true).toString()];
    demand(this.revision !== undefined, "V03");
    demand(this.bytes.length === 96 + this.u32(36), "V04");
    this.count = this.u32(40);
  }

  locate() {
    const columns = this.tables.COLUMNS.slice(0, this.revision[0]);
    const root = this.bytes.length - 8 * columns.length;
    demand(root >= 96 && root % 4 === 0, "V05");
    this.columns = {};
    let entry = root;
    let end = 96;
    for (const [name, element] of columns) {
      const width = WIDTHS[element];
      const start = entry + this.view.getInt32(entry, true);
      const count = this.u32(entry + 4);
      demand(start >= end && start % width === 0 && start + count * width <= root, "V05");
      end = start + count * width;
      entry += 8;
      const read = { 1: "getUint8", 4: "getUint32", 8: "getBigUint64" }[width];
      this.columns[name] = Array.from({ length: count }, (_, row) => this.view[read](start + row * width, true));
    }
  }

  checkLengths() {
    const columns = this.columns;
    const blocks = (rows) => Math.max(Math.ceil(rows / 64) - 1, 0);
    for (const name of ["kinds", "fields", "starts", "lengths", "sizes"]) {
      demand(columns[name].length === this.count, "V06");
    }
    const divided = [columns.lines, columns.names, columns.strings].map((lengths) => blocks(lengths.length));
    demand(columns.bases.length === divided.reduce((sum, count) => sum + count, 2 * blocks(this.count)), "V06");
    demand(columns.overflow_rows.length === columns.overflow_values.length, "V06");
    demand(columns.comment_gaps.length === columns.comment_lengths.length, "V06");
    demand(columns.kinds[0] === 0, "V07");
  }

  // Columns to values.

  narrow(name) {
    const narrow = this.tables.COLUMNS.filter(([, element]) => element === "narrow" || element === "runs");
    const code = narrow.findIndex(([column]) => column === name) * 2 ** 28;
    return this.columns[name].map((byte, row) => (byte === 255 ? this.overflow.get(code + row) : byte));
  }

  // The payloads, each in as many bytes as the byte in `fields` says.
  payloadsByNode() {
    const { fields, payloads } = this.columns;
    let at = 0;
    return fields.map((byte) => {
      const bytes = payloads.slice(at, (at += PAYLOAD_BYTES[byte >> 6]));
      return bytes.reduceRight((payload, value) => payload * 256 + value, 0);
    });
  }

  runs(name) {
    let at = 0;
    return this.narrow(name).map((length) => [at, (at += length)]);
  }

  decode() {
    const { columns } = this;
    const bytes = (name) => Buffer.from(columns[name]);
    this.overflow = new Map(columns.overflow_rows.map((row, index) => [row, columns.overflow_values[index]]));
    this.kinds = columns.kinds.map((code) => this.tables.KINDS[code]);
    this.fields = columns.fields.map((byte) => this.tables.FIELDS[byte % 64]);
    this.payloads = this.payloadsByNode();
    this.lengths = this.narrow("lengths");
    this.sizes = this.narrow("sizes");
    let start = 0;
    const escaped = columns.starts;
    this.starts = this.narrow("starts").map((value, row) => (start = escaped[row] === 255 ? value : start + value));
    this.lines = this.runs("lines").map(([first]) => first);
    if (this.lines.length === 0) this.lines = [0];
    const names = bytes("name_bytes");
    this.names = this.runs("names").map(([first, end]) => codePoints(names.subarray(first, end)));
    const strings = bytes("string_bytes");
    this.strings = this.runs("strings").map(([first, end]) => strings.subarray(first, end));
    this.floats = columns.floats;
    this.extras = columns.extras;
    const words = columns.spans_311;
    this.listed = new Map();
    for (let at = 0; at < words.length; at += 5) this.listed.set(words[at], words.slice(at + 1, at + 5));
  }

  // Nodes.

  children(node) {
    const found = [];
    for (let child = node + 1; child < node + 1 + this.sizes[node]; child += 1 + this.sizes[child]) found.push(child);
    return found;
  }

  tree() {
    const made = [];
    for (let node = this.count - 1; node >= 0; node -= 1) made[node] = this.node(node, made);
    return made[0];
  }

  node(node, made) {
    const [name, hasPositions, layout, , fields] = this.kinds[node];
    const children = this.children(node);
    const values = [];
    const payload = new Payload(this, layout, this.payloads[node]);
    for (const [field, type, role, since] of fields) {
      if (since <= this.minor) values.push([field, this.field(children, field, type, role, payload, made)]);
    }
    if (hasPositions) {
      const names = ["lineno", "col_offset", "end_lineno", "end_col_offset"];
      this.position(node).forEach((value, index) => values.push([names[index], integer(value)]));
    }
    return ["node", name, values];
  }

  field(children, field, type, role, payload, made) {
    const inField = (...names) => children.filter((child) => names.includes(this.fields[child]));
    const nodes = (found) => ["list", found.map((child) => made[child])];
    switch (role) {
      case "child": {
        const [found] = inField(field);
        return found === undefined ? ["None"] : made[found];
      }
      case "children":
        return nodes(inField(field));
      case "values":
        return nodes(this.minor === 12 && this.micro <= 1 ? inField("values", "values_312") : inField("values"));
      case "keys":
        return ["list", inField("values").map((child) => {
          const before = children[children.indexOf(child) - 1];
          return this.fields[before] === "keys" ? made[before] : ["None"];
        })];
      case "kw_defaults":
        return ["list", inField("kwonlyargs").map((child) => {
          const after = children[children.indexOf(child) + 1];
          return this.fields[after] === "kw_defaults" ? made[after] : ["None"];
        })];
      case "none":
        return ["None"];
      case "empty":
        return ["list", []];
      case "zero":
        return integer(0);
      default:
        return payload[role](type.replace(/[?*]$/, ""));
    }
  }

  // Positions.

  position(node) {
    if (this.minor > 11) return this.positionInText(node);
    const string = this.listed.has(node) ? node : this.parts.get(node) ?? node;
    return this.listed.get(string) ?? this.positionInText(string);
  }

  positionInText(node) {
    const start = this.starts[node];
    return [...this.lineAndColumn(start), ...this.lineAndColumn(start + this.lengths[node])];
  }

  lineAndColumn(offset) {
    let [low, high] = [0, this.lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lines[middle] <= offset) low = middle + 1;
      else high = middle;
    }
    return [low, offset - this.lines[low - 1]];
  }

  findParts() {
    this.parts = new Map();
    this.kinds.forEach(([name], node) => {
      if (name === "JoinedStr") {
        const string = this.parts.get(node) ?? node;
        for (const child of this.children(node)) this.parts.set(child, string);
      } else if (name === "FormattedValue" && this.parts.has(node)) {
        for (const child of this.children(node)) {
          if (this.fields[child] === "format_spec") this.parts.set(child, this.parts.get(node));
        }
      }
    });
  }
}

class Payload {
  constructor(archive, layout, payload) {
    Object.assign(this, { archive, layout, payload });
    this.half = Math.floor(payload / 2);
  }

  list(offset) {
    const { extras } = this.archive;
    return extras.slice(offset + 1, offset + 1 + extras[offset]);
  }

  nameOf(number) {
    return ["str", this.archive.names[number]];
  }

  optional(number) {
    return number ? this.nameOf(number - 1) : ["None"];
  }

  code(type, code) {
    return ["node", this.archive.tables.SINGLETONS[type][code], []];
  }

  extra(index) {
    return this.archive.extras[this.half + index];
  }

  name() {
    return this.nameOf(this.layout === "name_context" ? Math.floor(this.payload / 4) : this.payload);
  }

  optional_name() {
    return this.optional(this.payload);
  }

  names() {
    return ["list", this.list(this.payload).map((number) => this.nameOf(number))];
  }

  context(type) {
    return this.code(type, this.layout === "name_context" ? this.payload % 4 : this.payload);
  }

  operator(type) {
    return this.code(type, this.payload);
  }

  operators(type) {
    const codes = this.payload < 16 ? [this.payload] : this.list(this.payload - 16);
    return ["list", codes.map((code) => this.code(type, code))];
  }

  flag() {
    return integer(this.payload);
  }

  module() {
    return this.optional(this.payload % 2 ? this.extra(0) : this.half);
  }

  level() {
    return integer(this.payload % 2 ? Math.floor(this.extra(1) / 2) : 0);
  }

  is_lazy() {
    return integer(this.payload % 2 ? this.extra(1) % 2 : 0);
  }

  alias_name() {
    return this.nameOf(this.payload % 2 ? this.extra(0) : this.half);
  }

  asname() {
    return this.payload % 2 ? this.nameOf(this.extra(1)) : ["None"];
  }

  conversion() {
    return integer((this.layout === "interpolation" ? this.archive.extras[this.payload + 1] : this.payload) - 1);
  }

  text() {
    return ["str", codePoints(this.archive.strings[this.archive.extras[this.payload]])];
  }

  constant_kind() {
    return this.payload % 8 === 1 ? ["str", [117]] : ["None"];
  }

  constant() {
    const [value, tag] = [Math.floor(this.payload / 8), this.payload % 8];
    const { strings, floats } = this.archive;
    if (tag <= 1) return ["str", codePoints(strings[value])];
    if (tag === 2) return ["bytes", strings[value].toString("hex")];
    if (tag === 3) return integer(value);
    if (tag === 4) return integer(BigInt(strings[value].toString("latin1")));
    if (tag === 7) return [["None"], ["True"], ["False"], ["Ellipsis"]][value];
    return [tag === 5 ? "float" : "complex", floats[value].toString(16).padStart(16, "0")];
  }
}

function integer(value) {
  return ["int", value.toString(16)];
}

// UTF-8 in which surrogates are encoded like other characters.
function codePoints(bytes) {
  const points = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at];
    const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    let point = more === 0 ? first : first & (0x3f >> more);
    for (let index = 1; index <= more; index += 1) point = point * 64 + (bytes[at + index] & 0x3f);
    points.push(point);
    at += 1 + more;
  }
  return points;
}

// Gives the files of a pack with a manifest: path, and the archive's key or the reason why there is none. Checksums are
// not compared.
function manifest(data) {
  const pack = data.subarray(data.length - 64);
  const magics = [data.subarray(0, 8).toString("latin1"), data.subarray(-8).toString("latin1")];
  if (data.length < 56) throw new FormatError("P01");
  if (magics[0] !== "LAZYPAK\x1a" || magics[1] !== "\x1aKAPYZAL") throw new FormatError("P02");
  if (data.readUInt32LE(8) !== 2 || data.readUInt32LE(data.length - 16) !== 2) throw new FormatError("P03");
  const [offset, length, , start, count] = [0, 8, 16, 24, 32].map((at) => Number(pack.readBigUInt64LE(at)));
  if (start < 16) throw new FormatError("P04");
  if (start + 48 * count + 64 !== data.length) throw new FormatError("P05");
  if (offset < 16 || offset + length !== start) throw new FormatError("P14");
  const bytes = data.subarray(offset, start);
  let at = 8;
  const number = () => {
    if (at + 4 > bytes.length) throw new FormatError("P15");
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  const text = () => {
    const length = number();
    at += length;
    if (at > bytes.length) throw new FormatError("P15");
    return bytes.subarray(at - length, at).toString("utf8");
  };
  const files = [];
  for (let file = bytes.readUInt32LE(0); file > 0; file -= 1) {
    const path = text();
    at += 1;
    if (bytes[at - 1] === 0) {
      files.push([path, text()]);
    } else {
      const entry = start + 48 * number();
      number();
      files.push([path, data.subarray(entry, entry + 32).toString("hex")]);
    }
  }
  return files;
}

const { tables, archives = [], packs = [] } = JSON.parse(fs.readFileSync(0, "utf8"));
for (const path of packs) {
  fs.writeSync(1, JSON.stringify({ files: manifest(fs.readFileSync(path)) }) + "\n");
}
for (const [path, version] of archives) {
  let result;
  try {
    result = { tree: new Archive(fs.readFileSync(path), tables, version).tree() };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    result = { error: error.message };
  }
  fs.writeSync(1, JSON.stringify(result) + "\n");
}
