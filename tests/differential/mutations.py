"""Change a source a little: most results are wrong Python, and many are nearly right."""

from collections.abc import Iterator
from random import Random

from differential.tokens import CLOSING, OPENING, brackets, is_blank, split

KEYWORDS = (
    "False None True and as assert async await break class continue def del elif else except finally for from"
    " global if import in is lambda nonlocal not or pass raise return try while with yield match case type _ lazy"
    " print exec __debug__ self"
).split()
OPERATORS = (
    "( ) [ ] { } , : ; . = == != < <= > >= + - * ** / // % @ & | ^ ~ << >> := -> ... += **= |= @= ! ` $ ? <>".split()
)
LITERALS = (
    "0 1 0x1f 1_0 1. .5 1e3 1j 0777 00 1_ 0b1 'a' \"b\" b'c' u'd' r'\\d' f'{a}' f'{a!r:>{b}}' '''e''' f\"{a=}\" rb'f' "
    "'\\d' '\\x41' '\\N{BULLET}' f'{a:{b}}' F'''{\na}''' f'{{}}' f'{a,}' ur'x' bu'x' 1if 0xfor '\\400' '\\ud800' b'\\u'"
).split(" ")
NAMES = ["a", "b", "x.y", "f()", "a[0]", "(a)", "(a, b)", "[a]", "{a}", "{a: b}", "*a", "**a", "a, b", "()", "é", "ﬁ"]
BLANKS = [" ", "", "\n", "\n ", "\n    ", "\t", "\f", "\\\n", " # c\n", "\n\n", "  ", "\n\t", " \\\n "]
PHRASES = [
    " if a else b", " for a in b", " async for a in b", " := 1", " as x", " = 1", ": int", ": int = 1", " or b",
    " and b", " == b", " in b", " not in b", " is not b", ", ", ",", ", b", ", *b", " + 1", "**2", ".b", "[0]", "[:]",
    "[a:b:c]", "[*a]", "()", "(b)", "(*b)", "(**b)", "(a=b)", "(b for b in c)", " += 1", " if a", " else b", " from b",
    " import b", "; a", ";", " | b", " b", " 'c'", " -> b", "lambda: ", "lambda x: ", "await ", "yield ", "yield from ",
    "not ", "-", "*", "**", "~", "async ", "del ", "return ", "raise ", "global ", "@", "case ", "match ", "type ",
    "a = ", "a: b = ", "for ", "with ", "if ", "print ", "assert ", "import ", "from ", "except* ", "except ",
    "else: ", "def f(", "def f[T](", "class C(", "[T: int, *Ts, **P]", "[T = int]", "[*Ts = *a]", "/, ", "*, ",
    "*args, ", "**kwargs", "!r", "!s:", "=", "{a}", "{a!r}", "{a:{b}}", "{yield a}", "{*a}", "{a:=b}", "{a,b}",
]  # fmt: skip
ANYTHING = [KEYWORDS, OPERATORS, LITERALS, NAMES, PHRASES, BLANKS]


def mutate(random: Random, source: str, others: list[str]) -> str:
    """Return the source with one to three changes; `others` gives what is spliced in."""
    tokens = split(source)
    for _ in range(random.choice((1, 1, 1, 1, 2, 2, 3))):
        if not tokens:
            break
        random.choice(_CHANGES)(random, tokens, others)
        tokens = [token for token in tokens if token]
    return "".join(tokens)


