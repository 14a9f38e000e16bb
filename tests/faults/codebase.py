"""A small codebase that is edited all the time, its cache, and the comparison of its trees with `ast.parse`."""

import ast
import random
import shutil
import subprocess
import sys
import sysconfig
import warnings
from collections import Counter
from pathlib import Path

import lazyast

FILES = 80


def run(*command):
    """Run a `lazyast` command, which must succeed."""
    command = [sys.executable, "-m", "lazyast", *map(str, command)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert result.returncode == 0, (command, result.stdout.decode())
    return result.stdout.decode()


def expected_dump(source):
    """Dump the tree of a source as `ast.parse` gives it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        return ast.dump(ast.parse(source), include_attributes=True)


class Codebase:
    """A copy of some files of the standard library, and a cache."""

    def __init__(self, root, seed, counts=None, files=FILES):
        self.root, self.cache, self.random = root / "code", root / "cache", random.Random(seed)
        self.counts = Counter() if counts is None else counts
        library = Path(sysconfig.get_path("stdlib"))
        for number, path in enumerate(sorted(library.glob("*.py"))[:files]):
            target = self.root / f"package{number % 7}" / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)

    def files(self):
        """List all sources."""
        return sorted(self.root.rglob("*.py"))

    def edit(self):
        """Change some files as editors and version control systems do."""
        for path in self.random.sample(self.files(), 3):
            edit = self.random.choice(["write", "replace", "rename", "new"])
            source = path.read_bytes() + f"changed = {self.random.random()}\n".encode()
            if edit == "write":
                path.write_bytes(source)
            elif edit == "replace":
                path.with_suffix(".tmp").write_bytes(source)
                path.with_suffix(".tmp").replace(path)
            elif edit == "rename":
                path.rename(path.with_name(f"m{self.random.randrange(10**9)}.py"))
            else:
                path.with_name(f"n{self.random.randrange(10**9)}.py").write_bytes(source)
                path.unlink()
        self.counts["edits"] += 3

    def append(self, count=4):
        """Append to some files, and warm each one in a process of its own, so that there are many small packs."""
        for path in self.random.sample(self.files(), count):
            path.write_bytes(path.read_bytes() + b"more = 1\n")
            run("warm", "--cache-dir", self.cache, path)

    def check(self, share=0.3, verify=("stat", None), warns=False):
        """Compare a share of the trees with those of `ast.parse`. With `warns`, the cache may be unwritable."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore" if warns else "error", RuntimeWarning)
            project = lazyast.Project(self.root, cache_dir=self.cache, verify=self.random.choice(verify))
        paths = [module.path for module in project]
        expected = self.files()
        assert paths == expected, f"files found in only one of project and directory: {set(paths) ^ set(expected)}"
        for module in project:
            if self.random.random() < share:
                dump = ast.dump(module.tree, include_attributes=True)
                assert dump == expected_dump(module.path.read_bytes()), f"{module.path}: a wrong tree"
                self.counts["trees compared"] += 1

    def leftovers(self):
        """List the leftovers of killed processes."""
        return [path for path in self.cache.rglob("*") if path.suffix == ".tmp" or path.name.startswith("deleted-")]

    def collect(self, *options):
        """Collect garbage, and check that no leftovers of killed processes remain."""
        run("gc", "--cache-dir", self.cache, *options)
        assert self.leftovers() == [], self.leftovers()
        self.counts["garbage collections"] += 1
