"""What was measured, as JSON and as tables."""

import importlib.metadata
import os
import platform
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from answers import JOBS, REFERENCE
from contestants import OWN_NODES
from corpus import Corpus

PACKAGES = (
    "lazyast", "ast-serialize", "mypy", "tree-sitter", "tree-sitter-python", "ast-grep-py", "ast-grep-cli", "ripgrep",
    "semgrep", "libcst", "parso", "astroid",
)  # fmt: skip


@dataclass
class Row:
    """A contestant on a job."""

    job: str
    contestant: str
    is_tenth: bool
    seconds: list[float] = field(default_factory=list)
    peaks: list[int] = field(default_factory=list)
    peak_is_bound: bool = False
    """Whether the peak is not known, but at most that."""
    allocations: int | None = None
    """On a tenth of the files."""
    found: int = 0
    agreement: str = ""
    """`same`, or why the answer is another one."""
    ratio: float | None = None
    """How many times as fast as the reference on the same files."""

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def peak(self) -> float:
        return statistics.median(self.peaks)


def processor() -> str:
    """Give the name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def version_of(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent, check=False)
    return run.stdout.strip() or "unknown"


def circumstances(corpus: Corpus, directory: Path, skipped: dict[str, str]) -> dict[str, Any]:
    """Describe the machine, the versions and the files."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "command": " ".join(["python", "benches/compare", *sys.argv[1:]]),
        "machine": processor(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: version for name in PACKAGES if (version := version_of(name))},
        "skipped": skipped,
        "directory": directory.name,
        "corpus": {name: value for name, value in asdict(corpus).items() if not isinstance(value, Path)},
    }


def judge(rows: list[Row]) -> None:
    """Compute the ratios. Rows of a tenth are compared with the reference on the same tenth."""
    references = {job.name: job.reference for job in JOBS}
    medians = {(row.job, row.contestant, row.is_tenth): row.median for row in rows if row.seconds}
    for row in rows:
        reference = medians.get((row.job, references[row.job], row.is_tenth))
        row.ratio = reference / row.median if reference and row.seconds else None


def tables(rows: list[Row], about: dict[str, Any]) -> str:
    """Write everything as Markdown."""
    corpus = about["corpus"]
    packages = ", ".join(f"{name} {version}" for name, version in about["packages"].items())
    lines = [
        "# Comparison",
        "",
        f"{about['date'][:10]}, commit {about['commit']}: {about['machine']}, {about['cores']} processors, "
        f"load {about['load_before']:.1f} before; {about['system']}, Python {about['python']}; {packages}.",
        "",
        f"`{about['command']}`: {corpus['files']:,} files, {corpus['lines']:,} lines, {corpus['bytes'] / 1e6:.1f} MB of "
        f"`{about['directory']}`. A dagger marks contestants that are given a tenth of them ({corpus['tenth_lines']:,} "
        "lines); their ratios are to `ast.parse` on that tenth. Seconds are medians, with the fastest and the slowest run. "
        "Allocations are calls of malloc, calloc and realloc in another run, on that tenth: for it, CPython allocates "
        "objects with malloc, and lazyast is built without mimalloc. Those of programs are not counted.",
    ]
    left_out = ", ".join(f"{count} files with {reason}" for reason, count in corpus["left_out"].items())
    lines += ["", f"Left out: {left_out or 'nothing'}."]
    for name, reason in about["skipped"].items():
        lines.append(f"Not measured: {name}, because {reason}.")
    for job in JOBS:
        own = [row for row in rows if row.job == job.name and row.seconds]
        if not own:
            continue
        lines += ["", f"## {job.title[0].upper()}{job.title[1:]}", ""]
        lines += [f"| | seconds | runs | to `{job.reference}` | peak MB | allocations per line | answer |"]
        lines += ["|---|---|---|---|---|---|---|"]
        lines += [
            _line(row, corpus["tenth_lines"])
            for row in sorted(own, key=lambda row: -(row.ratio or 0))
            if not _is_auxiliary(row)
        ]
    return "\n".join(lines) + "\n"


def _is_auxiliary(row: Row) -> bool:
    """Whether the row is there for the ratios of others."""
    return row.is_tenth and row.contestant in (REFERENCE, "ast.parse, kept")


def _line(row: Row, tenth_lines: int) -> str:
    seconds = f"{row.median:.3f} ({min(row.seconds):.3f} to {max(row.seconds):.3f})"
    ratio = "" if row.ratio is None else f"{row.ratio:.3g}x"
    dagger = "†" if row.is_tenth else ""
    peak = f"{'at most ' * row.peak_is_bound}{row.peak / 1e6:.0f}"
    allocations = "" if row.allocations is None else f"{row.allocations / tenth_lines:.3g}"
    answer = f"{row.found:,}: {row.agreement}"
    return (
        f"| {row.contestant}{dagger} | {seconds} | {len(row.seconds)} | {ratio} | {peak} | {allocations} | {answer} |"
    )


def compare_answers(job: str, contestant: Any, answer: dict[str, Any], expected: dict[str, Any]) -> str:
    """Say how an answer agrees with that of the reference. Raises `ValueError` if it should agree and does not."""
    failed = set(answer["failed"])
    theirs = {path: found for path, found in expected["found"].items() if path not in failed}
    different = sorted(
        path for path in answer["found"].keys() | theirs if answer["found"].get(path) != theirs.get(path)
    )
    without = f", but for {len(failed)} files that it does not parse" * bool(failed)
    if not different:
        return f"the same{without}"
    if job in contestant.differs:
        files = "" if contestant.differs[job] == OWN_NODES.get(job) else f", other in {len(different)} files"
        return f"{contestant.differs[job]}{files}{without}"
    sample = ", ".join(f"{path}: {answer['found'].get(path)} not {theirs.get(path)}" for path in different[:3])
    raise ValueError(f"{job}, {contestant.name}: other answers in {len(different)} files: {sample}")
