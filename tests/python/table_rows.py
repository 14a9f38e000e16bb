"""The rows of every table, made with `ast` and `tokenize` alone: what the tables of lazyast are compared with.

    python tests/python/table_rows.py PATH...

compares all tables of the files below the paths, and prints how many rows were equal; an assertion fails at the first
difference.
"""

import ast
import io
import sys
import tokenize
from pathlib import Path

RELATIONS = ["nodes", "definitions", "calls", "imports", "constants", "comments"]
# How many files are compared at once, so that memory does not grow with the project.
FILES_AT_ONCE = 25

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
NAME_FIELDS = ("name", "id", "attr", "arg", "module", "rest")
LEFT_OUT = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)


def position_of(node):
    return (node.lineno, node.col_offset)


def is_node(value):
    return isinstance(value, ast.AST) and not isinstance(value, LEFT_OUT)


def children_of(node):
    """Return `(child, field, index)` in the order of the source; `index` is None where the field is no list."""
    pairs = {}
    for field, value in ast.iter_fields(node):
        if isinstance(value, list):
            entries = [(item, field, index) for index, item in enumerate(value)]
            pairs[field] = [entry for entry in entries if is_node(entry[0])]
        elif is_node(value):
            pairs[field] = [(value, field, None)]
    get = lambda *fields: [pair for field in fields for pair in pairs.get(field, [])]  # noqa: E731
    by_position = lambda found: sorted(found, key=lambda pair: position_of(pair[0]))  # noqa: E731
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return get("decorator_list", "type_params", "args", "returns", "body")
        case ast.ClassDef():
            arguments = by_position(get("bases", "keywords"))
            return get("decorator_list", "type_params") + arguments + get("body")
        case ast.Call():
            return get("func") + by_position(get("args", "keywords"))
        case ast.IfExp():
            return get("body", "test", "orelse")
        case ast.Dict():
            keys = iter(get("keys"))
            ordered = []
            for key, value in zip(node.keys, get("values")):
                ordered += ([] if key is None else [next(keys)]) + [value]
            return ordered
        case ast.MatchMapping():
            return [pair for both in zip(get("keys"), get("patterns")) for pair in both]
        case ast.arguments():
            return arguments_in_order(node, get)
    return get(*pairs)


def arguments_in_order(node, get):
    positional = get("posonlyargs", "args")
    defaults = [None] * (len(positional) - len(node.defaults)) + get("defaults")
    keyword_defaults = iter(get("kw_defaults"))
    ordered = []
    for parameter, default in zip(positional, defaults):
        ordered += [parameter] if default is None else [parameter, default]
    ordered += get("vararg")
    for parameter, default in zip(get("kwonlyargs"), node.kw_defaults):
        ordered += [parameter] if default is None else [parameter, next(keyword_defaults)]
    return ordered + get("kwarg")


