"""The lifetime of trees and of what they keep alive; trees and threads."""

import ast
import gc
import itertools
import os
import random
import subprocess
import sys
import sysconfig
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lazyast
import pytest
from test_nodes import SOURCE, is_proxy

LIBRARY = Path(sysconfig.get_path("stdlib"))
FILES = sorted(LIBRARY.glob("*.py"))
HAS_PROC = Path("/proc/self/status").exists()


def resident():
    """Return the resident memory of this process in bytes."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields["RssAnon"].split()[0]) * 1024


def materialise_some(tree, chance):
    for node in lazyast.walk(tree, ast.FunctionDef):
        if chance.random() < 0.3:
            node.parent = tree
    for node in itertools.islice(ast.walk(tree), chance.randrange(500)):
        vars(node)


LEAK = """
import ast, gc, random, sys
sys.path.insert(0, sys.argv[1])
from test_lifetime import *

sources = [path.read_bytes() for path in FILES[:120]]
chance = random.Random(1)

def round(times):
    for _ in range(times):
        for source in sources:
            tree = lazyast.parse(source)
            materialise_some(tree, chance)
        lazyast.materialize(tree)
    del tree
    gc.collect()
    return len(gc.get_objects()), sys.getallocatedblocks(), resident()

round(3)
before = round(10)
after = round(20)
print(*before, *after)
"""


@pytest.mark.skipif(not HAS_PROC, reason="memory is read from /proc")
@pytest.mark.slow
def test_thousands_of_trees_leave_no_memory():
    command = [sys.executable, "-c", LEAK, str(Path(__file__).parent)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    objects, blocks, size, objects_after, blocks_after, size_after = map(int, run.stdout.split())
    # 2,400 trees with hundreds of nodes each: losing one object per tree would be visible.
    assert objects_after - objects < 100
    assert blocks_after - blocks < 1500
    assert size_after - size < 8 << 20


def test_a_tree_is_freed_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        tree = lazyast.parse(SOURCE)
        references = [weakref.ref(node) for node in ast.walk(tree) if not isinstance(node, ast.expr_context)]
        tree_of_proxies = lazyast.parse(SOURCE)
        references += [weakref.ref(node) for node in tree_of_proxies.body]
        del tree, tree_of_proxies
        shared = [reference() for reference in references if reference() is not None]
        assert all(isinstance(node, ast.operator | ast.unaryop | ast.cmpop) for node in shared)
    finally:
        gc.enable()


@pytest.mark.parametrize("make", [lazyast.parse, lambda source: lazyast.materialize(lazyast.parse(source))])
def test_cycles_through_users_attributes_are_collected(make):
    tree = make(SOURCE)
    for node in list(ast.walk(tree)):
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.expr_context | ast.operator | ast.unaryop | ast.cmpop):
                child.parent = node
    references = [weakref.ref(node) for node in ast.walk(tree) if hasattr(node, "parent")]
    assert len(references) > 80
    del tree, node, child
    gc.collect()
    assert [reference() for reference in references if reference() is not None] == []


def test_a_cycle_through_one_leaf_is_collected():
    leaf = lazyast.parse("pass").body[0]
    leaf.me = leaf
    reference = weakref.ref(leaf)
    del leaf
    gc.collect()
    assert reference() is None


def test_a_node_outlives_its_tree():
    statement = lazyast.parse(SOURCE).body[3]
    gc.collect()
    assert is_proxy(statement)
    assert statement.body[1].args.posonlyargs[0].arg == "self"


def test_only_materialised_nodes_are_tracked():
    tree = lazyast.parse(SOURCE)
    assert not any(map(gc.is_tracked, tree.body))
    vars(tree.body[3])
    assert gc.is_tracked(tree.body[3])
    assert all(map(gc.is_tracked, ast.walk(lazyast.materialize(tree))))


def test_the_state_of_the_collector_is_restored():
    for enabled in (True, False):
        (gc.enable if enabled else gc.disable)()
        try:
            lazyast.materialize(lazyast.parse(SOURCE * 20))
            assert gc.isenabled() is enabled
        finally:
            gc.enable()


@pytest.mark.parametrize("threshold", [1, 5, 700])
def test_collections_at_any_moment(threshold):
    before = gc.get_threshold()
    gc.set_threshold(threshold, 1, 1)
    try:
        tree = lazyast.parse(SOURCE * 10)
        list(lazyast.walk(tree, ast.Name))
        dump = ast.dump(lazyast.materialize(tree))
    finally:
        gc.set_threshold(*before)
    assert dump == ast.dump(ast.parse(SOURCE * 10))


FILES_HELD = """
import gc, os, sys, lazyast
from pathlib import Path
cache = sys.argv[1]

