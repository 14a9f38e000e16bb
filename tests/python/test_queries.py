"""Queries and their matches, as users see them."""

import ast
import copy
import gc
import multiprocessing
import os
import subprocess
import sys
import sysconfig
import threading
import tracemalloc
import weakref
from collections.abc import Sequence
from pathlib import Path

import lazyast
import pytest

LIBRARY = Path(sysconfig.get_path("stdlib"))
POSITIONS = ("lineno", "col_offset", "end_lineno", "end_col_offset")
SOURCES = {
    "a.py": "import os\n\n\ndef f(x):\n    y = g(x, k=1)\n    return y\n",
    "b.py": "class A:\n    def g(self):\n        return f'{g(self)}'\n",
    # Has an archive, but falls back to the interpreter, which has to warn.
    "c.py": "1if x else y\ng(1)\n",
    "wrong.py": "def :\n",
}

pytestmark = [
    pytest.mark.filterwarnings("ignore:invalid escape sequence"),
    pytest.mark.filterwarnings('ignore:"\\\\d" is an invalid escape sequence'),
]


@pytest.fixture
def project(tmp_path):
    for name, source in SOURCES.items():
        (tmp_path / name).write_text(source)
    return lazyast.Project(tmp_path, cache_dir=tmp_path / "cache")


def project_of(directory, sources):
    """Return a project of new files; bytes are written as they are."""
    for name, source in sources.items():
        (directory / name).write_bytes(source if isinstance(source, bytes) else source.encode())
    return lazyast.Project(directory, cache_dir=directory / "cache")


def position(node):
    return tuple(getattr(node, name) for name in POSITIONS)


# Matches


def test_matches_are_a_sequence(project):
    matches = project.find("g($X, $$$)")
    assert len(matches) == 3 and matches
    assert [match.path.name for match in matches] == ["a.py", "b.py", "c.py"]
    assert matches[-1] == matches[2] and matches[-1] != matches[0]
    assert matches[-3] == matches[0] and matches[True] == matches[1]
    assert list(reversed(matches)) == list(matches)[::-1]
    assert matches[1] in matches and "a" not in matches
    assert len({*matches, *matches}) == 3
    assert not project.find("nothing_like_this")
    assert list(project.find("nothing_like_this")) == []


def test_invalid_indices(project):
    matches = project.find("g($X, $$$)")
    for index in (3, -4, sys.maxsize, -sys.maxsize - 1):
        with pytest.raises(IndexError, match="match index out of range"):
            matches[index]
    for index in ("a", None, 1.0, (0, 1)):
        with pytest.raises(TypeError, match="must be integers or slices"):
            matches[index]
    with pytest.raises(ValueError, match="step cannot be zero"):
        matches[::0]


def test_slices(project):
    matches = project.find("g($X, $$$)")
    everything = list(matches)
    ends = (None, -4, -1, 0, 1, 2, 3, 9)
    for start in ends:
        for stop in ends:
            for step in (None, 1, 2, -1, -2, sys.maxsize):
                part = slice(start, stop, step)
                assert list(matches[part]) == everything[part], part
    again = matches[::-1][1:]
    assert type(again) is type(matches)
    assert [match.path.name for match in again] == ["b.py", "a.py"] == [path.name for path in again.paths()]
    assert again.nodes() == [match.node for match in again]
    assert [ast.unparse(node) for node in again.captures("X")] == ["self", "x"]
    assert not matches[3:] and matches[3:].paths() == matches[3:].nodes() == matches[3:].captures("X") == []


def test_iterators(project):
    matches = project.find("g($X, $$$)")
    iterator = iter(matches)
    assert iter(iterator) is iterator and iterator.__length_hint__() == 3
    assert next(iterator) == matches[0] and iterator.__length_hint__() == 2
    assert list(iterator) == list(matches[1:]) and next(iterator, None) is None


def test_matches_of_two_searches_are_not_equal(project):
    assert project.find("g($X)")[0] != project.find("g($X)")[0]
    assert project.find("g($X)")[0] != 5


def test_paths_are_unique_and_in_order(tmp_path):
    names = ["z.py", "a.py", "m.py"]
    project = project_of(tmp_path, dict.fromkeys(names, "f(1)\nf(2)\nf(3)\n"))
    matches = project.find("f($X)")
    assert len(matches) == 9
    assert matches.paths() == [tmp_path / name for name in sorted(names)]
    assert matches[1::2].paths() == matches.paths()
    assert matches[:2].paths() == [tmp_path / "a.py"]
    assert lazyast.pattern("f(1)").find(lazyast.parse("f(1)")).paths() == [None]


def test_reprs(project):
    matches = project.find("g($X, $$$)")
    assert repr(matches) == '<3 matches of "g($X, $$$)">'
    assert repr(matches[:1]) == '<1 match of "g($X, $$$)">'
    assert repr(matches[0]) == f"<Match: Call in {matches[0].path}, line 5, column 8>"
    match = lazyast.pattern("f").find(lazyast.parse("\nf"))[0]
    assert repr(match) == "<Match: Name in a tree, line 2, column 0>"


@pytest.mark.parametrize("kind", ["Query", "Matches", "Match"])
def test_objects_cannot_be_created_by_users(kind):
    with pytest.raises(TypeError, match="cannot create"):
        getattr(lazyast, kind)()