def constant_text(value):
    """Return the text of a constant, as the column has it."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    try:
        return str(value)
    except ValueError:
        return None


def dotted(node):
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


class File:
    """A file, its nodes in order, and what each is inside of."""

    def __init__(self, path, source, module=None):
        self.path, self.source, self.module = path, source, module
        self.rows = []
        tree = ast.parse(source)
        # Node, parent's number, field, index, depth, and what the node is inside of.
        outside = {"definition": None, "function": False, "checking": False, "try": False}
        waiting = [(tree, None, None, None, 0, outside)]
        while waiting:
            entry = waiting.pop()
            node, depth, inside = entry[0], entry[4], entry[5]
            number = len(self.rows)
            self.rows.append(entry)
            below = [
                (child, number, field, index, depth + 1, self.inside(node, number, field, inside))
                for child, field, index in children_of(node)
            ]
            waiting += reversed(below)
        self.sizes = [1] * len(self.rows)
        for number in range(len(self.rows) - 1, 0, -1):
            self.sizes[self.rows[number][1]] += self.sizes[number]

    def inside(self, node, number, field, inside):
        if isinstance(node, DEFINITIONS) and field == "body":
            is_function = isinstance(node, FUNCTIONS)
            outer = inside["definition"]
            name = node.name
            if outer is not None:
                name = outer[1] + (".<locals>." if outer[2] else ".") + name
            return inside | {
                "definition": (number, name, is_function), "function": inside["function"] or is_function,
            }  # fmt: skip
        if isinstance(node, ast.Try | ast.TryStar):
            return inside | {"try": True}
        if isinstance(node, ast.If) and field == "body":
            test = node.test
            name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", None)
            return inside | {"checking": True} if name == "TYPE_CHECKING" else inside
        return inside

    def common(self, number):
        """Return the columns that tables of nodes share."""
        node, _, _, _, _, inside = self.rows[number]
        definition = inside["definition"]
        names = (getattr(node, field, None) for field in NAME_FIELDS)
        return {
            "file": self.path, "node": number, "kind": type(node).__name__,
            "lineno": getattr(node, "lineno", None), "col_offset": getattr(node, "col_offset", None),
            "end_lineno": getattr(node, "end_lineno", None), "end_col_offset": getattr(node, "end_col_offset", None),
            "name": next((name for name in names if isinstance(name, str)), None),
            "enclosing": definition and definition[0], "enclosing_name": definition and definition[1],
        }  # fmt: skip

    def constant(self, node):
        if not isinstance(node, ast.Constant | ast.MatchSingleton):
            return None, None
        return type(node.value).__name__, constant_text(node.value)

    def nodes(self):
        for number, (node, parent, field, index, depth, _) in enumerate(self.rows):
            kind, value = self.constant(node)
            yield self.common(number) | {
                "parent": parent, "field": field, "index": index, "depth": depth, "size": self.sizes[number],
                "constant_type": kind, "constant_value": value,
            }  # fmt: skip

    def constants(self):
        for number, (node, *_) in enumerate(self.rows):
            if isinstance(node, ast.Constant):
                kind, value = self.constant(node)
                yield self.common(number) | {"type": kind, "value": value}

    def calls(self):
        for number, (node, *_) in enumerate(self.rows):
            if isinstance(node, ast.Call):
                stars = sum(isinstance(argument, ast.Starred) for argument in node.args)
                yield self.common(number) | {
                    "callee": dotted(node.func), "positional": len(node.args) - stars, "stars": stars,
                    "keywords": [keyword.arg for keyword in node.keywords if keyword.arg is not None],
                    "double_stars": sum(keyword.arg is None for keyword in node.keywords),
                }  # fmt: skip

    def definitions(self):
        for number, (node, *_, inside) in enumerate(self.rows):
            if isinstance(node, DEFINITIONS):
                qualified = self.inside(node, number, "body", inside)["definition"][1]
                decorators = [
                    dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
                    for decorator in node.decorator_list
                ]
                docstring = ast.get_docstring(node, clean=False)
                yield self.common(number) | {
                    "qualified_name": qualified, "decorators": decorators,
                    "docstring": None if docstring is None else constant_text(docstring),
                } | self.function(node)  # fmt: skip

    def function(self, node):
        if isinstance(node, ast.ClassDef):
            return dict.fromkeys(("is_async", "parameters", "annotated_parameters", "has_returns"))
        arguments = node.args
        named = [(parameter, "") for parameter in arguments.posonlyargs + arguments.args]
        named += [(arguments.vararg, "*")] if arguments.vararg else []
        named += [(parameter, "") for parameter in arguments.kwonlyargs]
        named += [(arguments.kwarg, "**")] if arguments.kwarg else []
        return {
            "is_async": isinstance(node, ast.AsyncFunctionDef),
            "parameters": [stars + parameter.arg for parameter, stars in named],
            "annotated_parameters": sum(parameter.annotation is not None for parameter, _ in named),
            "has_returns": node.returns is not None,
        }

    def imports(self):
        for number, (node, parent, *_, inside) in enumerate(self.rows):
            if isinstance(node, ast.alias):
                statement = self.rows[parent][0]
                module, level = getattr(statement, "module", None), getattr(statement, "level", 0)
                yield self.common(number) | {
                    "module": module, "asname": node.asname, "level": level,
                    "resolved": self.resolve(module, level, node.name),
                    "in_function": inside["function"], "in_type_checking": inside["checking"],
                    "in_try": inside["try"],
                }  # fmt: skip

    def resolve(self, module, level, name):
        parts = [module, None if name == "*" else name]
        if level:
            if self.module is None:
                return None
            package, is_package = self.module
            steps = level - is_package
            packages = package.split(".")
            if steps >= len(packages):
                return None
            parts.insert(0, ".".join(packages[: len(packages) - steps]))
        return ".".join(part for part in parts if part)

    def comments(self):
        lines = io.BytesIO(self.source.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
        for token in tokenize.tokenize(lines.readline):
            if token.type == tokenize.COMMENT:
                start = len(token.line[: token.start[1]].encode())
                yield {
                    "file": self.path, "lineno": token.start[0], "col_offset": start,
                    "end_col_offset": start + len(token.string.encode()), "text": token.string,
                }  # fmt: skip


def rows_of(table):
    """Return the rows of a table as tuples."""
    rows = []
    for batch in table:
        columns = [batch[name].to_pylist() for name in batch.columns]
        rows += zip(*columns)
    return rows


def module_name(path, packages):
    parts = [] if path.stem == "__init__" else [path.stem]
    directory = path.parent
    while directory in packages:
        parts.insert(0, directory.name)
        directory = directory.parent
    return (".".join(parts), path.stem == "__init__") if parts else None


def compare(project, step=1):
    """Compare every table of a project, file by file, with what `ast` gives. Give the number of rows.

    With a step of N, compare every Nth file.
    """
    reasons = dict(rows_of(project.files(columns=["file", "reason"])))
    packages = {path.parent for path in map(Path, reasons) if path.stem == "__init__"}
    paths = [module.path for module in project][::step]
    count = 0
    for first in range(0, len(paths), FILES_AT_ONCE):
        files = paths[first : first + FILES_AT_ONCE]
        found = {}
        for relation in RELATIONS:
            table = project.table(relation, files=files)
            for row in rows_of(table):
                found.setdefault((relation, row[0]), []).append(dict(zip(table.columns, row)))
        for path in files:
            if reasons[str(path)] is not None:
                assert all((relation, str(path)) not in found for relation in RELATIONS)
                continue
            file = File(str(path), path.read_bytes(), module_name(path, packages))
            for relation in RELATIONS:
                actual = found.pop((relation, str(path)), [])
                columns = project.table(relation).columns
                expected = [{name: row[name] for name in columns} for row in getattr(file, relation)()]
                for one, other in zip(actual, expected):
                    assert one == other, (relation, path)
                assert len(actual) == len(expected), (relation, path)
                count += len(actual)
        # No row is of a file that nobody asked for.
        assert not found, sorted(found)
    return count


def main():
    import lazyast

    project = lazyast.Project([Path(path) for path in sys.argv[1:]])
    print(f"{compare(project):,} rows of {len(project):,} files are equal", flush=True)


if __name__ == "__main__":
    main()
