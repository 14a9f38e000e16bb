"""`install` and `uninstall`: all trees of a process come from lazyast, and no code sees a difference."""

import ast
import builtins
import inspect
import subprocess
import sys
import threading
import unicodedata
import warnings

import lazyast
import pytest
from lazyast import _native, _parse
from test_nodes import SOURCE, is_proxy

LARGE = "\n".join(f"def f{n}(x): return x + {n}" for n in range(200))


@pytest.fixture
def installed():
    lazyast.install(lazy=True)
    yield
    lazyast.uninstall()


def served(tree):
    """Whether a tree is lazyast's, whose large trees have proxies."""
    return is_proxy(tree.body[-1])


def flags(extra=0):
    return ast.PyCF_ONLY_AST | extra


CALLS = {
    "ast.parse": lambda source: ast.parse(source),
    "ast.parse bytes": lambda source: ast.parse(source.encode(), "name.py"),
    "ast.parse with type comments": lambda source: ast.parse(source, type_comments=True),
    "compile": lambda source: compile(source, "name.py", "exec", ast.PyCF_ONLY_AST),
    "compile with names": lambda source: compile(
        source=source, filename="name.py", mode="exec", flags=ast.PyCF_ONLY_AST, dont_inherit=True, optimize=-1
    ),
    "compile with optimize": lambda source: compile(source, "", "exec", flags(), optimize=1),
    "compile with type comments": lambda source: compile(source, "", "exec", flags(ast.PyCF_TYPE_COMMENTS)),
    "builtins": lambda source: builtins.compile(source, "name.py", "exec", ast.PyCF_ONLY_AST),
}


@pytest.mark.parametrize("call", CALLS)
def test_trees_are_served(installed, call):
    assert served(CALLS[call](LARGE))
    tree = CALLS[call](SOURCE)
    lazyast.uninstall()
    assert ast.dump(tree, include_attributes=True) == ast.dump(CALLS[call](SOURCE), include_attributes=True)


def test_a_name_that_was_imported_before_is_served():
    from ast import parse

    lazyast.install(lazy=True)
    try:
        assert served(parse(LARGE))
    finally:
        lazyast.uninstall()
    assert not served(parse(LARGE))


def test_small_trees_are_materialised(installed):
    tree = ast.parse(SOURCE)
    assert not any(map(is_proxy, ast.walk(tree)))
    assert not any(is_proxy(node) for node in tree.body)
    assert type(tree.body[1]) is ast.Import


def test_trees_are_exact_by_default():
    lazyast.install(lazy=True)
    lazyast.install()
    try:
        tree = ast.parse(LARGE)
        assert not any(map(is_proxy, tree.body))
        assert type(tree.body[7].body[0].value) is ast.BinOp
        lazyast.install(lazy=True)
        assert served(ast.parse(LARGE))
    finally:
        lazyast.uninstall()


def test_uninstall_restores_everything():
    before = builtins.compile, ast.parse
    lazyast.install()
    assert builtins.compile is not before[0]
    lazyast.uninstall()
    assert (builtins.compile, ast.parse) == before


def test_installing_twice():
    before = builtins.compile
    lazyast.install()
    lazyast.install()
    lazyast.uninstall()
    assert builtins.compile is before
    lazyast.uninstall()
    assert builtins.compile is before


@pytest.mark.parametrize("first", [True, False])
def test_other_replacements_stay(monkeypatch, first):
    before = builtins.compile

    def theirs(*arguments, **options):
        return before(*arguments, **options)

    if first:
        monkeypatch.setattr(builtins, "compile", theirs)
    lazyast.install()
    if not first:
        # Not with monkeypatch, which would restore the current value: lazyast's function.
        builtins.compile = theirs
    try:
        lazyast.uninstall()
        assert builtins.compile is theirs
    finally:
        builtins.compile = before


def test_threads_install_and_uninstall():
    before = builtins.compile
    errors = []

    def work():
        try:
            for _ in range(50):
                lazyast.install()
                assert len(ast.parse(LARGE).body) == 200
                lazyast.uninstall()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    lazyast.uninstall()
    assert builtins.compile is before


def outcome(function):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = function()
        except BaseException as error:
            position = [getattr(error, name, None) for name in ("filename", "lineno", "offset", "text")]
            result = type(error), str(error), position
    if isinstance(result, ast.AST):
        result = ast.dump(result, include_attributes=True)
    return result, [(each.category, str(each.message), each.filename, each.lineno) for each in caught]


def recursing():
    return eval("-" * 100_000 + "1")


