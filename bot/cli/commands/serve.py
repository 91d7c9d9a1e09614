"""Run the service: webhook server and worker in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli import service, terminal
from bot.cli.arguments import port

if TYPE_CHECKING:
    import argparse

    from bot.settings import Settings

HOST_HELP = "the address to listen on (default: HOST, else 127.0.0.1)"
SET_UP = """
ssot is running, but not connected to GitHub yet. To connect it, open this address in a browser:

    {setup}
{elsewhere}
It opens once; each start prints a new one. The README says how to connect by hand.
"""
ELSEWHERE = "\nFrom another machine, replace localhost with the name of this one.\n"
PORT_HELP = "the port to listen on (default: PORT, else 8080)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `ssot serve`."""
    parser.add_argument("--host", metavar="ADDRESS", help=HOST_HELP)
    parser.add_argument("--port", metavar="PORT", type=port, help=PORT_HELP)


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped; what a flag leaves open, the environment decides."""
    import os

    from bot import app
    from bot.settings import forget_secrets, from_environment

    flags = {"HOST": arguments.host, "PORT": arguments.port}
    given = {name: str(value) for name, value in flags.items() if value is not None}
    environ = {**os.environ, **given}
    forget_secrets(os.environ)

    def read() -> Settings:
        return from_environment(environ)

    return service.run(read(), app.serve(read, _announce))


def _announce(url: str, setup: str) -> None:
    """Tell the one who started us how to go on: on stderr, never in the log."""
    everywhere = [name for name in ("//0.0.0.0:", "//[::]:") if name in url]
    for name in everywhere:
        setup = setup.replace(name, "//localhost:")
    text = SET_UP.format(setup=setup, elsewhere=ELSEWHERE if everywhere else "")
    for line in text.splitlines():
        terminal.remark(line)
