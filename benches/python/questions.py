"""The questions that `queries.py` measures, and the contestants that answer them.

As a program, this runs one contestant on one question and prints the time and memory. The time covers everything from
the list of files to the positions of the hits. It does not include imports and compiling the question.
"""

import ast
import hashlib
import json
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jobs

Position = tuple[str, int, int]
"""A hit: the path, the line from 1, and the column in bytes of UTF-8 from 0."""

TEST = re.compile("^test_")


@dataclass(frozen=True)
class Question:
    """A question in the languages of all contestants."""

    name: str
    pattern: str
    """For lazyast, and for ast-grep if there is no `rule`."""
    with_ast: Callable[[ast.AST], Iterable[ast.AST]]
    """The hits among a node and its children."""
    tree_sitter: str
    """A tree-sitter query that captures `@hit`."""
    text: str
    """A regular expression that comes close, for programs that search text."""
    is_selector: bool = False
    rule: dict[str, Any] | None = None
    kept: Callable[[Any], bool] | None = None
    """A filter for tree-sitter's hits, if its queries cannot express the question."""
    differs: dict[str, str] = field(default_factory=dict)
    """By contestant: why its hits differ."""


def at(test: Callable[[Any], bool], *types: type[ast.AST]) -> Callable[[ast.AST], Iterable[ast.AST]]:
    return lambda node: (node,) if isinstance(node, types) and test(node) else ()


def is_call_of(function: str) -> Callable[[ast.Call], bool]:
    return lambda call: isinstance(call.func, ast.Name) and call.func.id == function


def is_append_of_one(call: ast.Call) -> bool:
    func = call.func
    return isinstance(func, ast.Attribute) and func.attr == "append" and len(call.args) == 1 and not call.keywords


def is_equal_to_none(node: ast.Compare) -> bool:
    if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq):
        return False
    right = node.comparators[0]
    return isinstance(right, ast.Constant) and right.value is None


def is_try_that_passes(node: ast.Try) -> bool:
    if node.orelse or node.finalbody or len(node.handlers) != 1:
        return False
    (handler,) = node.handlers
    is_pass = len(handler.body) == 1 and isinstance(handler.body[0], ast.Pass)
    return handler.type is not None and handler.name is None and is_pass


def tests_that_yield(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.ClassDef):
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef) and TEST.search(statement.name):
                if any(isinstance(inner, ast.Yield) for inner in ast.walk(statement)):
                    yield statement


def is_unverified_request(call: ast.Call) -> bool:
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="requests"), attr="get"), args=[_, *_], keywords=keywords):
            values = [keyword.value for keyword in keywords if keyword.arg == "verify"]
            return any(isinstance(value, ast.Constant) and value.value is False for value in values)
    return False


def is_piped(call: ast.Call) -> bool:
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="subprocess"), attr="Popen"), keywords=keywords):
            return any(keyword.arg == "stdout" and is_pipe(keyword.value) for keyword in keywords)
    return False


def is_pipe(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="subprocess"), attr="PIPE"):
            return True
    return False


def starts_with_def(node: Any) -> bool:
    """Whether a `function_definition` of tree-sitter is a `def`, not an `async def`."""
    return bool(node.children[0].type == "def")


def yields(node: Any) -> bool:
    """Whether a node of tree-sitter contains a `yield` that is not a `yield from`."""
    if not starts_with_def(node):
        return False
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node.type == "yield" and node.is_named and all(child.type != "from" for child in node.children):
            return True
        waiting.extend(node.children)
    return False


KEYWORDS = {
    "ast-grep-py": "`$Y` takes a keyword argument",
    "ast-grep": "`$Y` takes a keyword argument",
    "tree-sitter": "`(_)` takes a keyword argument",
}

