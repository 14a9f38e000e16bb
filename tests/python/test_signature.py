"""`lazyast.parse` is called like `ast.parse`, and rejects what `ast.parse` rejects."""

import ast
import inspect
import os
import pathlib
import subprocess
import sys

import fidelity
import lazyast
import pytest


def test_signature():
    assert inspect.signature(lazyast.parse) == inspect.signature(ast.parse)


class Text(str):
    pass


class Data(bytes):
    pass


class OwnPath(pathlib.PurePosixPath):
    def __fspath__(self):
        return "other.py"


SOURCE = "x = f(1)\n"

CALLS = {
    "str": ((SOURCE,), {}),
    "bytes": ((SOURCE.encode(),), {}),
    "bytearray": ((bytearray(SOURCE.encode()),), {}),
    "memoryview": ((memoryview(SOURCE.encode()),), {}),
    "memoryview of every second byte": ((memoryview(b"x  =  1  ")[::2],), {}),
    "str subclass": ((Text(SOURCE),), {}),
    "bytes subclass": ((Data(SOURCE.encode()),), {}),
    "expression": (("1 + 1",), {"mode": "eval"}),
    "single": (("1 + 1",), {"mode": "single"}),
    "function type": (("(int) -> str",), {"mode": "func_type"}),
    "unknown mode": ((SOURCE,), {"mode": "other"}),
    "mode that is no string": ((SOURCE,), {"mode": 1}),
    "mode of a subclass": ((SOURCE,), {"mode": Text("exec")}),
    "positional file name": ((SOURCE, "a.py", "exec"), {}),
    "file name in bytes": ((SOURCE, b"a.py"), {}),
    "file name as path": ((SOURCE, pathlib.Path("a.py")), {}),
    "file name as path of a subclass": ((SOURCE, OwnPath("a.py")), {}),
    "file name as path with NUL": ((SOURCE, pathlib.Path("a\0b")), {}),
    "file name as path, syntax error": (("x =", pathlib.Path("a.py")), {}),
    "file name with NUL": ((SOURCE, "a\0b"), {}),
    "file name with surrogates": ((SOURCE, "a\ud800b"), {}),
    "file name with NUL, syntax error": (("x =", "a\0b"), {}),
    "file name None": ((SOURCE, None), {}),
    "file name 1": ((SOURCE, 1), {}),
    "type comments": (("x = 1 # type: int\n",), {"type_comments": True}),
    "type comments, none there": ((SOURCE,), {"type_comments": True}),
    "type comments, truthy": ((SOURCE,), {"type_comments": "yes"}),
    "type ignores": (("x = 1 # type: ignore[x]\n",), {"type_comments": 1}),
    "feature version": ((SOURCE,), {"feature_version": 8}),
    "feature version as tuple": ((SOURCE,), {"feature_version": (3, 7)}),
    "feature version, newer syntax": (("match x:\n  case 1: pass",), {"feature_version": (3, 9)}),
    "bad feature version": ((SOURCE,), {"feature_version": "3"}),
    "major version 2": ((SOURCE,), {"feature_version": (2, 7)}),
    "optimize": (("assert __debug__",), {"optimize": 2}),
    "optimize 0": (("__debug__",), {"optimize": 0}),
    "optimize True": (("__debug__",), {"optimize": True}),
    "bad optimize": ((SOURCE,), {"optimize": 7}),
    "unknown option": ((SOURCE,), {"other": 1}),
    "nothing": ((), {}),
    "too much": ((SOURCE, "a", "exec", 1), {}),
    "a tree": ((ast.parse(SOURCE),), {}),
    "a part of a tree": ((ast.parse(SOURCE).body[0],), {}),
    "None": ((None,), {}),
    "int": ((1,), {}),
    "syntax error": (("x = (",), {"filename": "there.py"}),
    "syntax error in bytes": ((b"x = \xff",), {"filename": "there.py"}),
}


@pytest.mark.parametrize("call", CALLS)
def test_call(call):
    arguments, options = CALLS[call]
    results = []
    for parse in (lazyast.parse, ast.parse):
        try:
            results.append((parse(*arguments, **options), None))
        except Exception as error:
            results.append((None, fidelity.describe(error)))
    (mine, my_error), (theirs, error) = results
    assert my_error == error
    assert fidelity.first_difference(mine, theirs) is None


@pytest.mark.parametrize("option", ["-O", "-OO"])
def test_docstrings_are_there_where_the_interpreter_leaves_them(option):
    script = """
import ast, sys, lazyast
source = "'a'\\ndef f():\\n    'b'\\nclass C:\\n    'c'\\n    async def g(self): 'd'\\n"
print(ast.dump(lazyast.parse(source)) == ast.dump(ast.parse(source)))
trees = [ast.dump(ast.parse(source)), ast.dump(compile(source, "", "exec", ast.PyCF_ONLY_AST, optimize=1))]
lazyast.install()
print(trees == [ast.dump(ast.parse(source)), ast.dump(compile(source, "", "exec", ast.PyCF_ONLY_AST, optimize=1))])
print(sys.version_info >= (3, 13) and ast.dump(lazyast.parse(source, optimize=0)) != trees[0])
"""
    run = subprocess.run([sys.executable, option, "-c", script], capture_output=True, text=True, check=True)
    # Such versions remove docstrings from trees.
    removes = option == "-OO" and sys.version_info >= (3, 14)
    assert run.stdout.split() == ["True", "True", str(removes)]


def test_file_names_as_paths_are_served():
    def is_lazy(name):
        return type(lazyast.parse(SOURCE, name).body[0]) is not ast.Assign

    assert is_lazy("a.py") and is_lazy(pathlib.Path("a.py"))
    assert not is_lazy(OwnPath("a.py"))


def test_a_buffer_is_not_kept():
    source = bytearray(b"x = 1\n")
    lazyast.parse(source)
    source.append(1)


def test_audit_hooks_see_the_same():
    script = """
import ast, pathlib, sys, lazyast
lazyast.parse("y = 1")
events = []
def hook(name, args):
    if name == "compile" and args[1] == "a.py":
        events.append(args)
sys.addaudithook(hook)
for source in ("x = 1", "x = 'é'", b"x = 1", bytearray(b"x = 1"), "x = 1or 2", "x = ("):
    for name in "a.py", pathlib.Path("a.py"):
        for parse in (ast.parse, lazyast.parse):
            try:
                parse(source, name)
            except SyntaxError:
                pass
assert len(events) == 24 and events[0::2] == events[1::2], events
"""
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", script]) == 0


def test_parse_file(tmp_path):
    path = tmp_path / "a.py"
    path.write_bytes(b"# coding: latin-1\nx = '\xe9'\n")
    assert fidelity.first_difference(lazyast.parse_file(path), ast.parse(path.read_bytes())) is None
    assert lazyast.parse_file(str(path)).body[0].value.value == "é"
    path.write_text("x = (")
    with pytest.raises(SyntaxError) as caught:
        lazyast.parse_file(path)
    assert caught.value.filename == str(path)
    with pytest.raises(FileNotFoundError):
        lazyast.parse_file(tmp_path / "none.py")
