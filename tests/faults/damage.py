"""Damaged files, wrong clocks, and a cache that is gone."""

import ast
import contextlib
import os
import shutil
import time
import warnings

import lazyast
from codebase import theirs

SOURCES = {
    "a.py": "def f(x, *y, z=1):\n    return f'{x!r:>{y}}' + 'é' * 3\n",
    "b.py": "class C(B, metaclass=M):\n    async def g(self):\n        return [i async for i in self if i]\n",
    "c.py": "".join(f"x{number} = {number} ** {number}j, None, ..., b'bytes'\n" for number in range(9)),
}


def small(root):
    """Make a directory with few sources that have been there for a while, and warm a cache."""
    code, cache = root / "small", root / "cache-of-small"
    code.mkdir()
    for name, source in SOURCES.items():
        (code / name).write_text(source)
    time.sleep(0.12)
    lazyast.Cache(cache).warm(code)
    return code, cache


def right(code, cache, verify):
    """Say how many sources were parsed; trees have to be right."""
    project = lazyast.Project(code, cache_dir=cache, verify=verify)
    for module in project:
        ours = ast.dump(module.tree, include_attributes=True)
        assert ours == theirs(SOURCES[module.path.name]), f"{module.path}: a wrong tree"
    assert len(project) == len(SOURCES)
    return project.new


def damaged(whole, step):
    """Give what can become of a file: each byte changed, each end cut off."""
    for place in range(0, len(whole), step):
        yield whole[:place]
        for change in (0x01, 0x80, 0xFF):
            yield whole[:place] + bytes([whole[place] ^ change]) + whole[place + 1 :]


def files(root, counts, step):
    """Damage packs and what is known of sources, in every place."""
    code, cache = small(root)
    for pattern in ("*.pack", "*.fresh"):
        (path,) = cache.rglob(pattern)
        whole = path.read_bytes()
        kept = root / "kept"
        shutil.copytree(cache, kept)
        for content in damaged(whole, step):
            # A new file each time: nobody writes into one that may be mapped.
            path.unlink()
            path.write_bytes(content)
            right(code, cache, "stat" if counts["damaged files"] % 2 else "content")
            if pattern == "*.pack":
                with contextlib.suppress(lazyast.CorruptPack):
                    lazyast.Cache(root / "other").import_pack(path)
                right(code, root / "other", "stat")
                shutil.rmtree(root / "other")
            counts["damaged files"] += 1
            shutil.rmtree(cache)
            shutil.copytree(kept, cache)
        shutil.rmtree(kept)
    shutil.rmtree(code)
    shutil.rmtree(cache)


def clocks(root, counts, times):
    """Set times back and forward: of sources, of directories, of everything in the cache."""
    code, cache = small(root)
    chance = [-(10**9), -3600, -1, 0, 1, 3600, 10**9]
    for number in range(times):
        for path in [*code.iterdir(), code, *cache.rglob("*")]:
            shift = chance[(number * 5 + len(path.name) * 3) % len(chance)]
            os.utime(path, (time.time() + shift, time.time() + shift))
        right(code, cache, "stat")
        lazyast.Cache(cache).gc()
        counts["clocks set"] += 1
    shutil.rmtree(code)
    shutil.rmtree(cache)


def twice(root, counts, times):
    """Edit a file twice within one timestamp, with the same size and with times set back."""
    code, cache = small(root)
    path = code / "a.py"
    for number in range(times):
        before = path.stat()
        for name in "uvw":
            source = f"{name} = {number % 10}\n"
            path.write_text(source)
            if number % 2:
                os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
            (module, *_) = lazyast.Project(code, cache_dir=cache, verify="stat")
            assert ast.dump(module.tree, include_attributes=True) == theirs(source), "a wrong tree"
            counts["edits within one timestamp"] += 1
    shutil.rmtree(code)
    shutil.rmtree(cache)


def gone(codebase, times):
    """Delete the cache while it is in use."""
    for _ in range(times):
        project = lazyast.Project(codebase.place, cache_dir=codebase.cache)
        cache = lazyast.Cache(codebase.cache)
        shutil.rmtree(codebase.cache)
        for module in codebase.chance.sample(list(project), 10):
            assert ast.dump(module.tree, include_attributes=True) == theirs(module.path.read_bytes())
        with warnings.catch_warnings():
            # What is new cannot be written where nothing is.
            warnings.simplefilter("ignore", RuntimeWarning)
            cache.warm(codebase.place)
        codebase.check(0.1)
        codebase.counts["deleted while in use"] += 1
