"""Measures lazyast and other tools on the questions of `questions.py`.

    python benches/python/queries.py [--corpus DIR] [--rounds N] [--question TEXT] [--contestant TEXT]

Every measurement runs in a process of its own. Contestants take turns in each round, so that other load on the machine
affects all of them. The columns are medians: the time, its ratio to the baseline, the growth of memory in megabytes,
and the number of hits. The baseline of Python code is opening the project with lazyast and searching; the baseline of
programs is `lazyast find -c`. If hits differ from those of `ast.walk`, the run ends with an error, unless
`questions.py` gives the reason. Programs that search text count lines, which are not compared.
"""

import argparse
import importlib.util
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import lazyast
from jobs import files
from questions import CONTESTANTS, QUESTIONS, Question

QUESTIONS_FILE = Path(__file__).with_name("questions.py")
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).parents[2] / "target"))
NEEDS = {"ast-grep-py": ["ast_grep_py"], "tree-sitter": ["tree_sitter", "tree_sitter_python"]}
COUNTS = "lazyast find -c"
"""The baseline of programs."""
REFERENCE = "ast.parse, ast.walk"
"""The contestant whose hits are correct by definition."""


@dataclass(frozen=True)
class Setting:
    """What all questions have in common."""

    corpus: Path
    cache: Path
    programs: dict[str, str]


@dataclass
class Result:
    seconds: float
    hits: int
    memory: int | None = None
    positions: str | None = None
    """A digest of the positions of the hits."""


Contestant = Callable[[Question, Setting], Result]


def in_python(contestant: str) -> Contestant:
    def run(question: Question, setting: Setting) -> Result:
        command = [sys.executable, QUESTIONS_FILE, question.name, contestant, setting.corpus, setting.cache]
        output = subprocess.run(command, capture_output=True, text=True, check=False)
        if output.returncode != 0:
            raise SystemExit(f"{question.name}, {contestant}: exit code {output.returncode}\n{output.stderr}")
        return Result(**json.loads(output.stdout))

    return run


def as_program(command_of: Callable[[Question, Setting], list[str]], counts: bool) -> Contestant:
    def run(question: Question, setting: Setting) -> Result:
        command = command_of(question, setting)
        # One run without timing: otherwise the first contestant would pay for what other work has evicted from caches.
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            started = time.perf_counter()
            process = subprocess.run(command, stdout=output, stderr=errors, check=False)
            seconds = time.perf_counter() - started
            output.seek(0)
            lines = output.read().splitlines()
            errors.seek(0)
            message = errors.read().decode(errors="replace")
        if process.returncode not in (0, 1):  # 1: no hits
            raise SystemExit(f"{command}: exit code {process.returncode}\n{message}")
        hits = sum(int(line.rpartition(b":")[2]) for line in lines) if counts else len(lines)
        return Result(seconds, hits)

    return run


def lazyast_program(*flags: str) -> Callable[[Question, Setting], list[str]]:
    def command(question: Question, setting: Setting) -> list[str]:
        verb = "select" if question.is_selector else "find"
        cache = ["--cache-dir", str(setting.cache)]
        return [setting.programs["lazyast"], verb, *flags, *cache, question.pattern, str(setting.corpus)]

    return command


def ripgrep(*flags: str) -> Callable[[Question, Setting], list[str]]:
    def command(question: Question, setting: Setting) -> list[str]:
        lines = ["--multiline"] if r"\s*pass" in question.text else []
        return [setting.programs["rg"], *flags, *lines, "--type=py", question.text, str(setting.corpus)]

    return command


def ast_grep(question: Question, setting: Setting) -> list[str]:
    program = [setting.programs["ast-grep"]]
    if question.rule is None:
        arguments = ["run", "--lang=python", "--pattern", question.pattern]
    else:
        rule = {"id": "question", "language": "python", "severity": "info", "rule": question.rule}
        arguments = ["scan", "--inline-rules", json.dumps(rule)]
    return [*program, *arguments, "--json=stream", str(setting.corpus)]


# name -> (the program that it needs, the measurement)
PROGRAMS: dict[str, tuple[str, Contestant]] = {
    COUNTS: ("lazyast", as_program(lazyast_program("-c"), counts=True)),
    "lazyast find": ("lazyast", as_program(lazyast_program(), counts=False)),
    "rg -c, text": ("rg", as_program(ripgrep("-c"), counts=True)),
    "rg, text": ("rg", as_program(ripgrep(), counts=False)),
    "ast-grep": ("ast-grep", as_program(ast_grep, counts=False)),
}
EXACT = ("lazyast", "ast.parse", "ast-grep", "tree-sitter")
"""Prefixes of the contestants whose hits are nodes."""


