"""Print a digest of the archive of every Python file under some directories, or why a file has none.

    python tests/digest.py DIRECTORY... > before

Two versions of lazyast that print the same make the same archives.
"""

import hashlib
import os
import sys
from pathlib import Path

os.environ["LAZYAST_CACHE_DIR"] = "off"

from lazyast import _native


def main() -> None:
    """Print one line for each file."""
    for directory in map(Path, sys.argv[1:]):
        for path in sorted(directory.rglob("*.py")):
            if not path.is_file():
                continue
            source = path.read_bytes()
            archive = _native.archive(source)
            digest = _native.explain(source) if archive is None else hashlib.sha256(archive).hexdigest()[:16]
            print(path.relative_to(directory), digest)


if __name__ == "__main__":
    main()
