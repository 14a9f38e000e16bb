"""`Cache`: a cache directory, and what the commands do with it, for programs."""

from __future__ import annotations

import os
from datetime import timedelta

from lazyast import _native
from lazyast._arguments import checked_jobs, path_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Literal

    from lazyast._native import Checked, Collected, Exported, Imported, Stats, Warmed

    _StrPath = str | os.PathLike[str]


class Cache:
    """A cache directory.

    Without arguments, this is the cache that everything else in this process uses. `underlay` is a sequence of cache
    directories that are searched after this one and never written. By default these are the directories in
    `LAZYAST_CACHE_UNDERLAY`. `lower` is a deprecated name of `underlay`.

    With `LAZYAST_CACHE_DIR=off`, or `"off"` as the directory, there is no cache. Sources are then parsed and nothing
    is kept; methods that need a directory raise `UnusableCache`.
    """

    def __init__(
        self,
        directory: _StrPath | None = None,
        *,
        underlay: Sequence[_StrPath] | None = None,
        lower: Sequence[_StrPath] | None = None,
    ) -> None:
        """Open a cache directory, and create it if it does not exist.

        Raises `UnusableCache` if the directory cannot be created, or if other users can write to it.
        """
        if lower is not None:
            if underlay is not None:
                raise TypeError("Cache() got both underlay and its deprecated name lower")
            import warnings

            warnings.warn("the argument lower is deprecated; use underlay", DeprecationWarning, stacklevel=2)
            underlay = lower
        self._native = _native.Cache(directory, underlay)

    @property
    def directory(self) -> Path | None:
        """The directory that is written, or `None` if there is none."""
        return self._native.directory

    def warm(
        self,
        paths: _StrPath | Sequence[_StrPath] = ".",
        *,
        jobs: int | None = None,
        verify: Literal["stat", "content"] | None = None,
    ) -> Warmed:
        """Put the trees of all Python sources under `paths` into the cache.

        `jobs` and `verify` mean the same as for `Project`.
        """
        return self._native.warm(path_list(paths), checked_jobs(jobs), verify)

    def stats(self) -> tuple[Stats, ...]:
        """Return what the directory contains: for this version of lazyast first, then for other versions."""
        return tuple(self._native.stats())

    def verify(self) -> tuple[Checked, ...]:
        """Check every byte of every pack.

        A damaged archive is never used. Its source is parsed again when its tree is needed.
        """
        return tuple(self._native.verify())

    def gc(
        self,
        *,
        max_age: timedelta = timedelta(days=30),
        max_size: int = 8 << 30,
        dry_run: bool = False,
    ) -> Collected:
        """Delete what was not used for `max_age`, and what killed processes have left.

        If the rest takes more than `max_size` bytes, the least recently used archives are deleted too. With `dry_run`,
        nothing is deleted, and the result says what would be.
        """
        return self._native.gc(max_age.total_seconds(), max_size, dry_run)

    def clean(self) -> int:
        """Delete everything in the directory that belongs to lazyast, and return the number of bytes."""
        return self._native.clean()

    def export_pack(
        self,
        file: _StrPath,
        paths: _StrPath | Sequence[_StrPath] | None = None,
        *,
        jobs: int | None = None,
        verify: Literal["stat", "content"] | None = None,
        manifest: bool = False,
        sources: bool = False,
        shard: tuple[int, int] | None = None,
        root: _StrPath = ".",
    ) -> Exported:
        """Write trees to one file, compressed with zstd, for `import_pack` on another machine.

        These are the trees of all Python sources under `paths`, parsed where the cache does not have them yet; without
        `paths`, those of the whole cache. An existing file is replaced.

        With `manifest`, the file says which path has which tree, and why a file has none, so that `Project.from_pack` can
        open it; it is not compressed, and `paths` are the current directory if they are not given. With `sources`, it has
        the sources as well. Paths in it are relative to `root`, and `OSError` is raised for a file that is not below.

        `shard` is a number from 1 and a number of shards, such as `(2, 8)`: only one of eight parts of the sources is
        exported, and other machines export the others. The path of a file relative to `root` decides on its shard.
        """
        with_manifest = (root, sources) if manifest or sources else None
        in_shard = None if shard is None else (*shard, root)
        if paths is None and (with_manifest is not None or in_shard is not None):
            paths = "."
        selected = None if paths is None else path_list(paths)
        return self._native.export_pack(file, selected, checked_jobs(jobs), verify, with_manifest, in_shard)

    def import_pack(self, file: _StrPath) -> Imported:
        """Put the trees of a file into the cache, after checking every byte of the file.

        Raises `CorruptPack`, and imports nothing, if anything is wrong with the file. The check cannot prove that a
        tree is that of its source: import files only from people whose code you would run.
        """
        return self._native.import_pack(file)

    def __repr__(self) -> str:
        return f"Cache({self.directory!r})"
