"""The extension module: private, and thin."""

import ast
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, AnyStr, Final, Generic, final, overload

from typing_extensions import TypeVar

from lazyast._project import Module

# For matches in a project these are `Path` and `Module`, for matches in a single tree both are `None`. Only type
# checkers know these parameters: the classes cannot be subscripted.
_Path = TypeVar("_Path", bound=Path | None, default=Path | None, covariant=True)
_Module = TypeVar("_Module", bound=Module | None, default=Module | None, covariant=True)

__version__: str
"""The version of the package."""

class Error(Exception):
    """Base class of the exceptions that lazyast raises."""

class UnreadableFile(Error):
    """A source cannot be found or read."""

class QueryError(Error):
    """A pattern, selector or rule is invalid, or a query takes too long."""

class RewriteError(Error):
    """A source cannot be rewritten."""

class UnusableCache(Error):
    """There is no usable cache directory."""

class CorruptPack(Error):
    """A file to import is damaged, or was written by another version of lazyast."""

class CorruptArchive(Error):
    """A node cannot be decoded, because its archive is damaged."""

def parse(
    source: str | bytes, type_comments: bool = False, eager_limit: int = 0, keep_source: bool = False
) -> tuple[ast.Module, str | None] | None:
    """The tree of a source, or `None` if the interpreter has to parse it.

    A tree of at most `eager_limit` nodes is materialised at once. Beside the tree stands a text about which the
    interpreter warns as about the source, or `None` if there are no warnings. `keep_source` is for `source_of`.
    """

def archive(source: bytes) -> bytes | None:
    """The archive of a source, or `None` if there is none."""

def open_archive(archive: bytes) -> ast.Module:
    """The tree of an archive from anywhere."""

def explain(source: str | bytes, type_comments: bool = False) -> str | None:
    """Why the interpreter has to parse a source, or `None` if lazyast serves it."""

def notebook(path: str | os.PathLike[str]) -> tuple[bytes, list[tuple[int, int]]]:
    """The code in the cells of a notebook as one source, and the line at which each cell begins, with its number."""

def find_sources(
    paths: Sequence[str | os.PathLike[str]],
) -> tuple[list[tuple[Path, int]], list[tuple[Path, str]]]:
    """The sources that a project would have, each with its bytes, and the paths that cannot be inspected, with the reason."""

def format_key() -> str:
    """A name that differs between versions of lazyast whose archives differ."""

def set_source(root: ast.AST, source: object) -> None:
    """Set what is known of the source of a tree in use."""

def source_of(root: ast.AST) -> Any:
    """What is known of the source of a tree in use: the source, a path, or a `SourceText`. `None` if nothing is."""

def source_of_file(root: ast.AST, path: str | os.PathLike[str]) -> bytes:
    """The source of a tree that comes from a file. Raises `UnreadableFile` if the file has changed since."""

def parse_counts() -> tuple[int, int, int, int, dict[str, int]]:
    """What this process has done with calls for a tree.

    These are calls that lazyast served, those of them whose archive was in the cache, the bytes of their sources, the
    nanoseconds that lazyast took, and the number of calls left to the interpreter for each reason.
    """

def compile(
    source: Any,
    filename: Any,
    mode: str,
    flags: int = 0,
    dont_inherit: bool = False,
    optimize: int = -1,
    *,
    _feature_version: int = -1,
) -> Any:
    """The replacement of `builtins.compile` while `lazyast.install` is in force."""

def serve_with(serve: Callable[[object, object, object, object, int], ast.Module | None]) -> None:
    """Set the function that serves trees to `compile`."""

def set_lazy(lazy: bool) -> None:
    """Set whether `compile` returns trees that are materialised on access."""

def is_served() -> bool:
    """Whether lazyast serves this interpreter."""

def walk(node: ast.AST, *types: type[ast.AST]) -> Iterator[Any] | None:
    """Iterate over a node and everything below it; `None` if the interpreter is not served."""

def materialize(node: ast.AST) -> None:
    """Materialise a node and everything below it."""

def ancestors(node: ast.AST, root: ast.AST | None = None) -> list[ast.AST] | None:
    """The nodes around a node, the nearest first; `None` if the interpreter is not served."""