def single_changes(source: str) -> Iterator[str]:
    """Yield the source with every single change: deleted, put in, replaced, swapped, in brackets."""
    tokens = split(source)
    everything = sorted({thing for things in ANYTHING for thing in things})
    for index, token in enumerate(tokens):
        before, after = "".join(tokens[:index]), "".join(tokens[index + 1 :])
        yield before + after
        for thing in everything:
            yield before + thing + token + after
            yield f"{before}{thing} {token}{after}"
            if not is_blank(token):
                yield before + thing + after
    for start in range(len(tokens)):
        for end in range(start + 1, len(tokens) + 1):
            before, span, after = "".join(tokens[:start]), "".join(tokens[start:end]), "".join(tokens[end:])
            for opening in ("(", "(*", "(yield ", "[", "{", "*(", "-(", "(\n"):
                closing = OPENING[opening.strip("*- yield\n")]
                yield f"{before}{opening}{span}{closing}{after}"
                yield f"{before}{opening}{span},{closing}{after}"
            yield before + after
            yield f"{before}{span}{span}{after}"
            if end < len(tokens):
                yield f"{before}{tokens[end]}{''.join(tokens[start + 1 : end])}{tokens[start]}{''.join(tokens[end + 1 :])}"


def as_bytes(random: Random, source: str) -> bytes:
    """Return the source as the bytes of a file: other line ends, byte order marks, cookies, encodings."""
    for _ in range(random.choice((1, 1, 2))):
        change = random.randrange(5)
        if change == 0:
            source = source.replace("\n", random.choice(("\r\n", "\r")))
        elif change == 1:
            source = "".join(random.choice(("\r", "\r\n", "\n")) if letter == "\n" else letter for letter in source)
        elif change == 2:
            source = (
                random.choice(
                    ("# coding: utf-8\n", "# -*- coding: latin-1 -*-\n", "\n#coding=cp1252\n", "# coding: utf8\r")
                )
                + source
            )
        elif change == 3:
            at = random.randint(0, len(source))
            source = (
                source[:at]
                + random.choice(("\r", "\n\r", "é", "\x1a", "\v", "\xa0", "\u2028", "ｉｆ", "𝐱", "ª", "·", "\x85"))
                + source[at:]
            )
    encoded = source.encode(random.choice(("utf-8", "utf-8", "utf-8", "latin-1")), "replace")
    return random.choice((b"", b"", b"", b"\xef\xbb\xbf")) + encoded


def _visible(random: Random, tokens: list[str]) -> int:
    """Return the index of a token that is not white space, if a few attempts find one."""
    index = random.randrange(len(tokens))
    for _ in range(4):
        if not is_blank(tokens[index]):
            break
        index = random.randrange(len(tokens))
    return index


def _anything(random: Random) -> str:
    return random.choice(random.choice(ANYTHING))


def _delete(random: Random, tokens: list[str], others: list[str]) -> None:
    del tokens[_visible(random, tokens)]


def _delete_span(random: Random, tokens: list[str], others: list[str]) -> None:
    start = random.randrange(len(tokens))
    del tokens[start : start + random.randint(2, 6)]


def _double(random: Random, tokens: list[str], others: list[str]) -> None:
    index = _visible(random, tokens)
    tokens[index:index] = [tokens[index], random.choice(("", " "))]


def _swap(random: Random, tokens: list[str], others: list[str]) -> None:
    first, second = _visible(random, tokens), _visible(random, tokens)
    tokens[first], tokens[second] = tokens[second], tokens[first]


def _swap_neighbours(random: Random, tokens: list[str], others: list[str]) -> None:
    first = _visible(random, tokens)
    second = next((index for index in range(first + 1, len(tokens)) if not is_blank(tokens[index])), first)
    tokens[first], tokens[second] = tokens[second], tokens[first]


def _replace(random: Random, tokens: list[str], others: list[str]) -> None:
    tokens[_visible(random, tokens)] = _anything(random)


def _insert(random: Random, tokens: list[str], others: list[str]) -> None:
    index = random.randint(0, len(tokens))
    tokens[index:index] = [random.choice(("", " ")), _anything(random), random.choice(("", "", " "))]


def _insert_phrase(random: Random, tokens: list[str], others: list[str]) -> None:
    tokens.insert(_visible(random, tokens) + random.randint(0, 1), random.choice(PHRASES))


def _insert_blank(random: Random, tokens: list[str], others: list[str]) -> None:
    tokens.insert(random.randint(0, len(tokens)), random.choice(BLANKS))