SAME = {
    "syntax error": lambda: ast.parse("a b", "name.py"),
    "indentation": lambda: ast.parse("if x:\ny", "name.py"),
    "null": lambda: ast.parse("a\0b"),
    "warning": lambda: ast.parse("'\\d'\n1if x else 2", "name.py"),
    "no arguments": lambda: compile(),
    "no mode": lambda: compile("a", "b"),
    "wrong source": lambda: compile(5, "b", "exec", ast.PyCF_ONLY_AST),
    "wrong mode": lambda: compile("a", "b", "other", ast.PyCF_ONLY_AST),
    "wrong flags": lambda: compile("a", "b", "exec", 1 << 30),
    "unknown name": lambda: compile("a", "b", "exec", flag=1),
    "name twice": lambda: compile("a", "b", "exec", ast.PyCF_ONLY_AST, flags=ast.PyCF_ONLY_AST),
    "too many": lambda: compile(*"abcdefgh"),
    "eval": lambda: ast.parse("a", mode="eval"),
    "single": lambda: compile("a", "b", "single", ast.PyCF_ONLY_AST),
    "func_type": lambda: ast.parse("(int) -> str", mode="func_type"),
    "feature version": lambda: ast.parse("match x:\n case 1: pass", feature_version=(3, 8)),
    "code": lambda: compile("a = 1", "b", "exec").co_names,
    "tree": lambda: compile(ast.parse("a = 1"), "b", "exec").co_names,
    "tree to tree": lambda: compile(ast.parse("a = 1"), "b", "exec", ast.PyCF_ONLY_AST),
    "path": lambda: compile(b"a", __file__.encode(), "exec", ast.PyCF_ONLY_AST),
    **{
        f"optimize {level}": lambda level=level: compile(
            "'a'\nassert __debug__\ndef f():\n    'b'", "b", "exec", ast.PyCF_ONLY_AST, optimize=level
        )
        for level in (-2, 0, 1, 2, 3, True, None, 10**30)
    },
    "type comments": lambda: ast.parse("x = 1  # type: int\ny  # type: ignore[z]\n", type_comments=True),
    "no type comments": lambda: ast.parse("x = 1  # type: int\n"),
    "await": lambda: ast.parse("await x"),
    "future": lambda: compile("a <> b", "b", "exec", ast.PyCF_ONLY_AST | 0x400000),
    "surrogates": lambda: ast.parse("'\udc80'"),
    "encoding": lambda: ast.parse("# coding: latin-1\n'\xe9'".encode("latin-1")),
    "bad encoding": lambda: ast.parse(b"# coding: nothing\n"),
    "deep": recursing,
    "literal": lambda: ast.literal_eval("[1, (2, 'a'), -3j]"),
}


@pytest.mark.parametrize("name", SAME)
def test_all_other_calls_are_unchanged(installed, name):
    with_lazyast = outcome(SAME[name])
    lazyast.uninstall()
    assert with_lazyast == outcome(SAME[name])


def test_future_statements_of_the_caller(installed):
    code = "from __future__ import barry_as_FLUFL\ntree = compile('a <> b', '', 'exec', 0x400)"
    namespace = {}
    exec(code, namespace)
    assert isinstance(namespace["tree"].body[0].value.ops[0], ast.NotEq)
    with pytest.raises(SyntaxError):
        compile("a <> b", "", "exec", 0x400)


def test_annotations_of_the_caller(installed):
    namespace = {}
    exec("from __future__ import annotations\ncode = compile('def f(x: 1 + 1): pass', '', 'exec')", namespace)
    exec(namespace["code"], namespace)
    assert namespace["f"].__annotations__ == {"x": "1 + 1"}


def test_replaced_normalization(installed, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(unicodedata, "normalize", lambda *_: None)
        with pytest.raises(TypeError):
            ast.parse("\u03d5")
        assert ast.parse("phi").body


def test_audit_events():
    code = """
import ast, sys, lazyast
events = []
sys.addaudithook(lambda event, arguments: events.append(arguments) if event == "compile" else None)
lazyast.install()
events.clear()
ast.parse("x = 1", "name.py")
print(events)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[(b'x = 1', 'name.py')]"


def test_the_replacement_looks_like_compile(installed):
    assert compile.__name__ == "compile"
    assert inspect.signature(compile) == inspect.signature(_parse.interpreter_compile)
    assert type(compile) is type(_parse.interpreter_compile)
    assert compile.__doc__.startswith("Compile source into a code object")
    assert callable(compile)


def test_imports_are_unchanged(installed, tmp_path, monkeypatch):
    (tmp_path / "some_module.py").write_text("value = [n for n in range(3)]")
    monkeypatch.syspath_prepend(tmp_path)
    import some_module

    assert some_module.value == [0, 1, 2]


def test_the_first_f_string_of_a_process_causes_no_deadlock():
    code = "import ast, lazyast; lazyast.install(); print(len(ast.parse('f\"{x}\"').body))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == "1"


def test_reasons_to_fall_back():
    assert _native.explain("x = 1") is None
    assert _native.explain("x = 1  # type: int") is None
    assert "type comments" in _native.explain("x = 1  # type: int", True)
