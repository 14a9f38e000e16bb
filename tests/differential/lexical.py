"""Random sources for the tokenizer: literals, f-strings, and lines with every kind of white space."""

from random import Random

_ESCAPES = [
    "\\n", "\\\\", "\\'", '\\"', "\\x41", "\\x4", "\\x", "\\u0041", "\\u004", "\\ud800", "\\udc00", "\\U0001F600", "\\U00110000", "\\N{BULLET}",
    "\\N{bullet}", "\\N{}", "\\N{NO SUCH}", "\\N", "\\N{", "\\0", "\\7", "\\377", "\\400", "\\777", "\\8", "\\d", "\\\n", "\\", "\\é", "\\{", "\\}", "\\a", "\\r", "\\ ",
]  # fmt: skip
_TEXT = ["a", "b", " ", "\n", "é", "😀", "{", "}", "{{", "}}", "{a}", "{a!r}", "{a:", "{a=", "{'b'}", '{"c"}', "'", '"', "#", ":", "=", "!", "!=", "(", ")", "\t", "\f", "\x00", "\x1a", "\ufeff"]  # fmt: skip
_PREFIXES = [
    "",
    "",
    "f",
    "f",
    "F",
    "r",
    "R",
    "b",
    "B",
    "u",
    "U",
    "rb",
    "bR",
    "Rb",
    "fr",
    "rF",
    "ur",
    "bu",
    "fb",
    "t",
    "ff",
    "uf",
]
_QUOTES = ["'", '"', "'''", '"""']
_DIGITS = ["0", "1", "7", "9", "_", ".", "e", "E", "j", "J", "x", "X", "o", "b", "B", "+", "-", "a", "f", "00", "10", "__", "e1", "if", "or", "in", " ", "L", "l", "é"]  # fmt: skip
_LINES = ["a", "if a:", "else:", "pass", "(a", "b)", "[", "]", "# c", "", "a; b", "a;", "'''", "'s'", "def f():", "return", "try:", "finally:", "f'''{", "}'''", "x = \\", "class C: a", "match a:", "case b:", "@a", "\\"]  # fmt: skip
_INDENTATIONS = ["", "", "", " ", "  ", "    ", "        ", "\t", "\t\t", " \t", "\t ", "\f", "\f ", " \f", " \f ", "\\\n", " \\\n", "  \\\n  ", "\\\n ", "\t\\\n", "\f\\\n"]  # fmt: skip
_ENDS = [
    "\n",
    "\n",
    "\n",
    "\n",
    "\n",
    " \n",
    "\\\n",
    " \\\n",
    "# c\n",
    "\n\n",
    "\n \n",
    "\n\f\n",
    "",
    ";\n",
    "\\",
    " # c",
    "\t\n",
]


def literal(random: Random) -> str:
    """Return a string of any prefix with random content, in a statement."""
    prefix, quote = random.choice(_PREFIXES), random.choice(_QUOTES)
    parts = [random.choice(_ESCAPES if random.random() < 0.4 else _TEXT) for _ in range(random.randint(0, 6))]
    text = prefix + quote + "".join(parts) + random.choice((quote, quote, quote, quote, quote, ""))
    if random.random() < 0.15:
        text += random.choice(("", " ", "\\\n")) + literal(random).strip()
    return random.choice(
        ("{}\n", "{}\n", "x = {}\n", "f({})\n", "({})\n", "{}.a\n", "f'{{{}}}'\n", "match x:\n case {}: pass\n")
    ).replace("{}", text, 1)


def number(random: Random) -> str:
    """Return what looks like a number, in a statement."""
    text = "".join(random.choice(_DIGITS) for _ in range(random.randint(1, 6)))
    return random.choice(
        (
            "{}\n",
            "x = {}\n",
            "{}.a\n",
            "{}if a else b\n",
            "[{}for a in b]\n",
            "{}",
            "match x:\n case {}: pass\n",
            "f'{{{}}}'\n",
        )
    ).replace("{}", text, 1)


def lines(random: Random) -> str:
    """Return some lines with random indentation and ends."""
    return "".join(
        random.choice(_INDENTATIONS) + random.choice(_LINES) + random.choice(_ENDS) for _ in range(random.randint(1, 6))
    )


def block(random: Random) -> str:
    """Return lines that are indented nearly right."""
    result, levels = [], [""]
    for _ in range(random.randint(2, 8)):
        indentation = levels[-1] if random.random() < 0.85 else random.choice(_INDENTATIONS)
        opens = random.random() < 0.4
        result.append(
            indentation
            + ("if a:" if opens else random.choice(("a", "pass", "b = c", "", "# c", "(a,\nb)", "'''\n'''")))
        )
        result.append(random.choice(_ENDS) if random.random() < 0.2 else "\n")
        if opens:
            levels.append(levels[-1] + random.choice((" ", "  ", "    ", "\t", "        ", " \t")))
        elif len(levels) > 1 and random.random() < 0.5:
            del levels[random.randrange(1, len(levels)) :]
    return "".join(result)


def source(random: Random) -> str:
    """Return a source of one of the kinds."""
    return random.choice((literal, literal, literal, number, lines, block, block))(random)
