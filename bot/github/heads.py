"""What stands on the head of a pull request: our check runs, and who else has this head."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.domain.errors import TransientError
from bot.domain.pull import CheckRun, PullState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Node = Mapping[str, Any]

MISSING = "GitHub answered in part: {name} is missing"

# As `PullRequest.external_id` writes it.
_EXTERNAL_ID = re.compile(
    r"v1:(?P<repository>[0-9]{1,19}):(?P<number>[0-9]{1,18}):(?P<digest>[0-9A-Za-z]*)", re.ASCII
)
# The last part for a queue's group: a verdict's digest, if any, and the commit it stands on.
_OF_GROUP = re.compile(r"([0-9a-f]{16})?([0-9a-f]{64}|[0-9a-f]{40})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ours:
    """Which check runs are ours: those of this App that name this repository."""

    app_id: int
    repository_id: int


def part(whole: Node, name: str) -> Node:
    """Return what nothing may be decided without: a busy GitHub answers in part."""
    found = whole.get(name)
    if not found:
        raise TransientError(MISSING.format(name=name))
    return dict(found)


def runs(commit: Node, ours: Ours) -> tuple[CheckRun, ...]:
    """List our runs on a commit, newest last; several pull requests may have it."""
    found = [
        _run(node, ours)
        for suite in part(commit, "checkSuites")["nodes"]
        if suite and (suite.get("app") or {}).get("databaseId") == ours.app_id
        for node in part(suite, "checkRuns")["nodes"]
        if node
    ]
    return tuple(sorted(filter(None, found), key=lambda run: run.id))


def left_runs(found: Node, ours: Ours) -> tuple[CheckRun, ...]:
    """List what a pull request left in progress on commits that were its head before."""
    alike = {
        run.id: run
        for commit in earlier(found)
        if commit["oid"] != found["headRefOid"]
        for run in runs(commit, ours)
        if run.number == found["number"] and not run.completed
    }
    return tuple(alike.values())


def earlier(found: Node) -> list[Node]:
    """List the last commits of a pull request, and those that forced pushes took away from it."""
    commits = [node["commit"] for node in _nodes(found, "earlier")]
    # A forced push takes commits out of that list; GitHub may have forgotten them.
    forced = [node["beforeCommit"] for node in _nodes(found, "forced")]
    return commits + [commit for before in forced if before for commit in _nodes(before, "history")]


def siblings(found: Node, repository_id: int) -> tuple[int, ...]:
    """List the other open pull requests of a repository with the head of this one, in order."""
    commits = [node["commit"] for node in _nodes(found, "tip")]
    holders = [*commits, found.get("headRef") or {}]
    nodes = [
        node
        for holder in holders
        for node in (holder.get("associatedPullRequests") or {}).get("nodes") or []
        if node
    ]
    return _others(nodes, found, repository_id, head_sha=found["headRefOid"])


def left_behind(repository: Node, found: Node, *, left_sha: str) -> tuple[int, ...]:
    """List the open pull requests on a head that this one has left, in order."""
    nodes = ((repository.get("left") or {}).get("associatedPullRequests") or {}).get("nodes") or []
    return _others(filter(None, nodes), found, repository["databaseId"], head_sha=left_sha)


def _nodes(found: Node, name: str) -> list[Node]:
    return [node for node in (found.get(name) or {}).get("nodes") or [] if node]


def _others(
    nodes: Iterable[Node], found: Node, repository_id: int, *, head_sha: str
) -> tuple[int, ...]:
    alike = {
        int(node["number"])
        for node in nodes
        if node["state"] == PullState.OPEN
        and node["headRefOid"] == head_sha
        and (node.get("baseRepository") or {}).get("databaseId") == repository_id
    }
    return tuple(sorted(alike - {int(found["number"])}))


def number_of(external_id: object, repository_id: int) -> int | None:
    """Tell which pull request of a repository a run of ours was made for."""
    match = _match(external_id, repository_id)
    return int(match["number"]) if match else None


def _match(external_id: object, repository_id: int) -> re.Match[str] | None:
    match = _EXTERNAL_ID.fullmatch(str(external_id))
    return match if match and int(match["repository"]) == repository_id else None


def _run(node: Node, ours: Ours) -> CheckRun | None:
    match = _match(node.get("externalId"), ours.repository_id)
    if match is None:
        return None
    group = _OF_GROUP.fullmatch(match["digest"])
    return CheckRun(
        id=int(node["databaseId"]),
        number=int(match["number"]),
        completed=node["status"] == "COMPLETED",
        digest=(group[1] or "") if group else match["digest"],
        group_base=group[2] if group else "",
        annotations_count=int((node.get("annotations") or {}).get("totalCount", 0)),
    )