def register_tree(tree: object) -> None:
    """Register a tree that the interpreter has parsed, so that `ancestors` searches it."""

@final
class Dispatch:
    """The classes for which a visitor has methods."""

    def __new__(cls, has: Callable[[str], bool]) -> Dispatch: ...
    def method(self, visitor: ast.NodeVisitor, node: ast.AST) -> Callable[[ast.AST], Any] | None:
        """Return the visitor's method for a node."""

    def visits(self, visitor: ast.NodeVisitor, node: ast.AST) -> Iterator[tuple[Callable[[ast.AST], Any], ast.AST]]:
        """Iterate over the calls that `visitor.generic_visit(node)` makes."""

@final
class Traversals:
    """The traversals of the module `ast`. A method returns this object if CPython's own function is to do the work."""

    def __new__(
        cls,
        ast: dict[str, Any],
        iter_child_nodes: Callable[..., Any],
        visit: Callable[..., Any],
        generic_visit: Callable[..., Any],
        visit_constant: Callable[..., Any] | None,
    ) -> Traversals: ...
    def walk(self, node: ast.AST) -> Iterator[ast.AST] | Traversals:
        """Iterate over what `ast.walk(node)` yields."""

    def iter_child_nodes(self, node: ast.AST) -> Iterator[ast.AST] | Traversals:
        """Iterate over what `ast.iter_child_nodes(node)` yields."""

    def visits(
        self, visitor: ast.NodeVisitor, node: ast.AST
    ) -> Iterator[tuple[Callable[[Any], Any], ast.AST]] | Traversals:
        """Iterate over the calls that `ast.NodeVisitor.generic_visit(visitor, node)` makes."""

def begin_forked() -> None:
    """To be called first in a forked process."""

def finish() -> None:
    """To be called when this process ends."""

@final
class Project:
    """The sources under some paths."""

    def __new__(
        cls,
        paths: Sequence[str | os.PathLike[str]],
        cache_dir: str | os.PathLike[str] | None = None,
        jobs: int | None = None,
        verify: str | None = None,
        selection: Mapping[str, object] | None = None,
    ) -> Project: ...
    @staticmethod
    def from_pack(path: str | os.PathLike[str]) -> Project:
        """The sources in a pack with a manifest."""

    @property
    def is_exported(self) -> bool:
        """Whether the modules come from a pack, so that their paths are no files."""

    @property
    def undecided(self) -> list[int]:
        """Indices of the failures that the interpreter has not tried to parse."""

    @property
    def rejected(self) -> list[int]:
        """Indices of the failures that the interpreter rejects."""

    @property
    def unreadable(self) -> list[tuple[Path, str]]:
        """`(path, reason)` of the files that cannot be read."""

    @property
    def new_count(self) -> int:
        """Sources that were parsed for this object."""

    @property
    def cached(self) -> int:
        """Sources whose archive was in the cache."""

    @property
    def lines(self) -> int:
        """Lines of the sources with an archive."""

    def __len__(self) -> int: ...
    def search(self, query: Query, make_module: Callable[[int], Module]) -> Matches[Path, Module]:
        """The matches of a query."""

    def table(
        self,
        relation: str,
        columns: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        names: Sequence[str] | None = None,
        files: Sequence[str | os.PathLike[str]] | None = None,
        jobs: int | None = None,
    ) -> Table:
        """A relation over all modules, or those of some files."""

    def path(self, index: int) -> Path:
        """The path of a module."""

    def has_archive(self, index: int) -> bool:
        """Whether a module has an archive; otherwise the interpreter parses it."""

    def failure_path(self, index: int) -> Path:
        """The path of a failure."""

    def decide(self, decisions: Sequence[tuple[int, bool]]) -> None:
        """Record whether the interpreter parses the failures with these indices."""

    def source(self, index: int) -> bytes | None:
        """The source of a module in the pack, if it has sources."""

    def tree(self, index: int) -> tuple[ast.Module, str | None] | None:
        """The tree of a module, or `None` if the interpreter has to parse it.

        Beside the tree stands a text about which the interpreter warns as about the source, or `None`.
        """

