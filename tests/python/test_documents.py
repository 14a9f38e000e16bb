"""What README and the documentation site show can be run; `tests/documents.py` says how."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import lazyast
import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


# Libraries that a page uses, and that `nox -s tables` or `nox -s engines` installs.
LIBRARIES = {
    "questions.md": ["duckdb", "matplotlib", "numpy", "polars"],
    "engines.md": ["pyspark", "ray", "daft", "dask.dataframe"],
}


def run(path):
    runner = ROOT / "tests" / "documents.py"
    return subprocess.run([sys.executable, str(runner), str(path)], capture_output=True, text=True)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_blocks(path):
    for library in LIBRARIES.get(path.name, []):
        pytest.importorskip(library)
    result = run(path)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```python\nassert 1 == 2\n```\n", "AssertionError"),
        ("```python\nprint(1)\n```\n\n```output\n2\n```\n", "expected:\n2"),
        ("```console\n$ lazyast nothing\n```\n", "exit code 2"),
        ("```console\n$ echo 1\n2\n```\n", "expected:\n2"),
        ("```pycon\n>>> 1 + 1\n3\n```\n", "Expected:\n    3"),
        ("```toml\na =\n```\n", "Invalid value"),
        ("```\nlazyast\n```\n", "no such kind of block"),
        ("```python\n", "has no end"),
    ],
)
def test_wrong_documents_fail(text, message, tmp_path):
    path = tmp_path / "page.md"
    path.write_text(text)
    result = run(path)
    assert result.returncode == 1
    assert message in result.stderr


def test_every_page_is_in_the_navigation():
    def pages(entries):
        for entry in entries:
            for target in entry.values():
                yield from pages(target) if isinstance(target, list) else [target]

    configuration = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))
    listed = list(pages(configuration["project"]["nav"]))
    assert sorted(listed) == sorted(path.name for path in DOCUMENTS[1:])


def test_every_public_name_is_in_the_reference():
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^::: lazyast\.(\w+)$", text, re.MULTILINE)) == sorted(lazyast.__all__)
