"""Under `install`, `ast.walk`, `ast.iter_child_nodes` and `ast.NodeVisitor` do what CPython's own do."""

import ast
import gc
import inspect
import subprocess
import sys
import threading
import types
import typing
import weakref
from unittest import mock

import lazyast
import pytest
from test_nodes import SOURCE, STATES, text
from test_walk import FILES
from visitors import (
    AsksAgain,
    Borrowing,
    ByName,
    EveryNode,
    EveryVisit,
    Expressions,
    Functions,
    Looking,
    NoMethods,
    Old,
    Properties,
    Recorder,
    Slots,
    SometimesThere,
    changing,
)

FUNCTIONS = [
    (ast, "walk"),
    (ast, "iter_child_nodes"),
    (ast.NodeVisitor, "generic_visit"),
]


@pytest.fixture
def installed():
    lazyast.install(lazy=True)
    yield
    lazyast.uninstall()


def current():
    return [vars(owner)[name] for owner, name in FUNCTIONS]


def outcome(scenario, *arguments):
    """Run a scenario, and give what it recorded and the error that ended it."""
    seen = []
    try:
        result = scenario(seen, *arguments)
    except Exception as error:
        return seen, type(error), str(error)
    return seen, result, None


def assert_same(scenario, *arguments):
    """Run a scenario with CPython's functions and with those of `install`."""
    before = current()
    expected = outcome(scenario, *arguments)
    lazyast.install(lazy=True)
    try:
        assert not set(map(id, before)) & set(map(id, current()))
        assert outcome(scenario, *arguments) == expected
    finally:
        lazyast.uninstall()
    return expected


@pytest.mark.parametrize("state", STATES)
def test_walk_and_children(state):
    def scenario(seen):
        for node in ast.walk(STATES[state](SOURCE)):
            seen.append(text(node))
            seen.extend(text(child) for child in ast.iter_child_nodes(node))

    assert len(assert_same(scenario)[0]) > 200


