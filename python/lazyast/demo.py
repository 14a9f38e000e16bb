"""`lazyast demo`: measures lazyast on the running interpreter's standard library."""

import argparse
import ast
import os
import platform
import random
import sysconfig
import tempfile
import warnings
from pathlib import Path
from time import perf_counter

from lazyast import Project, materialize

# Trees of randomly chosen files are compared for this many seconds.
_COMPARE_SECONDS = 6.0


def main(arguments: list[str]) -> int:
    """Run the demonstration and return the exit code: 1 if any tree differs."""
    parser = argparse.ArgumentParser(
        prog="lazyast demo",
        description="Measure ast.parse and lazyast on the running interpreter's standard library.",
    )
    parser.parse_args(arguments)
    library = Path(sysconfig.get_paths()["stdlib"])
    print(f"lazyast demo: Python {platform.python_version()}, {os.cpu_count()} processors, {library}")
    print()
    with tempfile.TemporaryDirectory(prefix="lazyast-demo-") as cache, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _measure(_files(library), Path(cache))


def _files(library: Path) -> list[Path]:
    """Find the library's own files, without installed packages."""
    sources = []
    for directory, directories, files in os.walk(library):
        directories[:] = [name for name in directories if name not in ("site-packages", "__pycache__")]
        sources += [Path(directory, name) for name in files if name.endswith(".py")]
    # Some distributions have links to files of packages that are not installed.
    return sorted(path for path in sources if path.is_file())


def _measure(files: list[Path], cache: Path) -> int:
    sources = {path: path.read_bytes() for path in files}
    started = perf_counter()
    parsed = 0
    lines = 0
    for source in sources.values():
        try:
            ast.parse(source)
        except SyntaxError:
            continue
        parsed += 1
        lines += source.count(b"\n")
    plain = perf_counter() - started
    print(f"{'':34}{'files':>7}{'lines':>10}{'seconds':>10}{'MLoC/s':>9}{'':>9}")
    _row("ast.parse", parsed, lines, plain, plain)
    for title in ("lazyast, first run (parses)", "lazyast, second run (cached)"):
        started = perf_counter()
        project = Project(files, cache_dir=cache)
        _row(title, project.new + project.cached, project.lines, perf_counter() - started, plain)
    started = perf_counter()
    for module in project:
        _ = module.tree.body
    _row("  and every tree, as proxies", len(project), lines, perf_counter() - started, plain)
    started = perf_counter()
    for module in project:
        materialize(module.tree)
    _row("  and every tree, materialised", len(project), lines, perf_counter() - started, plain)
    print()
    return _compare(project, sources)


def _row(title: str, files: int, lines: int, seconds: float, plain: float) -> None:
    ratio = f"{plain / seconds:.1f}x"
    print(f"{title:34}{files:>7,}{lines:>10,}{seconds:>10.3f}{lines / seconds / 1e6:>9.2f}{ratio:>9}")


def _compare(project: Project, sources: dict[Path, bytes]) -> int:
    """Compare dumps with positions until the time is up."""
    deadline = perf_counter() + _COMPARE_SECONDS
    compared = different = 0
    # The same random order each time.
    for index in random.Random(0).sample(range(len(project)), len(project)):
        module = project[index]
        expected = ast.dump(ast.parse(sources[module.path]), include_attributes=True)
        compared += 1
        if ast.dump(module.tree, include_attributes=True) != expected:
            different += 1
            print(f"different: {module.path}")
        if perf_counter() > deadline:
            break
    print(
        f"{compared:,} of {len(project):,} trees compared with ast.parse's, positions included: "
        f"{compared - different:,} equal, {different:,} different"
    )
    print(f"{len(project.failures):,} files are not valid Python {platform.python_version()} and have no tree")
    return 1 if different else 0
