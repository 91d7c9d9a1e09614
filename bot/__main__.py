"""`python -m bot`, and the console script `ssot`."""

from __future__ import annotations

import sys

from bot.cli.entry import run


def main() -> int:
    """Run the command that stands in the process's arguments; return the exit code."""
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
