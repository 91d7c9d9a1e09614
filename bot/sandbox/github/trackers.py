"""What people do to issues."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.github.happenings import edited_body, issue_happened

if TYPE_CHECKING:
    from bot.sandbox.github.people import People
    from bot.sandbox.github.records import Issue, Repository
    from bot.sandbox.github.state import State
    from bot.sandbox.github.webhooks import Webhooks


class Trackers:
    """Issues as people write them; every action ends when its webhooks were answered."""

    def __init__(self, state: State, webhooks: Webhooks, people: People) -> None:
        self._state = state
        self._webhooks = webhooks
        self._people = people

    async def open(
        self, repository: Repository, title: str, body: str, *, by: str = "ada"
    ) -> Issue:
        """Open an issue."""
        author = self._people.user(by)
        issue = self._state.new_issue(repository, title, body, author=author)
        issue_happened(self._state, issue, "opened", sender_id=author.id)
        await self._webhooks.settle()
        return issue

    async def edit(self, issue: Issue, body: str, *, by: str = "ada") -> None:
        """Edit the description of an issue."""
        await self._issue_changed(self.rewrite(issue, body, by=by), "edited", issue.body)

    def rewrite(self, issue: Issue, body: str, *, by: str = "ada") -> Issue:
        """Edit the description of an issue so that no App is told of it."""
        current = self._state.issues[issue.repository_id, issue.number]
        return self._state.write_body(current, body, editor_id=self._people.user(by).id)

    async def close(self, issue: Issue, *, reason: str = "completed") -> None:
        """Close an issue as completed, not planned or duplicate."""
        await self._issue_changed(self._closed(issue, reason), "closed")

    async def reopen(self, issue: Issue) -> None:
        """Open a closed issue again."""
        await self._issue_changed(self._closed(issue, None), "reopened")

    def lock(self, issue: Issue) -> None:
        """Lock the conversation of an issue; Apps that listen to issues alone are not told."""
        self._state.locked.add((issue.repository_id, issue.number))

    async def delete(self, issue: Issue) -> None:
        """Delete an issue: it is read as gone for good."""
        self._leave(issue, None)
        await self._issue_changed(issue, "deleted")

    async def transfer(self, issue: Issue, repository: Repository) -> Issue:
        """Move an issue to another repository, where it gets another number."""
        number = self._state.next_number(repository.id)
        current = self._state.issues[issue.repository_id, issue.number]
        moved = replace(current, repository_id=repository.id, number=number)
        self._leave(issue, (repository.id, number))
        self._state.issues[repository.id, number] = moved
        await self._issue_changed(issue, "transferred")
        return moved

    def _leave(self, issue: Issue, target: tuple[int, int] | None) -> None:
        key = (issue.repository_id, issue.number)
        del self._state.issues[key]
        self._state.left[key] = target

    def _closed(self, issue: Issue, reason: str | None) -> Issue:
        key, now = (issue.repository_id, issue.number), self._state.now()
        changed = replace(
            self._state.issues[key],
            state="closed" if reason else "open",
            state_reason=reason or "reopened",
            closed_at=now if reason else None,
            updated_at=now,
        )
        self._state.issues[key] = changed
        return changed

    async def _issue_changed(self, issue: Issue, action: str, before: str | None = None) -> None:
        extra = edited_body(before) if action == "edited" else None
        issue_happened(
            self._state, issue, action, sender_id=self._people.user("ada").id, extra=extra
        )
        await self._webhooks.settle()
