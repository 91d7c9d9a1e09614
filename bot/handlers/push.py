"""A branch moved: the default one is measured; a config that changed judges pull requests anew."""

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
    """Ask for the census of the default branch, and for new reviews where the config changed.

    Both at the lowest priority. No open pull request can point at a branch that was created or
    deleted by this push: deleting a branch closes them.
    """
    installation = event.installation_id
    if installation is None:
        return []
    ref = event.text("ref")
    if not ref.startswith(_BRANCHES):
        return []
    branch = ref.removeprefix(_BRANCHES)
    is_new = event.find("created") is True or event.find("deleted") is True
    kinds = []
    if branch == event.find("repository.default_branch") and event.find("deleted") is not True:
        kinds.append(JobKind.CENSUS)
    if not is_new and _may_touch_config(event):
        kinds.append(JobKind.BRANCH)
    return [
        Job(
            kind=kind,
            installation_id=installation,
            repository=event.repository,
            number=0,
            priority=Priority.SWEEP,
            branch=branch,
        )
        for kind in kinds
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
