"""What the reader in Python makes of the vectors of packs, identifier indexes and file states."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import packs  # noqa: E402  (needs the path above)
import reader  # noqa: E402
import rules  # noqa: E402

VECTORS = Path(__file__).parents[2] / "format-spec" / "vectors" / "packs"
PARSER = int.from_bytes((VECTORS / "valid" / "three.pack").read_bytes()[40:44], "little")


def vectors(part, extension):
    found = sorted((VECTORS / part).glob(f"*.{extension}"))
    assert found, f"no vectors in {part}"
    return found


def test_valid_packs_violate_no_rule():
    for path in vectors("valid", "pack"):
        assert packs.violations(path.read_bytes(), PARSER) == set(), path.name


def test_invalid_packs_violate_the_rule_in_their_name_and_no_other():
    for path in vectors("invalid", "pack"):
        assert packs.violations(path.read_bytes(), PARSER) == {path.name[:3]}, path.name


def test_manifests_name_the_trees_of_files():
    pack = packs.Pack((VECTORS / "valid" / "sources.pack").read_bytes())
    files, sources = pack.manifest()
    assert len(sources) == pack.count == 3
    results = dict(files)
    assert list(results) == ["a/one.py", "a-b/two.py", "broken.py", "c.py", "d.py"]
    assert results["broken.py"] == "invalid syntax at line 1"
    assert results["c.py"] == results["d.py"]
    for path, name in [("a/one.py", "example"), ("a-b/two.py", "comments"), ("c.py", "empty")]:
        position, lines, minimum = results[path]
        source = (VECTORS.parent / "v2" / "valid" / f"{name}.py").read_bytes()
        assert pack.source(position) == source
        assert (lines, minimum) == (rules.line_count(pack.archive(position)), 11)
        assert reader.minimum_python(pack.archive(position)) == 11


def test_identifier_indexes():
    data = (VECTORS / "valid" / "identifiers.names").read_bytes()
    found = packs.identifiers(data, 301)
    expected = {"a": [0, 300], "b": [0, 1, 300], "c": [299]}
    assert found == {packs.identifier_hash(name): archives for name, archives in expected.items()}
    for path in vectors("invalid", "names"):
        with pytest.raises(packs.PackError, match=path.name[:3]):
            packs.identifiers(path.read_bytes(), 301)


def test_file_states():
    state = packs.project_state((VECTORS / "valid" / "project.fresh").read_bytes())
    assert [len(state[part]) for part in ("directories", "ignore_files", "files")] == [1, 2, 2]
    (one, _, archive), (other, fingerprint, unsupported) = state["files"]
    assert (str(one), str(other)) == ("src/a.py", "src/é.py")
    assert archive == (bytes([5]) * 32, 6, 12)
    assert unsupported[1:] == ("invalid syntax at line 1", [(0x030B07F0, 1), (0x030D00F0, 0)])
    assert fingerprint == (8, -2, 3 << 40, 4)
    for path in vectors("invalid", "fresh"):
        with pytest.raises(packs.PackError, match=path.name[:3]):
            packs.project_state(path.read_bytes())
