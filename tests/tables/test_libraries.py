"""Tables in the libraries that people use. `nox -s tables` installs them."""

import itertools
import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import lazyast
import pytest

np = pytest.importorskip("numpy")
pa = pytest.importorskip("pyarrow")
pytest.importorskip("pyarrow.parquet")
pytest.importorskip("pyarrow.compute")
pl = pytest.importorskip("polars")
pd = pytest.importorskip("pandas")
duckdb = pytest.importorskip("duckdb")

import lazyast.polars  # noqa: E402

RELATIONS = ["nodes", "files", "definitions", "calls", "imports", "constants", "comments"]
SOURCES = [Path(sysconfig.get_path("stdlib")) / name for name in ("asyncio", "email", "json")]


@pytest.fixture(scope="module")
def project():
    return lazyast.Project(SOURCES)


def rows_of(table):
    rows = []
    for batch in table:
        rows += zip(*[batch[name].to_pylist() for name in batch.columns])
    return rows


@pytest.mark.parametrize("relation", RELATIONS)
def test_every_library_reads_the_same_rows(project, relation):
    table = project.table(relation)
    expected = rows_of(table)
    assert len(expected) > 20
    read = pa.table(table)
    read.validate(full=True)
    assert list(zip(*[column.to_pylist() for column in read.columns])) == expected
    assert pl.DataFrame(table).rows() == expected
    assert lazyast.polars.scan(project, relation).collect().rows() == expected
    connection = duckdb.connect()
    connection.register("rows", table)
    assert connection.sql("SELECT * FROM rows").fetchall() == expected
    assert lazyast.sql(f"SELECT * FROM {relation}", project).fetchall() == expected
    assert len(pa.table(table).to_pandas()) == len(expected)


def test_numpy_copies_nothing(project):
    column = project.nodes()["lineno"]
    numbers = np.asarray(column)
    assert numbers.dtype == np.int32 and not numbers.flags.owndata and not numbers.flags.writeable
    expected = pa.table(project.nodes(columns=["lineno"]))["lineno"].to_numpy()
    assert np.array_equal(np.where(numbers < 0, np.nan, numbers), expected, equal_nan=True)
    del column
    assert numbers.sum() == np.asarray(project.nodes()["lineno"]).sum()


def test_columns_and_batches_are_arrays(project):
    table = project.nodes()
    assert pa.array(table["kind"]).to_pylist() == table["kind"].to_pylist()
    batch = next(iter(table))
    assert pa.record_batch(batch).num_rows == len(batch)


def test_matches_are_read(project):
    matches = project.find("len($X)")
    assert pa.table(matches)["$X"].to_pylist() == [row[-1] for row in rows_of(matches.table())]
    assert pl.DataFrame(matches.table()).height == len(matches) > 100


def test_sql_makes_only_the_columns_that_are_used(project, monkeypatch):
    made = []
    table = lazyast.Project.table

    def recorded(self, relation, **choice):
        if "columns" in choice:
            made.append((relation, choice["columns"]))
        return table(self, relation, **choice)

    monkeypatch.setattr(lazyast.Project, "table", recorded)
    statement = """
        SELECT kind, count(*) FROM (SELECT file, kind, lineno, name FROM nodes) JOIN files USING (file)
        WHERE lines > 10 AND lineno > 2 GROUP BY kind
    """
    lazyast.sql(statement, project).fetchall()
    assert made == [("nodes", ["file", "kind", "lineno"]), ("files", ["file", "lines"])]


def test_sql_executes_what_duckdb_executes(project):
    assert lazyast.sql("SELECT 1", project).fetchall() == [(1,)]
    calls = len(rows_of(project.calls()))
    assert lazyast.sql("SELECT count(*) FROM nodes WHERE kind = 'Call'", project).fetchall() == [(calls,)]
    assert lazyast.sql("SELECT count(*) FROM calls a JOIN calls b USING (file, node)", project).fetchall() == [(calls,)]
    assert lazyast.sql("WITH c AS (FROM calls) SELECT count(*) FROM c", SOURCES).fetchall() == [(calls,)]
    with pytest.raises(duckdb.Error, match="knd"):
        lazyast.sql("SELECT knd FROM nodes", project)


def run(*arguments):
    program = [sys.executable, "-m", "lazyast", *map(str, arguments)]
    return subprocess.run(program, capture_output=True, text=True)


