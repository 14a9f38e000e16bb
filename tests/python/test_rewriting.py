"""`lazyast.rewrite` and `Matches.rewrite`. `tests/rewrites.py` has the rewrites of whole directories."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import lazyast
import pytest

SCRIPT = Path(__file__).parents[1] / "rewrites.py"


def rewrite_library(every):
    command = [sys.executable, str(SCRIPT), "--every", str(every), sysconfig.get_path("stdlib")]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_part_of_the_standard_library():
    rewrite_library(100)


@pytest.mark.slow
def test_larger_part_of_the_standard_library():
    rewrite_library(13)


def test_result_has_the_type_of_the_source():
    assert lazyast.rewrite("f(1)\r\n", "f($X)", "g($X)") == "g(1)\r\n"
    assert lazyast.rewrite(b"\xef\xbb\xbff(1)\r\n", "f($X)", "g($X)") == b"\xef\xbb\xbfg(1)\r\n"
    assert lazyast.rewrite("# coding: latin-1\nf('\xe4')".encode("latin-1"), "f($X)", "g($X)").endswith(b"g('\xe4')")
    assert lazyast.rewrite("# coding: utf-8\nf('\xe4')", lazyast.pattern("f($X)"), "g($X)").endswith("g('\xe4')")
    assert lazyast.rewrite("pass", "f($X)", "g($X)") == "pass"


def test_errors():
    with pytest.raises(lazyast.QueryError, match="unknown metavariable Y"):
        lazyast.rewrite("f(1)", "f($X)", "g($Y)")
    with pytest.raises(lazyast.RewriteError, match="line 2"):
        lazyast.rewrite("f(1)\nf = 2", "f", "1")
    with pytest.raises(lazyast.RewriteError):
        lazyast.rewrite("f(", "f($X)", "g($X)")
    with pytest.raises(lazyast.RewriteError, match="latin-1"):
        lazyast.rewrite(b"# coding: latin-1\nf(1)", "f($X)", "g('\u4e00')")
    tree = lazyast.parse("f(1)")
    with pytest.raises(ValueError, match=r"lazyast\.rewrite"):
        lazyast.pattern("f($X)").find(tree).rewrite("g($X)")


def test_matches_of_a_project(tmp_path):
    one, two, three = (tmp_path / f"{name}.py" for name in ("one", "two", "three"))
    one.write_bytes(b"f(1)\r\nx = f'{f(2)=}'\r\n")
    two.write_bytes(b"f = f(3)\n")
    three.write_bytes(b"f(f(4))\n")
    matches = lazyast.Project(tmp_path).find("f")
    rewritten = matches.rewrite("g()")
    assert rewritten.sources == {one: b"g()(1)\r\nx = f'{f(2)=}'\r\n", three: b"g()(g()(4))\n"}
    assert [path for path in rewritten.failed] == [two]
    assert [(path, line) for path, line, _ in rewritten.skipped] == [(one, 2)]
    assert lazyast.Project(tmp_path).find("f($X)")[-1:].rewrite("h($X)").sources == {two: b"f = h(3)\n"}
    three.write_bytes(b"f(5)\n")
    assert "changed" in matches.rewrite("g()").failed[three]
    assert two.read_bytes() == b"f = f(3)\n"
