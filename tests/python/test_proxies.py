"""Nodes that are not materialised answer for their names and positions."""

import ast
import sysconfig
from pathlib import Path

import lazyast
import pytest
from test_nodes import is_proxy


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", ["ast.py", "typing.py", "test/test_fstring.py", "test/test_patma.py"])
def test_answers_of_proxies(tmp_path, path):
    source = tmp_path / "source.py"
    source.write_bytes((Path(sysconfig.get_path("stdlib")) / path).read_bytes())
    project = lazyast.Project(source, cache_dir=tmp_path / "cache")
    if project.find("$X").unsearched:
        pytest.skip("this version's own parser parses the file")
    for kind in (ast.FunctionDef, ast.ClassDef, ast.Name, ast.Attribute, ast.arg, ast.alias, ast.keyword, ast.Call):
        expected = [node for node in ast.walk(ast.parse(source.read_bytes())) if type(node) is kind]
        for name in ("name", "id", "attr", "arg", "lineno", "col_offset"):
            if not expected or not hasattr(expected[0], name):
                continue
            nodes = [match.node for match in project.select(kind.__name__)]
            assert all(map(is_proxy, nodes))
            answers = [getattr(node, name) for node in nodes]
            if name not in ("name", "arg") or kind in (ast.FunctionDef, ast.ClassDef, ast.arg):
                assert all(map(is_proxy, nodes))
            assert sorted(map(str, answers)) == sorted(str(getattr(node, name)) for node in expected)
            for _ in range(2):
                assert [getattr(node, name) for node in nodes] == answers
            assert not any(map(is_proxy, nodes))
            assert [vars(node)[name] for node in nodes] == answers


def test_a_proxy_answers_twice():
    for names in (["name", "lineno"], ["col_offset", "col_offset"], ["lineno", "name"]):
        function = lazyast.parse("def f(x): return x").body[0]
        values = [getattr(function, name) for name in names]
        assert is_proxy(function)
        assert [getattr(function, name) for name in names] == values
        assert not is_proxy(function)


def test_answers_of_classes_with_properties(monkeypatch):
    function = lazyast.parse("def f(x): return x").body[0]
    monkeypatch.setattr(ast.FunctionDef, "name", property(lambda node: "the property's"), raising=False)
    monkeypatch.setattr(ast.stmt, "lineno", property(lambda node: 5), raising=False)
    assert (function.name, function.lineno, function.col_offset) == ("the property's", 5, 0)