def pattern(text: str, *, literal_names: bool = False, fold_constants: bool = False) -> Query:
    """Compile a pattern: Python code with metavariables. Raises `QueryError`.

    A dotted name matches what stands for it in files that import it; with `literal_names`, it is compared as text. With
    `fold_constants`, constants are compared by value, however they are written: `3600` matches `60 * 60`.
    """

def rewrite(source: AnyStr, query: Query | str, template: str) -> AnyStr:
    """Replace what a query finds in a source, and return the new source.

    `query` is a query or the text of a pattern, and `template` Python code with its metavariables. Raises `QueryError` for
    an invalid pattern or template, and `RewriteError` if a replacement is not valid in its place.
    """

def selector(text: str, *, literal_names: bool = False, fold_constants: bool = False) -> Query:
    """Compile a selector. Raises `QueryError`. The options are those of `pattern`, for the patterns in it."""

@final
class Names:
    def __new__(cls, root: ast.AST) -> Names: ...
    def number(self, root: ast.AST, node: ast.AST) -> int | None: ...
    def number_at(self, path: list[tuple[str, int]]) -> tuple[int, str, tuple[int, int] | None] | None: ...
    def path(self, node: int) -> list[tuple[str, int]]: ...
    def scope_of(self, node: int) -> int: ...
    def scopes(self) -> list[tuple[str, int, int | None]]: ...
    def symbols(self) -> list[tuple[int, str, int]]: ...
    def symbol_of(self, node: int) -> int | None: ...
    def occurrences(self, symbol: int) -> list[tuple[int, str, bool]]: ...
    def is_undefined(self, symbol: int) -> bool: ...
    def has_star_import(self) -> bool: ...
    def dotted_names(self, node: int) -> list[str]: ...
    def names_of_symbol(self, symbol: int) -> list[str]: ...

def symbol_tables_of(
    source: bytes, minor: int
) -> list[tuple[int | None, str, int, list[tuple[str, int, int]]]] | None: ...

@final
class Rules:
    """Compiled rules, for any number of sources.

    `files` are rule files, and directories with such files; without any, the rules are those that come with lazyast.
    `select`, `extend_select` and `ignore` name rules and categories, as the options of `lazyast check` do. Raises
    `QueryError` if a file cannot be read, or a rule is wrong.
    """

    def __new__(
        cls,
        files: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None = None,
        *,
        select: Sequence[str] | None = None,
        extend_select: Sequence[str] | None = None,
        ignore: Sequence[str] | None = None,
    ) -> Rules: ...
    @property
    def ids(self) -> list[str]:
        """The identifiers of the rules."""

    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[object, ...]: ...

@final
class Query:
    """A compiled query, for any number of projects and trees.

    `lazyast.pattern` and `lazyast.selector` make queries. A method that takes another query also takes a `str`, which
    is a selector.
    """

    def inside(self, other: Query | str, until: Query | str | None = None) -> Query:
        """Matches of this query that are somewhere inside a match of another query. With `until`, no match of that query may
        be between the two.
        """

    def follows(self, other: Query | str) -> Query:
        """Matches of this query that come after a match of another query in the same block."""

    def precedes(self, other: Query | str) -> Query:
        """Matches of this query that come before a match of another query in the same block."""

    def has(self, other: Query | str) -> Query:
        """Matches of this query that have a match of another query somewhere inside."""

    def not_(self, other: Query | str) -> Query:
        """Matches of this query that are no matches of another query."""

    def where(self, name: str, other: Query | str | None = None) -> Query:
        """Matches for which everything that the metavariable `name` captured is a match of another query.

        With one argument: matches that fulfil a condition on captures: `"$A == $B"`, `"$A != $B"` or `"$N > 100"`.
        Of a captured name, the node that has the name counts.
        """

    def __and__(self, other: Query | str, /) -> Query: ...
    def __or__(self, other: Query | str, /) -> Query: ...
    def explain(self) -> str:
        """What the query is compiled to, as text for people."""

    def find(self, tree: ast.Module, source: str | bytes | None = None) -> Matches[None, None]:
        """The matches in one tree, as it was when lazyast parsed it.

        `source` is the tree's source, for `Match.text`. Raises ValueError for a tree that lazyast did not make.
        """

