"""`parse` and `parse_file`: which sources lazyast serves, and which the interpreter parses."""

import ast
import atexit
import os
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from lazyast import _native

# Taken once, so that it stays the interpreter's own whatever happens to the name in the module.
interpreter_compile: Callable[..., Any] = compile


def _with_own_compile(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function that does the same, and calls the interpreter's `compile` whatever the name stands for."""
    if not isinstance(function, FunctionType):
        return function
    own = {**function.__globals__, "compile": interpreter_compile}
    same = FunctionType(function.__code__, own, function.__name__, function.__defaults__, function.__closure__)
    same.__kwdefaults__ = function.__kwdefaults__
    return same


interpreter_parse = _with_own_compile(ast.parse)

atexit.register(_native.finish)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_native.begin_forked)


def _serve(source: object, filename: object, mode: object, type_comments: object, whole: int = 0) -> ast.Module | None:
    """Give the tree of a source that needs nothing but lazyast, or `None`.

    A tree of at most `whole` nodes has all of them made at once. Arguments of other types than the usual ones mean whatever the interpreter makes of them.
    """
    if mode != "exec" or type(mode) is not str or type(filename) is not str or "\0" in filename:
        return None
    if type(source) is bytearray:
        source = bytes(source)
    elif type(source) is memoryview:
        if not source.c_contiguous:
            return None
        source = source.tobytes()
    elif type(source) is not str and type(source) is not bytes:
        return None
    tree = _native.parse(source, bool(type_comments), whole)
    if tree is not None:
        # `compile`, which is what `ast.parse` calls, tells audit hooks, and gives them bytes.
        sys.audit("compile", source.encode() if isinstance(source, str) else source, filename)
    return tree


def registered(tree: Any) -> Any:
    """Give a tree that the interpreter has made, and have `lazyast.ancestors` know it."""
    _native.register_tree(tree)
    return tree


if sys.version_info >= (3, 13):

    def parse(
        source,
        filename="<unknown>",
        mode="exec",
        *,
        type_comments=False,
        feature_version=None,
        optimize=-1,
    ):
        """Parse a source into a tree of `ast` objects, as `ast.parse` does.

        The tree is the one that `ast.parse` returns for the same arguments, and so are exceptions and
        warnings.
        """
        if feature_version is None and type(optimize) is int and optimize == -1:
            tree = _serve(source, filename, mode, type_comments)
            if tree is not None:
                return tree
        return registered(
            interpreter_parse(
                source,
                filename,
                mode,
                type_comments=type_comments,
                feature_version=feature_version,
                optimize=optimize,
            )
        )

else:

    def parse(source, filename="<unknown>", mode="exec", *, type_comments=False, feature_version=None):
        """Parse a source into a tree of `ast` objects, as `ast.parse` does.

        The tree is the one that `ast.parse` returns for the same arguments, and so are exceptions and
        warnings.
        """
        if feature_version is None:
            tree = _serve(source, filename, mode, type_comments)
            if tree is not None:
                return tree
        return registered(
            interpreter_parse(source, filename, mode, type_comments=type_comments, feature_version=feature_version)
        )


def parse_file(path: str | os.PathLike[str]) -> ast.Module:
    """Parse a file, as `ast.parse` does with the file's bytes and its path as `filename`."""
    path = os.fspath(path)
    with open(path, "rb") as file:
        source = file.read()
    tree = parse(source, path)
    assert isinstance(tree, ast.Module)
    return tree
