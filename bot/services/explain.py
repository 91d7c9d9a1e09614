"""Explain the verdict on a pull request: the stages of a review, and nothing written."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from bot.domain.order import Basis, order
from bot.domain.pull import ConfigSource, PullState
from bot.services.judgement import judge
from bot.services.standing import today_of
from checks.config.effective import effective
from checks.evidence import Why

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
    from datetime import date

    from bot.domain.additions import Addition, Twin
    from bot.domain.census_ports import Measured
    from bot.domain.jobs import Job
    from bot.domain.order import Step
    from bot.domain.ports import Additions, Forget, ReviewPorts
    from bot.domain.pull import PullRequest
    from bot.services.judgement import Judgement
    from checks.config.effective import Setting
    from checks.evidence import Evidence
    from checks.model import Analysis

    # Lines of a file at a commit that are to be shown, by commit and path.
    Wanted = Mapping[tuple[str, str], frozenset[int]]
    Excerpts = Mapping[tuple[str, str], Mapping[int, str]]

# Around what is pointed at, so many lines are shown on both sides.
CONTEXT_LINES = 2
# Of so many findings the source is shown; a page that nobody scrolls through costs as much.
SHOWN_FINDINGS = 100


class Read(Protocol):
    """Brings lines of source."""

    async def __call__(self, pull: PullRequest, wanted: Wanted, *, merge_base: str) -> Excerpts:
        """Read lines at merge base or head; what cannot be read is left out."""
        ...


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict, the order that decided it, the config behind it, and the source it points at.

    `today` is the day that it was judged on, UTC.
    """

    judgement: Judgement
    today: date
    steps: tuple[Step, ...]
    settings: tuple[Setting, ...] = ()
    excerpts: Excerpts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExplainPorts:
    """The world of an explanation: `look` reads a pull request, `read` lines of source.

    `review` writes nothing.
    """

    look: Callable[[Job], Awaitable[PullRequest | None]]
    review: ReviewPorts
    read: Read
    forget: Forget


async def explain(job: Job, ports: ExplainPorts) -> Explanation | None:
    """Judge the head as it stands now, and say why; None where there is nothing to say.

    A closed pull request is judged as it was left, by the config and the day of today.
    """
    pull = await ports.look(job)
    if pull is None or pull.config.source is ConfigSource.NONE:
        return None
    judgement = await judge(pull, ports.review)
    analysis = judgement.analysis
    basis = Basis(judgement.config, analysis, judgement.standing.paused_by)
    excerpts: Excerpts = {}
    if analysis is not None:
        excerpts = await ports.read(pull, _wanted(analysis), merge_base=analysis.base)
    if pull.state is not PullState.OPEN:
        await ports.forget(pull)
    return Explanation(
        judgement=judgement,
        today=today_of(ports.review.clock),
        steps=order(pull, basis),
        settings=effective(pull.config.text) if judgement.config else (),
        excerpts=excerpts,
    )


def quiet(ports: ReviewPorts) -> ReviewPorts:
    """Take from the ports of a review what changes anything: a visit leaves no trace."""
    return replace(
        ports, additions=_Additions(ports.additions), queue=_NoQueue(), censuses=_NoCensuses()
    )


def _wanted(analysis: Analysis) -> Wanted:
    """Name the lines that stand around what is new, waived, moved, or left."""
    wanted: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for finding in analysis.findings[:SHOWN_FINDINGS]:
        wanted[analysis.head, finding.path] |= around(finding.span.line, finding.span.end_line)
    for path, line in _origins(analysis.evidence):
        wanted[analysis.base, path] |= around(line, line)
    return {place: frozenset(lines) for place, lines in wanted.items()}


def around(first: int, last: int) -> set[int]:
    """List the lines to show of a span: of a long one only its start."""
    last = min(last, first + 4 * CONTEXT_LINES)
    return set(range(max(1, first - CONTEXT_LINES), last + CONTEXT_LINES + 1))


def _origins(evidence: Sequence[Evidence]) -> Iterator[tuple[str, int]]:
    """Yield where moved code was at the merge base."""
    moved = [one for each in evidence for one in each.at_head if one.why is Why.MOVED]
    for occurrence in moved[:SHOWN_FINDINGS]:
        if occurrence.origin is not None:
            yield occurrence.origin.path, occurrence.origin.line


class _NoQueue:
    """Takes no job."""

    async def enqueue(
        self,
        jobs: Sequence[Job],  # noqa: ARG002
        *,
        delivery: str = "",  # noqa: ARG002
        not_before: float = 0.0,  # noqa: ARG002
    ) -> bool:
        return False


class _NoCensuses:
    """Knows no census: the ledger stands in the check run."""

    async def last(self, repository_id: int) -> Measured | None:  # noqa: ARG002
        return None

    async def keep(self, repository_id: int, measured: Measured) -> None:
        raise NotImplementedError


class _Additions:
    """Tells what others add, and remembers nothing of this visit."""

    def __init__(self, additions: Additions) -> None:
        self._additions = additions

    async def record(self, pull: PullRequest, added: Sequence[Addition]) -> None:
        """Leave it to the review."""

    async def twins(self, pull: PullRequest, added: Sequence[Addition]) -> Sequence[Twin]:
        return await self._additions.twins(pull, added)

    async def forget(self, pull: PullRequest) -> None:
        """Leave it to the review."""
