"""Compares lazyast with other ways to get and to use syntax trees of Python.

    python benches/compare [--corpus DIR] [--lines N] [--minutes N] [--job NAME] [--contestant TEXT]

`nox -s compare` installs all contestants and runs this. Every run is a process of its own. Each
contestant does each job once, then those again that have taken the least time, until the time is up. Answers are compared
file by file with those of `ast.parse`; a difference without a reason ends in an error. The record is in `benches/record`.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import chart
import corpus as corpora
import record
import slope
from answers import JOBS, REFERENCE
from contestants import CONTESTANTS, Contestant
from record import Row

MEASURE = Path(__file__).with_name("measure.py")
RECORD = Path(__file__).parents[1] / "record"


Run = tuple[str, Contestant, bool]
"""A job, who does it, and whether with a tenth of the files."""


class Comparison:
    """All runs, over one corpus."""

    def __init__(self, corpus: corpora.Corpus, scratch: Path) -> None:
        self.corpus = corpus
        self.scratch = scratch
        self.rows: dict[tuple[str, str, bool], Row] = {}
        self.answers: dict[tuple[str, str, bool], dict[str, Any]] = {}
        self.spent: dict[tuple[str, str, bool], float] = {}
        self.errors: list[str] = []

    def measure(
        self, job: str, contestant: Contestant, is_tenth: bool, environment: dict[str, str] | None = None
    ) -> dict[str, Any] | None:
        """Run a contestant, and give what `measure.py` prints."""
        directory = self.corpus.tenth if is_tenth else self.corpus.whole
        arguments = [job, contestant.name, directory, self.scratch, self.scratch / "answer.json"]
        command = [sys.executable, MEASURE, *arguments]
        process = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if process.returncode != 0:
            self.errors.append(f"{job}, {contestant.name}: exit code {process.returncode}\n{process.stderr[-2000:]}")
            return None
        return json.loads(process.stdout.splitlines()[-1])

    def run(self, job: str, contestant: Contestant, is_tenth: bool) -> None:
        """Run a contestant once."""
        key = (job, contestant.name, is_tenth)
        answer = self.scratch / "answer.json"
        started = time.monotonic()
        result = self.measure(job, contestant, is_tenth)
        self.spent[key] = self.spent.get(key, 0.0) + time.monotonic() - started
        if result is None:
            return
        row = self.rows.setdefault(key, Row(job, contestant.name, is_tenth))
        row.seconds.append(result["seconds"])
        row.peaks.append(result["peak"])
        row.peak_is_bound = result["peak_is_bound"]
        self.answers[key] = json.loads(answer.read_text())
        row.found = sum(count for count, _ in self.answers[key]["found"].values())
        mark = " (a tenth of the files)" if is_tenth else ""
        print(f"{job:10} {contestant.name:30}{result['seconds']:9.3f} s{mark}", flush=True)

    def again(self, runs: list[Run], most: int, deadline: float) -> Run | None:
        """Choose what runs once more: what has taken the least time so far, so that short runs are repeated most.

        All ratios depend on the references, which count as a tenth.
        """
        references = {(job.name, job.reference) for job in JOBS}
        candidates = []
        for job, contestant, is_tenth in runs:
            row = self.rows.get((job, contestant.name, is_tenth))
            spent = self.spent[job, contestant.name, is_tenth]
            if row and len(row.seconds) < most and time.monotonic() + spent / len(row.seconds) < deadline:
                share = spent / 10 if (job, contestant.name) in references else spent
                candidates.append((share, len(candidates), (job, contestant, is_tenth)))
        return min(candidates)[2] if candidates else None

    def count_allocations(self, runs: list[Run], library: Path, package: Path | None) -> None:
        """Run each contestant in Python once more, on a tenth of the files, with `allocations.c`."""
        environment = {**os.environ, "LD_PRELOAD": str(library), "PYTHONMALLOC": "malloc"}
        if package is not None:
            environment["PYTHONPATH"] = str(package.resolve())
        for job, contestant, is_tenth in runs:
            row = self.rows.get((job, contestant.name, is_tenth))
            is_seen = package is not None or not contestant.name.startswith("lazyast")
            if row is not None and contestant.command is None and is_seen:
                result = self.measure(job, contestant, True, environment)
                row.allocations = result["allocations"] if result else None

    def compare(self) -> None:
        """Compare all answers with those of the reference, which is known by then."""
        references = {job.name: job.reference for job in JOBS}
        by_name = {contestant.name: contestant for contestant in CONTESTANTS}
        for key, row in self.rows.items():
            expected = self.answers.get((row.job, references[row.job], row.is_tenth))
            if expected is None:
                row.agreement = "not compared"
                continue
            try:
                row.agreement = record.compare_answers(row.job, by_name[row.contestant], self.answers[key], expected)
            except ValueError as error:
                row.agreement = "wrong"
                self.errors.append(str(error))


def write(directory: Path, rows: list[Row], slopes: list[slope.SlopeRow], about: dict[str, Any]) -> list[Path]:
    """Write the record; give its files."""
    record.judge(rows)
    slope_table = slope.table(slopes, about["corpus"]["lines"]) if slopes else ""
    directory.mkdir(parents=True, exist_ok=True)
    files = {
        "compare.json": json.dumps(
            {**about, "rows": [asdict(row) for row in rows], "slopes": [asdict(row) for row in slopes]}, indent=1
        )
        + "\n",
        "compare.md": record.tables(rows, about) + slope_table,
        "compare-light.svg": chart.draw(rows, about, chart.LIGHT),
        "compare-dark.svg": chart.draw(rows, about, chart.DARK),
    }
    for name, text in files.items():
        (directory / name).write_text(text, "utf-8")
    return [directory / name for name in files]


def counter(scratch: Path) -> Path | None:
    """Compile `allocations.c`, where there is glibc and a C compiler."""
    library = scratch / "allocations.so"
    command = ["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(MEASURE.with_name("allocations.c"))]
    if platform.libc_ver()[0] != "glibc" or shutil.which("cc") is None:
        return None
    subprocess.run(command, check=True)
    return library


def schedule(contestants: list[Contestant], only_job: str) -> list[Run]:
    """List the runs of a round: job by job, so that the contestants of a job run close to each other."""
    runs = []
    for job in JOBS:
        if only_job not in job.name:
            continue
        own = [contestant for contestant in contestants if job.name in contestant.jobs]
        runs += [(job.name, contestant, contestant.is_slow) for contestant in own]
        if any(contestant.is_slow for contestant in own):
            runs += [(job.name, contestant, True) for contestant in own if contestant.name == job.reference]
    return runs


def main() -> int:
    parser = argparse.ArgumentParser(prog="benches/compare", description="Compare lazyast with other tools.")
    library = Path(sysconfig.get_paths()["stdlib"])
    parser.add_argument("--corpus", type=Path, default=library, help="default: the standard library")
    parser.add_argument("--lines", type=int, default=500_000, help="how many lines of it are copied")
    parser.add_argument(
        "--minutes", type=float, default=8, help="when no further run begins; each runs once in any case"
    )
    parser.add_argument("--rounds", type=int, default=7, help="the largest number of runs of each")
    parser.add_argument("--job", default="", help="only jobs whose name contains this text")
    parser.add_argument(
        "--contestant", default="", help="only contestants whose name contains this text, and ast.parse"
    )
    parser.add_argument(
        "--counted", type=Path, metavar="DIR",
        help="where the package lazyast is, built without an allocator of its own, to count its allocations",
    )  # fmt: skip
    parser.add_argument("--no-slope", action="store_true", help="not on 4 and 16 times the files")
    parser.add_argument("--record", type=Path, default=RECORD, metavar="DIR", help="where the record is written")
    options = parser.parse_args()
    present = [contestant for contestant in CONTESTANTS if contestant.missing is None]
    skipped = {contestant.name: contestant.missing for contestant in CONTESTANTS if contestant.missing is not None}
    for name, reason in skipped.items():
        print(f"skipped: {name}: {reason}")
    references = {job.reference for job in JOBS} | {REFERENCE}
    chosen = [each for each in present if options.contestant in each.name or each.name in references]
    with tempfile.TemporaryDirectory(prefix="lazyast-compare-") as temporary:
        scratch = Path(temporary)
        corpus = corpora.copy(options.corpus, scratch, options.lines)
        about = record.circumstances(corpus, options.corpus, skipped)
        print(f"{corpus.files:,} files, {corpus.lines:,} lines of {options.corpus}", flush=True)
        comparison = Comparison(corpus, scratch)
        runs = schedule(chosen, options.job)
        deadline = time.monotonic() + options.minutes * 60
        for run in runs:
            comparison.run(*run)
        library = counter(scratch)
        if library is not None:
            comparison.count_allocations(runs, library, options.counted)
        while (run := comparison.again(runs, options.rounds, deadline)) is not None:
            comparison.run(*run)
        comparison.compare()
        slopes = [] if options.no_slope else slope.measure(corpus, scratch)
        files = write(options.record, list(comparison.rows.values()), slopes, about)
    print(*files, sep="\n")
    for error in dict.fromkeys(comparison.errors):
        print(f"error: {error}", file=sys.stderr)
    return 1 if comparison.errors else 0


if __name__ == "__main__":
    sys.exit(main())
