"""Measures tables of a codebase: how long it takes until Polars and DuckDB have them.

    python benches/python/tables.py [--corpus DIR] [--rounds N] [--only TEXT]

Every measurement runs in a process of its own with an open project and a warm cache; contestants take turns in each
round. The columns are medians: the time, how many times faster than `ast.walk` with the same columns, rows, and million
rows per second. `ast.walk` parses and makes a list for each column. tree-sitter has other nodes than `ast`, so only
kinds and lines are read from it, and of calls file, position and callee. ast-grep has no list of all nodes, so only calls are
read from it. Neither has exactly the rows of `ast`.
"""

import argparse
import ast
import importlib.util
import json
import statistics
import subprocess
import sys
import sysconfig
import time

NAMES = ("name", "id", "attr", "arg", "module", "rest")
LEFT_OUT = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)


def name_of(node):
    return next((name for field in NAMES if isinstance(name := getattr(node, field, None), str)), None)


def dotted(node):
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def walk_nodes(files):
    """Make the columns of `nodes` with `ast.walk` alone, but for the order of rows."""
    rows = []
    for path in files:
        tree = ast.parse(path.read_bytes())
        numbers = {tree: (0, None, None, None, 0)}
        for node in ast.walk(tree):
            if isinstance(node, LEFT_OUT):
                continue
            number, parent, field, index, depth = numbers[node]
            value = node.value if isinstance(node, ast.Constant) else None
            kind = type(value).__name__ if isinstance(node, ast.Constant) else None
            rows.append((
                str(path), number, type(node).__name__, parent, field, index, depth,
                getattr(node, "lineno", None), getattr(node, "col_offset", None),
                getattr(node, "end_lineno", None), getattr(node, "end_col_offset", None),
                name_of(node), kind, value,
            ))  # fmt: skip
            for name, value in ast.iter_fields(node):
                for place, child in enumerate(value if isinstance(value, list) else [value]):
                    if isinstance(child, ast.AST) and not isinstance(child, LEFT_OUT):
                        numbers[child] = (len(numbers), number, name, place, depth + 1)
    return list(zip(*rows)), len(rows)


def walk_kinds(files):
    kinds, names = [], []
    for path in files:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not isinstance(node, LEFT_OUT):
                kinds.append(type(node).__name__)
                names.append(name_of(node))
    return (kinds, names), len(kinds)


def walk_calls(files):
    rows = []
    for path in files:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call):
                keywords = [keyword.arg for keyword in node.keywords if keyword.arg is not None]
                rows.append((str(path), node.lineno, node.col_offset, dotted(node.func), len(node.args), keywords))
    return list(zip(*rows)), len(rows)


def tree_sitter_kinds(files):
    import tree_sitter
    import tree_sitter_python

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))
    kinds, lines = [], []
    for path in files:
        cursor = parser.parse(path.read_bytes()).walk()
        while True:
            node = cursor.node
            if node.is_named:
                kinds.append(node.type)
                lines.append(node.start_point[0])
            if cursor.goto_first_child() or cursor.goto_next_sibling():
                continue
            while cursor.goto_parent():
                if cursor.goto_next_sibling():
                    break
            else:
                break
    return (kinds, lines), len(kinds)


def tree_sitter_calls(files):
    import tree_sitter
    import tree_sitter_python

    language = tree_sitter.Language(tree_sitter_python.language())
    parser = tree_sitter.Parser(language)
    query = tree_sitter.Query(language, "(call function: (_) @callee)")
    rows = []
    for path in files:
        tree = parser.parse(path.read_bytes())
        for callee in tree_sitter.QueryCursor(query).captures(tree.root_node).get("callee", []):
            line, column = callee.start_point
            rows.append((str(path), line + 1, column, callee.text))
    return list(zip(*rows)), len(rows)


def ast_grep_calls(files):
    import ast_grep_py

    rows = []
    for path in files:
        root = ast_grep_py.SgRoot(path.read_text(encoding="utf-8", errors="replace"), "python").root()
        for call in root.find_all(kind="call"):
            start = call.range().start
            callee = call.field("function")
            rows.append((str(path), start.line + 1, start.column, callee and callee.text()))
    return list(zip(*rows)), len(rows)


