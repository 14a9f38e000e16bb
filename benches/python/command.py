"""The installed command as whole processes, beside ripgrep and ast-grep: the table "As whole processes" of docs/performance.md.

    python benches/python/command.py WHEEL [PYTHON ...] [--corpus DIR] [--rounds N] [--row TEXT]

Builds an environment for each interpreter PYTHON, with lazyast from WHEEL, ripgrep and ast-grep, and runs what pip has put
into its `bin`. All programs of a row take turns in each round, so that other load on the machine affects all of them. It
prints the fastest and the median time of each, in milliseconds, from the start of a process to its end; the output
goes to a file. It takes a network.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

PROGRAMS = ["ripgrep==15.1.0", "ast-grep-cli==0.51.1"]
FUNCTIONS = "id: functions\nlanguage: python\nrule: {kind: function_definition}\n"
# What is searched for, by lazyast, as text, and by ast-grep.
ROWS = [
    (["find", "-c", "zipimporter"], ["-c", "zipimporter"], ["run", "-l", "py", "-p", "zipimporter"]),
    (
        ["find", "requests.get($URL, $$$, verify=False)"],
        [r"requests\.get\(.*verify=False"],
        ["run", "-l", "py", "-p", "requests.get($URL, $$$, verify=False)"],
    ),
    (["select", "-c", "FunctionDef"], ["-c", r"^\s*def "], ["scan", "--inline-rules", FUNCTIONS]),
    (["find", "print($$$)"], [r"\bprint\("], ["run", "-l", "py", "-p", "print($$$)"]),
    (["find", "$X.append($Y)"], [r"\.append\("], ["run", "-l", "py", "-p", "$X.append($Y)"]),
]


def prepare(python, wheel, directory):
    """Build an environment, and give the directory of its programs."""
    subprocess.run([python, "-m", "venv", directory], check=True)
    pip = [directory / "bin" / "python", "-m", "pip", "install", "-q"]
    subprocess.run([*pip, *PROGRAMS, wheel], check=True)
    return directory / "bin"


def milliseconds(command, directory, cache):
    """Run a command, and give the time that it takes."""
    environment = {**os.environ, "LAZYAST_CACHE_DIR": str(cache), "LAZYAST_GC": "off"}
    environment.pop("CI", None)
    with (directory / "output").open("wb") as output:
        started = time.perf_counter()
        done = subprocess.run(command, cwd=directory, env=environment, stdout=output, stderr=subprocess.DEVNULL)
        elapsed = time.perf_counter() - started
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command} failed with code {done.returncode}")
    return 1000 * elapsed


def measure(contestants, directory, cache, rounds):
    """Give the fastest and the median time of each command, after one run of each that does not count."""
    times = {name: [] for name in contestants}
    for index in range(rounds + 1):
        for name, command in contestants.items():
            elapsed = milliseconds(command, directory, cache)
            if index > 0:
                times[name].append(elapsed)
    return {name: (min(each), statistics.median(each)) for name, each in times.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path, help="a wheel of lazyast, built as for a release")
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON")
    library = Path(sysconfig.get_paths()["stdlib"])
    parser.add_argument("--corpus", type=Path, default=library, help="default: the standard library")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--row", default="", help="only rows whose query contains this text")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lazyast-bench-") as temporary:
        directory = Path(temporary)
        ignored = shutil.ignore_patterns("site-packages", "__pycache__")
        shutil.copytree(options.corpus, directory / "library", ignore=ignored)
        programs = {}
        for python in options.pythons:
            version = [python, "-c", "import platform; print(platform.python_version())"]
            name = subprocess.run(version, capture_output=True, text=True, check=True).stdout.strip()
            programs[name] = prepare(python, options.wheel.resolve(), directory / name)
            cache = directory / "cache"
            warm = [programs[name] / "lazyast", "warm", "--cache-dir", cache, directory / "library"]
            subprocess.run(warm, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        first = next(iter(programs.values()))
        files = sum(1 for _ in (directory / "library").rglob("*.py"))
        print(f"{files:,} files; {os.cpu_count()} processors, {platform.system()}; {options.rounds} rounds")
        names = [*(f"lazyast, {name}" for name in programs), "ripgrep", "ast-grep"]
        print(f"| milliseconds, fastest (median) | {' | '.join(names)} |")
        print("|---" * (len(names) + 1) + "|", flush=True)
        for ours, text, theirs in ROWS:
            if options.row not in ours[-1]:
                continue
            contestants = {f"lazyast, {name}": [bin / "lazyast", *ours, "library"] for name, bin in programs.items()}
            contestants["ripgrep"] = [first / "rg", *text, "library"]
            contestants["ast-grep"] = [first / "ast-grep", *theirs, "library"]
            results = measure(contestants, directory, directory / "cache", options.rounds)
            cells = [f"{results[name][0]:.1f} ({results[name][1]:.1f})" for name in names]
            print(f"| `{' '.join(ours)}` | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