# Nodes


def test_nodes_are_those_of_the_tree(project):
    for match in project.find("g($X, $$$)"):
        assert match.node.__class__ is ast.Call and match.kind == "Call"
        assert match.node is match.node and match.nodes == [match.node]
        assert position(match) == position(match.node)
        # Only after it is materialised: see COMPATIBILITY.md.
        assert type(match.node) is ast.Call
        assert match.module.tree is match.module.tree
        assert any(node is match.node for node in ast.walk(match.module.tree))
        around = lazyast.ancestors(match.node, root=match.module.tree)
        assert lazyast.parent(match.node) is around[0] and around[-1] is match.module.tree


def test_all_accesses_give_the_same_object(project):
    matches = project.find("g($X, $$$)")
    assert all(one is other for one, other in zip(matches.nodes(), [match.node for match in matches], strict=True))
    assert matches[0].node is matches[:1][0].node is next(iter(matches)).node
    assert matches[0].captures["X"] is matches.captures("X")[0] is matches[0].node.args[0]
    assert matches[0].module is matches[0].module and matches[0].module.path == matches[0].path
    matches = project.select("FunctionDef, arg")
    assert matches[0].module is matches[1].module


def test_files_that_fall_back_to_the_interpreter(project):
    match = project.find("g($X, $$$)")[-1]
    assert match.path.name == "c.py"
    assert project._native.tree(match.module._index) is None, "the tree is from an archive"
    assert type(match.node) is ast.Call and match.node is match.module.tree.body[1].value
    assert match.captures["X"] is match.node.args[0]
    assert lazyast.parent(match.node) is match.module.tree.body[1]
    assert match.text == "g(1)"


def test_unsearched_files(tmp_path):
    sources = {
        "good.py": "f(1)",
        "wrong.py": "f(",
        "nul.py": "f('\0')",
        # The interpreter supports this encoding, lazyast does not.
        "codec.py": b"# coding: utf-7\nf('+AOk-')\n",
    }
    project = project_of(tmp_path, sources)
    matches = project.find("f($X)")
    assert [match.path.name for match in matches] == ["good.py"]
    assert [path.name for path in matches.unsearched] == ["codec.py", "nul.py", "wrong.py"]
    assert type(matches.unsearched) is tuple
    assert matches[:0].unsearched == matches.unsearched == project.find("nothing").unsearched
    assert [module.path.name for module in project] == ["codec.py", "good.py"]


@pytest.mark.parametrize(
    "source",
    [
        "f'{g(x)!r:>{g(w)}} {g(y)}'",
        "f'é{g(1)}ü{g(2)}'",
        "('a'\n f'é{g(1)}'\n   'b'\n     f'''\n  {g(2)}''')",
        "x = f'''a\n{\n  g(1)}\n'''",
        "f'{f\"{g(1)}\"}'",
        "é = g('ü', [g()])",
        "if a:\n\tg(1)\n\tif b:\n\t\tg(2)",
        "@g(1)\ndef h(a=g(2)): g(3)",
        "\fg(1); g(2)",
    ],
)
def test_positions_are_those_of_the_nodes(source):
    tree = lazyast.parse(source)
    matches = lazyast.pattern("g($$$)").find(tree, source)
    expected = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    assert sorted(map(position, matches)) == sorted(map(position, expected)) and matches
    for match in matches:
        assert position(match) == position(match.node)
        # The text is right even if the interpreter's own positions inside f-strings are wrong.
        assert ast.dump(ast.parse(match.text).body[0].value) == ast.dump(match.node)


def test_nodes_without_positions():
    source = "def f(a, *b): pass\nwith x as y: pass\n[a for b in c]\nmatch a:\n case 1: pass\n"
    tree = lazyast.parse(source)
    found = {match.kind: match for match in lazyast.selector("*").find(tree, source)}
    texts = {"arguments": "(a, *b)", "withitem": "x as y", "comprehension": "for b in c", "match_case": "case 1: pass"}
    for kind, text in texts.items():
        assert not hasattr(found[kind].node, "lineno")
        assert found[kind].text.strip() == text
    assert (found["comprehension"].lineno, found["comprehension"].col_offset) == (3, 3)
    assert found["Module"].node is tree


# Captures


def test_captures(project):
    matches = project.find("g($X, $$$REST)")
    assert [ast.unparse(node) for node in matches.captures("X")] == ["x", "self", "1"]
    assert [len(rest) for rest in matches.captures("REST")] == [1, 0, 0]
    keyword = matches[0].captures["REST"][0]
    assert keyword.arg == "k" and type(keyword) is ast.keyword
    assert list(matches[0].captures) == ["X", "REST"]
    assert project.find("def $F($$$): $$$").captures("F") == ["f", "g"]
    with pytest.raises(KeyError, match="Y"):
        matches.captures("Y")
    with pytest.raises(TypeError):
        matches.captures(5)
    assert project.find("g($$$)")[0].captures == {}
    assert project.select("Call")[0].captures == {}


