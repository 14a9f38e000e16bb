"""Existing tools with `lazyast run` and without it, on Django: the same output, and how long each takes.

    python benches/python/tools.py PYTHON WHEEL [--directory DIR] [--tools NAME...] [--rounds N]

Builds an environment for the interpreter PYTHON in DIR, with the tools at the versions below and lazyast from WHEEL,
fetches Django, and prints a table. It takes a network the first time.

Runs with and without lazyast alternate, and medians of user CPU time are compared, with the processes that a tool
starts. The first run with lazyast finds an empty cache, and is a column of its own. One further pair of runs measures
how long the tools are in `compile` for trees (`timed/sitecustomize.py`).
"""

import argparse
import hashlib
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

DJANGO = "django==5.2.8"
REQUIREMENTS = [
    "flake8==7.5.0",
    "flake8-bugbear==26.10.27",
    "pylint==4.1.4",
    "bandit==1.9.4",
    "vulture==2.16",
    "interrogate==1.7.0",
    "radon==6.0.1",
    "pydocstyle==6.3.0",
    "griffe==2.4.1",
    "coverage==7.17.5",
    "pytest==9.2.0",
    "pytest-xdist==3.8.0",
    "beartype==0.23.1",
    "typeguard==4.6.1",
    "setuptools<81",
]
# Parts of Django: tools would take minutes for all of it.
PARTS = ["django/forms", "django/template", "django/core/management"]
PYLINT = ["django/forms/formsets.py", "django/forms/models.py", "django/forms/boundfield.py"]
IMPORT_DJANGO = """
import django.conf, importlib, pkgutil, sys
django.conf.settings.configure()
import django; django.setup()
for package in ["db.models", "forms", "http", "template", "utils", "views", "core", "test", "middleware"]:
    root = importlib.import_module("django." + package)
    for module in pkgutil.iter_modules(root.__path__, root.__name__ + "."):
        importlib.import_module(module.name)
print(sum(name.startswith("django") for name in sys.modules))
"""
BEARTYPE = f"""
from beartype import BeartypeConf
from beartype.claw import beartype_packages
# It cannot decorate django.utils, which has a class with a property `__class__`.
packages = "django.db", "django.forms", "django.http", "django.template"
beartype_packages(packages, conf=BeartypeConf(warning_cls_on_decorator_exception=None))
{IMPORT_DJANGO}"""
TYPEGUARD = f"""
import typeguard
typeguard.install_import_hook("django")
{IMPORT_DJANGO}"""
PYTEST = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--pyargs"]
LIBRARY_TESTS = [
    f"test.{name}" for name in ("test_dict", "test_list", "test_textwrap", "test_difflib", "test_configparser")
]
TOOLS = {
    "flake8 with bugbear": ["-m", "flake8", "--isolated", "-j1", *PARTS],
    "flake8 with bugbear -j2": ["-m", "flake8", "--isolated", "-j2", *PARTS],
    "pylint": ["-m", "pylint", "--rcfile=/dev/null", *PYLINT],
    "pylint -j2": ["-m", "pylint", "--rcfile=/dev/null", "-j2", *PYLINT],
    "bandit": ["-m", "bandit", "-q", "-r", "-f", "csv", *PARTS],
    "vulture": ["-m", "vulture", *PARTS],
    "interrogate": ["-m", "interrogate", "-v", *PARTS],
    "radon": ["-m", "radon", "cc", "-s", *PARTS],
    "pydocstyle": ["-m", "pydocstyle", *PARTS],
    "griffe": ["-m", "griffe", "dump", "-s", ".", "django.forms"],
    "coverage report": ["-m", "coverage", "report"],
    "pytest": [*PYTEST, *LIBRARY_TESTS],
    "pytest -n2": [*PYTEST, *LIBRARY_TESTS, "-n2"],
    "beartype's import hook": ["-c", BEARTYPE],
    "typeguard's import hook": ["-c", TYPEGUARD],
}
# What differs between two runs of the same command: times, and the order in which pytest's workers report.
VARYING = re.compile(rb"in \d+[.\d]*s(econds)?( \([\d:]+\))?|^[.a-zA-Z]+ +\[ *\d+%\]$", re.MULTILINE)


@dataclass
class Run:
    """What one run of a tool did."""

    seconds: float
    output: str


