"""Sources to begin from: short statements of the standard library, some of each construct, and what its tests parse."""

import ast
import re
import sysconfig
import textwrap
import warnings
from pathlib import Path
from random import Random

_LONGEST = 240
_STATEMENTS_PER_FILE = 40
_SNIPPETS = 1500

CONSTRUCTS = [
    "x: int = 1\n", "(a.b): int\n", "a = b = c\n", "a, *b = c\n", "[a, b] = c\n", "(a, b), c = d\n", "a += b\n", "a.b[c] **= d\n",
    "del a, b[0], (c, d.e)\n", "for a, (b, *c) in d, *e: pass\nelse: pass\n", "async def f():\n async for a in b: await c\n",
    "async def f():\n async with a as b, c: return [x async for x in y if await z]\n", "with a as b, c() as (d, e): pass\n",
    "with (a as b, c as d,): pass\n", "with (a, b): pass\n", "with (a), b: pass\n", "with (yield a): pass\n", "with (a).b as c: pass\n",
    "try: a\nexcept B as c: d\nexcept (E, F): g\nelse: h\nfinally: i\n", "try: a\nexcept* B as c: d\n", "raise a from b\n",
    "assert a, b\n", "import a.b as c, d\n", "from . import a as b\n", "from ..a.b import (c, d as e,)\n", "from a import *\n",
    "global a, b\n", "nonlocal a\n", "if a := b: c\nelif d: e\nelse: f\n", "while a and not b: break\nelse: continue\n",
    "def f(a, b: int = 1, /, c=2, *d: *e, g, h=3, **i) -> j: pass\n", "def f(*, a, b=1): yield\n", "def f(a, /): return *a, b\n",
    "class C(A, *b, metaclass=M, **c): pass\n", "@a.b(c)\n@d[e]\nclass C: x = 1\n", "@(yield)\ndef f(): pass\n",
    "lambda: 0\n", "lambda a, b=1, /, *c, d, **e: (yield)\n", "x = yield a, *b\n", "x = yield from a\n", "(yield)\n", "f((yield a), b)\n",
    "x = a if b else c if d else e\n", "not a or b and c\n", "a < b <= c is not d not in e\n", "-a ** -b\n", "~a + +b @ c // d % e\n",
    "a[b:c:d, ::e, *f]\n", "a[b, ...]\n", "a[b := c]\n", "a[lambda: b:c]\n", "f(a, *b, c=d, **e)\n", "f(a for a in b)\n", "f(a := b, c)\n",
    "[a for a in b for c in d if e if f]\n", "{a: b for a, b in c}\n", "{a for a in b}\n", "(a for a in b)\n", "{**a, b: c}\n",
    "{*a, b}\n", "[*a, b]\n", "(*a, b)\n", "(a,)\n", "()\n", "[]\n", "{}\n", "await a ** b\n", "f'{a!r:>{b}} {c=} {{}}'\n",
    "f'''{\na}''' f\"{b['c']}\" 'd'\n", "f'{a:{b:c}}'\n", "rf'\\d{a}'\n", "f'{(lambda: a)()}'\n", "f'{*a, b}'\n", "f'{yield}'\n", "f'{a:=^5}'\n",
    "'a' \"b\" '''c\nd'''\n", "b'a' rb'\\d'\n", "u'a'\n", "1_000 + 0x1f + 0b1 + 0o7 + 1.5e-3 + 2j\n", "1 .real\n", "1..real\n",
    "match a:\n case 1 | -2.5 | 'b' 'c' | None: pass\n", "match a, b:\n case [c, *_], {'d': e, **f}: pass\n",
    "match a:\n case C(b, c=d) as e if f: pass\n case -1 + 2j | 3 - 4j: pass\n", "match (a):\n case (b.c | d.e.f) as g: pass\n",
    "match a:\n case (b, c), [], (): pass\n case {1: b, C.d: e, -1: f}: pass\n", "match = case[type] = _\n", "match(a, b)\n",
    "match *a, b:\n case *c, d: pass\n case {**e}: pass\n", "match -a:\n case C(): pass\n", "type = 1\n", "print(a, file=b)\n",
    "type A[T: int, *Ts, **P] = B[T]\n", "def f[T](a: T): pass\n", "class C[T: (int, str)](B): pass\n", "class C[T = int, *Ts = *a, **P = []]: pass\n",
    "if a:\n    if b:\n        c\n    d\ne\n", "if a:\n\tb\n\tif c:\n\t\td\n", "a; b; c\n", "x = (\n    a  # c\n    + b\n)\n", "x = a \\\n    + b\n",
    "class A:\n    '''d'''\n    x: int\n\n    def f(self): ...\n", "if a: b; c\n", "\\\na\n", "a\n\f\nb\n", "# type: ignore\nx = [] # type: list\n",
    "async def f(): return await a, [await b async for c in d]\n", "x = *a, b\n", "return\n", "*a, = b\n", "print >>a, b\n", "a = b, c = d\n",
]  # fmt: skip


