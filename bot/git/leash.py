"""Work with git in a thread, stopped with all of its git commands when nobody waits for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from bot.git.process import Leash, leashed

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec

    Parameters = ParamSpec("Parameters")

Result = TypeVar("Result")


async def in_thread(
    work: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    """Run `work` in a thread; cancelled, kill the git commands that it started and let none start.

    A thread cannot be stopped, and the process does not end before it.
    """
    leash = Leash()
    with leashed(leash):
        try:
            return await asyncio.to_thread(work, *args, **kwargs)
        except asyncio.CancelledError:
            leash.cut()
            raise
