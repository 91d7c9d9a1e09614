"""An issue in memory that people edit while it is changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.domain.checklist import ReferenceState
from bot.domain.issue import Edit, Issue
from bot.domain.jobs import Job, RepositoryRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.checklist import Reference

SHOP = RepositoryRef(42, "acme", "shop")
START = "- [ ] one\n- [ ] two\n"


@dataclass
class Tracker:
    """An issue that people edit at chosen moments: before the n-th request is served."""

    body: str = START
    writes: dict[int, str] = field(default_factory=dict)
    keeps_history: bool = True
    takes_writes: bool = True
    locked: bool = False
    author: str = ""
    said: list[str] = field(default_factory=list)
    requests: int = 0
    history: list[Edit] = field(default_factory=list)

    def person(self, words: str) -> None:
        """Add a line on top of what stands, as somebody who just loaded the page."""
        self._store(f"{words}\n{self.body}", "ada")

    async def read(self, job: Job) -> Issue | None:
        self._serve()
        return Issue(
            7,
            SHOP,
            job.number,
            self.body,
            is_locked=self.locked,
            author=self.author,
            edits=self._edits(),
        )

    async def edits(self, issue: Issue) -> Sequence[Edit]:
        self._serve()
        return self._edits()

    async def write(self, issue: Issue, body: str) -> str:
        self._serve()
        if self.takes_writes:
            self._store(body, "")
        return self.body

    async def comment(self, issue: Issue, body: str) -> None:
        self.said.append(body)

    async def say(self, issue: Issue, body: str) -> None:
        self.said.append(body)

    async def states(
        self, issue: Issue, references: Sequence[Reference]
    ) -> Mapping[Reference, ReferenceState]:
        return dict.fromkeys(references, ReferenceState.OPEN)

    def _serve(self) -> None:
        if words := self.writes.get(self.requests):
            self.person(words)
        self.requests += 1

    def _store(self, body: str, editor: str) -> None:
        if not self.history:
            self.history.append(Edit("e0", "ada", self.body))
        self.history.append(Edit(f"e{len(self.history)}", editor, body))
        self.body = body

    def _edits(self) -> tuple[Edit, ...]:
        edits = tuple(reversed(self.history))
        return edits if self.keeps_history else tuple(replace(one, text=None) for one in edits)
