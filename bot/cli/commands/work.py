"""Run one more worker, without the webhook server. All workers share one PostgreSQL database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli import service
from bot.cli.arguments import port

if TYPE_CHECKING:
    import argparse

HOST_HELP = "the address to listen on (default: HOST, else 127.0.0.1)"
PORT_HELP = "the port for /healthz, /readyz and /metrics (default: do not listen)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `ssot work`."""
    parser.add_argument("--host", metavar="ADDRESS", help=HOST_HELP)
    parser.add_argument("--port", metavar="PORT", type=port, help=PORT_HELP)


def run(arguments: argparse.Namespace) -> int:
    """Work until stopped.

    PORT is not asked: in one environment with `ssot serve` it is taken.
    """
    import os

    from bot import app
    from bot.settings import forget_secrets, from_environment

    given = {"HOST": arguments.host} if arguments.host else {}
    settings = from_environment({**os.environ, **given})
    forget_secrets(os.environ)
    return service.run(settings, app.work(settings, port=arguments.port))
