"""Search for sources that lazyast serves and the interpreter sees differently.

    python tests/differential/fuzz.py --seconds 60 --seed 1

Takes valid statements, changes their tokens, and compares whatever lazyast serves with the running interpreter:
the same tree, no exception, no warning. Findings are minimised and grouped by their shape. The exit status is 1 if
there are any.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import queue
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
# The search has no use for a cache, and must not fill the user's.
os.environ.setdefault("LAZYAST_CACHE_DIR", "off")

from differential import grammar, lexical, oracle, seeds, templates
from differential.minimise import minimise
from differential.mutations import as_bytes, mutate, single_changes
from differential.tokens import shape

_BATCH = 2000
_FILES_PER_PROCESS = 60
# How many sources are given as the bytes of a file.
_BYTES_SHARE = 0.05


def _all_changes() -> Iterator[str]:
    return itertools.chain.from_iterable(map(single_changes, seeds.CONSTRUCTS))


_T = TypeVar("_T")


class FastRandom(Random):
    """Chooses with one random number, which saves a fifth of the time of the search. The bias does not matter."""

    def choice(self, seq: Sequence[_T]) -> _T:
        return seq[int(self.random() * len(seq))]

    def randint(self, a: int, b: int) -> int:
        return a + int(self.random() * (b - a + 1))

    def randrange(self, start: int, stop: int | None = None) -> int:  # type: ignore[override]
        return int(self.random() * start) if stop is None else start + int(self.random() * (stop - start))


EXHAUSTIVE: dict[str, Callable[[], Iterator[str]]] = {"changes": _all_changes, "templates": templates.all_short}


class Options(NamedTuple):
    """How to search."""

    seconds: float
    seed: int
    processes: int
    exhaustive: str | None = None


def _hash(source: str | bytes) -> int:
    data = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest())


@dataclass
class Outcome:
    """What a search has seen."""

    mutants: int = 0
    served: int = 0
    # Hashes of the sources: many are made more than once.
    distinct: set[int] = field(default_factory=set)
    # The smallest source of each shape, with its difference.
    findings: dict[str, tuple[str | bytes, oracle.Difference]] = field(default_factory=dict)

    def add(self, other: "Outcome") -> None:
        """Take over what another search has seen."""
        self.mutants += other.mutants
        self.served += other.served
        self.distinct |= other.distinct
        for key, finding in other.findings.items():
            self.findings.setdefault(key, finding)


class Search:
    """One process's share: a stream of sources that depends on the seed alone."""

    def __init__(self, seed: int, files: int = _FILES_PER_PROCESS) -> None:
        self.random = FastRandom(seed)
        self.grammar = grammar.Grammar(self.random)
        self.seeds = seeds.collect(self.random, files)
        # What looks like a known kind is not minimised again: that would take most of the time.
        self.seen: set[str] = set()

    def source(self) -> str:
        """Return the next source."""
        choice = self.random.random()
        if choice < 0.1:
            return lexical.source(self.random)
        if choice < 0.2:
            return templates.random_nested(self.random)
        if choice < 0.35:
            return self.grammar.source()
        if choice < 0.45:
            return mutate(self.random, self.grammar.source(), self.seeds)
        return mutate(self.random, self.random.choice(self.seeds), self.seeds)

    def run_all(self, sources: Iterable[str], until: float) -> Iterator[Outcome]:
        """Compare all of some sources, while there is time."""
        outcome = Outcome()
        for source in sources:
            self._compare(source, outcome)
            if outcome.mutants == _BATCH:
                yield outcome
                outcome = Outcome()
                if time.monotonic() > until:
                    return
        yield outcome

    def run(self, mutants: int, until: float | None = None) -> Outcome:
        """Compare that many sources, or as many as there is time for."""
        outcome = Outcome()
        for _ in range(mutants):
            source: str | bytes = self.source()
            if self.random.random() < _BYTES_SHARE:
                source = as_bytes(self.random, source)
            self._compare(source, outcome)
            if until is not None and time.monotonic() > until:
                break
        return outcome

    def _compare(self, source: str | bytes, outcome: Outcome) -> None:
        outcome.mutants += 1
        outcome.distinct.add(_hash(source))
        verdict = oracle.compare(source)
        if isinstance(verdict, oracle.Difference):
            self._note(source, verdict, outcome)
        outcome.served += bool(verdict)

    def _note(self, source: str | bytes, difference: oracle.Difference, outcome: Outcome) -> None:
        if isinstance(source, bytes):
            # Not minimised: tokens are of text.
            outcome.findings.setdefault(f"{difference.category} {source!r}", (source, difference))
            return
        if shape(source) in self.seen:
            return
        self.seen.add(shape(source))

        def shows(candidate: str) -> bool:
            verdict = oracle.compare(candidate)
            return isinstance(verdict, oracle.Difference) and verdict.category == difference.category

        smallest = minimise(source, shows)
        found = oracle.compare(smallest)
        assert isinstance(found, oracle.Difference)
        outcome.findings.setdefault(f"{found.category} {shape(smallest)}", (smallest, found))


def _process(options: Options, number: int, until: float, results: "multiprocessing.Queue[Outcome | None]") -> None:
    try:
        search = Search(options.seed * 1000 + number, 0 if options.exhaustive else _FILES_PER_PROCESS)
        if options.exhaustive:
            sources = itertools.islice(EXHAUSTIVE[options.exhaustive](), number, None, options.processes)
            for outcome in search.run_all(sources, until):
                results.put(outcome)
        while not options.exhaustive and time.monotonic() < until:
            results.put(search.run(_BATCH, until))
    finally:
        results.put(None)


def search(options: Options) -> Outcome:
    """Search in several processes, each with a seed of its own."""
    results: multiprocessing.Queue[Outcome | None] = multiprocessing.Queue()
    until = time.monotonic() + options.seconds
    workers = [
        multiprocessing.Process(target=_process, args=(options, number, until, results))
        for number in range(options.processes)
    ]
    for worker in workers:
        worker.start()
    total = Outcome()
    running = options.processes
    while running:
        try:
            outcome = results.get(timeout=60)
        except queue.Empty:
            if not all(worker.is_alive() for worker in workers):
                raise RuntimeError("a process of the search crashed") from None
            continue
        if outcome is None:
            running -= 1
            continue
        for key, (source, difference) in outcome.findings.items():
            if key not in total.findings:
                print(f"{difference.category}: {source!r}\n    {difference.detail}", flush=True)
        total.add(outcome)
    for worker in workers:
        worker.join()
        if worker.exitcode:
            raise RuntimeError(f"a process of the search ended with {worker.exitcode}")
    return total


def main() -> int:
    """Run the search of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--exhaustive", choices=EXHAUSTIVE, help="all sources of a kind instead of random ones")
    parser.add_argument("--output", type=Path, help="a JSON file for the findings")
    options = parser.parse_args()
    outcome = search(Options(options.seconds, options.seed, options.processes, options.exhaustive))
    version = ".".join(map(str, sys.version_info[:3]))
    print(
        f"Python {version}: {outcome.mutants} sources, {len(outcome.distinct)} of them different, "
        f"{outcome.served} served, {len(outcome.findings)} kinds of differences"
    )
    if options.output:
        findings = [
            {"source": source if isinstance(source, str) else repr(source), **difference._asdict()}
            for source, difference in outcome.findings.values()
        ]
        options.output.write_text(json.dumps(findings, indent=1, ensure_ascii=False), "utf-8")
    return bool(outcome.findings)


if __name__ == "__main__":
    sys.exit(main())