VISITORS = [Functions, Expressions, EveryNode, EveryVisit, ByName, Slots, changing]
ODD_VISITORS = [SometimesThere, Properties, Looking, AsksAgain, NoMethods, Borrowing]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("visitor", VISITORS)
def test_visitors(visitor, state):
    def scenario(seen):
        return visitor(seen).visit(STATES[state](SOURCE))

    assert assert_same(scenario)[0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("visitor", ODD_VISITORS)
def test_odd_visitors(visitor):
    def scenario(seen):
        return visitor(seen).visit(ast.parse("a; b; c\nd(e, f + g, 'h')\nif i: j\nk: l\nm\n"))

    assert_same(scenario)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_visitors_of_real_files(path):
    def scenario(seen):
        for visitor in VISITORS:
            visitor(seen).visit(ast.parse(path.read_bytes()))
        seen.extend(type(node) for node in ast.walk(ast.parse(path.read_bytes())))

    assert len(assert_same(scenario)[0]) > 30


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_names_of_constants():
    def scenario(seen):
        tree = ast.parse("1; 'a'; b'c'; None; ...; True; -2j; f'{x}'")
        tree.body[0].value.value = ast.Name("a node as a value")
        del tree.body[1].value.value
        for statement in tree.body:
            seen.append(outcome(lambda _, statement=statement: Old(seen).visit(statement)))
            seen.append(outcome(lambda _, statement=statement: Slots(seen).visit(statement)))

    assert_same(scenario)


def test_nodes_that_change_meanwhile():
    def scenario(seen):
        tree = ast.parse("a = b; c(d, e); f + g; h[i]; class_")
        for node in ast.walk(tree):
            seen.append(type(node).__name__)
            if isinstance(node, ast.Module):
                node.body[0].value = ast.Name("B", ast.Load())
                node.body.append(ast.Pass())
                node.body.pop(1)
                del node.body[1].value
                node.body[2].extra = ast.Name("no field", ast.Load())
        tree = ast.parse("a; b; c; d")
        for child in ast.iter_child_nodes(tree):
            seen.append(child.value.id)
            if len(tree.body) < 6:
                tree.body.append(child)
            if len(seen) % 3 == 0:
                tree.body.pop(0)
            tree.type_ignores = [ast.TypeIgnore(1, ""), ast.TypeIgnore(2, "")]

    assert_same(scenario)


def test_visitors_that_change_nodes():
    class Visitor(Recorder):
        def visit_Name(self, node):
            self.record(node)
            if len(self.body) < 12:
                self.body.append(ast.Expr(ast.Name("new", ast.Load())))
            else:
                del self.body[3:]

    def scenario(seen):
        tree = ast.parse("a\nb\nc\nd\n")
        visitor = Visitor(seen)
        visitor.body = tree.body
        visitor.visit(tree)

    assert len(assert_same(scenario)[0]) > 5


class Derived(ast.Name):
    pass


class WithFields(ast.expr):
    _fields = ("first", "missing", "second")


class Failing(ast.expr):
    _fields = ("value",)

    @property
    def value(self):
        raise KeyError("value")


class Stopping(ast.expr):
    _fields = ("value",)

    @property
    def value(self):
        raise StopIteration


class Reversed(list):
    def __iter__(self):
        return reversed(list(super().__iter__()))


def unusual_trees():
    name = ast.Name("x", ast.Load())
    first = WithFields()
    first.first, first.second = [name, None, "text", [name]], Derived("y", ast.Load())
    with_own_fields = ast.Name("x", ast.Load())
    with_own_fields._fields, with_own_fields.extra = ("extra",), ast.Pass()
    without_fields = ast.Module([name], [])
    del without_fields.body
    wrong_names = ast.Name("x", ast.Load())
    wrong_names._fields = (1,)
    operator = ast.Add()
    operator._fields, operator.left = ("left",), name
    yield from (first, with_own_fields, without_fields, wrong_names, Failing(), Stopping(), operator)
    yield ast.Module(Reversed([name, ast.Pass(), ast.Break()]), [])
    yield ast.Expression(mock.Mock(spec=ast.Name, _fields=("id",), id=ast.Pass()))
    yield ast.Expression((name, name))
    yield from (5, None, "text", [name], ast.Name, ast.AST())


@pytest.mark.parametrize("index", range(len(list(unusual_trees()))))
def test_unusual_trees(index):
    def scenario(seen, function):
        tree = list(unusual_trees())[index]
        seen.extend(type(node).__name__ for node in function(tree))

    def visit(seen, visitor):
        visitor(seen).visit(list(unusual_trees())[index])

    assert_same(scenario, lambda tree: ast.walk(tree))
    assert_same(scenario, lambda tree: ast.iter_child_nodes(tree))
    for visitor in (Functions, Expressions, EveryNode, EveryVisit):
        assert_same(visit, visitor)


def test_classes_with_other_fields(monkeypatch):
    monkeypatch.setattr(ast.Name, "_fields", ("parent", "id"))

    def scenario(seen):
        tree = ast.parse("x + y")
        tree.body[0].value.left.parent = ast.Pass()
        seen.extend(type(node).__name__ for node in ast.walk(tree))
        EveryNode(seen).visit(tree)

    assert ("EveryNode", "Pass", None) in assert_same(scenario)[0]


def test_errors_of_methods():
    class Visitor(Recorder):
        visit_Name = 5

        def visit_Call(self, node):
            self.record(node)
            raise ValueError(node.func.id)

    def scenario(seen, source):
        Visitor(seen).visit(ast.parse(source))

    assert assert_same(scenario, "[f(x), g(y)]")[1] is ValueError
    assert assert_same(scenario, "[x, g(y)]")[1] is TypeError


@pytest.mark.parametrize("name", ["iter_fields", "iter_child_nodes"])
def test_functions_that_others_replace(monkeypatch, name):
    original = getattr(ast, name)

    def scenario(seen):
        tree = ast.parse("f(x)")
        with monkeypatch.context() as patch:
            patch.setattr(ast, name, lambda node: seen.append(type(node).__name__) or original(node))
            seen.extend(type(node).__name__ for node in ast.walk(tree))
            EveryNode(seen).visit(tree)
            seen.extend(map(ast.dump, ast.iter_child_nodes(tree)))

    assert len(assert_same(scenario)[0]) > 20


@pytest.mark.parametrize(("owner", "name"), FUNCTIONS, ids=[name for _, name in FUNCTIONS])
def test_functions_that_others_have_replaced(monkeypatch, owner, name):
    before = current()

    def theirs(*arguments):
        raise AssertionError

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, theirs)
        replaced = current()
        lazyast.install()
        assert current() == replaced
        lazyast.uninstall()
    lazyast.install()
    setattr(owner, name, theirs)
    lazyast.uninstall()
    assert vars(owner)[name] is theirs
    setattr(owner, name, before[FUNCTIONS.index((owner, name))])
    assert current() == before