@final
class Matches(Sequence[Match[_Path, _Module]], Generic[_Path, _Module]):
    """The matches of a query, in the order of paths and of trees: a sequence of `Match` objects, which are created when
    they are accessed.
    """

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int, /) -> Match[_Path, _Module]: ...
    @overload
    def __getitem__(self, index: slice, /) -> Matches[_Path, _Module]: ...
    def __iter__(self) -> Iterator[Match[_Path, _Module]]: ...
    def index(self, value: Any, start: int = 0, stop: int = ..., /) -> int:
        """The index of a match, searched for from `start` to before `stop`. Raises ValueError if it is not there."""

    def count(self, value: Any, /) -> int:
        """How often a match is in the sequence."""

    def paths(self) -> list[_Path]:
        """The paths of the files with matches, each once, in order."""

    def nodes(self) -> list[Any]:
        """The node of each match."""

    def captures(self, name: str) -> list[Any]:
        """What a metavariable matched, for each match. Raises KeyError if the pattern has no metavariable of this name."""

    def rewrite(self, template: str) -> Rewritten:
        """Replaces the matches in the sources of their files, in memory. An empty template deletes statements.

        Nothing is written. Raises QueryError for an invalid template, and ValueError for matches in a single tree.
        """

    def table(self) -> Table:
        """Path, position and text of each match as a table, and the text of each metavariable."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
    @property
    def unsearched(self) -> tuple[Path, ...]:
        """The paths of the files that were not searched, because they have no archive."""

@final
class Rewritten:
    """What replacing matches makes of their files."""

    @property
    def sources(self) -> dict[Path, bytes]:
        """The new source of each file that changes, by its path, as the bytes to write."""

    @property
    def failed(self) -> dict[Path, str]:
        """Why files cannot be rewritten, by path."""

    @property
    def skipped(self) -> list[tuple[Path, int, str]]:
        """The path and the line of each match that stays as it is, and why."""

@final
class Table:
    """Rows with named columns, which are made when they are asked for, each time anew.

    Libraries that know Arrow take a table as it is. Iteration gives batches of rows, `table["name"]` one column as a
    whole.
    """

    @property
    def name(self) -> str:
        """The name of the relation, or the query."""

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""

    @property
    def errors(self) -> Table | None:
        """The sources without rows, each with `source`, `kind`, `message` and `line`; `None` unless the table is one of
        `columns`, `matches` or `findings`."""

    def __getitem__(self, name: str, /) -> Column:
        """A column as a whole, by its name. No other column is made."""

    def __iter__(self) -> Iterator[Batch]:
        """The rows, batch by batch."""

    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
    def _prefixed_schema(self) -> object: ...
    def _repr_html_(self) -> str: ...

def columns(
    sources: object,
    relation: str,
    columns: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    jobs: int | None = None,
    max_bytes: int | None = None,
    cache_dir: str | os.PathLike[str] | None = None,
) -> Table:
    """A relation of sources in memory."""

def matches(
    sources: object,
    query: Query,
    jobs: int | None = None,
    max_bytes: int | None = None,
    cache_dir: str | os.PathLike[str] | None = None,
) -> Table:
    """The matches of a query in sources in memory."""

def findings(
    sources: object,
    rules: Rules,
    jobs: int | None = None,
    max_bytes: int | None = None,
    cache_dir: str | os.PathLike[str] | None = None,
) -> Table:
    """What rules find in sources in memory."""

@final
class Batch:
    """Some rows of a table."""

    def __len__(self) -> int:
        """The number of rows."""

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""

    def __getitem__(self, name: str, /) -> Column:
        """A column by its name."""

    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...
    def _repr_html_(self) -> str: ...

@final
class Column:
    """The values of one column.

    Libraries that know Arrow take it as it is. Columns of numbers have the buffer protocol as well, so that
    `numpy.asarray(column)` copies nothing; a null is -1 there.
    """

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> Any: ...
    @property
    def null_count(self) -> int:
        """How many values are null."""

    def to_pylist(self) -> list[Any]:
        """The values as a list: `int`, `bool`, `str`, a list of `str`, or `None` for null."""

    @property
    def codes(self) -> Column:
        """The number of each value in `categories`, as a column of numbers; null is -1. Raises TypeError if the column has
        no categories.
        """

    @property
    def categories(self) -> list[str]:
        """The different strings of a column, each once. Raises TypeError if the column is not made of codes."""

    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...
    if sys.version_info >= (3, 12):
        def __buffer__(self, flags: int, /) -> memoryview: ...

@final
class Match(Generic[_Path, _Module]):
    """A match of a query."""

    @property
    def path(self) -> _Path:
        """The path of the file, as it was found; `None` if a single tree was searched."""

    @property
    def module(self) -> _Module:
        """The project's `Module`, whose `tree` contains the node; `None` if a single tree was searched."""

    @property
    def kind(self) -> str:
        """The name of the node's class."""

    @property
    def lineno(self) -> int:
        """The first line, from 1.

        Where a pattern has matched decorators, the match starts at the `@` of the first of them; `node` has the position
        that `ast` gives it. Without the source, the line is that of the decorator's expression.
        """

    @property
    def col_offset(self) -> int:
        """The start in the first line, in bytes of UTF-8 from 0."""

    @property
    def end_lineno(self) -> int:
        """The last line, from 1."""

    @property
    def end_col_offset(self) -> int:
        """The end in the last line, in bytes of UTF-8 from 0."""

    @property
    def node(self) -> Any:
        """The node; the first one if the match is a sequence of statements. The same object each time."""

    @property
    def nodes(self) -> list[Any]:
        """The nodes: one, or all statements if the match is a sequence of statements."""

    @property
    def captures(self) -> dict[str, Any]:
        """What each metavariable matched: a node, a `str` for an identifier, or a list of these for `$$$`."""

    @property
    def text(self) -> str:
        """The source of the match. Raises `UnreadableFile` if the file has changed since the search."""

