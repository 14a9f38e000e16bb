"""`lazyast find` and `lazyast select`, as users call them."""

import json
import os
import re
import subprocess
import sys

import pytest

SOURCES = {
    "a.py": """\
x = open('é'); y = open(b)

def f():
    # one
    return open(c, 'w')




z = 1
open(d)
""",
    "sub/b.py": "print(1)\n",
    # Ignored, as by git.
    ".gitignore": "ignored/\n",
    "ignored/c.py": "open(1)\nprint(1)\n",
    "other.txt": "print(1)\n",
}
ESCAPE = "\x1b["


def environment(**changes):
    """Return the environment of this process without the variables that change the output."""
    without = {"NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"}
    return {**{name: value for name, value in os.environ.items() if name not in without}, **changes}


@pytest.fixture
def directory(tmp_path):
    root = tmp_path / "project"
    for name, text in SOURCES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    # Ignore files only count inside a repository.
    (root / ".git").mkdir()
    return root


@pytest.fixture
def run(directory):
    def run(*arguments, env=None, cwd=directory, encoding="utf-8", **options):
        command = [sys.executable, "-m", "lazyast", *map(os.fspath, arguments)]
        env = environment(**(env or {}))
        return subprocess.run(command, cwd=cwd, capture_output=True, encoding=encoding, env=env, timeout=60, **options)

    return run


# Lines


def test_lines(run):
    """Columns count bytes of the decoded text as UTF-8, from 1."""
    result = run("find", "open($F, $$$)")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "a.py:1:5:x = open('é'); y = open(b)",
        "a.py:1:21:x = open('é'); y = open(b)",
        "a.py:5:12:    return open(c, 'w')",
        "a.py:11:1:open(d)",
    ]


def test_paths_are_printed_as_they_are_given(run, directory):
    for paths, expected in (
        ([], "sub/b.py"),
        (["."], "./sub/b.py"),
        (["sub"], "sub/b.py"),
        (["./sub"], "./sub/b.py"),
        (["sub/"], "sub/b.py"),
        (["sub/b.py"], "sub/b.py"),
        (["sub/../sub"], "sub/../sub/b.py"),
        ([directory / "sub"], f"{directory}/sub/b.py"),
        (["sub", "sub/b.py", "sub"], "sub/b.py"),
        (["sub", "a.py"], "sub/b.py"),
    ):
        assert run("find", "-l", "print($X)", *paths).stdout == f"{expected}\n", paths
    assert run("find", "-l", "print($X)", "..", cwd=directory / "sub").stdout == "../sub/b.py\n"


def test_what_is_searched(run, directory):
    (directory / "script").write_text("print(2)\n")
    (directory / "stub.pyi").write_text("print(3)\n")
    assert run("find", "-l", "print($X)").stdout == "stub.pyi\nsub/b.py\n"
    # A named file is searched, whatever its name is, and even if it is ignored.
    assert run("find", "-l", "print($X)", "script").stdout == "script\n"
    assert run("find", "-l", "print($X)", "ignored/c.py").stdout == "ignored/c.py\n"
    (directory / ".gitignore").write_text("")
    assert run("find", "-l", "print($X)").stdout == "ignored/c.py\nstub.pyi\nsub/b.py\n"


def test_lines_in_other_encodings(run, directory):
    (directory / "latin.py").write_bytes("# coding: latin-1\né = open('é')\n".encode("latin-1"))
    (directory / "crlf.py").write_bytes(b"\xef\xbb\xbfopen(1)\r\nif x:\r\n\topen(\r\n2)\r\n")
    assert run("find", "open($X)", "latin.py").stdout == "latin.py:2:6:é = open('é')\n"
    assert run("find", "open($X)", "crlf.py").stdout == "crlf.py:1:1:open(1)\ncrlf.py:3:2:\topen(\n"


# Exit codes


