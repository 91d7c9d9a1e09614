"""What a push does: pull requests follow, comments move, checks are asked for, Apps are told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.sandbox.github.happenings import check_suite_happened, pull_happened
from bot.sandbox.github.rest_checks import suite_of
from bot.sandbox.github.reviews import follow_head
from bot.sandbox.github.state import Happening, StaleRead, iso

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.state import State

ZERO = "0" * 40
_PERSON = {"name": "Ada Example", "email": "ada@example.org", "username": "ada"}


@dataclass(frozen=True, slots=True)
class Push:
    """A branch that moved; `before` is None when it is new."""

    repository: Repository
    branch: str
    before: str | None
    after: str


def branch_moved(state: State, push: Push, *, sender_id: int) -> None:
    """Tell of a push; the open pull requests of the branch follow it."""
    _tell(state, push, sender_id=sender_id)
    for pull in list(state.pulls.values()):
        head = (pull.head_repository_id, pull.head_ref)
        if head == (push.repository.id, push.branch) and state.is_open(pull):
            _synchronize(state, pull, push.after, sender_id=sender_id)


def store_head(state: State, pull: Pull, *, before: Pull | None) -> None:
    """Keep the head as `refs/pull/N/head`, move comments, ask the Apps for their checks."""
    git = state.git(pull.repository_id)
    ref = f"refs/pull/{pull.number}/head"
    if pull.from_fork and pull.head_repository_id is not None:
        git.take(state.git(pull.head_repository_id), pull.head_sha, ref)
    else:
        git.set_ref(ref, pull.head_sha)
    state.pulls[pull.repository_id, pull.number] = pull
    follow_head(state, pull)
    _lag(state, pull, before)
    _request_suites(state, pull)


def _tell(state: State, push: Push, *, sender_id: int) -> None:
    git = state.git(push.repository.id)
    commit = _commit(state, push)
    forced = push.before is not None and not git.is_ancestor(push.before, push.after)
    payload: dict[str, object] = {
        "ref": f"refs/heads/{push.branch}",
        "before": push.before or ZERO,
        "after": push.after,
        "created": push.before is None,
        "deleted": False,
        "forced": forced,
        "base_ref": None,
        "compare": f"{state.url}/{push.repository.full_name}/compare",
        "commits": [commit],
        "head_commit": commit,
        "pusher": {"name": "ada", "email": "ada@example.org"},
    }
    state.outbox.append(Happening("push", None, push.repository.id, sender_id, payload))


def _synchronize(state: State, pull: Pull, after: str, *, sender_id: int) -> None:
    """Give a pull request its new head, and the tip that its base has by now."""
    tip = state.git(pull.repository_id).branch(pull.base_ref) or pull.base_sha
    moved = replace(pull, head_sha=after, base_sha=tip)
    if not state.git(pull.head_repository_id or 0).is_ancestor(pull.head_sha, after):
        number = (pull.repository_id, pull.number)
        state.remember(number, "HeadRefForcePushedEvent", before_sha=pull.head_sha)
    store_head(state, moved, before=pull)
    extra: dict[str, object] = {"before": pull.head_sha, "after": after}
    pull_happened(state, moved, "synchronize", sender_id=sender_id, extra=extra)


def _lag(state: State, pull: Pull, before: Pull | None) -> None:
    reads = state.lagging_reads
    if not reads:
        return
    state.stale_reads[pull.id] = StaleRead(reads, before)
    if pull.from_fork:
        state.unknown_commits[pull.head_sha] = reads


def _request_suites(state: State, pull: Pull) -> None:
    for installation in state.installations.values():
        if pull.repository_id in installation.repository_ids:
            suite = suite_of(state, pull.repository_id, installation.app_id, head_sha=pull.head_sha)
            sender_id = state.issue_of(pull).author_id
            check_suite_happened(state, suite, "requested", sender_id=sender_id)


def _commit(state: State, push: Push) -> dict[str, object]:
    git = state.git(push.repository.id)
    return {
        "id": push.after,
        "tree_id": git.tree_id(push.after),
        "distinct": True,
        "message": git.message(push.after),
        "timestamp": iso(state.now()),
        "url": f"{state.url}/{push.repository.full_name}/commit/{push.after}",
        "author": _PERSON,
        "committer": _PERSON,
        **git.touched(push.before, push.after),
    }
