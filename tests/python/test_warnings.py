"""Sources about which the interpreter's parser warns: trees from archives, and the interpreter's own warnings."""

import ast
import subprocess
import sys
import warnings

import lazyast
import pytest
from lazyast import _native

SERVED = {
    "one": "'\\d'\n",
    "bytes": "b'\\d'\n",
    "with a prefix": "u'\\d'\n",
    "octal": "'\\400', b'\\777'\n",
    "octal before another": "'\\400\\d'\n",
    "several in one string": "'\\d\\w\\400'\n",
    "several on one line": "a = '\\d', ('\\w', '\\d'); '\\s'\n",
    "joined": "'a' '\\d' \"\\w\" r'\\s' '\\z'\n",
    "joined over lines": "(\n 'a' # '\\q\n\n '\\d'\n  '''\n\\w\n'''\n)\n'\\s'\n",
    "continued lines": "x = '\\d' \\\n '\\w'\n'\\\n\\d'\n",
    "a later line of a string": "def f():\n    '''a\n\n    \\d\n    \\w'''\n    return '\\s'\n",
    "raw strings between": "r'\\d'\n'\\w'\nr'''\n\\s'''\n'\\z'\n",
    "a decorator": "@f('\\d')\nclass C(g('\\w')):\n  '\\s'\n",
    "a default": "def f(a='\\d', *, b: '\\w' = '\\s') -> '\\z': pass\n",
    "a pattern": "match '\\d':\n case '\\w' | {'\\s': _}: pass\n",
    "a call of match": "match('\\d')\n",
    "with in parentheses": "with ('\\d', '\\w'): pass\nwith ('\\s') as x: pass\n",
    "an f-string": "f'\\d{a}\\w'\n",
    "an escaped brace": "f'\\{a}'\n",
    "a format specification": "f'{a:\\d}'\n",
    "an f-string over lines": "f'''\n{a}\n\\d {b} \\w\n\\s'''\n",
    "an escaped brace beside a surrogate": "f'\\udc00\\}}', f'\\{{\\ud800{a}\\}}\\d'\n",
    "f-strings joined": "'\\d' f'\\w{a}' '\\s' f'{b}\\z'\n",
    "letters that are not ASCII": "'é\\d'; 'ü' ; '\\é'; '\\w'\n",
    "a form feed": "a\n\f\n'\\d'\n",
    "the last character": "'\\d'",
    "many lines": "\n" * 3000 + "'\\d'\n" + "\n" * 3000 + "'\\w'\n",
}
LEFT_TO_THE_INTERPRETER = {
    "a number before a keyword": "1if x else y\n",
    "one inside of an f-string": "'\\d'\n0x1for x in y\n",
    "only newer versions parse it": "f'{a:{'\\d'}}'\n" if sys.version_info < (3, 12) else "0or x\n",
    "a syntax error behind it": "'\\d'\nx =\n",
}


@pytest.fixture(params=["text", "bytes", "carriage returns", "byte order mark", "Latin-1"])
def as_given(request):
    """Give each form of a source."""
    return {
        "text": lambda source: source,
        "bytes": str.encode,
        "carriage returns": lambda source: source.replace("\n", "\r\n").encode(),
        "byte order mark": lambda source: b"\xef\xbb\xbf" + source.encode(),
        "Latin-1": lambda source: ("# coding: latin-1\n" + source).encode("latin-1"),
    }[request.param]


@pytest.mark.parametrize("name", SERVED)
def test_warnings_are_the_interpreters(name, as_given, same):
    source = as_given(SERVED[name])
    same(source)
    assert _native.explain(source) is None or _native.explain("x").startswith("version")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax is newer")
@pytest.mark.parametrize("source", ["f'{'\\d'}\\w'\n", "f'{a:{'\\d'}\\w}' '\\s'\n", "f'\\d{f'\\w{'\\s'}\\z'}'\n"])
def test_strings_in_f_strings(source, same):
    same(source)
    assert _native.explain(source) is None


@pytest.mark.parametrize("name", LEFT_TO_THE_INTERPRETER)
def test_sources_that_fall_back(name, as_given, same):
    source = as_given(LEFT_TO_THE_INTERPRETER[name])
    same(source)
    assert _native.explain(source) is not None


