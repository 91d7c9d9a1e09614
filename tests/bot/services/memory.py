"""GitHub in memory, as far as a review sees it: every port, and a record of each write."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.domain.additions import twins_of
from bot.domain.census_ports import Measured
from bot.domain.issue import Tracked
from bot.domain.markdown import parse
from bot.domain.ports import Examination, ReviewPorts
from bot.domain.pull import CheckRun, Comment, Moment, PullRequest
from checks.census import Census
from tests.bot.domain.examples import MERGE_BASE, analysis

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.domain.additions import Addition, Twin
    from bot.domain.comments import Inline
    from bot.domain.jobs import Job
    from bot.domain.reconcile import Plan
    from bot.domain.report import Report
    from checks.config import Config
    from checks.model import Analysis

# 2026-10-01T12:00:00Z
NOW = 1_790_856_000.0


@dataclass(slots=True)
class MemoryAdditions:
    """What pull requests add, by number."""

    by_number: dict[int, tuple[Addition, ...]] = field(default_factory=dict)

    async def record(self, pull: PullRequest, added: Sequence[Addition]) -> None:
        self.by_number[pull.number] = tuple(added)

    async def twins(self, pull: PullRequest, added: Sequence[Addition]) -> Sequence[Twin]:
        others = [(n, theirs) for n, theirs in self.by_number.items() if n != pull.number]
        return twins_of(added, others)

    async def forget(self, pull: PullRequest) -> None:
        self.by_number.pop(pull.number, None)


NOTHING_COUNTED = Census("c" * 40, (), holdings={}, stages={}, paths=(), files_analyzed=0)


@dataclass(slots=True)
class MemoryCensuses:
    """Fulfils the `Censuses` port for one repository."""

    measured: Measured | None = None

    async def last(self, repository_id: int) -> Measured | None:
        return self.measured

    async def keep(self, repository_id: int, measured: Measured) -> None:
        self.measured = measured


@dataclass(slots=True)
class MemoryTrackers:
    """Fulfils the `Trackers` port; `asked` lists the numbers of each read."""

    tracked: Tracked = field(default_factory=Tracked)
    asked: list[list[int]] = field(default_factory=list)

    async def read(self, pull: PullRequest, numbers: Collection[int]) -> Tracked:
        self.asked.append(list(numbers))
        return self.tracked


@dataclass(slots=True)
class MemoryGitHub:
    """One pull request; `writes` names what was written, in order.

    `analysed` is what the engine will say (or raise), `moved_to` where the pull request will stand
    when it is read again, `fails` the writes after which the process dies.
    """

    pull: PullRequest | None
    analysed: Analysis | Exception = field(default_factory=analysis)
    renamed: dict[str, str] = field(default_factory=dict)
    moved_to: Moment | None = None
    dies_after: str = ""
    writes: list[str] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)
    additions: MemoryAdditions = field(default_factory=MemoryAdditions)
    censuses: MemoryCensuses = field(
        default_factory=lambda: MemoryCensuses(Measured(NOTHING_COUNTED, "", 0.0))
    )
    trackers: MemoryTrackers = field(default_factory=MemoryTrackers)
    writers: frozenset[str] = frozenset({"ada"})
    contents_write: bool = True
    now: float = NOW
    asked_about: list[str] = field(default_factory=list)
    committed: list[Mapping[str, bytes]] = field(default_factory=list)
    enqueued: list[tuple[Job, float]] = field(default_factory=list)

    @property
    def ports(self) -> ReviewPorts:
        return ReviewPorts(
            pulls=self,
            checks=self,
            reviews=self,
            analyse=self._analyse,
            additions=self.additions,
            access=self,
            commits=self,
            censuses=self.censuses,
            trackers=self.trackers,
            queue=self,
            forget=self.forget,
            clock=lambda: self.now,
            server_url="https://github.com",
        )

    async def may_write(self, place: object, login: str) -> bool:
        self.asked_about.append(login)
        return login in self.writers

    async def is_granted(self, pull: PullRequest) -> bool:
        return self.contents_write

    async def commit(
        self, pull: PullRequest, files: Mapping[str, bytes], *, message: tuple[str, str]
    ) -> None:
        self.committed.append(files)

    async def read(self, job: Job) -> PullRequest | None:
        return self.pull

    async def moment(self, pull: PullRequest) -> Moment:
        return self.moved_to or pull.moment

    async def merge_base(self, pull: PullRequest) -> str | None:
        return MERGE_BASE

    async def start(self, pull: PullRequest) -> CheckRun:
        run = CheckRun(id=len(self.standing.runs) + 1, number=pull.number)
        self._write("start", runs=(*self.standing.runs, run))
        return run

    async def complete(self, pull: PullRequest, report: Report, *, run: CheckRun | None) -> None:
        self.reports.append(report)
        others = tuple(one for one in self.standing.runs if run is None or one.id != run.id)
        number = run.id if run else len(self.standing.runs) + 1
        done = CheckRun(number, pull.number, completed=True, digest=report.digest)
        self._write(f"complete {report.conclusion}", runs=(*others, done))

    async def publish(self, pull: PullRequest, plan: Plan) -> None:
        if plan.review:
            made = tuple(map(self._comment, plan.review.inlines))
            listed = self.standing.listed | set(parse(plan.review.body).fingerprints)
            comments = (*self.standing.comments, *made)
            self._write(f"review {len(made)}", comments=comments, listed=listed)
        for edit in plan.edits:
            edited = replace(edit.comment, body=edit.body, markers=parse(edit.body))
            comments = tuple(
                edited if one.id == edited.id else one for one in self.standing.comments
            )
            self._write("edit", comments=comments)

    @property
    def standing(self) -> PullRequest:
        assert self.pull is not None
        return self.pull

    async def enqueue(
        self, jobs: Sequence[Job], *, delivery: str = "", not_before: float = 0.0
    ) -> bool:
        self.enqueued += [(job, not_before) for job in jobs]
        self.writes += [f"enqueue {job.number}" for job in jobs if not not_before]
        return True

    async def forget(self, pull: PullRequest) -> None:
        self.forgotten.append(pull.number)

    def _comment(self, inline: Inline) -> Comment:
        markers = parse(inline.body)
        return Comment(
            id=hash(inline.body),
            node_id="",
            thread_id="",
            path=inline.path,
            line=inline.line,
            body=inline.body,
            markers=markers,
        )

    async def _analyse(
        self, pull: PullRequest, *, merge_base: str | None, config: Config
    ) -> Examination:
        if isinstance(self.analysed, Exception):
            raise self.analysed
        return Examination(self.analysed, self.renamed)

    def _write(self, name: str, **changes: object) -> None:
        self.pull = replace(self.standing, **changes)  # type: ignore[arg-type]
        self.writes.append(name)
        if name.startswith(self.dies_after) and self.dies_after:
            raise KeyboardInterrupt
