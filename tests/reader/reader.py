"""A small reader of lazyast archives, written from format-spec/FORMAT.md alone.

It is an oracle for tests: slow, simple, and without any code of the library. `read(archive)` returns the tree that
`ast.parse` of the running interpreter returns for the archive's source, including positions. It checks the validation
rules V01 to V05; `rules.py` checks all.
"""

import ast
import struct
import sys
from bisect import bisect_right

from tables import COLUMNS, FIELDS, FORMAT_VERSION, KINDS, REVISIONS, SINGLETONS

HEADER = struct.Struct("<8sIBBHQIIIIIIQQ32s")
ELEMENTS = {"u8": "B", "narrow": "B", "runs": "B", "u32": "I", "u64": "Q"}
NARROW = [name for name, element in COLUMNS if element in ("narrow", "runs")]
PAYLOAD_BYTES = [0, 1, 2, 4]
CODES = {name: code for code, name in enumerate(FIELDS)}
CONSTANTS = [None, True, False, ...]


class FormatError(ValueError):
    """The bytes are not an archive of this format."""


def read(archive, version=sys.version_info[:3], namespace=ast):
    """Return the tree for a Python version (major, minor, micro), as objects of the classes in a namespace."""
    return _Reader(archive, version, namespace).tree()


def minimum_python(archive):
    """Return the minor version of the first Python 3 that accepts the source."""
    return archive[12]


class _Reader:
    def __init__(self, archive, version, namespace):
        self.archive = archive
        self.minor, self.micro = version[1:]
        self.namespace = namespace
        self.header()
        self.columns()
        self.decode()

    # Header and root.

    def header(self):
        if len(self.archive) < HEADER.size:
            raise FormatError("V04: shorter than a header")
        (magic, version, self.minimum, _, _, fingerprint, _, _, self.text_len, body_len, self.count, *_) = (
            HEADER.unpack_from(self.archive)
        )
        if magic != b"LAZYAST\x1a":
            raise FormatError("V01: not an archive")
        if version != FORMAT_VERSION:
            raise FormatError(f"V02: format version {version}, not {FORMAT_VERSION}")
        if fingerprint not in REVISIONS:
            raise FormatError("V03: the schema fingerprint is another one")
        if len(self.archive) != HEADER.size + body_len:
            raise FormatError("V04: the header says another length")
        self.known_columns = COLUMNS[: REVISIONS[fingerprint][0]]
        if self.minimum > self.minor:
            raise FormatError(f"for Python 3.{self.minimum} and later")

    def columns(self):
        at = len(self.archive) - 8 * len(self.known_columns)
        for name, element in self.known_columns:
            setattr(self, name, self.vector(at, ELEMENTS[element]))
            at += 8

    def vector(self, at, code):
        pointer, count = struct.unpack_from("<iI", self.archive, at)
        start, size = at + pointer, struct.calcsize("<" + code)
        if start < HEADER.size or start + count * size > at:
            raise FormatError(f"V05: a vector from {start}, {count} elements")
        return struct.unpack_from(f"<{count}{code}", self.archive, start)

    # Columns to values.

    def values(self, name):
        code = NARROW.index(name) << 28
        return [self.overflow[code | row] if byte == 255 else byte for row, byte in enumerate(getattr(self, name))]

    def divide(self, name):
        starts, at = [], 0
        for length in self.values(name):
            starts.append(at)
            at += length
        return starts, starts[1:] + [at]

    def decode(self):
        self.overflow = dict(zip(self.overflow_rows, self.overflow_values, strict=True))
        absolute, start = self.starts, 0
        self.starts = self.values("starts")
        for row, value in enumerate(self.starts):
            start = value if absolute[row] == 255 else start + value
            self.starts[row] = start
        self.lengths, self.sizes = self.values("lengths"), self.values("sizes")
        stream, at = bytes(self.payloads), 0
        self.payloads = []
        for byte in self.fields:
            end = at + PAYLOAD_BYTES[byte // 64]
            self.payloads.append(int.from_bytes(stream[at:end], "little"))
            at = end
        self.fields = [byte % 64 for byte in self.fields]
        self.line_starts = self.divide("lines")[0] or [0]
        starts, ends = self.divide("names")
        data = bytes(self.name_bytes)
        self.names = [str(data[start:end], "utf-8") for start, end in zip(starts, ends)]
        starts, ends = self.divide("strings")
        data = bytes(self.string_bytes)
        self.strings = [data[start:end] for start, end in zip(starts, ends)]
        words = self.spans_311
        self.listed_positions = {words[at]: words[at + 1 : at + 5] for at in range(0, len(words), 5)}

    # Nodes.

    def children(self, node):
        child, end = node + 1, node + 1 + self.sizes[node]
        while child < end:
            yield child
            child += 1 + self.sizes[child]

    def tree(self):
        """Make the nodes from the last to the first, so that children exist before their parents."""
        self.find_parts()
        made = [None] * self.count
        for node in reversed(range(self.count)):
            made[node] = self.node(node, made)
        return made[0]

    def node(self, node, made):
        name, has_positions, layout, _, fields = KINDS[self.kinds[node]]
        values = {}
        payload = _Payload(self, layout, self.payloads[node])
        for field, type_name, role, since in fields:
            if since <= self.minor:
                values[field] = self.field(node, field, type_name, role, payload, made)
        if has_positions:
            values.update(self.position(node))
        return getattr(self.namespace, name)(**values)

    def field(self, node, field, type_name, role, payload, made):
        if role == "child":
            found = [made[child] for child in self.children(node) if self.fields[child] == CODES[field]]
            return found[0] if found else None
        if role == "children":
            return [made[child] for child in self.children(node) if self.fields[child] == CODES[field]]
        if role == "values":
            elements = {CODES["values"]}
            if self.minor == 12 and self.micro <= 1:
                elements.add(CODES["values_312"])
            return [made[child] for child in self.children(node) if self.fields[child] in elements]
        if role == "keys":
            return self.keys(node, made)
        if role == "kw_defaults":
            return self.kw_defaults(node, made)
        if role in ("none", "empty", "zero"):
            return {"none": None, "empty": [], "zero": 0}[role]
        return getattr(payload, role)(type_name.rstrip("?*"))

    def keys(self, node, made):
        keys, pending = [], None
        for child in self.children(node):
            if self.fields[child] == CODES["keys"]:
                pending = made[child]
            else:
                keys.append(pending)
                pending = None
        return keys

    def kw_defaults(self, node, made):
        defaults = []
        for child in self.children(node):
            if self.fields[child] == CODES["kwonlyargs"]:
                defaults.append(None)
            elif self.fields[child] == CODES["kw_defaults"]:
                defaults[-1] = made[child]
        return defaults

    # Positions.

    def position(self, node):
        names = ("lineno", "col_offset", "end_lineno", "end_col_offset")
        if self.minor > 11:
            return dict(zip(names, self.position_in_text(node)))
        if node not in self.listed_positions:
            node = self.parts.get(node, node)
        return dict(zip(names, self.listed_positions.get(node) or self.position_in_text(node)))

    def position_in_text(self, node):
        start = self.starts[node]
        return self.line_and_column(start) + self.line_and_column(start + self.lengths[node])

    def line_and_column(self, offset):
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1]

    def find_parts(self):
        """Find the f-string of each part of an f-string."""
        self.parts = {}
        kinds = [KINDS[code][0] for code in self.kinds]
        for node, kind in enumerate(kinds):
            if kind == "JoinedStr":
                string = self.parts.get(node, node)
                for child in self.children(node):
                    self.parts[child] = string
            elif kind == "FormattedValue":
                for child in self.children(node):
                    if self.fields[child] == CODES["format_spec"]:
                        self.parts[child] = self.parts[node]


