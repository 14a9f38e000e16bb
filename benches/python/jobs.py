"""The jobs that `run.py` measures: what each job does with trees, and where each contestant gets its trees.

Each contestant does the whole job and returns an answer; all answers must be equal. The cache is filled before the
clock starts, except for jobs with a cold cache. Opening the project is timed, and reported separately too.

Most jobs have a limit: the same Python code over trees that exist when the clock starts, as if they were free. That of
`lazyast.Visitor` is given the nodes with a method as well, so that it visits nothing else. What materialises whole trees is
compared with a copy of trees that exist, in C.
"""

import ast
import gc
import json
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)

Trees = Iterable[ast.Module]


def files(corpus: Path) -> list[Path]:
    """Return the files of the corpus without installed packages: both contestants read the same files."""
    return sorted(path for path in corpus.rglob("*.py") if "site-packages" not in path.parts)


def ast_trees(paths: list[Path]) -> Iterator[ast.Module]:
    for path in paths:
        try:
            yield ast.parse(path.read_bytes())
        except SyntaxError:
            continue


class Counts:
    """The methods of both visitors: they count imported names and sum up the lengths of definitions' names."""

    def __init__(self) -> None:
        self.imported = self.length = 0

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.imported += len(node.names)

    visit_ImportFrom = visit_Import

    def visit_ClassDef(self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.length += len(node.name)
        self.generic_visit(node)  # type: ignore[attr-defined]

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef


def visited(trees: Trees, visitor_class: type[ast.NodeVisitor]) -> list[int]:
    class Visitor(Counts, visitor_class):  # type: ignore[misc, valid-type]
        pass

    visitor = Visitor()
    for tree in trees:
        visitor.visit(tree)
    return [visitor.imported, visitor.length]


def with_lazyast_visitor(trees: Trees) -> list[int]:
    import lazyast

    return visited(trees, lazyast.Visitor)


def nodes_of_interest(trees: Trees) -> list[ast.AST]:
    wanted = (*DEFINITIONS, ast.Import, ast.ImportFrom)
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, wanted)]


def visited_alone(nodes: Iterable[ast.AST]) -> list[int]:
    class Visitor(Counts, ast.NodeVisitor):  # type: ignore[misc]
        def generic_visit(self, node: ast.AST) -> None:
            pass

    visitor = Visitor()
    for node in nodes:
        visitor.visit(node)
    return [visitor.imported, visitor.length]


def with_lazyast_walk(*types: type[ast.AST]) -> Callable[[Trees], int]:
    def count(trees: Trees) -> int:
        import lazyast

        return sum(1 for tree in trees for _ in lazyast.walk(tree, *types))

    return count


def materialized(trees: Trees) -> int:
    import lazyast

    return sum(len(lazyast.materialize(tree).body) for tree in trees)


def statements(trees: Trees) -> int:
    return sum(len(tree.body) for tree in trees)


def names(trees: Trees) -> int:
    return sum(len(node.name) for tree in trees for node in tree.body if isinstance(node, DEFINITIONS))


def functions(trees: Trees) -> int:
    lines = 0
    for tree in trees:
        for node in tree.body:
            if isinstance(node, FUNCTIONS):
                lines += node.lineno
            elif isinstance(node, ast.ClassDef):
                lines += sum(method.lineno for method in node.body if isinstance(method, FUNCTIONS))
    return lines


def nodes(trees: Trees) -> int:
    return sum(1 for tree in trees for _ in ast.walk(tree))


def calls(trees: Trees) -> int:
    return sum(isinstance(node, ast.Call) for tree in trees for node in ast.walk(tree))


def defined(trees: Trees) -> int:
    return sum(isinstance(node, FUNCTIONS) for tree in trees for node in ast.walk(tree))


def with_ast_visitor(trees: Trees) -> list[int]:
    return visited(trees, ast.NodeVisitor)


def installed(job: Callable[[Trees], object]) -> Callable[[Trees], object]:
    """Return the job with the traversals that `lazyast.install` puts into `ast`."""

    def with_install(trees: Trees) -> object:
        import lazyast

        lazyast.install()
        try:
            return job(trees)
        finally:
            lazyast.uninstall()

    return with_install


def cloned(trees: Trees) -> int:
    import clone  # `run.py` compiles clone.c

    return sum(len(clone.clone(tree, ast.AST).body) for tree in trees)


def dumped(trees: Trees) -> int:
    return sum(len(ast.dump(tree)) for tree in trees)


def kept(trees: Trees) -> int:
    kept.trees = list(trees)  # type: ignore[attr-defined]
    return len(kept.trees)  # type: ignore[attr-defined]


# name of the job -> the function that is the limit
LIMITS: dict[str, Callable[[Any], object]] = {
    "every tree": statements,
    "names of top-level definitions": names,
    "functions and methods": functions,
    "visitor of imports, definitions": visited_alone,
    "whole trees": cloned,
    "ast.walk over everything": nodes,
    "ast.NodeVisitor": with_ast_visitor,
    "ast.walk, install()": installed(nodes),
    "ast.NodeVisitor, install()": installed(with_ast_visitor),
    "ast.dump": dumped,
}

# name of the job -> (function for the trees of `ast`, function for the trees of lazyast, whether the cache is warm)
JOBS: dict[str, tuple[Callable[[Trees], object], Callable[[Trees], object], bool]] = {
    "every tree, cold cache": (statements, statements, False),
    "every tree": (statements, statements, True),
    "names of top-level definitions": (names, names, True),
    "functions and methods": (functions, functions, True),
    "visitor of imports, definitions": (with_ast_visitor, with_lazyast_visitor, True),
    "walk for function definitions": (defined, with_lazyast_walk(*FUNCTIONS), True),
    "walk for calls": (calls, with_lazyast_walk(ast.Call), True),
    "walk over everything": (nodes, with_lazyast_walk(), True),
    "whole trees": (statements, materialized, True),
    "ast.walk over everything": (nodes, nodes, True),
    "ast.NodeVisitor": (with_ast_visitor, with_ast_visitor, True),
    "ast.walk, install()": (nodes, installed(nodes), True),
    "ast.NodeVisitor, install()": (with_ast_visitor, installed(with_ast_visitor), True),
    "ast.dump": (dumped, dumped, True),
    "all trees kept alive": (kept, kept, True),
}


def main() -> None:
    job, contestant, corpus, cache = sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
    warnings.simplefilter("ignore")
    with_ast, with_lazyast, warm = JOBS[job]
    paths = files(corpus)
    trees: Iterable[Any]
    if contestant == "limit":
        opening, work = 0.0, LIMITS[job]
        trees = list(ast_trees(paths))
        if work is visited_alone:
            trees = nodes_of_interest(trees)
        gc.freeze()
        before = resident()
        started = time.perf_counter()
    elif contestant == "ast":
        opening, work = 0.0, with_ast
        trees = ast_trees(paths)
        before = resident()
        started = time.perf_counter()
    else:
        import lazyast

        if warm:
            lazyast.Project(paths, cache_dir=cache)
        before = resident()
        started = time.perf_counter()
        project = lazyast.Project(paths, cache_dir=cache)
        opening, work = time.perf_counter() - started, with_lazyast
        trees = (module.tree for module in project)
    answer = work(trees)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "opening": opening, "grown": resident() - before, "answer": answer}))


def resident() -> int:
    """Return the anonymous memory of this process in bytes, without pages of mapped files."""
    try:
        fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return int(fields["RssAnon"].split()[0]) * 1024


if __name__ == "__main__":
    main()
