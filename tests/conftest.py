"""Fixtures: no test looks at or leaves anything in the user's cache."""

import builtins
import os
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
# A project for the examples of the documents, which has tests.
collect_ignore = ["python/example"]

# Before lazyast is imported, and for the processes that tests start.
_cache = tempfile.TemporaryDirectory(prefix="lazyast-tests-")
os.environ["LAZYAST_CACHE_DIR"] = _cache.name


_compile = builtins.compile


@pytest.fixture(autouse=True)
def interpreter_in_place():
    """No test leaves lazyast where the interpreter should be: those that come later would compare it with itself."""
    yield
    left, builtins.compile = builtins.compile, _compile
    assert left is _compile, "builtins.compile is not the interpreter's any more"


@pytest.fixture
def same():
    """Give the check that lazyast.parse and ast.parse do the same on a source."""
    import fidelity

    def check(source, **options):
        assert fidelity.compare(source, **options) is None

    return check