@final
class Cache:
    """A cache directory."""

    def __new__(
        cls,
        directory: str | os.PathLike[str] | None = None,
        underlay: Sequence[str | os.PathLike[str]] | None = None,
    ) -> Cache: ...
    @property
    def directory(self) -> Path | None:
        """The directory that is written, if there is one."""

    def warm(self, paths: Sequence[str | os.PathLike[str]], jobs: int | None, verify: str | None) -> Warmed:
        """Bring sources into the cache."""

    def stats(self) -> list[Stats]:
        """What the cache contains: for this version first, then for others."""

    def verify(self) -> list[Checked]:
        """Check every byte of every pack."""

    def gc(self, max_age: float, max_size: int, dry_run: bool) -> Collected:
        """Delete what was not used for some seconds, and the least recently used archives beyond a size."""

    def clean(self) -> int:
        """Delete everything, and return the number of bytes."""

    def export_pack(
        self,
        file: str | os.PathLike[str],
        paths: Sequence[str | os.PathLike[str]] | None,
        jobs: int | None,
        verify: str | None,
        manifest: tuple[str | os.PathLike[str], bool] | None,
        shard: tuple[int, int, str | os.PathLike[str]] | None,
    ) -> Exported:
        """Write the archives of sources, or of the whole cache, to a file.

        A manifest has a root, and says whether sources are written. A shard has a number, the number of shards, and a root.
        """

    def import_pack(self, file: str | os.PathLike[str]) -> Imported:
        """Import the archives of a file."""

@final
class Warmed:
    """What `Cache.warm` did."""

    __match_args__: Final = ("files", "new", "cached", "unread", "lines", "failures")
    def __new__(
        cls,
        files: int,
        new: int,
        cached: int,
        unread: int,
        lines: int,
        failures: tuple[tuple[Path, str], ...],
    ) -> Warmed: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __getnewargs__(self) -> tuple[Any, ...]: ...
    @property
    def files(self) -> int:
        """Sources that were found."""

    @property
    def new(self) -> int:
        """Sources that were parsed."""

    @property
    def cached(self) -> int:
        """Sources whose archive was in the cache."""

    @property
    def unread(self) -> int:
        """Sources among these that were not even read, because their file state proves that they did not change."""

    @property
    def lines(self) -> int:
        """Lines of the sources that have an archive."""

    @property
    def failures(self) -> tuple[tuple[Path, str], ...]:
        """Sources without an archive, and why: those that fall back to the interpreter, and those that cannot be read."""

