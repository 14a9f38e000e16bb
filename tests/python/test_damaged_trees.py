"""Archives that are damaged after they were opened: the result is an error or a wrong value, and nothing worse.

The cache checks archives when it reads them, and never returns a damaged one. These tests bypass the cache.
"""

import ast
import gc
import random
import re
import resource
import signal
import struct
import subprocess
import sys
from collections import Counter

import lazyast
import pytest
from lazyast import _native

SOURCE = b'''
import a.b as c
from ..d import *
@e
class F(G, metaclass=H):
    """Text \xc3\xa9."""
    def f(self, x: int = 1, /, *y, z, t=2, **w) -> None:
        global v
        return [self.x[0:1], {**w, 'k': -1.5, 7: b'z'}, f'{x!r:>{y}}' 'a', x if y else z, 3j]
    async def g(self):
        async with h as i: await j
        try: return (k for k in l if k < 2 <= 3 not in m)
        except* n as o: raise
match p:
    case {'a': 1, **rest} | {} if q: pass
    case R(1, i=None) | [*_] | None: pass
x: int = 123456789012345678901234567890 and not ~z  # comment
'''
SECONDS_FOR_ONE = 10
MEMORY = 3 << 30


def use(archive, way):
    """Use a tree as users do. Raises CorruptArchive if the damage is detected."""
    tree = _native.open_archive(archive)
    if way == 0:
        nodes = list(ast.walk(tree))
    elif way == 1:
        nodes = list(lazyast.walk(lazyast.materialize(tree)))
    elif way == 2:
        nodes = list(lazyast.walk(tree, ast.Name, ast.Constant, ast.arg))
        lazyast.Visitor().visit(tree)
        nodes += ast.walk(tree)
    else:
        chance, nodes, pending = random.Random(way), [], [tree]
        while pending:
            nodes.append(pending.pop(chance.randrange(len(pending))))
            pending.extend(ast.iter_child_nodes(nodes[-1]))
    # These may fail on wrong values, but must not end the process.
    for function in (ast.dump, ast.unparse, lambda tree: compile(tree, "a", "exec")):
        try:
            function(tree)
        except lazyast.CorruptArchive:
            raise
        except Exception:
            pass
    for node in nodes[:: max(len(nodes) // 4, 1)]:
        try:
            lazyast.ancestors(node, root=tree)
        except LookupError:
            pass
    return len(nodes)


def main():
    """Flip every byte in several ways, and many bytes at once. Prints how many attempts had which result."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("one tree took too long"))
    whole = _native.archive(SOURCE)
    assert use(whole, 0) > 100
    counts = Counter()
    chance = random.Random(1)
    changes = [[(index, mask)] for index in range(len(whole)) for mask in (1, 0x80, 0xFF)]
    for _ in range(10_000):
        indices = [chance.randrange(64, len(whole)) for _ in range(chance.choice((2, 5, 40)))]
        changes.append([(index, chance.randrange(1, 256)) for index in indices])
    for number, change in enumerate(changes):
        archive = bytearray(whole)
        for index, mask in change:
            archive[index] ^= mask
        signal.alarm(SECONDS_FOR_ONE)
        try:
            use(bytes(archive), number % 5)
            counts["used"] += 1
        except lazyast.CorruptArchive as error:
            counts["not opened" if "cannot be opened" in str(error) else "corrupt"] += 1
        signal.alarm(0)
    for length in range(0, len(whole), 7):
        with pytest.raises(lazyast.CorruptArchive):
            use(whole[:length], 0)
        counts["cut"] += 1
    print(len(changes), *(counts[name] for name in ("used", "corrupt", "not opened", "cut")))


@pytest.mark.slow
def test_flipped_bytes_under_a_tree():
    run = subprocess.run([sys.executable, "-X", "faulthandler", __file__], capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stdout + run.stderr
    changes, used, corrupt, not_opened, cut = map(int, run.stdout.split())
    assert changes == used + corrupt + not_opened > 5000
    # The test is only meaningful if all three results occur.
    assert min(used, corrupt, not_opened, cut) > 100


def test_sizes_that_contradict_each_other():
    """Large sizes are looked up by row, and also read in order. Here the class A has 901 nodes below it, and 600."""

    def packed(rows, values):
        return struct.pack("<3I", *(2 << 28 | row for row in rows)), struct.pack("<3I", *values)

    archive = _native.archive(b"class A:\n  class B:\n" + b"    x = 1\n" * 300)
    for before, after in zip(packed((0, 1, 2), (902, 901, 900)), packed((0, 2, 2), (902, 600, 901)), strict=True):
        assert archive.count(before) == 1
        archive = archive.replace(before, after)
    with pytest.raises(lazyast.CorruptArchive, match="node is outside of its tree"):
        lazyast.materialize(_native.open_archive(archive))
    # What was created is freed, and the collector knows nothing of it.
    gc.collect()


def test_the_message():
    whole = _native.archive(b"spam = eggs")
    messages = []
    for index in range(64, len(whole)):
        archive = bytearray(whole)
        archive[index] = 250
        try:
            list(ast.walk(_native.open_archive(bytes(archive))))
        except lazyast.CorruptArchive as error:
            messages.append(str(error))
    assert any(re.search("kind.*250.*run `lazyast clean`", each) for each in messages), messages


if __name__ == "__main__":
    main()
