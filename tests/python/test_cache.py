"""`lazyast.Cache`: what the commands do, for programs."""

import ast
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import lazyast
import pytest


@pytest.fixture
def code(tmp_path):
    """Return a directory with three sources, one of them invalid."""
    code = tmp_path / "code"
    code.mkdir()
    (code / "a.py").write_text("a = 1\n")
    (code / "b.py").write_text("b = 1\nb = 2\n")
    (code / "wrong.py").write_text("x = (\n")
    return code


@pytest.fixture
def cache(tmp_path):
    """Return an unused cache."""
    return lazyast.Cache(tmp_path / "cache")


def test_warm(cache, code, tmp_path):
    assert cache.directory == tmp_path / "cache"
    for new, cached in [(2, 0), (0, 2)]:
        warmed = cache.warm(code, verify="content")
        assert (warmed.files, warmed.new, warmed.cached, warmed.unread, warmed.lines) == (3, new, cached, 0, 3)
        ((path, reason),) = warmed.failures
        assert path == code / "wrong.py"
        assert "syntax" in reason.lower() or reason
    assert cache.warm([code / "a.py", str(code / "b.py")], jobs=1).cached == 2
    with pytest.raises(ValueError, match="verify must be"):
        cache.warm(code, verify="never")


def test_stats(cache, code):
    cache.warm(code)
    cache.warm(code)
    (stats,) = cache.stats()
    assert stats.path.parent == cache.directory
    assert (stats.packs, stats.archives, stats.damaged_packs, stats.projects) == (1, 2, 0, 1)
    assert (stats.hits, stats.misses) == (2, 2)
    assert stats.bytes > stats.pack_bytes > 100
    (cache.directory / "v0-0123456789abcdef-3").mkdir()
    assert [other.path.name for other in cache.stats()][1:] == ["v0-0123456789abcdef-3"]


def test_verify(cache, code):
    cache.warm(code)
    (checked,) = cache.verify()
    assert (checked.whole, checked.problems) == (2, ())
    content = bytearray(checked.path.read_bytes())
    content[200] ^= 1
    checked.path.unlink()
    checked.path.write_bytes(content)
    (checked,) = cache.verify()
    assert checked.whole == 1
    assert checked.problems[0].startswith("entry ")
    trees = {ast.dump(module.tree) for module in lazyast.Project(code, cache_dir=cache.directory)}
    assert trees == {ast.dump(ast.parse((code / name).read_text())) for name in ("a.py", "b.py")}


def test_gc(cache, code):
    cache.warm(code)
    nothing = cache.gc()
    assert (nothing.archives, nothing.projects, nothing.versions, nothing.leftovers, nothing.bytes) == (0,) * 5
    would = cache.gc(max_age=timedelta(0), dry_run=True)
    assert cache.warm(code).cached == 2
    done = cache.gc(max_age=timedelta(0))
    assert done == would
    assert (done.archives, done.projects) == (2, 1)
    assert cache.warm(code).new == 2
    assert cache.gc(max_size=0).archives == 2
    assert cache.gc(max_age=timedelta.max).bytes == 0


def test_clean(cache, code):
    cache.warm(code)
    tree = lazyast.Project(code, cache_dir=cache.directory)[1].tree
    size = cache.stats()[0].bytes
    assert cache.clean() == size
    assert cache.clean() == 0
    assert ast.dump(tree) == ast.dump(ast.parse("b = 1\nb = 2\n")), "open trees stay usable"


def test_export_and_import(cache, code, tmp_path):
    packed = tmp_path / "trees.pack"
    exported = cache.export_pack(packed, code)
    assert (exported.archives, exported.bytes) == (2, packed.stat().st_size)
    assert [path for path, _ in exported.failures] == [code / "wrong.py"]
    other = lazyast.Cache(tmp_path / "other")
    assert (other.import_pack(packed).archives, other.import_pack(str(packed)).new) == (2, 0)
    assert other.warm(code).new == 0
    whole = other.export_pack(tmp_path / "whole.pack")
    assert (whole.archives, list(whole.failures)) == (2, [])
    assert lazyast.Cache(tmp_path / "third").import_pack(tmp_path / "whole.pack").new == 2
    damaged = tmp_path / "damaged.pack"
    damaged.write_bytes(packed.read_bytes()[:-1])
    for path in (damaged, tmp_path / "none", tmp_path):
        with pytest.raises(lazyast.CorruptPack, match=str(path)):
            other.import_pack(path)
    with pytest.raises(OSError):
        cache.export_pack(tmp_path / "none" / "trees.pack", code)