CHOICES = {
    "nodes": ("nodes", None),
    "kind and name": ("nodes", ["kind", "name"]),
    "calls": ("calls", None),
}
WALKS = {
    "ast.walk": {"nodes": walk_nodes, "kind and name": walk_kinds, "calls": walk_calls},
    "tree-sitter": {"kind and name": tree_sitter_kinds, "calls": tree_sitter_calls},
    "ast-grep": {"calls": ast_grep_calls},
}
MODULES = {"ast.walk": "ast", "tree-sitter": "tree_sitter_python", "ast-grep": "ast_grep_py"}


def to_batches(table):
    return table, sum(len(batch) for batch in table)


def to_polars(table):
    import polars

    frame = polars.DataFrame(table)
    return frame, frame.height


def to_duckdb(table):
    import duckdb

    connection = duckdb.connect()
    connection.register("source", table)
    connection.execute("CREATE TABLE target AS SELECT * FROM source")
    return connection, connection.sql("SELECT count(*) FROM target").fetchall()[0][0]


def scan_duckdb(table):
    import duckdb

    connection = duckdb.connect()
    connection.register("source", table)
    counts = ", ".join(f'count("{name}")' for name in table.columns)
    return connection, connection.sql(f"SELECT count(*), {counts} FROM source").fetchall()[0][0]


READERS = {
    "batches": (to_batches, None), "Polars": (to_polars, "polars"), "DuckDB, scanned": (scan_duckdb, "duckdb"),
    "DuckDB, copied": (to_duckdb, "duckdb"),
}  # fmt: skip


def with_archive(project):
    """Give the paths of the files that tables have rows of. Of others, `ast` reads some."""
    left_out = {
        path
        for batch in project.files(columns=["file", "reason"])
        for path, reason in zip(batch["file"].to_pylist(), batch["reason"].to_pylist())
        if reason is not None
    }
    return [module.path for module in project if str(module.path) not in left_out]


def measure(question, contestant, corpus):
    """Print seconds and rows of one contestant."""
    import lazyast

    if contestant in READERS:
        relation, columns = CHOICES[question]
        project = lazyast.Project(corpus)
        reader, library = READERS[contestant]
        if library:
            __import__(library)
            reader(project.table(relation, columns=columns, files=[project[0].path]))
        else:
            next(iter(project.table(relation, columns=columns)))
        start = time.perf_counter()
        _kept, rows = reader(project.table(relation, columns=columns))
    else:
        files = with_archive(lazyast.Project(corpus))
        walk = WALKS[contestant][question]
        start = time.perf_counter()
        _kept, rows = walk(files)
    print(json.dumps([time.perf_counter() - start, rows]))


def contestants():
    for question in CHOICES:
        for name, walks in WALKS.items():
            if question in walks and importlib.util.find_spec(MODULES[name]):
                yield question, name
        for name, (_, library) in READERS.items():
            if library is None or importlib.util.find_spec(library):
                yield question, name


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", default=sysconfig.get_path("stdlib"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--measure", nargs=2)
    options = parser.parse_args()
    if options.measure:
        return measure(*options.measure, options.corpus)
    found = {}
    for number in range(options.rounds):
        for question, contestant in contestants():
            name = f"{question}: {contestant}"
            # The walks take seconds, in which other load evens out.
            if options.only not in name or (number > 1 and contestant in WALKS):
                continue
            program = [sys.executable, __file__, "--corpus", options.corpus, "--measure", question, contestant]
            output = subprocess.run(program, stdout=subprocess.PIPE, check=True, text=True).stdout
            found.setdefault((question, contestant), []).append(json.loads(output))
    print("| | ms | to `ast.walk` | rows | million rows/s |\n|---|---|---|---|---|")
    for (question, contestant), results in found.items():
        seconds, rows = statistics.median(seconds for seconds, _ in results), results[0][1]
        walk = found.get((question, "ast.walk"))
        ratio = f"{statistics.median(seconds for seconds, _ in walk) / seconds:.0f}x" if walk else ""
        if walk and contestant not in WALKS:
            assert rows == walk[0][1], f"{question}: {contestant} has {rows} rows, and ast.walk {walk[0][1]}"
        print(f"| {question}: {contestant} | {1000 * seconds:.0f} | {ratio} | {rows:,} | {rows / seconds / 1e6:.1f} |")


if __name__ == "__main__":
    main()
