"""Nodes behave like those of `ast.parse`, whether they are materialised or not.

Each check does something with a tree and returns what a user would see. It runs on the interpreter's own tree, and on
lazyast's tree in several states. The results must be equal.
"""

import ast
import contextlib
import copy
import functools
import gc
import inspect
import io
import pickle
import subprocess
import sys
import weakref

import lazyast
import pytest

SOURCE = '''
"""About this."""
import a.b as c
from . import d
@e
class F(G, metaclass=H):
    """Text."""
    def f(self, x: int = 1, /, *y, z=2, **w) -> None:
        """More
        text."""
        return [self.x[0:1], {**w, 'k': -1.5}, f'{x!r:>{y}}', x if y else z]
    async def g(self):
        async with h as i: await j
        return (k for k in l if k)
match p:
    case {'a': 1, **rest} if q: pass
    case R(1, i=None) | [*_]: pass
x: int = y = 2 if not x else ~z  # comment
'''.replace("x: int = y = ", "x: int = ")


def partly_materialised(source):
    tree = lazyast.parse(source)
    for node in list(ast.walk(tree))[::3]:
        vars(node)
    fresh = lazyast.parse(source)
    for statement in fresh.body[::2]:
        statement.lineno  # noqa: B018
        for child in list(ast.iter_child_nodes(statement))[::2]:
            child._fields  # noqa: B018
    return fresh


STATES = {
    "proxies": lazyast.parse,
    "partly": partly_materialised,
    "walked": lambda source: (tree := lazyast.parse(source), list(ast.walk(tree)))[0],
    "materialized": lambda source: lazyast.materialize(lazyast.parse(source)),
}


def text(value):
    """Return a value that contains nodes in a form that can be compared."""
    if isinstance(value, ast.AST):
        return ast.dump(value, include_attributes=True)
    if isinstance(value, dict):
        return [(name, text(item)) for name, item in value.items()]
    if isinstance(value, list | tuple):
        return type(value), [text(item) for item in value]
    return value


def raised(function, *arguments):
    try:
        return text(function(*arguments))
    except Exception as error:
        return type(error), str(error)


CHECKS = {}


def check(function):
    CHECKS[function.__name__] = function
    return function


@check
def classes(tree):
    return [node.__class__ for node in tree.body], [isinstance(node, ast.stmt) for node in tree.body]


@check
def equal_types(tree):
    kinds = {ast.Import: 1, ast.ClassDef: 2}
    return [
        (type(node) == ast.ClassDef, type(node) != ast.ClassDef, kinds.get(type(node)), type(node) in (ast.Match,))  # noqa: E721
        for node in tree.body
    ]


@check
def exact_types_after_access(tree):
    return [(node.lineno, type(node)) for node in tree.body]


@check
def type_names(tree):
    return [(type(n).__name__, type(n).__qualname__, type(n).__module__, type(n).__doc__) for n in tree.body]


@check
def subclasses(tree):
    return [
        (issubclass(type(node), ast.stmt), issubclass(type(node), ast.expr), issubclass(type(node), type(node)))
        for node in tree.body
    ]


@check
def checks_against_the_type_of_a_node(tree):
    other = ast.parse(SOURCE)
    fresh = lazyast.parse(SOURCE)
    vars(fresh.body[3])
    return [
        (
            [isinstance(node, type(each)) for each in tree.body],
            [issubclass(type(node), type(each)) for each in tree.body],
            raised(issubclass, 5, type(node)),
            isinstance(5, type(node)),
        )
        for node in (other.body[3], other.body[1], fresh.body[2], fresh.body[3])
    ]


@check
def class_attributes(tree):
    return [
        (type(node)._fields, type(node)._attributes, type(node).__match_args__, node._fields, node._attributes)
        for node in tree.body
    ]


@check
def mro(tree):
    return [ast.AST in type(node).__mro__ for node in tree.body]


@check
def patterns(tree):
    def name(node):
        match node:
            case ast.ClassDef(name=name, bases=[ast.Name(id=base)], body=[_, ast.FunctionDef(args=args), *_]):
                return name, base, args.posonlyargs[0].arg
            case ast.Import(names=[ast.alias(name=name)]) | ast.ImportFrom(names=[ast.alias(name)]):
                return name
            case ast.Match(subject=ast.Name("p")):
                return "match"
            case ast.Expr(ast.Constant(str(value))):
                return value
            case ast.stmt():
                return "other"

    return [name(node) for node in tree.body]


