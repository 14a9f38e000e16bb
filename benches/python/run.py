"""Measures the jobs of `jobs.py` side by side.

    python benches/python/run.py [--corpus DIR] [--rounds N] [--job TEXT] [PYTHON ...]

Every measurement is a process of its own. Contestants take turns, round after round, so that what else
the machine does falls on all of them. Medians are printed, and how many times faster than the first
contestant each one is. Different answers end the run.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from jobs import JOBS

JOBS_FILE = Path(__file__).with_name("jobs.py")


def measure(python: str, job: str, contestant: str, corpus: Path) -> tuple[float, object]:
    with tempfile.TemporaryDirectory(prefix="lazyast-bench-") as cache:
        command = [python, str(JOBS_FILE), job, contestant, str(corpus), cache]
        output = subprocess.run(command, capture_output=True, text=True, check=False)
    if output.returncode != 0:
        raise SystemExit(f"{job}, {contestant}: exit code {output.returncode}\n{output.stderr}")
    result = json.loads(output.stdout.splitlines()[-1])
    return result["seconds"], result["answer"]


def run(python: str, job: str, corpus: Path, rounds: int) -> None:
    times: dict[str, list[float]] = {contestant: [] for contestant in JOBS[job]}
    answers: dict[str, object] = {}
    for _ in range(rounds):
        for contestant in times:
            seconds, answers[contestant] = measure(python, job, contestant, corpus)
            times[contestant].append(seconds)
    if len({json.dumps(answer) for answer in answers.values()}) != 1:
        raise SystemExit(f"{job}: the answers differ: {answers}")
    medians = {contestant: statistics.median(all_times) for contestant, all_times in times.items()}
    first = next(iter(medians.values()))
    for contestant, median in medians.items():
        print(f"{job:32}{contestant:14}{median:9.3f} s{first / median:8.1f}x   answer {answers[contestant]}")


def version(python: str) -> str:
    command = [python, "-c", "import platform; print(platform.python_version())"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure lazyast beside what one would use instead.")
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON")
    library = Path(sysconfig.get_paths()["stdlib"])
    parser.add_argument("--corpus", type=Path, default=library, help="default: the standard library")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--job", default="", help="only jobs whose name holds this text")
    options = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {platform.system()}; medians of {options.rounds}")
    for python in options.pythons:
        print(f"\nPython {version(python)}, {options.corpus}")
        for job in JOBS:
            if options.job in job:
                run(python, job, options.corpus, options.rounds)


if __name__ == "__main__":
    main()
