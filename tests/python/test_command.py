"""The command `lazyast`, as users call it."""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest

SOURCE = "def f(x): return f'{x!r}'\n"
PROGRAM = shutil.which("lazyast", path=sysconfig.get_path("scripts"))


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "lazyast", *map(str, arguments)],
        capture_output=True,
        text=True,
        **options,
    )


def test_help():
    result = run("--help")
    assert result.returncode == 0
    assert "Usage: lazyast" in result.stdout


def test_no_arguments():
    assert run().returncode == 2


def test_unknown_command():
    result = run("nothing")
    assert result.returncode == 2
    assert "nothing" in result.stderr


def test_console_script():
    script = shutil.which("lazyast", path=sysconfig.get_path("scripts"))
    assert script is not None
    result = subprocess.run([script, "--version"], capture_output=True, text=True)
    assert result.stdout.startswith("lazyast ")


def test_the_program_is_native():
    script = shutil.which("lazyast", path=sysconfig.get_path("scripts"))
    assert Path(script).read_bytes()[:2] != b"#!"


def test_the_program_is_missing(monkeypatch, tmp_path):
    from lazyast import __main__

    monkeypatch.setattr(__main__, "_directories", lambda: iter([tmp_path]))
    with pytest.raises(SystemExit, match=f"is not installed with this package; looked in {re.escape(str(tmp_path))}"):
        __main__.main()


@pytest.mark.skipif(os.name != "posix", reason="no groups of processes")
def test_demo_runs_in_the_interpreter_that_has_the_package(tmp_path):
    """That is the interpreter beside the program, whatever is on the path and in the current directory."""
    (tmp_path / "lazyast").mkdir()
    (tmp_path / "lazyast" / "__init__.py").write_text("raise SystemExit('not this one')\n")
    script = shutil.which("lazyast", path=sysconfig.get_path("scripts"))
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    environment |= {"PATH": "", "LAZYAST_PYTHON": "", "TMPDIR": str(tmp_path)}
    options = {"stdout": subprocess.PIPE, "text": True, "env": environment, "cwd": tmp_path}
    process = subprocess.Popen([script, "demo"], start_new_session=True, **options)
    try:
        assert process.stdout.readline().startswith("lazyast demo: Python 3.")
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def pretending(directory, name, statement):
    """Return the name of a program that starts this interpreter, with a statement before everything else."""
    (directory / "sitecustomize.py").write_text(statement)
    program = directory / name
    program.write_text(f'#!/bin/sh\nPYTHONPATH={directory} exec {sys.executable} "$@"\n')
    program.chmod(0o755)
    return program


# lazyast looks at the version once.
NEXT_VERSION = """\
import collections, sys
real, names = sys.version_info, "major minor micro releaselevel serial"
sys.version_info = collections.namedtuple("version_info", names)(3, 99, 1, "final", 0)
from lazyast import _native
assert not _native.is_served()
sys.version_info = real
"""


@pytest.mark.skipif(os.name != "posix", reason="no shell")
def test_stats_say_whether_nodes_are_served(tmp_path):
    script = shutil.which("lazyast", path=sysconfig.get_path("scripts"))
    next_version = pretending(tmp_path, "python-next", NEXT_VERSION)

    def stats(python):
        environment = {**os.environ, "LAZYAST_PYTHON": str(python), "LAZYAST_CACHE_DIR": str(tmp_path / "cache")}
        options = {"capture_output": True, "text": True, "env": environment, "check": True}
        text = subprocess.run([script, "stats"], **options).stdout.splitlines()[1]
        return text, json.loads(subprocess.run([script, "stats", "--json"], **options).stdout)["interpreter"]

    version = ".".join(map(str, sys.version_info[:3]))
    text, interpreter = stats(sys.executable)
    assert text == f"nodes      served on CPython {version}, {sys.executable}"
    assert (interpreter["version"], interpreter["served"]) == (version, True)
    text, interpreter = stats(next_version)
    assert text.startswith(f"nodes      not served on CPython {version}, ")
    assert text.endswith(": its own parser makes all trees")
    assert (interpreter["version"], interpreter["served"]) == (version, False)
    text, interpreter = stats(tmp_path / "missing")
    assert text == "nodes      no interpreter has the Python package lazyast"
    assert interpreter is None


