"""`lazyast.spark` on a cluster of two executor processes. `nox -s engines` installs PySpark; Java 17 has to be there."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path

import lazyast
import pytest

pa = pytest.importorskip("pyarrow")
pytest.importorskip("pyarrow.parquet")
pytest.importorskip("pyspark", reason="PySpark is not installed: nox -s engines installs it")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("Spark runs on Java 17 or later, which is not there", allow_module_level=True)

import lazyast.spark  # noqa: E402
from pyspark.errors import PySparkException  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql import functions as F  # noqa: E402

LIBRARY = Path(sysconfig.get_path("stdlib"))
SOURCES = [LIBRARY / name for name in ("asyncio", "email", "json")]
RELATIONS = ["nodes", "definitions", "calls", "imports", "constants", "comments"]


def session(**settings):
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("lazyast")
    fixed = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.excludeOnFailure.enabled": "false",
    }
    for name, value in {**fixed, **settings}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    # Workers write below the current directory.
    before = os.getcwd()
    os.chdir(tmp_path_factory.mktemp("spark"))
    made = session()
    lazyast.spark.register(made)
    yield made
    made.stop()
    os.chdir(before)


@pytest.fixture(scope="module")
def project():
    return lazyast.Project(SOURCES)


def rows_of(table):
    return [row for batch in table for row in zip(*[batch[name].to_pylist() for name in batch.columns])]


def collected(frame):
    return [tuple(row.values()) for row in frame.toArrow().to_pylist()]


def load(spark, **options):
    reader = spark.read.format("lazyast")
    for name, value in options.items():
        reader = reader.option(name, value)
    return reader.load([str(path) for path in SOURCES])


def corpus(directory, sources, files=4):
    """Write sources to Parquet files, as data sets have them."""
    directory.mkdir()
    for part in range(files):
        table = pa.table({"path": list(sources)[part::files], "content": list(sources.values())[part::files]})
        pa.parquet.write_table(table, directory / f"{part}.parquet")
    return str(directory)


@pytest.mark.parametrize("relation", RELATIONS)
def test_rows_are_those_of_a_project(spark, project, relation):
    expected = rows_of(project.table(relation))
    if relation == "imports":
        # Where the file is in a package, a project knows.
        columns = [name for name in project.imports().columns if name != "resolved"]
        expected = rows_of(project.imports(columns=columns))
    frame = load(spark, table=relation, partition_bytes="300000")
    assert frame.columns == project.table(relation).columns
    if relation == "imports":
        frame = frame.drop("resolved")
    assert frame.rdd.getNumPartitions() > 4
    # Partitions are in the order of paths.
    assert collected(frame) == expected


def test_any_frame_is_transformed(spark, project, tmp_path):
    sources = {str(module.path): module.path.read_bytes() for module in project}
    frame = spark.read.parquet(corpus(tmp_path / "corpus", sources))
    calls = lazyast.spark.transform(frame, "content", "calls", keep=["path"])
    assert calls.columns == ["path", *project.calls().columns[1:]]
    assert sorted(collected(calls), key=str) == sorted(rows_of(project.calls()), key=str)
    # The first pass stores trees, and the second one reads them.
    for _ in range(2):
        cached = lazyast.spark.transform(frame, "content", "calls", keep=["path"], cache_dir=tmp_path / "cache")
        assert sorted(collected(cached), key=str) == sorted(rows_of(project.calls()), key=str)
    assert lazyast.Cache(tmp_path / "cache", underlay=[]).stats()[0].archives >= len(set(sources.values()))
    texts = frame.select("path", F.decode("content", "utf-8").alias("content"))
    chosen = lazyast.spark.transform(texts, "content", columns=["name", "lineno"], kinds=["ClassDef"], keep=["path"])
    expected = rows_of(project.nodes(columns=["file", "name", "lineno"], kinds=["ClassDef"]))
    assert sorted(collected(chosen)) == sorted(expected)
    imported = lazyast.spark.transform(texts, "content", "imports", columns=["name"], names=["abc", "sys"])
    expected = rows_of(project.imports(columns=["name"], names=["abc", "sys"]))
    assert sorted(collected(imported)) == sorted(expected) and len(set(expected)) == 2


def test_queries_have_captures_as_columns(spark, project, tmp_path):
    sources = {str(module.path): module.path.read_bytes() for module in project}
    frame = spark.read.parquet(corpus(tmp_path / "corpus", sources))
    expected = sorted(rows_of(project.find("isinstance($X, $T)").table()), key=str)
    for query in ("isinstance($X, $T)", lambda: lazyast.pattern("isinstance($X, $T)")):
        found = lazyast.spark.transform(frame, "content", query=query, keep=["path"])
        assert found.columns[-2:] == ["$X", "$T"]
        assert sorted(collected(found), key=str) == expected
    assert sorted(collected(load(spark, query="isinstance($X, $T)")), key=str) == expected


def test_findings_of_rules(spark, project, tmp_path):
    sources = {str(module.path): module.path.read_bytes() for module in project}
    frame = spark.read.parquet(corpus(tmp_path / "corpus", sources))
    rule_file = tmp_path / "rules.yaml"
    rule_file.write_text("rules: [{id: check, message: '$X is compared', pattern: 'isinstance($X, $T)'}]")
    rules = lazyast.Rules([rule_file])
    matches = rows_of(project.find("isinstance($X, $T)").table())
    rule_file_frame = load(spark, rules=str(rule_file))
    assert rule_file_frame.columns[:4] == ["file", "rule", "severity", "message"]
    by_file = collected(rule_file_frame)
    # Workers have the text of the file.
    rule_file.unlink()
    for found in (by_file, collected(lazyast.spark.transform(frame, "content", rules=rules, keep=["path"]))):
        assert {row[1:3] for row in found} == {("check", "warning")}
        assert sorted((row[0], *row[4:8]) for row in found) == sorted(row[:5] for row in matches)
        assert all(row[3].endswith(" is compared") for row in found)


def test_only_chosen_columns_are_made(spark, project, tmp_path):
    rule_file = tmp_path / "rules.yaml"
    rule_file.write_text("rules: [{id: call, message: called, pattern: 'f()'}]")
    expected = rows_of(project.calls(columns=["callee", "file"]))
    assert collected(load(spark, table="calls", columns="callee, file").select("callee", "file")) == expected
    by_schema = spark.read.format("lazyast").option("table", "calls").schema("callee string, file string")
    assert collected(by_schema.load([str(path) for path in SOURCES])) == expected
    with pytest.raises(PySparkException, match="callee is one of string, and no int"):
        spark.read.format("lazyast").option("table", "calls").schema("callee int").load(str(SOURCES[0])).count()
    with pytest.raises(PySparkException, match='calls has no column "calee"'):
        load(spark, table="calls", columns="calee")
    with pytest.raises(PySparkException, match="there is no option colums; there are"):
        load(spark, colums="callee")
    with pytest.raises(PySparkException, match="drop rules for the matches of the query"):
        load(spark, query="f()", rules=str(rule_file))
    with pytest.raises(PySparkException, match="with query there is none: drop kinds"):
        load(spark, query="f()", kinds="Call")
    with pytest.raises(PySparkException, match="there is no table"):
        load(spark, table="trees")
    with pytest.raises(PySparkException, match="FileNotFoundError"):
        spark.read.format("lazyast").load("/no/such/directory").count()


def test_conditions_leave_the_frame_as_it_is(spark, project):
    frame = load(spark, table="nodes", columns="kind,name,lineno", partition_bytes="300000")
    rows = rows_of(project.nodes(columns=["file", "kind", "name", "lineno"]))
    assert collected(frame.filter("kind = 'Call'")) == [row for row in rows if row[1] == "Call"]
    assert collected(frame.filter("name = 'self' OR lineno = 3")) == [
        row for row in rows if row[2] == "self" or row[3] == 3
    ]
    assert frame.count() == len(rows)
    chosen = load(spark, columns="kind,name,lineno", kinds="Call,Name", names="self")
    assert collected(chosen) == [row for row in rows if row[1] == "Name" and row[2] == "self"]


def test_errors_are_rows(spark, tmp_path):
    """One percent is broken, one source in a thousand binary, and one has 50 MB: the job ends."""
    chosen = random.Random(1)
    sources = {f"r/{number}.py": f"value = call_{number % 7}({number})\n".encode() * 20 for number in range(2000)}
    names = list(sources)
    broken = dict.fromkeys(chosen.sample(names, 20), b"def f(:\n")
    binary = dict.fromkeys(chosen.sample(sorted(set(names) - set(broken)), 2), bytes(range(256)) * 40)
    sources |= broken | binary
    sources["r/huge.py"] = b"values = [\n" + b"    1,\n" * 7_500_000 + b"]\n"
    sources["r/none.py"] = None
    assert len(sources["r/huge.py"]) > 50_000_000
    frame = spark.read.parquet(corpus(tmp_path / "corpus", sources))
    kinds = {
        **dict.fromkeys(broken, "syntax"),
        **dict.fromkeys(binary, "encoding"),
        "r/huge.py": "size",
        "r/none.py": "missing",
    }
    errors = lazyast.spark.transform(frame, "content", "errors", keep=["path"])
    assert errors.columns == ["path", "kind", "message", "line"]
    found = collected(errors)
    assert {path: kind for path, kind, _, _ in found} == kinds and len(found) == len(kinds)
    lines = {path: line for path, _, _, line in found}
    assert {lines[path] for path in broken} == {1} and lines["r/huge.py"] is None

    both = lazyast.spark.transform(frame, "content", "calls", columns=["callee"], keep=["path"], errors=True)
    rows = collected(both)
    assert {path: error["kind"] for path, _, error in rows if error} == kinds
    called = [(path, callee) for path, callee, error in rows if error is None]
    assert len(called) == 20 * (2000 - 22) and not {path for path, _ in called} & set(kinds)
    assert both.filter("error.kind = 'size'").count() == 1

    # Who wants the large one has it.
    large = lazyast.spark.transform(
        frame.filter("path = 'r/huge.py'"), "content", columns=["kind"], kinds=["Assign"], max_bytes=1 << 26
    )
    assert collected(large) == [("Assign",)]


def test_errors_of_files_are_rows(spark, tmp_path):
    (tmp_path / "broken.py").write_text("f(\n")
    (tmp_path / "binary.py").write_bytes(b"\0\xff")
    (tmp_path / "large.py").write_text("f()\n" * 1000)
    (tmp_path / "fine.py").write_text("f(1)\ng()\n")
    (tmp_path / "dangling.py").symlink_to(tmp_path / "none")
    reader = spark.read.format("lazyast").option("max_bytes", "1000")
    errors = {
        Path(file).name: kind for file, kind, _, _ in collected(reader.option("table", "errors").load(str(tmp_path)))
    }
    assert errors == {"broken.py": "syntax", "binary.py": "encoding", "large.py": "size", "dangling.py": "file"}
    both = (
        reader.option("table", "calls")
        .option("errors", "true")
        .load(str(tmp_path))
        .select("file", "callee", "error.kind")
    )
    expected = [("fine.py", "f", None), ("fine.py", "g", None), *((name, None, kind) for name, kind in errors.items())]
    assert sorted(((Path(file).name, *rest) for file, *rest in collected(both)), key=str) == sorted(expected, key=str)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert collected(spark.read.format("lazyast").load(str(empty))) == []


def executors():
    """Return the process numbers of this session's executors."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if (
            process.name.isdigit()
            and b"CoarseGrainedExecutorBackend" in command
            and is_below(int(process.name), os.getpid())
        ):
            found.append(int(process.name))
    return found


