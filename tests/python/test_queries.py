"""Queries and their hits, as users see them."""

import ast
import copy

import lazyast
import pytest

SOURCES = {
    "a.py": "import os\n\n\ndef f(x):\n    y = g(x, k=1)\n    return y\n",
    "b.py": "class A:\n    def g(self):\n        return f'{g(self)}'\n",
    "c.py": "'\\d'\ng(1)\n",
    "wrong.py": "def :\n",
}


@pytest.fixture
def project(tmp_path):
    for name, source in SOURCES.items():
        (tmp_path / name).write_text(source)
    return lazyast.Project(tmp_path, cache_dir=tmp_path / "cache")


def test_matches_are_a_sequence(project):
    matches = project.find("g($X, $$$)")
    assert len(matches) == 3 and matches
    assert [match.path.name for match in matches] == ["a.py", "b.py", "c.py"]
    assert matches[-1] == matches[2] and matches[-1] != matches[0]
    assert list(matches[::-1]) == list(matches)[::-1]
    assert [match.lineno for match in matches[1:]] == [3, 2]
    with pytest.raises(IndexError):
        matches[3]
    with pytest.raises(TypeError):
        matches["a"]
    assert not project.find("nothing_like_this")
    assert matches.paths() == [match.path for match in matches]


def test_nodes_are_those_of_the_tree(project):
    for match in project.find("g($X, $$$)"):
        assert type(match.node).__name__ == "Call" == match.kind
        assert match.node is match.node
        positions = ("lineno", "col_offset", "end_lineno", "end_col_offset")
        assert [getattr(match, name) for name in positions] == [getattr(match.node, name) for name in positions]
        assert any(node is match.node for node in ast.walk(match.module.tree))
        assert lazyast.parent(match.node, root=match.module.tree) is not None


def test_captures(project):
    matches = project.find("g($X, $$$REST)")
    assert [ast.unparse(node) for node in matches.captures("X")] == ["x", "self", "1"]
    assert [len(rest) for rest in matches.captures("REST")] == [1, 0, 0]
    assert matches[0].captures["REST"][0].arg == "k"
    assert project.find("def $F($$$): $$$").captures("F") == ["f", "g"]
    with pytest.raises(KeyError):
        matches.captures("Y")


def test_text_and_statements(project):
    (match,) = project.find("$X = $V\nreturn $X")
    assert match.text == "y = g(x, k=1)\n    return y"
    assert [type(node).__name__ for node in match.nodes] == ["Assign", "Return"]
    assert (match.lineno, match.end_lineno) == (5, 6)


def test_text_of_a_file_that_changed(project):
    match = project.find("g($X, $$$)")[0]
    match.path.write_text("g(0)\n")
    with pytest.raises(lazyast.UnreadableFile, match="changed"):
        match.text  # noqa: B018


def test_what_was_not_searched(project):
    assert [path.name for path in project.find("f").unsearched] == ["wrong.py"]


def test_combinations(project):
    calls = lazyast.pattern("g($$$)")
    assert [match.path.name for match in project.find(calls.inside("ClassDef"))] == ["b.py"]
    assert [match.path.name for match in project.find(calls.has("keyword"))] == ["a.py"]
    assert len(project.find(calls.not_("[args.length=1]"))) == 0
    assert len(project.find(calls & "Call")) == 3
    assert len(project.find(calls | lazyast.selector("Return"))) == 5
    assert "pattern" in calls.explain()
    assert repr(calls) == 'lazyast.pattern("g($$$)")'
    with pytest.raises(lazyast.QueryError, match="at most"):
        for _ in range(100):
            calls = calls & calls


def test_single_trees():
    source = "a = f(b)\n"
    tree = lazyast.parse(source)
    query = lazyast.pattern("f($X)")
    (match,) = query.find(tree, source)
    assert match.node is tree.body[0].value
    assert match.captures["X"] is match.node.args[0]
    assert (match.text, match.path, match.module) == ("f(b)", None, None)
    with pytest.raises(ValueError, match="source"):
        query.find(tree)[0].text  # noqa: B018
    with pytest.raises(ValueError, match=r"lazyast\.parse"):
        query.find(copy.deepcopy(tree))


def test_a_tree_that_was_changed():
    tree = lazyast.parse("a = f(b)\n")
    (match,) = lazyast.pattern("f($X)").find(tree)
    tree.body.clear()
    with pytest.raises(LookupError):
        match.node  # noqa: B018


@pytest.mark.parametrize(
    ("compile_query", "text", "message"),
    [
        (lazyast.pattern, "f($$X)", "write $X for one thing"),
        (lazyast.pattern, "return $$$", "write $X or $_"),
        (lazyast.pattern, "a$X", "a hole is a whole name"),
        (lazyast.pattern, "if $X:", "write `: $$$` for any block"),
        (lazyast.pattern, "", "no code"),
        (lazyast.pattern, "x = 1\n$$$", "begin or end"),
        (lazyast.pattern, "f($X, $$$X)", "another name"),
        (lazyast.selector, "FuncDef", "the nearest is FunctionDef"),
        (lazyast.selector, "FunctionDef[id=x]", "it has name, args"),
        (lazyast.selector, "Add", "[op=Add]"),
        (lazyast.selector, "[name=/(/]", "unclosed group"),
        (lazyast.selector, ":nth-child(x)", "2n+1"),
        (lazyast.selector, ":hass(A)", "the nearest is has"),
        (lazyast.selector, "Call >", "expected a selector"),
        (lazyast.selector, "Call[args", "expected"),
    ],
)
def test_errors_say_where_and_what_would_be_right(compile_query, text, message):
    with pytest.raises(lazyast.QueryError) as error:
        compile_query(text)
    assert message in str(error.value)
    assert str(error.value).splitlines()[-1].strip(" ").strip("^") == ""