def test_shards_of_many_workers(code, tmp_path):
    for number in range(40):
        # Every name twice, with the same source.
        (code / "package").mkdir(exist_ok=True)
        (code / "package" / f"m{number}.py").write_text(f"m = {number % 20}\n")
    checkout = tmp_path / "elsewhere" / "code"
    shutil.copytree(code, checkout)
    packs = tmp_path / "packs"
    packs.mkdir()
    program = [sys.executable, "-m", "lazyast", "pack", "export"]
    workers = []
    for number in range(1, 5):
        # Two checkouts, a cache each, all at once.
        directory = code if number % 2 else checkout
        options = ["--shard", f"{number}/4", "--root", directory, "--cache-dir", tmp_path / f"cache-{number}"]
        workers.append(subprocess.Popen([*program, *options, packs / f"{number}.pack", directory]))
    assert [worker.wait() for worker in workers] == [0] * 4
    merged = lazyast.Cache(tmp_path / "merged")
    archives = [merged.import_pack(pack) for pack in sorted(packs.iterdir())]
    assert all(archive.archives < 20 for archive in archives)
    assert sum(archive.new for archive in archives) == 22 < sum(archive.archives for archive in archives)
    # A cache that has them as its underlay parses nothing but the source with an error.
    project = lazyast.Cache(tmp_path / "developer", underlay=[tmp_path / "merged"])
    warmed = project.warm(code)
    assert (warmed.new, warmed.cached, len(warmed.failures)) == (0, 42, 1)
    # The bytes of a shard depend on nothing but the sources.
    for number, directory in ((1, checkout), (2, code)):
        again = tmp_path / "again.pack"
        merged.export_pack(again, directory, shard=(number, 4), root=directory)
        assert again.read_bytes() == (packs / f"{number}.pack").read_bytes()
    with pytest.raises(ValueError, match="from 1/8 to 8/8, not"):
        merged.export_pack(again, code, shard=(5, 4), root=code)
    with pytest.raises(OSError, match="is not below"):
        merged.export_pack(again, code, shard=(1, 4), root=checkout)


def test_whole_caches_with_the_same_content_have_the_same_bytes(code, tmp_path):
    sources = [f"x = {number}\n" for number in range(50)]
    packs = []
    for worker, given in enumerate((sources, sources[::-1])):
        for part in (given[:20], given[20:]):
            lazyast.columns(part, cache_dir=tmp_path / f"cache-{worker}")
        packs.append(tmp_path / f"{worker}.pack")
        lazyast.Cache(tmp_path / f"cache-{worker}").export_pack(packs[-1])
    assert packs[0].read_bytes() == packs[1].read_bytes()


def test_a_project_from_a_pack(cache, code, tmp_path, monkeypatch):
    packed = tmp_path / "trees.pack"
    cache.export_pack(packed, code, sources=True, root=code)
    expected = lazyast.Project(code, cache_dir=cache.directory)
    sources = {module.path.relative_to(code): module.source for module in expected}
    trees = {module.path.relative_to(code): ast.dump(module.tree) for module in expected}
    # Nothing of it is read where the files were.
    shutil.rmtree(code)
    monkeypatch.chdir(tmp_path)
    project = lazyast.Project.from_pack(packed)
    assert {module.path: module.source for module in project} == sources
    assert {module.path: ast.dump(module.tree) for module in project} == trees
    assert repr(project).startswith(f"<Project: {packed}, ")
    (failure,) = project.failures
    assert failure.path == Path("wrong.py") and isinstance(failure.error, lazyast.UnreadableFile)
    assert [match.text for match in project.find("$X = $Y")] == ["a = 1", "b = 1", "b = 2"]
    assert project.lines == expected.lines


def test_packs_that_are_no_projects(cache, code, tmp_path, monkeypatch):
    packed = tmp_path / "trees.pack"
    cache.export_pack(packed, code)
    with pytest.raises(lazyast.CorruptPack, match="no manifest"):
        lazyast.Project.from_pack(packed)
    with pytest.raises(FileNotFoundError):
        lazyast.Project.from_pack(tmp_path / "none")
    with pytest.raises(OSError, match="is not below"):
        cache.export_pack(packed, code, manifest=True, root=tmp_path / "other")
    cache.export_pack(packed, code, manifest=True, root=code)
    data = bytearray(packed.read_bytes())
    data[100] ^= 1
    packed.write_bytes(data)
    monkeypatch.chdir(code)
    damaged = 0
    for module in lazyast.Project.from_pack(packed):
        try:
            assert isinstance(module.tree, ast.Module)
        except lazyast.UnreadableFile:
            # The file is there, and is not what was exported.
            assert module.path.exists()
            damaged += 1
    assert damaged == 1


