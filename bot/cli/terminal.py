"""The two streams of a command: results on stdout, sentences for a person on stderr."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from pathlib import Path

from bot.domain.errors import UserError
from checks.formats.visible import spell_unseen

# https://en.wikipedia.org/wiki/ANSI_escape_code#Control_Sequence_Introducer_commands
START_OF_LINE = "\r\x1b[K"

UNWRITABLE = "the result cannot be written: {reason}"


def prepare() -> None:
    """Let no character fail: what the terminal's encoding cannot say is written as an escape.

    A stream that the caller has closed (`>&-`) is None; what is written to it is lost.
    """
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115 - open to the end
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115 - open to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def show(text: str) -> None:
    """Write a result; raises `UserError` when that fails, for example on a full disk.

    A reader that has gone away, such as `head`, changes no exit code.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _drop()
    except OSError as error:
        _drop()
        raise UserError(UNWRITABLE.format(reason=error.strerror)) from error


def _drop() -> None:
    """Let what is still to be written vanish: Python writes it once more when it ends.

    https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(text: str) -> None:
    """Write what went wrong, each line by itself, under the program's name."""
    for line in text.splitlines():
        print(f"ssot: {spell_unseen(line)}", file=sys.stderr)


def progress(text: str) -> None:
    """Show how far long work is in one line that the next one replaces; in a pipe, nothing."""
    if sys.stderr.isatty():
        print(f"{START_OF_LINE}{text}", end="", file=sys.stderr, flush=True)


def remark(text: str) -> None:
    """Tell a person how it went, beside the result."""
    print(spell_unseen(text), file=sys.stderr)


def wants_colour() -> bool:
    """Tell whether stdout is a terminal of a person who wants colours (https://no-color.org)."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout.isatty()
