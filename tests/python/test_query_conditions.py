"""Conditions of queries, compared with plain walks over `ast` in files of the standard library."""

import ast
import sysconfig
from pathlib import Path

import lazyast
import pytest

LIBRARY = Path(sysconfig.get_path("stdlib"))
SOURCES = [path.read_text(encoding="utf-8") for path in sorted(LIBRARY.glob("[a-m]*.py"))[::3]]
LOOPS = (ast.For, ast.While)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class File:
    """A source with its tree, the parents of nodes and the lists that they are in."""

    def __init__(self, source):
        self.lines = source.splitlines()
        self.tree = ast.parse(source)
        self.parents, self.lists = {}, {}
        for node in ast.walk(self.tree):
            for _, value in ast.iter_fields(node):
                children = value if isinstance(value, list) else [value]
                for child in children:
                    if isinstance(child, ast.AST) and not isinstance(child, ast.expr_context | ast.operator):
                        self.parents[child] = node
                        self.lists[child] = children if isinstance(value, list) else []


FILES = [File(source) for source in SOURCES]


def is_inside(file, node):
    while node in file.parents:
        node = file.parents[node]
        if isinstance(node, LOOPS):
            return True
        if isinstance(node, FUNCTIONS):
            return False
    return False


def is_number(node, test):
    match node:
        case ast.UnaryOp(ast.USub(), ast.Constant(value)) if type(value) in (int, float):
            return test(-value)
        case ast.Constant(value) if type(value) in (int, float):
            return test(value)
    return False


def sides(node):
    match node:
        case ast.BinOp(left, ast.Add(), right):
            return ast.dump(left).replace("Store()", "Load()"), ast.dump(right).replace("Store()", "Load()")


def beside(file, node, follows):
    """Whether an assignment stands before or after a call in the same block."""
    for one in (node, file.parents[node]):
        if one is node or isinstance(one, ast.Expr):
            siblings = file.lists[one]
            index = next((index for index, sibling in enumerate(siblings) if sibling is one), 0)
            others = siblings[:index] if follows else siblings[index + 1 :]
            if any(isinstance(other, ast.Assign) for other in others):
                return True
    return False


def starts_with_elif(file, node):
    return isinstance(node, ast.If) and file.lines[node.lineno - 1].encode()[node.col_offset :].startswith(b"elif")


CASES = {
    "inside until": (
        lazyast.pattern("return $$$").inside("For, While", until="FunctionDef, AsyncFunctionDef, Lambda"),
        lambda file, node: isinstance(node, ast.Return) and is_inside(file, node),
    ),
    "inside until, of calls": (
        lazyast.selector("Call").inside("For, While", until="FunctionDef, AsyncFunctionDef, Lambda"),
        lambda file, node: isinstance(node, ast.Call) and is_inside(file, node),
    ),
    "follows": (
        lazyast.selector("Call").follows("Assign"),
        lambda file, node: isinstance(node, ast.Call) and beside(file, node, True),
    ),
    "precedes": (
        lazyast.selector("Call").precedes("Assign"),
        lambda file, node: isinstance(node, ast.Call) and beside(file, node, False),
    ),
    "equal captures": (
        lazyast.pattern("$A.$B = $C").where("$B == $C"),
        lambda file, node: (
            isinstance(node, ast.Assign)
            and len(node.targets) == 1
            and isinstance(node.targets[0], ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.targets[0].attr == node.value.id
        ),
    ),
    "different captures": (
        lazyast.pattern("$A + $B").where("$A != $B"),
        lambda file, node: (found := sides(node)) is not None and found[0] != found[1],
    ),
    "numbers above": (
        lazyast.pattern("$X = $N").where("$N > 3"),
        lambda file, node: (
            isinstance(node, ast.Assign) and len(node.targets) == 1 and is_number(node.value, lambda n: n > 3)
        ),
    ),
    "numbers below": (
        lazyast.pattern("$X = $N").where("$N < 0"),
        lambda file, node: (
            isinstance(node, ast.Assign) and len(node.targets) == 1 and is_number(node.value, lambda n: n < 0)
        ),
    ),
    "numbers equal": (
        lazyast.pattern("$X = $N").where("$N == -1"),
        lambda file, node: (
            isinstance(node, ast.Assign) and len(node.targets) == 1 and is_number(node.value, lambda n: n == -1)
        ),
    ),
    "any element": (
        lazyast.selector("Call[args.*.id=self]"),
        lambda file, node: isinstance(node, ast.Call) and any(getattr(arg, "id", None) == "self" for arg in node.args),
    ),
    "no element": (
        lazyast.selector("Call[args.*.id!=self]"),
        lambda file, node: isinstance(node, ast.Call) and all(getattr(arg, "id", None) != "self" for arg in node.args),
    ),
    "any name": (
        lazyast.selector("[names.*.name=sys]"),
        lambda file, node: (
            isinstance(node, ast.Import | ast.ImportFrom) and any(name.name == "sys" for name in node.names)
        ),
    ),
    "elif": (lazyast.selector("If:elif"), starts_with_elif),
    "no elif": (
        lazyast.selector("If:not(:elif)"),
        lambda file, node: isinstance(node, ast.If) and not starts_with_elif(file, node),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_condition(name):
    query, expected = CASES[name]
    count = 0
    for file, source in zip(FILES, SOURCES, strict=True):
        found = sorted((match.lineno, match.col_offset, match.kind) for match in query.find(lazyast.parse(source)))
        wanted = sorted(
            (node.lineno, node.col_offset, type(node).__name__)
            for node in ast.walk(file.tree)
            if hasattr(node, "lineno") and expected(file, node)
        )
        assert found == wanted
        count += len(found)
    assert count, "nothing is compared"