@check
def single_dispatch(tree):
    @functools.singledispatch
    def kind(node):
        return "unknown"

    kind.register(ast.ClassDef)(lambda node: "class")
    kind.register(ast.stmt)(lambda node: "statement")
    return [kind(node) for node in tree.body]


@check
def dictionaries(tree):
    return text([vars(node) for node in tree.body]), text([node.__dict__ for node in tree.body])


@check
def attributes(tree):
    node = tree.body[3]
    return [
        (name, text(getattr(node, name)), hasattr(node, name))
        for name in ("name", "body", "lineno", "end_col_offset", "decorator_list")
    ]


@check
def missing_attributes(tree):
    node = tree.body[3]
    return [
        raised(getattr, node, "nothing"),
        raised(getattr, tree.body[0], "nothing"),
        raised(getattr, tree.body[4], "nothing", 5),
        hasattr(tree.body[4], "name"),
        raised(delattr, tree.body[1], "nothing"),
        raised(setattr, tree.body[0], 5, 5),
        raised(getattr, tree.body[0], 5),
    ]


@check
def setting(tree):
    one, two, three, four = tree.body[:4]
    one.value = ast.Constant(7)
    two.parent = tree
    del three.names
    setattr(four, "new attribute", 1)
    four.__dict__["other"] = 2
    return [text({**vars(node), "parent": None}) for node in (one, two, three, four)], two.parent is tree


@check
def deleting(tree):
    node = tree.body[3]
    del node.name
    return raised(getattr, node, "name"), list(vars(node)), raised(ast.unparse, node)


@check
def dictionary_replaced(tree):
    node = tree.body[3]
    node.__dict__ = {"name": "other"}
    return node.name, raised(getattr, node, "body"), vars(node)


@check
def identity(tree):
    node = tree.body[3]
    return node.body is node.body, node.body[1] is node.body[1], tree.body[3] is node, type(node.body) is list


@check
def shared(tree):
    name = tree.body[3].bases[0]
    return name.ctx is ast.parse("a").body[0].value.ctx, isinstance(name.ctx, ast.Load)


@check
def equality(tree):
    one, two = tree.body[:2]
    return one == one, one != one, one == two, one == 1, hash(one) == hash(one), len({one, two, one})


@check
def representation(tree):
    return [repr(node).split(" at ")[0] for node in tree.body], [str(node).split(" at ")[0] for node in tree.body]


@check
def truth_and_order(tree):
    one, two = tree.body[:2]
    return bool(one), raised(lambda: one < two), raised(lambda: len(one)), raised(lambda: one()), callable(one)


@check
def dumps(tree):
    return [ast.dump(tree, include_attributes=True), ast.dump(tree, indent=2), ast.dump(tree, False)]


@check
def dump_of_parts(tree):
    return [ast.dump(node) for node in tree.body]


@check
def unparse(tree):
    return ast.unparse(tree), [ast.unparse(node) for node in tree.body]


@check
def walk(tree):
    return [text(node) for node in ast.walk(tree)]


@check
def fields_and_children(tree):
    node = tree.body[3]
    return text([value for _, value in ast.iter_fields(node)]), text(list(ast.iter_child_nodes(node)))


@check
def visitor(tree):
    class Visitor(ast.NodeVisitor):
        def __init__(self):
            self.seen = []

        def visit_FunctionDef(self, node):
            self.seen.append(node.name)
            self.generic_visit(node)

        def visit_Name(self, node):
            self.seen.append(node.id)

    visitor = Visitor()
    visitor.visit(tree)
    return visitor.seen


@check
def transformer(tree):
    class Transformer(ast.NodeTransformer):
        def visit_Name(self, node):
            return ast.copy_location(ast.Attribute(ast.Name("z", ast.Load()), node.id, node.ctx), node)

        def visit_Import(self, node):
            return None

        def visit_ImportFrom(self, node):
            return [node, ast.copy_location(ast.Pass(), node)]

    return text(Transformer().visit(tree))


