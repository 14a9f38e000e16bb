"""Tables in the libraries that people use. `nox -s tables` installs them."""

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import lazyast
import pytest

np = pytest.importorskip("numpy")
pa = pytest.importorskip("pyarrow")
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
