"""Compare what lazyast serves with what the interpreter does."""

import ast
import warnings
from typing import NamedTuple

from lazyast import _native

_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)


class Difference(NamedTuple):
    """One source that lazyast and the interpreter see differently."""

    category: str
    detail: str


def is_served(source: str | bytes) -> bool:
    """Return whether lazyast makes the tree of a source itself."""
    return _native.explain(source) is None


def compare(source: str | bytes) -> Difference | bool:
    """Return the difference, or else whether the source is served.

    A source that is not served is parsed by the interpreter, so that there is nothing to compare.
    """
    served = _native.parse(source, False, 1 << 30)
    if served is None:
        return False
    tree, text_that_warns = served
    try:
        expected, warned = _parse(source)
    except _ERRORS as error:
        return Difference("rejected", f"{type(error).__name__}: {error}")
    ours = [] if text_that_warns is None else _parse(text_that_warns)[1]
    if ours != warned:
        return Difference("warning", f"{ours}, not {warned}")
    place = _first_difference(tree, expected)
    return Difference("tree", place) if place else True


def _parse(source: str | bytes) -> tuple[ast.AST, list[tuple[type, str, int]]]:
    """Return the interpreter's tree, and its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tree = ast.parse(source)
    return tree, [(each.category, str(each.message), each.lineno) for each in caught]


def _first_difference(ours: ast.AST, theirs: ast.AST) -> str:
    """Return where two trees differ, or an empty string. All fields and positions count."""
    pending: list[tuple[object, object, str]] = [(ours, theirs, "")]
    while pending:
        mine, other, place = pending.pop()
        if mine.__class__ is not other.__class__:
            return f"{place}: {mine.__class__.__name__}, not {other.__class__.__name__}"
        if isinstance(mine, ast.AST):
            fields, expected = mine.__dict__, other.__dict__
            if fields.keys() != expected.keys():
                return f"{place}: other fields"
            for name, value in expected.items():
                found = fields[name]
                if value.__class__ is int or value.__class__ is str:
                    if found.__class__ is not value.__class__ or found != value:
                        return f"{place}.{mine.__class__.__name__}.{name}: {found!r}, not {value!r}"
                elif value is not None or found is not None:
                    pending.append((found, value, f"{place}.{name}"))
        elif isinstance(mine, list):
            if len(mine) != len(other):
                return f"{place}: {len(mine)} entries, not {len(other)}"
            pending.extend(
                (one, two, f"{place}[{index}]") for index, (one, two) in enumerate(zip(mine, other, strict=True))
            )
        elif repr(mine) != repr(other):
            return f"{place}: {mine!r}, not {other!r}"
    return ""
