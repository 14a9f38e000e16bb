"""`lazyast.Project` and the counters of its cache."""

import ast
import json
import os
import sys
import time
from pathlib import Path

import lazyast
import pytest


@pytest.fixture
def directory(tmp_path):
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


def open_project(directory, **options):
    return lazyast.Project(directory, cache_dir=directory.parent / "cache", **options)


def names(items, directory):
    return [item.path.relative_to(directory).as_posix() for item in items]


def test_modules(directory):
    project = open_project(directory)
    expected = ["a/__init__.py", "a/latin.py", "a/odd.py", "a/stub.pyi", "a/warns.py", "b.py"]
    assert names(project, directory) == expected
    assert len(project) == 6
    assert names([project[0], project[-1]], directory) == ["a/__init__.py", "b.py"]
    assert names(project[1:3], directory) == ["a/latin.py", "a/odd.py"]
    with pytest.raises(IndexError):
        project[6]


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
def test_trees(directory):
    for module in open_project(directory):
        expected = ast.parse(module.path.read_bytes())
        assert ast.dump(module.tree, include_attributes=True) == ast.dump(expected, include_attributes=True)
        assert module.tree is module.tree


def test_sources(directory):
    sources = {module.path.name: module.source for module in open_project(directory)}
    assert sources["latin.py"] == "# coding: latin-1\nx = 'é'\n"
    assert sources["odd.py"] == "# coding: cp437\nx = 'Ç'\n"


# By minor version, syntax that the next version introduced.
NEWER_SYNTAX = {11: "type X = int\n", 12: "def f[T = int](): pass\n", 13: "t'a'\n", 14: "lazy import a\n"}


@pytest.mark.skipif(sys.version_info >= (3, 15), reason="lazyast serves no newer syntax")
def test_syntax_that_the_interpreter_lacks(directory):
    (directory / "newer.py").write_text(NEWER_SYNTAX[sys.version_info.minor] + "y = 5\n")
    for _ in range(2):
        project = open_project(directory)
        assert "newer.py" not in [module.path.name for module in project]
        assert len(project) == len(list(project)) == 6
        failure = project.failures[-1]
        assert failure.path.name == "newer.py"
        assert type(failure.error) is SyntaxError and failure.error.lineno == 1
        matches = project.find("$X = $Y")
        assert [match.path.name for match in matches] == ["latin.py", "warns.py", "b.py"]
        assert {path.name for path in matches.unsearched} == {"bad.py", "newer.py", "odd.py"}
        assert [match.module.path for match in matches] == [match.path for match in matches]


def test_failures(directory):
    (directory / "link.py").symlink_to(directory / "nowhere.py")
    project = open_project(directory)
    assert names(project.failures, directory) == ["a/bad.py", "link.py"]
    bad, link = project.failures
    assert isinstance(bad.error, SyntaxError)
    assert bad.error.filename == os.fspath(bad.path)
    assert isinstance(link.error, lazyast.UnreadableFile)
    assert isinstance(link.error, lazyast.Error)


@pytest.mark.parametrize("others", [[], ["code"]], ids=["alone", "beside others"])
def test_missing_paths(directory, others):
    missing = directory / "none"
    with pytest.raises(FileNotFoundError, match="none") as caught:
        lazyast.Project([*(directory.parent / name for name in others), missing], cache_dir=directory.parent / "cache")
    assert caught.value.filename == os.fspath(missing)
    with pytest.raises(FileNotFoundError, match="none"):
        lazyast.Project(str(missing))


@pytest.mark.skipif(os.name == "nt", reason="Windows says that the path does not exist")
def test_a_path_below_a_file(directory):
    with pytest.raises(NotADirectoryError, match=r"b\.py"):
        open_project(directory / "b.py" / "below")


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (5, "paths must be a path .* or a sequence of paths, not int"),
        (b"code", "paths must be a path .* or a sequence of paths, not bytes"),
        (None, "paths must be a path .* or a sequence of paths, not NoneType"),
        (["code", 5], "each of the paths must be a str or os.PathLike, not int"),
    ],
)
def test_paths_of_other_types(paths, message, tmp_path):
    for call in (lazyast.Project, lazyast.Cache(tmp_path).warm):
        with pytest.raises(TypeError, match=message):
            call(paths)