def check(question: Question, found: dict[str, list[Result]]) -> dict[str, str]:
    """Check that all hits are equal. Return a remark for each contestant whose hits may differ."""
    exact = [results[-1] for name, results in found.items() if name.startswith(EXACT)]
    expected = found[REFERENCE][-1] if REFERENCE in found else exact[0] if exact else None
    remarks = {}
    for contestant, results in found.items():
        result = results[-1]
        if expected is None or not contestant.startswith(EXACT):
            remarks[contestant] = "lines"
        elif result.hits != expected.hits:
            reason = question.differs.get(contestant)
            if reason is None:
                raise SystemExit(f"{question.name}: {contestant} has {result.hits} hits, not {expected.hits}")
            remarks[contestant] = reason
        elif result.positions is not None and expected.positions is not None and result.positions != expected.positions:
            raise SystemExit(f"{question.name}: {contestant} has hits at other positions")
    return remarks


def run(question: Question, contestants: dict[str, Contestant], setting: Setting, rounds: int) -> None:
    found: dict[str, list[Result]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            found[name].append(contestant(question, setting))
    remarks = check(question, found)
    medians = {name: statistics.median(result.seconds for result in results) for name, results in found.items()}
    text = question.pattern.replace("\n", " / ")
    print(f"\n{question.name}: {text}")
    for name, seconds in medians.items():
        base = medians.get(COUNTS if name in PROGRAMS else next(iter(CONTESTANTS)))
        ratio = f"{seconds / base:9.2f}x" if base else " " * 10
        grown = [result.memory for result in found[name] if result.memory is not None]
        memory = f"{statistics.median(grown) / 1e6:8.1f}" if grown else " " * 8
        hits = found[name][-1].hits
        print(
            f"  {name:26}{seconds * 1e3:10.1f}{ratio}{memory}{hits:9}  {remarks.get(name, '')}".rstrip(),
            flush=True,
        )


def available(only: str, programs: dict[str, str]) -> dict[str, Contestant]:
    """Return the contestants that are installed."""
    contestants: dict[str, Contestant] = {}
    missing = []
    for name in CONTESTANTS:
        if all(importlib.util.find_spec(module) for module in NEEDS.get(name, [])):
            contestants[name] = in_python(name)
        else:
            missing.append(name)
    for name, (program, contestant) in PROGRAMS.items():
        if program in programs:
            contestants[name] = contestant
        else:
            missing.append(name)
    if missing:
        print(f"not installed, skipped: {', '.join(missing)}; see benches/README.md")
    return {name: contestant for name, contestant in contestants.items() if only in name}


def copy_searched(corpus: Path, paths: list[Path], copy: Path, cache: Path) -> int:
    """Copy the files that all contestants can search, and return their number.

    ast-grep skips files that are not UTF-8, and lazyast files without an archive.
    """
    project = lazyast.Project(paths, cache_dir=cache)
    copied = 0
    unsearched = set(project.select("Module").unsearched)
    for path in (module.path for module in project if module.path not in unsearched):
        source = path.read_bytes()
        if is_utf8(source):
            target = copy / path.relative_to(corpus)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source)
            copied += 1
    return copied


def is_utf8(source: bytes) -> bool:
    try:
        source.decode()
    except UnicodeDecodeError:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the queries of lazyast and of other tools side by side.")
    library = Path(sysconfig.get_paths()["stdlib"])
    parser.add_argument("--corpus", type=Path, default=library, help="default: the standard library")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--question", default="", help="only questions whose name contains this text")
    parser.add_argument("--contestant", default="", help="only contestants whose name contains this text")
    parser.add_argument("--lazyast", type=Path, default=TARGET / "dist" / "lazyast", help="the native program")
    options = parser.parse_args()
    programs = {name: path for name in ("rg", "ast-grep") if (path := shutil.which(name))}
    if options.lazyast.exists():
        programs["lazyast"] = str(options.lazyast)
    print(f"{platform.processor() or platform.machine()}, {platform.system()}; medians of {options.rounds}")
    contestants = available(options.contestant, programs)
    with tempfile.TemporaryDirectory(prefix="lazyast-bench-") as temporary:
        corpus, cache = options.corpus.resolve(), Path(temporary, "cache")
        cache.mkdir(mode=0o700)
        # Installed packages are left out of the standard library; of another corpus, all files are searched.
        paths = files(corpus) if options.corpus == library else sorted(corpus.rglob("*.py"))
        copied = copy_searched(corpus, paths, copy := Path(temporary, "corpus"), cache)
        print(
            f"Python {platform.python_version()}, {options.corpus}, {copied} files; milliseconds, ratio, megabytes, hits"
        )
        # Fills the cache, and the system's page cache.
        in_python(next(iter(CONTESTANTS)))(QUESTIONS[0], setting := Setting(copy, cache, programs))
        for question in QUESTIONS:
            if options.question in question.name:
                run(question, contestants, setting, options.rounds)


if __name__ == "__main__":
    main()
