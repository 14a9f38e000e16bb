"""What the jobs ask for, and the code on `ast` nodes that answers it.

An answer says for each file what was found there. The order within a file does not matter: tools visit nodes in
different orders.
"""

import ast
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

Answer = Iterable[tuple[Path | str, list[Any]]]
"""Files, each with what was found in it."""


class Job(NamedTuple):
    """Something that people do with syntax trees."""

    name: str
    title: str
    reference: str
    """The contestant whose answer is right by definition."""


REFERENCE = "ast.parse"
JOBS = (
    Job("trees", "a tree of every file", REFERENCE),
    Job("imports", "every import with its names", REFERENCE),
    Job("functions", "public functions with their parameters", REFERENCE),
    Job("calls", "calls of isinstance", REFERENCE),
    Job("nodes", "walk over every node", REFERENCE),
    Job("memory", "keep all trees", "ast.parse, kept"),
)
CALLED = "isinstance"
TREE = ["tree"]
"""The answer where trees alone are asked for."""


def imports(tree: ast.AST, walk: Callable[[ast.AST], Iterable[Any]] | None = None) -> list[tuple[int, str, str, str]]:
    """Return the level, the module, the name and the new name of each import."""
    found: list[tuple[int, str, str, str]] = []
    for node in (walk or ast.walk)(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found += imported(node)
    return found


def imported(node: ast.Import | ast.ImportFrom) -> list[tuple[int, str, str, str]]:
    """Return what one statement imports."""
    if isinstance(node, ast.Import):
        return [(0, alias.name, "", alias.asname or "") for alias in node.names]
    return [(node.level, node.module or "", alias.name, alias.asname or "") for alias in node.names]


def functions(tree: ast.Module) -> list[tuple[str, ...]]:
    """Return the qualified name and the parameters of public functions, in modules and public classes directly."""
    found: list[tuple[str, ...]] = []
    pending: list[tuple[str, list[ast.stmt]]] = [("", tree.body)]
    while pending:
        prefix, body = pending.pop()
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if not node.name.startswith("_"):
                    found.append((prefix + node.name, *parameters(node.args)))
            elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                pending.append((f"{prefix}{node.name}.", node.body))
    return found


def parameters(arguments: ast.arguments) -> list[str]:
    """Return parameters as one writes them, with a `=` for each default."""
    positional = [parameter.arg for parameter in (*arguments.posonlyargs, *arguments.args)]
    for number in range(len(positional) - len(arguments.defaults), len(positional)):
        positional[number] += "="
    if arguments.posonlyargs:
        positional.insert(len(arguments.posonlyargs), "/")
    if arguments.vararg is not None:
        positional.append(f"*{arguments.vararg.arg}")
    elif arguments.kwonlyargs:
        positional.append("*")
    for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        positional.append(parameter.arg + "=" * (default is not None))
    return [*positional, f"**{arguments.kwarg.arg}"] if arguments.kwarg is not None else positional


def calls(tree: ast.AST, walk: Callable[[ast.AST], Iterable[Any]] | None = None) -> list[int]:
    """Return the number of calls of one function by its name."""
    count = 0
    for node in (walk or ast.walk)(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == CALLED:
            count += 1
    return [count]


def nodes(tree: ast.AST, walk: Callable[[ast.AST], Iterable[Any]] | None = None) -> list[int]:
    """Return the number of nodes, without the contexts and operators that all trees share."""
    shared = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)
    return [sum(not isinstance(node, shared) for node in (walk or ast.walk)(tree))]


ON_AST: dict[str, Callable[[Any], list[Any]]] = {
    "trees": lambda tree: TREE,
    "imports": imports,
    "functions": functions,
    "calls": calls,
    "nodes": nodes,
    "memory": lambda tree: TREE,
}


def digests(answer: Answer, corpus: Path) -> dict[str, tuple[int, str]]:
    """Give for each file how many things were found, and a hash of them. Files with nothing are left out."""
    by_path: dict[str, list[str]] = {}
    for path, found in answer:
        by_path.setdefault(str(Path(path).relative_to(corpus)), []).extend(map(repr, found))
    return {
        path: (counted(found), hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()[:16])
        for path, found in by_path.items()
        if found not in ([], ["0"])
    }


def counted(found: list[str]) -> int:
    """Give the number of things, or the number itself if one was found in place of things."""
    return int(found[0]) if len(found) == 1 and found[0].isdigit() else len(found)