@pytest.mark.parametrize(
    ("pattern", "source", "expected"),
    [
        ("global $A, $$$B", "global x, y, z", {"A": "x", "B": ["y", "z"]}),
        ("import $M.$N as $O", "import a.b as c", {"M": "a", "N": "b", "O": "c"}),
        ("def $F($A, $$$B): $$$C", "def f(a, b, *c): pass", {"F": "f", "A": ast.arg, "B": [ast.arg] * 2, "C": [ast.Pass]}),
        ("{$K: $V, **$$$REST}", "{1: 2, 3: 4, **a}", {"K": ast.Constant, "V": ast.Constant, "REST": [ast.Constant] * 2 + [ast.Name]}),
        ("with $X: $$$", "with a as b: pass", {"X": ast.withitem}),
        ("with $X: $$$", "with a: pass", {"X": ast.Name}),
        ("try: $$$\nexcept $$$E: $_", "try: pass\nexcept A: pass", {"E": [ast.ExceptHandler]}),
        ("case $P: $$$B", "match a:\n case [b]: c", {"P": ast.MatchSequence, "B": [ast.Expr]}),
    ],
)  # fmt: skip
def test_values_of_captures(pattern, source, expected):
    def plain(value):
        if isinstance(value, list):
            return [plain(each) for each in value]
        return value if isinstance(value, str) else value.__class__

    (match,) = lazyast.pattern(pattern).find(lazyast.parse(source))
    assert {name: plain(value) for name, value in match.captures.items()} == expected


def test_captures_of_alternatives(project):
    either = lazyast.pattern("g($X)") | lazyast.pattern("$Y = $_")
    matches = project.find(either)
    assert [list(match.captures) for match in matches] == [["Y"], ["X"], ["X"]]
    with pytest.raises(KeyError):
        matches.captures("X")


# Text


def test_text_and_statements(project):
    (match,) = project.find("$X = $V\nreturn $X")
    assert match.text == "y = g(x, k=1)\n    return y"
    assert [node.__class__ for node in match.nodes] == [ast.Assign, ast.Return]
    assert match.node is match.nodes[0] and match.kind == "Assign"
    assert position(match) == (5, 4, 6, 12)
    assert match.nodes == match.module.tree.body[1].body


TEXTS = {
    "latin-1": "# coding: latin-1\nx = 'é'; f('é')\n".encode("latin-1"),
    "a mark": "\ufefff('é')\n".encode(),
    "CRLF": "if é:\r\n    f('é')\r\n".encode(),
    "CR": "é = 1\rf('é')\r".encode(),
    "mixed": "é = 1\r\n\r\r\n\nf('é')\n\r".encode(),
    "a form feed": "\x0cf('é')\n".encode(),
    "no line end": "é;f('é')".encode(),
}


@pytest.mark.parametrize("source", TEXTS.values(), ids=TEXTS)
def test_text_of_every_kind_of_source(source, tmp_path):
    (match,) = project_of(tmp_path, {"a.py": source}).find("f($X)")
    assert (match.text, position(match)) == ("f('é')", position(match.node))
    (single,) = lazyast.pattern("f($X)").find(lazyast.parse(source), source)
    assert (single.text, position(single)) == ("f('é')", position(match))


def test_line_ends_of_texts(tmp_path):
    """Texts have Python's line ends, whatever the file has; a `str` may have any."""
    source = "f(\r\n  1)\r\n"
    assert project_of(tmp_path, {"a.py": source}).find("f($X)")[0].text == "f(\n  1)"
    for given in (source, source.encode(), source.replace("\r\n", "\n"), source.replace("\r\n", "\r")):
        assert lazyast.pattern("f($X)").find(lazyast.parse(source), given)[0].text == "f(\n  1)"


def test_text_of_a_file_that_changed(project):
    first, last = project.find("g($X, $$$)")[0], project.find("g($X, $$$)")[-1]
    first.path.write_text("g(0)\n")
    with pytest.raises(lazyast.UnreadableFile, match=r"a\.py: changed since it was searched"):
        first.text  # noqa: B018
    # Attributes that need no source are still available.
    assert ast.unparse(first.node) == "g(x, k=1)" and first.lineno == 5
    last.path.unlink()
    with pytest.raises(lazyast.UnreadableFile, match=r"c\.py"):
        last.text  # noqa: B018


def test_text_is_read_once(project):
    match = project.find("g($X, $$$)")[0]
    assert match.text == "g(x, k=1)"
    match.path.unlink()
    assert match.text == "g(x, k=1)"


# Combinations


def test_combinations(project):
    calls = lazyast.pattern("g($$$)")
    assert [match.path.name for match in project.find(calls.inside("ClassDef"))] == ["b.py"]
    assert [match.path.name for match in project.find(calls.has("keyword"))] == ["a.py"]
    assert [match.path.name for match in project.find(calls.not_("[keywords]"))] == ["b.py", "c.py"]
    assert len(project.find(calls.not_("[args.length=1]"))) == 0
    assert len(project.find(calls & "Call")) == 3
    assert len(project.find(calls | lazyast.selector("Return"))) == 5
    assert len(project.find(calls | "Return")) == 5
    assert len(project.find(calls & "Return")) == 0
    assert len(project.find(calls | calls)) == 3
    assert len(project.select(calls)) == len(project.find(lazyast.selector("Call"))) == 3
    assert len(project.find(calls)) == 3, "combining does not change a query"
    narrow = calls.inside(lazyast.pattern("def $F($$$): $$$")).not_(lazyast.pattern("g(self)"))
    assert [match.path.name for match in project.find(narrow)] == ["a.py"]