def _replace_blank(random: Random, tokens: list[str], others: list[str]) -> None:
    blanks = [index for index, token in enumerate(tokens) if is_blank(token)]
    if blanks:
        tokens[random.choice(blanks)] = random.choice(BLANKS)


def _splice(random: Random, tokens: list[str], others: list[str]) -> None:
    other = split(random.choice(others))
    if not other:
        return
    start = random.randrange(len(other))
    span = other[start : start + random.randint(1, 8)]
    at = random.randint(0, len(tokens))
    tokens[at : at + random.choice((0, 0, 1, 3))] = span


def _splice_bracketed(random: Random, tokens: list[str], others: list[str]) -> None:
    """Put a bracketed part of another source in place of one of this one."""
    other = split(random.choice(others))
    theirs = brackets(other)
    if not theirs:
        return
    opening, closing = random.choice(theirs)
    span = other[opening : closing + 1]
    ours = brackets(tokens)
    if ours:
        start, end = random.choice(ours)
        tokens[start : end + 1] = span
    else:
        tokens[_visible(random, tokens)] = "".join(span)


def _wrap(random: Random, tokens: list[str], others: list[str]) -> None:
    """Put brackets around a token or a span whose brackets match."""
    start = _visible(random, tokens)
    end = start
    if tokens[start] in OPENING:
        end = next((closing for opening, closing in brackets(tokens) if opening == start), start)
    elif random.random() < 0.5:
        end = min(len(tokens) - 1, start + random.randint(1, 6))
    opening = random.choice("((((([{")
    tokens.insert(end + 1, random.choice(("", "", "", ",")) + OPENING[opening])
    tokens.insert(start, opening + random.choice(("", "", "", "", "*", "**", "yield ", "await ", "\n")))


def _unwrap(random: Random, tokens: list[str], others: list[str]) -> None:
    pairs = brackets(tokens)
    if pairs:
        opening, closing = random.choice(pairs)
        del tokens[closing], tokens[opening]


def _change_brackets(random: Random, tokens: list[str], others: list[str]) -> None:
    pairs = brackets(tokens)
    if pairs:
        opening, closing = random.choice(pairs)
        tokens[opening] = random.choice("([{")
        tokens[closing] = OPENING[tokens[opening]]


def _star(random: Random, tokens: list[str], others: list[str]) -> None:
    tokens.insert(
        _visible(random, tokens), random.choice(("*", "*", "**", "* ", "*(", "not ", "await ", "yield ", "-"))
    )


def _change_character(random: Random, tokens: list[str], others: list[str]) -> None:
    index = random.randrange(len(tokens))
    token = tokens[index]
    at = random.randrange(len(token))
    new = random.choice("\"'{}[]()=!:,.*\\ \n\t\f#0aefrbuNx_+-é;")
    tokens[index] = token[:at] + random.choice((new, new, "")) + token[at + random.randint(0, 1) :]


def _change_indentation(random: Random, tokens: list[str], others: list[str]) -> None:
    lines = [index for index, token in enumerate(tokens) if token[0] == "\n"]
    if lines:
        tokens[random.choice(lines)] = "\n" + random.choice(
            ("", " ", "  ", "    ", "\t", " \t", "\f", "\f ", " \f", "        ")
        )


def _close_early(random: Random, tokens: list[str], others: list[str]) -> None:
    """Move a closing bracket."""
    closings = [index for index, token in enumerate(tokens) if token in CLOSING]
    if closings:
        bracket = tokens.pop(random.choice(closings))
        tokens.insert(random.randint(0, len(tokens)), bracket)


_CHANGES = [
    _delete, _delete, _delete_span, _double, _swap, _swap_neighbours, _replace, _replace, _insert, _insert,
    _insert_phrase, _insert_phrase, _insert_phrase, _insert_blank, _replace_blank, _splice, _splice,
    _splice_bracketed, _wrap, _wrap, _wrap, _unwrap, _unwrap, _change_brackets, _star, _star, _change_character,
    _change_indentation, _close_early,
]  # fmt: skip
