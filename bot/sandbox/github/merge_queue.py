"""A merge queue: each entry is a commit on top of the one before, merged when its check passed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.sandbox.github.happenings import group_happened, pull_happened

if TYPE_CHECKING:
    from bot.sandbox.github.people import People
    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.state import State
    from bot.sandbox.github.webhooks import Webhooks

# https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/
# collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks
_PASSING = frozenset({"success", "neutral", "skipped"})


@dataclass(frozen=True, slots=True)
class MergeGroup:
    """What would stand on the base branch after a pull request and all before it in the queue."""

    repository_id: int
    number: int
    base_ref: str
    base_sha: str
    head_sha: str

    @property
    def head_ref(self) -> str:
        """Name the temporary branch as GitHub does."""
        return f"refs/heads/gh-readonly-queue/{self.base_ref}/pr-{self.number}-{self.base_sha}"


class MergeQueue:
    """The queue of one branch; the check `required` on a group's commit decides about it."""

    def __init__(
        self, people: People, webhooks: Webhooks, repository: Repository, *, state: State
    ) -> None:
        self.groups: list[MergeGroup] = []
        self.required = "SSOT"
        self._people = people
        self._webhooks = webhooks
        self._repository = repository
        self._state = state

    async def add(self, *pulls: Pull) -> list[MergeGroup]:
        """Put pull requests at the end of the queue, and ask for the checks of their groups."""
        added = [self._group(pull) for pull in pulls]
        await self._webhooks.settle()
        return added

    async def advance(self) -> None:
        """Merge or throw out what is decided, front first; what stood behind is built anew."""
        while self.groups and (conclusion := self._conclusion(self.groups[0])):
            group = self.groups.pop(0)
            if conclusion in _PASSING:
                await self._merge(group)
            else:
                await self._eject(group)

    def _group(self, pull: Pull) -> MergeGroup:
        state, git = self._state, self._state.git(self._repository.id)
        current = state.pulls[pull.repository_id, pull.number]
        base = self.groups[-1].head_sha if self.groups else git.branch(current.base_ref)
        assert base is not None
        head = git.merge(base, current.head_sha, timestamp=int(state.now()))
        group = MergeGroup(self._repository.id, pull.number, current.base_ref, base, head)
        git.set_ref(group.head_ref, head)
        self.groups.append(group)
        pull_happened(state, current, "enqueued", sender_id=self._sender_id)
        self._tell(group, "checks_requested")
        return group

    async def _merge(self, group: MergeGroup) -> None:
        git = self._state.git(self._repository.id)
        git.set_ref(f"refs/heads/{group.base_ref}", group.head_sha)
        self._destroy(group, "merged")
        await self._people.finish_merge(self._pull(group), group.base_sha, group.head_sha)

    async def _eject(self, group: MergeGroup) -> None:
        self._destroy(group, "dequeued")
        pull_happened(self._state, self._pull(group), "dequeued", sender_id=self._sender_id)
        behind, self.groups = self.groups, []
        for stale in behind:
            self._destroy(stale, "invalidated")
        await self.add(*[self._pull(stale) for stale in behind])

    def _destroy(self, group: MergeGroup, reason: str) -> None:
        self._tell(group, "destroyed", reason)
        self._state.git(self._repository.id).delete_ref(group.head_ref)

    def _tell(self, group: MergeGroup, action: str, reason: str | None = None) -> None:
        group_happened(self._state, group, action, sender_id=self._sender_id, reason=reason)

    def _conclusion(self, group: MergeGroup) -> str | None:
        """Return what the newest run of the required check says; None while it says nothing."""
        runs = [
            run
            for run in self._state.check_runs.values()
            if (run.head_sha, run.name) == (group.head_sha, self.required)
        ]
        return max(runs, key=lambda run: run.id).conclusion if runs else None

    def _pull(self, group: MergeGroup) -> Pull:
        return replace(self._state.pulls[group.repository_id, group.number])

    @property
    def _sender_id(self) -> int:
        return self._people.user("ada").id
