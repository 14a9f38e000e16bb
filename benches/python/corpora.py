"""Measures tables of a corpus: on Spark, on threads of our own, and with `ast` on Spark.

    python benches/python/corpora.py make DIRECTORY [--files N] [--roots DIR ...]
    python benches/python/corpora.py compare DIRECTORY [--rounds N] [--sample N]
    python benches/python/corpora.py slope DIRECTORY [--rounds N] [--workers N ...]

`make` packs Python files of this machine into Parquet files: whole repositories (a package of an installation, or a
directory), so that duplicates are as frequent as they are on it. `compare` makes `imports` and `calls` of all of them, in
rounds in which contestants take turns:

- `threads`: two threads of one process, with `lazyast.columns`;
- `spark`: two executors of one core, with `lazyast.spark.transform`;
- `spark with a cache`: the same with a `cache_dir`, which is empty when a round begins, so that each text is parsed once for
  all of its copies and for both tables;
- `nothing`: the same on Spark with a function that only counts the sources, which is what Spark itself takes;
- `ast`: the same on Spark with `ast.parse` and `ast.walk` in `mapInPandas`, on a sample of the Parquet files. Its time is
  scaled by the bytes of the sources.

`slope` repeats `threads` and `spark` on 1, 2, 4, 8 and 16 sixteenths of the corpus, with one worker and with two, and prints
for each the seconds, the CPU seconds of all processes, the largest memory of a Python worker, and the bytes of a shuffle.
It takes PySpark, pandas and Java.
"""

import argparse
import ast
import hashlib
import json
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lazyast
import pyarrow as pa
import pyarrow.parquet as pq

COLUMNS = {
    "imports": ["lineno", "module", "name", "asname", "level"],
    "calls": ["lineno", "col_offset", "callee", "positional", "keywords"],
}
TYPES = {
    "imports": "path string, lineno int, module string, name string, asname string, level int",
    "calls": "path string, lineno int, col_offset int, callee string, positional int, keywords array<string>",
}
BYTES_OF_A_FILE = 8 << 20


# --- the corpus


def repository_of(path):
    """Give what the file would be a repository with: an installed package, or a directory."""
    found = re.match(r"(.*/(?:site|dist)-packages/[^/]+)", path)
    return found[1] if found else "/".join(path.split("/")[:6])


def make(directory, count, roots):
    repositories = {}
    for root in roots:
        for parent, children, names in os.walk(root):
            children[:] = [
                name for name in children if os.path.join(parent, name) not in ("/proc", "/sys", "/dev", str(directory))
            ]
            for name in names:
                path = os.path.join(parent, name)
                if name.endswith(".py") and os.path.isfile(path) and not os.path.islink(path):
                    repositories.setdefault(repository_of(path), []).append(path)
    names = sorted(repositories)
    random.Random(1).shuffle(names)
    directory.mkdir(parents=True)
    rows, bytes_, files, hashes, parts = [], 0, 0, set(), 0
    total = 0

    def write():
        nonlocal rows, bytes_, parts
        if rows:
            columns = dict(zip(("repository", "path", "content"), map(list, zip(*rows))))
            pq.write_table(pa.table(columns), directory / f"{parts:05}.parquet", compression="zstd", row_group_size=500)
            rows, bytes_, parts = [], 0, parts + 1

    for name in names:
        for path in sorted(repositories[name]):
            if files == count:
                break
            try:
                content = Path(path).read_bytes()
            except OSError:
                continue
            rows.append((name, path, content))
            files, bytes_, total = files + 1, bytes_ + len(content), total + len(content)
            hashes.add(hashlib.blake2b(content, digest_size=16).digest())
        if bytes_ >= BYTES_OF_A_FILE:
            write()
    write()
    stored = sum(path.stat().st_size for path in directory.iterdir())
    about = {"files": files, "bytes": total, "different": len(hashes), "parquet files": parts, "parquet bytes": stored}
    (directory / "about.json").write_text(json.dumps(about))
    print(about)


def parts_of(directory):
    return sorted(map(str, directory.glob("*.parquet")))


def bytes_of(parts):
    total = 0
    for part in parts:
        for batch in pq.ParquetFile(part).iter_batches(columns=["content"]):
            total += batch.column(0).nbytes
    return total


# --- the contestants: each makes one table of the Parquet files and gives the number of rows


def with_threads(threads, parts, table):
    columns = ["source", *COLUMNS[table]]

    def rows_of(part):
        rows = 0
        for batch in pq.ParquetFile(part).iter_batches(500, columns=["path", "content"]):
            made = pa.table(lazyast.columns(batch.column("content"), table, columns=columns, jobs=1))
            rows += len(made.set_column(0, "path", batch.column("path").take(made["source"].combine_chunks())))
        return rows

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(rows_of, parts))