@pytest.mark.parametrize(
    ("jobs", "error", "message"),
    [
        (0, ValueError, "jobs must be at least 1, not 0; leave it out"),
        (-1, ValueError, "jobs must be at least 1, not -1"),
        ("2", TypeError, "jobs must be an int or None, not str"),
        (2.0, TypeError, "jobs must be an int or None, not float"),
    ],
)
def test_wrong_numbers_of_jobs(jobs, error, message, directory):
    project, cache = open_project(directory), lazyast.Cache(directory.parent / "cache")
    calls = [
        lambda: open_project(directory, jobs=jobs),
        lambda: project.table("nodes", jobs=jobs),
        lambda: project[0].nodes(jobs=jobs),
        lambda: cache.warm(directory, jobs=jobs),
        lambda: cache.export_pack(directory.parent / "trees.pack", directory, jobs=jobs),
    ]
    for call in calls:
        with pytest.raises(error, match=message):
            call()


def test_wrong_indices(directory):
    project = open_project(directory)
    for index, name in (("x", "str"), (1.0, "float"), (None, "NoneType"), ((0, 1), "tuple")):
        with pytest.raises(TypeError, match=f"indices of a project must be integers or slices, not {name}"):
            project[index]
    for index in (6, -7, 2**100):
        with pytest.raises(IndexError, match=f"index {index} is out of range for a project with 6 modules"):
            project[index]
    assert project[True] == project[1]


def test_wrong_queries(directory):
    project = open_project(directory)
    with pytest.raises(TypeError, match="pattern must be a str or a Query, not bytes"):
        project.find(b"x")
    with pytest.raises(TypeError, match="selector must be a str or a Query, not int"):
        project.select(5)


def test_reprs(directory):
    project = open_project(directory)
    assert repr(project) == f"<Project: {directory}, 6 modules, {len(project.failures)} failure>"
    assert len(project.failures) == 1
    one = lazyast.Project([directory / "b.py", directory / "a"], cache_dir=directory.parent / "cache")
    assert repr(one) == f"<Project: {directory / 'b.py'} and 1 more, 6 modules, 1 failure>"
    single = open_project(directory / "b.py")
    assert repr(single) == f"<Project: {directory / 'b.py'}, 1 module, 0 failures>"
    assert repr(lazyast.Project([])) == "<Project: no path, 0 modules, 0 failures>"


def test_second_time(directory):
    first, second = open_project(directory), open_project(directory, jobs=1)
    assert (first.new, first.cached) == (5, 0)
    assert (second.new, second.cached) == (0, 5)
    assert first.lines == second.lines


def test_a_changed_file(directory):
    project = open_project(directory)
    before = project[-1]
    (directory / "b.py").write_text("y = 2\n")
    assert ast.unparse(before.tree) == "x = 1"
    assert ast.unparse(open_project(directory)[-1].tree) == "y = 2"


def test_a_cache_that_cannot_be_used(directory):
    (directory.parent / "cache").write_text("a file\n")
    with pytest.warns(RuntimeWarning, match="without a cache"):
        project = open_project(directory)
    assert len(project) == 6


def test_a_damaged_cache(directory):
    open_project(directory)
    packs = list((directory.parent / "cache").rglob("*.pack"))
    assert packs
    for pack in packs:
        content = bytearray(pack.read_bytes())
        content[16 : len(content) // 2] = b"\xa5" * (len(content) // 2 - 16)
        pack.unlink()
        pack.write_bytes(content)
    project = open_project(directory)
    assert names(project, directory)[-1] == "b.py"
    assert ast.unparse(project[-1].tree) == "x = 1"


def aged(directory):
    """Wait until the timestamps of existing files are not racy any more."""
    open_project(directory)
    time.sleep(0.12)
    open_project(directory, verify="stat")
    return directory


@pytest.mark.parametrize("verify", ["stat", "content", None])
def test_unchanged_and_changed_files(directory, verify):
    aged(directory)
    before = open_project(directory, verify=verify)
    expected = [ast.dump(ast.parse(module.path.read_bytes())) for module in before if module.path.name != "warns.py"]
    assert [ast.dump(module.tree) for module in before if module.path.name != "warns.py"] == expected
    (directory / "b.py").write_text("y = 2\n")
    (directory / "a/bad.py").write_text("good = 1\n")
    (directory / "a/odd.py").write_text("x = (\n")
    (directory / "new.py").write_text("new = 1\n")
    (directory / "a/stub.pyi").unlink()
    after = open_project(directory, verify=verify)
    assert names(after, directory) == ["a/__init__.py", "a/bad.py", "a/latin.py", "a/warns.py", "b.py", "new.py"]
    assert names(after.failures, directory) == ["a/odd.py"]
    assert ast.unparse(after[4].tree) == "y = 2"


def test_unchanged_sources_are_not_read(directory, monkeypatch):
    aged(directory)
    project = open_project(directory, verify="stat")
    # The interpreter's verdicts on sources were recorded before, and errors are created when they are needed.
    read = []
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path.name) or path.open("rb").read())
    project = open_project(directory, verify="stat")
    assert len(project) == 6
    assert read == []
    assert names(project.failures, directory) == ["a/bad.py"]
    assert read == ["bad.py"]


