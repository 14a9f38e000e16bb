"""Checks of arguments: a wrong one gets an error that says what was expected, what was found, and what to do."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    _StrPath = str | os.PathLike[str]


def path_list(paths: _StrPath | Iterable[_StrPath]) -> list[_StrPath]:
    """Return a list of paths from a path or several. Raises `TypeError` for anything else."""
    if isinstance(paths, str | os.PathLike):
        return [paths]
    if isinstance(paths, bytes) or not hasattr(paths, "__iter__"):
        raise TypeError(f"paths must be a path (str or os.PathLike) or a sequence of paths, not {type_name(paths)}")
    listed = list(paths)
    for path in listed:
        if not isinstance(path, str | os.PathLike):
            raise TypeError(f"each of the paths must be a str or os.PathLike, not {type_name(path)}")
    return listed


def require_existing(paths: Iterable[_StrPath]) -> None:
    """Raise `FileNotFoundError` or `NotADirectoryError` for the first path at which there is nothing.

    Other errors, such as those of permissions, become failures of a project.
    """
    for path in paths:
        try:
            os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            raise
        except OSError:
            pass


def checked_jobs(jobs: int | None) -> int | None:
    """Return a number of threads. Raises `ValueError` for a number below 1, and `TypeError` for what is no number."""
    if jobs is None:
        return None
    if not hasattr(jobs, "__index__"):
        raise TypeError(f"jobs must be an int or None, not {type_name(jobs)}")
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, not {jobs}; leave it out for one thread per processor")
    return jobs


def strings(name: str, value: Sequence[str]) -> list[str]:
    """Return a list of the argument's strings. A single string is a mistake: its characters would be patterns."""
    if isinstance(value, str):
        raise TypeError(f"{name} must be a sequence of strings, not a string")
    return list(value)


def type_name(value: object) -> str:
    """Return the name of a value's class, for messages."""
    return type(value).__name__
