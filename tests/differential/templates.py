"""All short sources of a few shapes: each statement with each expression in each position, and patterns likewise.

Where `mutations` changes what is right, this enumerates combinations, so that no pair of constructs is missed.
`%s` is where the next level goes, as it is and without parentheses.
"""

from collections.abc import Iterator
from random import Random

STATEMENTS = [
    "%s", "x = %s", "%s = x", "x = %s = y", "x, %s = y", "*%s, x = y", "x += %s", "%s += x", "x: %s", "x: %s = y", "x: y = %s",
    "%s: x", "%s: x = y", "x.y: %s = z", "del %s", "del x, %s", "del (%s)", "del [%s, x]", "return %s", "raise %s", "raise x from %s", "assert %s",
    "assert x, %s", "global %s", "import %s", "from x import %s", "pass; %s", "%s; pass", "if %s: pass", "if x: %s", "if x:\n  %s",
    "if x: pass\nelif %s: pass", "while %s: pass", "for %s in x: pass", "for x, %s in y: pass", "for x in %s: pass", "for x in %s, y: pass",
    "async for %s in x: pass", "with %s: pass", "with %s as x: pass", "with x as %s: pass", "with x, %s: pass", "with x as y, %s as z: pass",
    "with (%s): pass", "with (%s as x): pass", "with (x as %s): pass", "with (x, %s): pass", "with (x as y, %s): pass", "with (%s) as x: pass",
    "with (x, %s as y,): pass", "with (%s), x: pass", "with (%s).x as y: pass", "async with %s as x, y: pass", "try: pass\nexcept %s: pass",
    "try: pass\nexcept %s as x: pass", "try: pass\nexcept* %s: pass", "try: pass\nexcept x as %s: pass", "def f(%s): pass", "def f(x, %s): pass",
    "def f(%s, x): pass", "def f(x=%s): pass", "def f(x: %s): pass", "def f(*x: %s): pass", "def f(**x: %s): pass", "def f(*, x=%s): pass",
    "def f(x: y = %s, /): pass", "def f() -> %s: pass", "def f(): return %s", "async def f(): %s", "def %s(): pass", "class %s: pass", "class C(%s): pass",
    "class C(x, %s): pass", "class C(x=%s): pass", "class C(*%s): pass", "class C(**%s): pass", "@%s\ndef f(): pass", "@x\n@%s\nclass C: pass",
    "type X = %s", "type X[T: %s] = x", "type %s = x", "def f[T: %s](): pass", "def f[%s](): pass", "class C[T = %s]: pass", "class C[*T = %s]: pass",
    "class C[**T = %s]: pass", "match %s:\n case _: pass", "match %s, x:\n case _: pass", "match x, %s:\n case _: pass", "match (%s):\n case _: pass", "match x:\n case %s: pass",
    "match x:\n case y if %s: pass", "match x:\n case C(%s): pass", "match x:\n case C(y=%s): pass", "match x:\n case [%s]: pass", "match x:\n case [%s, y]: pass",
    "match x:\n case {%s: y}: pass", "match x:\n case %s | y: pass", "match x:\n case %s as y: pass", "match x:\n case (%s): pass", "match %s", "match(%s)", "match[%s]: x",
    "print %s", "async %s", "await %s", "yield %s", "lazy %s", "case %s", "type %s", "nonlocal %s", "break %s", "@%s",
]  # fmt: skip

EXPRESSIONS = [
    "%s", "(%s)", "((%s))", "(%s,)", "(%s, x)", "(x, %s)", "%s,", "%s, x", "x, %s", "[%s]", "[%s, x]", "[x, %s]", "{%s}", "{x, %s}", "{%s: x}", "{x: %s}", "{**%s}",
    "{x: y, **%s}", "{x: y, %s: z}", "*%s", "**%s", "(*%s, x)", "(*%s)", "[*%s]", "{*%s}", "not %s", "-%s", "~%s", "await %s", "%s + x", "x + %s", "%s ** x", "x ** %s", "%s < x",
    "x < %s", "x < %s < y", "%s in x", "x not in %s", "%s is x", "x is not %s", "%s and x", "x and %s", "%s or x", "x or %s", "%s if x else y", "x if %s else y", "x if y else %s",
    "lambda: %s", "lambda %s: x", "lambda x=%s: y", "lambda *%s: x", "yield %s", "(yield %s)", "yield from %s", "(yield from %s)", "%s := x", "x := %s", "(%s := x)", "(x := %s)",
    "[%s for x in y]", "[x for %s in y]", "[x for y, %s in z]", "[x for y in %s]", "[x for y in z if %s]", "[x async for %s in y]", "(%s for x in y)", "{%s for x in y}", "{%s: x for y in z}",
    "{x: %s for y in z}", "(x for %s in y)", "f(%s for x in y)", "f(x for y in %s)", "f(x, %s for y in z)", "%s.x", "%s()", "%s(x)", "%s[x]", "x.%s", "f(%s)", "f(%s,)", "f(x, %s)", "f(%s, x)",
    "f(x=%s)", "f(%s=x)", "f(*%s)", "f(**%s)", "f(*x, %s)", "f(**x, %s)", "f(x=y, %s)", "f(x=y, *%s)", "f(%s := x)", "x[%s]", "x[%s:]", "x[:%s]", "x[::%s]", "x[%s, y]", "x[y, %s]", "x[*%s]",
    "x[y:z, %s]", "x[%s:y:z]", "f'{%s}'", "f'{%s!r}'", "f'{%s:x}'", "f'{%s=}'", "f'{x:{%s}}'", "f'''{%s}'''", "f'{ %s }'", "'s' f\"{%s}\"", "f\"{f'{%s}'}\"", "f'{%s,}'", "f'{x, %s}'", "%s 's'", "'s' %s",
    "x %s", "%s x", "(%s\n)", "(\n%s)", "%s # c", "%s\\\n", "\\\n%s", "%s.x[y](z)", "(%s).x", "(%s)[x]", "(%s)(x)", "*(%s)", "(%s) or x", "*(%s) or x", "-(%s)", "1 + (%s)", "(%s) + 1j",
]  # fmt: skip

