"""Compares the reader in C with the one in Python, where a C compiler is installed.

As a program, it compares them over every archive of some packs: `python tests/reader/test_c.py PACK...`.
"""

import hashlib
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import types
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import packs  # noqa: E402  (needs the path above)
import reader  # noqa: E402

ROOT = Path(__file__).parents[2]
SOURCES = sorted(Path(__file__).with_name("c").iterdir())
VECTORS = ROOT / "format-spec" / "vectors"
SCHEMAS = ROOT / "format-spec" / "history"
# Which archives the vectors of packs and of identifier indexes expect.
PARSER = int.from_bytes((VECTORS / "packs" / "valid" / "three.pack").read_bytes()[40:44], "little")
ARCHIVES = 301
COMPILER = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
FLAGS = ["-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
# All together, the interpreters that run the tests take every version.
MINOR = sys.version_info[1]
VERSIONS = [(3, 12, 1), (3, 12, 9)] if MINOR == 12 else [(3, MINOR, 9)]

pytestmark = pytest.mark.skipif(COMPILER is None, reason="no C compiler is installed")


def compiled():
    """Compile the reader, with sanitizers where the compiler has them, unless it is compiled already."""
    text = b"".join(path.read_bytes() for path in SOURCES)
    program = ROOT / "target" / "reader" / hashlib.sha256(text + " ".join(FLAGS).encode()).hexdigest()[:16]
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=program.parent) as directory:
            built = Path(directory) / "reader"
            command = [COMPILER, *FLAGS, "-o", built, *(path for path in SOURCES if path.suffix == ".c")]
            if subprocess.run([*command, *SANITIZERS], capture_output=True).returncode:
                subprocess.run(command, check=True)
            os.replace(built, program)
    return program


def run(*arguments):
    """Run the reader. Give its lines and its exit code."""
    command = [str(argument) for argument in (compiled(), SCHEMAS, *arguments)]
    result = subprocess.run(command, capture_output=True, timeout=600)
    assert result.returncode in (0, 1, 3) and not result.stderr, result.stderr.decode()
    return result.stdout.decode().splitlines(), result.returncode


class Names:
    """Stands for the module `ast`: every class is a plain object."""

    def __getattr__(self, name):
        return lambda **values: types.SimpleNamespace(class_name=name, **values)


def quoted(text):
    """Write text or bytes as the reader in C does."""
    is_plain = re.compile(r"[ -~](?<!['\\])").fullmatch
    return "'" + "".join(one if is_plain(one) else f"\\{{{ord(one):x}}}" for one in text) + "'"


