"""What a package index shows, and what a release consists of."""

import json
import re
import runpy
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDRESS = "https://example.org/owner/lazyast"


@pytest.fixture
def prepared(tmp_path):
    """A checkout in which the repository's address is written into the metadata."""
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    main = runpy.run_path(str(ROOT / ".ci" / "prepare_release.py"))["main"]
    main(ADDRESS, "v1.0", tmp_path)
    return tmp_path


def links(text):
    return re.findall(r"\]\(([^)]+)\)", text)


def test_links_of_readme_exist():
    relative = [link for link in links((ROOT / "README.md").read_text()) if ":" not in link]
    assert len(relative) > 5
    for link in relative:
        assert (ROOT / link.partition("#")[0]).is_file(), link


def test_links_become_absolute(prepared):
    before, after = links((ROOT / "README.md").read_text()), links((prepared / "README.md").read_text())
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert new == (old if old.startswith("https://") else f"{ADDRESS}/blob/v1.0/{old}")


def test_metadata_has_the_address(prepared):
    project = tomllib.loads((prepared / "pyproject.toml").read_text())
    assert project["project"]["urls"]["Repository"] == ADDRESS
    assert all(url.startswith(ADDRESS) for url in project["project"]["urls"].values())
    # What stood there before is unchanged.
    del project["project"]["urls"]
    assert project == tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_versions_agree():
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    citation = (ROOT / "CITATION.cff").read_text()
    assert re.search(r"^version: (.+)$", citation, re.MULTILINE)[1] == version


@pytest.mark.parametrize(
    "options, profile",
    [([], "release"), (["--release"], "release"), (["-r"], "release"), (["--profile", "ci"], "ci")],
)
def test_the_profile_of_the_command(options, profile, tmp_path, monkeypatch):
    build = runpy.run_path(str(ROOT / "packaging" / "lazyast_build.py"))["build_command"]
    commands = []

    def run(command, **_):
        commands.append(command)
        messages = json.dumps({"executable": str(tmp_path / "lazyast")}).encode()
        return subprocess.CompletedProcess(command, 0, messages)

    (tmp_path / "lazyast").write_text("")
    monkeypatch.setitem(build.__globals__, "DATA", tmp_path / "data")
    monkeypatch.setattr(subprocess, "run", run)
    build(options)
    (command,) = commands
    assert command[command.index("--profile") + 1] == profile
    assert (tmp_path / "data" / "scripts" / "lazyast").exists()