@pytest.mark.parametrize("other", [5, None, b"Call", ["Call"]])
def test_combining_with_other_objects(other, project):
    query = lazyast.pattern("g($$$)")
    for combine in (query.inside, query.has, query.not_, project.find, project.select):
        with pytest.raises(TypeError):
            combine(other)
    for combine in (lambda: query & other, lambda: query | other):
        with pytest.raises(TypeError, match="unsupported operand"):
            combine()
    for compile_query in (lazyast.pattern, lazyast.selector):
        with pytest.raises(TypeError):
            compile_query(other)


def test_invalid_selectors_in_combinations():
    query = lazyast.pattern("g($$$)")
    for combine in (query.inside, query.has, query.not_, query.__and__, query.__or__):
        with pytest.raises(lazyast.QueryError, match=r"did you mean Call\?"):
            combine("Cal")


def test_conditions_on_captures():
    tree = lazyast.parse("f(1)\nf('http://a')\ndef test_g(): pass\ndef g(): pass\n")

    def lines(query):
        return [match.lineno for match in query.find(tree)]

    calls = lazyast.pattern("f($X)").where("X", "Constant[value=/^http/]")
    assert lines(calls) == [2]
    assert lines(lazyast.pattern("f($X)").where("X", lazyast.pattern("1"))) == [1]
    assert lines(lazyast.pattern("def $F(): $$$").where("F", "[name=/^test_/]")) == [3]
    assert repr(calls) == """lazyast.pattern("f($X)").where("X", "Constant[value=/^http/]")"""
    assert [match.captures["X"].value for match in calls.find(tree)] == ["http://a"]
    [match] = lazyast.pattern("f('http://$HOST')").find(tree)
    assert match.captures == {"HOST": "a"}
    with pytest.raises(lazyast.QueryError, match=r"there is no metavariable \$Y: the query has \$X"):
        lazyast.pattern("f($X)").where("Y", "Name")


def test_reprs_of_queries():
    calls = lazyast.pattern("g($$$)")
    assert repr(calls) == 'lazyast.pattern("g($$$)")'
    assert repr(lazyast.selector("[id='b']")) == "lazyast.selector(\"[id='b']\")"
    combined = calls.inside("ClassDef").has(lazyast.pattern("$X")).not_("Name") & "Call" | "Return"
    text = 'lazyast.pattern("g($$$)").inside("ClassDef").has(pattern("$X")).not_("Name") & "Call" | "Return"'
    assert repr(combined) == text
    assert calls.explain() == (
        "prefilter: identifier g, kind Call, kind Name\ncandidates:\n  kind Call\nfilter:\n  pattern `g($$$)`\n"
    )
    assert "ancestor:\n      kind ClassDef\n" in calls.inside("ClassDef").explain()


# Single trees


def test_single_trees():
    source = "a = f(b)\n"
    tree = lazyast.parse(source)
    query = lazyast.pattern("f($X)")
    (match,) = query.find(tree, source)
    assert match.node is tree.body[0].value
    assert match.captures["X"] is match.node.args[0]
    assert (match.text, match.path, match.module) == ("f(b)", None, None)
    assert query.find(tree).unsearched == ()
    assert list(lazyast.pattern("g").find(tree, source)) == []


def test_single_trees_without_their_source():
    (match,) = lazyast.pattern("f($X)").find(lazyast.parse("a = f(b)\n"))
    with pytest.raises(ValueError, match=r"the source is not known: give it, as in query\.find\(tree, source\)"):
        match.text  # noqa: B018
    (match,) = lazyast.pattern("f($X)").find(lazyast.parse("a = f(b)\n"), "f")
    with pytest.raises(ValueError, match="the source given is not that of the tree"):
        match.text  # noqa: B018


@pytest.mark.parametrize("source", [5, bytearray(b"f(1)"), ["f(1)"]])
def test_sources_of_other_types(source):
    with pytest.raises(TypeError):
        lazyast.pattern("f($X)").find(lazyast.parse("f(1)"), source)


@pytest.mark.filterwarnings("ignore:invalid decimal literal")
def test_trees_that_lazyast_did_not_make():
    tree = lazyast.parse("f(1)")
    others = {
        "of the interpreter": ast.parse("f(1)"),
        "a copy": copy.deepcopy(tree),
        "a part": tree.body[0],
        "fallback": lazyast.parse("f(1or 2)"),
        "an expression": lazyast.parse("f(1)", mode="eval"),
        "made by hand": ast.Module([], []),
        "no tree": "f(1)",
        "nothing": None,
    }
    for name, other in others.items():
        with pytest.raises(ValueError, match=r"parse its source with lazyast\.parse, and keep the root"):
            lazyast.pattern("f($X)").find(other)
            pytest.fail(name)


