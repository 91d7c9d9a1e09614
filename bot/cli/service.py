"""How a service runs from the terminal: what it says, it says through its log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.cli.exits import Exit
from bot.domain.errors import StoreError, UserError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.settings import Settings

logger = logging.getLogger(__name__)


def run(settings: Settings, main: Coroutine[None, None, None]) -> int:
    """Run until stopped; what ends it is a line of the log too, where programs read that."""
    import asyncio

    from bot import logs

    logs.configure(log_format=settings.log_format, level=settings.log_level)
    try:
        asyncio.run(main)
    except (UserError, StoreError) as error:
        if settings.log_format is logs.LogFormat.TEXT:
            raise  # to the person at the terminal
        logger.critical("service.unusable", extra={"fields": {"reason": str(error)}})
        return Exit.UNUSABLE
    except Exception:
        logger.critical("service.died", exc_info=True)
        return Exit.INCOMPLETE
    return Exit.CLEAN
