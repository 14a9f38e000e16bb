"""Other projects' test suites, with `lazyast.install()` in force: nothing may fail that passes without it.

    python tests/suites.py [NAME...]

Each suite runs twice under this interpreter's pytest, as it is and with `install()`; what each test did is
compared. `test_ast` and its like are the interpreter's own, as far as it has them. Without names, these run alone. The
others are fetched at the versions below with pip, so they need a network, and what they need must be installed
(`nox -s suites`).
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from xml.etree import ElementTree

TIMEOUT_SECONDS = 1800
# CPython's own tests of what uses syntax trees. `test_tstring` is new in 3.14, `test_type_params` in 3.12.
CPYTHON = [
    "test_ast",
    "test_compile",
    "test_fstring",
    "test_grammar",
    "test_patma",
    "test_syntax",
    "test_tstring",
    "test_type_params",
    "test_unparse",
]
# Name: version, what has to be installed for it, and what pytest is told inside of the unpacked source.
SUITES = {
    "pyflakes": ("3.4.0", [], ["pyflakes"]),
    "flake8-bugbear": ("26.10.27", ["flake8-bugbear==26.10.27", "hypothesis", "hypothesmith"], ["tests"]),
    "vulture": ("2.16", ["toml"], ["tests"]),
    "mccabe": ("0.7.0", ["mccabe==0.7.0", "hypothesis", "hypothesmith"], ["test_mccabe.py"]),
    "gast": ("0.6.0", ["gast==0.6.0"], ["tests"]),
    "beniget": ("0.4.2.post1", ["gast==0.6.0"], ["tests"]),
    "RestrictedPython": ("8.0", ["RestrictedPython==8.0", "pytest-mock"], ["tests"]),
    "bandit": (
        "1.9.4",
        ["bandit[sarif]==1.9.4", "GitPython", "beautifulsoup4", "fixtures", "testscenarios", "testtools"],
        ["tests"],
    ),
    "beartype": ("0.23.1", ["beartype==0.23.1"], ["beartype_test"]),
    "coverage": ("7.17.5", ["coverage==7.17.5", "flaky", "hypothesis"], ["tests/test_arcs.py", "tests/test_parser.py"]),
    "griffelib": ("2.4.1", ["griffe==2.4.1", "mkdocstrings-python", "jsonschema"], ["tests"]),
    "interrogate": ("1.7.0", ["interrogate[png]==1.7.0"], ["tests"]),
    "pylint": (
        "4.1.4",
        ["pylint==4.1.4", "pytest-benchmark", "pytest-timeout"],
        ["tests/test_functional.py", "tests/checkers"],
    ),
    "radon": ("6.0.1", ["radon==6.0.1"], ["radon/tests"]),
    "typeguard": ("4.6.1", ["typeguard==4.6.1"], ["tests"]),
}


def inside(arguments):
    """Run pytest with `install()` in force; tell how many trees were lazyast's."""
    import lazyast
    import pytest
    from lazyast import _native

    served = 0
    native_parse = _native.parse

    def parse(*arguments):
        nonlocal served
        tree = native_parse(*arguments)
        served += tree is not None
        return tree

    _native.parse = parse
    lazyast.install()
    code = pytest.main(arguments)
    Path(os.environ["SERVED"]).write_text(str(served))
    return int(code)


def outcomes(place, arguments, mine):
    """Run a suite: what each test did, and how many trees were lazyast's."""
    with tempfile.TemporaryDirectory() as scratch:
        report, served = Path(scratch, "report.xml"), Path(scratch, "served")
        start = [sys.executable, __file__, "--inside"] if mine else [sys.executable, "-m", "pytest"]
        options = ["-q", "-p", "no:cacheprovider", "--override-ini=addopts=", f"--junitxml={report}"]
        run = subprocess.run(
            [*start, *options, *arguments],
            cwd=place,
            env={**os.environ, "SERVED": str(served), "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )
        if not report.exists() or (mine and not served.exists()):
            raise SystemExit(f"pytest has not come to its end: exit code {run.returncode}\n{run.stdout[-4000:]}")
        found = {}
        for case in ElementTree.parse(report).iter("testcase"):
            bad = [child for child in case if child.tag in ("failure", "error", "skipped")]
            name = f"{case.get('classname')}.{case.get('name')}"
            found[name] = (bad[0].tag, bad[0].text or "") if bad else ("passed", "")
        return found, int(served.read_text()) if mine else 0


def unpacked(name, scratch):
    """Fetch the source of a tool; give the directory."""
    version, _, _ = SUITES[name]
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", name, f"{name}=={version}"]
    subprocess.run([*pip, "-d", scratch], check=True)
    (archive,) = Path(scratch).glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(scratch, filter="data")
    (place,) = (path for path in Path(scratch).iterdir() if path.is_dir())
    return place


def compare(name):
    """Run a suite both ways; print what differs. Give whether nothing did, and how many trees were lazyast's."""
    with tempfile.TemporaryDirectory() as scratch:
        if name in CPYTHON:
            version, place, arguments = sys.version.split()[0], scratch, ["--pyargs", f"test.{name}"]
        else:
            version, _, arguments = SUITES[name]
            place = unpacked(name, scratch)
        plain, _ = outcomes(place, arguments, mine=False)
        mine, served = outcomes(place, arguments, mine=True)
    different = [test for test in plain.keys() | mine.keys() if plain.get(test, [0])[0] != mine.get(test, [0])[0]]
    for test in sorted(different):
        before, (after, text) = plain.get(test, ("missing", ""))[0], mine.get(test, ("missing", ""))
        print(f"  {test}: {before} without lazyast, {after} with it\n{text}")
    passed = sum(outcome == "passed" for outcome, _ in plain.values())
    print(
        f"{name} {version}: {len(plain)} tests, {passed} pass without lazyast; "
        f"{len(different)} differ with it; {served} trees were lazyast's",
        flush=True,
    )
    return not different and passed > 0, served


def main():
    if sys.argv[1:2] == ["--inside"]:
        return inside(sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join([*CPYTHON, *SUITES]))
    names = parser.parse_args().names or CPYTHON
    unknown = [name for name in names if name not in CPYTHON and name not in SUITES]
    if unknown:
        parser.error(f"unknown suites: {', '.join(unknown)}; there are {', '.join([*CPYTHON, *SUITES])}")
    present = [name for name in names if name in SUITES or importlib.util.find_spec(f"test.{name}")]
    results = [compare(name) for name in present]
    # Some suites parse nothing themselves, and pytest need not parse what it has compiled before.
    return 0 if all(good for good, _ in results) and sum(served for _, served in results) > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
