"""The plugin for pytest: `pytest -p lazyast.pytest`."""

import os
import subprocess
import sys
from pathlib import Path

import lazyast
import pytest

LOADED = "import sys\n\ndef test_it():\n    assert not [name for name in sys.modules if name.startswith('lazyast')]\n"
# The file itself was parsed to rewrite its assertions.
SERVED = """
import builtins
from lazyast import _native

def test_it():
    served, hits, *_ = _native.parse_counts()
    assert builtins.compile is _native.compile
    assert served == hits > 0
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run pytest on a file in a process of its own, with an empty cache."""
    monkeypatch.setenv("LAZYAST_CACHE_DIR", str(tmp_path / "cache"))
    # Otherwise pytest uses its own cache of rewritten files.
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def run(source, *options):
        tests = tmp_path / "tests"
        tests.mkdir(exist_ok=True)
        for name in ("test_a.py", "test_b.py"):
            (tests / name).write_text(source)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "tests"]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert "2 passed" in result.stdout, result.stdout + result.stderr

    return run


def test_nothing_is_loaded_unless_it_is_asked_for(run):
    run(LOADED)


def test_files_are_warmed_and_served(run):
    run(SERVED, "-p", "lazyast.pytest")


def test_workers_are_served_from_the_first_file_on(run):
    pytest.importorskip("xdist")
    run(SERVED, "-p", "lazyast.pytest", "-n2")


def test_an_option_in_the_configuration(run, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "-p lazyast.pytest"\n')
    run(SERVED)


def test_without_a_cache(run, monkeypatch):
    monkeypatch.setenv("LAZYAST_CACHE_DIR", "off")
    run(SERVED.replace("served == hits > 0", "served > hits == 0"), "-p", "lazyast.pytest")


def test_the_process_is_left_as_it_was(tmp_path, monkeypatch):
    (tmp_path / "test_a.py").write_text("def test_it(): pass\n")
    program = (
        "import builtins, pytest, sys\n"
        "before = compile\n"
        "code = pytest.main(['-q', '-p', 'lazyast.pytest', '-p', 'no:cacheprovider', 'test_a.py'])\n"
        "assert code == 0 and builtins.compile is before and 'lazyast.pytest' in sys.modules\n"
        "import lazyast\n"
        "lazyast.install()\n"
        "pytest.main(['-q', '-p', 'lazyast.pytest', '-p', 'no:cacheprovider', 'test_a.py'])\n"
        "assert builtins.compile is lazyast._native.compile\n"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_plugin_is_no_entry_point():
    package = Path(lazyast.__file__).parent
    (metadata,) = package.parent.glob("lazyast-*.dist-info")
    points = metadata / "entry_points.txt"
    assert not points.exists() or "pytest11" not in points.read_text()
    assert os.path.exists(package / "pytest.py")
