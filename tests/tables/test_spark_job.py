"""What Spark's workers do, without Spark; `tests/engines` has the rest."""

import pickle
import sysconfig
from pathlib import Path

import lazyast
import pytest

pa = pytest.importorskip("pyarrow")

from lazyast import _spark_job  # noqa: E402
from lazyast._spark_job import File, Job  # noqa: E402

SOURCES = Path(sysconfig.get_path("stdlib")) / "json"


def rows_of(batches):
    return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(_spark_job, "BYTES_AT_ONCE", 10_000)
    monkeypatch.setattr(_spark_job, "ROWS_OF_A_BATCH", 100)


@pytest.mark.parametrize("relation", ["nodes", "definitions", "calls", "imports", "constants", "comments"])
def test_rows_are_those_of_a_project(relation, small_batches):
    project = lazyast.Project(SOURCES)
    columns = [name for name in project.table(relation).columns if name != "resolved"]
    expected = rows_of(pa.table(project.table(relation, columns=columns)).to_batches())
    job = Job(relation, columns=tuple(columns[1:]))
    files = [File(str(module.path), module.path.stat().st_size) for module in project]
    batches = list(job.of_files(files))
    assert rows_of(batches) == expected and all(len(batch) <= 100 for batch in batches)
    types = {str(field.type) for field in batches[0].schema}
    assert types <= {"string", "int32", "bool", "list<item: string>"}
    content = pa.array([module.path.read_bytes() for module in project])
    batch = pa.record_batch({"file": [file.name for file in files], "content": content})
    assert rows_of(job.of_batches([batch.slice(0, 2), batch.slice(2), batch.slice(0, 0)])) == expected


def test_errors_stand_beside_rows(tmp_path, small_batches):
    (tmp_path / "large.py").write_text("f()\n" * 1000)
    (tmp_path / "fine.py").write_text("f(1)\n")
    (tmp_path / "wrong.py").write_text("\n(\n")
    files = [File(str(tmp_path / name), 10) for name in ("fine.py", "gone.py", "large.py", "wrong.py")]
    files.append(File("denied", 0, "permission denied"))
    errors = [
        ("gone.py", "file", "No such file or directory", None),
        ("large.py", "size", "4000 bytes are more than 1000", None),
        ("wrong.py", "syntax", "", 3),
        ("denied", "file", "permission denied", None),
    ]
    found = rows_of(Job("errors", max_bytes=1000).of_files(files))
    assert [
        (Path(file).name, kind, message if kind != "syntax" else "", line) for file, kind, message, line in found
    ] == errors
    both = rows_of(Job("calls", columns=("callee",), errors=True, max_bytes=1000).of_files(files))
    assert [(Path(file).name, callee, error and error["kind"]) for file, callee, error in both] == [
        ("fine.py", "f", None), *((name, None, kind) for name, kind, *_ in errors),
    ]  # fmt: skip
    batch = pa.record_batch({"content": [b"f()\n", None, b"f(" * 600, b"\0"]})
    assert [row[0] for row in rows_of(Job("errors", max_bytes=1000).of_batches([batch]))] == [
        "missing",
        "size",
        "encoding",
    ]


def test_queries_and_wrong_choices():
    batch = pa.record_batch({"path": ["a", "b"], "content": ["open(x)\n", "y\nopen('z', 1)\n"]})
    for query in ("open($P, $$$)", lambda: lazyast.pattern("open($P, $$$)")):
        job = Job(query=query, columns=("lineno", "$P"))
        assert rows_of(job.of_batches([batch])) == [("a", 1, "x"), ("b", 2, "'z'")]
        assert job.schema.names == ["lineno", "$P"]
    for choice in ({"table": "trees"}, {"columns": ("source",)}, {"columns": ("no",)}, {"kinds": ("No",)}):
        with pytest.raises(ValueError):
            assert Job(**choice).schema


def test_jobs_of_another_version_are_errors(monkeypatch):
    pickled = pickle.dumps(Job("calls"))
    assert pickle.loads(pickled) == Job("calls")
    monkeypatch.setattr(_spark_job, "version", lambda: "0.0.9 (v9)")
    with pytest.raises(
        RuntimeError, match=r"the driver has lazyast .*\), and .* has 0.0.9 \(v9\): install one version"
    ):
        pickle.loads(pickled)