ATOMS = [
    "a", "1", "-1", "1j", "1.5", "'s'", "b's'", "f'{a}'", "f''", "None", "True", "...", "_", "match", "type", "(a)", "(1)", "()", "[]", "{}", "(a, b)", "a, b", "a,", "*a", "*a, b", "**a", "[a, b]", "{a}",
    "{a: b}", "a.b", "(a).b", "a[b]", "a()", "a(b)", "a[b:c]", "a if b else c", "a or b", "(a) or b", "a < b", "a in b", "not a", "-a", "a + b", "a ** b", "lambda: a", "lambda a: b", "yield", "yield a", "yield a,",
    "yield from a", "(yield)", "(yield a)", "await a", "a := b", "(a := b)", "a for a in b", "(a for a in b)", "[a for a in b]", "{**a}", "a: b", "a=b", "a as b", "if", "in", "else", "1 + 2j", "a | b", "a b", "=", ":", "*", "",
]  # fmt: skip

PATTERNS = [
    "%s", "(%s)", "[%s]", "(%s,)", "[%s,]", "%s,", "%s, a", "a, %s", "(%s, a)", "[%s, a]", "[a, %s]", "[%s a]", "[a %s]", "*%s", "(*%s)", "%s | a", "a | %s", "%s as a", "a as %s", "C(%s)", "C(a, %s)", "C(%s, a=b)",
    "C(a=%s)", "C(%s=a)", "C((%s)=a)", "%s(a)", "(%s)(a)", "%s()", "{%s: a}", "{a.b: %s}", "{'k': %s, **a}", "{**%s}", "{%s}", "-%s", "%s + 1j", "1 + %s", "1 - (%s)", "(%s) + 1j", "%s.a", "%s[a]", "a.%s", "%s if a", "%s 's'",
    "not %s", "%s or a", "%s:", "(%s) | a", "{1: %s,}", "[*_, %s]", "[[%s]]", "((%s), a)", "{-1: %s}", "+%s", "%s ** 2",
]  # fmt: skip
PATTERN_ATOMS = [
    "a", "_", "1", "-1", "1j", "-1j", "1 + 2j", "-1 - 2j", "'s'", "'s' 't'", "b's'", "f's'", "None", "True", "a.b", "_.b", "a.b.c", "*a", "*_", "a()", "a(b)", "[]", "()", "{}", "{'k': a}", "a | b", "a as b", "a, b", "case", "...", "(a)", "-a", "a[b]", "",
]  # fmt: skip


def all_short() -> Iterator[str]:
    """Yield all sources of the shapes, some 3.4 million."""
    for statement in STATEMENTS:
        for whole in _nested(statement, EXPRESSIONS, ATOMS):
            yield whole + "\n"
    for outer in PATTERNS:
        for pattern in _nested(outer, PATTERNS, PATTERN_ATOMS):
            yield f"match x:\n case {pattern}: pass\n"
        for middle in PATTERNS:
            for pattern in _nested(outer.replace("%s", middle), PATTERNS, PATTERN_ATOMS[::5]):
                yield f"match x:\n case {pattern}: pass\n"
    for outer in EXPRESSIONS:
        for whole in _nested(outer, EXPRESSIONS, ATOMS):
            yield whole + "\n"


def _nested(outer: str, inner: list[str], atoms: list[str]) -> Iterator[str]:
    for template in inner:
        whole = outer.replace("%s", template)
        for atom in atoms:
            yield whole.replace("%s", atom)


def random_nested(random: Random) -> str:
    """Return a source of the same shapes with one to three levels more."""
    if random.random() < 0.2:
        source = "match x:\n case %s: pass\n"
        levels, atoms = PATTERNS, PATTERN_ATOMS
    else:
        source = random.choice(STATEMENTS) + "\n"
        levels, atoms = EXPRESSIONS, ATOMS
    for _ in range(random.randint(2, 4)):
        source = source.replace("%s", random.choice(levels))
    return source.replace("%s", random.choice(atoms))
