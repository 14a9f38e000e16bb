"""How times grow with the number of files: the same contestants on the corpus, on 4 and on 16 times as much.

Each copy of a file ends with a comment of its own, so that no two have the same content.
"""

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from corpus import Corpus

MEASURE = Path(__file__).with_name("measure.py")
TIMES = (1, 4, 16)
RUNS = (
    ("trees", "lazyast, cold, 1 thread"),
    ("trees", "lazyast, cold"),
    ("trees", "lazyast, by content"),
    ("imports", "lazyast, tables"),
    ("calls", "$ lazyast find"),
)


@dataclass
class SlopeRow:
    """A contestant on one size."""

    job: str
    contestant: str
    times: int
    seconds: float
    peak: int
    found: int


def multiplied(corpus: Corpus, times: int, scratch: Path) -> Path:
    """Return a directory with the files of the corpus, so many times."""
    directory = scratch / f"times-{times}"
    for number in range(times):
        for path in corpus.whole.rglob("*.py"):
            copy = directory / f"c{number}" / path.relative_to(corpus.whole)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes() + f"\n# copy {number}\n".encode())
    return directory


def measure(corpus: Corpus, scratch: Path, rounds: int = 3) -> list[SlopeRow]:
    """Run each contestant on each size, and check that it finds so many times as much."""
    rows = []
    for times in TIMES:
        directory, answer = multiplied(corpus, times, scratch), scratch / "answer.json"
        for job, contestant in RUNS:
            results, found = [], 0
            for _ in range(rounds):
                command = [sys.executable, MEASURE, job, contestant, directory, scratch, answer]
                process = subprocess.run(command, capture_output=True, text=True, check=False)
                if process.returncode != 0:
                    raise SystemExit(f"{job}, {contestant}, {times} times: {process.stderr[-2000:]}")
                results.append(json.loads(process.stdout.splitlines()[-1]))
                found = sum(count for count, _ in json.loads(answer.read_text())["found"].values())
            seconds, peak = (statistics.median(result[name] for result in results) for name in ("seconds", "peak"))
            rows.append(SlopeRow(job, contestant, times, seconds, int(peak), found))
            print(f"{times:2} times {contestant:30}{seconds:9.3f} s", flush=True)
            first = next(row for row in rows if (row.job, row.contestant) == (job, contestant))
            if found != first.found * times:
                raise SystemExit(f"{job}, {contestant}: {found} found in {times} times the files, {first.found} in one")
    return rows


def table(rows: list[SlopeRow], lines: int) -> str:
    """Write the rows as Markdown: seconds for each million lines should stay the same."""
    titles = [f"{times}x: s" for times in TIMES] + [f"{times}x: s per million lines" for times in TIMES]
    text = ["", "## 1, 4 and 16 times the files", ""]
    text += [f"| | {' | '.join(titles)} | peak MB |", "|---" * (len(titles) + 2) + "|"]
    for job, contestant in RUNS:
        own = {row.times: row for row in rows if (row.job, row.contestant) == (job, contestant)}
        seconds = [f"{own[times].seconds:.3f}" for times in TIMES]
        each = [f"{own[times].seconds * 1e6 / (lines * times):.4f}" for times in TIMES]
        peaks = ", ".join(f"{own[times].peak / 1e6:.0f}" for times in TIMES)
        text.append(f"| {contestant}: {job} | {' | '.join(seconds + each)} | {peaks} |")
    return "\n".join(text) + "\n"
