"""The files that all contestants read: a copy of a part of a directory."""

import ast
import hashlib
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Corpus:
    """A copy of files, and a tenth of it for contestants that are slow."""

    whole: Path
    tenth: Path
    files: int
    lines: int
    tenth_lines: int
    bytes: int
    left_out: dict[str, int]
    """How many files were left out, by reason."""


def reason_to_leave_out(source: bytes) -> str | None:
    """Say why a file is no task for all contestants."""
    from lazyast import _native

    try:
        text = source.decode()
    except UnicodeDecodeError:
        return "not UTF-8"
    if text.startswith("\ufeff") or "\r" in text or "\f" in text:
        # Tools count lines and columns of these differently.
        return "a byte order mark, a carriage return or a form feed"
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return "a syntax error"
    return None if _native.explain(source) is None else "lazyast falls back to ast.parse"


def copy(directory: Path, scratch: Path, max_lines: int) -> Corpus:
    """Copy files in an order that depends on their names alone, until there are enough lines."""
    warnings.simplefilter("ignore")
    paths = [path for path in directory.rglob("*.py") if path.is_file() and "site-packages" not in path.parts]
    paths.sort(key=lambda path: hashlib.sha256(str(path.relative_to(directory)).encode()).digest())
    whole, tenth = scratch / "corpus", scratch / "tenth"
    files = lines = tenth_lines = size = 0
    left_out: dict[str, int] = {}
    for path in paths:
        source = path.read_bytes()
        reason = reason_to_leave_out(source)
        if reason is not None:
            left_out[reason] = left_out.get(reason, 0) + 1
            continue
        count = source.count(b"\n")
        for copied in (whole, tenth) if tenth_lines < max_lines // 10 else (whole,):
            # A directory such as `build` would be passed over by some contestants.
            target = copied / f"d{files // 100}" / f"f{files}_{path.name}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            tenth_lines += count if copied == tenth else 0
        files, lines, size = files + 1, lines + count, size + len(source)
        if lines >= max_lines:
            break
    if not files:
        raise SystemExit(f"{directory}: no files for a comparison")
    return Corpus(whole, tenth, files, lines, tenth_lines, size, left_out)