@pytest.mark.skipif(os.name != "posix", reason="no shell")
def test_everything_works_where_nodes_are_not_served(tmp_path):
    """On a version that lazyast does not know, the interpreter does everything."""
    python = pretending(tmp_path, "python-next", NEXT_VERSION)
    (tmp_path / "a.py").write_text(SOURCE)
    code = f"""
import ast, lazyast
from lazyast import _native
assert not _native.is_served()
source = {SOURCE!r}
tree = lazyast.parse(source)
assert type(tree.body[0]) is ast.FunctionDef and ast.dump(tree) == ast.dump(ast.parse(source))
assert lazyast.parent(tree.body[0]) is tree
assert [type(node) for node in lazyast.walk(tree, ast.JoinedStr)] == [ast.JoinedStr]
(module,) = lazyast.Project({str(tmp_path / "a.py")!r})
assert ast.dump(module.tree) == ast.dump(tree)
(match,) = lazyast.Project({str(tmp_path / "a.py")!r}).find("def f($X): $$$")
assert match.node.name == "f"
lazyast.install()
assert ast.dump(ast.parse(source)) == ast.dump(tree)
"""
    environment = {**os.environ, "LAZYAST_CACHE_DIR": str(tmp_path / "cache")}
    result = subprocess.run([python, "-c", code], capture_output=True, text=True, env=environment)
    assert (result.returncode, result.stderr) == (0, "")
    for arguments in (["warm", "a.py"], ["find", "def f($X): $$$", "a.py"], ["dump", "a.py"], ["verify"]):
        command = [python, "-m", "lazyast", *arguments]
        result = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)
        assert (result.returncode, result.stderr) == (0, ""), arguments


def test_warm(tmp_path):
    (tmp_path / "a.py").write_text(SOURCE)
    for expected in ("1 new, 0 cached", "0 new, 1 cached"):
        result = run("warm", "--cache-dir", tmp_path / "cache", tmp_path / "a.py")
        assert result.returncode == 0, result.stderr
        assert expected in result.stdout


