"""Compares the reader in JavaScript with the one in Python, where node is installed."""

import json
import shutil
import struct
import subprocess
import sys
import types
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import packs  # noqa: E402  (needs the path above)
import reader  # noqa: E402
import tables  # noqa: E402

READER = Path(__file__).with_name("reader.js")
VECTORS = Path(__file__).parents[2] / "format-spec" / "vectors" / "v2"
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed")


class Names:
    """Stands for the module `ast`: every class is a plain object."""

    def __getattr__(self, name):
        return lambda **values: types.SimpleNamespace(class_name=name, **values)


def plain(value):
    """Give a value of the reader in Python in the form that reader.js prints."""
    if isinstance(value, types.SimpleNamespace):
        values = dict(vars(value))
        return ["node", values.pop("class_name"), [[name, plain(field)] for name, field in values.items()]]
    if isinstance(value, (list, tuple)):
        return ["list", [plain(element) for element in value]]
    if value is None or value is ... or isinstance(value, bool):
        return ["Ellipsis" if value is ... else repr(value)]
    if isinstance(value, str):
        return ["str", list(map(ord, value))]
    if isinstance(value, bytes):
        return ["bytes", value.hex()]
    if isinstance(value, int):
        return ["int", format(value, "x")]
    number = value.imag if isinstance(value, complex) else value
    return [type(value).__name__, struct.pack(">d", number).hex()]


def read_with_javascript(archives, packs=()):
    constants = ("FORMAT_VERSION", "FIELDS", "SINGLETONS", "KINDS", "COLUMNS", "REVISIONS")
    request = {"tables": {name: getattr(tables, name) for name in constants}, "archives": archives, "packs": packs}
    run = subprocess.run([NODE, str(READER)], input=json.dumps(request), capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_valid_vectors_give_the_same_trees():
    paths = [path for part in ("valid", "built") for path in sorted((VECTORS / part).glob("*.lazyast"))]
    versions = [(3, 11, 7), (3, 12, 1), (3, 12, 9), (3, 15, 0)]
    pairs = [
        (str(path), version)
        for path in paths
        for version in versions
        if reader.minimum_python(path.read_bytes()) <= version[1]
    ]
    assert len(pairs) > 80
    for (path, version), found in zip(pairs, read_with_javascript(pairs), strict=True):
        expected = plain(reader.read(Path(path).read_bytes(), version, Names()))
        assert found == {"tree": expected}, (path, version)


def test_archives_that_cannot_be_read_are_rejected_by_their_rule():
    unreadable = [path for path in sorted((VECTORS / "invalid").glob("*.lazyast")) if path.name[:3] <= "V07"]
    assert len(unreadable) >= 15
    results = read_with_javascript([(str(path), (3, 15, 0)) for path in unreadable])
    for path, found in zip(unreadable, results, strict=True):
        assert found == {"error": path.name[:3]}, path.name


def test_manifests_name_the_same_trees():
    paths = [VECTORS.parent / "packs" / "valid" / name for name in ("manifest.pack", "sources.pack")]
    for path, found in zip(paths, read_with_javascript([], list(map(str, paths))), strict=True):
        pack = packs.Pack(path.read_bytes())
        expected = [
            [name, pack.entries[result[0]][0].hex() if isinstance(result, tuple) else result]
            for name, result in pack.manifest()[0]
        ]
        assert found == {"files": expected}, path.name
