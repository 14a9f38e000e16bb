"""Make a source that shows a difference as small as it goes (delta debugging on tokens)."""

from collections.abc import Callable

from differential.tokens import brackets, split

_PLAIN = ("a", "1", "'s'", "x", "pass")


def minimise(source: str, shows: Callable[[str], bool], most_checks: int = 1500) -> str:
    """Return a smaller source for which `shows` still holds."""
    checks = 0

    def holds(tokens: list[str]) -> bool:
        nonlocal checks
        checks += 1
        return checks <= most_checks and shows("".join(tokens))

    tokens = split(source)
    before = None
    while before != tokens and checks <= most_checks:
        before = list(tokens)
        tokens = _without_spans(tokens, holds)
        tokens = _without_brackets(tokens, holds)
        tokens = _plain(tokens, holds)
    return "".join(tokens)


def _without_spans(tokens: list[str], holds: Callable[[list[str]], bool]) -> list[str]:
    size = max(1, len(tokens) // 2)
    while True:
        start = 0
        while start < len(tokens):
            shorter = tokens[:start] + tokens[start + size :]
            if shorter and holds(shorter):
                tokens = shorter
            else:
                start += size
        if size == 1:
            return tokens
        size = max(1, size // 2)


def _without_brackets(tokens: list[str], holds: Callable[[list[str]], bool]) -> list[str]:
    changed = True
    while changed:
        changed = False
        for opening, closing in brackets(tokens):
            inner = tokens[opening + 1 : closing]
            for shorter in (
                tokens[:opening] + inner + tokens[closing + 1 :],
                tokens[:opening] + ["a"] + tokens[closing + 1 :],
            ):
                if len(shorter) < len(tokens) and holds(shorter):
                    tokens = shorter
                    changed = True
                    break
            if changed:
                break
    return tokens


def _plain(tokens: list[str], holds: Callable[[list[str]], bool]) -> list[str]:
    tokens = list(tokens)
    for index, token in enumerate(tokens):
        candidates = (
            [" "] if token.isspace() and token != " " else [plain for plain in _PLAIN if len(plain) < len(token)]
        )
        if token == " ":
            candidates = [""]
        for plain in candidates:
            changed = [*tokens[:index], plain, *tokens[index + 1 :]] if plain else tokens[:index] + tokens[index + 1 :]
            if holds(changed):
                if plain:
                    tokens[index] = plain
                    break
                return _plain(changed, holds)
    return tokens
