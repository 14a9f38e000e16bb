"""`Cache`: a cache directory, and what the commands do with it, for programs."""

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from lazyast import _native

StrPath = str | os.PathLike[str]


@dataclass(frozen=True)
class Warmed:
    """What `Cache.warm` did."""

    files: int
    """Sources that were found."""
    new: int
    """Sources that were parsed."""
    cached: int
    """Sources whose archive was there."""
    unread: int
    """As many of these were not even read, because they did not change."""
    lines: int
    """Lines of the sources that have an archive."""
    failures: tuple[tuple[Path, str], ...]
    """Sources without an archive, and why: those that are left to the interpreter, and those that cannot be read."""


@dataclass(frozen=True)
class Exported:
    """What `Cache.export_pack` wrote."""

    archives: int
    """Archives in the file; equal sources have one."""
    bytes: int
    """Length of the file."""
    failures: tuple[tuple[Path, str], ...]
    """Sources without an archive, and why."""


@dataclass(frozen=True)
class Imported:
    """What `Cache.import_pack` found."""

    archives: int
    """Archives in the file."""
    new: int
    """As many of these were not in the cache."""


@dataclass(frozen=True)
class Stats:
    """What one version of lazyast has in a cache directory."""

    path: Path
    """Its directory."""
    packs: int
    """Readable packs."""
    archives: int
    """Archives in them; equal ones of several packs count each."""
    pack_bytes: int
    """Bytes of the packs."""
    damaged_packs: int
    """Files that should be packs and cannot be read as such."""
    projects: int
    """Lists of paths that were opened or warmed."""
    bytes: int
    """Bytes of all files."""
    hits: int
    """Sources whose archive was there. Processes count when they end, and what cannot be counted then is not."""
    unread: int
    """As many of these were not even read."""
    misses: int
    """Sources that were parsed."""


@dataclass(frozen=True)
class Checked:
    """What is found in a pack."""

    path: Path
    """The file."""
    whole: int
    """Archives without any damage."""
    problems: tuple[str, ...]
    """What is damaged: at most a hundred things."""


@dataclass(frozen=True)
class Collected:
    """What `Cache.gc` deleted, or would."""

    archives: int
    """Archives that nobody used."""
    projects: int
    """Lists of paths that nobody opened."""
    versions: int
    """Directories of other versions of lazyast."""
    leftovers: int
    """What killed processes left, and packs that cannot be read."""
    bytes: int
    """Bytes of all these."""


class Cache:
    """A cache directory.

    Without arguments it is the one that everything else in this process uses. `underlay` is a read-only underlay: cache
    directories that are searched after this one and never written; by default those in `LAZYAST_CACHE_UNDERLAY`.
    `lower` is a deprecated name of `underlay`. Raises `UnusableCache` if the directory cannot be made or
    others could write to it. With `LAZYAST_CACHE_DIR=off`, or `"off"` as the directory, there is none: sources are
    parsed and nothing is kept, and what needs a directory raises `UnusableCache`.
    """

    def __init__(
        self,
        directory: StrPath | None = None,
        *,
        underlay: Sequence[StrPath] | None = None,
        lower: Sequence[StrPath] | None = None,
    ) -> None:
        """Open a cache directory, which is created if it does not exist."""
        if lower is not None:
            if underlay is not None:
                raise TypeError("Cache() got both underlay and its deprecated name lower")
            warnings.warn("the argument lower is deprecated; use underlay", DeprecationWarning, stacklevel=2)
            underlay = lower
        self._native = _native.Cache(directory, underlay)

    @property
    def directory(self) -> Path | None:
        """The directory that is written, if there is one."""
        directory = self._native.directory
        return None if directory is None else Path(directory)

    def warm(
        self,
        paths: StrPath | Sequence[StrPath] = ".",
        *,
        jobs: int | None = None,
        verify: Literal["stat", "content"] | None = None,
    ) -> Warmed:
        """Put the trees of all Python sources under `paths` into the cache.

        `jobs` and `verify` are what they are for `Project`.
        """
        files, new, cached, unread, lines, failures = self._native.warm(_several(paths), jobs, verify)
        return Warmed(files, new, cached, unread, lines, _reasons(failures))

    def stats(self) -> tuple[Stats, ...]:
        """Say what is in the directory: for this version of lazyast first, then for others."""
        return tuple(Stats(Path(path), *numbers) for path, *numbers in self._native.stats())

    def verify(self) -> tuple[Checked, ...]:
        """Look at every byte of every pack. What is damaged is never used, and made again when it is needed."""
        return tuple(Checked(Path(path), whole, tuple(problems)) for path, whole, problems in self._native.verify())

    def gc(
        self,
        *,
        max_age: timedelta = timedelta(days=30),
        max_size: int = 8 << 30,
        dry_run: bool = False,
    ) -> Collected:
        """Delete what was not used for `max_age`, and what killed processes have left.

        What was used least lately goes until the rest takes no more than `max_size` bytes. With `dry_run`, only say
        what would be deleted.
        """
        archives, projects, versions, leftovers, size = self._native.gc(max_age.total_seconds(), max_size, dry_run)
        return Collected(archives, projects, versions, leftovers, size)

    def clean(self) -> int:
        """Delete everything in the directory that is lazyast's, and give the number of bytes."""
        return self._native.clean()

    def export_pack(
        self,
        file: StrPath,
        paths: StrPath | Sequence[StrPath] = ".",
        *,
        jobs: int | None = None,
        verify: Literal["stat", "content"] | None = None,
    ) -> Exported:
        """Write the trees of all Python sources under `paths` to one file, for `import_pack` elsewhere.

        A file that is there is replaced. What is not in the cache yet is parsed.
        """
        archives, size, failures = self._native.export_pack(file, _several(paths), jobs, verify)
        return Exported(archives, size, _reasons(failures))

    def import_pack(self, file: StrPath) -> Imported:
        """Put the trees of a file into the cache, after every byte of it was checked.

        Raises `CorruptPack` if anything is wrong with it; then nothing is taken over. Whether the trees are those of
        their sources, only whoever exported them knows: import none from people whose code you would not run.
        """
        return Imported(*self._native.import_pack(file))

    def __repr__(self) -> str:
        return f"Cache({self.directory!r})"


def _several(paths: StrPath | Sequence[StrPath]) -> Sequence[StrPath]:
    return [paths] if isinstance(paths, str | os.PathLike) else paths


def _reasons(failures: list[tuple[os.PathLike[str], str]]) -> tuple[tuple[Path, str], ...]:
    return tuple((Path(path), reason) for path, reason in failures)
