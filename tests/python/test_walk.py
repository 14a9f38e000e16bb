"""`walk` and `Visitor` return the same as `ast.walk` and `ast.NodeVisitor`."""

import ast
import sys
import sysconfig
from pathlib import Path

import lazyast
import pytest
from test_nodes import SOURCE, STATES, is_proxy, text

TYPES = [
    (ast.Name,),
    (ast.FunctionDef, ast.AsyncFunctionDef),
    (ast.Constant,),
    (ast.expr,),
    (ast.stmt,),
    (ast.AST,),
    (ast.Load,),
    (ast.operator, ast.Import),
    (ast.expr_context,),
    (ast.Module,),
    (ast.TypeIgnore,),
    (ast.arguments, ast.alias, ast.match_case),
]
LIBRARY = Path(sysconfig.get_path("stdlib"))
FILES = [LIBRARY / name for name in ("ast.py", "dataclasses.py", "asyncio/tasks.py", "this.py", "typing.py")]


def expected(tree, types=()):
    return [node for node in ast.walk(tree) if not types or isinstance(node, types)]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("types", TYPES, ids=lambda types: "-".join(each.__name__ for each in types))
def test_typed_walk(state, types):
    tree = STATES[state](SOURCE)
    found = list(lazyast.walk(tree, *types))
    assert found == expected(tree, types)
    assert text(found) == text(expected(ast.parse(SOURCE), types))


@pytest.mark.parametrize("state", STATES)
def test_walk_over_everything(state):
    tree = STATES[state](SOURCE)
    found = list(lazyast.walk(tree))
    assert found == list(ast.walk(tree))
    assert text(found) == text(list(ast.walk(ast.parse(SOURCE))))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_walks_of_real_files(path):
    source = path.read_bytes()
    plain = ast.parse(source)
    for types in [(), *TYPES]:
        tree = lazyast.parse(source)
        found = list(lazyast.walk(tree, *types))
        assert [ast.dump(node) for node in found] == [ast.dump(node) for node in expected(plain, types)]
        assert found == expected(tree, types)


def test_walk_of_a_part():
    statement = lazyast.parse(SOURCE).body[3]
    plain = ast.parse(SOURCE).body[3]
    assert text(list(lazyast.walk(statement, ast.Name))) == text(expected(plain, (ast.Name,)))


def test_walk_materialises_only_what_is_requested():
    work = "z = h(1, 2, 3, k=[x for x in y])"
    source = f"import a\n\ndef f(x):\n    {work}\n\nclass C:\n    def g(self):\n        {work}\n    {work}\n"
    tree = lazyast.parse(source)
    names = [node.name for node in lazyast.walk(tree, ast.FunctionDef)]
    assert names == ["f", "g"]
    import_, function, class_ = tree.body
    assert is_proxy(import_)
    assert is_proxy(function)
    assert not is_proxy(class_)
    assert is_proxy(function.body[0])
    assert is_proxy(class_.body[1])


def test_a_few_dense_parts_do_not_materialise_the_rest():
    tiny = "".join(f"    def f{i}(self): pass\n" for i in range(3))
    classes = "".join(f"class C{i}:\n{tiny}" for i in range(20))
    work = "    z = h(1, 2, 3, k=[x for x in y])\n" * 50
    tree = lazyast.parse(f"{classes}def big():\n{work}    def inner(): pass\n")
    assert len(list(lazyast.walk(tree, ast.FunctionDef))) == 62
    assert all(map(is_proxy, tree.body[-1].body[:50]))


def test_walk_of_other_trees():
    class Mine(ast.expr):
        _fields = ("inside", "items")

    name = ast.Name("x", ast.Load())
    mine = Mine(inside=name, items=[lazyast.parse("a = b").body[0], 5, None, "text"])
    tree = lazyast.parse("f(1)")
    tree.body[0].value.args.append(mine)
    assert list(lazyast.walk(tree)) == list(ast.walk(tree))
    assert list(lazyast.walk(tree, ast.Name)) == expected(tree, (ast.Name,))
    assert list(lazyast.walk(tree, Mine)) == [mine]
    assert list(lazyast.walk(mine)) == list(ast.walk(mine))


