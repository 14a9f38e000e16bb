"""Counts the instructions of what has to stay fast, and compares them with `instructions.json`.

    nox -s instructions                fails where an operation takes more than 3 % more, and names the functions that grew
    nox -s instructions -- --record    writes instructions.json

valgrind counts, and presents the same processor wherever there is AVX2. Counts depend on the compiler, the interpreter
and the C library as well: `instructions.json` names those that it is for, and elsewhere nothing is compared. Two runs
differ by less than 0.1 %: hash tables have random seeds.

What one function takes counts, with the functions that it calls, and not what runs before it: reading the corpus, filling
a cache. The corpus is a part of the interpreter's standard library.
"""

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BASELINE = Path(__file__).with_suffix(".json")
PROGRAM = ROOT / "target" / "ci" / "lazyast-bench"
EXTENSION = ROOT / "target" / "ci" / "lib_native.so"
CORPUS = ("argparse.py", "ast.py", "dataclasses.py", "json/*.py", "logging/*.py", "typing.py")
TOLERANCE = 0.03
# The baseline has the functions with at least this share of an operation.
LISTED_SHARE = 0.003
NAMED_FUNCTIONS = 6

MATERIALIZE = """
import gc, pathlib, sys, lazyast
gc.disable()
for tree in [lazyast.parse(path.read_bytes()) for path in sorted(pathlib.Path(sys.argv[1]).iterdir())]:
    lazyast.materialize(tree)
"""

# What is run on the corpus, and the function whose instructions count.
OPERATIONS = {
    "lower": ([PROGRAM, "CORPUS", "1", "source to archive"], "lazyast_bench::rows::archive"),
    "open": ([PROGRAM, "CORPUS", "1", "open every"], "lazyast_bench::rows::open"),
    "decode": ([PROGRAM, "CORPUS", "1", "decode every"], "lazyast_bench::rows::decode"),
    "query": ([PROGRAM, "CORPUS", "1", "FunctionDef", "$X"], "lazyast_bench::rows::OpenProject::search"),
    "materialize": (
        [sys.executable, "-c", MATERIALIZE, "CORPUS"],
        "_native::traverse::walk::__pyfunction_materialize",
    ),
}


def copy_corpus(directory):
    """Copy the sources into one directory. Give a hash of them."""
    digest = hashlib.sha256()
    library = Path(sysconfig.get_path("stdlib"))
    for path in sorted(path for pattern in CORPUS for path in library.glob(pattern)):
        shutil.copy(path, directory / f"{path.parent.name}-{path.name}")
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def import_unstripped(directory):
    """Make the package importable with the extension module as Cargo builds it; that of a wheel has no symbols."""
    shutil.copytree(ROOT / "python" / "lazyast", directory / "lazyast", ignore=shutil.ignore_patterns("*.so"))
    (directory / "lazyast" / "_native.abi3.so").symlink_to(EXTENSION)


def functions(profile):
    """Read what callgrind has written: the instructions of each function without those of the functions it calls."""
    names, costs, function, is_call = {}, Counter(), None, False
    for line in profile.read_text().splitlines():
        if line.startswith(("fn=", "cfn=")):
            # The first mention of a function has its name, later ones its number alone.
            number, _, name = line.partition("=")[2].partition(" ")
            if name:
                # Recursive calls are listed as another function, and stripped libraries have addresses for names.
                names[number] = re.sub(r"'\d+$", "", "(no symbol)" if name.startswith("0x") else name)
            if line.startswith("fn="):
                function = names[number]
        elif line.startswith("calls="):
            is_call = True
        elif line[:1].isdigit() or line[:1] in ("+", "-", "*"):
            if not is_call:
                costs[function] += int(line.split()[1])
            is_call = False
    return costs


def count(operation, corpus, directory):
    """Count the instructions of an operation by function."""
    command, function = OPERATIONS[operation]
    profile = directory / "profile"
    valgrind = [
        "valgrind", "--quiet", "--tool=callgrind", f"--toggle-collect={function}", f"--callgrind-out-file={profile}"
    ]  # fmt: skip
    command = [*valgrind, *(corpus if part == "CORPUS" else part for part in command)]
    # What Python and our own cache keep would differ from one run to the next.
    settings = {"PYTHONHASHSEED": "0", "PYTHONPATH": str(directory / "python"), "LAZYAST_CACHE_DIR": "off"}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **settings})
    costs = functions(profile)
    if not costs:
        sys.exit(f"{operation}: {function} was not called")
    return costs


def setting(corpus):
    """Name what the counts depend on besides the code; `corpus` is the hash of the sources."""

    def version(program):
        return subprocess.run([program, "--version"], capture_output=True, check=True, text=True).stdout.strip()

    return {
        "compiler": version("rustc"),
        "valgrind": version("valgrind"),
        "library": " ".join(platform.libc_ver()),
        "machine": platform.machine() + (" with AVX2" if "avx2" in Path("/proc/cpuinfo").read_text() else ""),
        "python": sys.version,
        "corpus": corpus,
    }


def compare(operation, counts, baseline):
    """Print an operation, and where it has become worse, the functions that grew. Say whether it has."""
    total, before = counts.total(), baseline["total"]
    print(f"{operation:12} {total:12,} instructions, {total / before - 1:+.2%}")
    if total <= before * (1 + TOLERANCE):
        return False
    # A function that is not listed had less than this.
    unlisted = int(before * LISTED_SHARE)
    growth = Counter({name: cost - baseline["functions"].get(name, unlisted) for name, cost in counts.items()})
    for function, grown in growth.most_common(NAMED_FUNCTIONS):
        if grown > 0:
            print(f"    {grown:+12,} {function}")
    return True


def main():
    """Count and compare, or record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", action="store_true", help="write instructions.json")
    options = parser.parse_args()
    # Threads of a search share their work differently each time.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    with tempfile.TemporaryDirectory(prefix="lazyast-instructions-") as name:
        directory = Path(name)
        corpus = directory / "corpus"
        corpus.mkdir()
        here = setting(copy_corpus(corpus))
        there = baseline.get("setting", {})
        others = [
            f"{key}: {there.get(key)} in the baseline, {here[key]} here" for key in here if here[key] != there.get(key)
        ]
        if others and not options.record:
            print("not compared, because counts depend on", *others, sep="\n    ")
            return
        import_unstripped(directory / "python")
        counts = {operation: count(operation, corpus, directory) for operation in OPERATIONS}
    if options.record:
        operations = {
            operation: {
                "total": by_function.total(),
                "functions": {
                    function: cost
                    for function, cost in by_function.most_common()
                    if cost >= by_function.total() * LISTED_SHARE
                },
            }
            for operation, by_function in counts.items()
        }
        baseline = {"setting": here, "operations": operations}
        BASELINE.write_text(json.dumps(baseline, indent=1) + "\n")
    known = baseline["operations"]
    worse = [
        operation for operation, by_function in counts.items() if compare(operation, by_function, known[operation])
    ]
    if worse:
        sys.exit(
            f"more than {TOLERANCE:.0%} worse: {', '.join(worse)}; where that is wanted, record it in the same commit"
        )


if __name__ == "__main__":
    main()
