"""Packs, identifier indexes and file states, written from format-spec/PACK.md alone.

`violations(pack)` gives the names of the rules that a pack violates, those of FORMAT.md included. `manifest(pack)` reads
a manifest. `identifiers(data)` and `project_state(data)` read the files beside packs; a rule that they violate is the
message of a `PackError`.
"""

import struct
from pathlib import PurePosixPath

import rules
from blake3 import blake3
from xxh3 import xxh3_64

ENTRY = struct.Struct("<32sQII")


class PackError(ValueError):
    """The bytes break a rule, whose name is the message."""


def demand(condition, rule):
    if not condition:
        raise PackError(rule)


class Pack:
    """A pack that can be opened: its index, and where its other parts are."""

    def __init__(self, data):
        self.data = data
        demand(len(data) >= 56, "P01")
        demand(data[:8] == b"LAZYPAK\x1a" and data[-8:] == b"\x1aKAPYZAL", "P02")
        self.versions = (int.from_bytes(data[8:12], "little"), int.from_bytes(data[-16:-12], "little"))
        demand(self.versions in ((1, 1), (2, 2)), "P03")
        start, count, checksum = struct.unpack_from("<QQQ", data, len(data) - 40)
        self.start, self.count = start, count
        demand(start >= 16, "P04")
        demand(start + 48 * count + (40 if self.versions[0] == 1 else 64) == len(data), "P05")
        index = data[start : start + 48 * count]
        demand(xxh3_64(index) == checksum, "P06")
        self.entries = list(ENTRY.iter_unpack(index))
        self.manifest_at = struct.unpack_from("<QQQ", data, len(data) - 64) if self.versions[0] == 2 else None
        self.archives_end = min(self.manifest_at[0], start) if self.manifest_at else start

    def archive(self, position):
        _, offset, length, _ = self.entries[position]
        demand(offset >= 16 and offset % 16 == 0, "P07")
        demand(offset + length <= self.archives_end, "P08")
        return self.data[offset : offset + length]

    def check_archive(self, position, parser):
        """Give the rules that an archive violates."""
        try:
            archive = self.archive(position)
        except PackError as error:
            return {str(error)}
        violated = rules.violations(archive)
        if violated & {"V01", "V02", "V03", "V04", "V05", "V06", "V07"}:
            return {"P09"}
        if int.from_bytes(archive[24:28], "little") != parser:
            return {"P09"}
        if archive[64:96] != self.entries[position][0]:
            return {"P10"}
        return {"P11" if rule == "V08" else rule for rule in violated}

    def manifest(self):
        """Give the files as pairs of path and result, and the sources as pairs of offset and length."""
        if not self.manifest_at:
            return [], []
        offset, length, checksum = self.manifest_at
        demand(offset >= 16 and offset + length == self.start, "P14")
        data = self.data[offset : offset + length]
        demand(xxh3_64(data) == checksum, "P14")
        parts = Parts(data, "P15")
        count, flags = parts.numbers("II")
        demand(flags in (0, 1), "P15")
        files = []
        for _ in range(count):
            path = parts.text()
            names = path.split("/")
            demand(not set(names) & {"", ".", ".."} and not set(path) & {"\0", "\\"}, "P15")
            demand(not files or files[-1][0].split("/") < names, "P15")
            (minimum,) = parts.numbers("B")
            if minimum:
                position, lines = parts.numbers("II")
                demand(position < self.count, "P15")
                files.append((path, (position, lines, minimum)))
            else:
                files.append((path, parts.text()))
        sources = [parts.numbers("QI") for _ in range(self.count)] if flags else []
        demand(not parts.rest, "P15")
        return files, sources

    def source(self, position):
        """Give a source, if the pack has it."""
        offset, length = self.manifest()[1][position]
        demand(16 <= offset and offset + length <= self.archives_end, "P17")
        source = self.data[offset : offset + length]
        demand(blake3(source) == self.entries[position][0], "P17")
        return source

    def violations(self, parser):
        found = set()
        for position in range(self.count):
            found |= self.check_archive(position, parser)
            if position and self.entries[position - 1][0] >= self.entries[position][0]:
                found.add("P12")
        if any(self.data[12:16]) or any(self.data[-12:-8]):
            found.add("P13")
        try:
            files, sources = self.manifest()
        except PackError as error:
            return found | {str(error)}
        for _, result in files:
            if isinstance(result, tuple):
                position, lines, minimum = result
                if not self.check_archive(position, parser):
                    archive = self.archive(position)
                    if (lines, minimum) != (rules.line_count(archive), archive[12]):
                        found.add("P16")
        for position in range(len(sources)):
            try:
                self.source(position)
            except PackError as error:
                found.add(str(error))
        return found


