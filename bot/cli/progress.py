"""Progress of long work: one line on a terminal, nothing in a pipe."""

from __future__ import annotations

from bot.cli import terminal

STEP = "{what} {done:,} of {total:,} files"
POINT = "{day} ({done} of {total}): {step}"


class ProgressLine:
    """Tells how far the work is; each line replaces the one before."""

    def __init__(self) -> None:
        self._point = ""

    def begin_point(self, day: str, done: int, total: int) -> None:
        """Say which point of a history is worked on."""
        self._point = POINT.format(day=day, done=done, total=total, step="{step}")
        terminal.progress(self._point.format(step=""))

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say how many files are done."""
        step = STEP.format(what=what, done=done, total=total)
        terminal.progress(self._point.format(step=step) if self._point else step)

    def end(self) -> None:
        """Leave the line as it was."""
        terminal.progress("")
