"""Compare random patterns and selectors with the oracle.

    python tests/queries/fuzz.py [patterns] [folded] [selectors] [--seed N] [--seconds N | --texts N] [--directory DIRECTORY]

Patterns are statements and expressions of real code, with metavariables and deep operators at random positions; `folded`
are patterns whose constants are compared by value. Selectors describe what is around and inside real nodes. Both run on the file that they come from, so that most of them have hits. A text that
is an error for one of the two alone is a difference as well. The seed, which is printed, repeats a run. Exits with 1 if
anything differs, or if nothing has hits.
"""

import argparse
import ast
import copy
import random
import re
import sys
import sysconfig
import time
import warnings
from collections import Counter
from functools import partial
from pathlib import Path

import lazyast

sys.path.insert(0, str(Path(__file__).parent))

import oracle
from compare import files_under, in_order, plain_hit

SIZES = range(500, 60_000)
TEXTS_OF_A_FILE = 60
LARGEST = 90
LARGEST_TOGETHER = 150
SHOWN = 12


# Patterns

# Identifiers that `metavariable_text` replaces with metavariables.
SINGLE = ("ANON_META", "META_A", "META_B", "META_C")
SEQUENCES = ("RUN_META_", "RUN_META_", "RUN_META_P", "RUN_META_Q")
# A value that is removed with its `=`: parameters after a default need one.
DROPPED = "DROPPED_META"
# A call that becomes `<... P ...>`, and its second argument.
DEEP, DEEP_END = "DEEP_META", "DEEP_META_END"


def metavariable_text(text):
    text = text.replace(f"={DROPPED}", "").replace("ANON_META", "$_")
    text = text.replace(f"{DEEP}(", "<... ").replace(f", {DEEP_END})", " ...>")
    return re.sub(r"RUN_META_([PQ]?)", r"$$$\1", re.sub(r"\bMETA_([ABC])", r"$\1", text))


def named(identifier):
    return ast.Name(identifier, ast.Load())


