"""Use an installed lazyast: its command finds a hit, and its trees are those of `ast.parse`. Takes a second."""

import ast
import os
import subprocess
import tempfile
from pathlib import Path

SOURCE = "def answer():\n    return open('a')\n"

with tempfile.TemporaryDirectory() as directory:
    os.environ["LAZYAST_CACHE_DIR"] = os.path.join(directory, "cache")
    import lazyast

    path = Path(directory, "a.py")
    path.write_text(SOURCE)
    assert ast.dump(lazyast.parse_file(path), include_attributes=True) == ast.dump(
        ast.parse(SOURCE), include_attributes=True
    )
    (match,) = lazyast.Project(directory).find("open($X)")
    assert ast.unparse(match.captures["X"]) == "'a'"
    command = ["lazyast", "find", "open($X)", directory]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "a.py:2:12:" in printed, printed
    # Windows cannot delete files that are mapped.
    del match
