"""What all contestants are given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from answers import TREE, Answer

TimedWork = Callable[[], Answer]
"""What is timed. Contestants prepare it: they import what they need, and fill caches that are warm."""


@dataclass
class Setting:
    """The corpus, and a directory for what contestants store between runs."""

    corpus: Path
    scratch: Path
    kept: list[Any] = field(default_factory=list)
    """Trees that live until the process ends."""
    failed: list[str] = field(default_factory=list)
    """Files that the contestant cannot parse."""

    @cached_property
    def paths(self) -> list[Path]:
        """All files of the corpus."""
        return sorted(self.corpus.rglob("*.py"))

    def prepared(self, name: str) -> Path:
        """Return a directory that runs of one corpus share."""
        directory = self.scratch / f"{self.corpus.name}-{name}"
        directory.mkdir(parents=True, exist_ok=True)
        return directory

    def attempt(self, path: Path, work: Callable[[], Any], otherwise: Any) -> Any:
        """Do something with a file that a parser may reject, although it is valid."""
        try:
            return work()
        except Exception:
            self.failed.append(str(path.relative_to(self.corpus)))
            return otherwise

    def over_files(self, job: str, parse: Callable[[Path], Any], on_tree: Callable[[Any], list[Any]]) -> TimedWork:
        """Parse each file and answer; keep the trees if that is the job."""
        paths = self.paths

        def work() -> Answer:
            if job == "memory":
                self.kept = [(path, self.attempt(path, lambda path=path: parse(path), None)) for path in paths]
                return [(path, TREE) for path, tree in self.kept if tree is not None]
            return [(path, self.attempt(path, lambda path=path: on_tree(parse(path)), [])) for path in paths]

        return work
