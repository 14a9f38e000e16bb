"""Fault injection: a cache under load, on full disks, with damaged files, and with killed processes.

    python tests/faults [--short] [--seed N] [PART...]

Runs under any interpreter that has lazyast installed. The tests edit a small codebase all the time. They kill writers,
run many processes at once, fill disks, damage files and set clocks. After each event they open a project and compare
its trees with those of `ast.parse`. They print how often each event happened, and stop with a traceback at the first
wrong tree, exception or failed process. One part damages files in place while the command searches.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import damage
import disks
import processes
import searches
from codebase import Codebase


def main():
    """Run the requested parts, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help="kill, warm, mixed, fork, disks, damage, searches or deleted"
    )
    parser.add_argument("--short", action="store_true", help="run every part, with few repetitions")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    short = options.short

    with tempfile.TemporaryDirectory(prefix="lazyast-faults-") as name:
        root = Path(name)
        os.environ["LAZYAST_CACHE_DIR"] = str(root / "cache-of-process")
        # Automatic garbage collection has no effect here, because all archives are new.
        codebase = Codebase(root, options.seed)
        counts = codebase.counts

        def on_disks():
            if not disks.can_mount(root / "disk"):
                print("disks: skipped, because mounting a disk needs root")
                return
            disks.full_disks(Codebase(root / "disks", options.seed, counts=counts), 2 if short else 60)
            disks.read_only_disk(Codebase(root / "read-only", options.seed, counts=counts))

        def on_damage():
            damage.damage_files(root, counts, 61 if short else 1)
            damage.set_clocks(root, counts, 10 if short else 300)
            damage.edit_twice(root, counts, 20 if short else 400)

        parts = {
            "kill": lambda: processes.kill(codebase, 12 if short else 500),
            "warm": lambda: processes.warm_at_once(codebase, 2 if short else 50),
            "mixed": lambda: processes.mixed_load(codebase, 4 if short else 60),
            "fork": lambda: processes.fork(codebase, (3 if short else 20) if hasattr(os, "fork") else 0),
            "disks": on_disks,
            "damage": on_damage,
            "searches": lambda: searches.damage_during_searches(root, counts, options.seed, 25 if short else 1000),
            "deleted": lambda: damage.delete_cache(codebase, 3 if short else 50),
        }
        for part in options.parts or parts:
            started = time.monotonic()
            before = dict(counts)
            parts[part]()
            new = {event: count - before.get(event, 0) for event, count in counts.items() if count != before.get(event)}
            print(
                f"{part} ({time.monotonic() - started:.0f} s):",
                ", ".join(f"{count} {event}" for event, count in new.items()),
                flush=True,
            )


if __name__ == "__main__":
    main()
