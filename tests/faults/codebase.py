"""A small codebase that is edited all the time, its cache, and the check that trees are right."""

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
    """Run a `lazyast` command that has to succeed."""
    command = [sys.executable, "-m", "lazyast", *map(str, command)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert result.returncode == 0, (command, result.stdout.decode())
    return result.stdout.decode()


def theirs(source):
    """Give what the interpreter makes of a source."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        return ast.dump(ast.parse(source), include_attributes=True)


class Codebase:
    """Some files of the standard library in a directory of their own, and a cache."""

    def __init__(self, root, seed, counts=None):
        self.place, self.cache, self.chance = root / "code", root / "cache", random.Random(seed)
        self.counts = Counter() if counts is None else counts
        library = Path(sysconfig.get_path("stdlib"))
        for number, path in enumerate(sorted(library.glob("*.py"))[:FILES]):
            target = self.place / f"package{number % 7}" / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)

    def files(self):
        """Give all sources."""
        return sorted(self.place.rglob("*.py"))

    def edit(self):
        """Change some files, in ways that editors and version control do."""
        for path in self.chance.sample(self.files(), 3):
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

    def append(self, count=4):
        """Make some files longer, and warm each by itself, so that there are many small packs."""
        for path in self.chance.sample(self.files(), count):
            path.write_bytes(path.read_bytes() + b"more = 1\n")
            run("warm", "--cache-dir", self.cache, path)

    def check(self, share=0.3, verify=("stat", None), warns=False):
        """Compare trees with what the interpreter makes of the files. Only a cache that cannot be written `warns`."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore" if warns else "error", RuntimeWarning)
            project = lazyast.Project(self.place, cache_dir=self.cache, verify=self.chance.choice(verify))
        found = [module.path for module in project]
        expected = self.files()
        assert found == expected, f"files {set(found) ^ set(expected)} are wrong"
        for module in project:
            if self.chance.random() < share:
                ours = ast.dump(module.tree, include_attributes=True)
                assert ours == theirs(module.path.read_bytes()), f"{module.path}: a wrong tree"
                self.counts["trees compared"] += 1

    def leftovers(self):
        """Give what killed processes left."""
        return [path for path in self.cache.rglob("*") if path.suffix == ".tmp" or path.name.startswith("deleted-")]

    def collect(self, *options):
        """Collect; nothing may be left that killed processes left."""
        run("gc", "--cache-dir", self.cache, *options)
        assert self.leftovers() == [], self.leftovers()
        self.counts["collected"] += 1
