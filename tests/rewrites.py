"""Rewrite whole directories, and compare the new trees with what `ast` makes of the old ones.

    python tests/rewrites.py [--every N] [--jobs N] [DIRECTORY...]

Each rewrite has a hand-written `ast.NodeTransformer` beside it. Without directories, the standard library of the running
interpreter is rewritten; `--every N` takes every N-th file. A file fails if its new source has another tree than the
transformed old one, or if `lazyast.rewrite` rejects it. All these replacements are valid everywhere, but for a call in a
`case` pattern: a file with a complex number there must be rejected. Sources that lazyast does not serve are left out.
"""

import argparse
import ast
import contextlib
import functools
import io
import multiprocessing
import sys
import sysconfig
import tokenize
from collections import Counter
from pathlib import Path

import lazyast


def call(name, *arguments):
    """Return a call of a name."""
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def is_text_of(text, node):
    """Whether a text ends with an expression and `=`."""
    text, equals, _ = text.rpartition("=")
    for start in range(len(text)) if equals else ():
        with contextlib.suppress(SyntaxError, ValueError):
            if ast.dump(ast.parse(text[start:].strip(), mode="eval").body) == ast.dump(node):
                return True
    return False


class Transformer(ast.NodeTransformer):
    """A transformer that knows the source, for the hits that a rewrite leaves as they are."""

    def __init__(self, source):
        # As Python counts lines: a form feed ends none.
        self.lines = io.StringIO(source, newline="").readlines()

    def shares_line(self, node):
        """Whether other code is in the lines of a statement."""
        before = self.lines[node.lineno - 1].encode()[: node.col_offset].decode()
        after = self.lines[node.end_lineno - 1].encode()[node.end_col_offset :].decode().strip(" \t\r\n\f;")
        return bool(before.strip(" \t\f")) or not (after == "" or after.startswith("#"))

    def is_elif(self, node):
        """Whether an `If` is an `elif`."""
        return self.lines[node.lineno - 1].encode()[node.col_offset :].startswith(b"elif")

    def visit_JoinedStr(self, node):
        """Leave replacement fields with `=` alone: their text is a part of the value."""
        text = ""
        for part in node.values:
            if isinstance(part, ast.FormattedValue) and not is_text_of(text, part.value):
                self.generic_visit(part)
            text = part.value if isinstance(part, ast.Constant) else ""
        return node

    def visit_TemplateStr(self, node):
        """Leave t-strings alone: they have the text of their expressions."""
        return node


class IsNone(Transformer):
    pattern, template = "$X == None", "$X is None"

    def visit_Compare(self, node):
        self.generic_visit(node)
        match node:
            case ast.Compare(_, [ast.Eq()], [ast.Constant(None)]):
                return ast.Compare(node.left, [ast.Is()], node.comparators)
        return node


class NotIn(Transformer):
    pattern, template = "not $A in $B", "$A not in $B"

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        match node:
            case ast.UnaryOp(ast.Not(), ast.Compare(left, [ast.In()], [right])):
                return ast.Compare(left, [ast.NotIn()], [right])
        return node


class TypeTest(Transformer):
    pattern, template = "isinstance($X, $T)", "$X.kind in $T or a"

    def visit_Call(self, node):
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Name("isinstance"), [x, t], []):
                attribute = ast.Attribute(x, "kind", ast.Load())
                return ast.BoolOp(ast.Or(), [ast.Compare(attribute, [ast.In()], [t]), ast.Name("a", ast.Load())])
        return node


class Add(Transformer):
    pattern, template = "$A + $B", "await add($B, $A) ** -1"

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Add):
            minus = ast.UnaryOp(ast.USub(), ast.Constant(1))
            return ast.BinOp(ast.Await(call("add", node.right, node.left)), ast.Pow(), minus)
        return node


class Assert(Transformer):
    pattern, template = "assert $C", "if not $C:\n    raise AssertionError"

    def visit_Assert(self, node):
        shares_line = self.shares_line(node)
        self.generic_visit(node)
        if node.msg is not None or shares_line:
            return node
        return ast.If(ast.UnaryOp(ast.Not(), node.test), [ast.Raise(ast.Name("AssertionError", ast.Load()))], [])


class Loop(Transformer):
    pattern, template = "if $C: $$$B", "while ($C, 1)[0]:\n    try:\n        $$$B\n    finally: break"

    def visit_If(self, node):
        is_elif = self.is_elif(node)
        self.generic_visit(node)
        if node.orelse or is_elif:
            return node
        test = ast.Subscript(ast.Tuple([node.test, ast.Constant(1)], ast.Load()), ast.Constant(0), ast.Load())
        return ast.While(test, [ast.Try(node.body, [], [], [ast.Break()])], [])


class Function(Transformer):
    pattern, template = "def $F($$$A): $$$B", "def $F($$$A, *, last):\n    '$F'\n    $$$B"

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        if node.returns or getattr(node, "type_params", []):
            return node
        node.args.kwonlyargs.append(ast.arg("last"))
        node.args.kw_defaults.append(None)
        node.body.insert(0, ast.Expr(ast.Constant(node.name)))
        return node


