"""What happens to a cache in real life.

    python tests/faults [--short] [--seed N] [PART...]

Runs under any interpreter that has lazyast installed. A small codebase is edited all the time; writers are killed, many
processes are at work at once, disks are full, files are damaged, clocks are wrong. After each event a project is
opened, and its trees are compared with what `ast.parse` makes of the files. Prints how often each thing happened, and
stops with a traceback at the first wrong tree, exception or failed process.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import damage
import disks
import processes
from codebase import Codebase


def main():
    """Run the parts that are asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help="kill, together, crowd, fork, disks, damage or gone")
    parser.add_argument("--short", action="store_true", help="everything, but few times")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    short = options.short

    with tempfile.TemporaryDirectory(prefix="lazyast-faults-") as name:
        root = Path(name)
        os.environ["LAZYAST_CACHE_DIR"] = str(root / "cache-of-process")
        # Automatic collection would be of no use here: everything is young.
        codebase = Codebase(root, options.seed)
        counts = codebase.counts

        def on_disks():
            if not disks.can_mount(root / "disk"):
                print("disks: left out, because none can be mounted here (root may)")
                return
            disks.full(Codebase(root / "disks", options.seed, counts=counts), 2 if short else 60)
            disks.read_only(Codebase(root / "read-only", options.seed, counts=counts))

        def on_damage():
            damage.files(root, counts, 61 if short else 1)
            damage.clocks(root, counts, 10 if short else 300)
            damage.twice(root, counts, 20 if short else 400)

        parts = {
            "kill": lambda: processes.kill(codebase, 12 if short else 500),
            "together": lambda: processes.together(codebase, 2 if short else 50),
            "crowd": lambda: processes.crowd(codebase, 4 if short else 60),
            "fork": lambda: processes.fork(codebase, (3 if short else 20) if hasattr(os, "fork") else 0),
            "disks": on_disks,
            "damage": on_damage,
            "gone": lambda: damage.gone(codebase, 3 if short else 50),
        }
        for part in options.parts or parts:
            started = time.monotonic()
            before = dict(counts)
            parts[part]()
            new = {what: count - before.get(what, 0) for what, count in counts.items() if count != before.get(what)}
            print(
                f"{part} ({time.monotonic() - started:.0f} s):",
                ", ".join(f"{new[what]} {what}" for what in new),
                flush=True,
            )


if __name__ == "__main__":
    main()
