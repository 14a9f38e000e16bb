"""Deep operators, folded constants and shared captures, each compared with a few lines of `ast.walk`."""

import ast

import lazyast
import pytest

CALLS = """\
f(eval(x))
f(g(1, key=eval(y)))
f(eval)
f(lambda: eval(z))
f([eval(a) for a in b])
f("eval(x)")
f(f"{eval(x)}")
f(x.eval(1))
g(eval(x))
f(eval(x), 1)
f(*eval(x))
f()
f(eval(p) + eval(q))
f(f(eval(r)))
"""


def places(nodes):
    return sorted((node.lineno, node.col_offset) for node in nodes)


def found(query, source):
    return sorted((match.lineno, match.col_offset) for match in query.find(lazyast.parse(source), source))


def is_call(node, name):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def expressions(node):
    return [each for each in ast.walk(node) if isinstance(each, ast.expr)]


# The deep operator


def test_a_deep_operand_is_found_in_an_argument():
    def expected(node):
        if not is_call(node, "f") or len(node.args) != 1 or node.keywords:
            return False
        return any(is_call(each, "eval") and len(each.args) == 1 for each in expressions(node.args[0]))

    tree = ast.parse(CALLS)
    # Both hit lines 1, 2, 4, 5, 7, 11, 13, and twice line 14.
    assert found(lazyast.pattern("f(<... eval($X) ...>)"), CALLS) == places(filter(expected, ast.walk(tree)))
    assert len(found(lazyast.pattern("f(<... eval($X) ...>)"), CALLS)) == 9


def test_a_deep_operand_is_the_first_in_the_source():
    (match,) = lazyast.pattern("f(<... eval($X) ...> + $_)").find(lazyast.parse("f((eval(a) - eval(b)) + eval(c))"))
    assert match.captures["X"].id == "a"
    source = "f([x, y], y)\nf([x, y], z)\nf(y, y)"
    query = lazyast.pattern("f(<... $X ...>, $X)")
    # The first expression in the first argument that equals the second argument.
    assert found(query, source) == [(1, 0), (3, 0)]


def test_deep_operators_in_statements_and_in_each_other():
    source = "if a and b(c): pass\nif b: pass\nif not (b(c) or d): pass\nx = b(c)\nif b(d(c)): pass\n"
    tree = ast.parse(source)

    def has_call(node):
        return any(is_call(each, "b") for each in expressions(node))

    expected = [node for node in ast.walk(tree) if isinstance(node, ast.If) and has_call(node.test)]
    assert found(lazyast.pattern("if <... b($$$) ...>: $$$"), source) == places(expected)
    inner = lazyast.pattern("if <... b(<... c ...>) ...>: $$$")
    assert found(inner, source) == [(1, 0), (3, 0), (5, 0)]


def test_the_text_of_an_f_string_is_no_expression():
    source = "f(f'a{x}')\nf('a')\nf(f'{\"a\"}')\n"
    assert found(lazyast.pattern("f(<... 'a' ...>)"), source) == [(2, 0), (3, 0)]


@pytest.mark.parametrize("text", ["f(<... a, b ...>)", "f(<... ...>)", "f(<... a)", "f(a ...>)", "<... $$$ ...>"])
def test_invalid_deep_operators(text):
    with pytest.raises(lazyast.QueryError):
        lazyast.pattern(text)


def test_comparisons_with_ellipsis_stay_what_they_are():
    assert found(lazyast.pattern("a < ..."), "a < ...\nb < ...") == [(1, 0)]
    assert found(lazyast.pattern("f('<... x ...>')"), "f('<... x ...>')\nf(x)") == [(1, 0)]


# Constants by value

CONSTANTS = """\
t = 3600
t = 60 * 60
t = 0xE10
t = 3600.0
t = -3600
t = 60 * 60.0
t = 7200 // 2
t = 1800 << 1
t = True
t = "3600"
t = "36" + "00"
t = "36" "00"
t = b"3600"
t = "3600" * 1
t = x * 60
t = 60 * (30 + 30)
t = +3600
t = ~-3601
t = 7200 / 2
t = 3600 if x else 3600
"""


