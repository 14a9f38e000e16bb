"""Killed processes, many processes at once, forked processes."""

import ast
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import lazyast
from codebase import run, theirs

PROCESSES = 8

# Warms and collects until it is killed, and says when it begins, so that it is not killed while the interpreter starts.
WRITER = """
import sys, datetime, lazyast
cache = lazyast.Cache(sys.argv[2])
print(flush=True)
while True:
    cache.warm(sys.argv[1])
    cache.gc(max_age=datetime.timedelta(0))
"""

# Opens and looks at some trees, again and again. What is in a file before and after has been there meanwhile, too,
# because files only get longer.
READER = """
import random, sys, warnings, lazyast, ast
from codebase import theirs
warnings.simplefilter("error", RuntimeWarning)
place, cache, chance = sys.argv[1], sys.argv[2], random.Random(int(sys.argv[3]))
compared = 0
while True:
    modules = list(lazyast.Project(place, cache_dir=cache))
    before = {module: module.path.read_bytes() for module in chance.sample(modules, 10)}
    project = lazyast.Project(place, cache_dir=cache, verify=chance.choice(["stat", "content"]))
    for module in project:
        if module in before:
            ours = ast.dump(module.tree, include_attributes=True)
            if module.path.read_bytes() == before[module]:
                assert ours == theirs(before[module]), f"{module.path}: a wrong tree"
                compared += 1
    print(compared, flush=True)
"""


def kill(codebase, times):
    """Kill a process that warms and collects, at any moment."""
    codebase.check(0)
    started = time.perf_counter()
    lazyast.Cache(codebase.cache).warm(codebase.place)
    whole = time.perf_counter() - started
    command = [sys.executable, "-c", WRITER, codebase.place, codebase.cache]
    for number in range(times):
        codebase.edit()
        process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(codebase.chance.uniform(0, 3 * whole + 0.03))
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        codebase.counts["killed"] += 1
        codebase.counts["killed in the middle of a file"] += bool(codebase.leftovers())
        codebase.check()
        codebase.collect()
        if number % 10 == 0:
            shutil.rmtree(codebase.cache)


def together(codebase, rounds):
    """Warm the same tree in many processes at once."""
    for _ in range(rounds):
        if codebase.chance.random() < 0.5:
            shutil.rmtree(codebase.cache, ignore_errors=True)
        codebase.edit()
        command = [sys.executable, "-m", "lazyast", "warm", "--cache-dir", codebase.cache, codebase.place]
        processes = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(PROCESSES)
        ]
        for process in processes:
            output, _ = process.communicate()
            assert process.returncode == 0, output.decode()
            assert b"warning" not in output, output.decode()
        codebase.counts["warmed at once"] += PROCESSES
        codebase.check()


def crowd(codebase, seconds):
    """Read, write, put together, collect and delete at the same time."""
    command = [sys.executable, "-c", READER, codebase.place, codebase.cache]
    environment = {**os.environ, "PYTHONPATH": os.path.dirname(__file__)}
    outputs = [tempfile.TemporaryFile() for _ in range(3)]
    errors = tempfile.TemporaryFile()
    readers = [
        subprocess.Popen([*map(str, command), str(seed)], stdout=output, stderr=errors, env=environment)
        for seed, output in enumerate(outputs)
    ]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        # One pack for each source: they are put together again and again.
        codebase.append()
        codebase.counts["written in a crowd"] += 4
        way = codebase.chance.random()
        if way < 0.1:
            run("clean", "--cache-dir", codebase.cache)
            codebase.counts["cleaned in a crowd"] += 1
        elif way < 0.5:
            limit = codebase.chance.choice([["--max-age", 0], ["--max-size", "500K"], ["--max-size", "1M"]])
            run("gc", "--cache-dir", codebase.cache, *limit)
            codebase.counts["collected in a crowd"] += 1
        assert all(reader.poll() is None for reader in readers), (errors.seek(0), errors.read().decode())[1]
    for reader, output in zip(readers, outputs, strict=True):
        reader.kill()
        reader.wait()
        output.seek(0)
        codebase.counts["trees compared in a crowd"] += int(output.read().split()[-1])
    codebase.check(1)
    codebase.collect()


def fork(codebase, times):
    """Fork while trees are in use; both sides go on."""
    for _ in range(times):
        project = lazyast.Project(codebase.place, cache_dir=codebase.cache)
        tree = project[0].tree
        lazyast.parse(f"fork = {codebase.chance.random()}")
        child = os.fork()
        if child == 0:
            try:
                codebase.check(0.1)
                assert ast.dump(tree, include_attributes=True) == theirs(project[0].path.read_bytes())
                os._exit(0)
            except BaseException as error:
                print(f"in a forked process: {error!r}", file=sys.stderr)
                os._exit(1)
        codebase.check(0.1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        codebase.counts["forked"] += 1
