"""Contestants whose trees are those of the interpreter's own parser."""

import ast
import gc
import pickle
from collections.abc import Callable
from pathlib import Path

from answers import ON_AST, Answer
from setting import Setting, TimedWork


def dropped(job: str, setting: Setting) -> TimedWork:
    """Parse a file, answer, drop the tree."""
    on_tree = ON_AST[job]
    paths = setting.paths
    return lambda: [(path, on_tree(ast.parse(path.read_bytes()))) for path in paths]


def kept(job: str, setting: Setting) -> TimedWork:
    """Parse all files and keep the trees; then answer."""
    on_tree = ON_AST[job]
    paths = setting.paths

    def work() -> Answer:
        setting.kept = [(path, ast.parse(path.read_bytes())) for path in paths]
        return [(path, on_tree(tree)) for path, tree in setting.kept]

    return work


def without_collector(contestant: Callable[[str, Setting], TimedWork]) -> Callable[[str, Setting], TimedWork]:
    """The same without the cyclic garbage collector, whose work grows with the trees that are kept."""

    def prepare(job: str, setting: Setting) -> TimedWork:
        work = contestant(job, setting)
        gc.disable()
        return work

    return prepare


def pickled(job: str, setting: Setting) -> TimedWork:
    """Load trees that were pickled before. Nothing checks whether the sources have changed."""
    on_tree = ON_AST[job]
    pickles: list[tuple[Path, Path]] = []
    directory = setting.prepared("pickles")
    for number, path in enumerate(setting.paths):
        file = directory / f"{number}.pickle"
        if not file.exists():
            file.write_bytes(pickle.dumps(ast.parse(path.read_bytes()), pickle.HIGHEST_PROTOCOL))
        pickles.append((path, file))
    gc.collect()

    def work() -> Answer:
        if job == "memory":
            setting.kept = [(path, pickle.loads(file.read_bytes())) for path, file in pickles]
            return [(path, on_tree(tree)) for path, tree in setting.kept]
        return [(path, on_tree(pickle.loads(file.read_bytes()))) for path, file in pickles]

    return work
