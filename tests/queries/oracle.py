"""The rules of docs/queries.md in plain Python over `ast`: slow, and written to be read.

Tests compare lazyast with this oracle, so the oracle uses nothing of lazyast. `ast.parse` parses a pattern with
identifiers in position of its metavariables, the parser below parses a selector, and both are compared with every node
of the right kind.
"""

import ast
import itertools
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

NodeOrName = ast.AST | str


class QueryError(ValueError):
    """An invalid query."""


@dataclass
class Hit:
    """A node that a query selects; of several statements the first and the last one."""

    first: ast.AST
    last: ast.AST
    captures: dict[str, NodeOrName | list[NodeOrName]] = field(default_factory=dict)
    nodes: list[ast.AST] = field(default_factory=list)
    # What the metavariables matched, as `captures` and as repeated metavariables are compared.
    env: dict[Any, Any] = field(default_factory=dict)

    def __post_init__(self):
        self.nodes = self.nodes or [self.first]


# ---------------------------------------------------------------------------------------------------------------
# Trees

KINDS_BY_CLASS = {
    "mod": "Module",
    "stmt": """FunctionDef AsyncFunctionDef ClassDef Return Delete Assign TypeAlias AugAssign AnnAssign For AsyncFor
        While If With AsyncWith Match Raise Try TryStar Assert Import ImportFrom Global Nonlocal Expr Pass Break
        Continue""",
    "expr": """BoolOp NamedExpr BinOp UnaryOp Lambda IfExp Dict Set ListComp SetComp DictComp GeneratorExp Await Yield
        YieldFrom Compare Call FormattedValue Interpolation JoinedStr TemplateStr Constant Attribute Subscript Starred
        Name List Tuple Slice""",
    "excepthandler": "ExceptHandler",
    "pattern": """MatchValue MatchSingleton MatchSequence MatchMapping MatchClass MatchStar MatchAs MatchOr""",
    "type_param": "TypeVar ParamSpec TypeVarTuple",
    "": "comprehension arguments arg keyword alias withitem match_case",
}
KINDS_BY_CLASS = {name: kinds.split() for name, kinds in KINDS_BY_CLASS.items()}
KINDS = {kind for kinds in KINDS_BY_CLASS.values() for kind in kinds}
WITH_POSITIONS = KINDS - {"Module", "comprehension", "arguments", "withitem", "match_case"}
POSITIONS = ("lineno", "col_offset", "end_lineno", "end_col_offset")
# Fields of the newest Python that nodes of older ones lack.
NEW_FIELDS = {
    **dict.fromkeys(("FunctionDef", "AsyncFunctionDef", "ClassDef"), ("type_params",)),
    "TypeAlias": ("name", "type_params", "value"),
    "TypeVar": ("name", "bound", "default_value"),
    "ParamSpec": ("name", "default_value"),
    "TypeVarTuple": ("name", "default_value"),
    "TemplateStr": ("values",),
    "Interpolation": ("value", "str", "conversion", "format_spec"),
}
FIELDS = {kind: {*getattr(getattr(ast, kind, None), "_fields", ()), *NEW_FIELDS.get(kind, ())} for kind in KINDS}
ALL_FIELDS = set().union(*FIELDS.values())

# Kinds whose fields are not in the order of the source. For arguments, dictionaries and parameters see `children`.
DEFINITION = ("decorator_list", "name", "type_params", "args", "returns", "body", "type_comment")
SOURCE_ORDER = {
    "FunctionDef": DEFINITION,
    "AsyncFunctionDef": DEFINITION,
    "ClassDef": ("decorator_list", "name", "type_params", "bases", "keywords", "body"),
    "IfExp": ("body", "test", "orelse"),
    "ImportFrom": ("is_lazy", "module", "level", "names"),
}


def source_fields(kind: type[ast.AST]) -> tuple[str, ...]:
    return SOURCE_ORDER.get(kind.__name__, kind._fields)


def in_source(nodes):
    return sorted(nodes, key=lambda node: (node.lineno, node.col_offset))


def format_parts(node: ast.JoinedStr) -> list[ast.expr]:
    """The parts of an f-string without the empty ones that Python 3.12.0 and 3.12.1 add after nested fields."""
    return [part for part in node.values if not (isinstance(part, ast.Constant) and part.value == "")]


@dataclass
class Parameter:
    """One parameter, of one of five kinds: `/`, `a`, `*a`, `k` (after a star) and `**k`."""

    kind: str
    arg: ast.arg
    default: ast.expr | None


def parameters(node: ast.arguments) -> list[Parameter]:
    positional = [("/", arg) for arg in node.posonlyargs] + [("a", arg) for arg in node.args]
    missing = len(positional) - len(node.defaults)
    defaults = [None] * missing + node.defaults
    found = [Parameter(kind, arg, default) for (kind, arg), default in zip(positional, defaults, strict=True)]
    if node.vararg:
        found.append(Parameter("*a", node.vararg, None))
    found += [Parameter("k", arg, value) for arg, value in zip(node.kwonlyargs, node.kw_defaults, strict=True)]
    if node.kwarg:
        found.append(Parameter("**k", node.kwarg, None))
    return found


def unordered_children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    """The children of a node: field, index and child. The index skips `None`; in a field that is no list it is None."""
    for name in source_fields(type(node)):
        value = getattr(node, name, None)
        if isinstance(value, ast.JoinedStr | ast.AST):
            if not isinstance(value, ast.expr_context | ast.operator | ast.boolop | ast.unaryop):
                yield name, None, value
        elif isinstance(value, list):
            if isinstance(node, ast.JoinedStr):
                value = format_parts(node)
            nodes = [each for each in value if isinstance(each, ast.AST) and not isinstance(each, ast.cmpop)]
            for index, each in enumerate(nodes):
                yield name, index, each


def children(node: ast.AST) -> list[tuple[str, int | None, ast.AST]]:
    """The children of a node in the order of the source: field, index, child."""
    found = list(unordered_children(node))
    if isinstance(node, ast.Call | ast.ClassDef):
        mixed = [position for position in found if position[0] in ("args", "bases", "keywords")]
        if mixed:
            at = found.index(mixed[0])
            mixed.sort(key=lambda position: (position[2].lineno, position[2].col_offset))
            found[at : at + len(mixed)] = mixed
    elif isinstance(node, ast.Dict | ast.MatchMapping):
        by_node = {id(child): (name, index, child) for name, index, child in found}
        values = node.values if isinstance(node, ast.Dict) else node.patterns
        pairs = itertools.chain.from_iterable(zip(node.keys, values, strict=True))
        found = [by_node[id(child)] for child in pairs if child is not None]
    elif isinstance(node, ast.arguments):
        by_node = {id(child): (name, index, child) for name, index, child in found}
        found = [
            by_node[id(child)]
            for parameter in parameters(node)
            for child in (parameter.arg, parameter.default)
            if child is not None
        ]
    return found


@dataclass
class Position:
    """The position of a node in its tree."""

    parent: ast.AST | None
    field: str | None
    index: int | None
    siblings: list[ast.AST]
    number: int
    size: int = 0