class MetavariableInserter(ast.NodeTransformer):
    """Puts metavariables into a tree."""

    NAMES = ("name", "attr", "arg", "asname", "module", "rest")
    LISTS = (
        "elts", "args", "bases", "targets", "values", "decorator_list", "body", "orelse", "finalbody", "names", "items",
        "handlers", "cases",
    )  # fmt: skip
    MAY_BE_EMPTY = ("args", "bases", "elts", "decorator_list", "orelse")

    def __init__(self, chance, rate):
        self.chance = chance
        self.rate = rate
        self.format_parts = set()

    def happens(self, factor=1.0):
        return self.chance.random() < self.rate * factor

    def single(self):
        return self.chance.choice(SINGLE)

    def sequence(self):
        return self.chance.choice(SEQUENCES)

    def visit(self, node):
        replacement = self.metavariable_for(node)
        if replacement is not None:
            return replacement
        if self.can_be_replaced(node) and self.happens(0.3):
            return self.deep_operator(node)
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                self.format_parts.add(id(part))
                if isinstance(part, ast.FormattedValue) and part.format_spec:
                    self.format_parts.add(id(part.format_spec))
        if isinstance(node, ast.MatchValue):
            return node
        node = self.generic_visit(node)
        self.put_names(node)
        self.put_sequences(node)
        if hasattr(node, "decorator_list") and self.chance.random() < 0.5:
            node.decorator_list = []
        return node

    def can_be_replaced(self, node):
        is_part = isinstance(node, ast.Slice | ast.Starred) or id(node) in self.format_parts
        return isinstance(node, ast.expr) and not is_part

    def deep_operator(self, node):
        """A deep operator for an expression: of itself, or of an expression inside of it."""
        if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            return node
        inside = [each for each in ast.walk(node) if self.can_be_replaced(each)]
        operand = self.generic_visit(copy.deepcopy(self.chance.choice(inside)))
        return ast.Call(named(DEEP), [operand, named(DEEP_END)], [])

    def metavariable_for(self, node):
        """A metavariable for a whole node, or None."""
        if isinstance(node, ast.expr):
            return named(self.single()) if self.can_be_replaced(node) and self.happens() else None
        if isinstance(node, ast.pattern):
            return ast.MatchAs(None, self.single()) if self.happens() else None
        if isinstance(node, ast.stmt):
            return ast.Expr(named(self.single())) if self.happens(0.3) else None
        return None

    def put_names(self, node):
        for field in self.NAMES:
            name = getattr(node, field, None)
            if not isinstance(name, str) or name == "*":
                continue
            if self.happens(0.7):
                setattr(node, field, self.single())
            elif "." in name and self.chance.random() < 0.3:
                parts = name.split(".")
                parts[self.chance.randrange(len(parts))] = self.single()
                setattr(node, field, ".".join(parts))

    def sequence_for(self, node, field):
        """A `$$$` as an element of a list."""
        if field == "names":
            return self.sequence() if isinstance(node, ast.Global | ast.Nonlocal) else ast.alias(self.sequence(), None)
        if field in ("body", "orelse", "finalbody"):
            return ast.Expr(named(self.sequence()))
        if field == "items":
            return ast.withitem(named(self.sequence()), None)
        if field == "handlers":
            return ast.ExceptHandler(named(self.sequence()), None, [ast.Expr(named("ANON_META"))])
        if field == "cases":
            return ast.match_case(ast.MatchAs(None, self.sequence()), None, [ast.Expr(named("ANON_META"))])
        if isinstance(node, ast.JoinedStr):
            return ast.FormattedValue(named(self.sequence()), -1, None)
        return named(self.sequence())

    def put_sequences(self, node):
        for field in self.LISTS:
            elements = getattr(node, field, None)
            if not isinstance(elements, list) or not self.happens(1.2):
                continue
            if (not elements and field not in self.MAY_BE_EMPTY) or isinstance(node, ast.Dict | ast.arguments):
                continue
            if field == "orelse" and not isinstance(node, ast.If | ast.For | ast.While | ast.Try):
                continue
            if field == "orelse" and isinstance(node, ast.Try) and not node.handlers:
                # A syntax error.
                continue
            self.replace_some(elements, self.sequence_for(node, field))
            if self.chance.random() < 0.2:
                elements.append(self.sequence_for(node, field))
        if isinstance(node, ast.arguments) and self.happens(2):
            if node.defaults:
                node.args.append(ast.arg(self.sequence()))
                node.defaults.append(named(DROPPED))
            else:
                self.replace_some(node.args, ast.arg(self.sequence()))
        if isinstance(node, ast.Dict) and self.happens(2):
            start = self.chance.randrange(len(node.keys) + 1)
            end = start + self.chance.choice([0, 1, 9])
            node.keys[start:end] = [None]
            node.values[start:end] = [named(self.sequence())]

    def replace_some(self, elements, replacement):
        start = self.chance.randrange(len(elements) + 1)
        elements[start : start + self.chance.choice([0, 0, 1, 2, 9])] = [replacement]


def random_pattern(chance, index, candidates):
    """A pattern from a random node, or None if the attempt fails."""
    node = chance.choice(candidates)
    nodes = [node]
    if isinstance(node, ast.stmt) and chance.random() < 0.25:
        nodes += index.following(node)[: chance.choice([1, 2])]
        if sum(index.positions[id(each)].size for each in nodes) > LARGEST_TOGETHER:
            return None
    inserter = MetavariableInserter(chance, chance.choice([0.05, 0.15, 0.3]))
    texts = []
    for each in nodes:
        # A metavariable alone is rarely an interesting pattern.
        put = inserter.generic_visit if chance.random() < 0.1 else inserter.visit
        try:
            texts.append(metavariable_text(ast.unparse(ast.fix_missing_locations(put(copy.deepcopy(each))))).strip())
        except (ValueError, AttributeError, IndexError, TypeError):
            # Not every resulting tree can be written as Python.
            return None
    return "\n".join(texts)