def test_an_unknown_value_of_verify(directory):
    with pytest.raises(ValueError, match="verify must be 'stat', 'content' or None, not \"mtime\""):
        open_project(directory, verify="mtime")


def test_modules_are_values(directory):
    one, other = open_project(directory), open_project(directory)
    assert one[0] == other[0]
    assert one[0] != other[1]
    assert one[0] != "a module"
    assert len({one[0], other[0], one[1]}) == 2
    assert repr(one[0]) == f"Module(path={one[0].path!r})"


def test_files_are_selected(tmp_path):
    for name in ("a.py", "b.pyi", ".hidden.py", "build/c.py", "tests/d.py", "ignored.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    (tmp_path / ".ignore").write_text("ignored.py\n")

    def names(**arguments):
        project = lazyast.Project(tmp_path, cache_dir=tmp_path / "cache", **arguments)
        return [module.path.relative_to(tmp_path).as_posix() for module in project]

    for _ in range(2):
        assert names() == ["a.py", "b.pyi", "tests/d.py"]
        assert names(hidden=True) == [".hidden.py", "a.py", "b.pyi", "tests/d.py"]
        assert names(no_ignore=True) == ["a.py", "b.pyi", "build/c.py", "ignored.py", "tests/d.py"]
        assert names(types=["pyi"]) == ["b.pyi"]
        assert names(glob=["!tests"]) == ["a.py", "b.pyi"]
    for arguments in ({"glob": ["["]}, {"types": ["c"]}):
        with pytest.raises(ValueError, match=r"\[|types must be of py, pyi, ipynb"):
            names(**arguments)
    with pytest.raises(TypeError, match="glob must be a sequence of strings"):
        names(glob="*.py")


def notebook(*sources, **metadata):
    cells = [{"cell_type": "markdown", "source": "# text"}]
    cells += [{"cell_type": "code", "outputs": [], "source": source.splitlines(keepends=True)} for source in sources]
    return json.dumps({"nbformat": 4, "metadata": metadata, "cells": cells})


def test_notebooks(tmp_path):
    (tmp_path / "a.py").write_text("open('a')\n")
    path = tmp_path / "b.ipynb"
    path.write_text(notebook("%matplotlib inline\nimport os", "for x in y:\n    !ls\n    open('é')"))

    def project(**arguments):
        return lazyast.Project(tmp_path, cache_dir=tmp_path / "cache", **arguments)

    assert [module.path.name for module in project()] == ["a.py"]
    for _ in range(2):
        (module,) = opened = project(types=["ipynb"])
        assert module.source == "\nimport os\nfor x in y:\n    pass\n    open('é')\n"
        assert ast.dump(module.tree, include_attributes=True) == ast.dump(
            ast.parse(module.source), include_attributes=True
        )
        assert [module.cell(line) for line in (1, 2, 3, 5)] == [(2, 1), (2, 2), (3, 1), (3, 3)]
        (match,) = opened.find("open($X)")
        assert (match.text, match.lineno, match.module.cell(match.lineno)) == ("open('é')", 5, (3, 3))
        assert opened.calls(columns=["lineno"])["lineno"][0] == 5
    assert [module.path.name for module in project(types=["py", "ipynb"])] == ["a.py", "b.ipynb"]
    assert project(types=["py"])[0].cell(1) is None
    assert len(lazyast.Project(path, cache_dir=tmp_path / "cache")) == 1, "a path that is named counts"


def test_notebooks_without_a_tree(tmp_path):
    (tmp_path / "broken.ipynb").write_text('{"cells": ')
    (tmp_path / "syntax.ipynb").write_text(notebook("x = 1", "x = ("))
    (tmp_path / "r.ipynb").write_text(notebook("x <- 1", language_info={"name": "R"}))
    project = lazyast.Project(tmp_path, cache_dir=tmp_path / "cache", types=["ipynb"])
    assert [(module.path.name, module.source) for module in project] == [("r.ipynb", "")]
    broken, syntax = project.failures
    assert "not a notebook: " in str(broken.error)
    assert isinstance(syntax.error, SyntaxError) and syntax.error.lineno == 2
