"""Contestants with trees of their own: LibCST, parso, tree-sitter, ast-grep.

Their nodes are not those of `ast`, so the numbers of nodes differ; all other answers must be the same.
"""

from collections.abc import Callable, Iterator
from typing import Any

from answers import CALLED, TREE
from setting import Setting, TimedWork

OnTree = Callable[[Any], list[Any]]


def over_bytes(job: str, setting: Setting, parse: Callable[[bytes], Any], on_tree: OnTree) -> TimedWork:
    """Parse the bytes of each file and answer."""
    return setting.over_files(job, lambda path: parse(path.read_bytes()), on_tree)


def nothing(tree: Any) -> list[Any]:
    """Answer a job that needs trees alone."""
    return TREE


# LibCST


def libcst(job: str, setting: Setting) -> TimedWork:
    """LibCST's native parser; visitors for imports and calls."""
    import libcst as cst

    def dotted(node: Any) -> str:
        if node is None:
            return ""
        return node.value if isinstance(node, cst.Name) else f"{dotted(node.value)}.{node.attr.value}"

    def aliased(alias: Any) -> tuple[str, str]:
        return dotted(alias.name), dotted(alias.asname.name) if alias.asname else ""

    class Imports(cst.CSTVisitor):
        def __init__(self) -> None:
            self.found: list[tuple[int, str, str, str]] = []

        def visit_Import(self, node: Any) -> bool:
            names = map(aliased, node.names)
            self.found += [(0, name, "", asname) for name, asname in names]
            return False

        def visit_ImportFrom(self, node: Any) -> bool:
            names = [("*", "")] if isinstance(node.names, cst.ImportStar) else map(aliased, node.names)
            self.found += [(len(node.relative), dotted(node.module), *name) for name in names]
            return False

    class Calls(cst.CSTVisitor):
        count = 0

        def visit_Call(self, node: Any) -> None:
            self.count += isinstance(node.func, cst.Name) and node.func.value == CALLED

    def imports(tree: Any) -> list[Any]:
        visitor = Imports()
        tree.visit(visitor)
        return visitor.found

    def calls(tree: Any) -> list[Any]:
        visitor = Calls()
        tree.visit(visitor)
        return [visitor.count]

    def functions(tree: Any) -> list[Any]:
        found: list[Any] = []
        pending: list[tuple[str, Any]] = [("", tree.body)]
        while pending:
            prefix, body = pending.pop()
            for node in body:
                if isinstance(node, cst.FunctionDef) and not node.name.value.startswith("_"):
                    found.append((prefix + node.name.value, *parameters(node.params)))
                elif isinstance(node, cst.ClassDef) and not node.name.value.startswith("_"):
                    pending.append((f"{prefix}{node.name.value}.", node.body.body))
        return found

    def parameters(params: Any) -> list[str]:
        def written(parameter: Any) -> str:
            return str(parameter.name.value) + "=" * (parameter.default is not None)

        names = [written(parameter) for parameter in params.posonly_params]
        names += ["/"] * bool(names) + [written(parameter) for parameter in params.params]
        if isinstance(params.star_arg, cst.Param):
            names.append(f"*{params.star_arg.name.value}")
        elif params.kwonly_params:
            names.append("*")
        names += [written(parameter) for parameter in params.kwonly_params]
        return names + ([f"**{params.star_kwarg.name.value}"] if params.star_kwarg else [])

    def nodes(tree: Any) -> list[Any]:
        count, pending = 0, [tree]
        while pending:
            count += 1
            pending.extend(pending.pop().children)
        return [count]

    on_trees = {"imports": imports, "calls": calls, "functions": functions, "nodes": nodes}
    return over_bytes(job, setting, cst.parse_module, on_trees.get(job, nothing))


# parso


def parso(job: str, setting: Setting) -> TimedWork:
    """parso with its cache of pickles, which holds every file."""
    import parso as library
    from parso import cache

    directory = setting.prepared("parso")
    grammar = library.load_grammar()

    def parse(path: Any) -> Any:
        return grammar.parse(path=path, cache=True, cache_path=directory)

    for path in setting.paths:
        setting.attempt(path, lambda path=path: parse(path), None)
        # Trees in memory would be no cache on disk.
        cache.parser_cache.clear()
    setting.failed.clear()

    def everything(node: Any) -> Iterator[Any]:
        pending = [node]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(getattr(node, "children", ()))

    def imports(tree: Any) -> list[Any]:
        found: list[Any] = []
        for node in everything(tree):
            if node.type == "import_name":
                pairs = node._dotted_as_names()
                found += [
                    (0, ".".join(name.value for name in names), "", asname.value if asname else "")
                    for names, asname in pairs
                ]
            elif node.type == "import_from":
                module = ".".join(name.value for name in node.get_from_names())
                if node.is_star_import():
                    found.append((node.level, module, "*", ""))
                else:
                    pairs = node._as_name_tuples()
                    found += [
                        (node.level, module, name.value, asname.value if asname else "") for name, asname in pairs
                    ]
        return found

    def calls(tree: Any) -> list[Any]:
        count = 0
        for node in everything(tree):
            if node.type == "trailer" and node.children[0] == "(":
                before = node.get_previous_sibling()
                count += before is not None and before.type == "name" and before.value == CALLED
        return [count]

    def definitions(body: Any) -> Iterator[Any]:
        for node in body:
            while node.type in ("decorated", "async_stmt", "async_funcdef"):
                node = node.children[-1]
            yield node

    def functions(tree: Any) -> list[Any]:
        found: list[Any] = []
        pending = [("", tree.children)]
        while pending:
            prefix, body = pending.pop()
            for node in definitions(body):
                if node.type == "funcdef" and not node.name.value.startswith("_"):
                    found.append((prefix + node.name.value, *parameters(node)))
                elif node.type == "classdef" and not node.name.value.startswith("_"):
                    pending.append((f"{prefix}{node.name.value}.", node.children[-1].children))
        return found

    def parameters(node: Any) -> Iterator[str]:
        for child in node.children[2].children[1:-1]:
            if child.type == "param":
                default = "=" * (child.default is not None)
                yield "*" * child.star_count + child.name.value + default
            elif child.value in ("*", "/"):
                yield child.value

    on_trees: dict[str, OnTree] = {
        "imports": imports,
        "calls": calls,
        "functions": functions,
        "nodes": lambda tree: [sum(1 for _ in everything(tree))],
    }
    return setting.over_files(job, parse, on_trees.get(job, nothing))


