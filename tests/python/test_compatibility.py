"""The differences from `ast` that COMPATIBILITY.md lists. A test fails when a difference disappears."""

import ast
import gc
import inspect
import pickle
import subprocess
import sys
import weakref

import lazyast
import pytest

# A tree that lazyast serves: 400 levels, where the limit is 500.
DEEP = "+".join(["x"] * 400)


def from_depth(depth, function, *arguments):
    """Call a function below this many frames."""
    if depth == 0:
        return function(*arguments)
    return from_depth(depth - 1, function, *arguments)


def remaining_depth():
    """Return how many frames fit below the caller."""
    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return sys.getrecursionlimit() - depth


def test_the_caller_counts_for_recursion_on_3_11():
    depth = remaining_depth() - 60
    tree = from_depth(depth, lazyast.parse, DEEP)
    assert isinstance(tree.body[0].value, ast.BinOp)
    if sys.version_info < (3, 12):
        with pytest.raises(RecursionError, match="during ast construction"):
            from_depth(depth, ast.parse, DEEP)
    else:
        assert isinstance(from_depth(depth, ast.parse, DEEP).body[0].value, ast.BinOp)


class Raising(ast.NodeVisitor):
    def visit_Name(self, node):
        raise ValueError


def frames():
    with pytest.raises(ValueError) as raised:
        Raising().visit(ast.parse("f(g(x))"))
    return len(raised.traceback)


def test_frames_where_iter_fields_was_replaced(monkeypatch):
    fields = ast.iter_fields
    monkeypatch.setattr(ast, "iter_fields", lambda node: fields(node))
    theirs = frames()
    monkeypatch.undo()
    lazyast.install()
    try:
        monkeypatch.setattr(ast, "iter_fields", lambda node: fields(node))
        # One more for each of Module, Expr and Call.
        assert frames() == theirs + 3
    finally:
        lazyast.uninstall()


def test_source_and_frames_of_traversals():
    theirs = frames()
    assert inspect.getsourcefile(ast.walk) == ast.__file__
    lazyast.install()
    try:
        assert frames() < theirs
        assert inspect.getsourcefile(ast.walk) != ast.__file__
    finally:
        lazyast.uninstall()


def test_visits_of_nodes_without_a_method_do_not_recurse():
    tree = lazyast.parse(DEEP)
    with pytest.raises(RecursionError):
        from_depth(remaining_depth() - 300, ast.NodeVisitor().visit, tree)
    lazyast.install()
    try:
        from_depth(remaining_depth() - 300, ast.NodeVisitor().visit, tree)
    finally:
        lazyast.uninstall()


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="3.14 has removed these methods")
def test_the_module_that_warnings_of_old_methods_name():
    class Visitor(ast.NodeVisitor):
        def visit_Num(self, node):
            pass

    def warned_in():
        with pytest.warns(DeprecationWarning) as warned:
            Visitor().visit(ast.parse("1"))
        return {warning.filename for warning in warned if "visit_Num" in str(warning.message)}

    assert warned_in() == {ast.__file__}
    lazyast.install()
    try:
        (name,) = warned_in()
        assert name.endswith("_traversals.py")
    finally:
        lazyast.uninstall()


def test_properties_on_classes_of_ast():
    (statement,) = lazyast.materialize(lazyast.parse("x")).body
    ast.Expr.value = property(lambda self: ast.Pass())
    try:
        assert [type(node) for node in ast.iter_child_nodes(statement)] == [ast.Pass]
        lazyast.install()
        assert [type(node) for node in ast.iter_child_nodes(statement)] == [ast.Name]
    finally:
        lazyast.uninstall()
        del ast.Expr.value


def test_functions_that_are_replaced_while_a_walk_runs(monkeypatch):
    def nodes_after_replacement():
        walk = ast.walk(ast.parse("x; y"))
        with monkeypatch.context() as patch:
            next(walk)
            patch.setattr(ast, "iter_child_nodes", lambda node: ())
            return len(list(walk)), len(list(ast.walk(ast.parse("x; y"))))

    assert nodes_after_replacement() == (2, 1)
    lazyast.install()
    try:
        assert nodes_after_replacement() == (6, 1)
    finally:
        lazyast.uninstall()