def test_a_tree_that_was_changed():
    tree = lazyast.parse("a = f(b)\nf(c)\n")
    matches = lazyast.pattern("f($X)").find(tree)
    second = tree.body[1].value
    tree.body.pop(0)
    assert matches[1].node is second
    with pytest.raises(LookupError, match="the tree was changed"):
        matches[0].node  # noqa: B018
    # Positions are those of the archive.
    assert (matches[1].lineno, matches[1].kind) == (2, "Call")
    tree.body.clear()
    for look in (lambda: matches[0].node, lambda: matches[0].captures, matches.nodes, lambda: matches.captures("X")):
        with pytest.raises(LookupError, match="the tree was changed"):
            look()


CALLS = "".join(f"f({number})\n" for number in range(40))


@pytest.mark.parametrize("materialised", [False, True])
def test_lists_that_are_edited_while_hits_are_used(materialised):
    tree = lazyast.parse(CALLS)
    matches = lazyast.selector("Expr").find(tree)
    if materialised:
        lazyast.materialize(tree)
    originals = list(tree.body)
    for number, match in enumerate(matches):
        node = match.node
        assert node is originals[number]
        assert lazyast.parent(node) is tree
        tree.body.insert(tree.body.index(node), ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=4))
    assert matches.nodes() == originals
    tree.body.reverse()
    assert matches.nodes() == originals
    del tree.body[:40]
    gone = [node not in tree.body for node in originals]
    assert any(gone) and not all(gone)
    for match, is_gone, original in zip(matches, gone, originals):
        if is_gone:
            with pytest.raises(LookupError, match="the tree was changed"):
                match.node  # noqa: B018
        else:
            assert match.node is original


def test_nodes_without_a_position_in_edited_lists():
    tree = lazyast.parse("[1 for a in b for c in d for e in f]\nmatch x:\n  case 1: pass\n  case 2: pass\n")
    generators = tree.body[0].value.generators
    cases = tree.body[1].cases
    third, second_case = generators[2], cases[1]
    comprehensions = lazyast.selector("comprehension").find(tree)
    case_matches = lazyast.selector("match_case").find(tree)
    lazyast.materialize(tree)
    del generators[0], cases[0]
    assert comprehensions[2].node is third
    assert case_matches[1].node is second_case
    with pytest.raises(LookupError, match="the tree was changed"):
        comprehensions[0].node  # noqa: B018


def test_replaced_nodes_are_not_taken_for_hits():
    tree = lazyast.parse("x = f(1)\ny = [g(2), g(3)]\n")
    matches = lazyast.selector("Call").find(tree)
    tree.body[0].value = ast.Name("other", ast.Load())
    tree.body[1].value.elts[0] = ast.Call(ast.Name("h", ast.Load()), [], [])
    for match in matches[:2]:
        with pytest.raises(LookupError, match="the tree was changed"):
            match.node  # noqa: B018
    assert matches[2].node is tree.body[1].value.elts[1]


SPARSE = """
d = {**a, f(1): f(2), **b, f(3): f(4)}
def g(*, x, y=f(5), z, w=f(6)): pass
s = f"{f(7)}{f(8):{f(9)}>{f(10)}}"
with f(11) as k, f(12): pass
"""


@pytest.mark.parametrize("materialised", [False, True])
def test_every_node_is_the_one_in_the_tree(materialised):
    for source in [SPARSE, (LIBRARY / "argparse.py").read_text("utf-8")]:
        tree = lazyast.parse(source)
        if materialised:
            lazyast.materialize(tree)
        for kind in ("Call", "Name", "Constant", "arguments", "JoinedStr", "FormattedValue", "FunctionDef"):
            found = lazyast.selector(kind).find(tree)
            nodes = found.nodes()
            assert [match.node for match in found[::-1]] == nodes[::-1]
            walked = {id(node) for node in lazyast.walk(tree, getattr(ast, kind))}
            assert {id(node) for node in nodes} <= walked
            assert len(nodes) >= len(walked) - 40
            for node in nodes[::7]:
                assert node in list(ast.iter_child_nodes(lazyast.parent(node)))


def test_a_field_that_was_deleted():
    tree = lazyast.parse("a = f(b)")
    (match,) = lazyast.pattern("f($X)").find(tree)
    del tree.body[0].value
    with pytest.raises((LookupError, AttributeError)):
        match.node  # noqa: B018


# Errors

