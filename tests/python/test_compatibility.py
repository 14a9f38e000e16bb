"""The differences from `ast` that COMPATIBILITY.md lists. Mending one must be noticed."""

import ast
import sys

import lazyast
import pytest

# A tree that lazyast serves: 400 levels of the 500.
DEEP = "+".join(["x"] * 400)


def from_depth(depth, function, *arguments):
    """Call a function from that many frames down."""
    if depth == 0:
        return function(*arguments)
    return from_depth(depth - 1, function, *arguments)


def depth_that_is_left():
    """Give how many frames fit below the caller."""
    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return sys.getrecursionlimit() - depth


def test_the_caller_counts_for_recursion_on_3_11():
    depth = depth_that_is_left() - 60
    tree = from_depth(depth, lazyast.parse, DEEP)
    assert isinstance(tree.body[0].value, ast.BinOp)
    if sys.version_info < (3, 12):
        with pytest.raises(RecursionError, match="during ast construction"):
            from_depth(depth, ast.parse, DEEP)
    else:
        assert isinstance(from_depth(depth, ast.parse, DEEP).body[0].value, ast.BinOp)
