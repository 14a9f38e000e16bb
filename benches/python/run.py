"""Measures the jobs of `jobs.py` side by side.

    python benches/python/run.py [--corpus DIR] [--rounds N] [--job TEXT] [PYTHON ...]

Every measurement is a process of its own. Contestants take turns, round after round, so that what else
the machine does falls on all of them. Medians are printed: the seconds of `ast.parse` and the same code, the
seconds of lazyast, how many times faster that is, what of it goes into opening the project, how many times
faster the rest is, and by how many times less memory grows. Different answers end the run.
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
CONTESTANTS = ("ast", "lazyast")


def measure(python: str, job: str, contestant: str, corpus: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="lazyast-bench-") as cache:
        command = [python, str(JOBS_FILE), job, contestant, str(corpus), cache]
        output = subprocess.run(command, capture_output=True, text=True, check=False)
    if output.returncode != 0:
        raise SystemExit(f"{job}, {contestant}: exit code {output.returncode}\n{output.stderr}")
    result: dict[str, float] = json.loads(output.stdout.splitlines()[-1])
    return result


def run(python: str, job: str, corpus: Path, rounds: int) -> None:
    found: dict[str, list[dict[str, float]]] = {contestant: [] for contestant in CONTESTANTS}
    for _ in range(rounds):
        for contestant, results in found.items():
            results.append(measure(python, job, contestant, corpus))
    answers = {contestant: results[-1]["answer"] for contestant, results in found.items()}
    if answers["ast"] != answers["lazyast"]:
        raise SystemExit(f"{job}: the answers differ: {answers}")

    def median(contestant: str, figure: str) -> float:
        return statistics.median(result[figure] for result in found[contestant])

    theirs, mine, opening = median("ast", "seconds"), median("lazyast", "seconds"), median("lazyast", "opening")
    memory = [f"{median(contestant, 'grown') / 1e6:8.0f}" for contestant in CONTESTANTS]
    print(
        f"{job:33}{theirs:8.3f}{mine:9.3f}{theirs / mine:8.1f}x{opening:9.3f}{theirs / (mine - opening):8.1f}x"
        f"{memory[0]}{memory[1]}   answer {answers['ast']}",
        flush=True,
    )


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
        print(f"\nPython {version(python)}, {options.corpus}; seconds, and megabytes of memory")
        print(f"{'':33}{'ast':>8}{'lazyast':>9}{'ratio':>9}{'opening':>9}{'without':>9}{'ast':>8}{'lazyast':>8}")
        for job in JOBS:
            if options.job in job:
                run(python, job, options.corpus, options.rounds)


if __name__ == "__main__":
    main()