def test_exit_codes_are_those_of_grep(run):
    assert run("find", "print($X)", "sub").returncode == 0
    assert run("find", "nothing").returncode == 1
    assert run("select", "Lambda").returncode == 1
    for arguments in (
        ["find", "f("],
        ["find", "f", "missing"],
        ["select", "Nope"],
        ["find"],
        ["find", "-f", "missing"],
        ["find", "f", "--has", "Nope"],
        ["find", "print($X)", "sub", "missing"],
    ):
        result = run(*arguments)
        assert (result.returncode, result.stdout) == (2, ""), arguments
        assert result.stderr.startswith("lazyast: error: "), arguments


@pytest.mark.parametrize(
    "options",
    [
        ["--nonsense"],
        ["-l", "-c"],
        ["-q", "--json"],
        ["-C", "1", "--json"],
        ["-C", "x"],
        ["-C", "-1"],
        ["--color", "no"],
    ],
    ids=" ".join,
)
def test_wrong_options(run, options):
    result = run("find", "f", *options)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("lazyast: error: ")


def test_nothing_to_search(run, directory):
    (directory / "empty").mkdir()
    result = run("find", "f", "empty")
    assert result.returncode == 2
    assert result.stderr.startswith("lazyast: error: no Python sources found under the paths\nhint: hidden files")


def test_errors_point_at_the_place(run):
    message = "lazyast: error: selector: there is no kind Cal; did you mean Call?\n  Name > Cal\n         ^^^\n"
    for arguments in (["select", "Name > Cal"], ["find", "f", "--not", "Name > Cal"], ["select", "-e", "Name > Cal"]):
        assert run(*arguments).stderr == message
    problem = "invalid metavariable: write $X for one node, $$$ or $$$XS for any number"
    assert run("find", "f($$X)").stderr == f"lazyast: error: pattern: {problem}\n  f($$X)\n    ^^\n"
    assert run("find", "f", "missing").stderr == "lazyast: error: missing: no such file or directory\n"
    assert run("find").stderr == (
        "lazyast: error: no pattern is given\nhint: give it as the first argument, with -e, or in a file with -f\n"
    )


def test_quiet(run, directory):
    (directory / "wrong.py").write_text("def :\n")
    for pattern, code in (("print($X)", 0), ("nothing", 1)):
        result = run("find", "-q", pattern)
        assert (result.returncode, result.stdout, result.stderr) == (code, "", "")
    assert run("find", "-q", "f(").stderr != ""


def test_counts_and_paths(run):
    assert run("find", "-c", "open($$$)").stdout == "a.py:4\n"
    assert run("find", "-l", "-e", "print($$$)", "-e", "open($$$)").stdout == "a.py\nsub/b.py\n"
    assert run("find", "-c", "-e", "print($$$)", "-e", "open($$$)", "sub").stdout == "sub/b.py:1\n"
    # A match of both patterns counts once.
    assert run("find", "-c", "-e", "open($$$)", "-e", "open($X)").stdout == "a.py:4\n"
    for option in ("-c", "-l"):
        assert run("find", option, "nothing").returncode == 1


# Context and colours


def test_context(run):
    def lines(count, *arguments):
        return run("find", "-C", count, *arguments).stdout.splitlines()

    assert lines("0", "open($$$)") == [
        "a.py:1:x = open('é'); y = open(b)",
        "--",
        "a.py:5:    return open(c, 'w')",
        "--",
        "a.py:11:open(d)",
    ]
    assert lines("1", "open($$$)") == [
        "a.py:1:x = open('é'); y = open(b)",
        "a.py-2-",
        "--",
        "a.py-4-    # one",
        "a.py:5:    return open(c, 'w')",
        "a.py-6-",
        "--",
        "a.py-10-z = 1",
        "a.py:11:open(d)",
    ]
    # Adjacent contexts are merged.
    two = lines("2", "open($$$)")
    assert two.count("--") == 1 and two.index("--") == 7 and two[8] == "a.py-9-"
    everything = [f"{number}{line}" for number, line in enumerate(SOURCES["a.py"].splitlines(), 1)]
    for count in ("3", "100", str(2**64 - 1)):
        found = lines(count, "open($$$)")
        assert [re.sub(r"^a\.py([:-])(\d+)\1", r"\2", line) for line in found] == everything


