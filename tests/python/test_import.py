"""`import lazyast` imports next to nothing, and every public name is there all the same."""

import ast
import importlib.metadata
import pickle
import pydoc
import subprocess
import sys
from pathlib import Path

import lazyast
import pytest


def imported_by(statement):
    """Give the modules that a statement imports, in a process of its own with nothing but the package on its path."""
    package = Path(lazyast.__file__).parent.parent
    code = f"""
import sys
sys.path.append({str(package)!r})
before = set(sys.modules)
{statement}
print(*sorted(set(sys.modules) - before))
"""
    run = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_import_imports_nothing_else():
    assert imported_by("import lazyast") == {"lazyast"}


@pytest.mark.parametrize(
    "names", ["parse, parse_file", "walk, Visitor, materialize", "install", "Project", "Error, Query"]
)
def test_names_import_what_they_need(names):
    cheap = imported_by("import __future__, _weakref, ast, atexit, collections.abc, functools, os, types")
    added = imported_by(f"from lazyast import {names}") - cheap
    assert {name for name in added if not name.startswith("lazyast")} == set()


def test_names_are_those_that_type_checkers_see():
    (checked,) = [
        node
        for node in ast.parse(Path(lazyast.__file__).read_bytes()).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    declared = {
        (node.module, alias.name, alias.asname)
        for node in checked.body
        for alias in node.names
        if isinstance(node, ast.ImportFrom)
    }
    assert declared == {(f"lazyast.{module}", name, name) for name, module in lazyast._MODULE_OF.items()}


@pytest.mark.parametrize("name", lazyast._MODULE_OF)
def test_every_name_is_there(name):
    value = getattr(lazyast, name)
    assert value is getattr(lazyast, name)
    assert vars(lazyast)[name] is value


def test_free_threaded_builds_are_rejected():
    code = "import sys; sys.abiflags = 't'; import lazyast"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stderr.splitlines()[-1].startswith("ImportError: lazyast does not support free-threaded builds")


def test_star_import():
    namespace = {}
    exec("from lazyast import *", namespace)
    del namespace["__builtins__"]
    assert namespace.keys() == set(lazyast.__all__)
    assert "parse" in namespace and "__version__" not in namespace


def test_dir_before_anything_is_used():
    code = "import sys, lazyast; print(*dir(lazyast)); assert 'lazyast._native' not in sys.modules"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"parse", "Project", "__version__", "__doc__", "__path__"} <= set(run.stdout.split())
    assert set(lazyast.__all__) < set(run.stdout.split())


def test_unknown_names():
    with pytest.raises(AttributeError, match="module 'lazyast' has no attribute 'pares'"):
        _ = lazyast.pares
    with pytest.raises(ImportError, match="cannot import name 'pares'"):
        from lazyast import pares  # noqa: F401


def test_help_shows_every_name():
    text = pydoc.plaintext.document(lazyast)
    missing = [name for name in lazyast.__all__ if name not in text]
    assert not missing
    assert "Parse a source into a tree" in text


def test_version():
    assert lazyast.__version__ == importlib.metadata.version("lazyast")


@pytest.mark.parametrize("name", [name for name in lazyast.__all__ if isinstance(getattr(lazyast, name), type)])
def test_classes_are_pickled_by_reference(name):
    cls = getattr(lazyast, name)
    assert pickle.loads(pickle.dumps(cls)) is cls


def test_exceptions_are_pickled_before_anything_is_used():
    pickled = pickle.dumps(lazyast.QueryError("no"))
    code = f"import pickle; error = pickle.loads({pickled!r}); print(type(error).__name__, error)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["QueryError", "no"]
