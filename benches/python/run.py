"""Measures the jobs of `jobs.py` side by side.

    python benches/python/run.py [--corpus DIR] [--rounds N] [--job TEXT] [PYTHON ...]

Every measurement runs in a process of its own. Contestants take turns in each round, so that other load on the machine
affects all of them. The columns are medians: the seconds of `ast.parse` and of lazyast, the ratio of both, the limit of
that ratio where `jobs.py` knows one, the seconds that lazyast takes to open the project, the ratio without these, and the
growth of memory of both. Different answers end the run with an error.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from jobs import JOBS, LIMITS

JOBS_FILE = Path(__file__).with_name("jobs.py")
CONTESTANTS = ("ast", "lazyast")


def compile_clone(directory: Path) -> None:
    """Compile `clone.c` for the stable API, with the headers of this interpreter."""
    compiler = os.environ.get("CC") or shutil.which("cc")
    if compiler is None:
        raise SystemExit("a C compiler is needed: install one, or name it in CC")
    include = sysconfig.get_paths()["include"]
    source, library = str(JOBS_FILE.with_name("clone.c")), str(directory / "clone.abi3.so")
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", f"-I{include}", source, "-o", library], check=True)


def measure(python: str, job: str, contestant: str, corpus: Path, library: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="lazyast-bench-") as cache:
        command = [python, str(JOBS_FILE), job, contestant, str(corpus), cache]
        environment = {**os.environ, "PYTHONPATH": str(library)}
        output = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if output.returncode != 0:
        raise SystemExit(f"{job}, {contestant}: exit code {output.returncode}\n{output.stderr}")
    result: dict[str, float] = json.loads(output.stdout.splitlines()[-1])
    return result


def run(python: str, job: str, corpus: Path, rounds: int, library: Path) -> None:
    contestants = (*CONTESTANTS, "limit") if job in LIMITS else CONTESTANTS
    results_of: dict[str, list[dict[str, float]]] = {contestant: [] for contestant in contestants}
    for _ in range(rounds):
        for contestant, results in results_of.items():
            results.append(measure(python, job, contestant, corpus, library))
    answers = {contestant: results[-1]["answer"] for contestant, results in results_of.items()}
    if any(answer != answers["ast"] for answer in answers.values()):
        raise SystemExit(f"{job}: the answers differ: {answers}")

    def median(contestant: str, figure: str) -> float:
        return statistics.median(result[figure] for result in results_of[contestant])

    with_ast, with_lazyast, opening = (
        median("ast", "seconds"),
        median("lazyast", "seconds"),
        median("lazyast", "opening"),
    )
    memory = [f"{median(contestant, 'grown') / 1e6:8.0f}" for contestant in CONTESTANTS]
    rest = with_lazyast - opening
    limit = f"{with_ast / median('limit', 'seconds'):8.1f}x" if job in LIMITS else " " * 9
    print(
        f"{job:33}{with_ast:8.3f}{with_lazyast:9.3f}{with_ast / with_lazyast:8.1f}x{limit}{opening:9.3f}{with_ast / rest:8.1f}x"
        f"{memory[0]}{memory[1]}   answer {answers['ast']}",
        flush=True,
    )


def version(python: str) -> str:
    command = [python, "-c", "import platform; print(platform.python_version())"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure lazyast and ast.parse side by side.")
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON")
    stdlib = Path(sysconfig.get_paths()["stdlib"])
    parser.add_argument("--corpus", type=Path, default=stdlib, help="default: the standard library")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--job", default="", help="only jobs whose name contains this text")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lazyast-bench-") as library:
        compile_clone(Path(library))
        run_all(options, Path(library))


def run_all(options: argparse.Namespace, library: Path) -> None:
    print(f"{platform.processor() or platform.machine()}, {platform.system()}; medians of {options.rounds}")
    for python in options.pythons:
        print(f"\nPython {version(python)}, {options.corpus}; seconds, and megabytes of memory")
        print(
            f"{'':33}{'ast':>8}{'lazyast':>9}{'ratio':>9}{'limit':>9}{'opening':>9}{'without':>9}{'ast':>8}{'lazyast':>8}"
        )
        for job in JOBS:
            if options.job in job:
                run(python, job, options.corpus, options.rounds, library)


if __name__ == "__main__":
    main()
