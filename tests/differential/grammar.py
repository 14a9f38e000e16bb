"""A small grammar of Python that is wrong on purpose: any expression stands anywhere.

What it derives is right about half the time. The rest breaks the rules that a grammar has for single positions:
targets, operands, elements, patterns, parameters.
"""

from random import Random

NAMES = ["a", "b", "c", "x", "f", "match", "case", "type", "_", "print", "lazy", "__debug__"]
NUMBERS = ["0", "1", "-1", "2.5", "1j", "-1j", "0x1f", "1_000", "1e3", "00", ".5"]
STRINGS = ["'s'", '"t"', "b'b'", "u'u'", "r'\\d'", "'a' 'b'", "'''l\nm'''", "b'a' b'b'", "'\\n'"]
OPERATORS = "+ - * / // % @ & | ^ << >> **".split()
COMPARISONS = ["<", "<=", "==", "!=", ">", ">=", "in", "not in", "is", "is not"]


class Grammar:
    """Derives sources; `depth` bounds how deep expressions nest."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def source(self) -> str:
        """Return one statement, or a few lines with one in a block."""
        statement = self.statement(2)
        if self.random.random() < 0.1:
            statement = "def f():\n" + "".join(f" {line}\n" for line in statement.splitlines())
        return statement if statement.endswith("\n") or self.random.random() < 0.1 else statement + "\n"

    def _pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def _maybe(self, text: str, chance: float = 0.3) -> str:
        return text if self.random.random() < chance else ""

    def _gap(self) -> str:
        return self._pick(" ", " ", " ", " ", " ", " ", " ", "  ", "\t", "\\\n", "\f")

    def name(self) -> str:
        """Return a name."""
        return self.random.choice(NAMES)

    def expression(self, depth: int) -> str:
        """Return any expression, whether it may stand where it will or not."""
        if depth <= 0 or self.random.random() < 0.25:
            return self._pick(
                self.name(),
                self.name(),
                self.random.choice(NUMBERS),
                self.random.choice(STRINGS),
                "None",
                "True",
                "...",
            )
        return self.random.choice(_EXPRESSIONS)(self, depth - 1)

    def _list(self, depth: int, most: int = 3) -> str:
        items = [self.expression(depth) for _ in range(self.random.randint(0, most))]
        comma = self._pick(", ", ", ", ", ", ",", ",\n")
        return comma.join(items) + self._maybe(self._pick(",", ", "), 0.2)

    def _generators(self, depth: int) -> str:
        kind = self._pick("for", "for", "for", "async for")
        condition = self._maybe(f" if {self.expression(depth)}")
        return f" {kind} {self.target(depth)} in {self.expression(depth)}{condition}"

    def target(self, depth: int) -> str:
        """Return what can be assigned to, mostly."""
        if self.random.random() < 0.3:
            return self.expression(depth)
        name = self.name()
        return self._pick(
            name, name, f"({name})", f"{name}.b", f"({name}).b", f"{name}[0]", f"({name}, b)", f"[{name}]", f"*{name}",
            f"{name}, b", f"{name},", f"*({name}), b", f"({name}.b)", f"({name}[b])", f"f().{name}", "()", "[]",
            f"(*{name},)", f"(({name}))", f"({name},)",
        )  # fmt: skip

    def _slice(self, depth: int) -> str:
        def part() -> str:
            return self._maybe(self.expression(depth), 0.6)

        return self._pick(
            self.expression(depth), f"{part()}:{part()}", f"{part()}:{part()}:{part()}", f"*{self.name()}"
        )

    def _arguments(self, depth: int) -> str:
        def one() -> str:
            value = self.expression(depth)
            return self._pick(
                value, value, f"{self.name()}={value}", f"*{value}", f"**{value}", f"({self.name()})={value}",
                f"{value}{self._generators(depth)}", f"{self.name()} := {value}",
            )  # fmt: skip

        return ", ".join(one() for _ in range(self.random.randint(0, 3))) + self._maybe(",", 0.15)

    def _fstring(self, depth: int) -> str:
        def field() -> str:
            spec = self._pick("", "", "", f":{self._pick('>10', '', '{b}', '.{b}f', '{b:c}', '%Y-%m', '!r', '=')}")
            inner = self.expression(depth)
            return f"{{{self._maybe(' ', 0.2)}{inner}{self._maybe(' ', 0.2)}{self._maybe('=', 0.15)}{self._pick('', '', '', '!r', '!s', '!a')}{spec}}}"

        quote = self._pick("'", '"', "'''", '"""')
        parts = [self._pick(field(), field(), "t", "{{", "}}", " ") for _ in range(self.random.randint(1, 3))]
        return self._pick("f", "f", "f", "rf", "F", "fr") + quote + "".join(parts) + quote

    def _parameters(self, depth: int, *, annotated: bool) -> str:
        def one() -> str:
            name = self.name()
            annotation = self._maybe(f": {self.expression(depth)}") if annotated else ""
            default = self._maybe(f"={self.expression(depth)}")
            return self._pick("", "", "", "", "*", "**") + name + annotation + default

        parts = [self._pick(one(), one(), one(), one(), "*", "/") for _ in range(self.random.randint(0, 4))]
        return ", ".join(parts) + self._maybe(",", 0.15)

    def _type_parameters(self, depth: int) -> str:
        if self.random.random() < 0.7:
            return ""

        def one() -> str:
            return (
                self._pick("", "", "*", "**")
                + self.name()
                + self._maybe(f": {self.expression(depth)}")
                + self._maybe(f" = {self.expression(depth)}")
            )

        return "[" + ", ".join(one() for _ in range(self.random.randint(0, 3))) + self._maybe(",", 0.1) + "]"

    def pattern(self, depth: int) -> str:
        """Return a pattern of `match`, also wrong ones."""
        name = self.name()
        if depth <= 0:
            return self._pick(
                name, "_", "1", "-1", "'s'", "None", "a.b", f"*{name}", "1 + 2j", "-1 - 1j", "b'x'", "f'{a}'", "..."
            )
        inner = self.pattern(depth - 1)
        other = self.pattern(depth - 1)
        return self._pick(
            f"({inner})", f"[{inner}]", f"[{inner}, {other}]", f"({inner}, {other})", f"{inner}, {other}", f"{inner},",
            f"{inner} | {other}", f"{inner} as {name}", f"{inner} as {other}", f"{name}({inner})", f"a.b({inner}, {other})",
            f"{name}({name}={inner})", f"{inner}({other})", f"({name})({inner})", f"{{{inner}: {other}}}", f"({inner},)",
            f"{{'k': {inner}, **{name}}}", f"{{{inner}: {other},}}", f"{inner} + {other}", f"[{inner} {other}]", f"-{inner}",
            f"*{inner}", f"(*{inner})", f"{name}(({name})={inner})", f"{inner}.b", f"{inner}[b]", "()", "[]", "{}", f"{name}()",
            f"[*_, {inner}]", f"{name}(*{inner})", f"({inner} as {name}) | {other}", f"{{**{name}}}", f"{inner}  if {name}",
        )  # fmt: skip

    def statement(self, depth: int) -> str:
        """Return one statement, simple or compound."""
        return self.random.choice(_STATEMENTS)(self, depth)

    def _block(self, depth: int) -> str:
        if self.random.random() < 0.6:
            return ": " + self._pick("pass", "a", "return", "pass; a", self.expression(depth - 1), "a = b", "del a")
        return ":\n  " + self._pick("pass", "a = 1", "return a", self.expression(depth - 1)) + self._maybe("\n  b", 0.2)


