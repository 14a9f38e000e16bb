"""`SourceText`: the text of a source with its lines, and the text of nodes."""

from __future__ import annotations

import io
import os
from functools import cached_property
from itertools import accumulate

from lazyast import _native
from lazyast._arguments import type_name
from lazyast._nodes import ancestors

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast


class SourceText:
    """The text that the positions of a tree count in: `ast` counts columns in bytes of UTF-8.

    It is decoded as Python decodes it. Its line ends are `\\n`, as for Python's tokenizer.
    """

    def __init__(self, source: str | bytes) -> None:
        """Take the source of a tree, as `parse` takes it. Raises SyntaxError if it cannot be decoded."""
        if isinstance(source, bytes):
            source = _decoded(source)
        elif not isinstance(source, str):
            raise TypeError(f"source must be a str or bytes, not {type_name(source)}")
        source = source.removeprefix("\ufeff")
        if "\r" in source:
            source = source.replace("\r\n", "\n").replace("\r", "\n")
        self._text = source

    @property
    def text(self) -> str:
        """The text."""
        return self._text

    @cached_property
    def _utf8(self) -> bytes:
        return self._text.encode("utf-8", "surrogatepass")

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset of the first byte of each line, in the text as UTF-8. The first line is at index 0."""
        lines = self._utf8.split(b"\n")
        return (0, *accumulate(len(line) + 1 for line in lines[:-1]))

    def offset(self, lineno: int, col_offset: int) -> int:
        """Return the offset in the text as UTF-8 of a position of `ast`: a line from 1, and bytes from 0.

        Raises ValueError for a line that the text does not have.
        """
        if not 1 <= lineno <= len(self.line_starts):
            raise ValueError(f"the text has no line {lineno}; it has {len(self.line_starts)} lines")
        return self.line_starts[lineno - 1] + col_offset

    def character_column(self, lineno: int, col_offset: int) -> int:
        """Return the number of characters in a line before a position of `ast`, which counts bytes."""
        end = self.offset(lineno, col_offset)
        return len(self._utf8[end - col_offset : end].decode("utf-8", "replace"))

    def segment(self, node: ast.AST, *, padded: bool = False) -> str | None:
        """Return the text of a node, or `None` for a node without a position. See `source_segment`."""
        start = _position(node, "lineno", "col_offset")
        end = _position(node, "end_lineno", "end_col_offset")
        if start is None or end is None:
            return None
        first, last = self.offset(*start), self.offset(*end)
        text = self._utf8[first:last].decode("utf-8", "surrogatepass")
        if not padded or start[0] == end[0]:
            return text
        line = self._utf8[first - start[1] : first].decode("utf-8", "surrogatepass")
        return "".join(character if character in "\t\f" else " " for character in line) + text

    def __repr__(self) -> str:
        return f"<SourceText: {len(self._text):,} characters>"


def source_of(node: ast.AST) -> SourceText:
    """Return the text of the source that a node comes from.

    The node is searched for as by `ancestors`, so the caller has to keep a reference to its tree. Trees of `parse` and
    `parse_file` keep their source; that of a project's `Module` is read from its file.

    Raises LookupError if the node is not found or its source is not known, and `UnreadableFile` if the file has changed
    since the tree was made.
    """
    root = (ancestors(node) or [node])[-1]
    source = _native.source_of(root)
    if source is None:
        raise LookupError("the source is not known: use lazyast.SourceText(source).segment(node)")
    if isinstance(source, SourceText):
        return source
    if isinstance(source, os.PathLike):
        source = _native.source_of_file(root, source)
    text = SourceText(source)
    _native.set_source(root, text)
    return text


def source_segment(node: ast.AST, *, padded: bool = False) -> str | None:
    """Return the text of a node, as `ast.get_source_segment` does, but without being given the source.

    The time is proportional to the length of the text, after the first call for a tree. `None` stands for a node without a
    position. With `padded`, spaces stand before the first line of a text of several lines.

    Raises the errors of `source_of`.
    """
    if _position(node, "lineno", "col_offset") is None or _position(node, "end_lineno", "end_col_offset") is None:
        return None
    return source_of(node).segment(node, padded=padded)


class Comment:
    """A comment: its line from 1, its start and end in the line in bytes of UTF-8 from 0, and its text with the `#`."""

    __slots__ = ("_col_offset", "_end_col_offset", "_lineno", "_text")
    __match_args__ = ("lineno", "col_offset", "end_col_offset", "text")

    def __init__(self, lineno: int, col_offset: int, end_col_offset: int, text: str) -> None:
        self._lineno = lineno
        self._col_offset = col_offset
        self._end_col_offset = end_col_offset
        self._text = text

    @property
    def lineno(self) -> int:
        """The line, from 1."""
        return self._lineno

    @property
    def col_offset(self) -> int:
        """The start in the line, in bytes of UTF-8 from 0."""
        return self._col_offset

    @property
    def end_col_offset(self) -> int:
        """The end in the line, in bytes of UTF-8 from 0."""
        return self._end_col_offset

    @property
    def text(self) -> str:
        """The text, with the `#` and without the line end."""
        return self._text

    def _key(self) -> tuple[int, int, int, str]:
        return self.lineno, self.col_offset, self.end_col_offset, self.text

    def __repr__(self) -> str:
        return f"Comment(lineno={self.lineno}, col_offset={self.col_offset}, text={self.text!r})"

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Comment) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())


def comments_of(source: bytes) -> list[Comment]:
    """Return the comments of a source, which the interpreter tokenizes."""
    import tokenize

    comments = []
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        if token.type == tokenize.COMMENT:
            lineno, column = token.start
            start = len(token.line[:column].encode())
            comments.append(Comment(lineno, start, start + len(token.string.encode()), token.string))
    return comments


def _position(node: ast.AST, line: str, column: str) -> tuple[int, int] | None:
    lineno, col_offset = getattr(node, line, None), getattr(node, column, None)
    return None if lineno is None or col_offset is None else (lineno, col_offset)


def _decoded(source: bytes) -> str:
    """Decode the bytes of a file as Python does."""
    beginning = source.split(b"\n", 2)[:2]
    if not any(b"coding" in line for line in beginning):
        try:
            return source.decode("utf-8")
        except UnicodeDecodeError:
            pass
    import tokenize

    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    try:
        return source.decode(encoding)
    except UnicodeDecodeError as error:
        raise SyntaxError(f"the source cannot be decoded: {error}") from None
