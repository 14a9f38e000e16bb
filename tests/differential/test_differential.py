"""What the search for differences has found stays found, and a short search finds nothing new."""

import ast
import json
from pathlib import Path

import pytest
from lazyast import _native

from differential import fuzz, minimise, mutations, oracle, seeds, tokens

REGRESSIONS = json.loads(Path(__file__).with_name("regressions.json").read_text("utf-8"))
NAMED = [pytest.param(source, id=f"{kind}: {source!r}") for kind, sources in REGRESSIONS.items() for source in sources]


@pytest.mark.parametrize("source", NAMED)
def test_regression(source, same):
    """A source that once was served although the interpreter rejects it, or that is near one."""
    same(source)
    same(source.encode())
    try:
        ast.parse(source)
    except SyntaxError:
        assert _native.explain(source) is not None


def test_a_short_search_finds_nothing():
    outcome = fuzz.Search(seed=1, files=2).run(2500)
    assert not outcome.findings
    # Otherwise the search would compare too little.
    assert outcome.served > 400 or _native.explain("x") is not None


@pytest.mark.parametrize(
    "construct", ["(yield)\n", "*a, = b\n", "f(a := b, c)\n", "match (a):\n case (b.c | d.e.f) as g: pass\n"]
)
def test_a_part_of_all_single_changes_finds_nothing(construct):
    assert construct in seeds.CONSTRUCTS
    differences = [oracle.compare(source) for source in list(mutations.single_changes(construct))[::7]]
    assert not [difference for difference in differences if isinstance(difference, oracle.Difference)]


def test_identifiers():
    """No character of the blocks that are served is taken for part of an identifier by lazyast alone."""
    characters = map(chr, [*range(0x80, 0xD800), *range(0xE000, 0x10000), *range(0x1D400, 0x1D800)])
    wrong = [c for c in characters if not f"a{c}".isidentifier() and _native.explain(f"a{c} = 1\n") is None]
    assert wrong == []


def test_trees_are_compared_in_full():
    compare = oracle._first_difference
    assert compare(ast.parse("a + b"), ast.parse("a + b")) == ""
    for other in ["a - b", "a + c", "a  + b", "a + b\nc", "a + 'b'", "(a + b)"]:
        assert compare(ast.parse("a + b"), ast.parse(other)) != ""


def test_tokens_are_the_whole_source():
    for source in [*seeds.CONSTRUCTS, "f'{a", "'", "\\", "é…\x00", "'''a\n", '"""\\"""', "0x", "\f\t\\\n"]:
        assert "".join(tokens.split(source)) == source


def test_minimise():
    smallest = minimise.minimise("if a:\n    f(b, [(c), d], yield_from=e) # comment\n", lambda source: "(c)" in source)
    assert smallest == "(c)"
