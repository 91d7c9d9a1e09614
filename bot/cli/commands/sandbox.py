"""Try ssot on a local GitHub with a sample repository and open pull requests."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from bot.cli import terminal
from bot.cli.arguments import port
from bot.cli.exits import Exit

if TYPE_CHECKING:
    import argparse

PORT_HELP = "the port of the page (default: any free one)"
STARTING = "Starting a local GitHub and the service; this takes a few seconds …"
READY = "Ready. Open {url} in a browser to see reviewed pull requests. (Ctrl-C ends everything.)\n"
SERVICE = (
    "The service's own pages: {service}/{repository} shows the migration, "
    "{service}/operator the queue. (Log in as {operator}.)\n"
)
NO_LISTENING = frozenset({errno.EACCES, errno.EADDRINUSE, errno.EADDRNOTAVAIL})
CANNOT_LISTEN = "cannot listen on port {port}: {reason}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `ssot sandbox`."""
    parser.add_argument("--port", metavar="PORT", type=port, default=0, help=PORT_HELP)


def run(arguments: argparse.Namespace) -> int:
    """Run the local GitHub and the service against it, until stopped."""
    import asyncio

    from bot.domain.errors import UserError
    from bot.sandbox.run import run_sandbox
    from bot.sandbox.sample import NAME, OPERATOR

    def announce(url: str, service: str) -> None:
        terminal.progress("")
        terminal.show(READY.format(url=url))
        terminal.show(SERVICE.format(service=service, repository=NAME, operator=OPERATOR))

    terminal.progress(STARTING)
    try:
        asyncio.run(run_sandbox(port=arguments.port, announce=announce))
    except asyncio.CancelledError:
        pass  # the way to end it
    except OSError as error:
        if error.errno not in NO_LISTENING:
            raise
        terminal.progress("")
        # asyncio puts the whole address into `strerror`.
        reason = CANNOT_LISTEN.format(port=arguments.port, reason=os.strerror(error.errno))
        raise UserError(reason) from error
    return Exit.CLEAN
