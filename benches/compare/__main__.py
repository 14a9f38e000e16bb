"""Compares lazyast with other ways to get and to use syntax trees of Python.

    python benches/compare [--corpus DIR] [--lines N] [--minutes N] [--job NAME] [--contestant TEXT]

`nox -s compare` installs all contestants and runs this. Every run is a process of its own. Contestants take turns:
each does each job once, then all again, until the time is up. Answers are compared file by file with those of
`ast.parse`; a difference without a reason ends in an error. The record is in `benches/record`.
"""

import argparse
import json
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


class Comparison:
    """All runs, over one corpus."""

    def __init__(self, corpus: corpora.Corpus, scratch: Path) -> None:
        self.corpus = corpus
        self.scratch = scratch
        self.rows: dict[tuple[str, str, bool], Row] = {}
        self.answers: dict[tuple[str, str, bool], dict[str, Any]] = {}
        self.took: dict[tuple[str, str, bool], float] = {}
        self.errors: list[str] = []

    def run(self, job: str, contestant: Contestant, is_tenth: bool) -> None:
        """Run a contestant once."""
        key = (job, contestant.name, is_tenth)
        directory = self.corpus.tenth if is_tenth else self.corpus.whole
        answer = self.scratch / "answer.json"
        started = time.monotonic()
        arguments = [job, contestant.name, directory, self.scratch, answer]
        process = subprocess.run([sys.executable, MEASURE, *arguments], capture_output=True, text=True, check=False)
        self.took[key] = time.monotonic() - started
        if process.returncode != 0:
            self.errors.append(f"{job}, {contestant.name}: exit code {process.returncode}\n{process.stderr[-2000:]}")
            return
        row = self.rows.setdefault(key, Row(job, contestant.name, is_tenth))
        result = json.loads(process.stdout.splitlines()[-1])
        row.seconds.append(result["seconds"])
        row.peaks.append(result["peak"])
        row.peak_is_bound = result["peak_is_bound"]
        self.answers[key] = json.loads(answer.read_text())
        row.found = sum(count for count, _ in self.answers[key]["found"].values())
        mark = " (a tenth of the files)" if is_tenth else ""
        print(f"{job:10} {contestant.name:30}{result['seconds']:9.3f} s{mark}", flush=True)

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


def schedule(contestants: list[Contestant], only_job: str) -> list[tuple[str, Contestant, bool]]:
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
        "--minutes", type=float, default=7, help="when no further run begins; each runs once in any case"
    )
    parser.add_argument("--rounds", type=int, default=7, help="the largest number of runs of each")
    parser.add_argument("--job", default="", help="only jobs whose name contains this text")
    parser.add_argument(
        "--contestant", default="", help="only contestants whose name contains this text, and ast.parse"
    )
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
        for number in range(options.rounds):
            for job, contestant, is_tenth in runs:
                took = comparison.took.get((job, contestant.name, is_tenth), 0.0)
                if number == 0 or time.monotonic() + took < deadline:
                    comparison.run(job, contestant, is_tenth)
        comparison.compare()
        slopes = [] if options.no_slope else slope.measure(corpus, scratch)
        files = write(options.record, list(comparison.rows.values()), slopes, about)
    print(*files, sep="\n")
    for error in dict.fromkeys(comparison.errors):
        print(f"error: {error}", file=sys.stderr)
    return 1 if comparison.errors else 0


if __name__ == "__main__":
    sys.exit(main())