def _binary(grammar: Grammar, depth: int) -> str:
    operator = grammar._pick(*OPERATORS, *COMPARISONS, "and", "or", "and", "or")
    return f"{grammar.expression(depth)}{grammar._gap()}{operator}{grammar._gap()}{grammar.expression(depth)}"


_EXPRESSIONS = [
    lambda g, d: f"({g.expression(d)})",
    lambda g, d: f"({g.expression(d)})",
    lambda g, d: f"({g._list(d)})",
    lambda g, d: f"[{g._list(d)}]",
    lambda g, d: f"{{{g._list(d)}}}",
    lambda g, d: (
        "{"
        + g._pick(", ", ",").join(
            g._pick(f"{g.expression(d)}: {g.expression(d)}", f"**{g.expression(d)}")
            for _ in range(g.random.randint(0, 2))
        )
        + "}"
    ),
    lambda g, d: "{" + g.expression(d) + ": " + g.expression(d) + g._generators(d) + "}",
    _binary,
    _binary,
    _binary,
    lambda g, d: g._pick("not ", "-", "+", "~", "await ", "not not ") + g.expression(d),
    lambda g, d: f"{g.expression(d)} if {g.expression(d)} else {g.expression(d)}",
    lambda g, d: f"lambda {g._parameters(d, annotated=False)}: {g.expression(d)}",
    lambda g, d: g._pick("yield", "yield ", "yield from ") + g._maybe(" " + g.expression(d), 0.7),
    lambda g, d: f"(yield {g._list(d)}{g._maybe(g._pick(' if a else b', ' for a in b', ' == c', ' in c', ', '), 0.3)})",
    lambda g, d: "*" + g.expression(d),
    lambda g, d: f"{g.expression(d)} := {g.expression(d)}",
    lambda g, d: f"({g.target(d)} := {g.expression(d)})",
    lambda g, d: f"[{g.expression(d)}{g._generators(d)}]",
    lambda g, d: f"({g.expression(d)}{g._generators(d)})",
    lambda g, d: f"{{{g.expression(d)}{g._generators(d)}}}",
    lambda g, d: f"{g.expression(d)}({g._arguments(d)})",
    lambda g, d: f"{g.name()}({g._arguments(d)})",
    lambda g, d: f"{g.expression(d)}.{g.name()}",
    lambda g, d: f"{g.expression(d)}[{g._slice(d)}]",
    lambda g, d: f"{g.name()}[{g._slice(d)}, {g._slice(d)}]",
    lambda g, d: g._fstring(d),
    lambda g, d: f"{g.random.choice(STRINGS)} {g._fstring(d)}",
    lambda g, d: f"{g.expression(d)}, {g.expression(d)}",
    lambda g, d: (
        f"{g.random.choice(NUMBERS)}{g._pick('if', ' if', 'or', 'and', ' in', 'is', '.real', ' .real', '[0]')}{g.expression(d)}"
    ),
]