@pytest.mark.parametrize(
    "pattern, value", [("3600", 3600), ("60 * 60", 3600), ("-3600", -3600), ("3600.0", 3600.0), ("'3600'", "3600")]
)
def test_constants_are_folded_on_request(pattern, value):
    plain = ast.Constant | ast.BinOp | ast.UnaryOp | ast.operator | ast.unaryop

    def has_value(node):
        if not isinstance(node, ast.expr) or not all(isinstance(each, plain) for each in ast.walk(node)):
            return False
        found = eval(compile(ast.Expression(node), "", "eval"))
        return type(found) is type(value) and found == value

    tree = ast.parse(CONSTANTS)
    expected = places(filter(has_value, ast.walk(tree)))
    assert found(lazyast.pattern(pattern, fold_constants=True), CONSTANTS) == expected
    # Of minus 3600 there is one spelling.
    assert len(found(lazyast.pattern(pattern), CONSTANTS)) < len(expected) or len(expected) == 1


def test_large_values_are_not_folded():
    total = "1"
    for _ in range(10):
        total = f"({total} + {total})"
    source = f"x = 2 ** 100000\nx = 'a' * 100000\nx = 1 << 5000\nx = {total}\nx = 1024"
    assert found(lazyast.pattern("x = 1024", fold_constants=True), source) == [(5, 0)]
    assert found(lazyast.pattern("x = 1 / 0", fold_constants=True), "x = 1 / 0\nx = 1 / 2") == [(1, 0)]


def test_constants_are_folded_everywhere_in_a_pattern():
    query = lazyast.pattern("sleep($$$, timeout=60, **{'a': 'bc'})", fold_constants=True)
    assert found(query, "sleep(1, timeout=6 * 10, **{'a': 'b' + 'c'})\nsleep(timeout=61, **{'a': 'bc'})") == [(1, 0)]
    selector = lazyast.selector(":pattern('x = 60')", fold_constants=True)
    assert found(selector, "x = 2 * 30") == [(1, 0)]
    assert repr(query).endswith(", fold_constants=True)")


# Captures that queries share

BLOCKS = """\
with open(a) as f:
    f.close()
    g.close()
with open(a) as g:
    if x:
        g.close()
with a:
    f.close()
with open(b) as f, open(c) as g:
    f.close()
with open(b) as f:
    def h():
        f.close()
    with open(c) as g:
        f.close()
"""


def closed(tree, with_functions=True):
    """The calls of `close` in a `with` of one item that opens the same name."""

    def visit(node, names):
        if isinstance(node, ast.With) and len(node.items) == 1:
            (item,) = node.items
            if is_call(item.context_expr, "open") and isinstance(item.optional_vars, ast.Name):
                names = names | {item.optional_vars.id}
        if isinstance(node, ast.FunctionDef) and not with_functions:
            names = set()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "close":
            if isinstance(node.func.value, ast.Name) and node.func.value.id in names:
                yield node
        for child in ast.iter_child_nodes(node):
            yield from visit(child, names)

    return places(visit(tree, set()))


def test_a_name_inside_is_that_of_the_node_around():
    close, block = lazyast.pattern("$X.close()"), lazyast.pattern("with open($$$) as $X: $$$")
    tree = ast.parse(BLOCKS)
    assert found(close.inside(block), BLOCKS) == closed(tree)
    assert found(close.inside(block, until="FunctionDef"), BLOCKS) == closed(tree, with_functions=False)
    # Other names, or none, are not compared.
    everywhere = lazyast.pattern("$Y.close()").inside(block)
    assert len(found(everywhere, BLOCKS)) > len(closed(tree))


def test_a_name_around_is_that_of_the_node_inside():
    block, close = lazyast.pattern("with open($$$) as $X: $$$"), lazyast.pattern("$X.close()")
    assert found(block.has(close), BLOCKS) == [(1, 0), (4, 0), (11, 0)]
    assert found(block.not_(lazyast.pattern("with open(b) as $X: $$$")), BLOCKS) == [(1, 0), (4, 0), (14, 4)]


def test_every_way_of_the_other_query_is_tried():
    source = "def f(a, b):\n    return b\ndef f(a, b):\n    return c\n"
    query = lazyast.pattern("return $X").inside(lazyast.pattern("def f($$$, $X, $$$): $$$"))
    assert found(query, source) == [(2, 4)]


def test_names_before_and_after():
    source = "x = open(a)\nf()\nx.read()\ny.read()\nz.read()\nz = open(a)\n"
    opened, read = lazyast.pattern("$X = open($_)"), lazyast.pattern("$X.read()")
    assert found(read.follows(opened), source) == [(3, 0)]
    assert found(read.precedes(opened), source) == [(5, 0)]
    assert found(opened.precedes(read), source) == [(1, 0)]


