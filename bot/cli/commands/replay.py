"""Put the jobs that a recorded webhook payload asks for into the queue of the service."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli import terminal
from bot.cli.desk import at_desk
from bot.cli.exits import Exit
from bot.domain.desk import title
from bot.domain.errors import MalformedError, UserError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bot.domain.jobs import Job

FILE_HELP = "a file with the payload as GitHub sent it, a JSON object; - for standard input"
EVENT_HELP = "GitHub's name of the event (the header X-GitHub-Event), such as pull_request"
STDIN = Path("-")

UNREADABLE = "{path} cannot be read: {reason}"
BAD_PAYLOAD = "{path}: {reason}"
NO_HANDLER = "ssot does not handle the event {event}: write one of {known}"
ENQUEUED = "enqueued: {title}\n"
NOTHING_TO_DO = "nothing to do for this payload\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ssot replay` takes."""
    parser.add_argument("file", metavar="FILE", type=Path, help=FILE_HELP)
    parser.add_argument("--event", metavar="NAME", required=True, help=EVENT_HELP)


def run(arguments: argparse.Namespace) -> int:
    """Enqueue what the payload makes worth doing, and say what that is.

    Under no delivery's id: what was done before for this payload is looked at again.
    """
    jobs = _jobs(arguments.file, event=arguments.event)
    if jobs:
        at_desk(lambda desk: desk.enqueue(jobs))
    text = "".join(ENQUEUED.format(title=title(job)) for job in jobs)
    terminal.show(text or NOTHING_TO_DO)
    return Exit.CLEAN


def _jobs(file: Path, *, event: str) -> Sequence[Job]:
    from bot import handlers
    from bot.domain.events import parse

    known = handlers.discover()
    if event not in known:
        raise UserError(NO_HANDLER.format(event=event, known=", ".join(sorted(known))))
    try:
        return known[event](parse(_read(file), name=event))
    except MalformedError as error:
        raise UserError(BAD_PAYLOAD.format(path=file, reason=error)) from error


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == STDIN else file.read_bytes()
    except OSError as error:
        raise UserError(UNREADABLE.format(path=file, reason=error.strerror)) from error
