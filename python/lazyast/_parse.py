"""`parse` and `parse_file`: which sources lazyast serves, and which fall back to the interpreter."""

from __future__ import annotations

import ast
import atexit
import os
import sys
from _weakref import ref
from types import FunctionType

from lazyast import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# The interpreter's own function, even if the name in `builtins` is replaced later.
interpreter_compile: Callable[..., Any] = getattr(compile, "lazyast_interpreter_compile", compile)


def _with_own_compile(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a copy of a function that calls the interpreter's own `compile`, even if the name is replaced later."""
    if not isinstance(function, FunctionType):
        return function
    own = {**function.__globals__, "compile": interpreter_compile}
    copy = FunctionType(function.__code__, own, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


interpreter_parse = _with_own_compile(ast.parse)

atexit.register(_native.finish)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_native.begin_forked)


def _serve(
    source: object,
    filename: object,
    mode: object,
    type_comments: object,
    eager_limit: int = 0,
    module: str | None = None,
    keep_source: bool = False,
) -> ast.Module | None:
    """Return the tree of a source that lazyast serves, or `None` to fall back to the interpreter.

    A tree of at most `eager_limit` nodes is materialised at once. Arguments of unusual types fall back. Warnings name
    `module`. With `keep_source`, the tree keeps the source.
    """
    if type(filename) is not str:
        filename = _name_of_path(filename)
    if mode != "exec" or type(mode) is not str or filename is None or "\0" in filename:
        return None
    if type(source) is bytearray:
        source = bytes(source)
    elif type(source) is memoryview:
        if not source.c_contiguous:
            return None
        source = source.tobytes()
    elif type(source) is not str and type(source) is not bytes:
        return None
    served = _native.parse(source, bool(type_comments), eager_limit, keep_source)
    if served is None:
        return None
    tree, text_that_warns = served
    if text_that_warns is not None and _warnings_can_be_errors():
        return None
    # `ast.parse` calls `compile`, which raises this audit event with the source as bytes.
    sys.audit("compile", source.encode() if isinstance(source, str) else source, filename)
    if text_that_warns is not None and not _warn(text_that_warns, filename, module):
        return None
    return tree


def _name_of_path(path: object) -> str | None:
    """Return the name of a path with pathlib's own `__fspath__`; `None` for all else, which may have side effects."""
    pathlib = sys.modules.get("pathlib")
    own = getattr(getattr(pathlib, "PurePath", None), "__fspath__", None)
    if own is None or getattr(type(path), "__fspath__", None) is not own:
        return None
    name: str = own(path)
    return name


def with_warnings(tree: ast.Module, text_that_warns: str | None, filename: str) -> ast.Module | None:
    """Give the warnings of a tree's source, and return the tree, or `None` if the interpreter has to parse the source."""
    if text_that_warns is not None and (_warnings_can_be_errors() or not _warn(text_that_warns, filename, None)):
        return None
    return tree


def _warn(text: str, filename: str, module: str | None) -> bool:
    """Have the interpreter warn about a text; return false if it raises SyntaxError instead."""
    named: dict[str, Any] = {} if module is None else {"module": module}
    try:
        interpreter_compile(text, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True, **named)
    except SyntaxError:
        return False
    return True


def _warnings_can_be_errors() -> bool:
    """Return whether a filter turns warnings into errors. The interpreter's parser then makes them syntax errors."""
    import warnings

    # 3.14 introduced filters that belong to a context.
    filters = getattr(warnings, "_get_filters", lambda: warnings.filters)()
    actions = {getattr(warnings, "defaultaction", None), *(entry[0] for entry in filters)}
    return not actions <= {"default", "always", "all", "ignore", "module", "once"}


# Trees in use on an interpreter that lazyast does not serve. A dead reference removes itself.
_tree_references: set[ref[ast.AST]] = set()


def live_trees() -> list[ast.AST]:
    """Return the trees in use, for `lazyast.ancestors` on an interpreter that lazyast does not serve."""
    return [tree for reference in list(_tree_references) if (tree := reference()) is not None]


def registered(tree: Any, source: object) -> Any:
    """Register a tree that the interpreter has made, so that `lazyast.ancestors` searches it, and return the tree."""
    if _native.is_served():
        _native.register_tree(tree)
        if isinstance(source, (str, bytes)):
            _native.set_source(tree, source)
    elif isinstance(tree, ast.AST):
        _tree_references.add(ref(tree, _tree_references.discard))
    return tree


if sys.version_info >= (3, 15):

    def parse(
        source,
        filename="<unknown>",
        mode="exec",
        *,
        type_comments=False,
        feature_version=None,
        optimize=-1,
        module=None,
    ):
        """Parse a source into a tree of `ast` objects, as `ast.parse` does.

        The tree is the one that `ast.parse` returns for the same arguments, and so are exceptions and
        warnings.
        """
        is_plain = feature_version is None and type(optimize) is int and optimize in (-1, 0)
        if is_plain and (module is None or type(module) is str):
            tree = _serve(source, filename, mode, type_comments, module=module, keep_source=True)
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
                module=module,
            ),
            source,
        )

elif sys.version_info >= (3, 13):

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

        The tree, exceptions and warnings are those of `ast.parse` for the same arguments.
        """
        if feature_version is None and type(optimize) is int and optimize in (-1, 0):
            tree = _serve(source, filename, mode, type_comments, keep_source=True)
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
            ),
            source,
        )

else:

    def parse(source, filename="<unknown>", mode="exec", *, type_comments=False, feature_version=None):
        """Parse a source into a tree of `ast` objects, as `ast.parse` does.

        The tree, exceptions and warnings are those of `ast.parse` for the same arguments.
        """
        if feature_version is None:
            tree = _serve(source, filename, mode, type_comments, keep_source=True)
            if tree is not None:
                return tree
        return registered(
            interpreter_parse(source, filename, mode, type_comments=type_comments, feature_version=feature_version),
            source,
        )


def parse_file(path: str | os.PathLike[str]) -> ast.Module:
    """Parse a file, as `ast.parse` does with the file's bytes and its path as `filename`."""
    path = os.fspath(path)
    with open(path, "rb") as file:
        source = file.read()
    tree = parse(source, path)
    assert isinstance(tree, ast.Module)
    return tree
