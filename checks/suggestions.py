"""Offer an edit only with proof: it compiles, its findings are gone, and no other appears."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from checks.compare import unsettled
from checks.edits import Attempts
from checks.model import Status
from checks.reading import Question, Request, ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from checks.compare import Difference, Flagged
    from checks.edits import Attempt, Edit
    from checks.flagging import Change, Flagger
    from checks.model import Finding, Suggestion
    from checks.reading import Inquiry, Reply
    from checks.rule import File, Flag

NOT_ALL_TRIED = "Suggestions were tried for the first {limit} findings only."
# Whether a finding has an edit at all takes a look at its file; for each that is tried, so many.
LOOKS_FOR_EACH = 10


@dataclass(frozen=True, slots=True)
class Plea:
    """A new finding, the flag behind it, and the edit that its rule names."""

    finding: Finding
    flagged: Flagged
    edit: Edit


class Prover:
    """Looks for suggestions for the new findings of a change, after they were judged."""

    def __init__(
        self, flagger: Flagger, changes: Iterable[Change], known: dict[str, Reply]
    ) -> None:
        """Fill `known`, facts by blob id, which the flagger watches."""
        self._flagger = flagger
        self._known = known
        self._changes = {change.path: change for change in changes if change.head is not None}
        self.notes: tuple[str, ...] = ()

    def suggest(
        self, findings: Sequence[Finding], differences: Iterable[Difference], *, most: int
    ) -> Inquiry[tuple[Finding, ...]]:
        """Give the findings, the first `most` with their suggestions where these are proven."""
        flags = {
            (difference.path, *_sign(flagged.rule, flagged.flag)): flagged
            for difference in differences
            for flagged in difference.gained
        }
        new = [finding for finding in findings if finding.status is Status.NEW]
        looked_at = new[: most * LOOKS_FOR_EACH]
        # One more than are tried, to know whether any is left over: each costs a look at its file.
        pleas = list(islice(self._pleas(looked_at, flags), most + 1))
        while wanted := self._flagger.wanted():
            self._known |= yield from ask(Request(Question.MODULE, wanted))
            pleas = list(islice(self._pleas(looked_at, flags), most + 1))
        if len(pleas) > most or len(new) > len(looked_at):
            self.notes = (NOT_ALL_TRIED.format(limit=most),)
        proven: dict[Finding, Suggestion] = {}
        for batch in self._batches(pleas[:most]):
            proven |= yield from self._prove(batch)
        return tuple(self._with(finding, proven.get(finding)) for finding in findings)

    def _pleas(
        self, findings: Iterable[Finding], flags: Mapping[tuple[object, ...], Flagged]
    ) -> Iterator[Plea]:
        for finding in findings:
            change = self._changes.get(finding.path)
            flagged = flags.get((finding.path, *_sign(finding.rule, finding)))
            if change is not None and flagged is not None:
                edit = self._flagger.edit(change, flagged)
                if edit is not None:
                    yield Plea(finding, flagged, edit)

    def _batches(self, pleas: Iterable[Plea]) -> list[dict[str, list[Plea]]]:
        """Put the pleas of each file under its blob; files of one content go one by one."""
        batches: list[dict[str, list[Plea]]] = []
        for path, own in _by_path(pleas).items():
            oid = self._oid(path)
            free = next((batch for batch in batches if oid not in batch), None)
            if free is None:
                batches.append(free := {})
            free[oid] = own
        return batches

    def _prove(self, batch: Mapping[str, list[Plea]]) -> Inquiry[dict[Finding, Suggestion]]:
        edits = {oid: tuple(dict.fromkeys(p.edit for p in own)) for oid, own in batch.items()}
        replies = yield from ask(Request(Question.EDITED, frozenset(batch), edits))
        tried = [
            ([plea for plea in own if plea.edit in attempt.edits], attempt)
            for oid, own in batch.items()
            for attempt in _made(replies.get(oid))
        ]
        proven = [(pleas, attempt) for pleas, attempt in tried if self._holds(pleas, attempt)]
        while wanted := self._flagger.wanted():
            self._known |= yield from ask(Request(Question.MODULE, wanted))
            proven = [(pleas, attempt) for pleas, attempt in tried if self._holds(pleas, attempt)]
        return {plea.finding: attempt.suggestion for pleas, attempt in proven for plea in pleas}

    def _holds(self, pleas: Sequence[Plea], attempt: Attempt) -> bool:
        """Tell whether an edited file has what it had, without the findings that were meant."""
        change = self._changes[pleas[0].finding.path]
        file = self._flagger.head(change)
        if attempt.compiled.error is not None or file is None:
            return False
        before = self._flagger.raise_at_head(file)
        after = self._flagger.raise_at_head(_edited(file, attempt))
        if before is None or after is None:
            return False
        most = Counter(flagged.key for flagged in before)
        most.subtract(plea.flagged.key for plea in pleas)
        counts = Counter(flagged.key for flagged in after)
        return all(count <= most[key] for key, count in counts.items())

    def _oid(self, path: str) -> str:
        head = self._changes[path].head
        assert head is not None
        return head.oid

    def _with(self, finding: Finding, suggestion: Suggestion | None) -> Finding:
        if suggestion is None:
            return finding
        lines = range(suggestion.start_line, suggestion.end_line + 1)
        anchored = (
            suggestion.anchored
            and finding.anchored
            and any(
                hunk.takes_comment(lines[0]) and hunk.takes_comment(lines[-1])
                for hunk in self._changes[finding.path].entry.hunks
            )
        )
        return replace(finding, suggestion=replace(suggestion, anchored=anchored))


def _sign(rule: str, flag: Finding | Flag) -> tuple[object, ...]:
    return rule, flag.kind, flag.symbol, flag.span


def _by_path(pleas: Iterable[Plea]) -> dict[str, list[Plea]]:
    paths: dict[str, list[Plea]] = {}
    for plea in pleas:
        paths.setdefault(plea.finding.path, []).append(plea)
    return paths


def _made(reply: Reply | None) -> tuple[Attempt, ...]:
    return reply.made if isinstance(reply, Attempts) else ()


def _edited(file: File, attempt: Attempt) -> File:
    """Show the edited file to the rules; what the edit brought in is followed, too."""
    known = {reference.identity for reference in file.followed}
    facts = attempt.facts
    return replace(
        file,
        facts=facts,
        compiled=attempt.compiled,
        followed=unsettled(facts, file.facts)
        | frozenset(r for r in facts.references if r.identity in known),
    )