def prepare(python, wheel, directory):
    """Build the environment and unpack Django, unless both are there; give the environment's interpreter."""
    environment, work = directory / "environment", directory / "work"
    program = environment / "bin" / "python"
    if not program.exists():
        subprocess.run([python, "-m", "venv", environment], check=True)
        subprocess.run([program, "-m", "pip", "install", "-q", *REQUIREMENTS], check=True)
    subprocess.run([program, "-m", "pip", "install", "-q", "--force-reinstall", "--no-deps", wheel], check=True)
    if not work.exists():
        subprocess.run([program, "-m", "pip", "install", "-q", "--target", work, DJANGO], check=True)
        # A run that `coverage report` can report on.
        command = [program, "-m", "coverage", "run", "--source=django", "-c", IMPORT_DJANGO]
        Path(work, "import_django.py").write_text(IMPORT_DJANGO)
        subprocess.run([*command[:-2], "import_django.py"], cwd=work, check=True)
    return program


def run(command, directory, variables):
    """Run a command; give its user CPU time, with the processes that it waited for, and a hash of its output."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(
        command,
        cwd=directory / "work",
        env={
            **os.environ,
            "LAZYAST_CACHE_DIR": str(directory / "cache"),
            "LAZYAST_GC": "off",
            "PYLINTHOME": str(directory / "pylint"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            **variables,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    if done.returncode < 0 or not done.stdout or b"No module named" in done.stderr:
        raise SystemExit(f"{command} failed with code {done.returncode}:\n{done.stderr.decode()[-2000:]}")
    texts = [VARYING.sub(b"in time", text) for text in (done.stdout, done.stderr)]
    return Run(seconds, hashlib.sha256(repr((done.returncode, texts)).encode()).hexdigest())


def time_in_parser(command, directory):
    """Give how many trees a command requests, and the CPU seconds that this takes."""
    with tempfile.TemporaryDirectory() as records:
        timed = str(Path(__file__).with_name("timed"))
        run(command, directory, {"PYTHONPATH": timed, "TIMED_RECORDS": records})
        pairs = [path.read_text().split() for path in Path(records).iterdir()]
    return sum(int(count) for count, _ in pairs), sum(int(nanoseconds) for _, nanoseconds in pairs) / 1e9


def row(name, program, directory, rounds):
    """Run a tool both ways, and give a row of the table."""
    plain = [str(program), *TOOLS[name]]
    cached = [str(program.with_name("lazyast")), "run", *plain]
    shutil.rmtree(directory / "cache", ignore_errors=True)
    # pylint keeps results of the last run; both ways find those of the other.
    run(plain, directory, {})
    first = run(cached, directory, {})
    pairs = [(run(plain, directory, {}), run(cached, directory, {})) for _ in range(rounds)]
    outputs = {first.output, *(each.output for pair in pairs for each in pair)}
    before, after = (statistics.median(each.seconds for each in side) for side in zip(*pairs, strict=True))
    trees, parsing = time_in_parser(plain, directory)
    _, served = time_in_parser(cached, directory)
    return (
        f"| {name} | {'equal' if len(outputs) == 1 else 'DIFFERS'} | {before:.2f} s | {after:.2f} s | "
        f"{before / after:.2f}x | {first.seconds:.2f} s | {trees:,} | {parsing:.2f} s | {served:.2f} s | "
        f"{100 * (1 - served / parsing) if parsing else 0:.0f} % |"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", help="the interpreter that runs the tools")
    parser.add_argument("wheel", type=Path, help="a wheel of lazyast")
    parser.add_argument("--directory", type=Path, help="where to build everything; kept [default: a temporary one]")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tools", nargs="*", default=list(TOOLS), metavar="NAME", help=", ".join(TOOLS))
    options = parser.parse_args()
    unknown = [name for name in options.tools if name not in TOOLS]
    if unknown:
        parser.error(f"unknown tools: {', '.join(unknown)}; there are {', '.join(TOOLS)}")
    with tempfile.TemporaryDirectory() as temporary:
        directory = (options.directory or Path(temporary)).resolve()
        program = prepare(options.python, options.wheel.resolve(), directory)
        version = [program, "-c", "import platform; print(platform.python_version())"]
        python = subprocess.run(version, check=True, capture_output=True, text=True).stdout.strip()
        lazyast = subprocess.run(
            [program.with_name("lazyast"), "--version"], check=True, capture_output=True, text=True
        )
        print(
            f"{DJANGO.replace('==', ' ')}, CPython {python}, {lazyast.stdout.strip()}, {date.today()}, {platform.machine()}, "
            f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.0f}, {options.rounds} rounds\n"
        )
        print("| tool | output | plain | `lazyast run` | | first run | trees | parser | lazyast | saved |")
        print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
        for name in options.tools:
            print(row(name, program, directory, options.rounds), flush=True)


if __name__ == "__main__":
    sys.exit(main())
