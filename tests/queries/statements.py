"""Use every statement as a pattern: it must match itself.

    python tests/queries/statements.py [DIRECTORY...]

The default is the standard library of this interpreter, without site-packages. Statements that are longer than a pattern
can be are counted and skipped. Exits with 1 if a statement does not match itself.
"""

import ast
import sys
import sysconfig
import time
from collections import Counter, defaultdict
from pathlib import Path

import lazyast

sys.path.insert(0, str(Path(__file__).parent))

from compare import POSITIONS, files_under

LONGEST = 60_000
SHOWN = 10


def position_of(node):
    """Kind and position of the node that a pattern of this statement matches."""
    if isinstance(node, ast.Expr):
        node = node.value
    return (type(node).__name__, *(getattr(node, name) for name in POSITIONS))


def text_of(lines, node):
    """The statement with the indentation of its first line, so that its other lines are indented consistently."""
    first, last = lines[node.lineno - 1], lines[node.end_lineno - 1]
    indent = first[: node.col_offset]
    if node.lineno == node.end_lineno:
        text = first[node.col_offset : node.end_col_offset]
    else:
        middle = lines[node.lineno : node.end_lineno - 1]
        text = b"".join([first[node.col_offset :], *middle, last[: node.end_col_offset]])
    if isinstance(node, ast.If) and text.startswith(b"elif"):
        text = text[2:]
    return (indent if not indent.strip() else b"") + text


def check(path, counts):
    """Yield the statements of a file that do not match themselves, each with the reason."""
    source = path.read_bytes()
    try:
        text = source.decode()
        tree = lazyast.parse(source)
    except (SyntaxError, UnicodeDecodeError, ValueError):
        counts["files skipped"] += 1
        return
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").encode().splitlines(keepends=True)
    if any(b"\f" in line or b"\v" in line for line in lines):
        lines = [line + b"\n" for line in b"".join(lines).split(b"\n")]
    expected = defaultdict(list)
    for node in lazyast.walk(tree, ast.stmt):
        expected[text_of(lines, node)].append(position_of(node))
    for statement, positions in expected.items():
        counts["statements"] += len(positions)
        if len(statement) > LONGEST:
            counts["too long"] += len(positions)
            continue
        try:
            matches = lazyast.pattern(statement.decode(), literal_names=True).find(tree)
        except ValueError:
            counts["files skipped"] += 1
            return
        except lazyast.QueryError as error:
            yield positions[0], statement, str(error)
            continue
        found = {(match.kind, *(getattr(match, name) for name in POSITIONS)) for match in matches}
        for position in positions:
            if position not in found:
                yield position, statement, f"not among {len(found)} hits"


def main(directories):
    counts, failures = Counter(), 0
    started = time.monotonic()
    for directory in directories:
        for path in sorted(files_under(directory)):
            for position, statement, reason in check(path, counts):
                failures += 1
                if failures <= SHOWN:
                    print(f"{path}:{position[1]}:{position[2]}: {position[0]}: {reason}\n    {statement[:300]!r}")
    print(f"{dict(counts)}, {failures} did not match themselves; {time.monotonic() - started:.0f} s")
    return 1 if failures or not counts["statements"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [sysconfig.get_path("stdlib")]))
