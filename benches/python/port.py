"""Measures the steps of docs/port.md: the processor time of each block of Python on the page.

    python benches/python/port.py [--corpus DIR] [--rounds N]

The blocks of its steps run in a directory whose `src` is the corpus, by default the interpreter's standard library. Each round runs
all of them in a process of its own, with a warm cache. The columns are medians, and ratios to the first block, which is
the loop with `ast` alone. Every block that has the loop's answer compares it with the first block's.
"""

import argparse
import contextlib
import io
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "port.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run_blocks() -> list[float]:
    variables: dict[str, object] = {"__name__": "__main__"}
    seconds = []
    steps, _, _ = PAGE.read_text(encoding="utf-8").partition("\n## Text and columns")
    for code in BLOCK.findall(steps):
        before = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            exec(code, variables)
        seconds.append(time.process_time() - before)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path(sysconfig.get_path("stdlib")))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one-round", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one_round:
        print(json.dumps(run_blocks()))
        return
    with tempfile.TemporaryDirectory(prefix="lazyast-bench-") as directory:
        # Sources with errors end the loop with `ast` alone.
        ignored = shutil.ignore_patterns("site-packages", "test", "tests", "lib2to3")
        shutil.copytree(options.corpus, Path(directory, "src"), ignore=ignored)
        command = [sys.executable, str(Path(__file__).resolve()), "--one-round"]
        environment = os.environ | {"LAZYAST_CACHE_DIR": str(Path(directory, "cache"))}
        rounds = []
        for _ in range(options.rounds + 1):
            output = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=True)
            rounds.append(json.loads(output.stdout))
    # The first round has filled the cache.
    medians = [statistics.median(seconds) for seconds in zip(*rounds[1:], strict=True)]
    for number, median in enumerate(medians):
        print(f"block {number}{median:9.4f} s{medians[0] / median:9.1f}x")


if __name__ == "__main__":
    main()