QUESTIONS = (
    Question(
        "functions",
        "FunctionDef",
        at(lambda node: True, ast.FunctionDef),
        "(function_definition) @hit",
        r"^\s*def ",
        is_selector=True,
        rule={"kind": "function_definition", "regex": "^def"},
        kept=starts_with_def,
    ),
    Question(
        "calls of print",
        "print($$$)",
        at(is_call_of("print"), ast.Call),
        '((call function: (identifier) @function) @hit (#eq? @function "print"))',
        r"\bprint\(",
        differs={"ast-grep-py": "no `print(x for x in y)`", "ast-grep": "no `print(x for x in y)`"},
    ),
    Question(
        "a rare name",
        "zipimport.zipimporter($$$)",
        at(lambda call: ast.unparse(call.func) == "zipimport.zipimporter", ast.Call),
        """((call function: (attribute object: (identifier) @object attribute: (identifier) @name)) @hit
            (#eq? @object "zipimport") (#eq? @name "zipimporter"))""",
        r"\bzipimport\.zipimporter\(",
    ),
    Question(
        "appending one thing",
        "$X.append($Y)",
        at(is_append_of_one, ast.Call),
        """((call function: (attribute attribute: (identifier) @name) arguments: (argument_list . (_) .)) @hit
            (#eq? @name "append"))""",
        r"\.append\(",
        differs=KEYWORDS,
    ),
    Question(
        "equal to None",
        "$X == None",
        at(is_equal_to_none, ast.Compare),
        '(comparison_operator . (_) . "==" . (none) .) @hit',
        r"== None\b",
    ),
    Question(
        "try that passes",
        "try: $$$\nexcept $E: pass",
        at(is_try_that_passes, ast.Try),
        """(try_statement . "try" . ":" . (block)
            . (except_clause . "except" . (_) . ":" . (block . (pass_statement) .)) .) @hit""",
        r"except .*:\s*pass\b",
        differs={
            "ast-grep-py": "further clauses may follow",
            "ast-grep": "further clauses may follow",
            "tree-sitter": "comments stand between `.`; `_` takes `E as e`",
        },
    ),
    Question(
        "tests that yield",
        "ClassDef > FunctionDef[name=/^test_/]:has(Yield)",
        tests_that_yield,
        """(class_definition body: (block [
            (function_definition name: (identifier) @name) @hit
            (decorated_definition definition: (function_definition name: (identifier) @name) @hit)])
            (#match? @name "^test_"))""",
        r"^\s+def test_",
        is_selector=True,
        rule={
            "all": [
                {"kind": "function_definition", "regex": "^def"},
                {"has": {"field": "name", "regex": "^test_"}},
                {"has": {"kind": "yield", "not": {"regex": "^yield\\s+from\\b"}, "stopBy": "end"}},
                {
                    "inside": {
                        "any": [
                            {"kind": "block", "inside": {"kind": "class_definition"}},
                            {
                                "kind": "decorated_definition",
                                "inside": {"kind": "block", "inside": {"kind": "class_definition"}},
                            },
                        ]
                    }
                },
            ]
        },
        kept=yields,
    ),
    Question(
        "unverified requests",
        "requests.get($URL, $$$, verify=False)",
        at(is_unverified_request, ast.Call),
        """((call function: (attribute object: (identifier) @object attribute: (identifier) @name)
            arguments: (argument_list . (_) (keyword_argument name: (identifier) @key value: (false)))) @hit
            (#eq? @object "requests") (#eq? @name "get") (#eq? @key "verify"))""",
        r"\brequests\.get\(",
    ),
    Question(
        "piped processes",
        "subprocess.Popen($$$, stdout=subprocess.PIPE)",
        at(is_piped, ast.Call),
        """((call function: (attribute object: (identifier) @object attribute: (identifier) @name)
            arguments: (argument_list (keyword_argument name: (identifier) @key value: (attribute) @value))) @hit
            (#eq? @object "subprocess") (#eq? @name "Popen") (#eq? @key "stdout") (#eq? @value "subprocess.PIPE"))""",
        r"\bsubprocess\.Popen\(",
        differs={"ast-grep-py": "the keyword is the last argument", "ast-grep": "the keyword is the last argument"},
    ),
)