def test_walk_sees_changes_on_the_way():
    def walked(tree, walk):
        found = []
        for node in walk(tree):
            found.append(text(node))
            if isinstance(node, ast.ClassDef):
                node.body[1:] = [ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)]
            if isinstance(node, ast.Match):
                del node.cases[1].pattern
        return found

    assert walked(lazyast.parse(SOURCE), lazyast.walk) == walked(ast.parse(SOURCE), ast.walk)


def test_walk_after_odd_changes():
    tree, plain = lazyast.parse(SOURCE), ast.parse(SOURCE)
    for each in (tree, plain):
        each.body[0].value = None
        each.body[1].names = "text"
        each.body[2].module = ast.Name("node instead of text", ast.Load())
        del each.body[3].bases
        each.body[3].keywords = (ast.Name("in a tuple", ast.Load()),)
        each.body[4].subject = [ast.Name("in a list", ast.Load()), None, 3, [ast.Name("too deep")]]
        each.body[5].extra = ast.Name("no field", ast.Load())
    found = [text(node) for node in lazyast.walk(tree, ast.Name)]
    assert found == [text(node) for node in expected(plain, (ast.Name,))]
    assert [type(node) for node in lazyast.walk(tree)] == [type(node) for node in ast.walk(plain)]


def test_walk_is_an_iterator():
    walker = lazyast.walk(lazyast.parse("a; b"), ast.Name)
    assert iter(walker) is walker
    assert next(walker).id == "a"
    assert next(walker).id == "b"
    assert next(walker, None) is None
    assert next(walker, None) is None


@pytest.mark.parametrize("wrong", [5, "Name", (ast.Name,), ast.Name("x")])
def test_walk_takes_classes(wrong):
    with pytest.raises(TypeError, match="walk\\(\\) takes classes"):
        lazyast.walk(lazyast.parse("x"), wrong)


def test_walk_takes_what_ast_walk_takes():
    for node in (ast.Name("x"), ast.Load(), ast.Module([], [])):
        assert list(lazyast.walk(node)) == list(ast.walk(node))


def recording(base, *names, **methods):
    """Return a visitor that records the arguments of its methods."""

    def method(name):
        def visit(self, node):
            self.seen.append((name, text(node)))
            self.generic_visit(node)
            return name

        return visit

    methods |= {f"visit_{name}": method(name) for name in names}

    class Visitor(base):
        def __init__(self):
            self.seen = []

    for name, function in methods.items():
        setattr(Visitor, name, function)
    return Visitor()


VISITED = [
    ("FunctionDef", "AsyncFunctionDef", "ClassDef"),
    ("Name",),
    ("Import", "ImportFrom", "alias"),
    ("Load", "USub"),
    ("Module", "arguments", "arg"),
    ("Constant",),
    ("Module",),
    (),
]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("names", VISITED, ids="-".join)
def test_visitor(state, names):
    mine, theirs = recording(lazyast.Visitor, *names), recording(ast.NodeVisitor, *names)
    assert mine.visit(STATES[state](SOURCE)) == theirs.visit(ast.parse(SOURCE))
    assert mine.seen == theirs.seen


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_visitor_on_real_files(path):
    for names in VISITED:
        mine, theirs = recording(lazyast.Visitor, *names), recording(ast.NodeVisitor, *names)
        mine.visit(lazyast.parse(path.read_bytes()))
        theirs.visit(ast.parse(path.read_bytes()))
        assert mine.seen == theirs.seen


def test_visitor_materialises_only_nodes_with_a_method():
    tree = lazyast.parse("import a\ndef f(x): return [x]\nif x:\n    import b\n")
    visitor = recording(lazyast.Visitor, "Import")
    visitor.visit(tree)
    assert len(visitor.seen) == 2
    assert is_proxy(tree.body[1])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.skipif(sys.version_info >= (3, 14), reason="3.14 has removed these names")
