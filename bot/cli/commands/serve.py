"""Run the service: webhook server and worker in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.arguments import port
from bot.cli.exits import Exit

if TYPE_CHECKING:
    import argparse

HOST_HELP = "the address to listen on (default: HOST, else 127.0.0.1)"
PORT_HELP = "the port to listen on (default: PORT, else 8080)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `ssot serve`."""
    parser.add_argument("--host", metavar="ADDRESS", help=HOST_HELP)
    parser.add_argument("--port", metavar="PORT", type=port, help=PORT_HELP)


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped; what a flag leaves open, the environment decides."""
    import asyncio
    import os

    from bot import app, logs
    from bot.settings import forget_secrets, from_environment

    flags = {"HOST": arguments.host, "PORT": arguments.port}
    given = {name: str(value) for name, value in flags.items() if value is not None}
    settings = from_environment({**os.environ, **given})
    forget_secrets(os.environ)
    logs.configure(log_format=settings.log_format, level=settings.log_level)
    asyncio.run(app.serve(settings))
    return Exit.CLEAN