def ask(project: Any, question: Question) -> Any:
    return project.select(question.pattern) if question.is_selector else project.find(question.pattern)


# Each contestant prepares its work, which is not timed, and returns a function, which is timed.
TimedWork = Callable[[], tuple[int, list[Position] | None]]


def open_project(question: Question, corpus: Path, cache: Path) -> TimedWork:
    import lazyast

    lazyast.Project([corpus], cache_dir=cache)
    return lambda: (len(ask(lazyast.Project([corpus], cache_dir=cache), question)), None)


def in_open_project(question: Question, corpus: Path, cache: Path) -> TimedWork:
    import lazyast

    project = lazyast.Project([corpus], cache_dir=cache)
    project.select("Module")  # opens every archive
    return lambda: (len(ask(project, question)), None)


def read_hits(question: Question, corpus: Path, cache: Path) -> TimedWork:
    import lazyast

    project = lazyast.Project([corpus], cache_dir=cache)
    project.select("Module")

    def work() -> tuple[int, list[Position]]:
        positions = [(str(hit.path), hit.lineno, hit.col_offset) for hit in ask(project, question)]
        return len(positions), positions

    return work


def walk_ast(question: Question, corpus: Path, cache: Path) -> TimedWork:
    paths = sorted(corpus.rglob("*.py"))
    warnings.simplefilter("ignore")

    def work() -> tuple[int, list[Position]]:
        positions = []
        for path in paths:
            for node in ast.walk(ast.parse(path.read_bytes())):
                positions += [(str(path), hit.lineno, hit.col_offset) for hit in question.with_ast(node)]  # type: ignore[attr-defined]
        return len(positions), positions

    return work


def ask_ast_grep(question: Question, corpus: Path, cache: Path) -> TimedWork:
    from ast_grep_py import SgRoot

    paths = sorted(corpus.rglob("*.py"))
    rule: Any = question.rule or {"pattern": question.pattern}

    def work() -> tuple[int, None]:
        hits = 0
        for path in paths:
            hits += len(SgRoot(path.read_text("utf-8", "replace"), "python").root().find_all(**rule))
        return hits, None

    return work


def ask_tree_sitter(question: Question, corpus: Path, cache: Path) -> TimedWork:
    import tree_sitter_python
    from tree_sitter import Language, Parser, Query, QueryCursor

    paths = sorted(corpus.rglob("*.py"))
    language = Language(tree_sitter_python.language())
    parser, query = Parser(language), Query(language, question.tree_sitter)

    def work() -> tuple[int, None]:
        hits = 0
        for path in paths:
            tree = parser.parse(path.read_bytes())
            found = QueryCursor(query).captures(tree.root_node).get("hit", [])
            hits += len(found) if question.kept is None else sum(map(question.kept, found))
        return hits, None

    return work


CONTESTANTS: dict[str, Callable[[Question, Path, Path], TimedWork]] = {
    "lazyast: open, ask": open_project,
    "lazyast: ask": in_open_project,
    "lazyast: ask, read hits": read_hits,
    "ast.parse, ast.walk": walk_ast,
    "ast-grep-py": ask_ast_grep,
    "tree-sitter": ask_tree_sitter,
}


def main() -> None:
    name, contestant, corpus, cache = sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
    (question,) = (question for question in QUESTIONS if question.name == name)
    work = CONTESTANTS[contestant](question, corpus, cache)
    before = jobs.resident()
    started = time.perf_counter()
    hits, positions = work()
    seconds = time.perf_counter() - started
    grown = jobs.resident() - before
    digest = None if positions is None else hashlib.blake2b(repr(sorted(positions)).encode()).hexdigest()
    print(json.dumps({"seconds": seconds, "memory": grown, "hits": hits, "positions": digest}))


if __name__ == "__main__":
    main()