def is_below(process, ancestor):
    while process > 1:
        if process == ancestor:
            return True
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc")
def test_a_killed_executor_changes_nothing(spark, tmp_path):
    sources = {str(path): path.read_bytes() for path in sorted(LIBRARY.glob("*.py"))}
    frame = spark.read.parquet(corpus(tmp_path / "corpus", sources, files=40))
    spark.conf.set("spark.sql.files.maxPartitionBytes", "200000")
    try:

        def counted():
            # A new frame each time: Spark keeps what one has shuffled.
            calls = lazyast.spark.transform(frame, "content", "calls", keep=["path"])
            return sorted(collected(calls.groupBy("path", "callee").count()), key=str)

        expected = counted()
        killed = []
        tracker = spark.sparkContext.statusTracker()

        def kill():
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and not killed:
                stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
                if any(stage and 3 <= stage.numCompletedTasks < stage.numTasks - 4 for stage in stages):
                    process = executors()[0]
                    os.kill(process, signal.SIGKILL)
                    killed.append(process)
                time.sleep(0.005)

        killer = threading.Thread(target=kill)
        killer.start()
        again = counted()
        killer.join()
        assert killed and killed[0] not in executors(), "no executor was killed in the middle"
        assert again == expected and len(expected) > 1000
    finally:
        spark.conf.unset("spark.sql.files.maxPartitionBytes")


