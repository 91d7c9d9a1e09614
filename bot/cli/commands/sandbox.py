"""Try everything on a local GitHub with a sample repository and open pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.arguments import port

if TYPE_CHECKING:
    import argparse

PORT_HELP = "the port of the page to open (default: any free one)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `ssot sandbox`."""
    parser.add_argument("--port", metavar="PORT", type=port, default=0, help=PORT_HELP)


def run(arguments: argparse.Namespace) -> int:
    """Run the local GitHub and the service against it, until stopped."""
    from bot.sandbox.run import run_sandbox  # type: ignore[import-not-found]  # wired last

    return int(run_sandbox(port=arguments.port))