def test_context_of_hits_of_several_lines(run, directory):
    (directory / "m.py").write_text("f(\n  open(1),\n  2)\n\n# end\n")
    assert run("find", "f($$$)", "m.py").stdout == "m.py:1:1:f(\n"
    for queries in (["f($$$)"], ["-e", "f($$$)", "-e", "open($X)"]):
        assert run("find", "-C", "0", *queries, "m.py").stdout == "m.py:1:f(\nm.py:2:  open(1),\nm.py:3:  2)\n"
    assert run("find", "-C1", "f($$$)", "m.py").stdout.splitlines()[3:] == ["m.py-4-"]


def test_files_are_separated_where_there_is_context(run):
    queries = ["-e", "print($X)", "-e", "open(d)"]
    assert run("find", "-C", "0", *queries).stdout == "a.py:11:open(d)\n--\nsub/b.py:1:print(1)\n"
    assert run("find", *queries).stdout == "a.py:11:1:open(d)\nsub/b.py:1:1:print(1)\n"


PATH, NUMBER, HIT, PLAIN = "\x1b[35m", "\x1b[32m", "\x1b[1m\x1b[31m", "\x1b[0m"


def test_colours(run, directory):
    assert run("find", "print($X)", "--color", "always").stdout == (
        f"{PATH}sub/b.py{PLAIN}:{NUMBER}1{PLAIN}:1:{HIT}print(1){PLAIN}\n"
    )
    assert run("find", "open(d)", "--color=always", "-C1").stdout == (
        f"{PATH}a.py{PLAIN}-{NUMBER}10{PLAIN}-z = 1\n{PATH}a.py{PLAIN}:{NUMBER}11{PLAIN}:{HIT}open(d){PLAIN}\n"
    )
    assert f"x = {HIT}open('é'){PLAIN}; y = open(b)" in run("find", "open('é')", "--color=always").stdout
    (directory / "m.py").write_text("f(\n  1)\n")
    multiline = run("find", "f($$$)", "--color=always", "-C0", "m.py").stdout
    assert f"{HIT}f({PLAIN}\n" in multiline and f"{HIT}  1){PLAIN}\n" in multiline


def test_when_there_are_colours(run):
    for options, env in (([], {}), (["--color=auto"], {}), (["--color=never"], {}), ([], {"NO_COLOR": "1"})):
        assert ESCAPE not in run("find", "print($X)", *options, env=env).stdout
    assert ESCAPE in run("find", "print($X)", "--color=always", env={"NO_COLOR": "1"}).stdout
    assert ESCAPE in run("find", "-l", "print($X)", "--color=always").stdout
    assert ESCAPE not in run("find", "print($X)", "--color=always", "--format=vimgrep").stdout
    assert ESCAPE not in run("find", "--json", "print($X)", "--color=always").stdout


@pytest.mark.parametrize(
    ("env", "has_colours"), [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)], ids=str
)
def test_colours_on_a_terminal(directory, env, has_colours):
    pty = pytest.importorskip("pty", reason="no terminals")
    here, there = pty.openpty()
    command = [sys.executable, "-m", "lazyast", "find", "print($X)"]
    process = subprocess.Popen(command, cwd=directory, stdout=there, env=environment(TERM="xterm", **env))
    os.close(there)
    try:
        output = b""
        # On Linux, reading a terminal that nobody writes to is an error.
        try:
            while piece := os.read(here, 4096):
                output += piece
        except OSError:
            pass
    finally:
        os.close(here)
        assert process.wait(60) == 0
    assert (ESCAPE.encode() in output, b"print(1)" in output) == (has_colours, True)