class Index:
    """The nodes of a tree in preorder, and the position of each."""

    def __init__(self, tree: ast.Module):
        self.tree = tree
        self.nodes: list[ast.AST] = []
        self.positions: dict[int, Position] = {}
        self.by_kind: dict[str, list[ast.AST]] = {}
        self.blocks: list[list[ast.stmt]] = []
        # The parts of f-strings, which are no expressions.
        self.format_parts: set[int] = set()
        self._add(tree)

    def _add(self, tree):
        root = Position(None, None, None, [], 0)
        stack: list[tuple[ast.AST | None, Position]] = [(tree, root)]
        while stack:
            node, position = stack.pop()
            if node is None:
                position.size = len(self.nodes) - position.number
                continue
            position.number = len(self.nodes)
            self.nodes.append(node)
            self.positions[id(node)] = position
            self.by_kind.setdefault(type(node).__name__, []).append(node)
            if isinstance(node, ast.JoinedStr):
                self.format_parts.update(map(id, format_parts(node)))
            elif isinstance(node, ast.FormattedValue) and node.format_spec is not None:
                self.format_parts.add(id(node.format_spec))
            found = children(node)
            if not found:
                position.size = 1
                continue
            lists: dict[str, list[ast.AST]] = {}
            for name, index, child in found:
                if index is not None:
                    lists.setdefault(name, []).append(child)
            self.blocks += [block for block in lists.values() if isinstance(block[0], ast.stmt)]
            stack.append((None, position))
            for name, index, child in reversed(found):
                siblings = [] if index is None else lists[name]
                stack.append((child, Position(node, name, index, siblings, 0)))

    def number(self, node: ast.AST) -> int:
        return self.positions[id(node)].number

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self.positions[id(node)].parent

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        while (node := self.parent(node)) is not None:
            yield node

    def descendants(self, node: ast.AST) -> list[ast.AST]:
        position = self.positions[id(node)]
        return self.nodes[position.number + 1 : position.number + position.size]

    def following(self, node: ast.AST) -> list[ast.AST]:
        """The siblings after a node."""
        position = self.positions[id(node)]
        return [] if position.index is None else position.siblings[position.index + 1 :]

    def preceding(self, node: ast.AST) -> list[ast.AST]:
        """The siblings before a node, the nearest first."""
        position = self.positions[id(node)]
        return [] if position.index is None else position.siblings[: position.index][::-1]


_index: Index | None = None


def index_of(tree: ast.Module) -> Index:
    """The index of a tree. The index of the last tree is cached."""
    global _index
    if _index is None or _index.tree is not tree:
        _index = Index(tree)
    return _index


# ---------------------------------------------------------------------------------------------------------------
# Equality

# Lists in which `$$$` is an error, because each element belongs to an element of another list.
WITHOUT_SEQUENCES = {"comparators"}
NOT_COMPARED = {"ctx", "type_comment"}
# `str` is the text of `value`.
NOT_COMPARED_OF = {"Constant": {"kind"}, "AnnAssign": {"simple"}, "Interpolation": {"str"}}


def compared_fields(kind: type[ast.AST]) -> list[str]:
    """The fields that are compared, in the order of the source."""
    without = NOT_COMPARED | NOT_COMPARED_OF.get(kind.__name__, set())
    return [name for name in source_fields(kind) if name not in without]


def same_tree(one: Any, other: Any) -> bool:
    """Whether two trees, lists or values are equal, apart from what is not compared."""
    if type(one) is not type(other):
        return False
    if isinstance(one, ast.JoinedStr):
        return same_tree(format_parts(one), format_parts(other))
    if isinstance(one, ast.AST):
        return all(same_tree(getattr(one, f, None), getattr(other, f, None)) for f in compared_fields(type(one)))
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same_tree, one, other))
    return one == other


@dataclass
class Captured:
    """What a metavariable matched, and its name if it consists of a name alone."""

    value: NodeOrName
    name: str | None = None


def captured(value: NodeOrName, parameter: Parameter | None = None) -> Captured:
    match value:
        case str(name) | ast.Name(id=name) | ast.alias(name=name, asname=None):
            return Captured(value, name)
        case ast.MatchAs(pattern=None, name=str(name)):
            return Captured(value, name)
        case ast.arg(arg=name, annotation=None) if parameter is None or parameter.default is None:
            return Captured(value, name)
    return Captured(value)


def same_capture(one: Captured | list[Captured], other: Captured | list[Captured]) -> bool:
    if isinstance(one, list) or isinstance(other, list):
        return (
            isinstance(one, list)
            and isinstance(other, list)
            and len(one) == len(other)
            and all(map(same_capture, one, other))
        )
    if one.name is not None and other.name is not None:
        return one.name == other.name
    return same_tree(one.value, other.value)


# What the metavariables matched so far. An environment is never changed; binding makes a new one.
Env = dict[Any, Captured | list[Captured]]


def bind(env: Env, name: Any, value: Captured | list[Captured]) -> Env | None:
    """The environment with one more capture, or None if the name is bound to something else."""
    if name is None:
        return env
    if name in env:
        return env if same_capture(env[name], value) else None
    return {**env, name: value}


# ---------------------------------------------------------------------------------------------------------------
# Matchers, the parts of patterns

# `matches(subject, env)` yields the environment of each way in which the subject matches.
Matcher = Callable[[Any, Env], Iterator[Env]]


@dataclass(frozen=True)
class Metavariable:
    text: str
    name: str | None
    is_sequence: bool


@dataclass
class Run:
    """`$$$` in a list. `capture` gives what one subject adds to the capture."""

    name: Any
    capture: Callable[[Any], list[Captured]]


def one_capture(subject: NodeOrName) -> list[Captured]:
    return [captured(subject)]


def match_all(steps: list[tuple[Matcher, Any]], env: Env) -> Iterator[Env]:
    """All matchers, each on its subject, one after the other."""
    if not steps:
        yield env
        return
    (matches, subject), *rest = steps
    for each in matches(subject, env):
        yield from match_all(rest, each)


def match_list(elements: list[Matcher | Run], subjects: list, env: Env, at=0, whole=True) -> Iterator[tuple[Env, int]]:
    """The elements of a list from `at` on, and the index where they end. With `whole` it is the end of the list."""
    if not elements:
        if not whole or at == len(subjects):
            yield env, at
        return
    first, *rest = elements
    if isinstance(first, Run):
        for end in range(at, len(subjects) + 1):
            run = [each for subject in subjects[at:end] for each in first.capture(subject)]
            if (bound := bind(env, first.name, run)) is not None:
                yield from match_list(rest, subjects, bound, end, whole)
    elif at < len(subjects) and not (
        whole and not any(isinstance(each, Run) for each in rest) and len(rest) != len(subjects) - at - 1
    ):
        for each in first(subjects[at], env):
            yield from match_list(rest, subjects, each, at + 1, whole)


def metavariable_matcher(metavariable: Metavariable, accepts: Callable[[Any], bool]) -> Matcher:
    def matches(subject, env):
        if accepts(subject) and (bound := bind(env, metavariable.name, captured(subject))) is not None:
            yield bound

    return matches


def is_a(kind) -> Callable[[Any], bool]:
    return lambda subject: isinstance(subject, kind)


def equals(value) -> Matcher:
    """A value without metavariables."""

    def matches(subject, env):
        if type(subject) is type(value) and subject == value:
            yield env

    return matches


def absent(subject, env):
    """None or an empty list."""
    if subject is None or subject == []:
        yield env


def match_keywords(keyword_elements, keywords, env, used=()) -> Iterator[tuple[Env, list]]:
    """Match each keyword of a pattern with one of the node. Yields also the keywords that remain."""
    if not keyword_elements:
        yield env, [each for each in keywords if not any(each is one for one in used)]
        return
    (matches_name, matches_value), *rest = keyword_elements
    for each in keywords:
        if any(each is one for one in used):
            continue
        name, value = each
        for bound in match_all([(matches_name, name), (matches_value, value)], env):
            yield from match_keywords(rest, keywords, bound, (*used, each))


# The values of constant expressions

MAX_NODES, MAX_BITS, MAX_BYTES, EXACT = 1000, 4096, 4096, 2**53
INTEGERS = {
    "Add": operator.add, "Sub": operator.sub, "Mult": operator.mul, "FloorDiv": operator.floordiv,
    "Mod": operator.mod, "Pow": operator.pow, "LShift": operator.lshift, "RShift": operator.rshift,
    "BitAnd": operator.and_, "BitOr": operator.or_, "BitXor": operator.xor,
}  # fmt: skip
FLOATS = {"Add": operator.add, "Sub": operator.sub, "Mult": operator.mul, "Div": operator.truediv}


def is_small(value: Any) -> bool:
    match value:
        case int():
            return value.bit_length() <= MAX_BITS
        case float():
            return value == value
        case str():
            return len(value.encode(errors="surrogatepass")) <= MAX_BYTES
    return len(value) <= MAX_BYTES