class Format(Transformer):
    pattern, template = "$X.format($$$A)", "fmt(*$X, $$$A, end=1)"

    def visit_Call(self, node):
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Attribute(x, "format"), arguments, keywords):
                first = ast.Starred(x, ast.Load())
                name = ast.Name("fmt", ast.Load())
                return ast.Call(name, [first, *arguments], [*keywords, ast.keyword("end", ast.Constant(1))])
        return node


class Return(Transformer):
    pattern, template = "return $$$V", "return lambda: wrap($$$V, )"

    def visit_Return(self, node):
        self.generic_visit(node)
        values = [] if node.value is None else [node.value]
        no_arguments = ast.arguments([], [], None, [], [], None, [])
        return ast.Return(ast.Lambda(no_arguments, call("wrap", *values)))


class With(Transformer):
    pattern, template = "with $C: $$$B", "async with $C as b:\n  with c: $$$B"

    def visit_With(self, node):
        self.generic_visit(node)
        if len(node.items) > 1 or node.items[0].optional_vars:
            return node
        node.items[0].optional_vars = ast.Name("b", ast.Store())
        inner = ast.With([ast.withitem(ast.Name("c", ast.Load()))], node.body)
        return ast.AsyncWith(node.items, [inner])


class Delete(Transformer):
    pattern, template = "global $$$N", ""

    def generic_visit(self, node):
        shared = {id(child) for child in ast.walk(node) if isinstance(child, ast.Global) and self.shares_line(child)}
        super().generic_visit(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and any(isinstance(child, ast.Global) for child in value):
                kept = [
                    ast.Pass() if id(child) in shared else child
                    for child in value
                    if not isinstance(child, ast.Global) or id(child) in shared
                ]
                setattr(node, name, kept or [ast.Pass()])
        return node


REWRITES = [IsNone, NotIn, TypeTest, Add, Assert, Loop, Function, Format, Return, With, Delete]


def is_same(one, other):
    """Whether two trees are equal, but for contexts: these follow from where a node stands."""
    pending = [(one, other)]
    while pending:
        one, other = pending.pop()
        if isinstance(one, ast.expr_context) and isinstance(other, ast.expr_context):
            continue
        if type(one) is not type(other):
            return False
        if isinstance(one, ast.AST):
            pending += ((getattr(one, name, None), getattr(other, name, None)) for name in one._fields)
        elif isinstance(one, list):
            if len(one) != len(other):
                return False
            pending += zip(one, other)
        elif repr(one) != repr(other):
            return False
    return True


def is_served(source):
    """Whether lazyast rewrites a source at all."""
    try:
        return lazyast.rewrite(source, "lazyast_has_no_such_name", "name") == source
    except lazyast.RewriteError:
        return False


def has_sum_in_pattern(tree):
    """Whether a `case` pattern has a number such as `-1 + 2j`."""
    patterns = [node for node in ast.walk(tree) if isinstance(node, ast.pattern)]
    return any(isinstance(child, ast.BinOp) for pattern in patterns for child in ast.walk(pattern))


def compare(path):
    """Rewrite one file in all ways. Return the names of the rewrites that change it, and messages about differences.

    Return nothing for a file that the interpreter cannot parse or that lazyast does not serve.
    """
    source = path.read_bytes()
    try:
        tree = ast.parse(source)
        text = source.decode(tokenize.detect_encoding(io.BytesIO(source).readline)[0])
    except (SyntaxError, ValueError):
        return None
    if not is_served(source):
        return None
    changes, messages = [], []
    for rewrite in REWRITES:
        name = rewrite.__name__
        try:
            new = lazyast.rewrite(source, rewrite.pattern, rewrite.template)
        except lazyast.RewriteError as error:
            if rewrite is not Add or not has_sum_in_pattern(tree):
                messages.append(f"{path}: {name}: rejected: {error}")
            continue
        expected = rewrite(text).visit(ast.parse(source))
        if new != source:
            changes.append(name)
        if not is_same(ast.parse(new), expected):
            messages.append(f"{path}: {name}: another tree")
    return changes, messages


def main():
    """Compare, print what differs, and return whether there are differences."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directories", nargs="*", default=[sysconfig.get_path("stdlib")])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    found = (path for directory in options.directories for path in Path(directory).rglob("*.py"))
    paths = sorted(path for path in found if "site-packages" not in path.parts)[:: options.every]
    files, changes, failed = 0, Counter(), 0
    with multiprocessing.Pool(options.jobs) if options.jobs > 1 else contextlib.nullcontext() as pool:
        over_all = functools.partial(pool.imap, chunksize=4) if pool else map
        for result in filter(None, over_all(compare, paths)):
            files += 1
            changes.update(result[0])
            failed += len(result[1])
            print(*result[1], sep="\n", end="\n" if result[1] else "", flush=True)
    print(*(f"{rewrite.__name__}: {changes[rewrite.__name__]}" for rewrite in REWRITES), sep=", ")
    print(f"{files} files, {len(REWRITES)} rewrites: {changes.total()} new sources, {failed} differences")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