# JSON


def test_json(run):
    result = run("find", "--json", "open($F, $$$REST)")
    assert result.returncode == 0
    first, _, third, _ = map(json.loads, result.stdout.splitlines())
    assert first == {
        "path": "a.py",
        "kind": "Call",
        # From 0, as in `ast`.
        "column_unit": "utf-8 byte",
        "lineno": 1,
        "col_offset": 4,
        "end_lineno": 1,
        "end_col_offset": 14,
        "text": "open('é')",
        "captures": {
            "F": {
                "kind": "Constant",
                "lineno": 1,
                "col_offset": 9,
                "end_lineno": 1,
                "end_col_offset": 13,
                "text": "'é'",
            },
            "REST": [],
        },
        "pattern": "open($F, $$$REST)",
    }
    assert [one["text"] for one in third["captures"]["REST"]] == ["'w'"]


def test_json_of_names_statements_and_selectors(run):
    (function,) = map(json.loads, run("find", "--json", "def $F($$$A): $$$B").stdout.splitlines())
    assert function["captures"]["F"] == {"name": "f"} and function["captures"]["A"] == []
    assert [one["kind"] for one in function["captures"]["B"]] == ["Return"]
    (both,) = map(json.loads, run("find", "--json", "z = $V\nopen($D)").stdout.splitlines())
    assert (both["kind"], both["lineno"], both["end_lineno"], both["text"]) == ("Assign", 10, 11, "z = 1\nopen(d)")
    (selected,) = map(json.loads, run("select", "--json", "FunctionDef, Lambda").stdout.splitlines())
    assert selected["selector"] == "FunctionDef, Lambda" and "pattern" not in selected
    assert selected["captures"] == {}


def test_json_says_which_pattern_it_was(run):
    lines = run("find", "--json", "-e", "open(d)", "-e", "open($X)", "-e", "print($Y)").stdout.splitlines()
    found = [(line["pattern"], list(line["captures"])) for line in map(json.loads, lines)]
    assert found == [
        ("open($X)", ["X"]),
        ("open($X)", ["X"]),
        ("open(d)", []),
        ("open($X)", ["X"]),
        ("print($Y)", ["Y"]),
    ]


def test_json_of_odd_texts(run, directory):
    (directory / "odd.py").write_bytes('open("\\ud800 \u2028 \x7f", """\n\t""")\n'.encode())
    (line,) = run("find", "--json", "open($$$X)", "odd.py").stdout.split("\n")[:-1]
    found = json.loads(line)
    assert found["text"] == 'open("\\ud800 \u2028 \x7f", """\n\t""")'
    assert len(found["captures"]["X"]) == 2


# What is searched for


def test_narrowing(run):
    assert run("find", "-c", "open($$$)", "--inside", "FunctionDef").stdout == "a.py:1\n"
    assert run("find", "-c", "open($$$)", "--has", "Constant").stdout == "a.py:2\n"
    assert run("find", "-c", "open($$$)", "--not", "Call[args.length=1]").stdout == "a.py:1\n"
    assert run("find", "open($$$)", "--has", "Name[id=open]", "--not", "Expr > *", "--inside", "Assign").stdout != ""
    assert run("find", "-c", "open($$$)", "--inside", "Return", "--inside", "Lambda").returncode == 1
    # The filters apply to all queries.
    narrowed = run("find", "-c", "-e", "open($$$)", "-e", "print($$$)", "--has", "Constant[value=1]")
    assert narrowed.stdout == "sub/b.py:1\n"
    assert run("select", "-c", "Call", "--not", ":pattern('open($$$)')").stdout == "sub/b.py:1\n"


def test_select(run):
    assert run("select", "FunctionDef > Return > Call").stdout == "a.py:5:12:    return open(c, 'w')\n"
    assert run("select", "-c", "-e", "Return", "-e", "Assign").stdout == "a.py:4\n"


