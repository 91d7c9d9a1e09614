"""Run a worker without the webhook server: as many as wanted, on one PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.exits import Exit

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare no flags: the environment decides, as it does for `ssot serve`."""


def run(_: argparse.Namespace) -> int:
    """Work until stopped."""
    import asyncio
    import os

    from bot import app, logs
    from bot.settings import forget_secrets, from_environment

    settings = from_environment(os.environ)
    forget_secrets(os.environ)
    logs.configure(log_format=settings.log_format, level=settings.log_level)
    asyncio.run(app.work(settings))
    return Exit.CLEAN
