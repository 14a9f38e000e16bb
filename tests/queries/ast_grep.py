"""Compare the hits of patterns with those of ast-grep.

    pip install ast-grep-py
    python tests/queries/ast_grep.py [DIRECTORY]

Both search every UTF-8 source under the directory that lazyast has an archive of. The default is the standard library.
Hits are compared by start and end. `PATTERNS` lists the reasons for which a pattern may differ; each reason checks the
difference on the interpreter's tree. docs/queries.md has the table. Exits with 1 if a difference has no reason.
"""

import argparse
import ast
import io
import re
import sys
import sysconfig
import tokenize
import warnings
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import lazyast
from ast_grep_py import SgNode, SgRoot

Span = tuple[int, int]
"""Start and end, in bytes of the source."""


class Source:
    """A file, with the nodes of the interpreter and the comments by offset."""

    def __init__(self, path: Path) -> None:
        self.bytes = path.read_bytes()
        self.text = self.bytes.decode()
        self.starts = [0, *accumulate(len(line) for line in re.split(rb"(?<=\n)|(?<=\r)(?!\n)", self.bytes))]
        self.root = SgRoot(self.text, "python").root()
        self._errors: list[Span] | None = None
        self._nodes: defaultdict[int, list[ast.AST]] | None = None
        self._comments: list[Span] | None = None
        # ast-grep counts characters.
        self._offsets = None if self.text.isascii() else [0, *accumulate(len(c.encode()) for c in self.text)]

    def offset(self, lineno: int, column: int) -> int:
        # A byte order mark is not a part of the first line.
        mark = 3 if lineno == 1 and self.bytes.startswith(b"\xef\xbb\xbf") else 0
        return self.starts[lineno - 1] + column + mark

    def span_of_ast(self, node: Any) -> Span:
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)

    def offset_of_character(self, index: int) -> int:
        return index if self._offsets is None else self._offsets[index]

    def span_of(self, node: SgNode) -> Span:
        at = node.range()
        return self.offset_of_character(at.start.index), self.offset_of_character(at.end.index)

    def has_error(self, start: int, end: int) -> bool:
        """Whether tree-sitter has an `ERROR` node in a range."""
        if self._errors is None:
            self._errors = [self.span_of(node) for node in self.root.find_all(kind="ERROR")]
        return any(first < end and start < last for first, last in self._errors)

    def kinds_at(self, start: int, end: int) -> list[str]:
        """The kinds of the tree-sitter nodes with exactly this range."""
        kinds = []
        waiting = [self.root]
        while waiting:
            for child in waiting.pop().children():
                first, last = self.span_of(child)
                if first <= start and end <= last:
                    waiting.append(child)
                    if (first, last) == (start, end):
                        kinds.append(child.kind())
        return kinds

    def nodes_at(self, start: int) -> list[ast.AST]:
        if self._nodes is None:
            self._nodes = defaultdict(list)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(self.bytes)
            for node in ast.walk(tree):
                if hasattr(node, "lineno"):
                    self._nodes[self.offset(node.lineno, node.col_offset)].append(node)
        return self._nodes[start]

    def has_comment(self, start: int, end: int) -> bool:
        if self._comments is None:
            tokens = tokenize.tokenize(io.BytesIO(self.bytes).readline)
            comments = (token for token in tokens if token.type == tokenize.COMMENT)
            self._comments = [self._span(token) for token in comments]
        place = bisect_left(self._comments, (start, 0))
        return place < len(self._comments) and self._comments[place][0] < end

    def _span(self, token: tokenize.TokenInfo) -> Span:
        before = token.line.encode()[: len(token.line[: token.start[1]].encode())]
        start = self.offset(token.start[0], len(before))
        return start, start + len(token.string.encode())


