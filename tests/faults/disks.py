"""Full and read-only disks. The tests mount small disks, which needs root."""

import contextlib
import subprocess

import lazyast
from codebase import run

KIB = 1024


@contextlib.contextmanager
def disk(path, size):
    """Mount a small disk at a path for the duration of the context."""
    path.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "lazyast", path], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)
        path.rmdir()


def can_mount(path):
    """Say whether this process can mount disks."""
    try:
        with disk(path, 64 * KIB):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def write_everything(codebase):
    """Run every operation that writes. Explicit operations may raise `OSError`; trees must be right nevertheless."""
    codebase.edit()
    codebase.check(0.2, warns=True)
    run("warm", "--cache-dir", codebase.cache, codebase.root)
    codebase.append(2)
    cache, trees = lazyast.Cache(codebase.cache), codebase.cache / "trees.pack"
    cache.stats()
    with contextlib.suppress(OSError):
        cache.gc(max_size=300_000)
    with contextlib.suppress(OSError):
        cache.export_pack(trees, codebase.root / "package0")
        codebase.counts["exported"] += 1
        cache.import_pack(trees)
        codebase.counts["imported"] += 1
    trees.unlink(missing_ok=True)
    codebase.check(0.2, warns=True)


def full_disks(codebase, steps):
    """Warm, edit, compact and collect garbage on disks that are too small, and on disks that become full."""
    with disk(codebase.cache, 64 << 20):
        codebase.check(0)
        filled = lazyast.Cache(codebase.cache).stats()[0].bytes
    for step in range(steps):
        with disk(codebase.cache, max(4, 2 * filled * step // steps // 4096) * 4096):
            for _ in range(3):
                write_everything(codebase)
            codebase.counts["small disks"] += 1
    for step in range(steps):
        with disk(codebase.cache, 4 * filled):
            codebase.check(0)
            ballast = codebase.cache / "ballast"
            with open(ballast, "wb", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    # The last write before the disk is full writes less than requested.
                    file.write(bytes(64 * KIB))
            with open(ballast, "r+b") as file:
                file.truncate(ballast.stat().st_size - step * filled // steps // 4096 * 4096)
            for _ in range(3):
                write_everything(codebase)
            ballast.unlink()
            codebase.check(0.2)
            codebase.collect()
            problems = [problem for checked in lazyast.Cache(codebase.cache).verify() for problem in checked.problems]
            assert problems == [], problems
            codebase.counts["disks that became full"] += 1


def read_only_disk(codebase):
    """Read a cache on a disk that cannot be written."""
    with disk(codebase.cache, 64 << 20):
        codebase.check(0)
        subprocess.run(["mount", "-o", "remount,ro", codebase.cache], check=True)
        codebase.check(1)
        for _ in range(10):
            codebase.edit()
            codebase.check(0.3, warns=True)
            run("warm", "--cache-dir", codebase.cache, codebase.root)
            run("stats", "--cache-dir", codebase.cache)
            codebase.counts["reads from a read-only disk"] += 1
