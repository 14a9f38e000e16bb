"""`lazyast.source_segment`, `source_of`, `SourceText`, and `Module.comments`."""

import ast
import copy
import gc
import weakref

import lazyast
import pytest

SOURCES = [
    "x = 1",
    "def f(a, *b):\n    'é'\n    return [a,\n            b]\n",
    "s = 'ü'; t = f'{s!r} {s}'\nif s:\n\tt = \\\n\t\t(s,\n\t t)\n",
    "x = '''\n\x0cé\n'''  # ö\ny = 2",
]
BYTES = [*(source.encode() for source in SOURCES), b"# coding: latin-1\nx = '\xe9' + y\n", b"\xef\xbb\xbfx = y\n"]


@pytest.mark.parametrize("source", SOURCES + BYTES)
def test_segments_are_those_of_ast(source):
    tree = lazyast.parse(source)
    text = lazyast.SourceText(source).text
    for node in ast.walk(tree):
        for padded in (False, True):
            expected = ast.get_source_segment(text, node, padded=padded)
            assert lazyast.source_segment(node, padded=padded) == expected, ast.dump(node)


def test_line_ends_are_those_of_the_tokenizer():
    tree = lazyast.parse("x = '''a\r\nb\rc'''\r\ny = 1\r\n")
    assert lazyast.source_segment(tree.body[0].value) == "'''a\nb\nc'''"
    assert lazyast.source_of(tree).line_starts == (0, 9, 11, 16, 22)


def test_positions():
    text = lazyast.SourceText("a = 'é'; b\nç\n")
    assert text.line_starts == (0, 12, 15)
    assert (text.offset(1, 10), text.offset(2, 2)) == (10, 14)
    assert (text.character_column(1, 10), text.character_column(2, 2), text.character_column(3, 0)) == (9, 1, 0)
    for line in (0, 4):
        with pytest.raises(ValueError, match=f"no line {line}; it has 3 lines"):
            text.offset(line, 0)
    with pytest.raises(TypeError, match="source must be a str or bytes, not list"):
        lazyast.SourceText([])
    with pytest.raises(SyntaxError):
        lazyast.SourceText(b"x = '\xff'")
    assert repr(text) == "<SourceText: 13 characters>"


def test_whose_source_is_known(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("x = é\n", encoding="utf-8")
    tree = lazyast.parse_file(path)
    assert lazyast.source_segment(tree.body[0]) == "x = é"
    fallback = lazyast.parse("(x, y)", mode="eval")
    assert lazyast.source_segment(fallback.body.elts[1]) == "y"
    assert lazyast.source_segment(ast.arguments()) is None
    assert lazyast.source_segment(tree) is None
    assert lazyast.source_of(tree) is lazyast.source_of(tree.body[0].targets[0])
    for other in (ast.parse("x").body[0], copy.deepcopy(tree).body[0]):
        with pytest.raises(LookupError):
            lazyast.source_segment(other)


def test_the_source_lives_as_long_as_the_tree():
    tree = lazyast.parse("x = 1")
    reference = weakref.ref(lazyast.source_of(tree))
    gc.collect()
    assert reference() is not None
    del tree
    gc.collect()
    assert reference() is None


@pytest.fixture
def project(tmp_path):
    (tmp_path / "a.py").write_text("#!x\nx = 'é'  # é one\n# coding\n", encoding="utf-8")
    # Only the interpreter decodes it.
    (tmp_path / "b.py").write_bytes(b"# coding: cp437\nx = '\x80' # \x80\n")
    return lazyast.Project(tmp_path, cache_dir=tmp_path / "cache")


def test_a_module_knows_its_text(project):
    archived, fallback = project
    assert lazyast.source_segment(archived.tree.body[0]) == "x = 'é'"
    assert lazyast.source_segment(fallback.tree.body[0].value) == "'Ç'"


def test_comments_of_a_module(project):
    archived, fallback = project
    rows = [(comment.lineno, comment.col_offset, comment.end_col_offset, comment.text) for comment in archived.comments]
    assert rows == [(1, 0, 3, "#!x"), (2, 10, 18, "# é one"), (3, 0, 8, "# coding")]
    match fallback.comments:
        case [first, lazyast.Comment(2, 9, 13, "# Ç")]:
            assert first == fallback.comments[0] and hash(first) == hash(fallback.comments[0])
        case other:
            raise AssertionError(other)
    assert len(archived.table("comments")["text"]) == 3


def test_a_file_that_has_changed(project):
    archived = project[0]
    tree = archived.tree
    archived.path.write_text("y = 2\n")
    with pytest.raises(lazyast.UnreadableFile, match="changed"):
        lazyast.source_segment(tree.body[0])
    with pytest.raises(lazyast.UnreadableFile, match="changed"):
        _ = archived.comments
