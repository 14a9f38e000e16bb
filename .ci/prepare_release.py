"""Write the repository's address into what a package index shows: `.ci/prepare_release.py ADDRESS REVISION`.

An index shows README.md without the repository around it. So relative links become absolute ones, to the files of the
revision, and pyproject.toml gets the project's URLs. The release workflow calls this in its checkout, with the address
that it runs at; no address is written down in the repository, and a fork's release names the fork.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"(?<=\]\()(?!\w+:|#)([^)#\s]+)")
URLS = """
[project.urls]
Repository = "{address}"
Documentation = "{address}/blob/{revision}/docs/index.md"
Changelog = "{address}/blob/{revision}/CHANGELOG.md"
Issues = "{address}/issues"
"""


def main(address, revision, root=ROOT):
    """Change README.md and pyproject.toml in place."""
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(LINK.sub(rf"{address}/blob/{revision}/\1", text), encoding="utf-8")
    project = root / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    if "[project.urls]" in text:
        sys.exit("pyproject.toml has URLs already")
    project.write_text(text + URLS.format(address=address, revision=revision), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
