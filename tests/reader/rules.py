"""Every validation rule of format-spec/FORMAT.md, written from it alone.

`violations(archive)` gives the names of the rules that an archive violates: `{"V05"}`. Like the reader it is slow,
simple, and without any code of the library.
"""

import itertools
import struct

import xxh3
from tables import CLASSES, COLUMNS, FIELDS, FORMAT_VERSION, KINDS, REVISIONS, SINGLETONS

HEADER = struct.Struct("<8sIBBHQIIIIIIQQ32s")
WIDTHS = {"u8": 1, "narrow": 1, "runs": 1, "u32": 4, "u64": 8}
CODES = {1: "B", 4: "I", 8: "Q"}
NARROW = [name for name, element in COLUMNS if element in ("narrow", "runs")]
PAYLOAD_BYTES = [0, 1, 2, 4]
BIG = 1 << 29


def violations(archive):
    """Give the set of the rules that an archive violates."""
    try:
        return _Archive(archive).check()
    except _Unreadable as error:
        return {error.args[0]}


def line_count(archive):
    """Give the number of lines of an archive that violates no rule."""
    return len(_Archive(archive).columns["lines"])


class _Unreadable(Exception):
    """V01 to V07: no other rule can be checked."""


def demand(condition, rule):
    if not condition:
        raise _Unreadable(rule)


def text_is_valid(data):
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def literal_is_valid(data):
    bases = {b"0x": (16, b"0123456789abcdef"), b"0o": (8, b"01234567"), b"0b": (2, b"01")}
    base, digits = bases.get(data[:2], (10, b"0123456789"))
    body = data[2:] if base != 10 else data
    if not body or any(byte not in digits for byte in body) or (base == 10 and body[:1] == b"0"):
        return False
    return int(body, base) >= BIG


