"""What a process does under `lazyast run` once it requests its first tree. `_startup/sitecustomize.py` imports this."""

from __future__ import annotations

import os

from lazyast import _native
from lazyast._install import install

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn


def serve(is_replaced: bool) -> Callable[..., Any]:
    """Return the `compile` that serves trees, and put it into `builtins` if nobody else's is there."""
    if not _native.is_served():
        raise RuntimeError("lazyast serves CPython 3.11 to 3.15")
    if is_replaced:
        install()
    _publish_at_once()
    return _native.compile


def _publish_at_once() -> None:
    """Have `os._exit` put new trees into the cache: so do processes end that `multiprocessing` has forked."""
    exit_at_once = os._exit

    def _exit(status: int) -> NoReturn:
        try:
            _native.finish()
        finally:
            exit_at_once(status)

    os._exit = _exit


def counts(interpreter_compile: Callable[..., Any]) -> list[tuple[int, str]]:
    """Give what `lazyast run --stats` adds up: numbers and what they count."""
    served, hits, size, nanoseconds, fallbacks = _native.parse_counts()
    lines = [(served, "served"), (hits, "hits"), (nanoseconds, "nanoseconds")]
    if served:
        lines.append((int(size * _nanoseconds_per_byte(interpreter_compile)), "interpreter nanoseconds"))
    return lines + [(count, f"fallback: {reason}") for reason, count in fallbacks.items()]


def _nanoseconds_per_byte(interpreter_compile: Callable[..., Any]) -> float:
    """Measure the interpreter's parser in this process, with the source of the module `ast` as the sample."""
    import ast
    import time

    with open(ast.__file__, "rb") as file:
        source = file.read()
    started = time.perf_counter_ns()
    interpreter_compile(source, ast.__file__, "exec", ast.PyCF_ONLY_AST, True)
    return (time.perf_counter_ns() - started) / len(source)
