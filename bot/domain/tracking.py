"""What a tracked issue could follow, and what it follows: told of the last census."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.checklist import MAX_CRITERIA, Truth, attach, grounds_of, items, wanted
from bot.domain.following import shown_progress
from bot.domain.inference import propose
from bot.domain.issue import configured
from bot.domain.points import read_record
from bot.domain.seen import NOTHING_SEEN
from bot.domain.verdicts import verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.domain.census_ports import Measured
    from bot.domain.checklist import (
        Ground,
        Item,
        Outcome,
        Reference,
        ReferenceState,
        Tracker,
        Verdict,
    )
    from bot.domain.issue import Issue
    from checks.config import Config

NOT_MEASURED = (
    "The default branch has not been measured yet. If its `.github/ssot.yml` names concepts, ask "
    "again in a few minutes."
)
NOT_NAMED = (
    "\nThe config does not name this issue, so its boxes are updated only for pull requests that "
    "link to it. To update them at every merge, add `issues: [{number}]` to a concept.\n"
)
NOT_FOLLOWED = (
    "\nThis issue was not opened or last edited by anybody with write access, so its boxes are "
    "left alone. To update them all the same, add `issues: [{number}]` to a concept in the "
    "config.\n"
)
TOO_MANY = f"the issue would have more than {MAX_CRITERIA} criteria"


@dataclass(frozen=True, slots=True)
class Survey:
    """An issue and the census that it is measured by; `config` is the one of the census.

    `is_followed` tells whether the config, or somebody with write access, stands for its text.
    """

    issue: Issue
    config: Config
    measured: Measured
    server_url: str
    states: Mapping[Reference, ReferenceState] = field(default_factory=dict)
    is_followed: bool = True

    @property
    def tracker(self) -> Tracker:
        """Name the issue as its checklist needs it."""
        return self.issue.tracker(self.server_url)

    @property
    def is_named(self) -> bool:
        """Tell whether the config names the issue."""
        return self.issue.number in configured(self.config)


@dataclass(frozen=True, slots=True)
class Candidate:
    """The criterion of an item and what it comes to now; or `reason` says why there is none.

    `reason` quotes what others wrote: show it as foreign text.
    """

    item: Item
    criterion: str = ""
    verdict: Verdict | None = None
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Tell whether its box would be ticked now."""
        return self.verdict is not None and self.verdict.truth is Truth.TRUE


@dataclass(frozen=True, slots=True)
class Followed:
    """An item that something decides; `verdict` or `state` is what that comes to now, if known.

    `is_ours` tells that we ticked it, or had before a person emptied the box; `below` are the items
    of which it is the parent.
    """

    item: Item
    ground: Ground
    verdict: Verdict | None
    state: ReferenceState | None
    is_ours: bool
    below: tuple[Item, ...]

    @property
    def is_broken(self) -> bool:
        """Tell whether its criterion decides nothing."""
        return self.verdict is not None and self.verdict.truth is Truth.BROKEN


def where_followed(survey: Survey) -> str:
    """Say when the boxes of the issue follow, `""` where they do after each merge."""
    if not survey.is_followed:
        return NOT_FOLLOWED.format(number=survey.issue.number)
    return "" if survey.is_named else NOT_NAMED.format(number=survey.issue.number)


def candidates(body: str, survey: Survey) -> tuple[Candidate, ...]:
    """Propose a criterion for each item of a body that nothing decides, and measure it.

    One that is broken by the last census is not proposed.
    """
    config, census = survey.config, survey.measured.census
    proposals = propose(body, tracker=survey.tracker, config=config, paths=census.paths)
    texts = dict.fromkeys(str(one.criterion) for one in proposals if one.criterion)
    known = wanted(body, survey.tracker, config.checklists.bind).criteria
    allowed = list(dict.fromkeys([*known, *texts]))[:MAX_CRITERIA]
    found = _measured([text for text in texts if text in allowed], body, survey)
    return tuple(
        _candidate(one.item, str(one.criterion), found)
        if one.criterion
        else Candidate(one.item, reason=one.reason)
        for one in proposals
    )


def attached(body: str, survey: Survey) -> Outcome:
    """Write the criteria that are proposed for a body to its items."""
    found = candidates(body, survey)
    return attach(body, {one.item: one.criterion for one in found if one.criterion})


def followed(body: str, survey: Survey) -> tuple[Followed, ...]:
    """Tell of each item that something decides what that comes to."""
    binds = survey.config.checklists.bind
    asked = wanted(body, survey.tracker, binds)
    found = _measured(asked.criteria, body, survey)
    all_items = items(body)
    decided = zip(all_items, grounds_of(body, survey.tracker, binds), strict=True)
    return tuple(
        Followed(
            item,
            ground,
            None if ground.reference else found.get(ground.text),
            survey.states.get(ground.reference) if ground.reference else None,
            _is_ours(item, survey.issue.number),
            tuple(each for each in all_items if each.parent == index),
        )
        for index, (item, ground) in enumerate(decided)
        if ground is not None
    )


def _measured(texts: Iterable[str], body: str, survey: Survey) -> Mapping[str, Verdict]:
    record = read_record(shown_progress(body, survey.issue))
    seen = record.seen if record else NOTHING_SEEN
    return verdicts(texts, survey.measured.census, survey.config, seen=seen)[0]


def _candidate(item: Item, criterion: str, found: Mapping[str, Verdict]) -> Candidate:
    verdict = found.get(criterion)
    if verdict is None:
        return Candidate(item, reason=TOO_MANY)
    if verdict.truth is Truth.BROKEN:
        return Candidate(item, reason=verdict.reason)
    return Candidate(item, criterion, verdict)


def _is_ours(item: Item, number: int) -> bool:
    return any(marker.evidence and marker.evidence.issue == number for marker in item.markers)