@final
class Exported:
    """What `Cache.export_pack` wrote."""

    __match_args__: Final = ("archives", "bytes", "failures")
    def __new__(cls, archives: int, bytes: int, failures: tuple[tuple[Path, str], ...]) -> Exported: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __getnewargs__(self) -> tuple[Any, ...]: ...
    @property
    def archives(self) -> int:
        """Archives in the file; equal sources share one."""

    @property
    def bytes(self) -> int:
        """Length of the file."""

    @property
    def failures(self) -> tuple[tuple[Path, str], ...]:
        """Sources without an archive, and why."""

@final
class Imported:
    """What `Cache.import_pack` imported."""

    __match_args__: Final = ("archives", "new")
    def __new__(cls, archives: int, new: int) -> Imported: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __getnewargs__(self) -> tuple[Any, ...]: ...
    @property
    def archives(self) -> int:
        """Archives in the file."""

    @property
    def new(self) -> int:
        """Archives among these that were not in the cache."""

@final
class Stats:
    """What one version of lazyast has in a cache directory."""

    __match_args__: Final = (
        "path",
        "packs",
        "archives",
        "pack_bytes",
        "damaged_packs",
        "projects",
        "bytes",
        "hits",
        "unread",
        "misses",
    )
    def __new__(
        cls,
        path: Path,
        packs: int,
        archives: int,
        pack_bytes: int,
        damaged_packs: int,
        projects: int,
        bytes: int,
        hits: int,
        unread: int,
        misses: int,
    ) -> Stats: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __getnewargs__(self) -> tuple[Any, ...]: ...
    @property
    def path(self) -> Path:
        """The directory of the version."""

    @property
    def packs(self) -> int:
        """Readable packs."""

    @property
    def archives(self) -> int:
        """Archives in the packs; an archive that is in two packs counts twice."""

    @property
    def pack_bytes(self) -> int:
        """Bytes of the packs."""

    @property
    def damaged_packs(self) -> int:
        """Files that should be packs and cannot be read as packs."""

    @property
    def projects(self) -> int:
        """Lists of paths that were opened or warmed."""

    @property
    def bytes(self) -> int:
        """Bytes of all files."""

    @property
    def hits(self) -> int:
        """Sources whose archive was in the cache. A process adds its counts when it ends; counts that cannot be
        written then are lost."""

    @property
    def unread(self) -> int:
        """Sources among these that were not even read."""

    @property
    def misses(self) -> int:
        """Sources that were parsed."""

@final
class Checked:
    """The result of verifying a pack."""

    __match_args__: Final = ("path", "whole", "problems")
    def __new__(cls, path: Path, whole: int, problems: tuple[str, ...]) -> Checked: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __getnewargs__(self) -> tuple[Any, ...]: ...
    @property
    def path(self) -> Path:
        """The file."""

    @property
    def whole(self) -> int:
        """Archives without any damage."""

    @property
    def problems(self) -> tuple[str, ...]:
        """Descriptions of the damage, at most a hundred."""

@final
class Collected:
    """What `Cache.gc` deleted, or would delete."""

    __match_args__: Final = ("archives", "projects", "versions", "leftovers", "bytes")
    def __new__(cls, archives: int, projects: int, versions: int, leftovers: int, bytes: int) -> Collected: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __getnewargs__(self) -> tuple[Any, ...]: ...
    @property
    def archives(self) -> int:
        """Unused archives."""

    @property
    def projects(self) -> int:
        """Unused lists of paths."""

    @property
    def versions(self) -> int:
        """Directories of other versions of lazyast."""

    @property
    def leftovers(self) -> int:
        """Files that killed processes have left, and packs that cannot be read."""

    @property
    def bytes(self) -> int:
        """Bytes of all these."""
