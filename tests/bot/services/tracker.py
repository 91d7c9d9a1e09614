"""An issue in memory that people edit while it is changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.domain.checklist import ReferenceState
from bot.domain.errors import TransientError
from bot.domain.issue import BodyEdit, Issue
from bot.domain.jobs import Job, RepositoryRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.checklist import Reference

SHOP = RepositoryRef(42, "acme", "shop")
START = "- [ ] one\n- [ ] two\n"


@dataclass
class Tracker:
    """An issue that people edit at chosen moments: before the n-th request is served.

    Before the request `ticks` somebody ticks a box; at the request `dies_at` the job ends, and
    nothing of the request is done.
    """

    body: str = START
    writes: dict[int, str] = field(default_factory=dict)
    keeps_history: bool = True
    takes_writes: bool = True
    locked: bool = False
    author: str = ""
    said: list[str] = field(default_factory=list)
    commented: list[str] = field(default_factory=list)
    requests: int = 0
    dies_at: int = -1
    ticks: int = -1
    history: list[BodyEdit] = field(default_factory=list)

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
            progress_id=len(self.commented),
            progress=self.commented[-1] if self.commented else "",
        )

    async def edits(self, issue: Issue) -> Sequence[BodyEdit]:
        self._serve()
        return self._edits()

    async def write(self, issue: Issue, body: str) -> str:
        self._serve()
        if self.takes_writes:
            self._store(body, "")
        return self.body

    async def comment(self, issue: Issue, body: str) -> None:
        self.commented.append(body)

    async def say(self, issue: Issue, body: str) -> None:
        self.said.append(body)

    async def states(
        self, issue: Issue, references: Sequence[Reference]
    ) -> Mapping[Reference, ReferenceState]:
        return dict.fromkeys(references, ReferenceState.OPEN)

    def _serve(self) -> None:
        if words := self.writes.get(self.requests):
            self.person(words)
        if self.requests == self.ticks:
            self._store(self.body.replace("[ ] two", "[x] two"), "ada")
        self.requests += 1
        if self.requests == self.dies_at + 1:
            raise TransientError

    def _store(self, body: str, editor: str) -> None:
        if not self.history:
            self.history.append(BodyEdit("e0", "ada", self.body))
        self.history.append(BodyEdit(f"e{len(self.history)}", editor, body))
        self.body = body

    def _edits(self) -> tuple[BodyEdit, ...]:
        edits = tuple(reversed(self.history))
        return edits if self.keeps_history else tuple(replace(one, text=None) for one in edits)
