"""The temporary branches of a merge queue: `gh-readonly-queue/main/pr-104-<sha>`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BRANCHES = "refs/heads/"
# The commit in the name is not always the one that the group stands on.
_NAME = re.compile(
    r"gh-readonly-queue/(?P<base>.+)/pr-(?P<number>[0-9]{1,18})-[0-9a-f]{40,64}", re.ASCII
)


@dataclass(frozen=True, slots=True)
class QueueBranch:
    """What a group's branch tells: the branch to merge into, the last pull request of the group."""

    base_ref: str
    number: int


def queue_branch(name: object) -> QueueBranch | None:
    """Read the name of a branch, with or without `refs/heads/`; None when it is no group's."""
    match = _NAME.fullmatch(name.removeprefix(_BRANCHES)) if isinstance(name, str) else None
    return QueueBranch(match["base"], int(match["number"])) if match else None
