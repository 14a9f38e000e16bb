"""The command `lazyast`, also `python -m lazyast`.

The subcommand `demo` needs an interpreter and is written in Python. All others are the Rust command line, which runs
in this process.
"""

import signal
import sys

from lazyast import _native


def main() -> int:
    """Run the command line of this process and return the exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["demo"]:
        from lazyast import demo

        return demo.main(arguments[1:])
    # The interpreter's handler would only set a flag, which native code does not read; SIGINT should end the command.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.run(["lazyast", *arguments])


if __name__ == "__main__":
    sys.exit(main())