def literal(value):
    """Write a value that is neither a node nor a list."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bytes):
        return "b" + quoted(value.decode("latin-1"))
    if isinstance(value, (float, complex)):
        number = value.imag if isinstance(value, complex) else value
        return f"{type(value).__name__} {struct.pack('>d', number).hex()}"
    return "..." if value is ... else str(value) if value is None or isinstance(value, bool) else hex(value)


def lines(value, label="-", depth=0):
    """Write a tree of the reader in Python as the reader in C does."""
    if isinstance(value, list):
        yield f"{depth} {label} [{len(value)}]"
        for element in value:
            yield from lines(element, "-", depth + 1)
        return
    if not isinstance(value, types.SimpleNamespace):
        yield f"{depth} {label} {literal(value)}"
        return
    values = dict(vars(value))
    name = values.pop("class_name")
    if "lineno" in values:
        positions = [values.pop(key) for key in ("lineno", "col_offset", "end_lineno", "end_col_offset")]
        name += " {}:{}-{}:{}".format(*positions)
    yield f"{depth} {label} {name}"
    for field, child in values.items():
        yield from lines(child, field, depth + 1)


def with_hexadecimal(line):
    """Write the integer of a line as Python does: the reader in C prints the literal."""
    number = re.fullmatch(r"(\d+ [\w-]+ )(-?(?:0[xob][0-9a-f]+|\d+))", line)
    return number[1] + hex(int(number[2], 0)) if number else line


def trees(version, paths):
    """Read archives with the reader in C. Generate the lines of each tree."""
    printed, code = run("tree", ".".join(map(str, version)), *paths)
    assert code == 0, [line for line in printed if ": " in line][:3]
    starts = [number for number, line in enumerate(printed) if line.startswith("0 - ")]
    assert len(starts) == len(paths)
    for start, end in zip(starts, [*starts[1:], None]):
        yield list(map(with_hexadecimal, printed[start:end]))


def compare(version, paths):
    """Compare the trees of archives with those of the reader in Python."""
    for path, found in zip(paths, trees(version, paths), strict=True):
        expected = list(lines(reader.read(path.read_bytes(), version, Names())))
        for number, (one, other) in enumerate(zip(expected, found)):
            assert one == other, (path, version, number)
        assert len(expected) == len(found), (path, version)


def archives(*parts):
    return [path for part in parts for path in sorted((VECTORS / "v2" / part).glob("*.lazyast"))]


def verified(*paths):
    printed, code = run("verify", "--parser", PARSER, "--archives", ARCHIVES, *paths)
    return dict(line.rsplit(": ", 1) for line in printed), code


def test_valid_vectors_violate_no_rule():
    paths = archives("valid", "built") + sorted((VECTORS / "packs" / "valid").iterdir())
    assert len(paths) > 30
    assert verified(*paths) == ({str(path): "valid" for path in paths}, 0)


def test_invalid_vectors_violate_the_rule_in_their_name():
    paths = archives("invalid") + sorted((VECTORS / "packs" / "invalid").iterdir())
    assert len(paths) > 170
    rules, code = verified(*paths)
    assert {path: rule[:3] for path, rule in rules.items()} == {str(path): path.name[:3] for path in paths}
    assert code == 1


def test_files_of_another_version_are_not_called_damaged():
    other = archives("invalid")
    other = [path for path in other if path.name.startswith(("V02", "V03"))]
    other += sorted((VECTORS / "v1" / "valid").glob("*.lazyast"))
    other += [VECTORS / "packs" / "invalid" / f"P09-{name}.pack" for name in ("format-version", "parser-version")]
    rules, code = verified(*other, *archives("valid"))
    assert {path for path, rule in rules.items() if rule.endswith(", of another version")} == set(map(str, other))
    assert code == 3


def test_valid_vectors_give_the_same_trees():
    paths = archives("valid", "built")
    for version in VERSIONS:
        compare(version, [path for path in paths if reader.minimum_python(path.read_bytes()) <= version[1]])


def test_identifiers_are_found_in_the_same_archives():
    path = VECTORS / "packs" / "valid" / "identifiers.names"
    for name, expected in {"a": [0, 300], "b": [0, 1, 300], "c": [299], "d": []}.items():
        assert run("names", name, path) == (list(map(str, expected)), 0)


def test_manifests_name_the_same_files():
    for name in ("manifest", "sources"):
        path = VECTORS / "packs" / "valid" / f"{name}.pack"
        pack = packs.Pack(path.read_bytes())
        printed, code = run("pack", path)
        assert [line.split()[0] for line in printed[: pack.count]] == [entry[0].hex() for entry in pack.entries]
        expected = [
            f"{path} python 3.{result[2]} archive {result[0]} lines {result[1]}"
            if isinstance(result, tuple)
            else f"{path} failed: {result}"
            for path, result in pack.manifest()[0]
        ]
        assert (printed[pack.count :], code) == (expected, 0)


def main(paths):
    """Compare over all archives of packs, for the running Python's version."""
    count = 0
    for path in map(Path, paths):
        pack = packs.Pack(path.read_bytes())
        with tempfile.TemporaryDirectory() as name:
            files = []
            for position in range(pack.count):
                archive = pack.archive(position)
                if reader.minimum_python(archive) <= sys.version_info[1]:
                    files.append(Path(name) / f"{position}.lazyast")
                    files[-1].write_bytes(archive)
            for start in range(0, len(files), 50):
                compare(sys.version_info[:3], files[start : start + 50])
            count += len(files)
    print(f"{count} archives give the same trees")


if __name__ == "__main__":
    main(sys.argv[1:])
