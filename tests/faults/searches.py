"""Searches while a file of their cache is damaged in place, which nobody should do and somebody will."""

import os
import random
import shutil
import subprocess
import sys
import threading
import time

from codebase import Codebase

QUERIES = [
    ("find", "-c", "print($$$)"),
    ("select", "-c", "FunctionDef"),
    ("find", "-c", "os.path.join($$$)"),
]
PAGE = 4096


def truncate(file, size, generator):
    """Cut the end off."""
    file.truncate(generator.randrange(size))


def change_bytes(file, size, generator):
    """Change single bytes, few or many."""
    for _ in range(generator.choice([1, 50, 2000])):
        file.seek(generator.randrange(size))
        file.write(bytes([generator.randrange(256)]))


def zero(file, size, generator):
    """Overwrite a part with zeros, as a power failure does."""
    start = generator.randrange(size)
    file.seek(start)
    file.write(bytes(generator.randrange(1, min(1 << 20, size - start) + 1)))


def overwrite_pages(file, size, generator):
    """Overwrite the start of every page."""
    for start in range(0, size, PAGE):
        file.seek(start)
        file.write(generator.randbytes(64))


def append(file, size, generator):
    """Make the file longer."""
    file.seek(size)
    file.write(b"x" * generator.randrange(1, 5000))


DAMAGES = [truncate, change_bytes, zero, overwrite_pages, append]


def damage_during_searches(root, counts, seed, times):
    """Damage a random file before or during a search. No search ends by a signal, and all have the same output."""
    generator = random.Random(seed)
    # Packs with fewer archives get no index of identifiers.
    code = Codebase(root / "searched", seed, files=140)
    intact, cache, empty = root / "intact", root / "damaged", root / "empty"

    def run(*arguments, cache, underlay=None):
        environment = {**os.environ, "LAZYAST_CACHE_DIR": str(cache), "LAZYAST_GC": "off"}
        if underlay is not None:
            environment["LAZYAST_CACHE_UNDERLAY"] = str(underlay)
        command = [sys.executable, "-m", "lazyast", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, env=environment, cwd=root)

    assert run("warm", code.root, cache=intact).returncode == 0
    # The first search over many archives writes an index of their identifiers.
    expected = {query: run(*query, code.root, cache=intact) for query in QUERIES}
    assert all(search.returncode == 0 and search.stdout for search in expected.values()), expected
    assert {path.suffix for path in intact.rglob("*.*")} >= {".pack", ".names", ".fresh"}
    started = time.perf_counter()
    run(*QUERIES[0], code.root, cache=intact)
    duration = time.perf_counter() - started

    for _ in range(times):
        for directory in (cache, empty):
            shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(intact, cache)
        suffix = generator.choice([".pack", ".pack", ".names", ".fresh"])
        path = generator.choice(sorted(cache.rglob(f"*{suffix}")))
        damage, query = generator.choice(DAMAGES), generator.choice(QUERIES)
        is_underlay, is_later = generator.random() < 0.4, generator.random() < 0.5
        delay = generator.uniform(0, duration) if is_later else 0

        def damage_file(path=path, damage=damage, delay=delay):
            time.sleep(delay)
            with open(path, "r+b") as file:
                damage(file, path.stat().st_size, generator)

        thread = threading.Thread(target=damage_file)
        thread.start()
        if not is_later:
            thread.join()
        caches = {"cache": empty, "underlay": cache} if is_underlay else {"cache": cache}
        search = run(*query, code.root, **caches)
        thread.join()
        case = (damage.__name__, path.name, is_underlay, delay, query, search.returncode, search.stderr.decode())
        assert search.returncode == 0 and search.stdout == expected[query].stdout, case
        if not is_underlay:
            verified = run("verify", cache=cache)
            assert verified.returncode in (0, 1, 3), (*case, verified.returncode, verified.stderr.decode())
        counts[f"searches with a damaged {suffix}"] += 1
    for directory in (code.root, intact, cache, empty):
        shutil.rmtree(directory, ignore_errors=True)