@pytest.mark.slow
def test_a_list_of_100_megabytes(tmp_path):
    path = tmp_path / "a.py"
    line = b"    1, 2, 3, 'abcdefghijklm', f(x), y.z, -1.5,\n"
    path.write_bytes(b"x = [\n" + line * (100_000_000 // len(line)) + b"]\n")
    result = run("warm", "--cache-dir", tmp_path / "cache", path)
    assert result.returncode == 0, result.stderr
    assert "1 new" in result.stdout


def test_dump(tmp_path):
    path = tmp_path / "a.py"
    path.write_text(SOURCE)
    version = f"3.{sys.version_info.minor}"
    result = run("dump", "--python", version, path)
    assert result.returncode == 0, result.stderr
    assert result.stdout == ast.dump(ast.parse(SOURCE), include_attributes=True) + "\n"


def test_parsed_sources_are_kept(tmp_path):
    """A process finds the archives of sources that an earlier process has parsed."""
    environment = {**os.environ, "LAZYAST_CACHE_DIR": str(tmp_path / "cache")}
    script = f"import lazyast; lazyast.parse({SOURCE!r})"
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    (packs,) = (tmp_path / "cache").rglob("*.pack")
    before = packs.stat()
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    assert list((tmp_path / "cache").rglob("*.pack")) == [packs]
    assert packs.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.slow
def test_demo_leaves_nothing_behind(tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path), "LAZYAST_CACHE_DIR": str(tmp_path / "c")}
    result = run("demo", env=environment)
    assert result.returncode == 0, result.stderr
    assert ", 0 different" in result.stdout
    assert not [path for path in Path(tmp_path).rglob("*") if path.is_file()]


@pytest.fixture
def cache(tmp_path):
    """Return a cache directory with one pack in it."""
    (tmp_path / "a.py").write_text(SOURCE)
    assert run("warm", "--cache-dir", tmp_path / "cache", tmp_path / "a.py").returncode == 0
    return tmp_path / "cache"


def test_verify(cache):
    result = run("verify", "--cache-dir", cache)
    assert (result.returncode, result.stdout) == (0, "checked 1 pack: 1 intact archive, 0 damaged packs\n")
    (pack,) = cache.rglob("*.pack")
    content = bytearray(pack.read_bytes())
    content[200] ^= 1
    pack.unlink()
    pack.write_bytes(content)
    result = run("verify", "--cache-dir", cache)
    assert result.returncode == 1
    assert f"{pack}: entry 0: " in result.stdout
    assert "1 of 1 pack is damaged" in result.stderr
    assert "lazyast clean" in result.stderr


def test_verify_an_untrusted_file(cache, tmp_path):
    (pack,) = cache.rglob("*.pack")
    assert run("verify", pack).returncode == 0
    other = tmp_path / "other.pack"
    other.write_bytes(pack.read_bytes()[:-1])
    result = run("verify", pack, other)
    assert result.returncode == 1
    assert f"{other}: not a complete pack" in result.stdout
    assert run("verify", tmp_path / "none.pack").returncode == 1


def test_clean(cache, tmp_path):
    (cache / "mine").mkdir()
    result = run("clean", "--cache-dir", cache)
    assert result.returncode == 0
    assert result.stdout.startswith("deleted ")
    assert sorted(path.name for path in cache.iterdir()) == [".gitignore", "CACHEDIR.TAG", "mine"]
    assert "0 new, 1 cached" not in run("warm", "--cache-dir", cache, tmp_path / "a.py").stdout
    assert "nothing to delete" in run("clean", "--cache-dir", tmp_path / "none").stdout


def test_warm_verify(tmp_path):
    (tmp_path / "a.py").write_text(SOURCE)
    time.sleep(0.12)
    for options in ([], ["--verify-content"], []):
        result = run("warm", *options, "--cache-dir", tmp_path / "cache", tmp_path / "a.py")
        assert result.returncode == 0, result.stderr
    assert "0 new, 1 cached" in result.stdout


def test_gc(cache, tmp_path):
    def gc(*options):
        result = run("gc", "--cache-dir", cache, *options)
        assert result.returncode == 0, result.stderr
        return result.stdout

    nothing = "0 archives, 0 projects, 0 other versions, 0 temporary files\n"
    assert gc() == "freed 0 B: " + nothing
    (packs,) = cache.rglob("packs")
    (packs / "pack-x.tmp").write_bytes(b"x" * 2048)
    assert gc("--dry-run") == "would free 2.00 KiB: 0 archives, 0 projects, 0 other versions, 1 temporary file\n"
    assert (packs / "pack-x.tmp").exists()
    assert gc() == "freed 2.00 KiB: 0 archives, 0 projects, 0 other versions, 1 temporary file\n"
    assert "1 archive, 0 projects" in gc("--max-size", "100")
    assert list(packs.iterdir()) == []
    assert "1 new" in run("warm", "--cache-dir", cache, tmp_path / "a.py").stdout
    assert "1 archive, 1 project," in gc("--max-age", "0")
    assert run("gc", "--cache-dir", cache, "--max-size", "much").returncode == 2
    assert "nothing to delete" in run("gc", "--cache-dir", tmp_path / "none").stdout


def test_automatic_garbage_collection(cache, tmp_path):
    """It runs when a program ends, once a day, unless it is disabled."""
    script = f"import lazyast; lazyast.Project({str(tmp_path / 'a.py')!r}, cache_dir={str(cache)!r})"

    def left_after_a_day(**environment):
        leftover = next(cache.rglob("packs")) / "pack-x.tmp"
        leftover.touch()
        yesterday = time.time() - 25 * 3600
        (cache / "collected").touch()
        os.utime(cache / "collected", (yesterday, yesterday))
        subprocess.run([sys.executable, "-c", script], env={**os.environ, **environment}, check=True)
        return leftover.exists()

    assert left_after_a_day(LAZYAST_GC="off")
    assert not left_after_a_day()


def test_export_and_import(cache, tmp_path):
    packed = tmp_path / "trees.pack"
    result = run("pack", "export", "--cache-dir", cache, packed, tmp_path / "a.py")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(f"{packed}: 1 archive, ")
    other = tmp_path / "other"
    for new in (1, 0):
        result = run("pack", "import", "--cache-dir", other, packed)
        assert (result.returncode, result.stdout) == (0, f"{packed}: 1 archive, {new} new\n")
    assert "0 new, 1 cached" in run("warm", "--cache-dir", other, tmp_path / "a.py").stdout
    damaged = tmp_path / "damaged.pack"
    content = bytearray(packed.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    result = run("pack", "import", "--cache-dir", tmp_path / "third", packed, damaged)
    assert result.returncode == 1
    assert f"{packed}: 1 archive, 1 new" in result.stdout
    assert f"{damaged}: the file cannot be decompressed: " in result.stdout
    assert "1 of 2 files was not imported" in result.stderr
    assert "none: No such file" in run("pack", "import", tmp_path / "none").stderr
    assert run("pack", "import").returncode == 2
    assert run("pack", "export", "--cache-dir", cache, packed, tmp_path / "none").returncode == 1


def test_export_and_import_through_a_pipe(cache, tmp_path):
    command = f"{PROGRAM} pack export --cache-dir {cache} - | {PROGRAM} pack import --cache-dir {tmp_path / 'other'} -"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, "-: 1 archive, 1 new\n"), result.stderr
    assert re.fullmatch(r"-: 1 archive, [\d.]+ \w+\n", result.stderr)
    result = subprocess.run([PROGRAM, "pack", "import", "-"], input="no pack", capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (1, "-: the file has 7 bytes, expected at least 56\n")


def test_underlay(cache, tmp_path):
    def warm(*options, **environment):
        options = [*options, "--cache-dir", tmp_path / "upper", tmp_path / "a.py"]
        return run("warm", *options, env={**os.environ, **environment})

    def is_cached(result, message=""):
        return "0 new, 1 cached" in result.stdout and result.stderr == message

    assert is_cached(warm("--cache-underlay", cache))
    assert is_cached(warm(LAZYAST_CACHE_UNDERLAY=os.pathsep.join([str(cache), ""])))
    deprecated = "lazyast: warning: the option --cache-lower is deprecated; use --cache-underlay\n"
    assert is_cached(warm("--cache-lower", cache), deprecated)
    deprecated = "lazyast: warning: the variable LAZYAST_CACHE_LOWER is deprecated; use LAZYAST_CACHE_UNDERLAY\n"
    assert is_cached(warm(LAZYAST_CACHE_LOWER=str(cache)), deprecated)
    assert is_cached(warm(LAZYAST_CACHE_LOWER="none", LAZYAST_CACHE_UNDERLAY=str(cache)))
    assert "lower" not in run("warm", "--help").stdout
    assert not list((tmp_path / "upper").rglob("*.pack"))
    result = warm("--cache-underlay", tmp_path / "none")
    assert "1 new" in result.stdout
    assert "none cannot be used" in result.stderr
    (tmp_path / "pyproject.toml").write_text(f"[tool.lazyast]\ncache-underlay = {str(cache)!r}\n")
    result = run("warm", "--cache-dir", tmp_path / "third", "a.py", cwd=tmp_path)
    assert "1 new" in result.stdout, "a checkout cannot bring trees along"


def test_stats(cache, tmp_path):
    def stats():
        result = run("stats", "--json", "--cache-dir", cache)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    found = stats()
    assert found["directory"] == str(cache)
    (version,) = found["versions"]
    expected = {"current": True, "packs": 1, "archives": 1, "projects": 1, "damaged_packs": 0, "hits": 0, "misses": 1}
    assert version.items() >= expected.items()
    assert version["bytes"] > version["pack_bytes"] > 0
    time.sleep(0.12)
    for _ in range(3):
        assert run("warm", "--cache-dir", cache, tmp_path / "a.py", env={**os.environ, "CI": ""}).returncode == 0
    script = f"import lazyast; [lazyast.parse(source) for source in ({SOURCE!r}, {SOURCE!r}, 'new = 1')]"
    environment = {**os.environ, "LAZYAST_CACHE_DIR": str(cache)}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    (version,) = stats()["versions"]
    unread = version["unread"]
    # The timestamp may have been racy when the file was read first.
    assert (version["hits"], version["misses"], unread in (2, 3)) == (5, 2, True)
    other = cache / "v0-0123456789abcdef-3" / "packs"
    other.mkdir(parents=True)
    (other / "damaged.pack").write_bytes(b"x" * 100)
    text = run("stats", "--cache-dir", cache).stdout
    assert f"hits       5 (71.4 %), {unread} of them without reading the source\nmisses     2\n" in text
    assert "v0-0123456789abcdef-3 (another version of lazyast)\npacks      0\ndamaged    1 pack " in text
    assert "(does not exist yet)" in run("stats", "--cache-dir", tmp_path / "none").stdout
    assert json.loads(run("stats", "--json", "--cache-dir", tmp_path / "none").stdout)["versions"] == []
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("off", ["variable", "option"])
def test_without_a_cache(off, cache, tmp_path):
    """Commands that need no cache work, others report an error, and all leave the user's cache alone."""
    home = tmp_path / "home"
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home), "LAZYAST_CACHE_DIR": "off"}
    if off == "option":
        del environment["LAZYAST_CACHE_DIR"]

    def without(*arguments):
        return run(*arguments, *(["--no-cache"] if off == "option" else []), env=environment)

    source, packed = tmp_path / "a.py", tmp_path / "trees.pack"
    for _ in range(2):
        assert "1 new, 0 cached" in without("warm", source).stdout
    assert "1 archive" in without("pack", "export", packed, source).stdout
    assert without("dump", source).returncode == 0
    for command in (["stats"], ["verify"], ["gc"], ["clean"], ["dir"], ["pack", "import", packed]):
        result = without(*command)
        assert (result.returncode, result.stderr) == (1, "lazyast: error: the cache is disabled\n"), command
    assert not home.exists()