def session(workers, log):
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "500",
        "spark.sql.files.maxPartitionBytes": str(8 << 20),
        "spark.sql.files.openCostInBytes": str(1 << 20),
        "spark.sql.shuffle.partitions": "8",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.compress": "false",
        "spark.eventLog.dir": f"file://{log}",
    }
    builder = SparkSession.builder.master(f"local-cluster[{workers},1,2048]").appName("corpora")
    builder = builder.config("spark.executor.memory", "1g")
    for name, value in settings.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    # Workers start with the first job, which is not measured.
    made.range(100, numPartitions=2 * workers).mapInArrow(lambda batches: batches, "id long").count()
    return made


def written(frame):
    """Make all rows, which nobody keeps."""
    frame.write.format("noop").mode("overwrite").save()


def with_spark(spark, parts, table, cache=None):
    import lazyast.spark

    frame = spark.read.parquet(*parts)
    made = lazyast.spark.transform(frame, "content", table, columns=COLUMNS[table], keep=["path"], cache_dir=cache)
    written(made)


def with_cache(cache, *arguments):
    with_spark(*arguments, cache)


def with_nothing(spark, parts, table):
    def count(batches):
        for batch in batches:
            yield pa.RecordBatch.from_pydict({"count": [len(batch)]})

    written(spark.read.parquet(*parts).select("path", "content").mapInArrow(count, "count long"))


def dotted(node):
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else None


