"""Cut sources into tokens, also sources that are no Python, so that ``"".join(tokens)`` is the source again."""

import re

_TOKEN = re.compile(
    r"""
      \#[^\n]*                                                        # comment
    | \\\n                                                            # continued line
    | \n[ \t\f]*                                                      # line end with the next line's indentation
    | [ \t\f]+
    | (?:[bBuU]|[rR][bB]?|[bB][rR])?(?:'''(?:[^\\']|\\.|'(?!''))*'''|\"\"\"(?:[^\\"]|\\.|"(?!""))*\"\"\")
    | (?:[fF][rR]?|[rR][fF])(?:'''|\"\"\"|'|")                        # what an f-string begins with
    | (?:[bBuU]|[rR][bB]?|[bB][rR])?(?:'(?:[^\\'\n]|\\.)*'|"(?:[^\\"\n]|\\.)*")
    | [^\W\d]\w*
    | (?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[jJ]?)
    | \.\.\.|->|:=|\*\*=|//=|>>=|<<=|[-+*/%@&|^=<>!]=|\*\*|//|>>|<<
    | .
    """,
    re.VERBOSE | re.DOTALL,
)

OPENING = {"(": ")", "[": "]", "{": "}"}
CLOSING = frozenset(OPENING.values())


def split(source: str) -> list[str]:
    """Return the source's tokens, white space included."""
    return _TOKEN.findall(source)


def is_blank(token: str) -> bool:
    """Return whether a token is white space or a comment."""
    return token[0] in " \t\f\n\\#"


def shape(source: str) -> str:
    """Return a source with all names, numbers and strings alike, which tells kinds of sources apart."""
    import keyword

    soft = {"match", "case", "type", "_"}
    kinds = []
    for token in split(source):
        if (token[0].isalpha() or token[0] == "_") and token[-1] not in "'\"":
            kinds.append(token if keyword.iskeyword(token) or token in soft else "a")
        elif token[0].isdigit() or (token[0] == "." and len(token) > 1 and token != "..."):
            kinds.append("1")
        elif token[-1] in "'\"" and len(token) > 1 and token.lower()[0] != "f":
            kinds.append("'s'")
        elif token[0] in " \t\f":
            kinds.append(" ")
        else:
            kinds.append(token)
    return "".join(kinds)


def brackets(tokens: list[str]) -> list[tuple[int, int]]:
    """Return the indices of matching brackets."""
    pairs = []
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token in OPENING:
            opened.append(index)
        elif token in CLOSING and opened:
            if OPENING[tokens[opened[-1]]] == token:
                pairs.append((opened.pop(), index))
            else:
                opened.clear()
    return pairs