@pytest.mark.parametrize("old", ["Num", "Str", "Bytes", "NameConstant", "Ellipsis"])
def test_old_names_of_constants(old):
    source = "1; 'a'; b'c'; None; ...; True; -2j"

    def visit(self, node):
        self.seen.append((old, node.value))

    results = []
    for base in (lazyast.Visitor, ast.NodeVisitor):
        visitor = recording(base, **{f"visit_{old}": visit})
        visitor.visit(ast.parse(source))
        results.append(visitor.seen)
    assert results[0] == results[1]


def test_overridden_visit_and_generic_visit_see_every_node():
    def visit(self, node):
        self.seen.append(type(node).__name__)
        return ast.NodeVisitor.visit(self, node)

    def generic_visit(self, node):
        self.seen.append(type(node).__name__)
        return ast.NodeVisitor.generic_visit(self, node)

    for methods in ({"visit": visit}, {"generic_visit": generic_visit}):
        mine, theirs = recording(lazyast.Visitor, "Name", **methods), recording(ast.NodeVisitor, "Name", **methods)
        mine.visit(lazyast.parse(SOURCE))
        theirs.visit(ast.parse(SOURCE))
        assert mine.seen == theirs.seen


def test_visitor_calls_generic_visit_of_the_base_class():
    class Visitor(lazyast.Visitor):
        found = 0

        def visit_Name(self, node):
            self.found += 1

        def visit_Call(self, node):
            super().generic_visit(node)

    visitor = Visitor()
    visitor.visit(lazyast.parse("f(g(h))"))
    assert visitor.found == 3


def test_methods_given_to_an_instance():
    results = []
    for base in (lazyast.Visitor, ast.NodeVisitor):
        visitor, seen = base(), []
        visitor.visit_Name = lambda node, seen=seen: seen.append(node.id)
        visitor.visit(lazyast.parse("a + b"))
        results.append(seen)
    assert results[0] == results[1] == ["a", "b"]


def test_visitor_on_user_defined_nodes():
    class Mine(ast.expr):
        _fields = ("inside",)

    results = []
    for base in (lazyast.Visitor, ast.NodeVisitor):
        tree = lazyast.parse("a + b")
        tree.body[0].value.left = Mine(inside=ast.Name("c", ast.Load()))
        visitor = recording(base, "Mine", "Name")
        visitor.visit(tree)
        results.append([name for name, _ in visitor.seen])
    assert results[0] == results[1] == ["Mine", "Name", "Name"]


def test_errors_pass_through_a_visitor():
    class Visitor(lazyast.Visitor):
        def visit_Name(self, node):
            raise ValueError(node.id)

    with pytest.raises(ValueError, match="deep"):
        Visitor().visit(lazyast.parse("[[[[deep]]]]"))


def test_changes_under_a_visitor():
    results = []
    for base in (lazyast.Visitor, ast.NodeVisitor):

        class Visitor(base):
            def __init__(self):
                self.seen = []

            def visit_Module(self, node):
                self.body = node.body
                self.generic_visit(node)

            def visit_Import(self, node):
                self.seen.append(node.names[0].name)
                if node.names[0].name == "a":
                    self.body.insert(2, ast.Import([ast.alias("new")]))
                    del self.body[3]

        visitor = Visitor()
        visitor.visit(lazyast.parse("import a\nimport b\nimport c\nimport d\n"))
        results.append(visitor.seen)
    assert results[0] == results[1] == ["a", "b", "new", "d"]


def test_deep_trees_do_not_exhaust_the_stack():
    source = "x" + "+x" * 450
    tree = lazyast.parse(source)
    assert sum(1 for _ in lazyast.walk(tree, ast.Name)) == 451
    visitor = recording(lazyast.Visitor, "Name")
    visitor.visit(lazyast.parse(source))
    assert len(visitor.seen) == 451
    for _ in range(50_000):
        tree.body[0] = ast.Expr(tree.body[0])
    assert sum(1 for _ in lazyast.walk(tree)) > 50_000
    lazyast.materialize(tree)
    while isinstance(tree.body[0], ast.Expr):
        tree.body[0] = tree.body[0].value
