"""`lazyast find` and `lazyast select`, as users call them."""

import json
import subprocess
import sys

import pytest


@pytest.fixture
def run(tmp_path):
    (tmp_path / "a.py").write_text("x = open('é'); y = open(b)\n\ndef f():\n    return open(c, 'w')\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.py").write_text("print(1)\n")

    def run(*arguments, **options):
        command = [sys.executable, "-m", "lazyast", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", **options)

    return run


def test_lines(run):
    result = run("find", "open($F, $$$)")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "a.py:1:5:x = open('é'); y = open(b)",
        "a.py:1:20:x = open('é'); y = open(b)",
        "a.py:4:12:    return open(c, 'w')",
    ]


def test_exit_codes_are_those_of_grep(run):
    assert run("find", "print($X)", "sub").returncode == 0
    assert run("find", "nothing").returncode == 1
    for arguments in (["find", "f("], ["find", "f", "missing"], ["select", "Nope"], ["find"]):
        result = run(*arguments)
        assert (result.returncode, result.stdout) == (2, ""), arguments
        assert result.stderr.startswith("lazyast: error: "), arguments


def test_counts_and_paths(run):
    assert run("find", "-c", "open($$$)").stdout == "a.py:3\n"
    assert run("find", "-l", "-e", "print($$$)", "-e", "open($$$)").stdout == "a.py\nsub/b.py\n"
    result = run("find", "-q", "print($$$)")
    assert (result.returncode, result.stdout) == (0, "")


def test_json(run):
    lines = run("find", "--json", "open($F, $$$REST)").stdout.splitlines()
    first, _, last = map(json.loads, lines)
    assert first["path"] == "a.py" and first["kind"] == "Call"
    assert (first["lineno"], first["col_offset"], first["end_col_offset"]) == (1, 4, 14)
    assert first["captures"]["F"]["text"] == "'é'" and first["captures"]["REST"] == []
    assert [one["text"] for one in last["captures"]["REST"]] == ["'w'"]
    assert first["pattern"] == "open($F, $$$REST)"


def test_context_and_colour(run):
    assert run("select", "Return", "-C", "1").stdout == "a.py-3-def f():\na.py:4:    return open(c, 'w')\n"
    assert "\x1b[" in run("find", "print($X)", "--color", "always").stdout


def test_narrowing(run):
    assert run("find", "-c", "open($$$)", "--inside", "FunctionDef").stdout == "a.py:1\n"
    assert run("find", "-c", "open($$$)", "--has", "Constant").stdout == "a.py:2\n"
    assert run("find", "-c", "open($$$)", "--not", "Call[args.length=1]").stdout == "a.py:1\n"


def test_queries_from_a_file(run, tmp_path):
    (tmp_path / "queries").write_text("print($X)\n---\nreturn $X\n")
    assert run("find", "-c", "-f", "queries").stdout == "a.py:1\nsub/b.py:1\n"
    assert run("find", "-c", "-f", "-", input="print($X)").stdout == "sub/b.py:1\n"


def test_explain(run):
    assert "the name open" in run("find", "--explain", "open($X)").stdout


def test_files_that_are_not_searched_are_counted(run, tmp_path):
    (tmp_path / "wrong.py").write_text("def :\n")
    assert "1 file was not searched" in run("find", "print($X)").stderr