_STATEMENTS = [
    lambda g, d: g.expression(d),
    lambda g, d: g.expression(d + 1),
    lambda g, d: f"{g.target(d)} = {g.expression(d)}",
    lambda g, d: f"{g.target(d)} = {g.target(d)} = {g.expression(d)}",
    lambda g, d: f"{g.target(d)} {g._pick('+=', '-=', '**=', '@=', '//=', '|=')} {g.expression(d)}",
    lambda g, d: f"{g.target(d)}: {g.expression(d)}{g._maybe(' = ' + g.expression(d))}",
    lambda g, d: f"del {g.target(d)}{g._maybe(', ' + g.target(d))}",
    lambda g, d: (
        f"{g._pick('return', 'raise', 'assert', 'global', 'nonlocal', 'del', 'import', 'await')} {g.expression(d)}"
    ),
    lambda g, d: f"raise {g.expression(d)} from {g.expression(d)}",
    lambda g, d: f"assert {g.expression(d)}, {g.expression(d)}",
    lambda g, d: f"{g._pick('global', 'nonlocal')} {g.name()}, {g.name()}{g._maybe(',', 0.2)}",
    lambda g, d: (
        f"import {g._pick('a', 'a.b', 'a . b', '*', '(a)')} as {g.name()}{g._maybe(', b')}{g._maybe(',', 0.1)}"
    ),
    lambda g, d: (
        f"from {g._pick('.', '..', '...', '. .', '.a', 'a', 'a.b', '....a')} import {g._pick('a', '*', 'a as b', '(a, b)', '(a as b,)', 'a, b', 'a,', '(*)', '()', 'a.b', '(a)')}"
    ),
    lambda g, d: f"{g._pick('pass', 'break', 'continue')}{g._maybe(' ' + g.expression(d), 0.2)}",
    lambda g, d: f"{g.expression(d)}{g._pick(';', '; ', ' ;')}{g.expression(d)}{g._maybe(';')}",
    lambda g, d: f"if {g.expression(d)}{g._block(d)}\nelif {g.expression(d)}{g._block(d)}\nelse{g._block(d)}",
    lambda g, d: f"while {g.expression(d)}{g._block(d)}{g._maybe(chr(10) + 'else: pass')}",
    lambda g, d: (
        f"{g._maybe('async ', 0.2)}for {g.target(d)} in {g.expression(d)}{g._block(d)}{g._maybe(chr(10) + 'else: pass')}"
    ),
    lambda g, d: f"{g._maybe('async ', 0.2)}with {g.expression(d)}{g._maybe(' as ' + g.target(d), 0.6)}{g._block(d)}",
    lambda g, d: (
        f"with {g.expression(d)} as {g.target(d)}, {g.expression(d)}{g._maybe(' as ' + g.target(d))}{g._maybe(',', 0.1)}{g._block(d)}"
    ),
    lambda g, d: (
        f"with ({g.expression(d)}{g._maybe(' as ' + g.target(d), 0.6)}{g._maybe(', ' + g.expression(d))}{g._maybe(' as ' + g.target(d))}{g._maybe(',')}){g._maybe(g._pick(' as c', '.b', ', d', '[0]', '()'), 0.2)}{g._block(d)}"
    ),
    lambda g, d: (
        f"try{g._block(d)}\nexcept{g._pick('', '', '*', ' *')} {g.expression(d)}{g._maybe(' as ' + g.name())}{g._block(d)}{g._maybe(chr(10) + 'except: pass', 0.2)}{g._maybe(chr(10) + 'else: pass', 0.2)}{g._maybe(chr(10) + 'finally: pass', 0.2)}"
    ),
    lambda g, d: f"try{g._block(d)}{g._maybe(chr(10) + 'else: pass')}\nfinally{g._block(d)}",
    lambda g, d: (
        f"{g._maybe('@' + g.expression(d) + chr(10), 0.3)}{g._maybe('async ', 0.2)}def {g.name()}{g._type_parameters(d - 1)}({g._parameters(d - 1, annotated=True)}){g._maybe(' -> ' + g.expression(d))}{g._block(d)}"
    ),
    lambda g, d: (
        f"{g._maybe('@' + g.expression(d) + chr(10), 0.3)}class {g.name()}{g._type_parameters(d - 1)}({g._arguments(d)}){g._block(d)}"
    ),
    lambda g, d: f"type {g.name()}{g._type_parameters(d)} = {g.expression(d)}",
    lambda g, d: f"match {g.expression(d)}:\n case {g.pattern(d)}{g._maybe(' if ' + g.expression(d), 0.2)}: pass",
    lambda g, d: f"match x:\n case {g.pattern(d)}: pass\n case {g.pattern(d)}: pass",
    lambda g, d: f"match x:\n case {g.pattern(d)}: pass",
    lambda g, d: f"match x:\n case {g.pattern(d + 1)}: pass",
    lambda g, d: f"{g._pick('print', 'exec', 'match', 'type', 'async', 'await', 'lazy', 'case')} {g.expression(d)}",
]