@check
def locations(tree):
    ast.increment_lineno(tree.body[3], 5)
    new = ast.copy_location(ast.Pass(), tree.body[1])
    tree.body.insert(0, ast.Expr(ast.Name("new", ast.Load())))
    ast.fix_missing_locations(tree)
    return text(tree), text(new)


@check
def docstrings(tree):
    return [ast.get_docstring(node) for node in (tree, tree.body[3], tree.body[3].body[1])]


@check
def segments(tree):
    return [ast.get_source_segment(SOURCE, node, padded=True) for node in tree.body]


@check
def literals(tree):
    return ast.literal_eval(tree.body[3].body[1].body[1].value.elts[1].values[1])


@check
def compiled(tree):
    return compile(tree, "a.py", "exec")


@check
def compiled_part(tree):
    node = tree.body[3].body[1].body[1].value.elts[3]
    return compile(ast.Expression(node), "a.py", "eval").co_names


@check
def compiled_after_changes(tree):
    tree.body[1].names[0].asname = "renamed"
    tree.body[3].body[1].body.pop()
    del tree.body[4]
    return compile(tree, "a.py", "exec")


@check
def shallow_copies(tree):
    node = tree.body[3]
    other = copy.copy(node)
    return type(other), text(other), other.body is node.body, other is node


@check
def deep_copies(tree):
    node = tree.body[3]
    other = copy.deepcopy(node)
    return text(other), other.body is node.body, text(copy.deepcopy(tree)), type(copy.deepcopy(tree).body[0])


@check
def pickles(tree):
    return [text(pickle.loads(pickle.dumps(tree, protocol))) for protocol in range(6)]


@check
def pickled_parts(tree):
    return [text(pickle.loads(pickle.dumps(node))) for node in tree.body]


@check
def reduced(tree):
    return [text(node.__reduce_ex__(2)) for node in tree.body]


@check
def weak_references(tree):
    node = tree.body[3]
    references = [weakref.ref(node), weakref.WeakKeyDictionary({node: 1})]
    held = references[0]() is node
    del node, tree.body[3]
    gc.collect()
    return held, references[0]() is None, len(references[1])


@check
def lists(tree):
    body = tree.body[3].body
    body.append(body.pop(0))
    body.reverse()
    body.sort(key=lambda node: node.lineno)
    body += [ast.Pass()]
    body[1:2] = []
    return text(tree.body[3])


@check
def moved(tree):
    tree.body[3].body, tree.body[4].cases[0].body = tree.body[4].cases[0].body, tree.body[3].body
    tree.body.append(tree.body.pop(3))
    return text(tree)


@check
def shared_subtree(tree):
    tree.body[1:1] = [tree.body[3], tree.body[3]]
    return text(tree)


@check
def constructed(tree):
    kind = type(tree.body[3])
    with (
        contextlib.suppress(TypeError),
        pytest.warns(DeprecationWarning) if (3, 13) <= sys.version_info < (3, 15) else contextlib.nullcontext(),
    ):
        return type(kind()), text(type(tree.body[1])(names=[])), type(kind()).__name__


@check
def methods_of_objects(tree):
    node = tree.body[3]
    return (
        [name for name in dir(node) if not name.startswith("__")],
        node.__doc__,
        node.__module__,
        inspect.isclass(node),
        sorted(name for name, _ in inspect.getmembers(node) if not name.startswith("__")),
        text(node.__getattribute__("bases")),
        node.__setattr__("name", "S"),
        node.name,
        node.__eq__(node),
    )


@check
def class_assignment(tree):
    class Mine(ast.ClassDef):
        pass

    node = tree.body[3]
    node.__class__ = Mine
    return type(node) is Mine, node.name, text(node.body)


@check
def subclass_instances(tree):
    class Mine(ast.Import):
        extra = 1

    mine = Mine(names=tree.body[1].names, lineno=1, col_offset=0)
    tree.body[1] = mine
    return text(list(ast.walk(tree))), isinstance(mine, type(tree.body[1]))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", CHECKS)
def test_what_users_see(name, state):
    function = CHECKS[name]
    assert function(STATES[state](SOURCE)) == function(ast.parse(SOURCE))