def test_the_command_prints_and_writes(project, tmp_path):
    statement = "SELECT callee, count(*) AS n FROM calls GROUP BY 1 ORDER BY n DESC, 1 LIMIT 2"
    expected = lazyast.sql(statement, project).fetchall()
    result = run("sql", "--format", "csv", statement, *SOURCES)
    assert result.stdout.splitlines() == ["callee,n", *(f"{callee or ''},{n}" for callee, n in expected)], result.stderr
    result = run("sql", "--format", "json", statement, *SOURCES)
    assert result.stdout.splitlines()[0] == json.dumps(dict(zip(("callee", "n"), expected[0])))
    assert expected[1][0] in run("sql", statement, *SOURCES).stdout
    assert run("sql", "--to", tmp_path / "a.parquet", statement, *SOURCES).returncode == 0
    assert pl.read_parquet(tmp_path / "a.parquet").rows() == expected
    result = run("sql", "SELECT absent FROM calls", *SOURCES)
    assert result.returncode == 1 and "lazyast: error:" in result.stderr


@pytest.mark.parametrize("relation", ["nodes", "files", "definitions", "calls"])
def test_exported_files_have_the_rows(project, relation, tmp_path):
    minor = f"3.{sys.version_info.minor}"
    expected = rows_of(project.table(relation))
    for name in ("a.arrow", "a.arrows"):
        result = run("export", "--to", tmp_path / name, "--table", relation, "--python", minor, *SOURCES)
        assert result.stdout.startswith(f"{len(expected)} rows of {relation} written"), result.stderr
    assert (
        pa.ipc.open_file(tmp_path / "a.arrow").read_all().to_pydict() == pa.table(project.table(relation)).to_pydict()
    )
    assert pl.read_ipc_stream(tmp_path / "a.arrows").rows() == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.arrow", "a.arrows"]


def test_parquet_has_a_row_group_for_each_batch(tmp_path):
    names = ("multiprocessing", "unittest", "urllib", "xml", "importlib", "logging", "http")
    sources = [*SOURCES, *(SOURCES[0].parent / name for name in names)]
    project = lazyast.Project(sources)
    path = tmp_path / "a.parquet"
    version = f"3.{sys.version_info.minor}"
    result = run("export", "--to", path, "--table", "nodes", "--python", version, *sources)
    expected = pa.table(project.nodes())
    assert result.stdout == f"{expected.num_rows} rows of nodes written to {path}\n", result.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.parquet"]
    file = pa.parquet.ParquetFile(path)
    assert file.read().to_pydict() == expected.to_pydict()
    groups = [file.metadata.row_group(index) for index in range(file.num_row_groups)]
    assert [group.num_rows for group in groups] == [len(batch) for batch in project.nodes()]
    paths = sorted(str(module.path) for module in project)
    statistics = [group.column(0).statistics for group in groups]
    assert statistics[0].min == paths[0] and statistics[-1].max == paths[-1]
    assert all(one.max < other.min for one, other in itertools.pairwise(statistics)) and len(groups) > 1


def test_without_pyarrow_parquet_says_how_to_get_it(monkeypatch, capsys, tmp_path):
    from lazyast import _parquet

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert _parquet.main([str(tmp_path / "a.parquet")]) == 1
    error = capsys.readouterr().err
    assert error.startswith("lazyast: error: Parquet files are written by pyarrow") and "pip install pyarrow" in error
    assert list(tmp_path.iterdir()) == []


def found(*arguments):
    program = [sys.executable, "-m", "lazyast", "find", "--format", "arrow", *arguments]
    result = subprocess.run(program, capture_output=True)
    return pa.ipc.open_stream(result.stdout).read_all()


def test_hits_in_notebooks_have_cells(tmp_path):
    kinds = {"markdown": "len(a)", "code": "x = 1\nlen(b)"}
    cells = [{"cell_type": kind, "metadata": {}, "source": source} for kind, source in kinds.items()]
    for cell in cells[1:]:
        cell.update(outputs=[], execution_count=None)
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    rows = found("len($X)", tmp_path / "a.ipynb").select(["line", "cell", "$X"]).to_pylist()
    assert rows == [{"line": 2, "cell": 2, "$X": "b"}]