def test_names_in_conjunctions_and_negations():
    source = "f(a, b)\nf(a, a)\n"
    one, other = lazyast.pattern("f($X, $_)"), lazyast.pattern("f($_, $X)")
    assert found(one & other, source) == [(2, 0)]
    assert found(one.not_(other), source) == [(1, 0)]
    sequence = lazyast.pattern("g($$$A)").inside(lazyast.pattern("def h($$$A): $$$"))
    assert found(sequence, "def h(a, b):\n    g(a, b)\n    g(a)\n    g(a, b, c)\n") == [(2, 4)]


def test_names_of_selectors_are_shared():
    query = lazyast.pattern("$X.close()").inside(":pattern('with open($$$) as $X: $$$')")
    assert found(query, BLOCKS) == closed(ast.parse(BLOCKS))


def test_many_nodes_around_do_not_hang():
    source = "f(" * 90 + "x" + ")" * 90 + "\n" + "g(x)\n" * 5000
    query = lazyast.pattern("g($X)").follows(lazyast.pattern("h($X)"))
    assert found(query, source) == []
    assert found(lazyast.pattern("f($X)").has(lazyast.pattern("$X")), source)


# Items of dictionaries, and what stands between parameters

DICTIONARIES = """\
f({'a': 1})
f({'a': 1, 'b': 2})
f({'b': 2, 'a': 1})
f({**c, 'a': 1, **d})
f({'a': 2})
f({'a', 1})
f({})
f({'b': {'a': 1}})
f({1: 'a'})
f("{'a': 1}")
f({('a'): (1)})
f({k: v for k in x})
"""


def items(node):
    return list(zip(node.keys, node.values)) if isinstance(node, ast.Dict) else []


def is_value(node, value):
    return isinstance(node, ast.Constant) and node.value == value and type(node.value) is type(value)


def is_item(item, key, value):
    return item[0] is not None and is_value(item[0], key) and is_value(item[1], value)


def has_nested(found):
    nested = items(found[-1][1]) if found and found[-1][0] is not None else []
    return bool(nested) and is_item(nested[-1], "a", 1)


@pytest.mark.parametrize(
    "text, accepts",
    [
        ("{$$$, 'a': 1, $$$}", lambda found: any(is_item(item, "a", 1) for item in found)),
        ("{'a': $_, $...REST}", lambda found: found and found[0][0] is not None and is_value(found[0][0], "a")),
        ("{$$$, **$X}", lambda found: found and found[-1][0] is None),
        ("{$$$, $K: {$$$, 'a': 1}}", has_nested),
    ],
)
def test_sequences_in_dictionaries(text, accepts):
    nodes = [node for node in ast.walk(ast.parse(DICTIONARIES)) if isinstance(node, ast.Dict)]
    expected = places(node for node in nodes if accepts(items(node)))
    assert expected and found(lazyast.pattern(text), DICTIONARIES) == expected


def test_a_sequence_alone_in_braces_is_a_set():
    expected = places(node for node in ast.walk(ast.parse(DICTIONARIES)) if isinstance(node, ast.Set))
    assert found(lazyast.pattern("{$$$}"), DICTIONARIES) == expected


PARAMETERS = """\
def f(a=[]): pass
def f(a=[], /): pass
def f(*, a=[]): pass
def f(x, *y, a=[], **z): pass
def f(a, /, b=[], *, c): pass
def f(a=()): pass
def f(*a): pass
async def f(a=[]): pass
g = lambda a=[]: 0
def f(a: list = []): pass
def f(x=1, a=[]): pass
def f(): pass
"""


def test_parameters_of_every_kind_beside_sequences():
    def defaults(node):
        return [*node.args.defaults, *node.args.kw_defaults]

    def is_list(default):
        return isinstance(default, ast.List) and not default.elts

    tree = ast.parse(PARAMETERS)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    mutable = [node for node in functions if any(map(is_list, defaults(node)))]
    assert found(lazyast.pattern("def $F($$$, $A=[], $$$): $$$"), PARAMETERS) == places(mutable)
    first = [node for node in functions if node.args.posonlyargs or node.args.args]
    assert found(lazyast.pattern("def $F($A, $$$): $$$"), PARAMETERS) == places(first)
    keyword_only = [node for node in functions if node.args.kwonlyargs]
    assert found(lazyast.pattern("def $F($$$, *, $A, $$$): $$$"), PARAMETERS) == places(keyword_only)