def test_queries_from_a_file(run, directory):
    for end in ("\n", "\r\n"):
        (directory / "queries").write_bytes(end.join(["print($X)", "---", "return $X", ""]).encode())
        assert run("find", "-c", "-f", "queries").stdout == "a.py:1\nsub/b.py:1\n"
    # A query may have multiple lines; an empty query is skipped.
    (directory / "queries").write_text("---\n\n---\nz = $V\nopen($D)\n--- \n")
    assert run("find", "-f", "queries").stdout == "a.py:10:1:z = 1\n"
    # With -f, all arguments are paths.
    assert run("find", "-c", "-f", "queries", "-e", "print($X)", "sub").stdout == "sub/b.py:1\n"
    (directory / "more").write_text("FunctionDef\n")
    assert run("select", "-c", "-f", "more", "a.py").stdout == "a.py:1\n"


def test_errors_in_a_file_name_its_line(run, directory):
    (directory / "queries").write_text("print($X)\n---\n\nf($$X)\n")
    result = run("find", "-f", "queries")
    assert result.returncode == 2 and result.stderr.startswith(
        "lazyast: error: queries:4: pattern: invalid metavariable"
    )


def test_conditions_that_never_match_get_a_hint(run):
    result = run("select", "Call[func=print]")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("lazyast: hint: [func=print] matches nothing, because func holds nodes")
    assert "positions are counted from 1" in run("select", "Call:nth-child(0)").stderr
    for selector in ("Call[func.id=print]", "Return[value=None]", "Call:nth-child(-n+2)", "Call:not(:nth-child(1))"):
        assert run("select", selector).stderr == ""


def test_dotted_names(run, directory):
    (directory / "names.py").write_text("from requests import get as g\ng(1)\nrequests.get(2)\n")
    assert run("find", "requests.get($$$)").stdout == "names.py:2:1:g(1)\n"
    assert run("select", "Call[func~=requests.get]").stdout == "names.py:2:1:g(1)\n"
    assert run("find", "--literal-names", "requests.get($$$)").stdout == "names.py:3:1:requests.get(2)\n"


def test_every_query_reports_every_node(run, directory):
    (directory / "names.py").write_text("eval(x)\n")
    lines = run("find", "--json", "-e", "eval($A)", "-e", "$F($X)", "names.py").stdout.splitlines()
    hits = [json.loads(line) for line in lines]
    assert [(hit["pattern"], sorted(hit["captures"])) for hit in hits] == [("eval($A)", ["A"]), ("$F($X)", ["F", "X"])]


def test_queries_from_standard_input(run):
    assert run("find", "-c", "-f", "-", input="print($X)").stdout == "sub/b.py:1\n"
    assert run("find", "-c", "-f-", "a.py", input="print($X)\n---\nopen(d)\n").stdout == "a.py:1\n"


def test_files_without_queries(run, directory):
    (directory / "queries").write_text("---\n\n---\n")
    result = run("find", "-f", "queries")
    assert (result.returncode, result.stderr) == (2, "lazyast: error: the query files contain no queries\n")
    assert run("find", "-f", "-", input="").returncode == 2
    (directory / "queries").write_bytes(b"\xff")
    assert "UTF-8" in run("find", "-f", "queries").stderr
    assert run("find", "-f", "missing").stderr.startswith("lazyast: error: missing: ")


def test_patterns_that_begin_with_a_hyphen(run):
    for arguments in (["--", "-$X"], ["--pattern=-$X"]):
        assert run("find", *arguments).returncode == 1, arguments


@pytest.mark.skipif(os.name == "nt", reason="arguments are text")
def test_queries_that_are_no_text(run):
    result = run("find", os.fsdecode(b"\xff"), encoding=None)
    assert result.returncode == 2 and b"is not UTF-8" in result.stderr


