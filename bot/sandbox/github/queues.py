"""The merge queues that people of the sandbox use, one for each repository, made when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.merge_queue import MergeQueue

if TYPE_CHECKING:
    from bot.sandbox.github.people import People
    from bot.sandbox.github.records import Pull
    from bot.sandbox.github.state import State
    from bot.sandbox.github.webhooks import Webhooks


class Queues:
    """Merge queues that go on by themselves whenever `advance` is called."""

    def __init__(self, state: State, people: People, webhooks: Webhooks) -> None:
        self._state = state
        self._people = people
        self._webhooks = webhooks
        self._queues: dict[int, MergeQueue] = {}

    async def add(self, pull: Pull) -> None:
        """Put a pull request at the end of its repository's queue; GitError where it conflicts."""
        repository = self._state.repositories[pull.repository_id]
        queue = self._queues.get(repository.id)
        if queue is None:
            queue = MergeQueue(self._people, self._webhooks, repository, state=self._state)
            self._queues[repository.id] = queue
        await queue.add(pull)

    def place(self, pull: Pull) -> int:
        """Return the place of a pull request in its queue from 1 on, 0 where it is in none."""
        queue = self._queues.get(pull.repository_id)
        numbers = [group.number for group in queue.groups] if queue else []
        return numbers.index(pull.number) + 1 if pull.number in numbers else 0

    async def advance(self) -> None:
        """Merge or throw out what is decided by now."""
        for queue in self._queues.values():
            await queue.advance()
