"""Compare the symbol tables that lazyast computes with those of the running interpreter's `symtable`.

    python tests/scopes/tables.py [DIRECTORY...]

The default is the standard library, without site-packages. Of each file every table is compared: what makes its scope,
its line, the tables inside, and for each name all facts and where the compiler finds its value. Left out are the
compiler's own names, which no source can mean: those with a dot, `__classdict__` and `__conditional_annotations__`.
"""

import _symtable
import os
import sys
import sysconfig
import warnings
from pathlib import Path

from lazyast import _native

SCOPE_OFFSET = _symtable.SCOPE_OFF
FACTS = (1 << SCOPE_OFFSET) - 1
SCOPE_MASK = 15
OWN_NAMES = {"__classdict__", "__conditional_annotations__"}
SKIPPED_DIRECTORIES = {"site-packages", "__pycache__"}
SHOWN = 10

# The names of kinds in `_symtable`'s constants, which depend on the version.
KINDS = {
    "TYPE_FUNCTION": "function",
    "TYPE_CLASS": "class",
    "TYPE_MODULE": "module",
    "TYPE_ANNOTATION": "annotations",
    "TYPE_TYPE_ALIAS": "type alias",
    "TYPE_TYPE_PARAM": "type parameters",
    "TYPE_TYPE_PARAMETERS": "type parameters",
    "TYPE_TYPE_VAR_BOUND": "type variable",
    "TYPE_TYPE_VARIABLE": "type variable",
}
KIND_OF = {getattr(_symtable, name): kind for name, kind in KINDS.items() if hasattr(_symtable, name)}
FUNCTIONS = {"lambda", "comprehension", "generator"}


def is_compared(name):
    return not name.startswith(".") and name not in OWN_NAMES


def table(kind, line, symbols, children):
    """A table as a value; None for the annotations of a function that has none."""
    children = sorted(child for child in children if child is not None)
    symbols = sorted(symbol for symbol in symbols if is_compared(symbol[0]))
    return None if kind == "annotations" and not symbols and not children else (kind, line, symbols, children)


def expected(entry):
    symbols = [(name, flags & FACTS, flags >> SCOPE_OFFSET & SCOPE_MASK) for name, flags in entry.symbols.items()]
    return table(KIND_OF[entry.type], entry.lineno, symbols, map(expected, entry.children))


def found(rows):
    """Nest the tables, each of which comes after the one around it."""
    inside = [[] for _ in rows]
    for index in reversed(range(len(rows))):
        parent, kind, line, symbols = rows[index]
        value = table("function" if kind in FUNCTIONS else kind, line, symbols, inside[index])
        if parent is None:
            return value
        inside[parent].append(value)


def differences(one, other, where=()):
    """Where two tables differ, as text."""
    where = (*where, f"{one[0]} in line {one[1]}")
    if one[:2] != other[:2]:
        yield f"{where}: {one[:2]}, lazyast: {other[:2]}"
        return
    for symbol in sorted({*map(tuple, one[2])} ^ {*map(tuple, other[2])}):
        yield f"{where}: {symbol} is {'missing' if symbol in one[2] else 'added'}"
    if len(one[3]) != len(other[3]):
        yield f"{where}: {len(one[3])} tables inside, lazyast: {len(other[3])}"
        return
    for pair in zip(one[3], other[3], strict=True):
        yield from differences(*pair, where)


def count(value):
    """The number of tables and of symbols."""
    inside = [count(child) for child in value[3]]
    return 1 + sum(tables for tables, _ in inside), len(value[2]) + sum(symbols for _, symbols in inside)


def compare(source):
    """The differences of a source and what was compared; None if it is no valid Python or not served."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            entry = _symtable.symtable(source, "<source>", "exec")
        except (SyntaxError, ValueError, RecursionError):
            return None
    rows = _native.symbol_tables_of(source, sys.version_info.minor)
    if rows is None:
        return None
    one, other = expected(entry), found(rows)
    return ([] if one == other else list(differences(one, other))), count(one)


def files_under(directory):
    for parent, directories, names in os.walk(directory):
        directories[:] = [name for name in directories if name not in SKIPPED_DIRECTORIES]
        yield from (Path(parent, name) for name in names if name.endswith(".py") and Path(parent, name).is_file())


def main(directories):
    files = tables = symbols = different = 0
    for path in sorted(path for directory in directories for path in files_under(directory)):
        result = compare(path.read_bytes())
        if result is None:
            continue
        differing, (table_count, symbol_count) = result
        files, tables, symbols = files + 1, tables + table_count, symbols + symbol_count
        if differing:
            different += 1
            if different <= SHOWN:
                print(path, *differing[:3], sep="\n    ")
    print(f"{files} files, {tables} tables, {symbols} symbols: {different} files differ")
    return 1 if different or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [sysconfig.get_path("stdlib")]))
