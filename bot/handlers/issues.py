"""An issue was written or closed: what follows the migration may say something else now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.jobs import census_of

if TYPE_CHECKING:
    from bot.domain.events import Event
    from bot.domain.jobs import Job

EVENT = "issues"

PERSON = "User"
# What we never do ourselves; other bots close issues by the dozen.
_FOREIGN = frozenset({"opened", "closed", "reopened"})


def jobs(event: Event) -> list[Job]:
    """Have all tracked issues looked at again: any of them may refer to this one.

    Which they are stands in the config, and that is read with the default branch. Of edits only
    those of people count: our own come back here, too.
    """
    installation = event.installation_id
    is_edit = event.action == "edited" and event.find("sender.type") == PERSON
    if installation is None or not (is_edit or event.action in _FOREIGN):
        return []
    return [census_of(installation, event.repository)]
