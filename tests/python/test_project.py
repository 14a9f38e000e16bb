"""`lazyast.Project` and the counters of its cache."""

import ast
import os
import time
from pathlib import Path

import lazyast
import pytest


@pytest.fixture
def place(tmp_path):
    files = {
        "b.py": b"x = 1\n",
        "a/__init__.py": b"",
        "a/latin.py": b"# coding: latin-1\nx = '\xe9'\n",
        "a/odd.py": b"# coding: cp437\nx = '\x80'\n",
        "a/warns.py": b"x = '\\d'\n",
        "a/bad.py": b"x = (\n",
        "a/notes.txt": b"not Python\n",
        "a/stub.pyi": b"def f() -> int: ...\n",
        "ignored.py": b"y = 1\n",
        ".ignore": b"ignored.py\n",
    }
    root = tmp_path / "code"
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def open_project(place, **options):
    return lazyast.Project(place, cache_dir=place.parent / "cache", **options)


def names(items, place):
    return [item.path.relative_to(place).as_posix() for item in items]


def test_modules(place):
    project = open_project(place)
    expected = ["a/__init__.py", "a/latin.py", "a/odd.py", "a/stub.pyi", "a/warns.py", "b.py"]
    assert names(project, place) == expected
    assert len(project) == 6
    assert names([project[0], project[-1]], place) == ["a/__init__.py", "b.py"]
    assert names(project[1:3], place) == ["a/latin.py", "a/odd.py"]
    with pytest.raises(IndexError):
        project[6]


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
def test_trees(place):
    for module in open_project(place):
        expected = ast.parse(module.path.read_bytes())
        assert ast.dump(module.tree, include_attributes=True) == ast.dump(expected, include_attributes=True)
        assert module.tree is module.tree


def test_sources(place):
    sources = {module.path.name: module.source for module in open_project(place)}
    assert sources["latin.py"] == "# coding: latin-1\nx = 'é'\n"
    assert sources["odd.py"] == "# coding: cp437\nx = 'Ç'\n"


def test_failures(place):
    (place / "link.py").symlink_to(place / "nowhere.py")
    project = open_project(place)
    assert names(project.failures, place) == ["a/bad.py", "link.py"]
    bad, link = project.failures
    assert isinstance(bad.error, SyntaxError)
    assert bad.error.filename == os.fspath(bad.path)
    assert isinstance(link.error, lazyast.UnreadableFile)
    assert isinstance(link.error, lazyast.Error)


def test_a_path_that_is_not_there(tmp_path):
    project = lazyast.Project([tmp_path / "none"], cache_dir=tmp_path / "cache")
    assert len(project) == 0
    assert len(project.failures) == 1


def test_second_time(place):
    first, second = open_project(place), open_project(place, jobs=1)
    assert (first.new, first.cached) == (5, 0)
    assert (second.new, second.cached) == (0, 5)
    assert first.lines == second.lines


def test_a_changed_file(place):
    project = open_project(place)
    before = project[-1]
    (place / "b.py").write_text("y = 2\n")
    assert ast.unparse(before.tree) == "x = 1"
    assert ast.unparse(open_project(place)[-1].tree) == "y = 2"


def test_a_cache_that_cannot_be_used(place):
    (place.parent / "cache").write_text("a file\n")
    with pytest.warns(RuntimeWarning, match="without a cache"):
        project = open_project(place)
    assert len(project) == 6


def test_a_damaged_cache(place):
    open_project(place)
    packs = list((place.parent / "cache").rglob("*.pack"))
    assert packs
    for pack in packs:
        content = bytearray(pack.read_bytes())
        content[16 : len(content) // 2] = b"\xa5" * (len(content) // 2 - 16)
        pack.unlink()
        pack.write_bytes(content)
    project = open_project(place)
    assert names(project, place)[-1] == "b.py"
    assert ast.unparse(project[-1].tree) == "x = 1"


def aged(place):
    """Wait until timestamps can tell a change that comes now."""
    open_project(place)
    time.sleep(0.12)
    open_project(place, verify="stat")
    return place


@pytest.mark.parametrize("verify", ["stat", "content", None])
def test_unchanged_and_changed_files(place, verify):
    aged(place)
    before = open_project(place, verify=verify)
    expected = [ast.dump(ast.parse(module.path.read_bytes())) for module in before if module.path.name != "warns.py"]
    assert [ast.dump(module.tree) for module in before if module.path.name != "warns.py"] == expected
    (place / "b.py").write_text("y = 2\n")
    (place / "a/bad.py").write_text("good = 1\n")
    (place / "a/odd.py").write_text("x = (\n")
    (place / "new.py").write_text("new = 1\n")
    (place / "a/stub.pyi").unlink()
    after = open_project(place, verify=verify)
    assert names(after, place) == ["a/__init__.py", "a/bad.py", "a/latin.py", "a/warns.py", "b.py", "new.py"]
    assert names(after.failures, place) == ["a/odd.py"]
    assert ast.unparse(after[4].tree) == "y = 2"


def test_unchanged_sources_are_not_read(place, monkeypatch):
    aged(place)
    project = open_project(place, verify="stat")
    # Sources that need the interpreter were decided on before, and their errors are found when asked for.
    read = []
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path.name) or path.open("rb").read())
    project = open_project(place, verify="stat")
    assert len(project) == 6
    assert read == []
    assert names(project.failures, place) == ["a/bad.py"]
    assert read == ["bad.py"]


def test_a_wrong_way_to_verify(place):
    with pytest.raises(ValueError, match="verify must be 'stat', 'content' or None, not \"mtime\""):
        open_project(place, verify="mtime")


def test_modules_are_values(place):
    one, other = open_project(place), open_project(place)
    assert one[0] == other[0]
    assert one[0] != other[1]
    assert one[0] != "a module"
    assert len({one[0], other[0], one[1]}) == 2
    assert repr(one[0]) == f"Module(path={one[0].path!r})"
