"""Every validation rule of format-spec/FORMAT.md, written from it alone.

`violations(archive)` gives the names of the rules that an archive violates: `{"V05"}`. Like the reader it is slow,
simple, and without any code of the library.
"""

import itertools
import struct

import xxh3
from tables import CLASSES, COLUMNS, FIELDS, FORMAT_VERSION, KINDS, REVISIONS, SINGLETONS

HEADER = struct.Struct("<8sIBBHQIIIIIIQQ32s")
WIDTHS = {
    "u8": (1,), "u16": (2,), "u32": (4,), "u64": (8,), "overflow": (4, 4), "narrow": (1, 4, 4), "runs": (1, 4, 4, 4),
}  # fmt: skip
CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}
BIG = 1 << 29


def violations(archive):
    """Give the set of the rules that an archive violates."""
    try:
        return _Archive(archive).check()
    except _Unreadable as error:
        return {error.args[0]}


def line_count(archive):
    """Give the number of lines of an archive that violates no rule."""
    return len(_Archive(archive).columns["lines"][0])


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
        root = len(self.archive) - sum(8 * len(WIDTHS[record]) for _, record in columns)
        demand(root >= 96 and root % 4 == 0, "V05")
        self.padding, self.columns = [], {}
        entry, end = root, 96
        for name, record in columns:
            parts = []
            for width in WIDTHS[record]:
                pointer, count = struct.unpack_from("<iI", self.archive, entry)
                start = entry + pointer
                demand(start >= end and start % width == 0 and start + count * width <= root, "V05")
                self.padding.append(self.archive[end:start])
                parts.append(struct.unpack_from(f"<{count}{CODES[width]}", self.archive, start))
                end, entry = start + count * width, entry + 8
            self.columns[name] = parts
        self.padding.append(self.archive[end:root])
        for name, record in COLUMNS[self.revision[0] :]:
            self.columns[name] = [()] * len(WIDTHS[record])

    def check_lengths(self):
        columns = self.columns

        def blocks(rows):
            return (rows + 63) // 64

        for name in ("kinds", "fields", "starts", "lengths", "sizes", "payloads"):
            demand(len(columns[name][0]) == self.count, "V06")
        demand(len(columns["start_bases"][0]) == blocks(self.count), "V06")
        for name, record in COLUMNS:
            parts = columns[name]
            if record == "runs":
                demand(len(parts[3]) == blocks(len(parts[0])), "V06")
            if record in ("overflow", "narrow", "runs"):
                rows, values = parts[-2:] if record != "runs" else parts[1:3]
                demand(len(rows) == len(values), "V06")
        demand(len(columns["comment_gaps"][0]) == len(columns["comment_lengths"][0]), "V06")
        demand(columns["kinds"][0][:1] == (0,), "V07")

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

    def narrow(self, name, least=255):
        """Decode a narrow column; a missing value is 0."""
        rows, overflow_rows, overflow = self.columns[name][:3]
        return self.escaped(rows, 255, overflow_rows, overflow, least)

    def escaped(self, rows, escape, overflow_rows, overflow, least):
        self.report([row for row, value in enumerate(rows) if value == escape] == list(overflow_rows), "V10")
        if least is not None:
            self.report(all(value >= least for value in overflow), "V11")
        values = iter(overflow)
        return [next(values, 0) if value == escape else value for value in rows]

    def runs(self, name, total):
        lengths, at, ranges = self.narrow(name), 0, []
        for row, length in enumerate(lengths):
            if row % 64 == 0:
                self.report(self.columns[name][3][row // 64] == at, "V12")
            ranges.append((at, at + length))
            at += length
        self.report(at == total, "V13")
        return ranges

    def tables(self):
        columns = self.columns
        self.lengths, self.sizes = self.narrow("lengths"), self.narrow("sizes")
        self.payloads = self.escaped(columns["payloads"][0], 65535, *columns["payload_overflow"], 65535)
        self.line_count = len(columns["lines"][0])
        self.report(all(start < end for start, end in self.runs("lines", self.text_len)), "V14")
        data = bytes(columns["name_bytes"][0])
        names = [data[start:end] for start, end in self.runs("names", len(data)) if end <= len(data)]
        self.report(len(set(names)) == len(names) and all(names), "V15")
        for name in names:
            try:
                name.decode()
            except UnicodeDecodeError:
                self.found.add("V15")
        data = bytes(columns["string_bytes"][0])
        self.strings = [data[start:end] for start, end in self.runs("strings", len(data))]
        self.report(len(set(self.strings)) == len(self.strings), "V16")
        try:
            bytes(columns["producer"][0]).decode()
        except UnicodeDecodeError:
            self.found.add("V28")
        end = 0
        for gap, length in zip(self.narrow("comment_gaps"), self.narrow("comment_lengths")):
            end += gap + length
            self.report(length > 0 and end <= self.text_len, "V29")
        warnings = columns["warnings"][0]
        offsets = warnings[::2]
        self.report(len(warnings) % 2 == 0 and all(kind <= 2 for kind in warnings[1::2]), "V30")
        self.report(all(one <= other for one, other in itertools.pairwise(offsets)), "V30")
        self.report(all(offset < self.text_len for offset in offsets), "V30")
        self.report(bool(self.flags & 1) == bool(warnings), "V30")

    # V11, V12, V17 to V28.

    def nodes(self):
        self.used = {"names": 0, "strings": 0, "floats": 0}
        self.totals = {
            "names": len(self.columns["names"][0]), "strings": len(self.strings), "floats": len(self.columns["floats"][0]),
        }  # fmt: skip
        self.extras, self.next_extra = self.columns["extras"][0], 0
        kinds, fields = self.columns["kinds"][0], self.columns["fields"][0]
        starts = self.narrow("starts", None)
        previous, open_nodes, deepest = 0, [], 0
        self.parents = [None] * self.count
        self.ends = [0] * self.count
        children = [[] for _ in range(self.count)]
        lists = [0] * self.count
        for node in range(self.count):
            start = starts[node]
            if self.columns["starts"][0][node] != 255:
                start += previous
            else:
                self.report(not previous <= start < previous + 255, "V11")
            previous = start
            if node % 64 == 0:
                self.report(self.columns["start_bases"][0][node // 64] == start, "V12")
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
        kinds, fields = self.columns["kinds"][0], self.columns["fields"][0]
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
        kinds, fields = self.columns["kinds"][0], self.columns["fields"][0]
        listed, end = [], 0
        inside = set()
        for node, code in enumerate(kinds):
            is_string = code < len(KINDS) and KINDS[code][0] == "JoinedStr"
            if is_string and fields[node] != FIELDS.index("format_spec") and node >= end:
                listed.append(node)
                end = self.ends[node]
                inside.update(range(node, end))
        self.report(list(self.columns["joined_strings"][0]) == listed, "V31")
        words = self.columns["spans_311"][0]
        self.report(len(words) % 5 == 0, "V32")
        records = [words[at : at + 5] for at in range(0, len(words) - 4, 5)]
        self.report(all(one[0] < other[0] for one, other in itertools.pairwise(records)), "V32")
        lines = range(1, max(self.line_count, 1) + 1)
        for node, line, _, end_line, _ in records:
            has_position = node in inside and kinds[node] < len(KINDS) and KINDS[kinds[node]][1]
            self.report(has_position and line in lines and end_line in lines, "V32")
