"""Tables of a project: their content, and what the interfaces for other libraries promise."""

import array
import sysconfig
from pathlib import Path

import lazyast
import pytest
import table_rows
from table_rows import RELATIONS, compare, rows_of

LIBRARY = Path(sysconfig.get_path("stdlib"))
SUBSET = ["json", "importlib", "email", "asyncio", "ast.py", "typing.py", "enum.py", "test/test_fstring.py"]


@pytest.fixture
def project(tmp_path):
    """Open a project that has something of everything."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("from . import inner as other\nfrom .inner import *\n")
    (package / "inner.py").write_text(
        '"""Doc."""\nfrom typing import TYPE_CHECKING\nimport os.path, sys as system\nfrom ..up import x\n'
        "if TYPE_CHECKING:\n    from . import y\ntry:\n    import a\nexcept ImportError:\n    a = None  # no a\n"
        "@decorate(1)\n@plain.attribute\n@table[0]\nasync def f(a, /, b: int = 1, *args, c=2, d, **kw) -> int:\n"
        "    '''Says.'''\n    class C(Base, metaclass=M, *rest):\n        def g(self): return h(*a, 1, k=2, **b)\n"
        "    return C\n"
        "x = [b'a\\x00', 10**3, 0xffffffffffffffffffff, 1.5e300, 2j, None, True, ..., '\\ud800', {1: 2, **y}]\n"
        'z = f"{a!r:>{width}} {b}"\nl = lambda q, *, r=1: q if r else 0\n'
    )
    (tmp_path / "empty.py").write_text("")
    (tmp_path / "broken.py").write_text("def f(:\n")
    return lazyast.Project(tmp_path)


def test_tables_are_what_ast_gives(project):
    assert compare(project) > 100


def test_a_part_of_the_standard_library_is_what_ast_gives():
    files = [LIBRARY / name for name in SUBSET]
    assert compare(lazyast.Project([path for path in files if path.exists()])) > 100_000


@pytest.mark.slow
def test_a_quarter_of_the_standard_library_is_what_ast_gives():
    # `nox -s whole-tables-3.N` compares all of it. Some systems have links there that lead nowhere.
    paths = sorted(path for path in LIBRARY.iterdir() if path.exists() and path.name not in ("site-packages", "test"))
    paths = [path for path in paths if path.is_dir() or path.suffix == ".py"]
    assert compare(lazyast.Project(paths), step=4) > 100_000


def test_files_have_all_files(project, tmp_path):
    table = project.files()
    rows = {Path(row[0]).relative_to(tmp_path).as_posix(): dict(zip(table.columns, row)) for row in rows_of(table)}
    assert list(rows) == ["broken.py", "empty.py", "package/__init__.py", "package/inner.py"]
    assert "broken.py" in rows and rows["broken.py"]["reason"] and rows["broken.py"]["nodes"] is None
    inner = (tmp_path / "package/inner.py").read_bytes()
    row = rows["package/inner.py"]
    nodes = len(table_rows.File("", inner).rows)
    assert (row["bytes"], row["lines"], row["nodes"], row["reason"]) == (len(inner), inner.count(b"\n"), nodes, None)
    assert row["minimum_python"] == 11
    # The blake3 hash of nothing.
    assert rows["empty.py"]["hash"] == "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"


def test_columns_kinds_names_and_files_are_chosen(project, tmp_path):
    inner = tmp_path / "package/inner.py"
    rows = rows_of(project.nodes(columns=["lineno", "kind"], kinds=["Call", "comprehension"]))
    assert rows == [(11, "Call"), (17, "Call")]
    assert {kind for (kind,) in rows_of(project.nodes(columns=["kind"], kinds=["stmt"], files=[inner]))} >= {
        "If",
        "Try",
    }
    assert rows_of(project.definitions(columns=["name"], names=["g", "absent"])) == [("g",)]
    assert rows_of(project.nodes(columns=["kind"], names=["absent"])) == []
    assert rows_of(project.files(columns=["file"], files=[inner])) == [(str(inner),)]
    module = next(module for module in project if module.path == inner)
    assert rows_of(module.calls()) == rows_of(project.calls(files=[inner])) != []


def test_wrong_choices_say_what_exists(project):
    with pytest.raises(ValueError, match='calls has no column "caller"; it has file, node, callee,'):
        project.calls(columns=["caller"])
    with pytest.raises(ValueError, match='there is no table "trees"; the tables are nodes, files,'):
        project.table("trees")
    with pytest.raises(ValueError, match='there is no node class "Cal"'):
        project.nodes(kinds=["Cal"])
    with pytest.raises(ValueError, match=r"absent\.py is not a file of the project"):
        project.nodes(files=["absent.py"])
    with pytest.raises(ValueError, match="the column file is chosen twice"):
        project.nodes(columns=["file", "file"])
    with pytest.raises(ValueError, match="rows of comments cannot be chosen by kinds"):
        project.table("comments", kinds=["Call"])
    with pytest.raises(KeyError, match='nodes has no column "knd"; it has file, node, kind'):
        project.nodes()["knd"]


def test_an_empty_project_has_tables_without_rows(tmp_path):
    project = lazyast.Project(tmp_path)
    for relation in ["files", *RELATIONS]:
        table = project.table(relation)
        assert rows_of(table) == []
        for name in table.columns:
            assert len(table[name]) == 0
        assert repr(table).startswith(f"<Table {relation}>")


def test_numbers_are_buffers(project):
    column = project.nodes()["parent"]
    view = memoryview(column)
    assert (view.format, view.readonly, view.ndim, view.itemsize) == ("i", True, 1, 4)
    expected = [-1 if parent is None else parent for parent in column.to_pylist()]
    assert list(view) == expected and array.array("i", view.tobytes()).tolist() == expected
    assert expected.count(-1) == column.null_count == 3
    del column
    assert list(view) == expected, "the buffer keeps the column"
    kinds = project.nodes()["kind"]
    assert [kinds.categories[code] for code in memoryview(kinds.codes)] == kinds.to_pylist()
    with pytest.raises(BufferError, match="only columns of numbers are buffers"):
        memoryview(kinds)


def test_tables_are_shown(project):
    text = repr(project.calls(columns=["callee", "lineno"]))
    assert text.splitlines()[:4] == ["<Table calls>", "callee      lineno", "dictionary  int32", "decorate    11"]
    html = project.calls(columns=["callee"])._repr_html_()
    assert "<th>callee</th>" in html and "<td>decorate</td>" in html


def test_matches_are_a_table(project, tmp_path):
    matches = project.find("$F($$$ARGS)")
    table = matches.table()
    assert table.columns == ["file", "lineno", "col_offset", "end_lineno", "end_col_offset", "text", "$F", "$ARGS"]
    expected = [
        (str(match.path), match.lineno, match.col_offset, match.end_lineno, match.end_col_offset, match.text)
        for match in matches
    ]
    rows = rows_of(table)
    assert [row[:6] for row in rows] == expected
    assert [row[6:] for row in rows] == [("decorate", "1"), ("h", "*a, 1, k=2, **b")]
    (tmp_path / "package/inner.py").write_text("changed()\n")
    assert {row[5] for row in rows_of(project.find("$F($$$ARGS)").table())} == {None}
    tree = lazyast.parse("f(x)")
    assert rows_of(lazyast.pattern("f($X)").find(tree, "f(x)").table()) == [(None, 1, 0, 1, 4, "f(x)", "x")]


def test_a_file_that_changes_keeps_its_rows(project, tmp_path):
    before = {relation: rows_of(project.table(relation)) for relation in RELATIONS}
    (tmp_path / "package/inner.py").write_text("changed()  # other\n")
    for relation in RELATIONS[:-1]:
        assert rows_of(project.table(relation)) == before[relation]
    comments = rows_of(project.comments())
    assert [row[:4] for row in comments] == [row[:4] for row in before["comments"]]
    assert [row[4] for row in comments] == [None]


def test_a_damaged_archive_is_parsed_again_or_has_a_reason(tmp_path, monkeypatch):
    source = tmp_path / "source"
    source.mkdir()
    for name in ("a", "b"):
        (source / f"{name}.py").write_text(f"{name}()\n")
    cache = tmp_path / "cache"
    lazyast.Project(source, cache_dir=cache)
    project = lazyast.Project(source, cache_dir=cache, verify="stat")
    (pack,) = [path for path in cache.rglob("*") if path.is_file() and b"LAZYAST\x1a" in path.read_bytes()]
    damaged = bytearray(pack.read_bytes())
    start = damaged.find(b"LAZYAST\x1a")
    while start >= 0:
        damaged[start + 100] ^= 0xFF
        start = damaged.find(b"LAZYAST\x1a", start + 1)
    pack.chmod(0o600)
    with pack.open("r+b") as file:
        file.write(damaged)
    (source / "b.py").write_text("other()\n")
    assert rows_of(project.calls(columns=["callee"])) == [("a",)]
    (a, b) = rows_of(project.files(columns=["file", "reason"]))
    assert a == (str(source / "a.py"), None)
    assert b[0] == str(source / "b.py") and "chang" in b[1]


def test_a_stream_keeps_a_few_batches(tmp_path):
    text = "\n".join(f"f{number}(a, b.c, 'text {number}')" for number in range(3000))
    for number in range(120):
        (tmp_path / f"m{number}.py").write_text(f"# {number}\n{text}\n")
    project = lazyast.Project(tmp_path)
    batches = [len(batch) for batch in project.nodes()]
    assert len(batches) >= 5 and max(batches) < sum(batches) / 4
    stream = iter(project.nodes())
    next(stream)
    del stream
    first = next(iter(project.nodes(jobs=2, columns=["file", "node"])))
    assert first["node"][0] == 0
    if not Path("/proc/self/status").exists():
        return
    usual = peak = anonymous_memory()
    rows = 0
    for batch in project.nodes(jobs=2):
        rows += len(batch)
        peak = max(peak, anonymous_memory())
    # A row has 50 bytes, and two threads have at most four batches ready. Allocators keep some of what was freed.
    assert peak - usual < 0.6 * 50 * rows


def anonymous_memory():
    """Return the bytes of memory that the process has, without mapped files."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("RssAnon:")[1].split()[0])
