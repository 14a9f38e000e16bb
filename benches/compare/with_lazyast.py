"""Contestants that take their trees from lazyast. The time includes opening the project.

`same code` runs the same functions on nodes as the contestants of `with_ast.py`.
"""

import ast
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import answers
from answers import CALLED, ON_AST, Answer
from setting import Setting, TimedWork

IMPORTS = (ast.Import, ast.ImportFrom)


def warmed(setting: Setting) -> Path:
    """Return the directory of a cache that has all files."""
    import lazyast

    cache = setting.prepared("lazyast")
    lazyast.Project([setting.corpus], cache_dir=cache)
    return cache


def cold(job: str, setting: Setting, jobs: int | None) -> TimedWork:
    """With a cache that is empty: all files are parsed, on all processors or on one."""
    import lazyast

    on_tree = ON_AST[job]
    cache = Path(tempfile.mkdtemp(dir=setting.scratch))

    def work() -> Answer:
        project = lazyast.Project([setting.corpus], cache_dir=cache, jobs=jobs, verify="stat")
        return [(module.path, on_tree(module.tree)) for module in project]

    return work


def warm(job: str, setting: Setting, verify: Any) -> TimedWork:
    """With a cache that has all files, whose change is detected by stat or by content."""
    import lazyast

    on_tree, cache = ON_AST[job], warmed(setting)

    def work() -> Answer:
        project = lazyast.Project([setting.corpus], cache_dir=cache, verify=verify)
        if job == "memory":
            setting.kept = [(module.path, module.tree) for module in project]
            return [(path, on_tree(tree)) for path, tree in setting.kept]
        return [(module.path, on_tree(module.tree)) for module in project]

    return work


def installed(job: str, setting: Setting) -> TimedWork:
    """As `warm`, after `lazyast.install`, which makes the traversals of `ast` native."""
    import lazyast

    lazyast.install()
    return warm(job, setting, "stat")


def on_trees(on_tree: Callable[[Any], list[Any]], setting: Setting) -> TimedWork:
    """Apply a function to each tree."""
    import lazyast

    cache = warmed(setting)

    def work() -> Answer:
        project = lazyast.Project([setting.corpus], cache_dir=cache, verify="stat")
        return [(module.path, on_tree(module.tree)) for module in project]

    return work


def walked(job: str, setting: Setting) -> TimedWork:
    """`lazyast.walk` for the classes that the job needs."""
    import lazyast

    if job == "imports":
        return on_trees(lambda tree: answers.imports(tree, partial(_walk, IMPORTS)), setting)
    if job == "calls":
        return on_trees(lambda tree: answers.calls(tree, partial(_walk, (ast.Call,))), setting)
    return on_trees(lambda tree: answers.nodes(tree, lazyast.walk), setting)


def _walk(classes: tuple[type[ast.AST], ...], tree: ast.AST) -> Iterable[ast.AST]:
    import lazyast

    return lazyast.walk(tree, *classes)


def visited(job: str, setting: Setting) -> TimedWork:
    """A `lazyast.Visitor`."""
    import lazyast

    class Visitor(lazyast.Visitor):
        def __init__(self) -> None:
            self.found: list[Any] = []
            self.calls = 0

        if job == "imports":

            def visit_Import(self, node: ast.Import) -> None:
                self.found += answers.imported(node)

            def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
                self.found += answers.imported(node)

        else:

            def visit_Call(self, node: ast.Call) -> None:
                self.calls += isinstance(node.func, ast.Name) and node.func.id == CALLED
                self.generic_visit(node)

    def on_tree(tree: ast.Module) -> list[Any]:
        visitor = Visitor()
        visitor.visit(tree)
        return visitor.found if job == "imports" else [visitor.calls]

    return on_trees(on_tree, setting)


def whole(job: str, setting: Setting) -> TimedWork:
    """Trees that are materialised as a whole."""
    import lazyast

    on_tree, cache = ON_AST[job], warmed(setting)

    def work() -> Answer:
        project = lazyast.Project([setting.corpus], cache_dir=cache, verify="stat")
        if job == "memory":
            setting.kept = [(module.path, lazyast.materialize(module.tree)) for module in project]
            return [(path, on_tree(tree)) for path, tree in setting.kept]
        return [(module.path, on_tree(lazyast.materialize(module.tree))) for module in project]

    return work


def queried(job: str, setting: Setting) -> TimedWork:
    """A query: hits come without the other nodes."""
    import lazyast

    cache = warmed(setting)

    def work() -> Answer:
        project = lazyast.Project([setting.corpus], cache_dir=cache, verify="stat")
        if job == "imports":
            return [(match.path, answers.imported(match.node)) for match in project.select("Import, ImportFrom")]
        matches = project.find(lazyast.pattern(f"{CALLED}($$$)", literal_names=True))
        return [(path, [count]) for path, count in Counter(match.path for match in matches).items()]

    return work


def tabled(job: str, setting: Setting, is_cold: bool = False) -> TimedWork:
    """A table, without nodes."""
    import lazyast

    cache = Path(tempfile.mkdtemp(dir=setting.scratch)) if is_cold else warmed(setting)

    def work() -> Answer:
        project = lazyast.Project([setting.corpus], cache_dir=cache, verify="stat")
        if job == "imports":
            return _rows(project.imports(columns=["file", "level", "module", "name", "asname"]))
        table = project.calls(columns=["file", "callee"])
        counts = Counter(
            file
            for batch in table
            for file, callee in zip(batch["file"].to_pylist(), batch["callee"].to_pylist(), strict=True)
            if callee == CALLED
        )
        return [(file, [count]) for file, count in counts.items()]

    return work


def _rows(table: Any) -> Answer:
    """Give rows of the table of imports as the other contestants give imports."""
    rows: list[tuple[str, list[Any]]] = []
    for batch in table:
        columns = [batch[name].to_pylist() for name in ("file", "level", "module", "name", "asname")]
        rows += [
            (file, [(level, module or "", name, asname or "") if module or level else (0, name, "", asname or "")])
            for file, level, module, name, asname in zip(*columns, strict=True)
        ]
    return rows
