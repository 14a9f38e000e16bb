"""Who takes part in which job."""

import json
import shutil
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec

import with_ast
import with_lazyast
import with_object_trees
import with_syntax_trees
from answers import CALLED, REFERENCE
from setting import Setting, TimedWork

Prepare = Callable[[str, Setting], TimedWork]
ALL = ("trees", "imports", "functions", "calls", "nodes", "memory")
OWN_NODES = {"nodes": "counts nodes of its own kinds"}


@dataclass(frozen=True)
class Contestant:
    """Somebody who does jobs, in a process of its own."""

    name: str
    jobs: tuple[str, ...]
    prepare: Prepare | None = None
    """For contestants that run in Python."""
    command: Callable[[Setting], list[str]] | None = None
    """For programs, which print `path:count`."""
    needs: tuple[str, ...] = ()
    """Modules, or the program."""
    is_slow: bool = False
    """Whether it gets a tenth of the files, like a contestant of its own that runs `ast.parse`."""
    differs: dict[str, str] = field(default_factory=dict)
    """By job: why its answer is another one."""

    @property
    def missing(self) -> str | None:
        """What is not installed."""
        for name in self.needs:
            if self.command is not None:
                if program(name) is None:
                    return f"there is no program {name}"
            elif find_spec(name) is None:
                return f"there is no module {name}"
        return None


def program(name: str) -> str | None:
    """Find a program, first in this environment."""
    return shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)


def lazyast_find(setting: Setting) -> list[str]:
    cache = with_lazyast.warmed(setting)
    options = ["find", "--literal-names", "-c", "--cache-dir", str(cache), f"{CALLED}($$$)", str(setting.corpus)]
    return [program("lazyast") or "lazyast", *options]


def ripgrep(setting: Setting) -> list[str]:
    options = ["--count-matches", "--no-ignore", "--type=py", "--with-filename", rf"\b{CALLED}\(", str(setting.corpus)]
    return [program("rg") or "rg", *options]


def ast_grep(setting: Setting) -> list[str]:
    # It prints no counts; the lines of its output are counted by file.
    return [
        program("ast-grep") or "ast-grep", "run", "--lang=python", "--no-ignore=hidden", "--json=stream",
        f"--pattern={CALLED}($$$)", str(setting.corpus),
    ]  # fmt: skip


def semgrep(setting: Setting) -> list[str]:
    rules = setting.prepared("semgrep") / "rules.json"
    rule = {"id": CALLED, "languages": ["python"], "severity": "INFO", "message": "", "pattern": f"{CALLED}(...)"}
    rules.write_text(json.dumps({"rules": [rule]}))
    return [
        program("semgrep") or "semgrep", "scan", "--config", str(rules), "--json", "--quiet", "--metrics=off",
        "--disable-version-check", "--no-git-ignore", "--max-target-bytes=0", "--timeout=0", str(setting.corpus),
    ]  # fmt: skip


def ruff(setting: Setting) -> list[str]:
    return [program("ruff-parser") or "ruff-parser", str(setting.corpus)]


GENERATORS = {"calls": "its `$$$` does not match a generator without parentheses"}
TEXT = {"calls": "searches text: strings, comments and definitions count, too"}

CONTESTANTS = (
    Contestant(REFERENCE, ALL[:-1], with_ast.dropped),
    Contestant("ast.parse, kept", ("nodes", "memory"), with_ast.kept),
    Contestant("ast.parse, no collector", ("trees", "nodes"), with_ast.without_collector(with_ast.dropped)),
    Contestant("ast.parse, kept, no collector", ("memory",), with_ast.without_collector(with_ast.kept)),
    Contestant("pickled ast trees", ALL, with_ast.pickled),
    Contestant("ast_serialize: bytes", ("trees",), with_object_trees.ast_serialize, needs=("ast_serialize",)),
    Contestant("mypy's nodes", ("trees", "imports", "memory"), with_object_trees.mypy, needs=("mypy", "ast_serialize")),
    Contestant(
        "tree-sitter",
        ALL,
        with_syntax_trees.tree_sitter,
        needs=("tree_sitter", "tree_sitter_python"),
        differs=OWN_NODES | {"functions": "its tree of one file begins with an error, and has no functions"},
    ),
    Contestant(
        "ast-grep-py", ("trees", "calls"), with_syntax_trees.ast_grep, needs=("ast_grep_py",), differs=GENERATORS
    ),
    Contestant("LibCST", ALL, with_syntax_trees.libcst, needs=("libcst",), is_slow=True, differs=OWN_NODES),
    Contestant("parso, cached", ALL, with_syntax_trees.parso, needs=("parso",), is_slow=True, differs=OWN_NODES),
    Contestant("astroid", ALL, with_object_trees.astroid, needs=("astroid",), is_slow=True, differs=OWN_NODES),
    Contestant("lazyast, cold, 1 thread", ("trees", "imports"), partial(with_lazyast.cold, jobs=1)),
    Contestant("lazyast, cold", ("trees", "imports"), partial(with_lazyast.cold, jobs=None)),
    Contestant("lazyast, by content", ("trees",), partial(with_lazyast.warm, verify="content")),
    Contestant("lazyast, same code", ALL, partial(with_lazyast.warm, verify="stat")),
    Contestant("lazyast, same code, install()", ("imports", "calls", "nodes"), with_lazyast.installed),
    Contestant("lazyast.materialize", ("nodes", "memory"), with_lazyast.whole),
    Contestant("lazyast.walk", ("imports", "calls", "nodes"), with_lazyast.walked),
    Contestant("lazyast.Visitor", ("imports", "calls"), with_lazyast.visited),
    Contestant("lazyast, find or select", ("imports", "calls"), with_lazyast.queried),
    Contestant("lazyast, tables", ("imports", "calls"), with_lazyast.tabled),
    Contestant("lazyast, tables, cold", ("imports", "calls"), partial(with_lazyast.tabled, is_cold=True)),
    Contestant("$ lazyast find", ("calls",), command=lazyast_find, needs=("lazyast",)),
    Contestant("$ rg", ("calls",), command=ripgrep, needs=("rg",), differs=TEXT),
    Contestant("$ ruff's parser, no nodes", ("trees",), command=ruff, needs=("ruff-parser",)),
    Contestant("$ semgrep", ("calls",), command=semgrep, needs=("semgrep",), is_slow=True),
    Contestant("$ ast-grep", ("calls",), command=ast_grep, needs=("ast-grep",), differs=GENERATORS),
)
