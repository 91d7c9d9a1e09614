"""An issue was written or closed: what follows the migration may say something else now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.jobs import census_of

if TYPE_CHECKING:
    from bot.domain.events import Event
    from bot.domain.jobs import Job

EVENT = "issues"

PERSON = "User"
_ACTIONS = frozenset({"opened", "edited", "closed", "reopened"})


def jobs(event: Event) -> list[Job]:
    """Have all tracked issues looked at again: any of them may refer to this one.

    Which they are stands in the config, and that is read with the default branch. What a bot did
    changes nothing: our own edits come back here, too.
    """
    installation = event.installation_id
    if installation is None or event.action not in _ACTIONS:
        return []
    if event.find("sender.type") != PERSON:
        return []
    return [census_of(installation, event.repository)]