def test_explain(run):
    result = run("find", "--explain", "open($X)", "--inside", "FunctionDef", "missing")
    assert result.returncode == 0, "--explain searches nothing"
    assert result.stdout == (
        "prefilter: identifier open, kind FunctionDef, kind Call, kind Name\n"
        "candidates:\n"
        "  kind Call\n"
        "filter:\n"
        "  all of:\n"
        "    ancestor:\n"
        "      kind FunctionDef\n"
        "    pattern `open($X)`\n"
    )
    assert "any of:\n" in run("find", "--explain", "-e", "a", "-e", "b").stdout


# Files that cannot be searched


def test_files_that_are_not_searched_are_named(run, directory):
    (directory / "wrong.py").write_text("def :\n")
    result = run("find", "print($X)")
    assert (result.returncode, result.stdout) == (0, "sub/b.py:1:1:print(1)\n")
    assert result.stderr == (
        "lazyast: warning: wrong.py: not searched: syntax error at line 1, column 4: Expected an identifier\n"
    )
    (directory / "nul.py").write_bytes(b"print(1)\0\n")
    for pattern, code in (("print($X)", 0), ("nothing", 1)):
        result = run("find", pattern)
        assert result.returncode == code
        assert [line.split(": ")[2] for line in result.stderr.splitlines()] == ["nul.py", "wrong.py"]
        assert run("find", pattern, "--strict").returncode == 2
    # Files that fall back to the interpreter are searched if they have an archive.
    (directory / "escape.py").write_text("print('\\d')\n")
    assert run("find", "-l", "print($X)").stdout == "escape.py\nsub/b.py\n"


@pytest.mark.skipif(os.name == "nt", reason="no such files")
def test_files_that_cannot_be_read(run, directory):
    (directory / "dangling.py").symlink_to("nowhere")
    (directory / "loop.py").symlink_to("loop.py")
    result = run("find", "print($X)")
    assert (result.returncode, result.stdout) == (0, "sub/b.py:1:1:print(1)\n")
    assert "dangling.py: not searched: No such file" in result.stderr
    assert "loop.py: not searched: " in result.stderr
    assert run("find", "print($X)", "dangling.py").returncode == 2
    for name in ("dangling.py", "loop.py"):
        (directory / name).unlink()
    # Reading a pipe that nobody writes to would never end.
    os.mkfifo(directory / "pipe.py")
    for paths in ([], ["pipe.py", "sub"]):
        result = run("find", "print($X)", *paths)
        assert (result.returncode, result.stdout) == (0, "sub/b.py:1:1:print(1)\n")
        assert "pipe.py: not searched: not a regular file" in result.stderr


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_files_that_may_not_be_read(run, directory):
    (directory / "sub" / "b.py").chmod(0)
    result = run("find", "print($X)")
    assert (result.returncode, result.stdout) == (1, "")
    assert "pipe.py: not searched: not a regular file" in result.stderr


def test_queries_that_take_too_long(run, directory):
    """They are errors of the files concerned; other files are searched."""
    arguments = [f"a{number}" for number in range(3000)]
    (directory / "long.py").write_text(f"f({', '.join([*arguments, *reversed(arguments)])})\n")
    (directory / "short.py").write_text("f(1, 2, 1, 2)\n")
    result = run("find", "f($$$, $A, $$$, $B, $$$, $A, $$$, $B, $$$)")
    assert (result.returncode, result.stdout) == (2, "short.py:1:1:f(1, 2, 1, 2)\n")
    warning, error = result.stderr.splitlines()
    assert warning.startswith("lazyast: warning: ") and "long.py: " in warning and "more than 10000000 steps" in warning
    assert error == "lazyast: error: 1 file could not be searched"


# Around


@pytest.mark.skipif(os.name == "nt", reason="no such pipes")
@pytest.mark.parametrize("options", [[], ["-C", "1"], ["--json"]], ids=["lines", "context", "json"])
def test_a_closed_pipe_is_no_error(directory, options):
    (directory / "big.py").write_text("open(1)\n" * 50_000)
    command = [sys.executable, "-m", "lazyast", "find", *options, "open($X)", "big.py"]
    process = subprocess.Popen(
        command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True
    )
    first = process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert "open(1)" in first and errors == ""
    assert process.wait(60) == 0