def test_hits_are_an_arrow_stream(project):
    table = found("-e", "len($X)", "-e", "isinstance($X, $T)", *SOURCES)
    positions = ["path", "line", "column", "end_line", "end_column"]
    assert table.column_names == [*positions, "kind", "query", "text", "cell", "$X", "$T"]
    assert table["cell"].null_count == len(table)
    assert set(table["kind"].to_pylist()) == {"Call"}
    for query, names in (("len($X)", ["$X"]), ("isinstance($X, $T)", ["$X", "$T"])):
        matches = pa.table(project.find(query))
        of_query = table.filter(pa.compute.equal(table["query"], query))
        expected = matches.select(["file", "lineno", "end_lineno", "text", *names])
        columns = ["path", "line", "end_line", "text", *names]
        assert list(of_query.select(columns).to_pydict().values()) == list(expected.to_pydict().values())
        assert len(of_query) > 10
    assert all(value is None for value in table.filter(pa.compute.equal(table["query"], "len($X)"))["$T"].to_pylist())


def test_columns_of_every_library_are_sources():
    texts = ["f(1)\n", None, "def\n", "g()\n"]
    expected = [(0, "f"), (3, "g")]
    frame = pl.DataFrame({"content": texts})
    table = pa.table({"content": texts})
    given = [
        texts, table, table["content"], table["content"].combine_chunks(), table.to_batches()[0], frame,
        frame["content"], frame["content"].cast(pl.Categorical), pa.chunked_array([texts[:1], texts[1:]]),
        pa.array(texts).cast(pa.large_string()), pa.array(texts).cast(pa.string_view()),
        pa.array(texts).dictionary_encode(), pa.array(texts).cast(pa.binary()), pa.array([None, *texts])[1:],
        pa.array(texts).cast(pa.large_binary()), pa.array(texts).cast(pa.binary_view()),
        table.to_reader(max_chunksize=1), duckdb.from_arrow(table).to_arrow_table(),
    ]  # fmt: skip
    for sources in given:
        calls = lazyast.columns(sources, "calls", columns=["source", "callee"])
        assert pl.DataFrame(calls).rows() == expected, sources
        assert pa.table(calls.errors).select(["source", "kind"]).to_pylist() == [
            {"source": 1, "kind": "missing"},
            {"source": 2, "kind": "syntax"},
        ]
    assert lazyast.columns(pa.nulls(2), "calls").errors["kind"].to_pylist() == ["missing"] * 2
    reader = table.to_reader()
    reader.read_all()
    assert len(lazyast.columns(reader, "calls")["source"]) == 0
    with pytest.raises(TypeError, match="not a table of 2 columns"):
        lazyast.columns(table.append_column("n", pa.array(range(4))))
    with pytest.raises(TypeError, match="not of Int64"):
        lazyast.columns(pa.array([1]))


def test_polars_pushes_conditions_down(project, monkeypatch):
    made = []
    table = lazyast.Project.table
    monkeypatch.setattr(
        lazyast.Project,
        "table",
        lambda self, relation, **choice: made.append(choice) or table(self, relation, **choice),
    )
    file = str(SOURCES[0] / "base_events.py")
    nodes = pl.DataFrame(project.nodes())
    query = lazyast.polars.scan(project, "nodes")
    made.clear()
    is_self, is_name, is_file = pl.col("name") == "self", pl.col("kind") == "Name", pl.col("file") == file
    found = query.filter(is_self & is_name, is_file).select("lineno").collect()
    assert found.equals(nodes.filter(is_self & is_name & is_file).select("lineno")) and found.height > 0
    (choice,) = [choice for choice in made if choice.get("kinds")]
    assert choice["kinds"] == ["Name"] and choice["names"] == ["self"] and choice["files"] == [file]
    assert set(choice["columns"]) == {"lineno", "name", "kind", "file"}
    for condition in (
        pl.col("kind").is_in(["Call", "Name"]), pl.col("name").is_in(["self", "os"]), pl.col("name").is_null(),
        (pl.col("kind") == "Call") | (pl.col("lineno") < 3), pl.col("name") != "self", pl.col("kind") != "Name",
        pl.col("file").cast(pl.String).str.ends_with("decoder.py"), pl.col("name") == pl.col("kind"),
    ):  # fmt: skip
        assert query.filter(condition).collect().equals(nodes.filter(condition)), condition
    assert query.head(7).collect().equals(nodes.head(7))


def test_without_duckdb_sql_says_how_to_get_it(project, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ImportError, match=r"pip install 'lazyast\[sql\]'"):
        lazyast.sql("SELECT 1", project)
