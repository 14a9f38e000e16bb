"""A plugin for pytest, which uses it if told so: `pytest -p lazyast.pytest`, or that option in `addopts`.

pytest parses test files to rewrite their assertions, and sources to show failures; the tests' own code may parse as
well. With the plugin all of that is served by lazyast, in the workers of pytest-xdist too. What is not in the cache yet
is parsed in parallel before tests are collected, and before workers start.

The plugin is no entry point: an environment with lazyast pays nothing for it in test runs that do not ask for it.
"""

from __future__ import annotations

import builtins

import pytest

import lazyast
from lazyast import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

# Whether `install` was called here, and not by the tests' process itself, or not at all under `lazyast run`.
_is_installed = False


def _start() -> None:
    global _is_installed
    if builtins.compile is not _native.compile:
        lazyast.install()
        _is_installed = True


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Serve the files that pytest imports first."""
    _start()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Serve everything else. In a worker of pytest-xdist, this is the first call."""
    _start()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Bring the files of the tests into the cache, unless this is a worker, before pytest-xdist starts workers."""
    config = session.config
    if hasattr(config, "workerinput"):
        return
    paths = [path for argument in config.args if (path := _path(config, argument)) is not None]
    if not paths:
        return
    try:
        lazyast.Cache().warm(paths)
    except lazyast.Error:
        # There is no cache. Each process says so when it parses.
        pass


def _path(config: pytest.Config, argument: str) -> Path | None:
    """Return the existing file or directory that an argument such as `tests/test_a.py::test` names."""
    path = config.invocation_params.dir / argument.split("::")[0].split("[")[0]
    return path if path.exists() else None


def pytest_unconfigure() -> None:
    """Leave the process as it was."""
    global _is_installed
    if _is_installed:
        lazyast.uninstall()
        _is_installed = False
