"""Compare lazyast.parse with ast.parse on every Python file under some directories.

    python tests/fidelity.py DIR_OR_FILE... [--jobs N] [--exclude NAME] [--text]

Runs under any interpreter that has lazyast installed. Trees are compared node by node (types, key order,
identity of shared instances, exact values) and by their dumps; exceptions by type, message and position;
warnings by category, message and place. Exits with 1 if anything differs.

`compare` is what the test suite uses for single sources.
"""

import argparse
import ast
import multiprocessing
import os
import random
import struct
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

import lazyast
from lazyast import _native

# Where CPython has one instance for all trees.
SHARED = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)


def outcome(parse, source, **options):
    """Parse, and give the tree or the exception, and the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            tree, error = parse(source, "the file.py", **options), None
        except (Exception, RecursionError) as exception:
            tree, error = None, exception
    return tree, error, [(w.category, str(w.message), w.filename, w.lineno) for w in caught]


def describe(error):
    """Give everything about an exception that a user can observe."""
    if error is None:
        return None
    position = ()
    if isinstance(error, SyntaxError):
        position = (error.filename, error.lineno, error.offset, error.end_lineno, error.end_offset)
        position += (error.text,)
    return type(error), str(error), position


def exact(value):
    """Give a key that is equal for constants only if they are the same in every respect."""
    if type(value) is float:
        return float, struct.pack("<d", value)
    if type(value) is complex:
        return complex, struct.pack("<dd", value.real, value.imag)
    return type(value), value


def first_difference(mine, theirs):
    """Say where two trees first differ, or give None."""
    pending = [("Module", mine, theirs)]
    seen = set()
    while pending:
        path, mine, theirs = pending.pop()
        if isinstance(mine, ast.AST) and type(mine) == type(theirs):  # noqa: E721
            # The class of a lazy proxy equals the class of the node, but is not identical: materialise it.
            vars(mine)
        if type(mine) is not type(theirs):
            return f"{path}: {type(mine).__name__} {mine!r:.80} instead of {theirs!r:.80}"
        if isinstance(theirs, SHARED):
            if mine is not theirs:
                return f"{path}: not the shared instance of {type(theirs).__name__}"
        elif isinstance(theirs, ast.AST):
            if id(mine) in seen:
                return f"{path}: this {type(mine).__name__} stands in two places"
            seen.add(id(mine))
            mine_fields, their_fields = vars(mine), vars(theirs)
            if list(mine_fields) != list(their_fields):
                return f"{path}: fields {list(mine_fields)} instead of {list(their_fields)}"
            where = f"{path}@{getattr(theirs, 'lineno', '')}"
            # The first field is compared first.
            for name in reversed(their_fields):
                step = f"{where}.{name}"
                pending.append((step, mine_fields[name], their_fields[name]))
        elif type(theirs) is list:
            if id(mine) in seen:
                return f"{path}: this list stands in two places"
            seen.add(id(mine))
            if len(mine) != len(theirs):
                return f"{path}: {len(mine)} items instead of {len(theirs)}"
            items = list(enumerate(zip(mine, theirs, strict=True)))
            pending += [(f"{path}[{i}]", one, other) for i, (one, other) in reversed(items)]
        elif exact(mine) != exact(theirs):
            return f"{path}: {mine!r:.80} instead of {theirs!r:.80}"
        elif type(theirs) is str and is_identifier(path) and mine is not theirs:
            return f"{path}: {mine!r} is not interned"
    return None


def is_identifier(path):
    """Say whether a path ends in a field that holds identifiers."""
    return not path.endswith((".value", ".kind", ".str", ".type_comment", ".tag"))


def compare(source, orders=("walk", "leaves", "random", "dump", "materialize"), **options):
    """Say how lazyast.parse and ast.parse differ on a source, or give None.

    Nodes are materialised on first access: each order of accesses gets a tree of its own.
    """
    tree, error, caught = outcome(ast.parse, source, **options)
    theirs = None if tree is None else dump(tree)
    for order in orders:
        my_tree, my_error, my_caught = outcome(lazyast.parse, source, **options)
        if describe(my_error) != describe(error):
            return f"exception: {describe(my_error)} instead of {describe(error)}"
        if my_caught != caught:
            return f"warnings: {my_caught} instead of {caught}"
        if error is not None:
            return None
        ORDERS[order](my_tree)
        difference = first_difference(my_tree, tree)
        if difference is None and order == "dump" and dump(my_tree) != theirs:
            difference = "the dumps differ"
        if difference is not None:
            return f"{order}: {difference}"
    return None


def leaves_first(tree):
    """Materialise the last and deepest nodes before the other children of the nodes around them."""
    pending = [tree]
    while pending:
        pending.extend(ast.iter_child_nodes(pending.pop()))


def at_random(tree):
    """Materialise nodes in a random order, which is the same each time."""
    chance = random.Random(0)
    pending = [tree]
    while pending:
        place = chance.randrange(len(pending))
        pending[place], pending[-1] = pending[-1], pending[place]
        pending.extend(ast.iter_child_nodes(pending.pop()))


ORDERS = {
    "walk": lambda tree: list(ast.walk(tree)),
    "leaves": leaves_first,
    "random": at_random,
    "dump": lambda tree: dump(tree),
    "materialize": lazyast.materialize,
}


def dump(tree):
    """Give a tree's dump, or the name of the exception that it raises."""
    try:
        return ast.dump(tree, include_attributes=True)
    except (RecursionError, ValueError) as error:
        return type(error).__name__