def rows_of_imports(path, tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((path, alias.lineno, None, alias.name, alias.asname, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((path, alias.lineno, node.module, alias.name, alias.asname, node.level) for alias in node.names)


def rows_of_calls(path, tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            positional = sum(not isinstance(argument, ast.Starred) for argument in node.args)
            keywords = [keyword.arg for keyword in node.keywords if keyword.arg is not None]
            yield path, node.lineno, node.col_offset, dotted(node.func), positional, keywords


def with_ast(spark, parts, table):
    rows_of = {"imports": rows_of_imports, "calls": rows_of_calls}[table]
    names = ["path", *COLUMNS[table]]

    def rows(frames):
        import warnings

        import pandas

        warnings.simplefilter("ignore")
        for frame in frames:
            made = []
            for path, content in zip(frame["path"], frame["content"]):
                try:
                    made += rows_of(path, ast.parse(bytes(content)))
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    continue
            yield pandas.DataFrame(made, columns=names)

    written(spark.read.parquet(*parts).select("path", "content").mapInPandas(rows, TYPES[table]))


def check(spark, parts):
    """Compare the rows of the sample with those of `ast`: equal but for sources that one of both does not read."""
    import lazyast.spark

    frame = spark.read.parquet(*parts)
    for table, rows_of in (("imports", rows_of_imports), ("calls", rows_of_calls)):
        made = (
            lazyast.spark.transform(frame, "content", table, columns=COLUMNS[table], keep=["path"])
            .toArrow()
            .to_pylist()
        )
        found = {}
        for row in made:
            found.setdefault(row["path"], []).append(tuple(row.values()))
        compared = 0
        for path, content in zip(*(frame.toArrow()[name].to_pylist() for name in ("path", "content"))):
            if path not in found:
                continue
            try:
                expected = list(rows_of(path, ast.parse(content)))
            except (SyntaxError, ValueError, RecursionError):
                continue
            key = str
            assert sorted(found[path], key=key) == sorted(expected, key=key), (table, path)
            compared += len(expected)
        print(f"{compared} rows of {table} are those of ast", flush=True)


# --- measuring


def descendants():
    """Give the statistics of all processes below this one: `{process: (CPU seconds, resident bytes, command)}`."""
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    parents, found = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            found[int(entry.name)] = (sum(map(int, fields[11:15])) / ticks, int(fields[21]) * page, command)
    below, grew = {os.getpid()}, True
    while grew:
        grew = {process for process, parent in parents.items() if parent in below and process not in below}
        below |= grew
    return {process: found[process] for process in below}


class Measured:
    """Seconds, CPU seconds of all processes, and the largest memory of a Python worker and of an executor."""

    def __enter__(self):
        self.worker = self.executor = 0
        self.before = descendants()
        self.done = threading.Event()
        self.sampler = threading.Thread(target=self.sample)
        self.sampler.start()
        self.start = time.perf_counter()
        return self

    def sample(self):
        while not self.done.wait(0.25):
            for _, resident, command in descendants().values():
                if b"pyspark" in command and b"java" not in command:
                    self.worker = max(self.worker, resident)
                elif b"CoarseGrainedExecutorBackend" in command:
                    self.executor = max(self.executor, resident)

    def __exit__(self, *_):
        self.seconds = time.perf_counter() - self.start
        self.done.set()
        self.sampler.join()
        after = descendants()
        self.cpu = sum(cpu for cpu, *_ in after.values()) - sum(
            cpu for process, (cpu, *_) in self.before.items() if process in after
        )


def measure(action, *arguments):
    with Measured() as measured:
        action(*arguments)
    return measured


def both_tables(contestant, *arguments):
    for table in COLUMNS:
        contestant(*arguments, table)


def compare(directory, rounds, sample):
    parts = parts_of(directory)
    about = json.loads((directory / "about.json").read_text())
    sampled = random.Random(2).sample(parts, min(sample, len(parts)))
    share = bytes_of(sampled) / bytes_of(parts)
    print(about, f"sample: {len(sampled)} Parquet files, {share:.3f} of the bytes", f"load {os.getloadavg()}")
    times = {}
    with tempfile.TemporaryDirectory() as log:
        spark = session(2, log)
        check(spark, sampled[:2])
        for round_ in range(rounds):
            with tempfile.TemporaryDirectory() as cache:
                contestants = {
                    "threads": (with_threads, 2, parts),
                    "spark": (with_spark, spark, parts),
                    "spark with a cache": (with_cache, cache, spark, parts),
                    "nothing": (with_nothing, spark, parts),
                    "spark on the sample": (with_spark, spark, sampled),
                    "ast on the sample": (with_ast, spark, sampled),
                }
                for table in COLUMNS:
                    for name, (contestant, *arguments) in contestants.items():
                        measured = measure(contestant, *arguments, table)
                        times.setdefault((name, table), []).append(measured)
                        print(
                            f"round {round_} {table} {name}: {measured.seconds:.2f} s, {measured.cpu:.2f} s of CPU",
                            flush=True,
                        )
        spark.stop()
    print(f"load {os.getloadavg()}")
    for kind in ("seconds", "cpu"):

        def median(name, kind=kind):
            return sum(statistics.median(getattr(one, kind) for one in times[name, table]) for table in COLUMNS)

        threads, spark, nothing = median("threads"), median("spark"), median("nothing")
        with_ast_, on_sample = median("ast on the sample"), median("spark on the sample")
        cached = median("spark with a cache")
        print(
            f"{kind}: threads {threads:.1f}, spark {spark:.1f}, nothing {nothing:.1f}:"
            f" spark is {spark / (threads + nothing):.2f} of threads and nothing;"
            f" ast {with_ast_ / share:.1f} (scaled), {with_ast_ / share / spark:.1f} times spark;"
            f" on the sample {with_ast_ / on_sample:.1f} times;"
            f" with a cache {cached:.1f}, {with_ast_ / share / cached:.1f} times"
        )


def shuffled(spark, parts):
    """Count for each callee in how many sources it is called, which takes a shuffle."""
    import lazyast.spark
    from pyspark.sql import functions

    frame = spark.read.parquet(*parts)
    calls = lazyast.spark.transform(frame, "content", "calls", columns=["callee"], keep=["path"])
    written(calls.groupBy("callee").agg(functions.countDistinct("path")))


def slope(directory, rounds, counts):
    parts = parts_of(directory)
    random.Random(3).shuffle(parts)
    sizes = {number: parts[: max(1, len(parts) * number // 16)] for number in (1, 2, 4, 8, 16)}
    print(json.loads((directory / "about.json").read_text()), f"load {os.getloadavg()}")
    for workers in counts:
        with tempfile.TemporaryDirectory() as log:
            spark = session(workers, log)

            for number, chosen in sizes.items():
                count = sum(pq.ParquetFile(part).metadata.num_rows for part in chosen)
                actions = {
                    "threads": (both_tables, with_threads, workers, chosen),
                    "spark": (both_tables, with_spark, spark, chosen),
                    "shuffle": (shuffled, spark, chosen),
                }
                for name, action in actions.items():
                    runs = [measure(*action) for _ in range(rounds)]
                    seconds, cpu = (
                        statistics.median(getattr(run, kind) for run in runs) for kind in ("seconds", "cpu")
                    )
                    worker, executor = (max(getattr(run, kind) for run in runs) for kind in ("worker", "executor"))
                    print(
                        f"{workers} workers, {number}/16 ({count} files, {bytes_of(chosen) / 1e6:.0f} MB) {name}: {seconds:.2f} s,"
                        f" {cpu:.2f} s of CPU, worker {worker / 1e6:.0f} MB, executor {executor / 1e6:.0f} MB",
                        flush=True,
                    )
            spark.stop()
            print_shuffles(log)


def print_shuffles(log):
    """Print what each stage wrote to a shuffle, from Spark's log of events."""
    (path,) = Path(log).iterdir()
    written = {}
    for line in path.read_text().splitlines():
        event = json.loads(line)
        if event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
            bytes_ = event["Task Metrics"]["Shuffle Write Metrics"]["Shuffle Bytes Written"]
            written[event["Stage ID"]] = written.get(event["Stage ID"], 0) + bytes_
    print("bytes written to shuffles, by stage:", {stage: bytes_ for stage, bytes_ in written.items() if bytes_})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["make", "compare", "slope"])
    parser.add_argument("directory", type=lambda path: Path(path).resolve())
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--roots", nargs="+", default=["/"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=4, help="Parquet files for ast")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="threads, and executors of one core")
    options = parser.parse_args()
    if options.command == "make":
        make(options.directory, options.files, options.roots)
    elif options.command == "compare":
        compare(options.directory, options.rounds, options.sample)
    else:
        slope(options.directory, options.rounds, options.workers)


if __name__ == "__main__":
    main()