def collect(random: Random, files: int) -> list[str]:
    """Return the constructs, short statements of that many files of the standard library, and sources in its tests."""
    library = Path(sysconfig.get_path("stdlib"))
    paths = [
        path
        for directory in (
            "",
            "asyncio",
            "email",
            "json",
            "test",
            "unittest",
            "dataclasses",
            "xml/dom",
            "concurrent/futures",
        )
        for path in sorted((library / directory).glob("*.py"))
        if "bad" not in path.name and path.is_file() and path.stat().st_size < 400_000
    ]
    # Tests of the language itself have the rarest constructs.
    wanted = [path for path in paths if path.stem in _LANGUAGE_TESTS]
    wanted = random.sample(wanted, min(files, len(wanted)))
    chosen = wanted + random.sample(paths, min(files, len(paths)))
    statements = [statement for path in chosen for statement in _statements(random, path)]
    snippets = [snippet for path in wanted for snippet in _snippets(path)]
    return CONSTRUCTS * 3 + statements + random.sample(snippets, min(_SNIPPETS, len(snippets)))


_LANGUAGE_TESTS = {
    "test_patma", "test_grammar", "test_fstring", "test_generators", "test_named_expressions", "test_with", "test_type_params",
    "test_except_star", "test_unpack_ex", "test_exceptions", "test_coroutines", "test_asyncgen", "test_positional_only_arg",
    "test_type_aliases", "test_decorators", "test_string_literals", "test_lambda", "test_genexps", "test_slice", "test_keywordonlyarg",
    "test_syntax", "test_eof", "test_ast", "test_compile", "test_tokenize", "test_unparse", "test_generator_stop", "test_codeop",
    "test_source_encoding", "test_unicode_identifiers", "test_int_literal", "test_global", "test_augassign", "test_scope",
}  # fmt: skip


def _parsed(path: Path) -> tuple[str, ast.AST]:
    try:
        source = path.read_text("utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return source, ast.parse(source)
    except (SyntaxError, ValueError, OSError, RecursionError):
        return "", ast.Module([], [])


def _snippets(path: Path) -> list[str]:
    """Return the sources that a test of the language has in its strings and doctests, right or wrong."""
    _, tree = _parsed(path)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if ">>> " in node.value:
            for example in re.findall(r"^ *>>> (.*\n(?: *\.\.\..*\n)*)", node.value + "\n", re.MULTILINE):
                found.append(re.sub(r"^ *\.\.\. ?", "", example, flags=re.MULTILINE))
        elif not node.value.isidentifier():
            found.append(textwrap.dedent(node.value).lstrip("\n"))
    return [snippet for snippet in found if 1 < len(snippet) <= _LONGEST]


def _statements(random: Random, path: Path) -> list[str]:
    """Return short statements of a file, without the indentation of their block."""
    source, tree = _parsed(path)
    lines = source.splitlines(keepends=True)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or node.end_lineno is None or node.end_lineno - node.lineno > 8:
            continue
        block = lines[node.lineno - 1 : node.end_lineno]
        indentation = block[0][: node.col_offset]
        if indentation.strip() or any(line.strip() and not line.startswith(indentation) for line in block):
            continue
        statement = "".join(line[len(indentation) :] if line.strip() else line for line in block)
        if len(statement) <= _LONGEST:
            found.append(statement)
    return random.sample(found, min(_STATEMENTS_PER_FILE, len(found)))
