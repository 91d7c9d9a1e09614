"""A branch moved: the default one is measured; a config that changed judges pull requests anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.events import found
from bot.domain.jobs import Job, JobKind, Priority
from bot.domain.pull import OWNER_CONFIG_PATH, OWNER_REPOSITORY
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

    All at the lowest priority. No open pull request can point at a branch that was created or
    deleted by this push: deleting a branch closes them. What the owner shares judges the pull
    requests of all repositories.
    """
    if event.installation_id is None or not event.text("ref").startswith(_BRANCHES):
        return []
    return [*_of_default(event), *_of_branch(event), *_of_owner(event)]


def _of_default(event: Event) -> list[Job]:
    is_default = _branch(event) == event.find("repository.default_branch")
    if not is_default or event.find("deleted") is True:
        return []
    return [_job(event, JobKind.CENSUS)]


def _of_branch(event: Event) -> list[Job]:
    is_new = event.find("created") is True or event.find("deleted") is True
    if is_new or not _may_touch(event, CONFIG_PATH):
        return []
    return [_job(event, JobKind.BRANCH, branch=_branch(event))]


def _of_owner(event: Event) -> list[Job]:
    is_shared = event.repository.name.lower() == OWNER_REPOSITORY
    is_default = _branch(event) == event.find("repository.default_branch")
    if not is_shared or not is_default or not _may_touch(event, OWNER_CONFIG_PATH):
        return []
    return [_job(event, JobKind.OWNER)]


def _job(event: Event, kind: JobKind, *, branch: str = "") -> Job:
    return Job(
        kind=kind,
        installation_id=event.integer("installation.id"),
        repository=event.repository,
        number=0,
        priority=Priority.SWEEP,
        branch=branch,
    )


def _branch(event: Event) -> str:
    return event.text("ref").removeprefix(_BRANCHES)


def _may_touch(event: Event, path: str) -> bool:
    """Tell whether a file may differ now; a list that is cut or forced past proves nothing."""
    commits = event.find("commits")
    if event.find("forced") is True or not isinstance(commits, list):
        return True
    return not 0 < len(commits) < MAX_COMMITS or any(_touches(commit, path) for commit in commits)


def _touches(commit: object, path: str) -> bool:
    lists = [found(commit, name) for name in _LISTS]
    return any(not isinstance(paths, list) or path in paths for paths in lists)
