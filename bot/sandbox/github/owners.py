"""What owners do with an App: give and take repositories, suspend it, remove it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.github.happenings import installation_happened, repositories_happened

if TYPE_CHECKING:
    from bot.sandbox.github.people import People
    from bot.sandbox.github.records import Installation, Repository
    from bot.sandbox.github.state import State
    from bot.sandbox.github.webhooks import Webhooks


class Owners:
    """Acts as owners do; every action ends when its webhooks were answered, or held back."""

    def __init__(self, people: People, webhooks: Webhooks, *, state: State) -> None:
        self._people = people
        self._webhooks = webhooks
        self._state = state

    async def announce(self, installation: Installation, action: str = "created") -> None:
        """Tell of an installation that is there already."""
        sender_id = self._people.user("ada").id
        installation_happened(self._state, installation, action, sender_id=sender_id)
        await self._webhooks.settle()

    async def suspend(self, installation: Installation) -> None:
        """Suspend an installation: its tokens stop working, its App is told."""
        suspended = replace(installation, suspended_at=self._state.now())
        self._state.installations[installation.id] = suspended
        await self.announce(suspended, "suspend")

    async def unsuspend(self, installation: Installation) -> None:
        """Let a suspended installation work again."""
        active = replace(self._state.installations[installation.id], suspended_at=None)
        self._state.installations[installation.id] = active
        await self.announce(active, "unsuspend")

    async def uninstall(self, installation: Installation) -> None:
        """Remove the App: the delivery that says so is the last one."""
        await self.announce(installation, "deleted")
        del self._state.installations[installation.id]

    async def give(self, installation: Installation, repository: Repository) -> None:
        """Give an installation one more repository."""
        await self._change(installation, repository, "added")

    async def take(self, installation: Installation, repository: Repository) -> None:
        """Take a repository away from an installation: its tokens do not see it any more."""
        await self._change(installation, repository, "removed")

    async def _change(
        self, installation: Installation, repository: Repository, action: str
    ) -> None:
        known = self._state.installations[installation.id]
        one = frozenset({repository.id})
        ids = known.repository_ids | one if action == "added" else known.repository_ids - one
        changed = replace(known, repository_ids=ids)
        self._state.installations[installation.id] = changed
        repositories_happened(
            self._state,
            changed,
            action,
            repository_ids=one,
            sender_id=self._people.user("ada").id,
        )
        await self._webhooks.settle()