def patterns(chance, index):
    """Random patterns for a file."""
    kinds = ast.expr | ast.stmt | ast.ExceptHandler | ast.match_case
    candidates = [
        node
        for node in index.nodes
        if isinstance(node, kinds)
        and id(node) not in index.format_parts
        and 2 < index.positions[id(node)].size < LARGEST
    ]
    for _ in range(TEXTS_OF_A_FILE if candidates else 0):
        text = random_pattern(chance, index, candidates)
        if text is not None:
            yield text


# Selectors


class Selectors:
    """Makes selectors that select nodes of a tree."""

    CLASSES = ("expr", "stmt", "pattern")

    def __init__(self, chance, index):
        self.chance = chance
        self.index = index
        # Inside f-strings an older interpreter has other positions than lazyast.
        self.has_positions = sys.version_info >= (3, 12) or "JoinedStr" not in index.by_kind

    def text(self):
        return ", ".join(self.around(self.any_node(), 0) for _ in range(self.chance.choice([1, 1, 1, 2])))

    def any_node(self):
        return self.chance.choice(self.index.nodes)

    def around(self, node, depth):
        """A selector of a node, with some of the nodes around it."""
        text = self.compound(node, depth)
        while self.chance.random() < 0.35:
            position, choice = self.index.positions[id(node)], self.chance.random()
            if choice < 0.4 and position.parent is not None:
                node, combinator = self.chance.choice(list(self.index.ancestors(node))), " "
            elif choice < 0.7 and position.parent is not None:
                node, combinator = position.parent, self.chance.choice([" > ", ">"])
            elif position.index:
                node, combinator = self.index.preceding(node)[0], self.chance.choice([" + ", " ~ "])
            else:
                break
            text = f"{self.compound(node, depth)}{combinator}{text}"
        return text

    def compound(self, node, depth):
        position, choice = self.index.positions[id(node)], self.chance.random()
        text = type(node).__name__ if choice < 0.6 else self.chance.choice(self.CLASSES) if choice < 0.7 else ""
        if 0.7 <= choice < 0.75:
            text = "*"
        if self.chance.random() < 0.2 and position.field:
            above = self.index.positions[id(position.parent)]
            both = above.field and self.chance.random() < 0.3
            text += f".{above.field}.{position.field}" if both else f".{position.field}"
        if not text or (self.chance.random() < 0.4 and text not in self.CLASSES):
            text += self.attribute(node)
        if not text or (depth < 2 and self.chance.random() < 0.3):
            text += self.pseudo(node, depth)
        return text

    def attribute(self, node):
        path, value = self.path(node)
        if not path:
            return ""
        choice = self.chance.random()
        if isinstance(value, ast.AST | list) and not oracle.kind_of_value(value):
            return f"[{path}]" if choice < 0.8 else f"[{path}{self.chance.choice(['=', '!='])}foo]"
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and choice < 0.4 and abs(value) < 1e300:
            limit = self.chance.choice([value, value + 1, value - 1, 1.5])
            return f"[{path}{self.chance.choice(['<', '<=', '>', '>='])}{limit}]"
        if choice < 0.2:
            return f"[{path}]"
        return f"[{path}{self.chance.choice(['=', '=', '=', ' != ', '!='])}{self.value(value)}]"

    def path(self, node):
        """A path of fields from a node, and the value at its end."""
        path, value = [], node
        while True:
            if isinstance(value, ast.AST) and not oracle.kind_of_value(value):
                fields = [field for field in value._fields if field != "type_ignores"]
                if not path and self.has_positions and hasattr(value, "lineno") and self.chance.random() < 0.1:
                    fields = oracle.POSITIONS
                if not fields:
                    break
                path.append(self.chance.choice(fields))
                value = getattr(value, path[-1], None)
            elif isinstance(value, list):
                if not value or self.chance.random() < 0.4:
                    return ".".join([*path, "length"]), len(value)
                if self.chance.random() < 0.4:
                    path.append("*")
                    value = self.chance.choice(value)
                    continue
                position = self.chance.randrange(-len(value) - 1, len(value) + 1)
                path.append(str(position))
                value = value[position] if -len(value) <= position < len(value) else None
            elif isinstance(value, str | bytes) and path and self.chance.random() < 0.2:
                return ".".join([*path, "length"]), len(value)
            else:
                break
            if self.chance.random() < 0.35:
                break
        return ".".join(path), value

    def value(self, value):
        if kind := oracle.kind_of_value(value):
            choices = [kind, repr(kind), f"/{kind[:2]}/"]
        elif isinstance(value, str) and re.search("[\ud800-\udfff]", value):
            # Selectors cannot contain lone surrogates, see test_oracle.py.
            choices = ["type(str)"]
        elif isinstance(value, str):
            choices = [ascii(value)]
            if value.isidentifier() and value.isascii():
                choices += [value, f"/{value[:2]}/", f"/^{value[0].upper()}/i", f"/{value[-1]}$/", "type(str)"]
        elif isinstance(value, bytes):
            choices = [ascii(value), "type(bytes)"]
        elif value is None:
            choices = ["None", "type(NoneType)"]
        elif value is ...:
            choices = ["...", "type(ellipsis)"]
        elif isinstance(value, bool):
            choices = [str(value), "1", "type(bool)"]
        elif isinstance(value, int | float) and value not in (float("inf"),):
            choices = [repr(value), "1", "0", "1.5", hex(value) if isinstance(value, int) else "2"]
        else:
            choices = ["type(complex)"]
        return self.chance.choice(choices)

    def pseudo(self, node, depth):
        chance, choice = self.chance, self.chance.random()
        if choice < 0.15:
            position = f"({chance.randrange(1, 4)})"
            return chance.choice(
                [":first-child", ":last-child", ":root", ":elif", f":nth-child{position}", f":nth-last-child{position}"]
            )
        if choice < 0.3:
            step, start = chance.choice(["", "-", 2, 3, "-2"]), chance.choice(["", "+1", " + 3", "-1", " - 2"])
            return chance.choice([":nth-child(odd)", ":nth-last-child(even)", f":nth-child({step}n{start})"])
        if choice < 0.7:
            inner = [
                self.around(self.any_node() if chance.random() < 0.5 else node, depth + 1)
                for _ in range(chance.choice([1, 1, 2]))
            ]
            return f":{'not' if choice < 0.55 else chance.choice(['is', 'matches'])}({', '.join(inner)})"
        combinator = chance.choice(["", "", "> ", "+ ", "~ "])
        if combinator == "":
            near = self.index.descendants(node)
        elif combinator == "> ":
            near = [child for _, _, child in oracle.children(node)]
        else:
            near = self.index.following(node)[: 1 if combinator == "+ " else None]
        target = chance.choice(near) if near and chance.random() < 0.8 else self.any_node()
        inner = (self.compound if chance.random() < 0.6 else self.around)(target, depth + 1)
        return f":has({combinator}{inner})"


