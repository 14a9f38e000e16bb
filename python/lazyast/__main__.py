"""`python -m lazyast`: the command `lazyast`, which is a native program that is installed with this package."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path


def _directories() -> Iterator[Path]:
    """List the directories where installers put programs of this package, the likeliest first."""
    yield Path(sysconfig.get_path("scripts"))
    # Packages of the interpreter that a virtual environment builds upon.
    yield Path(sysconfig.get_path("scripts", vars={"base": sys.base_prefix}))
    # pip install --user
    yield Path(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")))
    # pip install --target
    yield Path(__file__).parents[1] / "bin"
    # pip install --prefix
    yield from (prefix / "bin" for prefix in Path(__file__).parents[4:5])


def _find() -> Path:
    """Find the program, or exit with a message."""
    name = "lazyast" + (sysconfig.get_config_var("EXE") or "")
    for directory in _directories():
        program = directory / name
        if program.is_file():
            return program
    tried = ", ".join(dict.fromkeys(map(str, _directories())))
    sys.exit(f"lazyast: error: the program {name} is not installed with this package; looked in {tried}")


def main() -> int:
    """Run the command with the arguments of this process; on Unix, in its place."""
    program = _find()
    # What is written in Python runs in this interpreter, and searches leave out what this interpreter does not parse.
    version = "{}.{}".format(*sys.version_info[:2])
    environment = {**os.environ, "LAZYAST_PYTHON": sys.executable, "LAZYAST_PYTHON_VERSION": version}
    arguments = [os.fspath(program), *sys.argv[1:]]
    if sys.platform != "win32":
        os.execve(program, arguments, environment)
    try:
        return subprocess.run(arguments, env=environment).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
