"""Webhook events: one file each, discovered; payload in, jobs out.

A handler is a module of this package with two names: `EVENT`, GitHub's name of the event, and
`jobs(event)`, a pure function that tells what the delivery makes worth doing. A payload without a
field that GitHub promises raises MalformedError; an action that is none of ours gives no jobs.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.domain.errors import PluginError
from checks import plugins

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

    from bot.domain.events import Event
    from bot.domain.jobs import Job

    EventHandler = Callable[[Event], Sequence[Job]]

INCOMPLETE = "{module} is no event handler: it needs a text EVENT and a function jobs(event)."
DUPLICATE = "{module} handles the event {event}, and so does {other}: one of them has to go."


def discover(package: ModuleType | None = None) -> Mapping[str, EventHandler]:
    """Find the handler of each event, or raise PluginError for an incomplete or second one."""
    package = package or sys.modules[__name__]
    owners: dict[str, ModuleType] = {}
    for _, module in plugins.load(package):
        event = _event_of(module)
        if event in owners:
            raise PluginError(
                DUPLICATE.format(module=module.__name__, event=event, other=owners[event].__name__)
            )
        owners[event] = module
    return {event: module.jobs for event, module in owners.items()}


def _event_of(module: ModuleType) -> str:
    event = getattr(module, "EVENT", None)
    if not isinstance(event, str) or not event or not callable(getattr(module, "jobs", None)):
        raise PluginError(INCOMPLETE.format(module=module.__name__))
    return event