def binary_value(name: str, left: Any, right: Any) -> Any:
    """The result of an operator on two values, or None."""
    types = {type(left), type(right)}
    if types == {int} and name != "Div":
        if name not in INTEGERS or (name in ("Pow", "LShift", "RShift") and not 0 <= right <= MAX_BITS):
            return None
        if name == "Pow" and left.bit_length() * right > MAX_BITS:
            return None
        return INTEGERS[name](left, right) if right or name not in ("FloorDiv", "Mod") else None
    if types <= {int, float}:
        exact = all(isinstance(each, float) or abs(each) <= EXACT for each in (left, right))
        if name not in FLOATS or not exact or (name == "Div" and not right):
            return None
        return FLOATS[name](float(left), float(right))
    if name == "Add" and types in ({str}, {bytes}):
        return left + right
    if name == "Mult" and int in types and len(types) == 2:
        text, count = (right, left) if isinstance(left, int) else (left, right)
        return text * count if not text or len(text) * count <= MAX_BYTES else None
    return None


def constant_value(node: ast.AST, depth: int = 0) -> Any:
    """The value of an expression of plain constants, or None."""
    if depth == 0 and isinstance(node, ast.BinOp | ast.UnaryOp):
        nodes = sum(isinstance(each, ast.expr) for each in ast.walk(node))
        if nodes > MAX_NODES:
            return None
    value = None
    match node:
        case ast.Constant(value=int() | float() | str() | bytes() as value) if not isinstance(value, bool):
            pass
        case ast.UnaryOp(op=op, operand=operand):
            inner = constant_value(operand, depth + 1)
            if isinstance(inner, int | float) and isinstance(op, ast.UAdd | ast.USub):
                value = inner if isinstance(op, ast.UAdd) else -inner
            elif isinstance(inner, int) and isinstance(op, ast.Invert):
                value = ~inner
        case ast.BinOp(left=left, op=op, right=right):
            one, other = constant_value(left, depth + 1), constant_value(right, depth + 1)
            if one is not None and other is not None:
                value = binary_value(type(op).__name__, one, other)
    return value if value is not None and is_small(value) else None


