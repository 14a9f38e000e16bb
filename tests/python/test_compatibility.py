"""Each difference that COMPATIBILITY.md lists is there, so that mending it is noticed."""

import ast
import sys
import threading

import fidelity
import lazyast
import pytest
from lazyast import _native

# A sum of 300 levels: served, but near what Python 3.11 takes.
DEEP = "1" + " + 1" * 300


def in_thread(function):
    """Call a function from a stack of known depth."""
    results = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]


def at_depth(depth, parse):
    """Parse with so many frames of Python below; give the tree or the exception's class."""
    if depth > 0:
        return at_depth(depth - 1, parse)
    try:
        return parse(DEEP)
    except RecursionError:
        return RecursionError


def test_recursion_in_deep_callers():
    depth = sys.getrecursionlimit() - 60
    assert _native.explain(DEEP) is None
    mine = in_thread(lambda: at_depth(depth, lazyast.parse))
    theirs = in_thread(lambda: at_depth(depth, ast.parse))
    assert isinstance(mine, ast.Module)
    if sys.version_info < (3, 12):
        assert theirs is RecursionError
    else:
        assert fidelity.first_difference(mine, theirs) is None


def test_refusals_are_not_cached(monkeypatch):
    calls = []
    monkeypatch.setattr(_native, "parse", lambda *arguments: calls.append(arguments))
    for _ in range(2):
        with pytest.raises(SyntaxError):
            lazyast.parse("x = (")
    assert len(calls) == 2