def test_without_a_cache(run, directory, tmp_path):
    home = tmp_path / "home"
    for options, off in ((["--no-cache"], {}), ([], {"LAZYAST_CACHE_DIR": "off"})):
        env = {"HOME": str(home), "XDG_CACHE_HOME": str(home), **off}
        if not off:
            env["LAZYAST_CACHE_DIR"] = str(home / "given")
        for _ in range(2):
            result = run("find", *options, "print($X)", env=env)
            assert (result.returncode, result.stdout, result.stderr) == (0, "sub/b.py:1:1:print(1)\n", "")
    assert not home.exists()


def test_a_cache_of_its_own(run, directory, tmp_path):
    cache = tmp_path / "own"
    for count in (1, 2):
        (directory / "sub" / "b.py").write_text("print(1)\n" * count)
        for options in ([], ["--verify-content"]):
            result = run("find", "-c", "print($X)", "--cache-dir", cache, *options)
            assert result.stdout == f"sub/b.py:{count}\n"
    assert list(cache.rglob("*.pack"))
    (tmp_path / "file").write_text("")
    result = run("find", "print($X)", "--cache-dir", tmp_path / "file")
    assert (result.returncode, result.stdout) == (0, "sub/b.py:1:1:print(1)\nsub/b.py:2:1:print(1)\n")
    assert result.stderr.startswith("lazyast: warning: ")


def test_jobs(run):
    for jobs in ("1", "2", "7"):
        assert run("find", "-c", "-j", jobs, "-e", "open($$$)", "-e", "print($X)").stdout == "a.py:4\nsub/b.py:1\n"


@pytest.mark.skipif(sys.platform != "linux", reason="names are text")
def test_names_that_are_no_text_are_printed_as_they_are(run, directory):
    """In JSON, which is text, this is impossible."""
    (directory / os.fsdecode(b"caf\xe9.py")).write_text("print(5)\n")
    for options, rest in ((["-l"], b"\n"), (["-c"], b":1\n"), ([], b":1:1:print(5)\n")):
        assert run("find", *options, "print(5)", encoding=None).stdout == b"caf\xe9.py" + rest
    found = json.loads(run("find", "--json", "print(5)").stdout)
    assert found["path"] == "caf\ufffd.py"


def test_no_separators_between_paths(run):
    queries = ["-e", "print($X)", "-e", "open(d)"]
    assert run("find", "-l", "-C1", *queries).stdout == "a.py\nsub/b.py\n"
    assert run("find", "-c", "-C1", *queries).stdout == "a.py:1\nsub/b.py:1\n"


def test_patterns_that_begin_with_a_hyphen_behind_e(run, directory):
    """`grep -e` is for such patterns too."""
    (directory / "minus.py").write_text("-a\n")
    assert run("find", "-e", "-$X").stdout == "minus.py:1:1:-a\n"


@pytest.mark.skipif(sys.version_info >= (3, 15), reason="lazyast serves no newer syntax")
def test_syntax_that_the_interpreter_lacks(directory, run):
    newer = {11: "type X = int\n", 12: "def f[T = int](): pass\n", 13: "t'a'\n", 14: "lazy import a\n"}
    (directory / "newer.py").write_text(newer[sys.version_info.minor] + "open(5)\n")
    result = run("find", "--strict", "-l", "open($$$)")
    assert (result.returncode, result.stdout) == (2, "a.py\n")
    assert f"newer.py: not searched: has syntax of Python 3.{sys.version_info.minor + 1}" in result.stderr
    result = run("find", "--strict", "-l", "--python", f"3.{sys.version_info.minor + 1}", "open($$$)")
    assert (result.returncode, result.stdout) == (0, "a.py\nnewer.py\n")