def outcome(parse, source, *filters, **options):
    """Parse with some filters, and give the tree or the exception, and the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.resetwarnings()
        for arguments in filters:
            warnings.filterwarnings(*arguments)
        try:
            result = ast.dump(parse(source, "directory/a file.py", **options), include_attributes=True)
        except SyntaxError as error:
            result = str(error), error.filename, error.lineno, error.offset, error.text, error.end_offset
    return result, [(w.category, str(w.message), w.filename, w.lineno) for w in caught]


FILTERS = {
    "always": [("always",)],
    "default": [("default",)],
    "once": [("once",)],
    "module": [("module",)],
    "ignore": [("ignore",)],
    "error": [("error",)],
    "error for some": [("always",), ("error", r".*\\w")],
    "another category": [("always",), ("error", "", ImportWarning)],
    "by text": [("ignore",), ("always", r".*\\w")],
    "by module": [("ignore",), ("always", "", Warning, "directory/a file$")],
    "by line": [("ignore",), ("always", "", Warning, "", 2)],
    "none": [],
}


@pytest.mark.parametrize("name", FILTERS)
def test_filters(name):
    source = "'\\d', '\\d'\n'\\w'\n'\\d'\n"
    assert outcome(lazyast.parse, source, *FILTERS[name]) == outcome(ast.parse, source, *FILTERS[name])


@pytest.mark.parametrize("name", [name for name in FILTERS if name != "by module"])
def test_trees_of_a_project(name, tmp_path):
    path = tmp_path / "a.py"
    project = None

    def tree(source, filename):
        nonlocal project
        path.write_text(source)
        project = lazyast.Project(path, cache_dir=tmp_path / "cache")
        return project[0].tree

    source = "'\\d', '\\d'\n'\\w'\n'\\d'\n"
    expected = outcome(lambda source, filename: ast.parse(source, str(path)), source, *FILTERS[name])
    assert outcome(tree, source, *FILTERS[name]) == expected
    assert project._native.tree(0) is not None
    assert "error" not in name or isinstance(expected[0], tuple)


def test_a_file_that_changed_since_a_project_was_opened(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("'\\d'\n")
    project = lazyast.Project(path, cache_dir=tmp_path / "cache")
    path.write_text("'\\w' # longer\n")
    with pytest.warns(Warning, match=r"\\w"):
        assert project[0].tree.body[0].value.value == "\\w"


@pytest.mark.skipif(sys.version_info < (3, 15), reason="the parameter is newer")
def test_the_module_of_warnings():
    filters = [("ignore",), ("always", "", Warning, "some[.]module$")]
    for options in ({}, {"module": "some.module"}, {"module": "another"}, {"module": None}):
        expected = outcome(ast.parse, "'\\d'\n", *filters, **options)
        assert outcome(lazyast.parse, "'\\d'\n", *filters, **options) == expected
        lazyast.install()
        try:
            assert outcome(ast.parse, "'\\d'\n", *filters, **options) == expected
        finally:
            lazyast.uninstall()


def test_a_replaced_hook(monkeypatch):
    class Unwanted(Exception):
        pass

    def show(message, category, filename, lineno, file=None, line=None):
        seen.append((str(message), category, filename, lineno))
        if len(seen) == 2:
            raise Unwanted

    monkeypatch.setattr(warnings, "showwarning", show)
    results = []
    for parse in (ast.parse, lazyast.parse):
        seen = []
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            with pytest.raises(Unwanted):
                parse("'\\d'\n'\\w'\n'\\s'\n")
        results.append(seen)
    assert results[0] == results[1]
    assert len(results[0]) == 2


@pytest.mark.parametrize("options", [[], ["-W", "default"], ["-W", "error"], ["-W", "ignore"]])
@pytest.mark.parametrize("install", ["", "lazyast.install()"])
def test_a_whole_process(options, install, tmp_path):
    path = tmp_path / "warns.py"
    path.write_text("x = '''\n\\d'''\ny = '\\w' '\\w'\n")

    def run(before, parse):
        code = f"import ast, lazyast\n{before}\n{parse}({path.read_text()!r}, {str(path)!r})"
        process = subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True)
        # Tracebacks of errors have other frames.
        return process.returncode, process.stderr.splitlines()[-4 if process.returncode else 0 :]

    assert run(install, "ast.parse" if install else "lazyast.parse") == run("", "ast.parse")