def test_a_patch_that_ends_after_uninstall(monkeypatch):
    before = current()
    lazyast.install()
    with monkeypatch.context() as patch:
        patch.setattr(ast, "walk", lambda node: [])
        lazyast.uninstall()
    assert current() != before
    assert len(list(ast.walk(ast.parse("x + y")))) == 8
    lazyast.install()
    lazyast.uninstall()
    assert current() == before


def test_they_look_like_those_of_ast():
    before = current()
    lazyast.install()
    try:
        for ours, theirs in zip(current(), before, strict=True):
            assert type(ours) is types.FunctionType
            assert (ours.__name__, ours.__qualname__, ours.__module__, ours.__doc__) == (
                theirs.__name__,
                theirs.__qualname__,
                theirs.__module__,
                theirs.__doc__,
            )
            assert str(inspect.signature(ours, eval_str=True)) == str(inspect.signature(theirs))
            assert typing.get_type_hints(ours) == {}
        walk = ast.walk(ast.parse("x"))
        assert inspect.isgenerator(walk)
        assert isinstance(next(walk), ast.Module)
        assert isinstance(walk.send(5), ast.Expr)
        walk.close()
        assert list(walk) == []
    finally:
        lazyast.uninstall()
    assert current() == before


def test_a_walk_goes_on_after_uninstall(installed):
    walk, children = ast.walk(ast.parse("x + y")), ast.iter_child_nodes(ast.parse("x; y"))
    next(walk), next(children)
    lazyast.uninstall()
    assert len(list(walk)) == 7
    assert len(list(children)) == 1


def test_walks_are_collected(installed):
    node = ast.Module([ast.Pass()], [])
    node.walk, node.children = ast.walk(node), ast.iter_child_nodes(node)
    next(node.walk), next(node.children)
    gone = weakref.ref(node)
    del node
    gc.collect()
    assert gone() is None


class Deep(ast.NodeVisitor):
    depth = 0

    def visit_BinOp(self, node):
        self.depth += 1
        self.generic_visit(node)


def deep(levels):
    tree = ast.Name("x", ast.Load())
    for _ in range(levels):
        tree = ast.BinOp(tree, ast.Add(), ast.Name("y", ast.Load()))
    return tree


def levels_until_recursion_error(visitor):
    def passes(levels):
        try:
            visitor().visit(deep(levels))
        except RecursionError:
            return False
        return True

    levels = 16
    while passes(levels + 16):
        levels += 16
    return levels


def test_deep_trees_with_methods_reach_the_limit_no_earlier():
    theirs = levels_until_recursion_error(Deep)
    lazyast.install()
    try:
        assert levels_until_recursion_error(Deep) >= theirs
    finally:
        lazyast.uninstall()


def test_very_deep_trees_with_a_high_limit(installed):
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        visitor = Deep()
        visitor.visit(deep(50_000))
        assert visitor.depth == 50_000
    finally:
        sys.setrecursionlimit(limit)