LONG = "x" * 70_000
WRONG_PATTERNS = {
    "f($$X)": "invalid metavariable: write $X for one node, $$$ or $$$XS for any number\n  f($$X)\n    ^^",
    "$1": "invalid metavariable: write $X for one node, $$$ or $$$XS for any number\n  $1\n  ^",
    "a\né = b($$X)": "invalid metavariable: write $X for one node, $$$ or $$$XS for any number\n  é = b($$X)\n        ^^",
    "\tf($$X)": "invalid metavariable: write $X for one node, $$$ or $$$XS for any number\n   f($$X)\n     ^^",
    "lambda: $$$": "$$$ matches any number of elements, but one is expected here: write $X or $_\n  lambda: $$$\n          ^^^",
    "a$X": "a metavariable must be a whole name, not a part of one\n  a$X\n  ^^^",
    "f'a{g($X) = }'": "a field with = and a metavariable matches nothing, because Python puts the field's text before it: remove the =, or write {$$$} for any parts\n  f'a{g($X) = }'\n     ^^^^^^^^^^",
    "if $X:": "Expected an indented block after `if` statement; write `if $X: $$$`\n  if $X:\n        ^",
    "": "the pattern has no code",
    "# f": "the pattern has no code\n  # f\n  ^^^",
    "x = 1\n$$$": "several statements cannot start or end with $$$: remove it, because statements around a match do not matter\n  $$$\n  ^^^",
    "f($X, $$$X)": "$X and $$$X have the same name, but match one node and any number: rename one of them\n  f($X, $$$X)\n        ^^^^",
    "f('a": "missing closing quote in string literal\n  f('a\n    ^",
    "f(1": "unexpected EOF while parsing\n  f(1\n     ^",
    "f(1))": "Expected a statement\n  f(1))\n      ^",
    "x = = 1": "Expected an expression\n  x = = 1\n      ^",
    "    a\n  b": "unindent does not match any outer indentation level\n    b\n  ^",
    "except A: pass\nexcept B: pass": "expected one clause: a pattern that starts with except or case has nothing else\n  except B: pass\n  ^^^^^^^^^^^^^^",
    "f(k=1, $X)": "Positional argument cannot follow keyword argument\n  f(k=1, $X)\n         ^",
    LONG: "the text is too long: expected at most 65536 bytes, found 70000",
    # FIXME: the span is the definition instead of the metavariable.
    "def $$$(): pass": "$$$ matches any number of elements, but one name is expected here: write $X or $_\n  def $$$(): pass\n  ^^^^^^^^^^^^^^^",
    # FIXME: the message is about the text that replaces the metavariable, and does not say what to write.
}
WRONG_SELECTORS = {
    "FuncDef": "there is no kind FuncDef; did you mean FunctionDef?\n  FuncDef\n  ^^^^^^^",
    "call": "there is no kind call; did you mean Call?\n  call\n  ^^^^",
    "Call > é": "there is no kind é\n  Call > é\n         ^",
    "Call[id]": "Call has no field id; it has the fields func, args, keywords\n  Call[id]\n       ^^",
    "Module[lineno]": "Module has no field lineno; it has the fields body, type_ignores\n  Module[lineno]\n         ^^^^^^",
    "[foo]": "no kind has a field foo\n  [foo]\n   ^^^",
    "Add": "Add is not a node: write [op=Add], [ops.0=Add] or [ctx=Add]\n  Add\n  ^^^",
    "[name=/(/]": "invalid regular expression: unclosed group\n  [name=/(/]\n        ^^^",
    "[name=/a]": "unterminated regular expression: expected /\n  [name=/a]\n        ^^^",
    "[name=/a/q]": "unknown flag q; the flags are i, m, s and x\n  [name=/a/q]\n        ^^^^",
    "[name='a]": "unterminated string: expected '\n  [name='a]\n        ^^^",
    "[value<a]": "expected a number after <\n  [value<a]\n         ^",
    "[value=1x]": "1x is not a number; put quotes around a text\n  [value=1x]\n         ^^",
    "[value=]": "expected a value: a word, a quoted text, a number or a /regular expression/\n  [value=]\n         ^",
    "[value=type(foo)]": 'no constant has the type "foo"; the types are str, bytes, int, float, complex, bool, NoneType, ellipsis\n  [value=type(foo)]\n              ^^^',
    ":nth-child(x)": "expected a position such as 2, odd, even or 2n+1\n  :nth-child(x)\n             ^",
    ":hass(A)": "there is no :hass; did you mean has?\n  :hass(A)\n  ^^^^^",
    ":is()": "expected a selector such as Call or [name], found ')'\n  :is()\n      ^",
    "Call >": "expected a selector such as Call or [name], found the end\n  Call >\n        ^",
    "> Call": "expected a selector such as Call or [name], found '>'\n  > Call\n  ^",
    "Call[args": "expected one of = != ~= < <= > >= or ]\n  Call[args\n           ^",
    "Call)": "unexpected ')'\n  Call)\n      ^",
    ":is(Call": "expected )\n  :is(Call\n          ^",
    ":pattern(f)": "expected a pattern in quotes\n  :pattern(f)\n           ^",
    "[args.99999999999999999999]": f"expected an index such as 0 or -1\n  [args.99999999999999999999]\n        {'^' * 20}",
    LONG: "the text is too long: expected at most 65536 bytes, found 70000",
}


def cases(table):
    return [pytest.param(text, message, id=text[:40] or "empty") for text, message in table.items()]


def error_of(compile_query, text):
    with pytest.raises(lazyast.QueryError) as error:
        compile_query(text)
    assert isinstance(error.value, lazyast.Error)
    return str(error.value)


@pytest.mark.parametrize(("text", "message"), cases(WRONG_PATTERNS))
def test_errors_of_patterns(text, message):
    assert error_of(lazyast.pattern, text) == f"pattern: {message}"


@pytest.mark.parametrize(("text", "message"), cases(WRONG_SELECTORS))
def test_errors_of_selectors(text, message):
    assert error_of(lazyast.selector, text) == f"selector: {message}"


def test_errors_of_patterns_in_selectors_point_into_the_pattern():
    message = "pattern: invalid metavariable: write $X for one node, $$$ or $$$XS for any number\n  f($$X)\n    ^^"
    assert error_of(lazyast.selector, "Call:pattern('f($$X)')") == message


# Limits