def same_value(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return one.hex() == other.hex()
    return type(one) is type(other) and one == other


# Patterns

DEEP = re.compile(r"(?<!<)<\.\.\.|(?<!\$)\.\.\.>(?!>)")


def with_deep_calls(text: str, function: str) -> str:
    """The text with calls of a function in place of `<... P ...>`."""
    open_at: list[re.Match] = []
    replaced = {}
    for found in DEEP.finditer(text):
        if found[0].startswith("<"):
            open_at.append(found)
        elif open_at:
            replaced[open_at.pop().start()] = f"{function}("
            replaced[found.start()] = ")"
    return DEEP.sub(lambda found: replaced.get(found.start(), found[0]), text)


class Pattern:
    """A compiled pattern, see `compile_pattern`."""

    def __init__(self, text: str, fold_constants: bool = False):
        self.fold_constants = fold_constants
        self.metavariables: dict[str, Metavariable] = {}
        self.prefix = next(f"h{number}_" for number in itertools.count() if f"h{number}_" not in text)
        self.deep = f"{self.prefix}deep_"
        self.text = with_deep_calls(text, self.deep)
        self.names: dict[str, bool] = {}
        body, self.what = self._parse()
        # The matchers of several statements, or the matcher of one node.
        self.sequence: list[Matcher | Run] | None = None
        self.single: Matcher | None = None
        # The kind of the nodes that can match: None for every expression.
        self.kind: type[ast.AST] | None = None
        match body:
            case [ast.Expr(value=value)] if self.what == "statements":
                self.single, self.kind = self.node(value), type(value)
                if self._metavariable_of(value) or self._has_any_kind(value):
                    self.kind = None
            case [one]:
                self.single, self.kind = self.node(one), type(one)
                if self.what == "decorator" and (self._metavariable_of(one) or self._has_any_kind(one)):
                    self.kind = None
            case _:
                self.sequence = self.elements(body)
                if isinstance(self.sequence[0], Run) or isinstance(self.sequence[-1], Run):
                    raise QueryError("statements cannot start or end with $$$")

    # Metavariables

    def _substitute(self, forms: dict[int, str]) -> str:
        """The text with identifiers in position of metavariables. `forms` has the default (`=d`) or the stars (`**`) of those
        that need them."""
        self.metavariables.clear()

        def replace(found):
            name = f"{self.prefix}{len(self.metavariables)}_"
            several = found[0].startswith(SEQUENCES)
            inner = found[1] or found[2]
            self.metavariables[name] = Metavariable(found[0], None if inner in (None, "_") else inner, several)
            form = forms.get(len(self.metavariables) - 1, "")
            return form + name if form == "**" else name + form

        return METAVARIABLE.sub(replace, self.text)

    def _parse(self) -> tuple[list, str]:
        """The statements or the clause, and which of the two."""
        # After a keyword or a default Python requires further ones, and in a dictionary items. Every combination is tried.
        lone = {}
        for number, match in enumerate(METAVARIABLE.finditer(self.text)):
            before, after = self.text[: match.start()].rstrip()[-1:], self.text[match.end() :].lstrip()[:1]
            if match[0].startswith(SEQUENCES) and before and before in ",({" and after and after in ",):}":
                lone[number] = [""]
                if before != "{" and after != "}":
                    lone[number].append(f"={self.prefix}d_")
                if before != "(" and after in ",}" and "{" in self.text[: match.start()]:
                    lone[number].append("**")
        lone = dict(list(lone.items())[-8:])
        error = None
        for forms in itertools.product(*lone.values()):
            text = self._substitute(dict(zip(lone, forms)))
            try:
                return self._parse_python(text)
            except SyntaxError as exception:
                error = error or exception
        raise QueryError(f"{self.text!r}: {error}")

    def _parse_python(self, text: str) -> tuple[list, str]:
        code = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        if not code:
            raise QueryError("the pattern has no code")
        indentation = code[0][: len(code[0]) - len(code[0].lstrip())]
        outer = "with x:\n" if indentation else ""

        def inner(source):
            body = ast.parse(outer + source).body
            if outer:
                if len(body) != 1:
                    raise SyntaxError("unindent does not match the first line")
                body = body[0].body
            return body

        # A text that is also an annotated assignment (`case [$P]: $$$`) is a clause.
        if re.match(r"case\b", code[0].lstrip()):
            try:
                cases = ast.parse(f"match x:\n{text if indentation else indented(text)}").body
            except SyntaxError:
                pass
            else:
                match cases:
                    case [ast.Match(cases=[one])]:
                        return [one], "clause"
                raise QueryError("expected one case clause alone, or a match statement")
        if re.match(r"except\b", code[0].lstrip()):
            match inner(f"{indentation}try: pass\n{text}"):
                case [ast.Try(handlers=[one], orelse=[], finalbody=[])]:
                    return [one], "clause"
                case [ast.TryStar(handlers=[one], orelse=[], finalbody=[])]:
                    return [one], "clause"
            raise QueryError("expected one except clause alone, or a try statement")
        try:
            return inner(text), "statements"
        except SyntaxError:
            if not code[0].startswith("@"):
                raise
        match ast.parse(f"{text}\ndef _(): pass").body:
            case [ast.FunctionDef(decorator_list=[one])]:
                return [one], "decorator"
        raise QueryError("expected one decorator, or a definition after the decorators")

    def _restore(self, text: str) -> str:
        """The text of a string as it was written."""
        for name, metavariable in self.metavariables.items():
            text = text.replace(f"{name}={self.prefix}d_", metavariable.text).replace(name, metavariable.text)
        return text

    def _metavariable(self, name: str | None) -> Metavariable | None:
        if name is None or self.prefix not in name:
            return None
        metavariable = self.metavariables.get(name)
        if metavariable is None:
            raise QueryError(f"{self._restore(name)!r}: a metavariable must be a whole name")
        if (
            metavariable.name is not None
            and self.names.setdefault(metavariable.name, metavariable.is_sequence) != metavariable.is_sequence
        ):
            raise QueryError(f"{metavariable.text!r} matches one node and any number")
        return metavariable

    def _metavariable_of(self, node: ast.AST) -> Metavariable | None:
        """The metavariable that an element of a list consists of."""
        match node:
            case ast.Name(id=name) | ast.MatchAs(pattern=None, name=name) | ast.Expr(value=ast.Name(id=name)):
                return self._metavariable(name)
            case ast.alias(name=name, asname=None) if "." not in name:
                return self._metavariable(name)
            case ast.withitem(context_expr=ast.Name(id=name), optional_vars=None):
                return self._metavariable(name)
        return None

    def _run_of(self, node: ast.AST | str) -> Metavariable | None:
        """The `$$$` that an element of a list consists of."""
        match node:
            case ast.FormattedValue(value=ast.Name(id=name), conversion=-1, format_spec=None) | str(name):
                metavariable = self._metavariable(name)
            case ast.ExceptHandler(type=ast.Name(id=name), name=None, body=[ast.Expr(value=ast.Name(id=rest))]):
                metavariable = self._clause_metavariable(name, rest)
            case ast.match_case(
                pattern=ast.MatchAs(pattern=None, name=str(name)),
                guard=None,
                body=[ast.Expr(value=ast.Name(id=rest))],
            ):
                metavariable = self._clause_metavariable(name, rest)
            case _ if type(node).__name__ in ("TypeVar",):
                metavariable = self._metavariable(node.name)
                if node.bound is not None or getattr(node, "default_value", None) is not None:
                    return None
            case _:
                metavariable = self._metavariable_of(node)
        return metavariable if metavariable is not None and metavariable.is_sequence else None

    def _clause_metavariable(self, name: str, rest: str) -> Metavariable | None:
        body = self._metavariable(rest)
        return self._metavariable(name) if body is not None and body.name is None else None

    def _has_any_kind(self, node: ast.AST) -> bool:
        """Whether an expression matches expressions of several kinds."""
        is_deep = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == self.deep
        return is_deep or self._value(node) is not None

    def _value(self, node: ast.AST) -> Any:
        """The value of a node that is compared by its value, or None."""
        value = constant_value(node) if self.fold_constants else None
        if isinstance(value, bytes):
            return self._restore(value.decode("latin-1")).encode("latin-1")
        if isinstance(value, str):
            value = self._restore(value)
            return None if len(TEXT_METAVARIABLE.split(value)) > 1 else value
        return value

    # Matchers

    def anywhere(self, operand: ast.expr) -> Matcher:
        """An expression, or one inside of it, in preorder."""
        inner = self.node(operand)

        def expressions(node, is_part=False):
            if isinstance(node, ast.expr) and not is_part:
                yield node
            for name, _, child in children(node):
                part = name == "format_spec" or (isinstance(node, ast.JoinedStr) and name == "values")
                yield from expressions(child, part)

        def matches(subject, env):
            # An optional field may be empty.
            for each in expressions(subject) if isinstance(subject, ast.AST) else ():
                yield from inner(each, env)

        return matches

    def of_value(self, value: Any) -> Matcher:
        """A constant expression with a value."""

        def matches(subject, env):
            if isinstance(subject, ast.expr) and same_value(value, constant_value(subject)):
                yield env

        return matches

    def name(self, name: str) -> Matcher:
        """A name that can be a metavariable."""
        metavariable = self._metavariable(name)
        if metavariable is None:
            return equals(name)
        if metavariable.is_sequence:
            raise QueryError(f"{metavariable.text!r} can only stand in a list")
        return metavariable_matcher(metavariable, is_a(str))

    def dotted(self, name: str) -> Matcher:
        """The name of a module: a metavariable, or parts that can be metavariables."""
        if "." not in name:
            return self.name(name)
        parts = [self.name(part) for part in name.split(".")]

        def matches(subject, env):
            if isinstance(subject, str):
                for bound, _ in match_list(parts, subject.split("."), env):
                    yield bound

        return matches

    def elements(self, subjects: list) -> list[Matcher | Run]:
        """The elements of a list, which can be `$$$`."""
        return [self.element(subject) for subject in subjects]

    def element(self, subject: ast.AST | str) -> Matcher | Run:
        run = self._run_of(subject)
        if run is not None:
            return Run(run.name, with_capture if isinstance(subject, ast.withitem) else one_capture)
        if isinstance(subject, str):
            return self.name(subject)
        if isinstance(subject, ast.cmpop):
            return lambda other, env: iter([env] if type(other) is type(subject) else [])
        metavariable = self._metavariable_of(subject)
        if metavariable is not None and isinstance(subject, ast.withitem):
            return with_item_metavariable(metavariable)
        if metavariable is not None and isinstance(subject, ast.Expr | ast.alias):
            return metavariable_matcher(metavariable, is_a(ast.stmt if isinstance(subject, ast.Expr) else ast.alias))
        return self.node(subject)

    def node(self, node: ast.AST) -> Matcher:
        """A node: a metavariable, or a node whose fields match."""
        if (value := self._value(node)) is not None:
            return self.of_value(value)
        match node:
            case ast.Call(func=ast.Name(id=self.deep), args=[operand], keywords=[]):
                return self.anywhere(operand)
            case ast.Call(func=ast.Name(id=self.deep)):
                raise QueryError("expected one expression between <... and ...>")
            case ast.Name() | ast.MatchAs(pattern=None):
                metavariable = self._metavariable_of(node)
                if metavariable is not None:
                    if metavariable.is_sequence:
                        raise QueryError(f"{metavariable.text!r} can only stand in a list")
                    return metavariable_matcher(
                        metavariable, is_a(ast.pattern if isinstance(node, ast.MatchAs) else ast.expr)
                    )
            case ast.Dict():
                return self.dict(node)
            case ast.arguments():
                return self.arguments(node)
            case ast.Constant(value=str(text)):
                return self.fields(node, {"value": self.string(self._restore(text))})
            case ast.Constant(value=bytes(text)):
                return self.fields(node, {"value": equals(self._restore(text.decode("latin-1")).encode("latin-1"))})
            case ast.JoinedStr():
                return self.format(node)
            case ast.Call():
                special = self.call(node.args, node.keywords)
                return self.fields(node, {"args": special, "keywords": None})
            case ast.ClassDef():
                special = self.call(node.bases, node.keywords)
                return self.fields(node, {"bases": special, "keywords": None})
            case ast.MatchClass():
                special = self.class_pattern(node)
                return self.fields(node, {"patterns": special, "kwd_attrs": None, "kwd_patterns": None})
            case ast.MatchMapping():
                return self.mapping(node)
            case ast.MatchStar(name=str(name)) if metavariable := self._metavariable(name):
                if metavariable.is_sequence:
                    raise QueryError(f"{metavariable.text!r} can only stand in a list")
                matches = metavariable_matcher(metavariable, is_a(str))
                return self.fields(node, {"name": lambda subject, env: matches(subject or "_", env)})
            case ast.alias(name=name):
                return self.fields(node, {"name": self.dotted(name)})
            case ast.ImportFrom(module=str(name)):
                return self.fields(node, {"module": self.dotted(name)})
        return self.fields(node, {})

    def fields(self, node: ast.AST, special: dict[str, Matcher | None]) -> Matcher:
        """A node of the same kind, field by field.

        `special` has the matchers of some fields, or None for a field that another matcher covers. A matcher of `args`,
        `bases` or `patterns` gets the node.
        """
        kind = type(node)
        steps: list[tuple[str | None, Matcher]] = []
        for name in compared_fields(kind):
            if name in special:
                if special[name] is not None:
                    steps.append((None if name in ("args", "bases", "patterns") else name, special[name]))
                continue
            value = getattr(node, name, None)
            if not value and name in ("decorator_list", "type_params", "returns"):
                if kind.__name__ in ("FunctionDef", "AsyncFunctionDef", "ClassDef"):
                    continue
            if value is None and kind is ast.arg and name == "annotation":
                continue
            if kind in (ast.Import, ast.ImportFrom) and name == "names" and not any(map(self._run_of, value)):
                steps.append((name, self.imported(value)))
                continue
            if name == "decorator_list" and not any(map(self._run_of, value)):
                steps.append((name, self.decorators(value)))
                continue
            if name in OPTIONAL.get(kind.__name__, ()) and isinstance(value, ast.AST):
                run = self._run_of(value)
                if run is not None:
                    if isinstance(node, ast.ExceptHandler) and node.name is None:
                        raise QueryError("the body of clauses with any types must be $_")
                    steps.append((name, self.optional(run)))
                    continue
            if name in WITHOUT_SEQUENCES and any(map(self._run_of, value)):
                raise QueryError(f"'$$$' cannot stand in {kind.__name__}.{name}")
            steps.append((name, self.value(value)))

        def matches(subject, env):
            if type(subject) is kind:
                todo = [(each, subject if name is None else getattr(subject, name, None)) for name, each in steps]
                yield from match_all(todo, env)

        return matches

    def imported(self, names: list[ast.alias]) -> Matcher:
        """The names of an import. One name can stand beside others."""
        if len(names) != 1:
            return self.value(names)
        elements = [Run(None, one_capture), *self.elements(names), Run(None, one_capture)]

        def matches(subject, env):
            for bound, _ in match_list(elements, subject, env):
                yield bound

        return matches

    def decorators(self, decorators: list[ast.expr]) -> Matcher:
        """Decorators match in any order, and others can stand beside them."""
        elements = [(lambda name, env: iter([env]), self.node(each)) for each in decorators]

        def matches(subject, env):
            for bound, _ in match_keywords(elements, [(None, each) for each in subject], env):
                yield bound

        return matches

    def optional(self, run: Metavariable) -> Matcher:
        """A field that holds a node or nothing."""

        def matches(subject, env):
            for bound, _ in match_list([Run(run.name, one_capture)], [] if subject is None else [subject], env):
                yield bound

        return matches

    def value(self, value: Any) -> Matcher:
        """The value of a field."""
        if value is None or value == []:
            return absent
        if isinstance(value, str):
            return self.name(value)
        if isinstance(value, ast.operator | ast.boolop | ast.unaryop):
            return lambda subject, env: iter([env] if type(subject) is type(value) else [])
        if isinstance(value, ast.AST):
            return self.node(value)
        if isinstance(value, list):
            elements = self.elements(value)

            def matches(subject, env):
                for bound, _ in match_list(elements, subject or [], env):
                    yield bound

            return matches
        return equals(value)

    def string(self, text: str) -> Matcher:
        """The text of a string, with metavariables of capitals. Each takes the shortest text that fits."""
        parts = TEXT_METAVARIABLE.split(text)
        if len(parts) == 1:
            return equals(text)
        names = [None if name == "_" else name for name in parts[1::2]]
        literals = parts[::2]
        if len(names) - names.count(None) > len(set(names) - {None}):
            return self._string_with_repeated(literals, names)
        # A text between two metavariables is found where it comes first; the last one ends the string.
        expression = re.escape(literals[0])
        for number, literal in enumerate(literals[1:], 1):
            is_last = number == len(literals) - 1
            if literal and not is_last:
                expression += f"((?:(?!{re.escape(literal)}).)*)" + re.escape(literal)
            else:
                expression += ("(.*)" if is_last else "()") + re.escape(literal)

        def matches(subject, env):
            found = re.fullmatch(expression, subject, re.DOTALL) if isinstance(subject, str) else None
            if found is not None:
                for name, part in zip(names, found.groups(), strict=True):
                    env = None if env is None else bind(env, name, Captured(part, "\0" + part))
                if env is not None:
                    yield env

        return matches

    def _string_with_repeated(self, literals: list[str], names: list[str | None]) -> Matcher:
        """If the shortest texts differ where a name occurs twice, longer ones are tried."""

        def splits(subject, number, at, env):
            if not subject.startswith(literals[number], at):
                return
            at += len(literals[number])
            if number == len(names):
                if at == len(subject):
                    yield env
                return
            for end in range(at, len(subject) + 1):
                part = subject[at:end]
                bound = bind(env, names[number], Captured(part, "\0" + part))
                if bound is not None:
                    yield from splits(subject, number + 1, end, bound)

        def matches(subject, env):
            if isinstance(subject, str):
                yield from itertools.islice(splits(subject, 0, 0, env), 1)

        return matches

    def format(self, node: ast.JoinedStr) -> Matcher:
        plain = [
            self.fields(part, {"value": self.string(self._restore(part.value))})
            if isinstance(part, ast.Constant)
            else None
            for part in format_parts(node)
        ]
        elements = [one or self.element(part) for one, part in zip(plain, format_parts(node), strict=True)]

        def matches(subject, env):
            if isinstance(subject, ast.JoinedStr):
                for bound, _ in match_list(elements, format_parts(subject), env):
                    yield bound

        return matches

    def dict(self, node: ast.Dict) -> Matcher:
        elements: list[Matcher | Run] = []
        for key, value in zip(node.keys, node.values, strict=True):
            run = self._run_of(value) if key is None else None
            if run is not None:
                elements.append(Run(run.name, lambda item: [captured(each) for each in item if each is not None]))
            else:
                elements.append(pair(self.value(key), self.node(value)))

        def matches(subject, env):
            if isinstance(subject, ast.Dict):
                for bound, _ in match_list(elements, list(zip(subject.keys, subject.values, strict=True)), env):
                    yield bound

        return matches

    def mapping(self, node: ast.MatchMapping) -> Matcher:
        pairs = [pair(self.node(k), self.node(p)) for k, p in zip(node.keys, node.patterns, strict=True)]
        rest = self.value(node.rest)

        def matches(subject, env):
            if isinstance(subject, ast.MatchMapping):
                for bound, _ in match_list(pairs, list(zip(subject.keys, subject.patterns, strict=True)), env):
                    yield from rest(subject.rest, bound)

        return matches

    def arguments(self, node: ast.arguments) -> Matcher:
        elements: list[Matcher | Run] = []
        runs = [
            bool(metavariable and metavariable.is_sequence and parameter.arg.annotation is None)
            for parameter in parameters(node)
            for metavariable in [self._metavariable(parameter.arg.arg)]
        ]
        for index, parameter in enumerate(parameters(node)):
            # A `$$$` stands for the `/` or the lone `*` that the pattern lacks.
            kinds = {parameter.kind}
            if parameter.kind == "a":
                kinds |= {"/"} if any(runs[index:]) and not node.posonlyargs else set()
                kinds |= {"k"} if any(runs[:index]) and not node.vararg and not node.kwonlyargs else set()
            metavariable = self._metavariable(parameter.arg.arg)
            bare = parameter.arg.annotation is None
            marked = isinstance(parameter.default, ast.Name) and parameter.default.id == f"{self.prefix}d_"
            if metavariable and bare and (parameter.default is None or marked):
                if not metavariable.is_sequence and parameter.default is None:
                    elements.append(parameter_metavariable(metavariable, kinds))
                    continue
                if parameter.kind not in ("*a", "**k"):
                    elements.append(Run(metavariable.name, lambda subject: [captured(subject.arg, subject)]))
                    continue
            elements.append(self.parameter(parameter, kinds))

        def matches(subject, env):
            if isinstance(subject, ast.arguments):
                for bound, _ in match_list(elements, parameters(subject), env):
                    yield bound

        return matches

    def parameter(self, parameter: Parameter, kinds: set[str]) -> Matcher:
        arg, default = self.node(parameter.arg), self.value(parameter.default)

        def matches(subject, env):
            if subject.kind in kinds:
                yield from match_all([(arg, subject.arg), (default, subject.default)], env)

        return matches

    def call(self, positional: list[ast.expr], keywords: list[ast.keyword]) -> Matcher:
        """The arguments of a call, or the bases of a class."""
        elements: list[Matcher | Run] = []
        keyword_elements = []
        rest = None
        for argument in in_source([*positional, *keywords]):
            if isinstance(argument, ast.keyword):
                run = self._run_of(argument.value) if argument.arg is None else None
                if run is not None:
                    if rest is not None:
                        raise QueryError("**$$$ can stand only once among the arguments")
                    rest = run
                    continue
                metavariable = self._metavariable(argument.arg)
                marked = isinstance(argument.value, ast.Name) and argument.value.id == f"{self.prefix}d_"
                if marked:
                    elements.append(Run(metavariable.name, one_capture))
                    continue
                keyword_elements.append((self.value(argument.arg), self.node(argument.value)))
            else:
                elements.append(self.element(argument))
        runs = [each for each in elements if isinstance(each, Run)]
        last = runs[-1].name if runs else None
        if runs:
            # The last `$$$` also captures the remaining keywords, so it is bound when these are known.
            runs[-1].name = waiting = object()

        def matches(subject, env):
            found = subject.args if isinstance(subject, ast.Call) else subject.bases
            named = [(keyword.arg, keyword.value) for keyword in subject.keywords]
            is_open = runs or rest is not None
            if len(named) < len(keyword_elements) or (not is_open and len(named) > len(keyword_elements)):
                return
            for bound, _ in match_list(elements, found, env):
                for each, left in match_keywords(keyword_elements, named, bound):
                    if not is_open and left:
                        continue
                    others = [k for k in subject.keywords if any(k.value is value for _, value in left)]
                    if runs:
                        nodes = [one.value for one in each[waiting]]
                        nodes += others if rest is None else []
                        run = [captured(node) for node in in_source(nodes)]
                        each = bind({name: value for name, value in each.items() if name is not waiting}, last, run)
                    if rest is not None and each is not None:
                        each = bind(each, rest.name, [captured(node) for node in in_source(others)])
                    if each is not None:
                        yield each

        return matches

    def class_pattern(self, node: ast.MatchClass) -> Matcher:
        """The patterns of a class pattern."""
        elements = self.elements(node.patterns)
        keyword_elements = []
        for name, pattern in zip(node.kwd_attrs, node.kwd_patterns, strict=True):
            metavariable = self._metavariable(name)
            if isinstance(pattern, ast.MatchAs) and pattern.name == f"{self.prefix}d_":
                elements.append(Run(metavariable.name, one_capture))
            else:
                keyword_elements.append((self.name(name), self.node(pattern)))
        runs = [each for each in elements if isinstance(each, Run)]
        last = runs[-1].name if runs else None
        if runs:
            runs[-1].name = waiting = object()

        def matches(subject, env):
            named = list(zip(subject.kwd_attrs, subject.kwd_patterns, strict=True))
            for bound, _ in match_list(elements, subject.patterns, env):
                for each, left in match_keywords(keyword_elements, named, bound):
                    if not runs and left:
                        continue
                    if runs:
                        run = each[waiting] + [captured(pattern) for _, pattern in left]
                        each = bind({name: value for name, value in each.items() if name is not waiting}, last, run)
                    if each is not None:
                        yield each

        return matches

    # Nodes

    def candidates(self, index: Index) -> list[ast.AST]:
        if self.kind is not None:
            found = index.by_kind.get(self.kind.__name__, [])
        else:
            found = [node for node in index.nodes if isinstance(node, ast.expr)]
        if self.what == "decorator":
            decorators = {id(each) for node in index.nodes for each in getattr(node, "decorator_list", ())}
            return [node for node in found if id(node) in decorators]
        if self.kind is None or issubclass(self.kind, ast.expr):
            return [node for node in found if id(node) not in index.format_parts]
        return found

    def match(self, node: ast.AST, index: Index, start: Env | None = None) -> Hit | None:
        """The hit that starts at a node. `start` is what metavariables have matched before."""
        start = start or {}
        if self.single is not None:
            kind = self.kind or ast.expr
            if isinstance(node, kind) and not (isinstance(node, ast.expr) and id(node) in index.format_parts):
                for env in self.single(node, start):
                    return Hit(node, node, reported(env), env=env)
        elif isinstance(node, ast.stmt):
            block = [node, *index.following(node)]
            for env, end in match_list(self.sequence, block, start, whole=False):
                if end:
                    return Hit(node, block[end - 1], reported(env), block[:end], env)
        return None

    def hits(self, index: Index) -> list[Hit]:
        if self.single is not None:
            found = self.candidates(index)
        else:
            found = sorted((node for block in index.blocks for node in block), key=index.number)
        return [hit for node in found if (hit := self.match(node, index))]


# A metavariable in the text of a string.
TEXT_METAVARIABLE = re.compile(r"(?<!\$)\$([A-Z_][A-Z0-9_]*)(?![A-Za-z0-9_])")
# Fields that hold one node or none, where `$$$` matches either.
OPTIONAL = {
    "Return": ("value",),
    "AnnAssign": ("value",),
    "Raise": ("exc", "cause"),
    "Assert": ("msg",),
    "Yield": ("value",),
    "Slice": ("lower", "upper", "step"),
    "DictComp": ("value",),
    "FunctionDef": ("returns",),
    "AsyncFunctionDef": ("returns",),
    "arg": ("annotation",),
    "ExceptHandler": ("type",),
    "withitem": ("optional_vars",),
    "match_case": ("guard",),
    "MatchAs": ("pattern",),
    "TypeVar": ("bound", "default_value"),
    "ParamSpec": ("default_value",),
    "TypeVarTuple": ("default_value",),
}
METAVARIABLE = re.compile(r"(?:\$\$\$|\$\.\.\.)([A-Za-z_][A-Za-z0-9_]*)?|\$([A-Za-z_][A-Za-z0-9_]*)")
# How the metavariables for any number begin.
SEQUENCES = ("$$$", "$...")


def indented(text: str) -> str:
    """A clause, indented by one blank. If lines may be inside a string, only the first line is."""
    lines = text.splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#"))
    several = "'''" in text or '"""' in text
    return "".join(" " + line if number == first or not several else line for number, line in enumerate(lines))


def pair(key: Matcher, value: Matcher) -> Matcher:
    return lambda subject, env: match_all([(key, subject[0]), (value, subject[1])], env)


def with_capture(item: ast.withitem) -> list[Captured]:
    return [captured(item if item.optional_vars else item.context_expr)]


def with_item_metavariable(metavariable: Metavariable) -> Matcher:
    def matches(subject, env):
        if (bound := bind(env, metavariable.name, with_capture(subject)[0])) is not None:
            yield bound

    return matches


def parameter_metavariable(metavariable: Metavariable, kinds: set[str]) -> Matcher:
    def matches(subject, env):
        if (
            subject.kind in kinds
            and (bound := bind(env, metavariable.name, captured(subject.arg, subject))) is not None
        ):
            yield bound

    return matches


def reported(env: Env) -> dict[str, NodeOrName | list[NodeOrName]]:
    """The captures as users get them."""
    return {
        name: [each.value for each in value] if isinstance(value, list) else value.value for name, value in env.items()
    }


# ---------------------------------------------------------------------------------------------------------------
# Selectors

# `selects(node, index)` tells whether a selector or a part of it selects a node.
Selects = Callable[[ast.AST, Index], bool]
MISSING = object()
TYPES = {"str", "bytes", "int", "float", "complex", "bool", "NoneType", "ellipsis"}
WORD = re.compile(r"[^\W\d]\w*")
NUMBER = re.compile(r"-?(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?)")
STRING = re.compile(r"b?(\"(\\.|[^\"\\\n])*\"|'(\\.|[^'\\\n])*')", re.DOTALL)
REGEX = re.compile(r"/((?:\\.|[^/\\])*)/([a-zA-Z]*)")


@dataclass
class Compound:
    """Parts without white space between them. The `:pattern`s among them give captures."""

    tests: list[Selects]
    kinds: set[str] | None
    # Functions that find the captures of a node, in the order of the text.
    captures: list[Callable[[ast.AST, Index], Hit | None]]

    def selects(self, node: ast.AST, index: Index) -> bool:
        if self.kinds is not None and type(node).__name__ not in self.kinds:
            return False
        return all(test(node, index) for test in self.tests)


@dataclass
class Complex:
    """Compounds, each with the combinator before it. The first combinator only counts in `:has`."""

    steps: list[tuple[str, Compound]]

    @property
    def subject(self) -> Compound:
        return self.steps[-1][1]

    def selects(self, node: ast.AST, index: Index, upto: int | None = None) -> bool:
        """Whether the steps, up to one of them, lead to the node."""
        last = len(self.steps) - 1 if upto is None else upto
        combinator, compound = self.steps[last]
        if not compound.selects(node, index):
            return False
        if last == 0:
            return True
        before = {
            " ": lambda: index.ancestors(node),
            ">": lambda: [parent] if (parent := index.parent(node)) is not None else [],
            "+": lambda: index.preceding(node)[:1],
            "~": lambda: index.preceding(node),
        }[combinator]()
        return any(self.selects(each, index, last - 1) for each in before)

    def leads_anywhere(self, node: ast.AST, index: Index, at: int = 0) -> bool:
        """Whether the steps lead from a node to any other."""
        if at == len(self.steps):
            return True
        combinator, compound = self.steps[at]
        after = {
            " ": lambda: index.descendants(node),
            ">": lambda: [child for _, _, child in children(node)],
            "+": lambda: index.following(node)[:1],
            "~": lambda: index.following(node),
        }[combinator]()
        return any(compound.selects(each, index) and self.leads_anywhere(each, index, at + 1) for each in after)


def kind_of_value(value: Any) -> str | None:
    """The class of an operator or a context."""
    if isinstance(value, ast.operator | ast.boolop | ast.unaryop | ast.cmpop | ast.expr_context):
        return type(value).__name__
    return None


def plain(value: Any) -> Any:
    """A value for comparisons: the name of an operator or a context, MISSING for nodes and lists."""
    name = kind_of_value(value)
    if name is not None:
        return name
    return MISSING if isinstance(value, ast.AST | list) else value


def is_elif(node: ast.AST, index: Index) -> bool:
    """Whether an `If` is written as `elif`: an `if` in an `else` is indented."""
    parent = index.parent(node)
    return (
        isinstance(node, ast.If)
        and isinstance(parent, ast.If)
        and node in parent.orelse
        and node.col_offset == parent.col_offset
    )


def leads(value: Any, path: list[str | int], before: int = 0) -> list[Any]:
    """The values at the end of a path, which are several if it has a `*`."""
    if "*" not in path:
        return [lead(value, path, before)]
    at = path.index("*")
    elements = lead(value, path[:at], before)
    elements = elements if isinstance(elements, list) else []
    return [each for element in elements for each in leads(element, path[at + 1 :], before + at + 1)]


def lead(value: Any, path: list[str | int], before: int = 0) -> Any:
    """The value at the end of a path, or MISSING. `before` steps were taken already."""
    for number, step in enumerate(path):
        last = number == len(path) - 1
        if step == "length" and last and (number or before) and isinstance(value, list | str | bytes):
            value = len(value)
        elif isinstance(step, int):
            if not isinstance(value, list) or not -len(value) <= step < len(value):
                return MISSING
            value = value[step]
        elif not isinstance(value, ast.AST) or kind_of_value(value) is not None:
            return MISSING
        elif step in POSITIONS and type(value).__name__ in WITH_POSITIONS:
            value = getattr(value, step)
        elif step in FIELDS[type(value).__name__]:
            parent, value = value, getattr(value, step, None)
            if isinstance(parent, ast.JoinedStr):
                value = format_parts(parent)
            if value is None and step == "type_params":
                value = []
        else:
            return MISSING
    return value


class SelectorParser:
    """A recursive descent parser that builds functions."""

    def __init__(self, text: str):
        self.text = text
        self.at = 0

    def error(self, message: str) -> QueryError:
        return QueryError(f"{message}, at {self.at} of {self.text!r}")

    def blanks(self) -> bool:
        start = self.at
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at > start

    def take(self, *texts: str) -> str | None:
        for text in texts:
            if self.text.startswith(text, self.at):
                self.at += len(text)
                return text
        return None

    def need(self, text: str) -> None:
        if not self.take(text):
            raise self.error(f"{text!r} was expected")

    def take_match(self, expression: re.Pattern) -> re.Match | None:
        found = expression.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def word(self) -> str:
        found = self.take_match(WORD)
        if not found:
            raise self.error("a name was expected")
        return found[0]

    # Selectors

    def whole(self) -> list[Complex]:
        found = self.alternatives()
        if self.at != len(self.text):
            raise self.error(f"{self.text[self.at]!r} was not expected")
        return found

    def alternatives(self, relative: bool = False) -> list[Complex]:
        found = [self.complex(relative)]
        while self.take(","):
            found.append(self.complex(relative))
        return found

    def complex(self, relative: bool) -> Complex:
        self.blanks()
        combinator = (relative and self.take(">", "+", "~")) or " "
        self.blanks()
        steps = [(combinator, self.compound())]
        while True:
            blanks = self.blanks()
            combinator = self.take(">", "+", "~")
            self.blanks()
            if combinator is None:
                if not blanks or self.at == len(self.text) or self.text[self.at] in ",)":
                    return Complex(steps)
                combinator = " "
            steps.append((combinator, self.compound()))

    def compound(self) -> Compound:
        start = self.at
        result = Compound([], None, [])
        if not self.take("*") and (found := self.take_match(WORD)):
            result.kinds = self.kinds(found[0])
        while self.at < len(self.text):
            if self.take("."):
                path = [self.field()]
                while self.take("."):
                    path.append(self.field())
                result.tests.append(in_fields(path))
            elif self.take("["):
                result.tests.append(self.attribute(result.kinds))
            elif self.take(":"):
                self.pseudo(result)
            else:
                break
        if self.at == start:
            raise self.error("a selector was expected")
        return result

    def kinds(self, name: str) -> set[str]:
        if name in KINDS_BY_CLASS:
            return set(KINDS_BY_CLASS[name])
        if name not in KINDS:
            raise self.error(f"there is no kind {name}")
        return {name}

    def field(self) -> str:
        name = self.word()
        if name not in ALL_FIELDS:
            raise self.error(f"no kind has a field {name}")
        return name

    # Attributes

    def path(self, kinds: set[str] | None) -> list[str | int]:
        path: list[str | int] = []
        while True:
            if path and self.take("*"):
                path.append("*")
            elif path and (found := self.take_match(re.compile(r"-?\d+"))):
                path.append(int(found[0]))
            else:
                name = self.word()
                of = KINDS if path or kinds is None else kinds
                fits = any(name in FIELDS[kind] or (name in POSITIONS and kind in WITH_POSITIONS) for kind in of)
                if not fits and not (path and name == "length"):
                    raise self.error(f"there is no field {name}")
                path.append(name)
            if not self.take("."):
                return path

    def attribute(self, kinds: set[str] | None) -> Selects:
        self.blanks()
        path = self.path(kinds)
        self.blanks()
        operator = self.take("!=", "<=", ">=", "=", "<", ">")
        if operator is None:
            self.need("]")
            return lambda node, index: any(
                not any(value is empty for empty in (MISSING, None)) and value != [] for value in leads(node, path)
            )
        self.blanks()
        if operator in ("=", "!="):
            equal = self.value()
            self.blanks()
            self.need("]")
            return lambda node, index: any(equal(plain(value)) for value in leads(node, path)) == (operator == "=")
        limit = self.number()
        if limit is None:
            raise self.error(f"{operator} needs a number")
        self.blanks()
        self.need("]")
        compare = {
            "<": lambda value: value < limit,
            "<=": lambda value: value <= limit,
            ">": lambda value: value > limit,
            ">=": lambda value: value >= limit,
        }[operator]

        def selects(node, index):
            return any(type(value) in (int, float) and compare(value) for value in leads(node, path))

        return selects

    def number(self) -> int | float | None:
        found = self.take_match(NUMBER)
        try:
            return None if found is None else ast.literal_eval(found[0])
        except (SyntaxError, ValueError):
            raise self.error(f"{found[0]} is no number") from None

    def string(self) -> str | bytes | None:
        found = self.take_match(STRING)
        try:
            return None if found is None else ast.literal_eval(found[0])
        except (SyntaxError, ValueError):
            raise self.error(f"{found[0]} is not a string") from None

    def value(self) -> Callable[[Any], bool]:
        """The operand of a comparison, as a test of a value, which can be MISSING."""
        if found := self.take_match(REGEX):
            expression = regular_expression(found[1].replace("\\/", "/"), found[2])
            return lambda value: isinstance(value, str) and expression.search(value) is not None
        if (text := self.string()) is not None:
            return lambda value: type(value) is type(text) and value == text
        if self.take("..."):
            return lambda value: value is ...
        if (number := self.number()) is not None:
            return lambda value: type(value) in (int, float) and value == number
        if found := self.take_match(re.compile(r"type\(\s*(\w+)\s*\)")):
            if found[1] not in TYPES:
                raise self.error(f"no constant is of the type {found[1]}")
            return lambda value: value is not MISSING and type(value).__name__ == found[1]
        name = self.word()
        while self.take("."):
            name += "." + self.word()
        if name in ("True", "False", "None"):
            constant = ast.literal_eval(name)
            return lambda value: value is constant
        return lambda value: type(value) is str and value == name

    # Pseudo-classes

    def pseudo(self, result: Compound) -> None:
        name = self.word()
        while self.take("-"):
            name += "-" + self.word()
        if name == "elif":
            result.tests.append(is_elif)
        elif name == "root":
            result.tests.append(lambda node, index: index.parent(node) is None)
        elif name in ("first-child", "last-child"):
            result.tests.append(nth(0, 1, name == "last-child"))
        elif name not in ("is", "matches", "not", "has", "nth-child", "nth-last-child", "pattern"):
            raise self.error(f"there is no :{name}")
        else:
            self.need("(")
            self.blanks()
            if name in ("nth-child", "nth-last-child"):
                result.tests.append(nth(*self.formula(), name == "nth-last-child"))
            elif name == "pattern":
                text = self.string()
                if not isinstance(text, str):
                    raise self.error("a string was expected")
                pattern = Pattern(text)
                result.tests.append(lambda node, index: pattern.match(node, index) is not None)
                result.captures.append(pattern.match)
            else:
                inner = self.alternatives(relative=name == "has")
                if name == "has":
                    result.tests.append(lambda node, index: any(each.leads_anywhere(node, index) for each in inner))
                elif name == "not":
                    result.tests.append(lambda node, index: not any(each.selects(node, index) for each in inner))
                else:
                    result.tests.append(lambda node, index: any(each.selects(node, index) for each in inner))
                    result.captures.append(lambda node, index: captures_of(inner, node, index))
            self.blanks()
            self.need(")")

    def formula(self) -> tuple[int, int]:
        """The *a* and *b* of positions *an + b*."""
        if self.take("odd"):
            return 2, 1
        if self.take("even"):
            return 2, 0
        found = self.take_match(re.compile(r"([-+]?\d*)n(?:\s*([-+])\s*(\d+))?|([-+]?\d+)"))
        if not found:
            raise self.error("a position was expected")
        if found[4]:
            return 0, int(found[4])
        step = int(found[1] + "1") if found[1] in ("", "+", "-") else int(found[1])
        return step, int(found[2] + found[3]) if found[2] else 0


# Escapes, classes, and other characters.
REGULAR_EXPRESSION_PARTS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def regular_expression(text: str, flags: str) -> re.Pattern:
    if set(flags) - set("imsx"):
        raise QueryError(f"flags are i, m, s and x, not {flags}")
    # In Python, and not in Rust, `$` also matches before a final line end; `\Z` matches at the end alone.
    end = "$" if "m" in flags else r"\Z"
    text = REGULAR_EXPRESSION_PARTS.sub(lambda part: {"$": end, r"\z": r"\Z"}.get(part[0], part[0]), text)
    try:
        return re.compile(f"(?{flags}){text}" if flags else text)
    except re.error as error:
        raise QueryError(f"{text}: {error}") from None


def in_fields(path: list[str]) -> Selects:
    """The last field holds the node, the one before it holds its parent, and so on."""

    def selects(node, index):
        for name in reversed(path):
            if node is None or index.positions[id(node)].field != name:
                return False
            node = index.parent(node)
        return True

    return selects


def nth(step: int, start: int, from_end: bool) -> Selects:
    """The positions `step * n + start`, counted from 1, for n = 0, 1, ..."""

    def selects(node, index):
        position = index.positions[id(node)]
        if position.index is None:
            return False
        number = len(position.siblings) - position.index if from_end else position.index + 1
        distance = number - start
        return distance == 0 if step == 0 else distance % step == 0 and distance // step >= 0

    return selects


def captures_of(alternatives: list[Complex], node: ast.AST, index: Index) -> Hit | None:
    """The hit of the first pattern in an alternative that selects the node."""
    for each in alternatives:
        if each.selects(node, index):
            for find in each.subject.captures:
                if (hit := find(node, index)) is not None:
                    return hit
    return None


class Selector:
    """A compiled selector, see `compile_selector`."""

    def __init__(self, text: str):
        self.alternatives = SelectorParser(text).whole()

    def match(self, node: ast.AST, index: Index) -> Hit | None:
        if any(each.selects(node, index) for each in self.alternatives):
            inner = captures_of(self.alternatives, node, index)
            return inner or Hit(node, node)
        return None

    def hits(self, index: Index) -> list[Hit]:
        kinds: set[str] | None = set()
        for each in self.alternatives:
            kinds = None if kinds is None or each.subject.kinds is None else kinds | each.subject.kinds
        nodes = index.nodes
        if kinds is not None:
            nodes = sorted((node for kind in kinds for node in index.by_kind.get(kind, ())), key=index.number)
        return [hit for node in nodes if (hit := self.match(node, index))]


# ---------------------------------------------------------------------------------------------------------------
# Queries


class Query:
    """A pattern, a selector, or a combination."""

    def __init__(self, find: Callable[[Index], list[Hit]], pattern: Pattern | None = None):
        self._find = find
        # The pattern that captures come from.
        self.pattern = pattern

    def _names(self) -> set[str]:
        """The names of the metavariables."""
        return set() if self.pattern is None else set(self.pattern.names)

    def _related(self, other: "Query | str", nodes_of: Callable[[Index, Hit], Any], negated=False) -> "Query":
        """The hits with a hit of another query among some nodes. Metavariables that both have must agree."""
        other = query_of(other)
        shared = self._names() & other._names()

        def agrees(hit, node, index):
            start = {name: hit.env[name] for name in shared if name in hit.env}
            return not start or other.pattern.match(node, index, start) is not None

        def find(index):
            found = {id(hit.first) for hit in other._find(index)}
            return [
                hit
                for hit in self._find(index)
                if any(id(node) in found and agrees(hit, node, index) for node in nodes_of(index, hit)) != negated
            ]

        return Query(find, self.pattern)

    def hits(self, tree: ast.Module, source: bytes = b"") -> list[Hit]:
        """The hits in a tree, in the order of the source: a node before the nodes inside it."""
        return self._find(index_of(tree))

    def inside(self, other: "Query | str") -> "Query":
        return self._related(other, lambda index, hit: index.ancestors(hit.first))

    def has(self, other: "Query | str") -> "Query":
        return self._related(other, lambda index, hit: [each for n in hit.nodes for each in index.descendants(n)])

    def not_(self, other: "Query | str") -> "Query":
        return self._related(other, lambda index, hit: [hit.first], negated=True)

    def __and__(self, other: "Query | str") -> "Query":
        return self._related(other, lambda index, hit: [hit.first])

    def __or__(self, other: "Query | str") -> "Query":
        def find(index):
            found = {id(hit.first): hit for hit in query_of(other)._find(index)}
            found |= {id(hit.first): hit for hit in self._find(index)}
            return sorted(found.values(), key=lambda hit: index.number(hit.first))

        return Query(find)


def query_of(query: Query | str) -> Query:
    return compile_selector(query) if isinstance(query, str) else query


def compile_pattern(text: str, fold_constants: bool = False) -> Query:
    pattern = Pattern(text, fold_constants)
    return Query(pattern.hits, pattern)


def compile_selector(text: str) -> Query:
    return Query(Selector(text).hits)