# tree-sitter

QUERIES = {
    "imports": "[(import_statement) (import_from_statement) (future_import_statement)] @hit",
    "calls": f'((call function: (identifier) @name) @hit (#eq? @name "{CALLED}"))',
}


def tree_sitter(job: str, setting: Setting) -> TimedWork:
    """tree-sitter with its Python grammar, and queries for imports and calls."""
    import tree_sitter_python
    from tree_sitter import Language, Parser, Query, QueryCursor

    language = Language(tree_sitter_python.language())
    parser = Parser(language)
    query = Query(language, QUERIES[job]) if job in QUERIES else None

    def hits(tree: Any) -> list[Any]:
        assert query is not None
        found: list[Any] = QueryCursor(query).captures(tree.root_node).get("hit", [])
        return found

    def imports(tree: Any) -> list[Any]:
        return [name for node in hits(tree) for name in _imported(node)]

    def functions(tree: Any) -> list[Any]:
        return _functions(tree.root_node)

    def nodes(tree: Any) -> list[Any]:
        cursor = tree.walk()
        count = 1
        while True:
            if not cursor.goto_first_child():
                while not cursor.goto_next_sibling():
                    if not cursor.goto_parent():
                        return [count]
            count += 1

    on_trees: dict[str, OnTree] = {
        "imports": imports,
        "calls": lambda tree: [len(hits(tree))],
        "functions": functions,
        "nodes": nodes,
    }
    return over_bytes(job, setting, parser.parse, on_trees.get(job, nothing))


def _text(node: Any) -> str:
    return "".join(node.text.decode().split())


def _imported(node: Any) -> Iterator[tuple[int, str, str, str]]:
    is_import = node.type == "import_statement"
    level, module = 0, "__future__" if node.type == "future_import_statement" else ""
    if node.type == "import_from_statement":
        name = _text(node.child_by_field_name("module_name"))
        module = name.lstrip(".")
        level = len(name) - len(module)
    names = node.children_by_field_name("name")
    if not names:
        yield level, module, "*", ""
    for name in names:
        alias = name.child_by_field_name("alias") if name.type == "aliased_import" else None
        original = name.child_by_field_name("name") if alias else name
        written = _text(original), _text(alias) if alias else ""
        yield (0, written[0], "", written[1]) if is_import else (level, module, *written)


def _functions(root: Any) -> list[Any]:
    found: list[Any] = []
    pending = [("", root)]
    while pending:
        prefix, body = pending.pop()
        for node in body.named_children:
            if node.type == "decorated_definition":
                node = node.child_by_field_name("definition")
            if node.type not in ("function_definition", "class_definition"):
                continue
            name = _text(node.child_by_field_name("name"))
            if name.startswith("_"):
                continue
            if node.type == "class_definition":
                pending.append((f"{prefix}{name}.", node.child_by_field_name("body")))
            else:
                found.append((prefix + name, *_parameters(node.child_by_field_name("parameters"))))
    return found


def _parameters(node: Any) -> Iterator[str]:
    for parameter in node.named_children:
        if parameter.type in ("default_parameter", "typed_default_parameter"):
            yield _text(parameter.child_by_field_name("name")) + "="
        elif parameter.type == "typed_parameter":
            yield _text(parameter.named_children[0])
        elif parameter.type == "keyword_separator":
            yield "*"
        elif parameter.type == "positional_separator":
            yield "/"
        elif parameter.type not in ("comment", "line_continuation"):
            yield _text(parameter)


# ast-grep


def ast_grep(job: str, setting: Setting) -> TimedWork:
    """ast-grep's Python bindings, with a pattern."""
    from ast_grep_py import SgRoot

    def parse(source: bytes) -> Any:
        return SgRoot(source.decode("utf-8"), "python").root()

    def calls(root: Any) -> list[Any]:
        return [len(root.find_all(pattern=f"{CALLED}($$$)"))]

    return over_bytes(job, setting, parse, calls if job == "calls" else nothing)