@pytest.mark.parametrize(
    ("compile_query", "text", "message"),
    [
        (lazyast.pattern, "(" * 3_000 + ")" * 3_000, "brackets are nested deeper than 100"),
        (lazyast.pattern, "-" * 20_000 + "1", "nodes are nested deeper than 500"),
        (lazyast.pattern, "a" + ".b" * 30_000, "nested deeper"),
        (lazyast.pattern, "if a:\n" + "".join(" " * n + "if x:\n" for n in range(1, 200)), ""),
        (lazyast.selector, ":not(" * 65 + "Call" + ")" * 65, "nested deeper than 64 levels"),
        (lazyast.selector, ":has(" * 12_000, "nested deeper than 64 levels"),
    ],
    ids=["brackets", "operators", "attributes", "blocks", "selectors", "selectors that are not closed"],
)
def test_nesting_is_limited(compile_query, text, message):
    assert message in error_of(compile_query, text)


def test_queries_just_within_the_limits():
    tree = lazyast.parse("f('" + "x" * 100 + "')")
    for size in (65_535, 65_536):
        text = "f($X)".ljust(size)
        assert len(lazyast.pattern(text).find(tree)) == 1
        assert len(lazyast.selector("Call".ljust(size)).find(tree)) == 1
    assert len(lazyast.pattern("(" * 90 + "f" + ")" * 90).find(tree)) == 1
    assert len(lazyast.selector(":is(" * 60 + "Call" + ")" * 60).find(tree)) == 1


@pytest.mark.parametrize(
    "combine",
    [
        lambda query: query & query,
        lambda query: query | query,
        lambda query: query.not_(query),
        lambda query: query.has(query),
        lambda query: query.inside(query),
    ],
    ids=["and", "or", "not_", "has", "inside"],
)
def test_combining_in_a_loop(combine):
    """It ends with an error, before memory runs out."""
    query = lazyast.pattern("g($$$)")
    with pytest.raises(lazyast.QueryError, match=r"expected at most 200 levels and 20000 parts, found "):
        for _ in range(100):
            query = combine(query)
    assert len(repr(query)) < 1_100


def test_lists_that_repeat_one_name_are_decided():
    """What stands between places that nothing ties together is tried once."""
    query = lazyast.pattern("f($$$, $_, $$$, $_, $$$, $_, $$$, $_, $$$, $_, $$$, $X, $$$, $X)")
    arguments = [f"a{number}" for number in range(400)]
    source = f"f({', '.join(arguments)})\nf({', '.join([*arguments, 'a7'])})\nf({', '.join([*arguments, 'a2'])})"
    assert [match.lineno for match in query.find(lazyast.parse(source))] == [2]


def test_no_query_hangs(tmp_path):
    """The node is given up with a warning; others are compared."""
    pattern = "f($$$, $A, $$$, $B, $$$, $A, $$$, $B, $$$)"
    # Each argument occurs twice, but never in the order of the pattern.
    arguments = [f"a{number}" for number in range(3000)]
    source = f"f({', '.join([*arguments, *reversed(arguments)])})"
    message = r"takes more than 10000000 steps: use fewer \$\$\$ in one list, or fewer metavariables that occur twice"
    query = lazyast.pattern(pattern) | lazyast.pattern("g($X)")
    with pytest.warns(RuntimeWarning, match=message):
        matches = query.find(lazyast.parse(f"g(1)\n{source}\ng(2)"))
    assert [match.lineno for match in matches] == [1, 3]
    matches = project_of(tmp_path, {"a.py": source, "b.py": "g(1)"}).find(query)
    assert [match.path.name for match in matches] == ["b.py"]
    assert [path.name for path in matches.unsearched] == ["a.py"]


# Memory, threads, processes


class Mark:
    """An object whose deallocation can be observed."""


def test_matches_release_trees(project):
    """Without a cycle, no collection is needed."""
    gc.disable()
    try:
        tree, mark = lazyast.parse("f(1)"), Mark()
        tree.mine, gone = mark, weakref.ref(mark)
        match = lazyast.pattern("f($X)").find(tree)[0]
        node = match.node
        del tree, mark
        assert gone() is not None, "a match keeps its tree"
        del match, node
        assert gone() is None
        match, mark = project.find("g($X, $$$)")[0], Mark()
        match.module.tree.mine, gone = mark, weakref.ref(mark)
        del mark
        assert gone() is not None
        del match
        assert gone() is None
    finally:
        gc.enable()


def test_no_leaks(project):
    source = "a = f(b)\nf(c, d)\n"
    tree = lazyast.parse(source)

    def work(times):
        for _ in range(times):
            query = lazyast.pattern("$F($X, $$$Y)").not_("Name").has("Name")
            matches = query.find(tree, source)
            assert len(matches[::-1].nodes()) == len([match.captures for match in matches]) == 2
            assert [match.text for match in matches] and repr(matches[0]) and matches.captures("X")
            assert project.find(query)[0].path and project.find("g($X, $$$)")[0].lineno
            for fails, argument in ((lazyast.pattern, "f($$X)"), (matches.__getitem__, 9), (matches.captures, "N")):
                try:
                    fails(argument)
                except (lazyast.QueryError, LookupError):
                    continue
                pytest.fail("no exception")

    def resident():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def grown():
        before = tracemalloc.get_traced_memory()[0]
        work(500)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before

    work(200)
    gc.collect()
    has_statm = os.path.exists("/proc/self/statm")
    objects, pages = len(gc.get_objects()), has_statm and resident()
    work(1_000)
    gc.collect()
    assert len(gc.get_objects()) - objects < 100
    # Memory that Rust allocates: losing a query or an archive each time would take megabytes.
    assert not has_statm or resident() - pages < 4 << 20
    tracemalloc.start()
    try:
        # The minimum of multiple rounds, because the interpreter's own tables grow now and then.
        assert min(grown() for _ in range(3)) < 16_000
    finally:
        tracemalloc.stop()


