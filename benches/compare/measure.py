"""Runs one contestant on one job, and prints what it took: `measure.py JOB CONTESTANT CORPUS SCRATCH ANSWER`.

The clock starts after imports and preparation, and stops when the answer is there. For programs, it runs from the start
of the process to its end. The answer goes into a file. Where `allocations.c` is preloaded, allocations are counted.
"""

import ctypes
import gc
import json
import resource
import subprocess
import sys
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

from answers import TREE, Answer, digests
from contestants import CONTESTANTS, Contestant
from setting import Setting

UNIT = 1024 if sys.platform != "darwin" else 1
"""Of `ru_maxrss`."""


def peak_memory() -> int:
    """Give the most memory that this process has had. On Linux, `ru_maxrss` counts that of the parent as well."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT
    (line,) = (line for line in lines if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def in_python(contestant: Contestant, job: str, setting: Setting) -> tuple[float, int, int | None, Answer]:
    assert contestant.prepare is not None
    work = contestant.prepare(job, setting)
    allocations = getattr(ctypes.CDLL(None), "allocations", None)
    gc.collect()
    before = allocations() if allocations else 0
    started = time.perf_counter()
    answer = work()
    seconds = time.perf_counter() - started
    return seconds, peak_memory(), allocations() - before if allocations else None, answer


def as_program(contestant: Contestant, job: str, setting: Setting) -> tuple[float, int, Answer]:
    assert contestant.command is not None
    command = contestant.command(setting)
    for _ in range(1 if contestant.is_slow else 2):
        # The first run reads the program and the files from the disk, which is little of what a slow one takes.
        started = time.perf_counter()
        process = subprocess.run(command, capture_output=True, check=False)
        seconds = time.perf_counter() - started
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command}: exit code {process.returncode}\n{process.stderr.decode(errors='replace')}")
    # A program that takes less than this process cannot be told from it.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * UNIT
    answer = counts(process.stdout.decode())
    return seconds, peak, [(path, TREE) for path, _ in answer] if job == "trees" else answer


def counts(output: str) -> Answer:
    """Read lines of `path:count`, of JSON with a file each, or one object with results."""
    if output.startswith("{"):
        hits = [hit for one in map(json.loads, output.splitlines()) for hit in one.get("results", [one])]
        by_path = Counter(hit.get("file") or hit["path"] for hit in hits)
        return [(path, [count]) for path, count in by_path.items()]
    pairs = (line.rpartition(":") for line in output.splitlines())
    return [(path, [int(count)]) for path, _, count in pairs]


def main() -> None:
    job, name, corpus, scratch, file = sys.argv[1:]
    (contestant,) = (contestant for contestant in CONTESTANTS if contestant.name == name)
    setting = Setting(Path(corpus), Path(scratch))
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(10_000)
    setting.paths  # noqa: B018, all contestants are given them
    allocated = None
    if contestant.command is None:
        seconds, peak, allocated, answer = in_python(contestant, job, setting)
    else:
        seconds, peak, answer = as_program(contestant, job, setting)
    found = {path: list(result) for path, result in digests(answer, setting.corpus).items()}
    Path(file).write_text(json.dumps({"found": found, "failed": sorted(setting.failed)}))
    is_bound = contestant.command is not None and peak <= resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT
    result: dict[str, Any] = {"seconds": seconds, "peak": peak, "peak_is_bound": is_bound, "allocations": allocated}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