def examine(job):
    """Compare one file. Gives its path, how it went, and why lazyast fell back to the interpreter."""
    path, as_text, type_comments, orders = job
    source = Path(path).read_bytes()
    if as_text:
        try:
            source = source.decode()
        except UnicodeDecodeError:
            source = source.decode("latin-1")
    try:
        difference = compare(source, orders, type_comments=type_comments)
        reason = _native.explain(source, type_comments)
    except BaseException as error:
        return path, f"different: {type(error).__name__}: {error}", None
    if difference is not None:
        return path, f"different: {difference}", reason
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source, type_comments=type_comments)
        except Exception:
            return path, "raised alike", reason
    return path, "equal", reason


def files_under(paths, excluded):
    """Find the files: those that are named, and every .py file under the directories."""
    for path in map(Path, paths):
        if not path.is_dir():
            yield path
        for file in sorted(path.rglob("*.py") if path.is_dir() else ()):
            if file.is_file() and not excluded.intersection(file.relative_to(path).parts):
                yield file


def main():
    """Run the comparison and give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("paths", nargs="+", metavar="DIR_OR_FILE")
    parser.add_argument("--jobs", "-j", type=int, default=os.cpu_count(), metavar="N")
    parser.add_argument("--exclude", action="append", default=[], metavar="NAME", help="skip directories")
    parser.add_argument("--text", action="store_true", help="pass sources as str, not as bytes")
    parser.add_argument("--type-comments", action="store_true", help="with type_comments=True")
    parser.add_argument("--orders", nargs="+", choices=list(ORDERS), default=list(ORDERS), help="orders of accesses")
    parser.add_argument("--verbose", "-v", action="store_true", help="list the files that lazyast does not serve")
    arguments = parser.parse_args()
    started = time.perf_counter()
    files = list(files_under(arguments.paths, set(arguments.exclude)))
    jobs = [(str(path), arguments.text, arguments.type_comments, arguments.orders) for path in files]
    counts, reasons = Counter(), Counter()
    context = multiprocessing.get_context("spawn")
    with context.Pool(arguments.jobs) as pool:
        for path, result, reason in pool.imap_unordered(examine, jobs, chunksize=8):
            counts[result.partition(":")[0]] += 1
            reasons["served" if reason is None else reason.partition(":")[0]] += 1
            if result.startswith("different"):
                print(f"{path}: {result.partition(': ')[2]}")
            elif reason is not None and arguments.verbose:
                print(f"{path}: falls back to the interpreter: {reason}")
    version = ".".join(map(str, sys.version_info[:3]))
    served = reasons.pop("served", 0)
    print(
        f"Python {version}: {len(files)} files, {counts['equal']} equal, "
        f"{counts['different']} different, {counts['raised alike']} raised alike "
        f"({time.perf_counter() - started:.0f} s)"
    )
    fallbacks = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
    print(f"served by lazyast: {served}; fell back to the interpreter: {sum(reasons.values())} ({fallbacks})")
    return 1 if counts["different"] or not files else 0


if __name__ == "__main__":
    sys.exit(main())
