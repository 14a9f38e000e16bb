"""Killed processes, concurrent processes, forked processes."""

import ast
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import lazyast
from codebase import expected_dump, run

PROCESSES = 8

# Warms and collects garbage until it is killed. Prints a line first, so that it is not killed while the interpreter
# starts.
WRITER = """
import sys, datetime, lazyast
cache = lazyast.Cache(sys.argv[2])
print(flush=True)
while True:
    cache.warm(sys.argv[1])
    cache.gc(max_age=datetime.timedelta(0))
"""

# Opens a project and compares some trees, again and again. Files only get longer. So a file with the same content
# before and after had this content all the time.
READER = """
import random, sys, warnings, lazyast, ast
from codebase import expected_dump
warnings.simplefilter("error", RuntimeWarning)
root, cache, generator = sys.argv[1], sys.argv[2], random.Random(int(sys.argv[3]))
compared = 0
while True:
    modules = list(lazyast.Project(root, cache_dir=cache))
    before = {module: module.path.read_bytes() for module in generator.sample(modules, 10)}
    project = lazyast.Project(root, cache_dir=cache, verify=generator.choice(["stat", "content"]))
    for module in project:
        if module in before:
            dump = ast.dump(module.tree, include_attributes=True)
            if module.path.read_bytes() == before[module]:
                assert dump == expected_dump(before[module]), f"{module.path}: a wrong tree"
                compared += 1
    print(compared, flush=True)
"""


def kill(codebase, times):
    """Kill a process that warms and collects garbage, at random moments."""
    codebase.check(0)
    started = time.perf_counter()
    lazyast.Cache(codebase.cache).warm(codebase.root)
    duration = time.perf_counter() - started
    command = [sys.executable, "-c", WRITER, codebase.root, codebase.cache]
    for number in range(times):
        codebase.edit()
        process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(codebase.random.uniform(0, 3 * duration + 0.03))
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        codebase.counts["killed"] += 1
        codebase.counts["killed while writing a file"] += bool(codebase.leftovers())
        codebase.check()
        codebase.collect()
        if number % 10 == 0:
            shutil.rmtree(codebase.cache)


def warm_at_once(codebase, rounds):
    """Warm the same sources in many processes at once."""
    for _ in range(rounds):
        if codebase.random.random() < 0.5:
            shutil.rmtree(codebase.cache, ignore_errors=True)
        codebase.edit()
        command = [sys.executable, "-m", "lazyast", "warm", "--cache-dir", codebase.cache, codebase.root]
        processes = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(PROCESSES)
        ]
        for process in processes:
            output, _ = process.communicate()
            assert process.returncode == 0, output.decode()
            assert b"warning" not in output, output.decode()
        codebase.counts["concurrent warm-ups"] += PROCESSES
        codebase.check()


def mixed_load(codebase, seconds):
    """Read, write, compact, collect garbage and delete at the same time."""
    command = [sys.executable, "-c", READER, codebase.root, codebase.cache]
    environment = {**os.environ, "PYTHONPATH": os.path.dirname(__file__)}
    outputs = [tempfile.TemporaryFile() for _ in range(3)]
    errors = tempfile.TemporaryFile()
    readers = [
        subprocess.Popen([*map(str, command), str(seed)], stdout=output, stderr=errors, env=environment)
        for seed, output in enumerate(outputs)
    ]
    end = time.monotonic() + seconds

    def has_idle_reader():
        """Say whether a reader has not compared any trees yet, as on a machine under load."""
        return any(os.fstat(output.fileno()).st_size == 0 for output in outputs)

    while time.monotonic() < end or has_idle_reader():
        assert time.monotonic() < end + 120, "a reader has compared no trees for two minutes"
        # One pack for each source, so that packs are compacted again and again.
        codebase.append()
        codebase.counts["writes under load"] += 4
        choice = codebase.random.random()
        if choice < 0.1:
            run("clean", "--cache-dir", codebase.cache)
            codebase.counts["cleanings under load"] += 1
        elif choice < 0.5:
            limit = codebase.random.choice([["--max-age", 0], ["--max-size", "500K"], ["--max-size", "1M"]])
            run("gc", "--cache-dir", codebase.cache, *limit)
            codebase.counts["collections under load"] += 1
        assert all(reader.poll() is None for reader in readers), (errors.seek(0), errors.read().decode())[1]
    for reader, output in zip(readers, outputs, strict=True):
        reader.kill()
        reader.wait()
        output.seek(0)
        codebase.counts["trees compared under load"] += int(output.read().split()[-1])
    codebase.check(1)
    codebase.collect()


def fork(codebase, times):
    """Fork while trees are in use, and use them in both processes."""
    for _ in range(times):
        project = lazyast.Project(codebase.root, cache_dir=codebase.cache)
        tree = project[0].tree
        lazyast.parse(f"fork = {codebase.random.random()}")
        child = os.fork()
        if child == 0:
            try:
                codebase.check(0.1)
                assert ast.dump(tree, include_attributes=True) == expected_dump(project[0].path.read_bytes())
                os._exit(0)
            except BaseException as error:
                print(f"in a forked process: {error!r}", file=sys.stderr)
                os._exit(1)
        codebase.check(0.1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        codebase.counts["forked"] += 1
