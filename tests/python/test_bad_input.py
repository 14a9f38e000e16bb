"""Bad input raises the interpreter's own exception, and never ends the process."""

import sys

import lazyast
import pytest

HOSTILE = {
    "brackets": "(" * 1_000_000,
    "closed brackets": "(" * 1_000 + ")" * 1_000,
    "attributes": "a" + ".b" * 200_000,
    "sums": "1+" * 100_000 + "1",
    "powers": "a**" * 50_000 + "a",
    "calls": "f" + "()" * 100_000,
    "subscripts": "f" + "[0]" * 100_000,
    "nots": "not " * 100_000 + "x",
    "minuses": "-" * 100_000 + "1",
    "lambdas": "lambda: " * 50_000 + "1",
    "conditionals": "a if b else " * 50_000 + "c",
    "awaits": "await " * 50_000 + "x",
    "comparisons": "a < " * 50_000 + "a",
    "ifs": "".join(" " * n + "if x:\n" for n in range(5_000)) + " " * 5_000 + "pass\n",
    "hundred ifs": "".join(" " * n + "if x:\n" for n in range(100)) + " " * 100 + "pass\n",
    "elifs": "if x: pass\n" + "elif x: pass\n" * 3_000,
    "f-strings": "f'{" * 50 + "x" + "}'" * 50,
    "format specifications": "f'" + "{x:" * 300 + "}" * 300 + "'",
    "patterns": "match x:\n case " + "[" * 500 + "]" * 500 + ": pass",
    "concatenation": "'a' " * 100_000,
    "NUL": "x = 1\0\n",
    "NUL in a string": "x = '\0'",
    "NUL in a comment": "# \0\nx",
    "latin-1 without a cookie": b"x = '\xe9'\n",
    "latin-1 with a cookie": b"# -*- coding: latin-1 -*-\nx = '\xe9'; y = 1\n",
    "cookie in the second line": b"#!/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
    "cookie in the third line": b"\n\n# coding: latin-1\nx = '\xe9'\n",
    "shift_jis": b"# coding: shift_jis\nx = '\x93\xfa\x96\x7b'; y = 1\n",
    "another codec of Python": b"# coding: cp437\nx = '\x80'\n",
    "utf-7": b"# coding: utf-7\nx = '+AOk-'\n",
    "a codec that is no text codec": b"# coding: rot13\nk = 1\n",
    "UTF-16": "x = 1\n".encode("utf-16"),
    "UTF-16 without a mark": "x = 1\n".encode("utf-16-le"),
    "UTF-16 by its cookie": b"# coding: utf-16\nx = 1\n",
    "unknown cookie": b"# coding: no-such-codec\nx = 1\n",
    "cookie against the mark": b"\xef\xbb\xbf# coding: latin-1\nx = 1\n",
    "cookie in text": "# coding: latin-1\nx = 'é'\n",
    "unknown cookie in text": "# coding: no-such-codec\nx = 1\n",
    "empty": "",
    "empty bytes": b"",
    "a blank line": "\n",
    "blanks": "   ",
    "blanks and a form feed": " \f \n\f\n",
    "a comment": "# nothing",
    "a mark alone": b"\xef\xbb\xbf",
    "a mark": b"\xef\xbb\xbfx = 1\n",
    "two marks": b"\xef\xbb\xbf\xef\xbb\xbfx = 1\n",
    "a mark in text": "\ufeffx = 1\n",
    "a mark further on": "x = 1\n\ufeffy = 2\n",
    "a lone surrogate": "x = '\ud800'\n",
    "escapes of surrogates": r"x = '\ud800', '\udc80\ud83d', '\ud83d\ude00', '\U0000dfff', f'\ud800{x}'",
    "a real U+FFFD beside one": "x = '\ufffd\\ud800'",
    "CR": "x = 1\ry = '''a\rb'''\r",
    "CRLF": "x = 1\r\ny = '''a\r\nb'''\r\n",
    "mixed line ends": b"x = '''\r\n\r\r\n\n'''\ny = 1 \\\r\n + 2\r\nz = 3",
    "no last line end": "x = 1",
    "a backslash at the end": "x = 1\\",
    "overlong UTF-8": b"x = '\xc0\x80'",
    "surrogates in UTF-8": b"x = '\xed\xa0\x80'",
    "a name that is normalised": "ﬁn = 1; x.ﬁn; def_ = 2; 𝔘𝔫𝔦 = 3",
    "escapes in a format specification": r"f'{x:\x41\n}', rf'{x:\d}', f'{x:\N{DIGIT ONE}}'",
    "braces in a format specification": "f'{x:{{}}}', f'{x:{ {1: 2} }}', f'{x:}}'",
    "self-documenting format specifications": "f'{x:{y=}}', f'{x:{y!r=}}'",
    "u beside an f-string": "u'a' f'{x}', f'{x}' u'b', 'a' u'b' f'{x}'",
    "deep format specifications": "f'{a:{b:{c}}}', f'{a:{b:{c:{d}}}}'",
    "unknown escapes": r"x = '\d\q'; y = b'\d'; z = f'\d{x}'",
    "octal escapes": r"x = '\400'; y = b'\777'",
    "numbers that run into keywords": "1if 2else 3; 0x1for x in y",
    "digits beyond the limit": "9" * 4_301,
    "digits at the limit": "9" * 4_300,
    "a big integer in base 16": "0x" + "f" * 10_000,
    "inconsistent tabs": "if x:\n\ty\n        z\n",
    "bad unindentation": "if x:\n    y\n  z\n",
    "unterminated strings": "x = 'abc\ny = 1\n",
    "unterminated triple quotes": "x = '''abc\n",
    "a bad character": "x = 1 $ 2\n",
    "an invisible character": "x\u200b = 1\n",
    "Python 2": "print 'x'\n",
    "an f-string with an error": "f'{a b}'",
    "an empty field": "f'{}'",
    "bytes that are not ASCII": "b'é'",
    "mixed bytes and str": "'a' b'b'",
    "a bad assignment": "f() = 1",
    "names beyond a scope": "return 1\nawait x\nyield 1\n",
    "same parameter twice": "def f(x, x): pass",
    "keyword twice": "f(x=1, x=2)",
    "late future import": "x = 1\nfrom __future__ import annotations\n",
    "barry": "from __future__ import barry_as_FLUFL\n1 <> 2\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name, same):
    same(HOSTILE[name])


NEWER = {
    "type parameters": "class A[T: int, *Ts, **P](B): pass\ntype X[T] = T\n",
    "defaults of type parameters": "def f[T = int, *Ts = *tuple[int], **P = []](): pass\n",
    "quotes in f-strings": "f'{x['a']}' f'{'\\n'}'\n",
    "template strings": "t'{x}'\n",
    "exceptions without parentheses": "try: pass\nexcept A, B: pass\n",
    "except*": "try: pass\nexcept* A: pass\n",
}


@pytest.mark.parametrize("name", NEWER)
def test_syntax_of_newer_versions(name, same):
    same(NEWER[name])


def test_integers_above_the_process_limit(same):
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        same("9" * 640)
        same("9" * 641)
    finally:
        sys.set_int_max_str_digits(before)


def test_recursion_limit_of_the_caller():
    """The result is a tree or a RecursionError, however deep the caller's stack is."""
    source = "(" * 50 + "1" + ")" * 50

    def at_depth(depth):
        return lazyast.parse(source) if depth == 0 else at_depth(depth - 1)

    for depth in (10, sys.getrecursionlimit() - 100):
        try:
            at_depth(depth)
        except RecursionError:
            pass