def test_threads(project):
    """Threads share a query, a project and a result."""
    query, shared = lazyast.pattern("g($X, $$$)"), project.find("g($X, $$$)")
    tree, errors, start = lazyast.parse("g(1)\n" * 50), [], threading.Barrier(6)

    def work():
        try:
            start.wait()
            for _ in range(30):
                assert len(project.find(query)) == 3
                assert [node.__class__ for node in shared.nodes()] == [ast.Call] * 3
                assert [match.text for match in shared] == ["g(x, k=1)", "g(self)", "g(1)"]
                assert len(query.find(tree).captures("X")) == 50
                found.update((position(match), id(match.node)) for match in shared)
        except BaseException as error:
            errors.append(error)

    found = set()
    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len(found) == 3, "each node is one object"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork")
def test_after_fork(project):
    """Objects from before the fork work, and so do new searches, even if a search has used threads."""
    query, matches = lazyast.pattern("g($X, $$$)"), project.find("g($X, $$$)")
    first = matches[0].node

    def child(send):
        answer = [matches[0].node is first, len(matches.nodes()), matches[1].text]
        send.send([*answer, len(project.find(query)), len(query.find(lazyast.parse("g(1)")))])

    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=child, args=(send,))
    process.start()
    try:
        assert receive.poll(60)
        assert receive.recv() == [True, 3, "g(self)", 3, 1]
    finally:
        process.join(60)
    assert process.exitcode == 0
    assert len(project.find(query)) == 3


def test_at_exit():
    """Matches that exist when the interpreter ends do no harm."""
    script = """
import atexit, lazyast
source = "f(1)"
tree = lazyast.parse(source)
matches = lazyast.pattern("f($X)").find(tree, source)
tree.mine = matches
atexit.register(lambda: print(matches[0].text))
class Late:
    def __del__(self, matches=matches): matches[0].kind
late = Late()
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (0, "f(1)\n", "")


def test_names_of_captures_without_matches(project):
    matches = project.find("nothing_like_this($X)")
    assert matches.captures("X") == []
    with pytest.raises(KeyError):
        matches.captures("Y")


def test_matches_are_a_registered_sequence(project):
    matches = project.find("g($X, $$$)")
    assert isinstance(matches, Sequence)
    assert [matches.index(match) for match in matches] == list(range(len(matches)))
    assert matches.count(matches[0]) == 1 and matches.count("a") == 0
    assert matches.index(matches[-1], -1) == len(matches) - 1
    for arguments in ((matches[0], 1), (matches[-1], 0, -1), ("a",)):
        with pytest.raises(ValueError, match="not in the sequence"):
            matches.index(*arguments)


def test_huge_indices(project):
    for index in (10**30, -(10**30), sys.maxsize, -sys.maxsize - 1):
        with pytest.raises(IndexError):
            project.find("g($X, $$$)")[index]


@pytest.mark.parametrize(
    "hold", [list, iter, lambda matches: matches, lambda matches: matches[0], lambda matches: matches[:1]]
)
def test_cycles_through_matches_are_collected(hold):

    def is_collected(what):
        tree, mark = lazyast.parse("f(1)"), Mark()
        tree.mine, gone = (what(tree), mark), weakref.ref(mark)
        del tree, mark
        gc.collect()
        return gone() is None

    assert is_collected(lambda tree: tree)
    assert is_collected(lambda tree: hold(lazyast.pattern("f($X)").find(tree)))


def test_a_match_starts_at_the_first_decorator_that_matched(tmp_path):
    source = "class C:\n    @a\n    @(\n        b)\n    def f(self): pass\n"
    (tmp_path / "a.py").write_text(source)
    query = lazyast.pattern("@b\ndef $F($$$): $$$")
    project = lazyast.Project(tmp_path, cache_dir=tmp_path / "cache")
    tree = lazyast.parse(source)
    for matches, line in ((project.find(query), 3), (query.find(tree, source), 3), (query.find(tree), 4)):
        (match,) = matches
        # Without the source, the line is that of the decorator's expression.
        assert (match.lineno, match.col_offset, match.end_lineno, match.end_col_offset) == (line, 4, 5, 21)
        assert (match.node.lineno, match.node.col_offset, match.kind) == (5, 4, "FunctionDef")
    (match,) = project.find(query)
    assert match.text == "@(\n        b)\n    def f(self): pass"
    table = project.find(query).table()
    assert table["lineno"].to_pylist() == [3] and table["text"].to_pylist() == [match.text]
    (match,) = project.find("def $F($$$): $$$")
    assert (match.lineno, match.text) == (5, "def f(self): pass")
