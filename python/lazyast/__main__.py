"""The command `lazyast`, also `python -m lazyast`.

`demo` needs an interpreter and is written in Python; everything else is the Rust command line, which
runs in this process.
"""

import signal
import sys

from lazyast import _native


def main() -> int:
    """Run the command line of this process and give its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["demo"]:
        from lazyast import demo

        return demo.main(arguments[1:])
    # The interpreter's handler would only take note; the command should stop.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.run(["lazyast", *arguments])


if __name__ == "__main__":
    sys.exit(main())