def test_trees_without_an_end(installed):
    loop = ast.Expr(ast.Pass())
    loop.value = loop
    for visitor in (ast.NodeVisitor, lazyast.Visitor):
        with pytest.raises(RecursionError):
            visitor().visit(loop)
    shared = ast.Name("x", ast.Load())
    for _ in range(64):
        shared = ast.BinOp(shared, ast.Add(), shared)
    source = "\n".join(f"def f{n}(a, b=1):\n    x = a + b * {n}\n    if x: return g(x, [a, b])" for n in range(200))
    tree = ast.parse(source)
    tree.body += [loop, shared]
    for function in tree.body[:200]:
        assert function.body[0].value.left.id == "a"
    tree = ast.parse(source)
    tree.body += [loop, shared]
    walk = ast.walk(tree)
    assert sum(1 for _ in zip(range(2000), walk, strict=False)) == 2000


def test_nodes_of_others_are_not_read_early(installed):
    reads = []

    class Reading(ast.expr):
        _fields = ("value",)

        @property
        def value(self):
            reads.append(len(seen))

    seen = []
    tree = ast.parse("\n".join(f"def f{n}(): return g({n})" for n in range(200)))
    tree.body.append(Reading())
    for function in tree.body[:200]:
        ast.dump(function)
    assert not reads
    for node in ast.walk(tree):
        seen.append(node)
    assert len(reads) == 1
    assert reads[0] > 200


def test_other_threads_run_meanwhile(installed):
    class Visitor(ast.NodeVisitor):
        pass

    shared = ast.Name("x", ast.Load())
    for _ in range(18):
        shared = ast.BinOp(shared, ast.Add(), shared)
    seen, done = [], threading.Event()

    def work():
        while not done.is_set():
            seen.append(None)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        before = len(seen)
        Visitor().visit(shared)
        assert len(seen) > before
    finally:
        done.set()
        thread.join()


DAEMON = """
import ast, threading, time, lazyast
lazyast.install()
tree = ast.parse("a = b + c\\n" * 2000)
class Visitor({base}):
    def visit_Name(self, node):
        for _ in range(50): pass
def work():
    while True: Visitor().visit(tree)
threading.Thread(target=work, daemon=True).start()
time.sleep(0.2)
"""


@pytest.mark.parametrize("base", ["ast.NodeVisitor", "lazyast.Visitor"])
def test_a_process_ends_while_a_thread_visits(base):
    """Up to 3.13, the interpreter unwinds the stacks of such threads."""
    run = subprocess.run([sys.executable, "-c", DAEMON.format(base=base)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_deep_visits_on_a_small_stack():
    """Native frames below a visitor's methods would take more of it."""
    code = "import ast, threading\n" + SMALL_STACK
    for first in ("", "import lazyast; lazyast.install()\n"):
        run = subprocess.run([sys.executable, "-c", first + code], capture_output=True, text=True, check=False)
        assert (run.returncode, run.stdout) == (0, "200\n"), run.stderr


SMALL_STACK = """
tree = ast.Name("x", ast.Load())
for _ in range(200):
    tree = ast.UnaryOp(ast.Not(), tree)
class Visitor(ast.NodeVisitor):
    n = 0
    def visit_UnaryOp(self, node):
        self.n += 1
        self.generic_visit(node)
def work():
    visitor = Visitor()
    visitor.visit(tree)
    print(visitor.n)
threading.stack_size(128 * 1024)
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


def test_wrappers_are_called(monkeypatch):
    class Wrapper:
        """Answers like the function, as wrapt's proxies do."""

        def __init__(self, function):
            self.function = function

        def __getattr__(self, name):
            return getattr(self.function, name)

        def __get__(self, instance, owner=None):
            return Wrapper(self.function.__get__(instance, owner))

        def __call__(self, *arguments):
            calls.append(type(arguments[-1]).__name__)
            return self.function(*arguments)

    for name in ("visit", "generic_visit"):
        found = []
        for first in (True, False):
            calls = []
            if not first:
                lazyast.install()
            with monkeypatch.context() as patch:
                patch.setattr(ast.NodeVisitor, name, Wrapper(vars(ast.NodeVisitor)[name]))
                if first:
                    lazyast.install()
                ast.NodeVisitor().visit(ast.parse("a + b"))
            lazyast.uninstall()
            found.append(calls)
        assert found[0] == found[1]
        assert len(found[0]) == 8