class _Archive:
    def __init__(self, archive):
        self.archive, self.found = archive, set()
        demand(archive[:8] == b"LAZYAST\x1a" if len(archive) >= 96 else True, "V01")
        demand(len(archive) >= 96, "V04")
        (_, version, self.minimum, self.flags, self.depth, fingerprint, _, _, self.text_len, body_len, self.count,
         reserved, self.checksum, more_reserved, _) = HEADER.unpack_from(archive)  # fmt: skip
        demand(version == FORMAT_VERSION, "V02")
        demand(fingerprint in REVISIONS, "V03")
        demand(len(archive) == 96 + body_len, "V04")
        self.revision = REVISIONS[fingerprint]
        self.reserved = (reserved, more_reserved, self.flags & ~7)
        self.locate()
        self.check_lengths()

    def report(self, condition, rule):
        if not condition:
            self.found.add(rule)

    # V05 to V07.

    def locate(self):
        columns = COLUMNS[: self.revision[0]]
        root = len(self.archive) - 8 * len(columns)
        demand(root >= 96 and root % 4 == 0, "V05")
        self.padding, self.columns = [], {}
        entry, end = root, 96
        for name, element in columns:
            width = WIDTHS[element]
            pointer, count = struct.unpack_from("<iI", self.archive, entry)
            start = entry + pointer
            demand(start >= end and start % width == 0 and start + count * width <= root, "V05")
            self.padding.append(self.archive[end:start])
            self.columns[name] = struct.unpack_from(f"<{count}{CODES[width]}", self.archive, start)
            end, entry = start + count * width, entry + 8
        self.padding.append(self.archive[end:root])
        for name, _ in COLUMNS[self.revision[0] :]:
            self.columns[name] = ()

    def check_lengths(self):
        columns = self.columns
        for name in ("kinds", "fields", "starts", "lengths", "sizes"):
            demand(len(columns[name]) == self.count, "V06")
        demand(len(columns["overflow_rows"]) == len(columns["overflow_values"]), "V06")
        demand(len(columns["comment_gaps"]) == len(columns["comment_lengths"]), "V06")
        self.bases, at = {}, 0
        for name in ("starts", "payloads", "lines", "names", "strings"):
            rows = self.count if name == "payloads" else len(columns[name])
            self.bases[name] = columns["bases"][at : at + max(rows - 1, 0) // 64]
            at += max(rows - 1, 0) // 64
        demand(len(columns["bases"]) == at, "V06")
        demand(columns["kinds"][:1] == (0,), "V07")

    def check(self):
        head = self.archive[:48] + bytes(8) + self.archive[56:96]
        checksum = xxh3.xxh3_64(self.archive[96:], xxh3.xxh3_64(head))
        self.report(checksum == self.checksum, "V08")
        self.report(not any(self.reserved) and not any(map(any, self.padding)) and self.minimum >= 11, "V09")
        self.tables()
        self.nodes()
        self.lists()
        return self.found

    # V10 to V16.

    def overflow(self):
        """Find the values of each narrow column in the overflow table; a missing value is 0."""
        rows = [
            code << 28 | row
            for code, name in enumerate(NARROW)
            for row, value in enumerate(self.columns[name])
            if value == 255
        ]
        self.report(rows == list(self.columns["overflow_rows"]), "V10")
        values = iter(self.columns["overflow_values"])
        for name in NARROW:
            found = [next(values, 0) for value in self.columns[name] if value == 255]
            self.report(name == "starts" or all(value >= 255 for value in found), "V11")
            self.escaped[name] = found

    def narrow(self, name):
        """Decode a narrow column."""
        values = iter(self.escaped[name])
        return [next(values) if value == 255 else value for value in self.columns[name]]

    def check_base(self, name, row, value):
        """Compare what decoding from the front gives before a row with its base, if it has one."""
        if row and row % 64 == 0:
            self.report(self.bases[name][row // 64 - 1] == value, "V12")

    def runs(self, name, total):
        lengths, at, ranges = self.narrow(name), 0, []
        for row, length in enumerate(lengths):
            self.check_base(name, row, at)
            ranges.append((at, at + length))
            at += length
        self.report(at == total, "V13")
        return ranges

    def decode_payloads(self):
        data, at, self.payloads = bytes(self.columns["payloads"]), 0, []
        for row, byte in enumerate(self.columns["fields"]):
            self.check_base("payloads", row, at)
            width = PAYLOAD_BYTES[byte // 64]
            payload = int.from_bytes(data[at : at + width], "little")
            smallest = next(bytes for bytes in PAYLOAD_BYTES if payload < 1 << 8 * bytes)
            self.report(width == smallest, "V11")
            self.payloads.append(payload)
            at += width
        self.report(at == len(data), "V13")
        self.fields = [byte % 64 for byte in self.columns["fields"]]

    def tables(self):
        columns = self.columns
        self.escaped = {}
        self.overflow()
        self.decode_payloads()
        self.lengths, self.sizes = self.narrow("lengths"), self.narrow("sizes")
        self.line_count = len(columns["lines"])
        self.report(all(start < end for start, end in self.runs("lines", self.text_len)), "V14")
        data = bytes(columns["name_bytes"])
        names = [data[start:end] for start, end in self.runs("names", len(data)) if end <= len(data)]
        self.report(len(set(names)) == len(names) and all(names), "V15")
        for name in names:
            try:
                name.decode()
            except UnicodeDecodeError:
                self.found.add("V15")
        data = bytes(columns["string_bytes"])
        self.strings = [data[start:end] for start, end in self.runs("strings", len(data))]
        self.report(len(set(self.strings)) == len(self.strings), "V16")
        try:
            bytes(columns["producer"]).decode()
        except UnicodeDecodeError:
            self.found.add("V28")
        end = 0
        for gap, length in zip(self.narrow("comment_gaps"), self.narrow("comment_lengths")):
            end += gap + length
            self.report(length > 0 and end <= self.text_len, "V29")
        warnings = columns["warnings"]
        offsets = warnings[::2]
        self.report(len(warnings) % 2 == 0 and all(kind <= 2 for kind in warnings[1::2]), "V30")
        self.report(all(one <= other for one, other in itertools.pairwise(offsets)), "V30")
        self.report(all(offset < self.text_len for offset in offsets), "V30")
        self.report(bool(self.flags & 1) == bool(warnings), "V30")

    # V11, V12, V17 to V28.

    def nodes(self):
        self.used = {"names": 0, "strings": 0, "floats": 0}
        self.totals = {
            "names": len(self.columns["names"]), "strings": len(self.strings), "floats": len(self.columns["floats"]),
        }  # fmt: skip
        self.extras, self.next_extra = self.columns["extras"], 0
        kinds, fields = self.columns["kinds"], self.fields
        starts = self.narrow("starts")
        previous, open_nodes, deepest = 0, [], 0
        self.parents = [None] * self.count
        self.ends = [0] * self.count
        children = [[] for _ in range(self.count)]
        lists = [0] * self.count
        for node in range(self.count):
            self.check_base("starts", node, previous)
            start = starts[node]
            if self.columns["starts"][node] != 255:
                start += previous
            else:
                self.report(not previous <= start < previous + 255, "V11")
            previous = start
            self.report(start + self.lengths[node] <= self.text_len, "V20")
            self.report(kinds[node] < self.revision[1] and fields[node] < self.revision[2], "V17")
            while open_nodes and self.ends[open_nodes[-1]] <= node:
                open_nodes.pop()
            limit = self.ends[open_nodes[-1]] if open_nodes else self.count
            end = node + 1 + self.sizes[node]
            self.report(end <= limit and (node or end == self.count), "V18")
            self.ends[node] = min(end, limit) if node else self.count
            if open_nodes:
                self.parents[node] = open_nodes[-1]
                children[open_nodes[-1]].append(node)
            open_nodes.append(node)
            deepest = max(deepest, len(open_nodes))
            if kinds[node] < len(KINDS):
                lists[node] = self.payload(KINDS[kinds[node]], self.payloads[node])
        self.report(self.depth == deepest, "V19")
        for table, used in self.used.items():
            self.report(used == self.totals[table], "V27")
        self.report(self.next_extra == len(self.extras), "V26")
        self.report(fields[0] == 0, "V21")
        for node in range(self.count):
            if kinds[node] < len(KINDS):
                self.report(KINDS[kinds[node]][3] <= max(self.minimum, 11), "V24")
                self.children(node, children[node], lists[node])

    def children(self, node, children, list_len):
        kinds, fields = self.columns["kinds"], self.fields
        name, _, _, _, specs = KINDS[kinds[node]]
        roles = ("child", "children", "keys", "values", "kw_defaults")
        allowed = {field: (type_name, role, since) for field, type_name, role, since in specs if role in roles}
        order = [FIELDS[fields[child]] if fields[child] < len(FIELDS) else None for child in children]
        for child, field in zip(children, order):
            if field is None or kinds[child] >= len(KINDS):
                continue
            kind = KINDS[kinds[child]]
            if field == "values_312" and name == "JoinedStr":
                is_spec = fields[node] == FIELDS.index("format_spec")
                self.report(is_spec and kind[0] == "Constant", "V21")
            elif field not in allowed:
                self.found.add("V21")
            else:
                type_name, _, since = allowed[field]
                self.report(CLASSES[kind[0]] == type_name.rstrip("?*"), "V21")
                self.report(since <= max(self.minimum, 11), "V24")
        for field, (type_name, role, _) in allowed.items():
            if role == "child":
                found = order.count(field)
                self.report(found == 1 or (found == 0 and type_name.endswith("?")), "V22")
        self.pairs(name, order, list_len)

    def pairs(self, name, order, list_len):
        count = order.count
        if name == "Dict":
            followers = [order[at + 1 : at + 2] for at, field in enumerate(order) if field == "keys"]
            self.report(all(follower == ["values"] for follower in followers), "V23")
        elif name == "arguments":
            before = [order[at - 1] if at else None for at, field in enumerate(order) if field == "kw_defaults"]
            self.report(all(field == "kwonlyargs" for field in before), "V23")
            self.report(count("defaults") <= count("posonlyargs") + count("args"), "V23")
        elif name == "MatchMapping":
            self.report(count("keys") == count("patterns"), "V23")
        elif name == "MatchClass":
            self.report(count("kwd_patterns") == list_len, "V23")
        elif name == "Compare":
            self.report(count("comparators") == list_len, "V23")

    def newer(self, specs, part, value):
        """Check the Python of the field that is a part of a payload, if its value is not 0."""
        since = max(since for _, _, role, since in specs if role == part)
        self.report(not value or since <= max(self.minimum, 11), "V24")

    # V25 to V28: payloads.

    def use(self, table, number):
        if number == self.used[table] and number < self.totals[table]:
            self.used[table] += 1
        else:
            self.report(number < self.used[table], "V27")

    def words(self, offset, count):
        self.report(offset == self.next_extra, "V26")
        words = self.extras[offset : offset + count]
        if len(words) < count:
            self.found.add("V26")
            return None
        self.next_extra = offset + count
        return words

    def counted(self, offset):
        head = self.words(offset, 1)
        return (head and self.words(self.next_extra, head[0])) or ()

    def text(self, number, is_valid=text_is_valid):
        self.use("strings", number)
        if number < len(self.strings):
            self.report(is_valid(self.strings[number]), "V28")

    def payload(self, kind, payload):
        """Check a payload. Give the length of its list."""
        name, _, layout, _, specs = kind
        types = [type_name for _, type_name, _, _ in specs if type_name.rstrip("?*") in SINGLETONS]
        codes = len(SINGLETONS[types[0].rstrip("?*")]) if types else 0
        if layout == "none":
            self.report(payload == 0, "V25")
        elif layout == "flag":
            self.report(payload <= 1, "V25")
            self.newer(specs, "flag", payload)
        elif layout == "name":
            self.use("names", payload)
        elif layout == "optional_name":
            if payload:
                self.use("names", payload - 1)
        elif layout == "name_context":
            self.use("names", payload // 4)
            self.report(payload % 4 < codes, "V25")
        elif layout in ("context", "operator"):
            self.report(payload < codes, "V25")
        elif layout == "conversion":
            self.report(payload in (0, 98, 115, 116), "V25")
        elif layout == "operators":
            if payload < 16:
                self.report(payload < codes, "V25")
                return 1
            operators = self.counted(payload - 16)
            self.report(len(operators) >= 2 and all(code < codes for code in operators), "V25")
            return len(operators)
        elif layout == "names":
            names = self.counted(payload)
            for number in names:
                self.use("names", number)
            return len(names)
        elif layout == "alias":
            for number in (self.words(payload // 2, 2) or ()) if payload % 2 else (payload // 2,):
                self.use("names", number)
        elif layout == "import_from":
            self.import_from(specs, payload)
        elif layout == "interpolation":
            words = self.words(payload, 2)
            if words:
                self.text(words[0])
                self.report(words[1] in (0, 98, 115, 116), "V25")
        elif layout == "constant":
            self.constant(name, payload // 8, payload % 8)
        return 0

    def import_from(self, specs, payload):
        module, level = payload // 2, 0
        if payload % 2:
            words = self.words(payload // 2, 2)
            if not words:
                return
            module, level = words
            self.report(level >= 1 and (level >= 2 or module > 0), "V25")
            self.newer(specs, "is_lazy", level % 2)
        else:
            self.report(module > 0, "V25")
        if module:
            self.use("names", module - 1)

    def constant(self, kind, value, tag):
        if kind == "MatchSingleton":
            self.report(tag == 7 and value <= 2, "V25")
        elif tag in (0, 1):
            self.text(value)
        elif tag == 2:
            self.use("strings", value)
        elif tag == 4:
            self.text(value, literal_is_valid)
        elif tag in (5, 6):
            self.use("floats", value)
        elif tag == 7:
            self.report(value <= 3, "V25")

    # V31 and V32.

    def lists(self):
        kinds, fields = self.columns["kinds"], self.fields
        listed, end = [], 0
        inside = set()
        for node, code in enumerate(kinds):
            is_string = code < len(KINDS) and KINDS[code][0] == "JoinedStr"
            if is_string and fields[node] != FIELDS.index("format_spec") and node >= end:
                listed.append(node)
                end = self.ends[node]
                inside.update(range(node, end))
        self.report(list(self.columns["joined_strings"]) == listed, "V31")
        words = self.columns["spans_311"]
        self.report(len(words) % 5 == 0, "V32")
        records = [words[at : at + 5] for at in range(0, len(words) - 4, 5)]
        self.report(all(one[0] < other[0] for one, other in itertools.pairwise(records)), "V32")
        lines = range(1, max(self.line_count, 1) + 1)
        for node, line, _, end_line, _ in records:
            has_position = node in inside and kinds[node] < len(KINDS) and KINDS[kinds[node]][1]
            self.report(has_position and line in lines and end_line in lines, "V32")