def violations(data, parser):
    """Give the set of rules that a pack violates. `parser` is the parser version that its archives should have."""
    try:
        return Pack(data).violations(parser)
    except PackError as error:
        return {str(error)}


class Parts:
    """Bytes that are read from the front. Where they end too early, a rule is broken."""

    def __init__(self, data, rule):
        self.rest, self.rule = data, rule

    def take(self, length):
        demand(length <= len(self.rest), self.rule)
        taken, self.rest = self.rest[:length], self.rest[length:]
        return taken

    def numbers(self, codes):
        return struct.unpack("<" + codes, self.take(struct.calcsize("<" + codes)))

    def text(self):
        (length,) = self.numbers("I")
        try:
            return self.take(length).decode()
        except UnicodeDecodeError:
            raise PackError(self.rule) from None


def identifiers(data, archive_count):
    """Give the archives of each hash in an identifier index."""
    demand(data[:8] == b"LAZYNAM\x1a", "N01")
    demand(len(data) >= 16 and xxh3_64(data[16:]) == int.from_bytes(data[8:16], "little"), "N02")
    demand(len(data) >= 24, "N04")
    archives, count = struct.unpack_from("<II", data, 16)
    demand(archives == archive_count, "N03")
    demand(28 + 8 * count <= len(data), "N04")
    hashes = struct.unpack_from(f"<{count}I", data, 24)
    starts = struct.unpack_from(f"<{count + 1}I", data, 24 + 4 * count)
    lists = data[28 + 8 * count :]
    found = {}
    for hash_, start, end in zip(hashes, starts, starts[1:]):
        archive, difference, shift, members = 0, 0, 0, []
        for byte in lists[start:end]:
            difference |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                archive += difference
                members.append(archive)
                difference = shift = 0
        found[hash_] = members
    return found


def identifier_hash(name):
    return xxh3_64(name.encode()) & 0xFFFFFFFF


def project_state(data):
    """Give the parts of a file state."""
    demand(data[:8] == b"LAZYNW2\x1a", "F01")
    demand(len(data) >= 16 and xxh3_64(data[16:]) == int.from_bytes(data[8:16], "little"), "F02")
    parts = Parts(data[16:], "F03")
    observed_at, *counts = parts.numbers("qIII")

    def fingerprint():
        return parts.numbers("QqqQ")

    def source():
        (minimum,) = parts.numbers("B")
        key = parts.take(32)
        if minimum:
            return key, parts.numbers("I")[0], minimum
        reason, (verdicts,) = parts.text(), parts.numbers("I")
        return key, reason, [parts.numbers("IB") for _ in range(verdicts)]

    state = {
        "observed_at": observed_at,
        "directories": [(parts.text(), fingerprint()) for _ in range(counts[0])],
        "ignore_files": [(parts.text(), parts.numbers("B")[0], fingerprint()) for _ in range(counts[1])],
        "files": [(PurePosixPath(parts.text()), fingerprint(), source()) for _ in range(counts[2])],
    }
    demand(not parts.rest, "F03")
    return state
