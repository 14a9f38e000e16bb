"""Every snippet under `snippets` is served, and parsed as the interpreter parses it.

A name that starts with `py3NN_` gives the version that the snippet needs. On older versions it must fall back to the
interpreter.
"""

import ast
import re
import sys
from pathlib import Path

import pytest
from lazyast import _native

SNIPPETS = sorted((Path(__file__).parent / "snippets").glob("*.py"))


# On newer interpreters, all sources fall back.
SERVED = sys.version_info < (3, 16)


def minimum(path):
    needed = re.match(r"py3(\d+)_", path.name)
    return (3, int(needed[1])) if needed else (3, 11)


@pytest.mark.parametrize("path", SNIPPETS, ids=lambda path: path.name)
def test_file(path, same):
    source = path.read_bytes()
    if not SERVED:
        assert _native.explain(source).startswith("version")
    elif sys.version_info >= minimum(path):
        ast.parse(source)
        assert _native.explain(source) is None
    else:
        assert _native.explain(source).startswith("newer")
    same(source)
    same(source, type_comments=True)


@pytest.mark.parametrize("path", SNIPPETS, ids=lambda path: path.name)
def test_text(path, same):
    same(path.read_bytes().decode("utf-8", "replace"))


@pytest.mark.slow
@pytest.mark.parametrize("path", SNIPPETS, ids=lambda path: path.name)
def test_every_beginning(path, same):
    """A file that is cut off after any line: mostly an error, raised by the interpreter."""
    lines = path.read_bytes().splitlines(keepends=True)
    for count in range(len(lines)):
        same(b"".join(lines[:count]))


@pytest.mark.parametrize("path", SNIPPETS, ids=lambda path: path.name)
def test_every_line_alone_and_indented(path, same):
    for line in path.read_bytes().splitlines():
        same(line.strip())
        same(b"if x:\n  if y:\n\t" + line.strip())
        same(b"(" + line.strip() + b")")
        same(b"f'{" + line.strip() + b"}'")
        same(b"x = 'e\xcc\x81'; " + line.strip())
