"""What visitors push to the branch of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from bot.sandbox.github.people import Files, People
    from bot.sandbox.github.records import Pull
    from bot.sandbox.github.state import State

NO_HEAD = "the fork of this pull request was deleted: nothing can be pushed to it"
NOT_OPEN = "this pull request is not open"


class Pushing:
    """Pushes to open pull requests."""

    def __init__(self, state: State, people: People) -> None:
        self._state = state
        self._people = people

    async def push(self, pull: Pull, files: Files, message: str) -> None:
        """Push a commit to the head branch; refuse where there is none to push to."""
        self.refuse_closed(pull)
        head = self._state.repositories.get(pull.head_repository_id or 0)
        if head is None:
            raise web.HTTPConflict(text=NO_HEAD)
        await self._people.push(head, pull.head_ref, files, message=message)

    def refuse_closed(self, pull: Pull) -> None:
        """Refuse what only an open pull request takes."""
        if not self._state.is_open(pull):
            raise web.HTTPConflict(text=NOT_OPEN)