def test_a_pickle_loads_without_lazyast():
    data = pickle.dumps(lazyast.parse(SOURCE))
    code = (
        "import pickle, ast, sys; print(ast.dump(pickle.load(sys.stdin.buffer))); assert 'lazyast' not in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
    assert run.stdout.decode().strip() == ast.dump(ast.parse(SOURCE))


def is_proxy(node):
    """Whether a node is a lazy proxy. Reading its type does not materialise it."""
    return type(type(node)) is not type


def test_an_access_materialises_one_node():
    tree = lazyast.parse(SOURCE)
    assert all(map(is_proxy, tree.body))
    statement = tree.body[3]
    assert len(statement.bases) == 1
    assert not is_proxy(statement)
    assert all(map(is_proxy, [*tree.body[:3], *tree.body[4:], *statement.body, *statement.bases]))


def test_what_does_not_materialise():
    tree = lazyast.parse(SOURCE)
    for node in tree.body:
        assert isinstance(node, ast.stmt)
        assert not isinstance(node, ast.expr)
        assert node.__class__ in (ast.Expr, ast.Import, ast.ImportFrom, ast.ClassDef, ast.Match, ast.AnnAssign)
        assert type(node) == node.__class__  # noqa: E721
        weakref.ref(node)
        hash(type(node))
    assert all(map(is_proxy, tree.body))


def test_adaptive_prefetch():
    tree = lazyast.parse("\n".join(f"f({n}, [x.y, z])" for n in range(200)))
    for statement in tree.body[:20]:
        assert statement.value.args[1].elts[0].attr == "y"
    assert is_proxy(tree.body[-1])
    assert not is_proxy(tree.body[-1].value)
    call = tree.body[-1].value
    assert not any(map(is_proxy, [call.func, *call.args, *call.args[1].elts]))


def test_after_a_part_the_rest_is_materialised():
    tree = lazyast.parse("\n".join(f"def f(x): return g({n}, x)" for n in range(100)))
    read = 0
    while is_proxy(tree.body[-1]):
        assert ast.dump(tree.body[read]) == ast.dump(ast.parse(f"def f(x): return g({read}, x)").body[0])
        read += 1
    assert 15 <= read <= 35
    assert not any(map(is_proxy, ast.walk(tree)))
    tree = lazyast.parse("x + y; z")
    ast.dump(tree.body[0])
    assert is_proxy(tree.body[1])


def test_materialize_respects_changes():
    tree, plain = lazyast.parse(SOURCE), ast.parse(SOURCE)
    for each in (tree, plain):
        each.body[3].body[1:] = [ast.Pass(lineno=1, col_offset=0)]
        each.body.append(copy.deepcopy(each.body[3]))
        each.body[0].extra = each.body[4]
    assert lazyast.materialize(tree) is tree
    assert not any(is_proxy(node) for node in ast.walk(tree))
    assert text(tree) == text(plain)
    statement = lazyast.parse(SOURCE).body[3]
    assert lazyast.materialize(statement) is statement
    assert not is_proxy(statement.body[1].args.posonlyargs[0])


@pytest.mark.parametrize("tree", [ast.parse(SOURCE), ast.Load(), ast.Name("x")], ids=["tree", "Load", "Name"])
def test_materialize_leaves_other_trees_alone(tree):
    assert lazyast.materialize(tree) is tree


def test_an_unknown_attribute_of_a_proxy():
    node = lazyast.parse("x = 1").body[0]
    with pytest.raises(AttributeError, match="'Assign' object has no attribute 'nothing'"):
        node.nothing  # noqa: B018
    assert node.targets[0].id == "x"


def test_prints_like_a_node(capsys):
    print(lazyast.parse("x").body[0])
    stream = io.StringIO()
    print(lazyast.parse("x"), file=stream)
    if sys.version_info >= (3, 14):
        assert capsys.readouterr().out == f"{ast.parse('x').body[0]!r}\n"
        assert stream.getvalue() == f"{ast.parse('x')!r}\n"
    else:
        assert capsys.readouterr().out.startswith("<ast.Expr object at 0x")
        assert stream.getvalue().startswith("<ast.Module object at 0x")
