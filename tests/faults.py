"""What happens to a cache in real life: killed writers, many processes at once, a cache that is deleted.

    python tests/faults.py [--kills N] [--rounds N] [--seconds S] [--seed N]

Runs under any interpreter that has lazyast installed. A small codebase is edited all the time; after each event
a project over it is opened, and its trees are compared with what `ast.parse` makes of the files. Prints how
often each thing happened, and exits with 1 at the first wrong tree, exception or failed process.
"""

import argparse
import ast
import os
import random
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import lazyast

FILES = 80
PROCESSES = 8
WARM = [sys.executable, "-m", "lazyast", "warm", "--cache-dir"]

# What other processes do until they are killed: open, look at some trees, and come again.
READER = """
import ast, random, sys, lazyast
place, cache, chance = sys.argv[1], sys.argv[2], random.Random(int(sys.argv[3]))
while True:
    project = lazyast.Project(place, cache_dir=cache, verify=chance.choice(["stat", "content"]))
    for module in chance.sample(list(project), 10):
        assert isinstance(module.tree, ast.Module) and ast.dump(module.tree)
"""


class Codebase:
    """Some files of the standard library in a directory of their own, and a cache."""

    def __init__(self, root, chance):
        self.place, self.cache, self.chance = root / "code", root / "cache", chance
        self.counts = Counter()
        library = Path(sysconfig.get_path("stdlib"))
        for number, path in enumerate(sorted(library.glob("*.py"))[:FILES]):
            target = self.place / f"package{number % 7}" / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)

    def edit(self):
        """Change some files, in ways that editors and version control do."""
        files = sorted(self.place.rglob("*.py"))
        for path in self.chance.sample(files, 3):
            way = self.chance.choice(["write", "replace", "rename", "new"])
            source = path.read_bytes() + f"changed = {self.chance.random()}\n".encode()
            if way == "write":
                path.write_bytes(source)
            elif way == "replace":
                path.with_suffix(".tmp").write_bytes(source)
                path.with_suffix(".tmp").replace(path)
            elif way == "rename":
                path.rename(path.with_name(f"m{self.chance.randrange(10**9)}.py"))
            else:
                path.with_name(f"n{self.chance.randrange(10**9)}.py").write_bytes(source)
                path.unlink()
        self.counts["edits"] += 3

    def check(self, share=0.3):
        """Compare trees with what the interpreter makes of the files."""
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            project = lazyast.Project(self.place, cache_dir=self.cache, verify=self.chance.choice(["stat", None]))
        found = [module.path for module in project]
        expected = sorted(self.place.rglob("*.py"))
        assert found == expected, f"files {set(found) ^ set(expected)} are wrong"
        for module in project:
            if self.chance.random() < share:
                theirs = ast.dump(ast.parse(module.path.read_bytes()), include_attributes=True)
                assert ast.dump(module.tree, include_attributes=True) == theirs, f"{module.path}: a wrong tree"
                self.counts["trees compared"] += 1

    def leftovers(self):
        """Count files that killed writers left."""
        return sum(1 for _ in self.cache.rglob("*.tmp"))

    def kill(self, times):
        """Kill a process that warms, at any moment."""
        command = [*WARM, self.cache, self.place]
        started = time.perf_counter()
        shutil.rmtree(self.cache, ignore_errors=True)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        whole = time.perf_counter() - started
        for _ in range(times):
            if self.chance.random() < 0.6:
                shutil.rmtree(self.cache, ignore_errors=True)
            self.edit()
            before = self.leftovers()
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            # Not in the interpreter's own start, if possible.
            time.sleep(self.chance.uniform(0.4, 1.05) * whole)
            process.send_signal(signal.SIGKILL)
            self.counts["killed" if process.wait() < 0 else "done before the kill"] += 1
            self.counts["killed while writing"] += self.leftovers() > before
            self.check()

    def together(self, rounds):
        """Warm the same tree in many processes at once."""
        for _ in range(rounds):
            if self.chance.random() < 0.5:
                shutil.rmtree(self.cache, ignore_errors=True)
            self.edit()
            command = [*WARM, self.cache, self.place]
            processes = [
                subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(PROCESSES)
            ]
            for process in processes:
                output, _ = process.communicate()
                assert process.returncode == 0, output.decode()
            self.counts["warmed at once"] += PROCESSES
            self.check()

    def crowd(self, seconds):
        """Read, write, put together and delete at the same time."""
        command = [sys.executable, "-c", READER, self.place, self.cache]
        errors = tempfile.TemporaryFile()
        readers = [subprocess.Popen([*map(str, command), str(seed)], stderr=errors) for seed in range(3)]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            # One pack for each source: they are put together again and again.
            for path in self.chance.sample(sorted(self.place.rglob("*.py")), 4):
                path.write_bytes(path.read_bytes() + b"more = 1\n")
                subprocess.run([*WARM, self.cache, path], check=True, stdout=subprocess.DEVNULL)
            if self.chance.random() < 0.1:
                clean = [sys.executable, "-m", "lazyast", "clean", "--cache-dir", self.cache]
                subprocess.run(clean, check=True, stdout=subprocess.DEVNULL)
                self.counts["cleaned"] += 1
            self.counts["written in a crowd"] += 4
            assert all(reader.poll() is None for reader in readers), (errors.seek(0), errors.read().decode())[1]
        for reader in readers:
            reader.kill()
            reader.wait()
        self.check(1)

    def fork(self, times):
        """Fork while trees are in use; both sides go on."""
        for _ in range(times):
            project = lazyast.Project(self.place, cache_dir=self.cache)
            tree = project[0].tree
            lazyast.parse(f"fork = {self.chance.random()}")
            child = os.fork()
            if child == 0:
                try:
                    self.check(0.1)
                    assert ast.dump(tree) == ast.dump(ast.parse(project[0].path.read_bytes()))
                    os._exit(0)
                except BaseException as error:
                    print(f"in a forked process: {error!r}", file=sys.stderr)
                    os._exit(1)
            self.check(0.1)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
            self.counts["forked"] += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=50, help="of many processes at once")
    parser.add_argument("--seconds", type=int, default=60, help="of reading, writing and deleting at once")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lazyast-faults-") as root:
        codebase = Codebase(Path(root), random.Random(options.seed))
        codebase.check(1)
        codebase.kill(options.kills)
        codebase.together(options.rounds)
        codebase.crowd(options.seconds)
        if hasattr(os, "fork"):
            codebase.fork(20)
        codebase.check(1)
        for what, count in codebase.counts.items():
            print(f"{what}: {count}")


if __name__ == "__main__":
    main()