def test_audit_events_of_warnings():
    code = """
import ast, sys, lazyast
lazyast.parse("")
events = []
sys.addaudithook(lambda event, arguments: events.append(arguments) if event == "compile" else None)
for parse in (ast.parse, lazyast.parse):
    parse("x\\ny = '\\\\d'", "name.py")
print(events)
"""
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    source = (b"x\ny = '\\d'", "name.py")
    assert ast.literal_eval(run.stdout) == [source, source, (b"\n('\\d')", "name.py")]


def test_docstrings_of_projects_under_oo(tmp_path):
    (tmp_path / "a.py").write_text("'a'\ndef f():\n    'b'\n")
    code = """
import ast, lazyast
(module,) = lazyast.Project(".", cache_dir="cache")
print(ast.get_docstring(module.tree), ast.get_docstring(ast.parse(module.path.read_text())))
"""
    run = subprocess.run([sys.executable, "-OO", "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert run.stdout.split() == ["a", "None" if sys.version_info >= (3, 14) else "a"]


def test_the_memory_of_nodes():
    nodes = [parse("x = 1").body[0] for parse in (ast.parse, lazyast.parse)]
    assert vars(nodes[0]).keys() == vars(nodes[1]).keys()
    theirs, mine = (sys.getsizeof(vars(node)) for node in nodes)
    assert mine < theirs


def statement(parse=lazyast.parse):
    """Return a proxy: a node that is read from a list, and not accessed itself."""
    return parse("x = 1").body[0]


def test_the_type_of_a_proxy():
    node = statement()
    assert type(node) is not ast.Assign
    assert type(node) == ast.Assign  # noqa: E721
    assert node.__class__ is ast.Assign
    assert (node.lineno, node.col_offset) == (1, 0)
    assert type(node) is not ast.Assign
    assert node.end_lineno == 1
    assert type(node) is ast.Assign


def test_the_identity_of_answers():
    for parse in (ast.parse, lazyast.parse):
        node = parse("\n" * 5000 + "class C: pass").body[0]
        assert node.name is node.name
        node = parse("\n" * 5000 + "class C: pass").body[0]
        assert (node.lineno is node.lineno) == (parse is ast.parse)
        assert node.lineno is node.lineno


def test_the_base_class_of_proxies():
    assert type(statement()).__base__ is ast.Assign
    assert statement() is not None
    assert any(hidden is not ast.Assign for hidden in ast.Assign.__subclasses__())


def test_the_classes_of_proxies_do_not_exist_under_install():
    code = """
import ast, lazyast
lazyast.install()
tree = ast.parse("x = 1")
print(type(tree.body[0]) is ast.Assign, [hidden is ast.Assign for hidden in ast.Assign.__subclasses__()])
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "True []\n"


def test_object_getattribute_on_proxies():
    assert object.__getattribute__(statement(ast.parse), "lineno") == 1
    with pytest.raises(AttributeError):
        object.__getattribute__(statement(), "lineno")


def test_object_setattr_on_proxies():
    node = statement()
    if sys.version_info < (3, 13):
        with pytest.raises(TypeError, match="can't apply this __setattr__ to Assign object"):
            object.__setattr__(node, "extra", 1)
        assert not hasattr(node, "extra")
    else:
        object.__setattr__(node, "extra", 1)
        object.__setattr__(node, "lineno", 7)
        assert (node.extra, node.lineno, node.targets[0].id) == (1, 7, "x")
    materialised = statement()
    assert materialised.end_lineno == 1
    object.__setattr__(materialised, "extra", 1)
    assert materialised.extra == 1


def test_getattr_static_on_proxies():
    assert inspect.getattr_static(statement(ast.parse), "lineno") == 1
    with pytest.raises(AttributeError):
        inspect.getattr_static(statement(), "lineno")


def test_pickling_the_type_of_a_proxy():
    assert pickle.loads(pickle.dumps(type(statement(ast.parse)))) is ast.Assign
    with pytest.raises(pickle.PicklingError):
        pickle.dumps(type(statement()))


def test_the_size_of_proxies():
    assert sys.getsizeof(statement()) > sys.getsizeof(statement(ast.parse))


def test_proxies_are_not_tracked():
    assert gc.is_tracked(statement(ast.parse))
    assert not gc.is_tracked(statement())


def test_weak_references_to_the_module():
    assert weakref.getweakrefcount(ast.parse("x")) == 0
    tree = lazyast.parse("x")
    assert weakref.getweakrefcount(tree) == 1
    assert weakref.getweakrefcount(tree.body[0]) == 0