def selectors(chance, index):
    """Random selectors for a file."""
    maker = Selectors(chance, index)
    for _ in range(TEXTS_OF_A_FILE):
        try:
            yield maker.text()
        except (ValueError, OverflowError):
            # An integer is too long to be written, or to be compared with a float.
            continue


# Comparing

LANGUAGES = {
    "patterns": (patterns, oracle.compile_pattern, partial(lazyast.pattern, literal_names=True)),
    "folded": (
        patterns,
        partial(oracle.compile_pattern, fold_constants=True),
        partial(lazyast.pattern, literal_names=True, fold_constants=True),
    ),
    "selectors": (selectors, oracle.compile_selector, partial(lazyast.selector, literal_names=True)),
}


def compiled(compile_query, text, error_type):
    """A query, or the reason why the text is invalid."""
    try:
        return compile_query(text), None
    except error_type as error:
        # The oracle's message starts with the text, lazyast's ends with it.
        return None, str(error).splitlines()[0 if error_type is lazyast.QueryError else -1][-200:]


def check(language, text, tree, same_tree, counts):
    """Compare the hits of both for a text. Returns the difference, or None."""
    _, expected_of, found_of = LANGUAGES[language]
    expected, their_reason = compiled(expected_of, text, oracle.QueryError)
    query, reason = compiled(found_of, text, lazyast.QueryError)
    counts["texts"] += 1
    if their_reason and "expressions nested too deeply" in their_reason:
        # A limit of f-strings in 3.11; lazyast accepts what the newest Python accepts.
        counts["invalid for this interpreter alone"] += 1
        return None
    if (expected is None) != (query is None):
        return f"the oracle: {their_reason or 'valid'}; lazyast: {reason or 'valid'}"
    if query is None:
        counts["invalid for both"] += 1
        return None
    hits = [plain_hit(hit.nodes, hit.captures) for hit in expected.hits(tree)]
    try:
        matches = [plain_hit(match.nodes, match.captures) for match in query.find(same_tree)]
    except lazyast.Error as error:
        return f"{len(hits)} hits; lazyast: {error}"
    counts["hits"] += len(hits)
    counts["with hits"] += bool(hits)
    if hits == matches:
        return None
    lacks, has = ([hit for hit in one if hit not in other][:2] for one, other in ((hits, matches), (matches, hits)))
    return f"{len(hits)} hits, {len(matches)} of lazyast; it lacks {lacks}, it has {has}"[:1200]