def test_underlay(cache, code, tmp_path):
    cache.warm(code)
    upper = lazyast.Cache(tmp_path / "upper", underlay=[cache.directory])
    assert upper.warm(code).new == 0
    assert upper.stats()[0].packs == 0
    with pytest.warns(RuntimeWarning, match="none cannot be used"):
        lazyast.Cache(tmp_path / "upper", underlay=[tmp_path / "none"])


def test_underlay_by_its_deprecated_name(cache, code, tmp_path):
    cache.warm(code)
    with pytest.warns(DeprecationWarning, match="use underlay") as warned:
        upper = lazyast.Cache(tmp_path / "upper", lower=[cache.directory])
    assert warned[0].filename == __file__
    assert upper.warm(code).new == 0
    with pytest.raises(TypeError, match="lower"):
        lazyast.Cache(tmp_path / "upper", lower=[], underlay=[])


def test_underlay_from_the_environment(cache, code, tmp_path, monkeypatch, recwarn):
    cache.warm(code)
    monkeypatch.setenv("LAZYAST_CACHE_UNDERLAY", str(cache.directory))
    assert lazyast.Cache(tmp_path / "upper").warm(code).new == 0
    monkeypatch.setenv("LAZYAST_CACHE_LOWER", "counts only where the other variable is not set")
    assert lazyast.Cache(tmp_path / "upper").warm(code).new == 0
    assert not recwarn.list
    monkeypatch.delenv("LAZYAST_CACHE_UNDERLAY")
    monkeypatch.setenv("LAZYAST_CACHE_LOWER", str(cache.directory))
    with pytest.warns(DeprecationWarning, match="use LAZYAST_CACHE_UNDERLAY"):
        upper = lazyast.Cache(tmp_path / "upper")
    assert upper.warm(code).new == 0
    with pytest.warns(DeprecationWarning, match="use LAZYAST_CACHE_UNDERLAY"):
        assert lazyast.Project(code, cache_dir=tmp_path / "upper").new == 0


def test_off(code, monkeypatch):
    monkeypatch.setenv("LAZYAST_CACHE_DIR", "off")
    for cache in (lazyast.Cache(), lazyast.Cache("off")):
        assert cache.directory is None
        assert (cache.warm(code).new, cache.warm(code).new) == (2, 2)
        for verb in (cache.stats, cache.verify, cache.gc, cache.clean):
            with pytest.raises(lazyast.UnusableCache, match="disabled"):
                verb()
    assert lazyast.Project(code).new == 2
    assert lazyast.Project(code, cache_dir="off").new == 2


@pytest.mark.skipif(os.name != "posix", reason="files have no modes")
def test_a_directory_that_other_users_can_write(code, tmp_path):
    (tmp_path / "cache").mkdir(mode=0o777)
    (tmp_path / "cache").chmod(0o777)
    with pytest.raises(lazyast.UnusableCache, match="name a directory of your own"):
        lazyast.Cache(tmp_path / "cache")
    with pytest.warns(RuntimeWarning, match="name a directory of your own"):
        project = lazyast.Project(code, cache_dir=tmp_path / "cache")
    assert len(project) == 2
    assert list((tmp_path / "cache").iterdir()) == []


def test_no_directory_at_all(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(lazyast.UnusableCache, match="cannot be used"):
        lazyast.Cache(Path(tmp_path / "file"))


OTHERS = """
import subprocess, sys, lazyast
lazyast.parse("mine = 1")
subprocess.run([sys.executable, "-c", "import lazyast; lazyast.parse('theirs = 1')"], check=True)
lazyast.parse("theirs = 1")
"""


def test_archives_of_other_processes(tmp_path):
    """A process finds archives that other processes have published after it opened the cache."""
    environment = {**os.environ, "LAZYAST_CACHE_DIR": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", OTHERS], env=environment, check=True)
    (stats,) = lazyast.Cache(tmp_path / "cache").stats()
    assert (stats.hits, stats.misses) == (1, 2)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can change the owner of files")
def test_a_directory_of_another_user(cache, code, tmp_path):
    cache.warm(code)
    for path in (cache.directory, *cache.directory.glob("v*"), *cache.directory.glob("v*/packs")):
        os.chown(path, 4321, -1)
        with pytest.raises(lazyast.UnusableCache, match="belongs to user 4321, expected user 0"):
            lazyast.Cache(cache.directory)
        with pytest.warns(RuntimeWarning, match="belongs to user 4321"):
            upper = lazyast.Cache(tmp_path / "upper", underlay=[cache.directory])
        assert upper.warm(code).new == 2, "the underlay is not read"
        upper.clean()
        os.chown(path, 0, -1)
    assert lazyast.Cache(cache.directory).warm(code).new == 0
