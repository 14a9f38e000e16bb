"""The jobs that `run.py` measures: one function per job and contestant.

A function gets the corpus directory and a cache directory, does the whole job, and returns its answer.
The answers of all contestants must be equal. `prepare` runs before the clock starts.
"""

import ast
import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path


def files(corpus: Path) -> list[Path]:
    """The corpus, without installed packages: both contestants read the same files."""
    return sorted(path for path in corpus.rglob("*.py") if "site-packages" not in path.parts)


def ast_trees(corpus: Path) -> Iterator[ast.Module]:
    for path in files(corpus):
        try:
            yield ast.parse(path.read_bytes())
        except SyntaxError:
            continue


def lazyast_trees(corpus: Path, cache: Path) -> Iterator[ast.Module]:
    import lazyast

    for module in lazyast.Project(files(corpus), cache_dir=cache):
        yield module.tree


def statements(trees: Iterator[ast.Module]) -> int:
    return sum(len(tree.body) for tree in trees)


def nodes(trees: Iterator[ast.Module]) -> int:
    return sum(1 for tree in trees for _ in ast.walk(tree))


def names(trees: Iterator[ast.Module]) -> int:
    return sum(len(node.name) for tree in trees for node in tree.body if hasattr(node, "name"))


Job = Callable[[Path, Path], object]

# job -> contestant -> (does the cache start warm, the work)
JOBS: dict[str, dict[str, tuple[bool, Job]]] = {
    "every tree, cold cache": {
        "ast.parse": (False, lambda corpus, cache: statements(ast_trees(corpus))),
        "lazyast": (False, lambda corpus, cache: statements(lazyast_trees(corpus, cache))),
    },
    "every tree, warm cache": {
        "ast.parse": (False, lambda corpus, cache: statements(ast_trees(corpus))),
        "lazyast": (True, lambda corpus, cache: statements(lazyast_trees(corpus, cache))),
    },
    "names of top-level statements": {
        "ast.parse": (False, lambda corpus, cache: names(ast_trees(corpus))),
        "lazyast": (True, lambda corpus, cache: names(lazyast_trees(corpus, cache))),
    },
    "ast.walk over everything": {
        "ast.parse": (False, lambda corpus, cache: nodes(ast_trees(corpus))),
        "lazyast": (True, lambda corpus, cache: nodes(lazyast_trees(corpus, cache))),
    },
    "every tree kept alive": {
        "ast.parse": (False, lambda corpus, cache: len(list(ast_trees(corpus)))),
        "lazyast": (True, lambda corpus, cache: len(list(lazyast_trees(corpus, cache)))),
    },
}


def prepare(warm: bool, corpus: Path, cache: Path) -> None:
    if warm:
        import lazyast

        lazyast.Project(files(corpus), cache_dir=cache)


def main() -> None:
    job, contestant, corpus, cache = sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
    warnings.simplefilter("ignore")
    warm, work = JOBS[job][contestant]
    prepare(warm, corpus, cache)
    started = time.perf_counter()
    answer = work(corpus, cache)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "answer": answer}))


if __name__ == "__main__":
    main()
