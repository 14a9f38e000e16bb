"""Every test of the project: `pip install nox && nox`. `nox -l` lists the parts.

The wheel is built once, and installed for each CPython from 3.11 on that is found: versions that pyenv
has, and `python3.N` commands.
"""

import json
import os
import runpy
import shutil
import subprocess
from pathlib import Path

import nox

ROOT = Path(__file__).parent
WHEELS = ROOT / "target" / "wheels-for-tests"
OLDEST = 11
NEWEST_LOOKED_FOR = 19
# Optimised enough for whole libraries, without the time that link-time optimisation takes.
PROFILE = "ci"

QUESTION = """
import json, platform, sys, sysconfig
print(json.dumps([
    platform.python_implementation(), *sys.version_info[:3],
    bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
]))
"""

nox.options.error_on_missing_interpreters = True


def version_of(python):
    """Give the version of a CPython as a tuple, or None if it is nothing to test."""
    try:
        answer = subprocess.run([python, "-c", QUESTION], capture_output=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    implementation, *version, free_threaded = json.loads(answer)
    if implementation != "CPython" or free_threaded or version < [3, OLDEST]:
        return None
    return tuple(version)


def interpreters():
    """Find the newest patch release of each minor version: `{"3.11": path}`."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    candidates = sorted(map(str, pyenv.glob("versions/3.*/bin/python")))
    for minor in range(OLDEST, NEWEST_LOOKED_FOR + 1):
        candidates.append(shutil.which(f"python3.{minor}"))
    candidates.append(shutil.which("python3"))
    best = {}
    for python in filter(None, candidates):
        version = version_of(python)
        if version is not None:
            best[version[:2]] = max(best.get(version[:2], ()), (version, python))
    return {f"{major}.{minor}": python for (major, minor), (_, python) in sorted(best.items())}


@nox.session
def rust(session):
    """Check formatting, lints and generated files, and run the Rust tests."""
    cargo = ["cargo", "--locked"]
    session.run("cargo", "fmt", "--all", "--check", external=True)
    session.run(
        *cargo, "clippy", "--workspace", "--all-targets", "--profile", PROFILE,
        "--", "--deny", "warnings", external=True,
    )  # fmt: skip
    session.run(*cargo, "test", "--workspace", "--profile", PROFILE, external=True)
    xtask = [*cargo, "run", "--quiet", "--profile", PROFILE, "--package", "xtask", "--"]
    session.run(*xtask, "generate", "--check", external=True)


@nox.session
def wheel(session):
    """Build the wheel that the other sessions install."""
    session.install("maturin>=1.9,<2")
    shutil.rmtree(WHEELS, ignore_errors=True)
    session.run("maturin", "build", "--profile", PROFILE, "--out", str(WHEELS), "--locked")


def built_wheel():
    """Give the wheel that the session `wheel` has built."""
    (path,) = WHEELS.glob("*.whl")
    return str(path)


def python(session):
    """Run the package's tests, and compare with `ast.parse` over the interpreter's own library."""
    session.install(built_wheel(), "pytest")
    session.run("pytest", *session.posargs)
    session.run("python", "tests/suites.py", "test_ast")
    code = "import sysconfig; print(sysconfig.get_path('stdlib'))"
    library = session.run("python", "-c", code, silent=True).strip()
    session.run(
        "python", "tests/fidelity.py", library, "--exclude", "site-packages",
        env={"LAZYAST_CACHE_DIR": "off"},
    )  # fmt: skip


FOUND = interpreters()
for version, path in FOUND.items():
    nox.session(python, name=f"python-{version}", python=path, requires=["wheel"])


@nox.session(default=False, requires=["wheel"])
def suites(session):
    """Run the suites of tools that are built on `ast`, with lazyast and without it. Needs a network."""
    tools = runpy.run_path("tests/suites.py")["SUITES"]
    names = session.posargs or list(tools)
    session.install(built_wheel(), "pytest", "setuptools", *(need for name in names for need in tools[name][1]))
    session.run("python", "tests/suites.py", *names)


@nox.session(python=next(iter(FOUND.values()), None), requires=["wheel"])
def faults(session):
    """Break a cache in every way, a few times; without --short, as often as a change to the store needs."""
    session.install(built_wheel())
    session.run("python", "tests/faults", *(session.posargs or ["--short"]))


@nox.session(python=next(iter(FOUND.values()), None), requires=["wheel"])
def queries(session):
    """Take each statement of a standard library as a pattern, and ask a part of it every query of the tests."""
    session.install(built_wheel())
    session.run("python", "tests/queries/statements.py")
    code = "import sysconfig; print(sysconfig.get_path('stdlib'))"
    library = Path(session.run("python", "-c", code, silent=True).strip())
    # The whole library takes minutes: tests/queries/compare.py without arguments.
    packages = [library / name for name in ("json", "asyncio", "email", "unittest", "importlib")]
    session.run("python", "tests/queries/compare.py", *map(str, packages))


@nox.session(python=next(iter(FOUND.values()), None), requires=["wheel"])
def lint(session):
    """Check the Python code, its types, and that the stubs say what the built package has."""
    session.install("ruff>=0.14", "mypy>=1.18", "pyright[nodejs]>=1.1.400", built_wheel())
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    session.run("pyright")
    with session.chdir(session.create_tmp()):
        session.run("stubtest", "lazyast", "--ignore-missing-stub")
