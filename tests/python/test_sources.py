"""`lazyast.columns` and `lazyast.matches`: tables of sources in memory."""

import sysconfig
from pathlib import Path

import lazyast
import pytest

LIBRARY = Path(sysconfig.get_path("stdlib"))
RELATIONS = ["nodes", "definitions", "calls", "constants", "comments"]


def rows_of(table):
    return [row for batch in table for row in zip(*[batch[name].to_pylist() for name in batch.columns])]


def test_rows_are_those_of_a_project():
    project = lazyast.Project([LIBRARY / "json", LIBRARY / "textwrap.py"])
    paths = [module.path for module in project]
    sources = [path.read_bytes() for path in paths]
    for relation in RELATIONS:
        expected = rows_of(project.table(relation))
        for given in (sources, [source.decode() for source in sources]):
            for jobs in (1, 3):
                table = lazyast.columns(given, relation, jobs=jobs)
                assert table.columns == ["source", *project.table(relation).columns[1:]]
                assert [(str(paths[row[0]]), *row[1:]) for row in rows_of(table)] == expected
                assert len(list(table)) == 1 and rows_of(table.errors) == []
    query = "$F($$$ARGS)"
    expected = rows_of(project.find(query).table())
    for given in (query, lazyast.pattern(query)):
        rows = rows_of(lazyast.matches(sources, given, jobs=2))
        assert [(str(paths[row[0]]), *row[1:]) for row in rows] == expected


def test_choices_are_those_of_tables():
    sources = ["a.b(c, d=1)\n", "class C:\n    def f(self): pass\n"]
    assert rows_of(lazyast.columns(sources, "calls", columns=["callee", "source"])) == [("a.b", 0)]
    assert rows_of(lazyast.columns(sources, columns=["source", "name"], kinds=["FunctionDef"])) == [(1, "f")]
    assert rows_of(lazyast.columns(sources, "definitions", columns=["source"], names=["C"])) == [(1,)]
    with pytest.raises(ValueError, match='calls has no column "file"; it has source, node, callee,'):
        lazyast.columns(sources, "calls", columns=["file"])
    with pytest.raises(ValueError, match="there is no table"):
        lazyast.columns(sources, "trees")
    with pytest.raises(TypeError, match="kinds must be a sequence of strings"):
        lazyast.columns(sources, kinds="Call")


def test_hostile_sources_are_errors():
    huge = "x = [\n" + "    1,\n" * 200_000 + "]\n"
    sources = [
        "f()\n", "x = = 1\n", b"\x00\x01\x02", b"# coding: rot13\nf()\n", "(" * 100_000, None, "\ud800", huge,
        "a\n" + "if x: pass\n" * 10 + "def g(:\n", b"\xff\xfe", "", "-" * 50_000 + "1", b"\x7fELF" + bytes(1000),
    ]  # fmt: skip
    table = lazyast.columns(sources, "nodes", columns=["source"], jobs=2)
    errors = {source: (kind, message, line) for source, kind, message, line in rows_of(table.errors)}
    with_rows = {source for (source,) in rows_of(table)}
    assert with_rows == {0, 7, 10} and set(errors) == set(range(len(sources))) - with_rows
    kinds = {source: kind for source, (kind, _, _) in errors.items()}
    assert kinds == {
        1: "syntax", 2: "encoding", 3: "encoding", 4: "depth", 5: "missing", 6: "encoding", 8: "syntax", 9: "encoding",
        11: "depth", 12: "encoding",
    }  # fmt: skip
    assert errors[1][2] == 1 and errors[8][2] == 12 and errors[5][2] is None
    assert all(message for _, message, _ in errors.values())


def test_the_declared_encoding_of_text_means_nothing():
    for encoding in ("latin-1", "utf-8", "rot13", "koi8-r"):
        text = f"#!/usr/bin/python\n# -*- coding: {encoding} -*-\nencoding = 'é'  # coding é\n"
        table = lazyast.columns(
            [text, "\ufeff" + text.replace("\n", "\r\n")], "constants", columns=["value", "col_offset"]
        )
        assert rows_of(table) == [("é", 11)] * 2, encoding
        comments = lazyast.columns([text], "comments", columns=["text"])["text"].to_pylist()
        assert comments == [line for line in ("#!/usr/bin/python", f"# -*- coding: {encoding} -*-", "# coding é")]
    latin = "# coding: latin-1\nx = 'é'\n".encode("latin-1")
    assert rows_of(lazyast.columns([latin], "constants", columns=["value"])) == [("é",)]


def test_sources_are_several():
    for wrong in ("x = 1\n", b"x = 1\n"):
        with pytest.raises(TypeError, match="sources must be several"):
            lazyast.columns(wrong)
    with pytest.raises(TypeError, match="each source must be a str, bytes or None, not <class 'int'>"):
        lazyast.columns([1])
    with pytest.raises(TypeError, match="query must be a Query or the text of a pattern, not int"):
        lazyast.matches([], 1)
    assert rows_of(lazyast.columns([])) == rows_of(lazyast.matches(iter(()), "f()")) == []
    table = lazyast.columns([], "calls")
    assert len(table["callee"]) == 0 and rows_of(table.errors) == []
    assert lazyast.Project(LIBRARY / "json").calls().errors is None


def test_columns_of_tables_are_sources():
    """Tables of lazyast are Arrow data, too: texts of matches are sources again."""
    matches = lazyast.matches(["f(g(1))\n", "f(2)\n"], "f($X)")
    for column in (matches["$X"], next(iter(matches))["$X"]):
        assert rows_of(lazyast.columns(column, "constants", columns=["source", "value"])) == [(0, "1"), (1, "2")]
    kinds = lazyast.columns(["x\n", "y\n"], columns=["kind"])
    assert rows_of(lazyast.columns(kinds, "nodes", columns=["name"], kinds=["Name"])) == [
        (name,) for (name,) in rows_of(kinds)
    ]
    with pytest.raises(TypeError, match="not a table of 15 columns"):
        lazyast.columns(lazyast.columns(["x\n"]))
    with pytest.raises(TypeError, match="a column of texts or bytes, not of Int32"):
        lazyast.columns(matches["lineno"])


def test_a_cache_is_used(tmp_path):
    sources = [f"x{number} = f({number})\n" for number in range(50)]
    expected = rows_of(lazyast.columns(sources, "calls"))
    assert not list(tmp_path.iterdir())
    for _ in range(2):
        assert rows_of(lazyast.columns(sources, "calls", cache_dir=tmp_path)) == expected
    assert list(tmp_path.rglob("*.pack"))


def test_sources_can_be_too_large():
    sources = ["f()\n", "f(" + "1," * 100 + ")\n"]
    for table in (lazyast.columns(sources, "calls", max_bytes=50), lazyast.matches(sources, "f($$$)", max_bytes=50)):
        assert table["source"].to_pylist() == [0]
        assert rows_of(table.errors) == [(1, "size", "204 bytes are more than 50", None)]


def test_other_threads_run():
    import threading
    import time

    sources = ["x = [" + "f(1), " * 20_000 + "]\n"] * 8
    running, ticks = True, 0

    def tick():
        nonlocal ticks
        while running:
            ticks += 1
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    before = ticks
    started = time.perf_counter()
    lazyast.columns(sources, jobs=1)
    elapsed = time.perf_counter() - started
    during, running = ticks - before, False
    thread.join()
    # The table takes a hundred times longer than a tick; without the interpreter's lock, many ticks fit in.
    assert elapsed < 0.02 or during > 2