def fuzz(language, chance, seconds, texts, paths):
    """Compare for some time, or some texts. Returns the number of differences."""
    make = LANGUAGES[language][0]
    counts, end = Counter(), time.monotonic() + (seconds if texts is None else float("inf"))

    def is_done():
        return time.monotonic() > end or counts["texts"] == texts

    while not is_done():
        path = chance.choice(paths)
        source = path.read_bytes()
        try:
            tree, same_tree = ast.parse(source), lazyast.parse(source)
        except (SyntaxError, ValueError):
            continue
        counts["files"] += 1
        for text in make(chance, oracle.index_of(tree)):
            try:
                difference = check(language, text, tree, same_tree, counts)
            except ValueError:
                # A tree that only the interpreter can make.
                break
            if difference is not None:
                counts["different"] += 1
                if counts["different"] <= SHOWN:
                    print(f"{path}: {text[:1000]!r}\n    {difference}", flush=True)
            if is_done():
                break
    names = ("texts", "files", "invalid for both", "with hits", "hits", "different")
    print(f"{language}: {', '.join(f'{counts[name]} {name}' for name in names)}", flush=True)
    return counts["different"] + (not counts["hits"])


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help="patterns, folded, selectors [default: all]")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--seconds", type=float, default=60, help="for each language [default: 60]")
    parser.add_argument("--texts", type=int, help="compare so many texts of each language, however long it takes")
    parser.add_argument("--directory", type=Path, default=Path(sysconfig.get_path("stdlib")))
    options = parser.parse_args(arguments)
    if unknown := set(options.languages) - set(LANGUAGES):
        parser.error(f"{', '.join(unknown)}: neither patterns, folded nor selectors")
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20_000)
    paths = [path for path in in_order(files_under(options.directory)) if path.stat().st_size in SIZES]
    print(f"seed {options.seed}, {len(paths)} files", flush=True)
    different = 0
    for language in options.languages or LANGUAGES:
        different += fuzz(language, random.Random(options.seed), options.seconds, options.texts, paths)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