class _Payload:
    """The values in a payload, by role."""

    def __init__(self, reader, layout, payload):
        self.reader, self.layout, self.payload = reader, layout, payload
        self.extras = reader.extras

    def numbers(self, offset):
        count = self.extras[offset]
        return self.extras[offset + 1 : offset + 1 + count]

    def singleton(self, type_name, code):
        return getattr(self.reader.namespace, SINGLETONS[type_name][code])()

    def optional(self, number):
        return self.reader.names[number - 1] if number else None

    def name(self, _):
        return self.reader.names[self.payload // 4 if self.layout == "name_context" else self.payload]

    def optional_name(self, _):
        return self.optional(self.payload)

    def names(self, _):
        return [self.reader.names[number] for number in self.numbers(self.payload)]

    def context(self, type_name):
        return self.singleton(type_name, self.payload % 4 if self.layout == "name_context" else self.payload)

    def operator(self, type_name):
        return self.singleton(type_name, self.payload)

    def operators(self, type_name):
        codes = [self.payload] if self.payload < 16 else self.numbers(self.payload - 16)
        return [self.singleton(type_name, code) for code in codes]

    def flag(self, _):
        return self.payload

    def pair(self):
        offset = self.payload // 2
        return self.extras[offset : offset + 2]

    def module(self, _):
        return self.optional(self.pair()[0] if self.payload % 2 else self.payload // 2)

    def level(self, _):
        return self.pair()[1] // 2 if self.payload % 2 else 0

    def is_lazy(self, _):
        return self.pair()[1] % 2 if self.payload % 2 else 0

    def alias_name(self, _):
        return self.reader.names[self.pair()[0] if self.payload % 2 else self.payload // 2]

    def asname(self, _):
        return self.reader.names[self.pair()[1]] if self.payload % 2 else None

    def conversion(self, _):
        return (self.extras[self.payload + 1] if self.layout == "interpolation" else self.payload) - 1

    def text(self, _):
        return self.string(self.extras[self.payload])

    def string(self, number):
        return str(self.reader.strings[number], "utf-8", "surrogatepass")

    def constant_kind(self, _):
        return "u" if self.payload % 8 == 1 else None

    def constant(self, _):
        value, tag = self.payload // 8, self.payload % 8
        if tag in (0, 1):
            return self.string(value)
        if tag == 2:
            return self.reader.strings[value]
        if tag == 3:
            return value
        if tag == 4:
            return int(self.reader.strings[value], 0)
        if tag == 7:
            return CONSTANTS[value]
        (number,) = struct.unpack("<d", struct.pack("<Q", self.reader.floats[value]))
        return number if tag == 5 else complex(0.0, number)
