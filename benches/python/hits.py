"""From hits to nodes: microseconds for each hit, in one file with N statements and in one with 16 N.

The columns must agree: the time of a hit does not depend on the size of the file.

    python benches/python/hits.py [N]
"""

import ast
import os
import sys
import time
from collections.abc import Callable

os.environ["LAZYAST_CACHE_DIR"] = "off"

import lazyast

JOBS: dict[str, Callable[[ast.Module, lazyast.Matches], list[object]]] = {
    "match.node": lambda tree, matches: [match.node for match in matches],
    "match.node, backwards": lambda tree, matches: [match.node for match in matches[::-1]][::-1],
    "Matches.nodes()": lambda tree, matches: list(matches.nodes()),
    "Matches.captures()": lambda tree, matches: list(matches.captures("X")),
    "match.captures": lambda tree, matches: [match.captures["X"] for match in matches],
    "parent(match.node)": lambda tree, matches: [lazyast.parent(match.node) for match in matches],
    "walk(tree, ast.Call)": lambda tree, matches: list(lazyast.walk(tree, ast.Call)),
    "walk(tree) and isinstance": lambda tree, matches: [n for n in lazyast.walk(tree) if isinstance(n, ast.Call)],
}


def microseconds_for_each_hit(job: Callable[[ast.Module, lazyast.Matches], list[object]], count: int) -> float:
    """Run a job on a new tree of `count` calls, and return its time of one hit."""
    tree = lazyast.parse("f(a, b=c[1])\n" * count)
    matches = lazyast.pattern("f($X, $$$)").find(tree)
    assert len(matches) == count
    started = time.process_time()
    found = job(tree, matches)
    seconds = time.process_time() - started
    assert len({id(node) for node in found}) == count, "one node for each hit"
    return seconds / count * 1e6


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    print(f"{'microseconds for each hit':28}{count:>10,}{16 * count:>10,}")
    for name, job in JOBS.items():
        small, large = (min(microseconds_for_each_hit(job, size) for _ in range(3)) for size in (count, 16 * count))
        print(f"{name:28}{small:10.2f}{large:10.2f}")


if __name__ == "__main__":
    main()
