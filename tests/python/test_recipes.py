"""The recipes for CI systems in `docs/ci.md`, and the hooks for pre-commit: their commands run, as far as they are ours."""

import os
import re
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml", reason="tested on the oldest interpreter")

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
pytestmark = pytest.mark.skipif(os.name != "posix", reason="the recipes are for Unix")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


DOCUMENTS = [yaml.safe_load(block) for block in blocks("yaml")]
LOCAL_HOOKS = [
    hook for page in DOCUMENTS for repo in page.get("repos", []) for hook in repo["hooks"] if "entry" in hook
]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with lazyast on the path, in which the recipes' tool is one that tests have."""
    shutil.copytree(Path(__file__).parent / "example", tmp_path / "project")
    programs = tmp_path / "bin"
    programs.mkdir()
    flake8 = programs / "flake8"
    flake8.write_text('#!/bin/sh\nexec python -m compileall -q "$@"\n')
    flake8.chmod(0o755)
    path = [str(programs), sysconfig.get_path("scripts"), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(path))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("LAZYAST_CACHE_DIR", str(tmp_path / "project" / ".lazyast"))
    monkeypatch.setenv("CI", "true")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


def execute(commands):
    """Run the commands but those that install packages, and give what they print."""
    ours = [command for command in commands if not command.startswith("pip ")]
    assert len(ours) >= 2
    result = subprocess.run(["bash", "-ec", "\n".join(ours)], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_shards(project, tmp_path):
    (page,) = [page for page in DOCUMENTS if "warm" in page.get("jobs", {})]
    warm, merge = page["jobs"]["warm"], page["jobs"]["merge"]
    commands = [step["run"] for step in warm["steps"] if "run" in step]
    for shard in warm["strategy"]["matrix"]["shard"]:
        lines = [re.sub(r"\$\{\{ matrix.shard \}\}", str(shard), line) for line in commands]
        execute([*lines, "true"])
    commands = [step["run"] for step in merge["steps"] if "run" in step and not step["run"].startswith("rsync ")]
    execute([*commands, "true"])
    environment = {**os.environ, "LAZYAST_CACHE_UNDERLAY": "trees"}
    result = subprocess.run(["lazyast", "warm", "--cache-dir", "mine"], capture_output=True, text=True, env=environment)
    assert " 0 new, " in result.stdout, result.stdout


def test_github_actions(project, tmp_path):
    (job,) = DOCUMENTS[0]["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert "2 new, 0 cached" in execute(commands)
    assert "0 new, 2 cached" in execute(commands)
    key = (tmp_path / "output").read_text().splitlines()[0]
    assert re.fullmatch(r"key=v\d+-[0-9a-f]{16}-\d+", key)
    # The part that differs between versions is the name of the directory that only this version reads.
    assert (project / ".lazyast" / key.removeprefix("key=")).is_dir()
    (cached,) = [step["with"] for step in job["steps"] if "cache" in step.get("uses", "")]
    assert job["env"]["LAZYAST_CACHE_DIR"].endswith("/" + cached["path"])


def test_gitlab(project):
    (job,) = DOCUMENTS[1].values()
    assert "2 new, 0 cached" in execute(job["script"])
    assert job["variables"]["LAZYAST_CACHE_DIR"].endswith(job["cache"]["paths"][0])


def test_docker(project, tmp_path):
    files = [block.replace("\\\n", "") for block in blocks("dockerfile")]
    build, image = ([line.removeprefix("RUN ") for line in file.splitlines() if "RUN" in line] for file in files)
    command = build[-1].split(maxsplit=1)
    assert command[0].startswith("--mount=type=cache,")
    assert "2 new, 0 cached" in execute([command[1], "true"])
    layer = tmp_path / "layer"
    command = image[-1].replace("/opt/lazyast", str(layer)).rsplit(maxsplit=1)[0]
    assert "2 new, 0 cached" in execute([f"{command} src", "true"])
    shutil.rmtree(project / ".lazyast")
    searched = subprocess.run(
        ["lazyast", "warm", "src"],
        env={**os.environ, "LAZYAST_CACHE_UNDERLAY": str(layer)},
        capture_output=True,
        text=True,
    )
    assert "0 new, 2 cached" in searched.stdout


def run_hook(hook, arguments, *files):
    """Run a hook as pre-commit does."""
    command = [*shlex.split(hook["entry"]), *arguments, *files]
    return subprocess.run(command, capture_output=True, text=True)


def hook_of(hooks, name):
    (hook,) = (hook for hook in hooks if hook["id"] == name)
    return hook


def test_warm_hook(project):
    result = run_hook(hook_of(HOOKS, "lazyast-warm"), [], "src/client.py", "src/report.py")
    assert result.returncode == 0 and "2 new" in result.stdout


@pytest.mark.parametrize("hook", [hook_of(HOOKS, "lazyast-forbid"), hook_of(LOCAL_HOOKS, "no-breakpoints")])
def test_forbidding_hooks(project, hook):
    arguments = ["breakpoint()"] if hook["id"] == "lazyast-forbid" else []
    assert run_hook(hook, arguments, "src/client.py").returncode == 0
    (project / "src" / "bad.py").write_text("def f():\n    breakpoint()\n")
    result = run_hook(hook, arguments, "src/client.py", "src/bad.py")
    assert result.returncode == 1 and "src/bad.py:2:5:" in result.stdout
    assert run_hook(hook, arguments, "src/missing.py").returncode == 1


def test_a_tool_as_a_hook(project):
    assert run_hook(hook_of(LOCAL_HOOKS, "flake8"), [], "src/client.py").returncode == 0
    (project / "src" / "bad.py").write_text("def f(:\n")
    assert run_hook(hook_of(LOCAL_HOOKS, "flake8"), [], "src/bad.py").returncode == 1


def test_hooks_have_what_pre_commit_needs():
    for hook in HOOKS:
        assert hook.keys() >= {"id", "name", "entry", "language", "types"}
        assert shlex.split(hook["entry"])
