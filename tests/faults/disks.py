"""Disks that are full, or cannot be written. They have to be made for it, which root alone may do."""

import contextlib
import subprocess

import lazyast
from codebase import run

KIB = 1024


@contextlib.contextmanager
def disk(place, size):
    """Give a small disk at a place for a while."""
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "lazyast", place], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)
        place.rmdir()


def can_mount(place):
    """Say whether disks can be made here."""
    try:
        with disk(place, 64 * KIB):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def work(codebase):
    """Do everything that writes. What somebody asks for may fail with an error, but nothing may go wrong."""
    codebase.edit()
    codebase.check(0.2, warns=True)
    run("warm", "--cache-dir", codebase.cache, codebase.place)
    codebase.append(2)
    cache, trees = lazyast.Cache(codebase.cache), codebase.cache / "trees.pack"
    cache.stats()
    with contextlib.suppress(OSError):
        cache.gc(max_size=300_000)
    with contextlib.suppress(OSError):
        cache.export_pack(trees, codebase.place / "package0")
        codebase.counts["exported"] += 1
        cache.import_pack(trees)
        codebase.counts["imported"] += 1
    trees.unlink(missing_ok=True)
    codebase.check(0.2, warns=True)


def full(codebase, steps):
    """Warm, edit, put together and collect with less room than that needs: too little from the start, and later."""
    with disk(codebase.cache, 64 << 20):
        codebase.check(0)
        whole = lazyast.Cache(codebase.cache).stats()[0].bytes
    for step in range(steps):
        with disk(codebase.cache, max(4, 2 * whole * step // steps // 4096) * 4096):
            for _ in range(3):
                work(codebase)
            codebase.counts["small disks"] += 1
    for step in range(steps):
        with disk(codebase.cache, 4 * whole):
            codebase.check(0)
            ballast = codebase.cache / "ballast"
            with open(ballast, "wb", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    # Less than what is asked for is written where the disk ends.
                    file.write(bytes(64 * KIB))
            with open(ballast, "r+b") as file:
                file.truncate(ballast.stat().st_size - step * whole // steps // 4096 * 4096)
            for _ in range(3):
                work(codebase)
            ballast.unlink()
            codebase.check(0.2)
            codebase.collect()
            problems = [problem for checked in lazyast.Cache(codebase.cache).verify() for problem in checked.problems]
            assert problems == [], problems
            codebase.counts["disks that became full"] += 1


def read_only(codebase):
    """Read what is there, and go on without writing."""
    with disk(codebase.cache, 64 << 20):
        codebase.check(0)
        subprocess.run(["mount", "-o", "remount,ro", codebase.cache], check=True)
        codebase.check(1)
        for _ in range(10):
            codebase.edit()
            codebase.check(0.3, warns=True)
            run("warm", "--cache-dir", codebase.cache, codebase.place)
            run("stats", "--cache-dir", codebase.cache)
            codebase.counts["read from a disk that cannot be written"] += 1
