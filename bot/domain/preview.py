"""Which checklist items a pull request would tick if it were merged now, and which take back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.checklist import (
    Answers,
    ChangeKind,
    ReferenceState,
    Source,
    settle,
    wanted,
)
from bot.domain.markdown import code, listed, prose
from bot.domain.outlook import Outlook
from bot.domain.seen import NOTHING_SEEN
from bot.domain.verdicts import decisions, spelled, verdict
from checks.config.rules import RuleName
from checks.criteria import Decided, DefinitionsOf, parse
from checks.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bot.domain.checklist import Change, Reference, Verdict, Wanted
    from bot.domain.issue import Issue, Tracked
    from bot.domain.pull import PullRequest
    from checks.census import Census
    from checks.config import Config
    from checks.criteria import Decision

TICKS = "### Would tick\n\nOnce this is merged:\n\n{items}"
UNTICKS = "### Would untick\n\nOnce this is merged:\n\n{items}"
UNREAD = "### Would tick\n\nNot known, because the tracked issues could not be read: {problem}.\n"
ITEM = "- #{issue}, {text}: {why}\n"
MEASURED = "{before} → {after}"
BY_CRITERION = "{ground} ({values})"
MERGED = "this pull request"
CLOSED = "{reference}, which this pull request closes"
CHILDREN = {
    True: "every item below it would be ticked",
    False: "an item below it would no longer be ticked",
}
ITEMS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Would:
    """What would be done to an item of issue `issue`."""

    issue: int
    change: Change

    @property
    def key(self) -> str:
        """Name it without the counts that it rests on."""
        change = self.change
        return f"{change.kind} #{self.issue} {change.text} ({change.ground.text})"


@dataclass(frozen=True, slots=True)
class Merge:
    """A pull request as if it were merged: the census before that, and the one after it.

    Both were taken by `config`. `server_url` is where GitHub is.
    """

    pull: PullRequest
    before: Census
    after: Census
    config: Config
    server_url: str


def would_change(tracked: Tracked, merge: Merge) -> tuple[Would, ...]:
    """List what the merge would do to the items of issues, and would not be done without it.

    Of what items refer to, only this pull request and the issues that it closes are known.
    """
    return tuple(
        Would(issue.number, change)
        for issue in tracked.issues
        if not issue.is_locked
        for change in _changes(issue, merge, tracked.closes)
    )


def shown(found: Sequence[Would], problem: str = "") -> Outlook:
    """Say what would be ticked, and why; `problem` says why that is not known."""
    if problem:
        return Outlook(UNREAD.format(problem=prose(problem.rstrip("."))))
    ticked = [one for one in found if one.change.becomes]
    unticked = [one for one in found if not one.change.becomes]
    texts = (_section(TICKS, ticked), _section(UNTICKS, unticked))
    return Outlook("\n".join(filter(None, texts)), "\n".join(one.key for one in found))


def _changes(issue: Issue, merge: Merge, closes: frozenset[int]) -> Iterator[Change]:
    tracker = issue.tracker(merge.server_url)
    binds = merge.config.checklists.bind
    asked = wanted(issue.body, tracker, binds)
    if not asked.criteria and not asked.references:
        return
    now, then = _verdicts(asked, merge)
    states = dict(_states(asked.references, tracker.repository, merge.pull, closes=closes))
    without = settle(
        issue.body, tracker=tracker, binds=binds, answers=Answers(merge.before.rev, now, {})
    )
    done = {(change.kind, change.line) for change in without.changes}
    outcome = settle(
        issue.body, tracker=tracker, binds=binds, answers=Answers(merge.after.rev, then, states)
    )
    for change in outcome.changes:
        is_shown = change.kind in (ChangeKind.TICKED, ChangeKind.UNTICKED)
        if is_shown and (change.kind, change.line) not in done:
            yield change


def _verdicts(asked: Wanted, merge: Merge) -> tuple[Mapping[str, Verdict], Mapping[str, Verdict]]:
    """Evaluate criteria before and after; a pattern that fits nothing afterwards may have."""
    now, seen = decisions(asked.criteria, merge.before, merge.config, seen=NOTHING_SEEN)
    then, _ = decisions(asked.criteria, merge.after, merge.config, seen=seen)
    return (
        {text: verdict(one, "") for text, one in now.items()},
        {
            text: verdict(one, _moved(now[text], one))
            for text, one in then.items()
            if _is_known(text, one, merge.config)
        },
    )


def _moved(before: Decision, after: Decision) -> str:
    return MEASURED.format(before=spelled(before), after=spelled(after))


def _is_known(text: str, decision: Decision, config: Config) -> bool:
    """Tell whether the change was looked at for this: definitions are, where a rule flags them."""
    is_off = config.severity(RuleName.DUPLICATE_DEFINITION) is Severity.OFF
    return not (
        is_off and isinstance(decision, Decided) and isinstance(parse(text).query, DefinitionsOf)
    )


def _states(
    references: Iterable[Reference], repository: str, pull: PullRequest, *, closes: frozenset[int]
) -> Iterator[tuple[Reference, ReferenceState]]:
    for reference in references:
        if reference.repository == repository and reference.number == pull.number:
            yield reference, ReferenceState.MERGED
        elif reference.repository == repository and reference.number in closes:
            yield reference, ReferenceState.COMPLETED


def _section(heading: str, found: Sequence[Would]) -> str:
    if not found:
        return ""
    return heading.format(items=listed([_line(one) for one in found], limit=ITEMS_SHOWN))


def _line(would: Would) -> str:
    change = would.change
    return ITEM.format(issue=would.issue, text=code(change.text), why=_why(change))


def _why(change: Change) -> str:
    match change.ground.source:
        case Source.CHILDREN:
            return CHILDREN[change.becomes]
        case Source.REFERENCE if change.reason == ReferenceState.MERGED:
            return MERGED
        case Source.REFERENCE:
            return CLOSED.format(reference=code(str(change.ground.reference)))
        case _:
            return BY_CRITERION.format(ground=code(change.ground.text), values=change.reason)
