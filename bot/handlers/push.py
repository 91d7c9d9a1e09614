"""A branch moved: where its config changed, the pull requests to it are judged by another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.events import found
from bot.domain.jobs import Job, JobKind, Priority
from checks.config import CONFIG_PATH

if TYPE_CHECKING:
    from bot.domain.events import Event

EVENT = "push"

# "The array includes a maximum of 2048 commits."
# https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
MAX_COMMITS = 2048
_BRANCHES = "refs/heads/"
_LISTS = ("added", "modified", "removed")


def jobs(event: Event) -> list[Job]:
    """Ask, at the lowest priority, for new reviews of the pull requests to a branch.

    No open pull request can point at a branch that was created or deleted by this push: deleting
    a branch closes them.
    """
    installation = event.installation_id
    if installation is None:
        return []
    ref = event.text("ref")
    is_new = event.find("created") is True or event.find("deleted") is True
    if is_new or not ref.startswith(_BRANCHES) or not _may_touch_config(event):
        return []
    return [
        Job(
            kind=JobKind.BRANCH,
            installation_id=installation,
            repository=event.repository,
            number=0,
            priority=Priority.SWEEP,
            branch=ref.removeprefix(_BRANCHES),
        )
    ]


def _may_touch_config(event: Event) -> bool:
    """Tell whether the config may differ now; a list that is cut or forced past proves nothing."""
    commits = event.find("commits")
    if event.find("forced") is True or not isinstance(commits, list):
        return True
    return not 0 < len(commits) < MAX_COMMITS or any(map(_touches_config, commits))


def _touches_config(commit: object) -> bool:
    lists = [found(commit, name) for name in _LISTS]
    return any(not isinstance(paths, list) or CONFIG_PATH in paths for paths in lists)