def test_wrong_arguments(spark):
    frame = spark.createDataFrame([("f()\n", 1, 2)], "content string, number int, lineno int")
    with pytest.raises(TypeError, match="number is one of int"):
        lazyast.spark.transform(frame, "number")
    with pytest.raises(ValueError, match="keep has lineno, and so has the table"):
        lazyast.spark.transform(frame, "content", keep=["lineno"])
    for columns in (["source"], ["no"]):
        with pytest.raises(ValueError, match=f'has no column "{columns[0]}"'):
            lazyast.spark.transform(frame, "content", columns=columns)
    with pytest.raises(TypeError, match="keep must be a sequence of strings"):
        lazyast.spark.transform(frame, "content", keep="number")
    with pytest.raises(ValueError, match="drop rules for the matches of the query, or query for the findings"):
        lazyast.spark.transform(frame, "content", query="f()", rules=lazyast.Rules())
    with pytest.raises(ValueError, match="with query there is none: drop kinds"):
        lazyast.spark.transform(frame, "content", query="f()", kinds=["Call"])
    with pytest.raises(ValueError, match="with rules there is none: drop names"):
        lazyast.spark.transform(frame, "content", rules=lazyast.Rules(), names=["f"])


PROGRAM = """
import json, sys
sys.path.insert(0, {here!r})
import test_spark, lazyast.spark
spark = test_spark.session(**{{"spark.executorEnv.PYTHONPATH": {other!r}}})
frame = spark.createDataFrame([("f()\\n",)], "content string")
try:
    lazyast.spark.transform(frame, "content", "calls").collect()
except Exception as error:
    print(json.dumps(str(error)))
"""


def test_workers_of_another_version_are_errors(tmp_path):
    """The executors have a package that says to be of another version."""
    other = tmp_path / "other" / "lazyast"
    shutil.copytree(Path(lazyast.__file__).parent, other)
    with open(other / "_spark_job.py", "a") as module:
        module.write("\n\ndef version():\n    return '0.0.9 (v9)'\n")
    program = PROGRAM.format(here=str(Path(__file__).parent), other=str(other.parent))
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path)
    message = json.loads(result.stdout)
    assert "RuntimeError: the driver has lazyast" in message and "has 0.0.9 (v9): install one version" in message