@dataclass(frozen=True)
class Difference:
    """A hit that only one side has."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.bytes[self.start : self.end].decode()

    def nodes(self, *types: type[Any]) -> list[Any]:
        return [node for node in self.source.nodes_at(self.start) if isinstance(node, types)]


@dataclass(frozen=True)
class Reason:
    """Why one side has a hit that the other one does not have."""

    name: str
    is_mine: bool
    """Whether it is lazyast that has the hit."""
    holds: Callable[[Difference], bool]


def any_is(test: Callable[[Any], object], *types: type[Any]) -> Callable[[Difference], bool]:
    return lambda difference: any(test(node) for node in difference.nodes(*types))


def theirs(name: str, test: Callable[[Any], object], *types: type[Any]) -> Reason:
    return Reason(name, False, any_is(test, *types))


def mine(name: str, test: Callable[[Any], object], *types: type[Any]) -> Reason:
    return Reason(name, True, any_is(test, *types))


def is_inner_assignment(difference: Difference) -> bool:
    """Whether it starts at a target after the first one: tree-sitter nests `a = (b = c)`."""
    return bool(re.match(rb".*[^=!<>]=\s*(\\\s*)?\(*$", difference.source.bytes[: difference.start], re.DOTALL))


def has_comment_at_pass(difference: Difference) -> bool:
    """Whether the handler of a `try` contains a comment."""
    source = difference.source
    handlers = [node.handlers[0] for node in difference.nodes(ast.Try)]
    starts = [source.offset(handler.lineno, handler.col_offset) for handler in handlers]
    return any(source.has_comment(start, difference.end) for start in starts)


def has_commas(difference: Difference) -> bool:
    """Whether it is a subscript with a comma."""
    span_of = difference.source.span_of_ast
    nodes = (node for node in difference.nodes(ast.Subscript, ast.Delete) if span_of(node)[1] == difference.end)
    subscripts = (node.targets[0] if isinstance(node, ast.Delete) else node for node in nodes)
    return any(isinstance(node.slice, ast.Tuple) for node in subscripts)


def is_plain(arguments: ast.arguments) -> bool:
    """Whether it is one parameter without a default."""
    others = (arguments.posonlyargs, arguments.kwonlyargs, arguments.vararg, arguments.kwarg, arguments.defaults)
    return len(arguments.args) == 1 and not any(others)


def has_comment_before_block(difference: Difference) -> bool:
    """Whether there is a comment between the first line of the clause and its first statement."""
    return any(
        difference.source.has_comment(difference.start, difference.source.offset(body[0].lineno, body[0].col_offset))
        for node in difference.nodes(ast.stmt)
        if (body := getattr(node, "body", None))
    )


COMPOUND = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar)
COMMENT = Reason("comment inside", True, lambda it: it.source.has_comment(it.start, it.end))
COMMENT_AT_PASS = Reason("comment beside pass", True, has_comment_at_pass)
COMMENT_BEFORE_BLOCK = Reason("comment before a block", True, has_comment_before_block)
SOFT_KEYWORD = Reason("soft keyword misread", True, lambda it: bool(re.match(r"(type|match|print|exec)\b", it.text)))
GENERATOR = mine(
    "generator as only argument", lambda it: it.args and isinstance(it.args[0], ast.GeneratorExp), ast.Call
)
KEYWORD = theirs("keyword argument as $Y", lambda it: it.keywords, ast.Call)
CASE = theirs("pattern of a case", lambda it: True, ast.pattern)
CASE_OF_MINE = mine("pattern of a case", lambda it: True, ast.pattern)
ASYNC = theirs("async", lambda it: True, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith)
RETURNS = mine("return annotation", lambda it: it.returns, ast.FunctionDef)
CHAIN = theirs("chained assignment", lambda it: len(it.targets) > 1, ast.Assign)
INNER_CHAIN = Reason("chained assignment", False, is_inner_assignment)
ELSE = theirs("further clauses", lambda it: it.orelse or getattr(it, "finalbody", ()), *COMPOUND)
HANDLERS = theirs("further clauses", lambda it: it.handlers, ast.Try, ast.TryStar)
ELIF = Reason("elif", True, lambda it: it.text.startswith("elif"))
NESTED = theirs("nested and", lambda it: len(it.values) > 2, ast.BoolOp)
PARENTHESES = Reason("parentheses", True, lambda it: bool(re.match(r"(del|not)\s*\(", it.text)))
COMMAS = Reason("commas in a subscript", True, has_commas)
TYPE = Reason("type in an annotation", True, lambda it: "generic_type" in it.source.kinds_at(it.start, it.end))
STAR = Reason("star first", False, lambda it: it.text.startswith("*"))
STAR_OF_LAZYAST = Reason("star first", True, lambda it: it.source.bytes[it.start - 1 : it.start] == b"*")
AS = theirs("a name after as", lambda it: it.handlers[0].name, ast.Try)
SELF = mine("annotated parameter", lambda it: it.args.args[0].annotation, ast.FunctionDef)
CAUSE = theirs("cause", lambda it: it.cause, ast.Raise)


@dataclass(frozen=True)
class Pattern:
    """A pattern, and the reasons for which the two may differ."""

    text: str
    reasons: tuple[Reason, ...] = ()


PATTERNS = [
    Pattern("print($$$)", (GENERATOR, COMMENT)),
    Pattern("$X.append($Y)", (KEYWORD, GENERATOR, COMMENT)),
    Pattern("$X == None", (COMMENT,)),
    Pattern("None", (CASE,)),
    Pattern("self.$X", (COMMENT,)),
    Pattern("$X = $V", (CHAIN, INNER_CHAIN, SOFT_KEYWORD, COMMENT)),
    Pattern("$X: $T = $V", (COMMENT,)),
    Pattern("$X += $V", (COMMENT,)),
    Pattern("return", (theirs("keyword alone", lambda it: it.value, ast.Return),)),
    Pattern("return $X", (COMMENT,)),
    Pattern("raise $E", (CAUSE, COMMENT)),
    Pattern("raise $E from $C", (COMMENT,)),
    Pattern("raise $E($$$)", (CAUSE, GENERATOR, COMMENT)),
    Pattern("assert $X", (theirs("message", lambda it: it.msg, ast.Assert), COMMENT)),
    Pattern("del $X[$K]", (PARENTHESES, COMMAS, COMMENT)),
    Pattern("global $X", (theirs("several names", lambda it: len(it.names) > 1, ast.Global),)),
    Pattern("import $M", (theirs("several names", lambda it: len(it.names) > 1, ast.Import),)),
    Pattern(
        "from $M import $$$",
        (
            theirs("relative", lambda it: it.level, ast.ImportFrom),
            mine("from __future__", lambda it: it.module == "__future__", ast.ImportFrom),
            COMMENT,
        ),
    ),
    Pattern("def $F($$$): $$$", (ASYNC, RETURNS, COMMENT_BEFORE_BLOCK)),
    Pattern("def $F(self): $$$", (ASYNC, RETURNS, SELF, COMMENT_BEFORE_BLOCK)),
    Pattern(
        "class $C($$$): $$$",
        (mine("no bases", lambda it: not it.bases and not it.keywords, ast.ClassDef), COMMENT_BEFORE_BLOCK),
    ),
    Pattern(
        "class $C: $$$",
        (
            Reason("empty parentheses", True, lambda it: bool(re.match(r"class\s+\w+\s*\(\s*\)", it.text))),
            COMMENT_BEFORE_BLOCK,
        ),
    ),
    Pattern("if $C: $$$", (ELSE, ELIF, COMMENT_BEFORE_BLOCK)),
    Pattern("while True: $$$", (ELSE, COMMENT_BEFORE_BLOCK)),
    Pattern("for $I in range(len($X)): $$$", (ELSE, ASYNC, COMMENT_BEFORE_BLOCK)),
    Pattern(
        "with open($$$) as $F: $$$",
        (theirs("several items", lambda it: len(it.items) > 1, ast.With), ASYNC, COMMENT_BEFORE_BLOCK),
    ),
    Pattern("try: $$$\nfinally: $$$", (HANDLERS, COMMENT_BEFORE_BLOCK)),
    Pattern(
        "try: $$$\nexcept $E: pass",
        (ELSE, theirs("further clauses", lambda it: len(it.handlers) > 1, ast.Try), AS, COMMENT_AT_PASS),
    ),
    Pattern("not $X in $Y", (PARENTHESES, COMMENT)),
    Pattern("$A and $B", (NESTED, COMMENT)),
    Pattern("$X == $X", (COMMENT,)),
    Pattern(
        "lambda $A: $B",
        (theirs("$A as all parameters", lambda it: not is_plain(it.args), ast.Lambda), COMMENT),
    ),
    Pattern("$F(**$K)", (COMMENT,)),
    Pattern("$A if $C else $B", (COMMENT,)),
    Pattern("await $X", (COMMENT,)),
    Pattern("'utf-8'", (Reason("other quotes", True, lambda it: not it.text.startswith("'")),)),
    Pattern("-1", (CASE_OF_MINE,)),
    Pattern("dict()", (COMMENT,)),
    Pattern("len($X) == 0", (COMMENT,)),
    Pattern("$X[$I]", (COMMAS, TYPE, STAR, STAR_OF_LAZYAST, COMMENT)),
    Pattern("{$K: $V}", (COMMENT,)),
    Pattern(
        "open($F, $$$)",
        (mine("nothing after the comma", lambda it: len(it.args) + len(it.keywords) == 1, ast.Call), COMMENT),
    ),
]


def differences(
    source: Source, pattern: Pattern, ours: set[Span], others: set[Span]
) -> Iterator[tuple[str | None, Span]]:
    """The differences, each with its reason, or None if there is none."""
    only_ours, only_others = ours - others, others - ours
    ends = dict(only_others)
    for start, end in sorted(only_ours):
        # For tree-sitter the end of a block is after the comments that are indented like it.
        if (other := ends.get(start)) is not None and is_blank(source, min(end, other), max(end, other)):
            only_ours.remove((start, end))
            only_others.remove((start, other))
            yield "comment after the last statement", (start, end)
    for spans, is_mine in ((only_ours, True), (only_others, False)):
        for span in sorted(spans):
            difference = Difference(source, *span)
            reasons = (reason for reason in pattern.reasons if reason.is_mine == is_mine)
            side = "lazyast" if is_mine else "ast-grep"
            name = next((reason.name for reason in reasons if reason.holds(difference)), None)
            if name is None and source.has_error(*span):
                name = "tree-sitter's ERROR"
            yield (f"{name} ({side} only)" if name else None), span


def is_blank(source: Source, start: int, end: int) -> bool:
    """Whether there is nothing but comments."""
    lines = source.bytes[start:end].splitlines()
    return all(re.fullmatch(rb"[\s;\\]*(#.*)?", line) for line in lines)


def compare(directory: Path) -> int:
    with_archives = lazyast.Project([directory])
    hits: dict[str, defaultdict[Path, set[tuple[int, int, int, int]]]] = {}
    for pattern in PATTERNS:
        places = hits[pattern.text] = defaultdict(set)
        for hit in with_archives.find(lazyast.pattern(pattern.text, literal_names=True)):
            assert hit.path is not None
            places[hit.path].add((hit.lineno, hit.col_offset, hit.end_lineno, hit.end_col_offset))
    unsearched = set(with_archives.select("Module").unsearched)
    counts: dict[str, Counter[str]] = {pattern.text: Counter() for pattern in PATTERNS}
    unexplained = 0
    for path in (module.path for module in with_archives if module.path not in unsearched):
        try:
            source = Source(path)
        except UnicodeDecodeError:
            continue
        for pattern in PATTERNS:
            ours = {
                (source.offset(line, column), source.offset(end_line, end_column))
                for line, column, end_line, end_column in hits[pattern.text][path]
            }
            others = {source.span_of(node) for node in source.root.find_all(pattern=pattern.text)}
            count = counts[pattern.text]
            count["lazyast"] += len(ours)
            count["ast-grep"] += len(others)
            for reason, (start, end) in differences(source, pattern, ours, others):
                count[reason or "unexplained"] += 1
                if reason is None:
                    unexplained += 1
                    side = "lazyast" if (start, end) in ours else "ast-grep"
                    line = source.bytes.count(b"\n", 0, start) + 1
                    text = source.bytes[start:end].decode()
                    print(f"{path}:{line}: only {side}: {pattern.text!r}: {text[:80]!r}", file=sys.stderr)
    print(f"{'':34}{'lazyast':>9}{'ast-grep':>9}  differences")
    for text, count in counts.items():
        mine, others = count.pop("lazyast"), count.pop("ast-grep")
        reasons = ", ".join(f"{number} {reason}" for reason, number in count.most_common())
        print(f"{text!r:34}{mine:9}{others:9}  {reasons or 'none'}")
    print(f"unexplained: {unexplained}")
    return unexplained


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare patterns with ast-grep's.")
    parser.add_argument("directory", nargs="?", type=Path, default=Path(sysconfig.get_paths()["stdlib"]))
    sys.exit(1 if compare(parser.parse_args().directory) else 0)


if __name__ == "__main__":
    main()
