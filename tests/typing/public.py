"""What type checkers say about the package. Checked by mypy and pyright, never run."""

import ast
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, assert_type

import lazyast

tree = lazyast.parse("x = 1")
assert_type(tree, ast.Module)
assert_type(lazyast.parse(b"x", "name.py", type_comments=True), ast.Module)
assert_type(lazyast.parse("x", mode="eval"), ast.Expression)
assert_type(lazyast.parse("x", "name.py", "single", feature_version=(3, 11)), ast.Interactive)
assert_type(lazyast.parse_file("name.py"), ast.Module)
assert_type(lazyast.parse_file(Path("name.py")), ast.Module)
assert_type(tree.body[0], ast.stmt)

assert_type(lazyast.walk(tree), Iterator[ast.AST])
assert_type(lazyast.walk(tree, ast.Call), Iterator[ast.Call])
for function in lazyast.walk(tree, ast.FunctionDef, ast.AsyncFunctionDef):
    assert_type(function.name, str)

for six in lazyast.walk(tree, ast.Name, ast.Attribute, ast.Call, ast.Constant, ast.FunctionDef, ast.ClassDef):
    assert_type(six, ast.Name | ast.Attribute | ast.Call | ast.Constant | ast.FunctionDef | ast.ClassDef)
many: Iterator[ast.expr] = lazyast.walk(
    tree, ast.Name, ast.Attribute, ast.Call, ast.Constant, ast.Lambda, ast.Set, ast.Dict
)
assert_type(lazyast.source_segment(tree.body[0], padded=True), str | None)
text = lazyast.source_of(tree)
assert_type(text, lazyast.SourceText)
assert_type(text.line_starts, tuple[int, ...])
assert_type(text.character_column(1, 0), int)

assert_type(lazyast.materialize(tree), ast.Module)
assert_type(lazyast.materialize(tree.body[0]), ast.stmt)

assert_type(lazyast.parent(tree.body[0]), ast.AST | None)
assert_type(lazyast.ancestors(tree.body[0], root=tree), list[ast.AST])
assert_type(lazyast.enclosing(tree.body[0], ast.ClassDef), ast.ClassDef | None)
both = lazyast.enclosing(tree.body[0], (ast.FunctionDef, ast.AsyncFunctionDef))
if both is not None:
    assert_type(both.name, str)


class Names(lazyast.Visitor):
    """A visitor is a `NodeVisitor`."""

    def visit_Name(self, node: ast.Name) -> None:
        """Look at a name."""
        self.generic_visit(node)


visitor: ast.NodeVisitor = Names()
assert_type(Names().visit(tree), Any)

assert_type(lazyast.install(), None)
assert_type(lazyast.uninstall(), None)

project = lazyast.Project(["src", Path("tests")], cache_dir="cache", jobs=2)
assert_type(project[0], lazyast.Module)
assert_type(project[:2], list[lazyast.Module])
assert_type(project[0].tree, ast.Module)
assert_type(project[0].path, Path)
assert_type(project[0].source, str)
assert_type(project[0].comments, list[lazyast.Comment])
assert_type(project[0].comments[0].text, str)
assert_type(project[0].cell(1), tuple[int, int] | None)
assert_type(project.failures, tuple[lazyast.Failure, ...])
assert_type(project.failures[0].error, Exception)
assert_type(project.lines, int)

cache = lazyast.Cache("cache", underlay=["below", Path("deeper")])
assert_type(lazyast.Cache().directory, Path | None)
assert_type(cache.warm(["src", Path("tests")], jobs=2, verify="content").failures, tuple[tuple[Path, str], ...])
assert_type(cache.warm("src").new, int)
assert_type(cache.stats()[0].hits, int)
assert_type([checked.problems for checked in cache.verify()], list[tuple[str, ...]])
assert_type(cache.gc(max_age=timedelta(days=7), max_size=1 << 30, dry_run=True).bytes, int)
assert_type(cache.clean(), int)
assert_type(cache.export_pack(Path("trees.pack"), "src").archives, int)
assert_type(cache.import_pack("trees.pack").new, int)

query = lazyast.pattern("open($PATH, $$$)")
assert_type(query, lazyast.Query)
assert_type(lazyast.selector("Call"), lazyast.Query)
assert_type(query.inside("FunctionDef").has(query).not_(lazyast.selector("Name")), lazyast.Query)
assert_type(query & "Call", lazyast.Query)
assert_type(query | query, lazyast.Query)
assert_type(query.explain(), str)

assert_type(query.find(tree), "lazyast.Matches[None, None]")
assert_type(query.find(tree, "x = 1")[0].path, None)
assert_type(query.find(tree, source=b"x = 1").paths(), list[None])
assert_type(project.find("open($PATH)"), "lazyast.Matches[Path, lazyast.Module]")
assert_type(project.find(query)[0], "lazyast.Match[Path, lazyast.Module]")
assert_type(project.select("Call")[1:][0].path, Path)
assert_type([match.module.tree for match in project.select(query)], list[ast.Module])
assert_type(project.find(query).paths(), list[Path])


def either(matches: lazyast.Matches) -> lazyast.Match:
    """Take matches of a project and of a tree."""
    assert_type(matches[0].path, Path | None)
    assert_type(matches[0].module, lazyast.Module | None)
    return matches[0]


either(query.find(tree))
either(project.find(query))
matches = project.find(query)
assert_type(len(matches), int)
assert_type(matches[-3:], "lazyast.Matches[Path, lazyast.Module]")
assert_type([match.kind for match in matches], list[str])
assert_type(next(iter(matches)).path, Path)
assert_type(next(reversed(matches)).path, Path)
assert_type(matches.nodes(), list[Any])
assert_type(matches.captures("PATH"), list[Any])
assert_type(matches.unsearched, tuple[Path, ...])
sequence: Sequence[lazyast.Match] = matches

match = matches[0]
assert_type(match.path, Path)
assert_type(match.module, lazyast.Module)
assert_type((match.lineno, match.col_offset, match.end_lineno, match.end_col_offset), tuple[int, int, int, int])
assert_type(match.node, Any)
assert_type(match.nodes, list[Any])
assert_type(match.captures, dict[str, Any])
assert_type(match.text, str)
call: ast.Call = match.node

error: lazyast.Error = lazyast.CorruptArchive()
wrong: lazyast.Error = lazyast.CorruptPack()
nowhere: lazyast.Error = lazyast.UnusableCache()
other: lazyast.Error = lazyast.UnreadableFile()
meaningless: lazyast.Error = lazyast.QueryError()

lazyast.walk(tree, "Name")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
cache.gc(max_age=7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
lazyast.parse_file(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
lazyast.materialize("x")  # type: ignore[type-var]  # pyright: ignore[reportArgumentType]
lazyast.pattern(b"f($X)")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
project.find(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
query & 5  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
query.find(tree, 5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
query.find(ast.parse("x", mode="eval"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
matches["x"]  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
match.text = "x"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
