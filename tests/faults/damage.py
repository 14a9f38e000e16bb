"""Damaged files, wrong clocks, and a cache that is deleted while it is in use."""

import ast
import contextlib
import os
import shutil
import time
import warnings

import lazyast
from codebase import expected_dump

SOURCES = {
    "a.py": "def f(x, *y, z=1):\n    return f'{x!r:>{y}}' + 'é' * 3\n",
    "b.py": "class C(B, metaclass=M):\n    async def g(self):\n        return [i async for i in self if i]\n",
    "c.py": "".join(f"x{number} = {number} ** {number}j, None, ..., b'bytes'\n" for number in range(9)),
}


def warmed_sources(root):
    """Create a few sources, wait until their timestamps are not racy, and warm a cache."""
    code, cache = root / "small", root / "cache-of-small"
    code.mkdir()
    for name, source in SOURCES.items():
        (code / name).write_text(source)
    time.sleep(0.12)
    lazyast.Cache(cache).warm(code)
    return code, cache


def check_trees(code, cache, verify):
    """Compare all trees with those of `ast.parse`."""
    project = lazyast.Project(code, cache_dir=cache, verify=verify)
    for module in project:
        dump = ast.dump(module.tree, include_attributes=True)
        assert dump == expected_dump(SOURCES[module.path.name]), f"{module.path}: a wrong tree"
    assert len(project) == len(SOURCES)


def damaged_versions(content, step):
    """Generate damaged versions of a file: truncated at each position, and with each byte changed."""
    for position in range(0, len(content), step):
        yield content[:position]
        for change in (0x01, 0x80, 0xFF):
            yield content[:position] + bytes([content[position] ^ change]) + content[position + 1 :]


def damage_files(root, counts, step):
    """Damage packs and project states at every position."""
    code, cache = warmed_sources(root)
    for pattern in ("*.pack", "*.fresh"):
        (path,) = cache.rglob(pattern)
        original = path.read_bytes()
        backup = root / "backup"
        shutil.copytree(cache, backup)
        for content in damaged_versions(original, step):
            # Each time a new file: the old one may be mapped, and mapped files must not change.
            path.unlink()
            path.write_bytes(content)
            check_trees(code, cache, "stat" if counts["damaged files"] % 2 else "content")
            if pattern == "*.pack":
                with contextlib.suppress(lazyast.CorruptPack):
                    lazyast.Cache(root / "other").import_pack(path)
                check_trees(code, root / "other", "stat")
                shutil.rmtree(root / "other")
            counts["damaged files"] += 1
            shutil.rmtree(cache)
            shutil.copytree(backup, cache)
        shutil.rmtree(backup)
    shutil.rmtree(code)
    shutil.rmtree(cache)


def set_clocks(root, counts, times):
    """Set the times of sources, directories and cache files back and forward."""
    code, cache = warmed_sources(root)
    shifts = [-(10**9), -3600, -1, 0, 1, 3600, 10**9]
    for number in range(times):
        for path in [*code.iterdir(), code, *cache.rglob("*")]:
            shift = shifts[(number * 5 + len(path.name) * 3) % len(shifts)]
            os.utime(path, (time.time() + shift, time.time() + shift))
        check_trees(code, cache, "stat")
        lazyast.Cache(cache).gc()
        counts["clocks set"] += 1
    shutil.rmtree(code)
    shutil.rmtree(cache)


def edit_twice(root, counts, times):
    """Edit a file several times within one tick of the clock, with the same size, and with its times set back."""
    code, cache = warmed_sources(root)
    path = code / "a.py"
    for number in range(times):
        before = path.stat()
        for name in "uvw":
            source = f"{name} = {number % 10}\n"
            path.write_text(source)
            if number % 2:
                os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
            (module, *_) = lazyast.Project(code, cache_dir=cache, verify="stat")
            assert ast.dump(module.tree, include_attributes=True) == expected_dump(source), "a wrong tree"
            counts["edits within one timestamp"] += 1
    shutil.rmtree(code)
    shutil.rmtree(cache)


def delete_cache(codebase, times):
    """Delete the cache while it is in use."""
    for _ in range(times):
        project = lazyast.Project(codebase.root, cache_dir=codebase.cache)
        cache = lazyast.Cache(codebase.cache)
        shutil.rmtree(codebase.cache)
        for module in codebase.random.sample(list(project), 10):
            assert ast.dump(module.tree, include_attributes=True) == expected_dump(module.path.read_bytes())
        with warnings.catch_warnings():
            # New archives cannot be written to the deleted directory.
            warnings.simplefilter("ignore", RuntimeWarning)
            cache.warm(codebase.root)
        codebase.check(0.1)
        codebase.counts["deleted while in use"] += 1
