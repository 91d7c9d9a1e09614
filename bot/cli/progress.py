"""Progress of long work: one line on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys

# https://en.wikipedia.org/wiki/ANSI_escape_code#Control_Sequence_Introducer_commands
CLEAR_LINE = "\r\x1b[K"
STEP = "{what} {done:,} of {total:,} files"
POINT = "{day} ({done} of {total}): {step}"


class Progress:
    """Tells how far the work is; each line replaces the one before."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._point = ""

    def begin_point(self, day: str, done: int, total: int) -> None:
        """Say which point of a history is worked on."""
        self._point = POINT.format(day=day, done=done, total=total, step="{step}")
        self._write(self._point.format(step=""))

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say how many files are done."""
        step = STEP.format(what=what, done=done, total=total)
        self._write(self._point.format(step=step) if self._point else step)

    def end(self) -> None:
        """Leave the line as it was."""
        self._write("")

    def _write(self, text: str) -> None:
        if self._is_shown:
            sys.stderr.write(f"{CLEAR_LINE}{text}")
            sys.stderr.flush()
