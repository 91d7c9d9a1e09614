"""`python -m bot`, and the console script `ssot`."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING

from bot.cli.entry import run

if TYPE_CHECKING:
    from types import FrameType

# A shell's own code for a process that SIGTERM has ended.
TERMINATED = 128 + signal.SIGTERM


def main() -> int:
    """Run the command that stands in the process's arguments; return the exit code."""
    # Other packages' plugins have no say in how a config is read, and the search takes 10 ms.
    # https://docs.pydantic.dev/latest/concepts/plugins/
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    signal.signal(signal.SIGTERM, _end)
    try:
        return run(sys.argv[1:])
    finally:
        # Now either would write a traceback of what Python does when it ends.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # Nobody needs the memory that the collector would look through at the end, for 30 ms.
        gc.freeze()


def _end(number: int, _frame: FrameType | None) -> None:
    """Leave no temporary folder behind; a service ends in its own way."""
    # `timeout` sends two at once: the second must not end what the first one tidies up.
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(TERMINATED)


if __name__ == "__main__":
    sys.exit(main())