def held():
    links = Path("/proc/self/fd").iterdir()
    opened = sum(os.readlink(link).startswith(cache) for link in links if link.is_symlink())
    mapped = sum(cache in line for line in open("/proc/self/maps"))
    return opened, mapped

lazyast.Project(sys.argv[2:], cache_dir=cache)
project = lazyast.Project(sys.argv[2:], cache_dir=cache)
statement = project[0].tree.body[0]
print(held()[1])
del project
vars(statement)
del statement
gc.collect()
print(*held())
"""


@pytest.mark.skipif(not HAS_PROC, reason="open files are read from /proc")
def test_files_of_the_cache_are_released(tmp_path):
    command = [sys.executable, "-c", FILES_HELD, str(tmp_path / "cache"), *map(str, FILES[:3])]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    # No file is ever mapped, and none is open in the end.
    assert run.stdout.split() == ["0", "0", "0"]


def test_threads_share_trees():
    source = "\n".join(f"def f{n}(x): return [x, {n}, g(x.y, z={n})]" for n in range(150))
    expected = ast.dump(ast.parse(source), include_attributes=True)
    for seed in range(10):
        tree = lazyast.parse(source)
        errors = []

        def work(number, tree=tree, errors=errors, seed=seed):
            try:
                chance = random.Random(seed * 100 + number)
                ways = [
                    lambda: list(ast.walk(tree)),
                    lambda: lazyast.materialize(tree),
                    lambda: list(lazyast.walk(tree, ast.Call)),
                    lambda: lazyast.Visitor().visit(tree),
                    lambda: [node.name for node in tree.body],
                    lambda: lazyast.parent(chance.choice(tree.body)),
                ]
                for way in chance.sample(ways, len(ways)):
                    way()
                assert ast.dump(tree, include_attributes=True) == expected
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            sys.setswitchinterval(interval)
        assert not errors


def test_threads_parse_the_same():
    with ThreadPoolExecutor(8) as pool:
        trees = list(pool.map(lazyast.parse, [SOURCE] * 100))
    assert {ast.dump(tree) for tree in trees} == {ast.dump(ast.parse(SOURCE))}
    assert len({id(tree) for tree in trees}) == 100


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_trees_after_a_fork():
    tree = lazyast.parse(SOURCE)
    child = os.fork()
    if child == 0:
        same = ast.dump(tree) == ast.dump(ast.parse(SOURCE)) and lazyast.parse("a = b").body[0].value.id == "b"
        os._exit(0 if same else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert ast.dump(tree) == ast.dump(ast.parse(SOURCE))


FORKED = """
import os, pathlib, signal, sys, threading
import lazyast

packs = lambda: len(list(pathlib.Path(os.environ["LAZYAST_CACHE_DIR"]).rglob("*.pack")))
lazyast.parse("mine = 1")

def work(name):
    for number in range(2000):
        lazyast.parse(f"{name} = {number % 50}")

threads = [threading.Thread(target=work, args=(f"thread{number}",)) for number in range(3)]
for thread in threads:
    thread.start()
for number in range(40):
    child = os.fork()
    if child == 0:
        # A thread that the forked process does not have may have been in the middle of any operation.
        signal.alarm(20)
        lazyast.parse("mine = 1")
        lazyast.parse(f"forked = {number}")
        grandchild = os.fork()
        if grandchild == 0:
            lazyast.parse("mine = 1")
            os._exit(0)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(grandchild, 0)[1]))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
for thread in threads:
    thread.join()
before = packs()
if os.fork() == 0:
    # The archives that its parent has gathered are published by the parent.
    sys.exit()
os.wait()
assert packs() == before, packs()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_the_cache_after_a_fork(tmp_path):
    """A forked process has its own cache, whatever its parent's threads were doing with theirs."""
    environment = {**os.environ, "LAZYAST_CACHE_DIR": str(tmp_path / "cache")}
    result = subprocess.run([sys.executable, "-c", FORKED], env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert len(list(tmp_path.rglob("*.pack"))) == 1
