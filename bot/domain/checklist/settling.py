"""Boxes made true: ticked with evidence, unticked only by it, and people win."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.checklist.deciding import assign
from bot.domain.checklist.editing import (
    MAX_BODY,
    Step,
    carry_out,
    finish,
    left_of,
    too_long,
)
from bot.domain.checklist.evidence import forget, is_ours, leave
from bot.domain.checklist.model import (
    SHA_DIGITS,
    Change,
    ChangeKind,
    Evidence,
    Note,
    NoteKind,
    Outcome,
    ReferenceState,
    Source,
    Truth,
    Verdict,
)
from bot.domain.checklist.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.checklist.deciding import Assignment
    from bot.domain.checklist.model import Answers, Ground, Item, Tracker
    from checks.config import Bind

COPIED = "its evidence names issue #{issue}: it was copied and does not count"
NO_ACCESS = "it cannot be read with the rights of this repository"
NO_COMMIT = "{sha!r} is no commit"

_SHA = re.compile(rf"[0-9a-f]{{{SHA_DIGITS},}}")
_DONE = frozenset({ReferenceState.MERGED, ReferenceState.COMPLETED})


def settle(body: str, *, tracker: Tracker, binds: Iterable[Bind] = (), answers: Answers) -> Outcome:
    """Make the boxes of an issue say what was measured; every other byte stays.

    What was not measured is left alone. A body that GitHub would refuse comes back unchanged, with
    a note. ValueError when `answers.sha` is no commit.
    """
    if not _SHA.fullmatch(answers.sha):
        raise ValueError(NO_COMMIT.format(sha=answers.sha))
    if len(body) > MAX_BODY:
        return too_long(body, length=len(body))
    before = read(body)
    assigned = assign(before.items, tracker, binds)
    settler = _Settler(body, before.items, assigned, tracker.number, answers)
    carried = carry_out(body, before, settler.plan)
    notes = [*assigned.notes, *settler.broken(), *settler.copied(carried.steps)]
    return finish(body, carried, found=before.items, notes=notes)


@dataclass(frozen=True, slots=True)
class _Settler:
    body: str
    found: Sequence[Item]
    assigned: Assignment
    issue: int
    answers: Answers

    def plan(self, refused: frozenset[int]) -> list[Step]:
        """Go from the last item to the first: children are decided before their parent."""
        steps = []
        complete: dict[int, bool] = {}  # by parent: whether its children are all ticked
        for index in reversed(range(len(self.found))):
            item = self.found[index]
            ground = self._ground(index)
            checked = item.checked
            if ground and index not in refused:
                step = self._step(index, ground, done=complete.get(index, False))
                if step:
                    steps.append(step)
                    checked = step.change.becomes
            if item.parent is not None:
                complete[item.parent] = checked and complete.get(item.parent, True)
        return steps[::-1]

    def broken(self) -> list[Note]:
        """Say which criteria are broken and which references cannot be read, each once."""
        notes: dict[str, Note] = {}
        for index, item in enumerate(self.found):
            ground = self._ground(index)
            verdict = self._verdict(ground) if ground else None
            if ground and verdict and verdict.truth is Truth.BROKEN and ground.text not in notes:
                kind = NoteKind.UNREADABLE if ground.reference else NoteKind.BROKEN
                subject = str(ground.reference or ground.text)
                notes[ground.text] = Note(kind, subject, verdict.reason, item.line)
        return list(notes.values())

    def copied(self, steps: Sequence[Step]) -> list[Note]:
        """Say which evidence was copied from another issue, and is not replaced by these steps."""
        left = {step.index: step.traces.left for step in steps}
        return [
            Note(NoteKind.COPIED, text, COPIED.format(issue=evidence.issue), item.line)
            for index, item in enumerate(self.found)
            for text, evidence in left.get(index, left_of(item))
            if evidence and evidence.issue != self.issue
        ]

    def _ground(self, index: int) -> Ground | None:
        return None if index in self.assigned.alone else self.assigned.grounds[index]

    def _verdict(self, ground: Ground) -> Verdict | None:
        if ground.reference is None:
            return self.answers.verdicts.get(ground.text)
        state = self.answers.references.get(ground.reference)
        return None if state is None else _verdict_of(state)

    def _step(self, index: int, ground: Ground, *, done: bool) -> Step | None:
        """Plan one item; `done` tells whether all its children are ticked."""
        item = self.found[index]
        verdict = self._verdict(ground)
        if ground.source is Source.CHILDREN:
            verdict = Verdict(Truth.TRUE if done else Truth.FALSE)
        kind = _kind(item, ground, verdict, ours=is_ours(item, ground, issue=self.issue))
        if verdict is None or kind is None:
            return None
        evidence = None
        if kind is ChangeKind.TICKED:
            evidence = Evidence(self.answers.sha[:SHA_DIGITS], self.issue)
        change = Change(
            kind=kind,
            text=item.text,
            line=item.line,
            was=item.checked,
            becomes=kind is ChangeKind.TICKED,
            ground=ground,
            reason=verdict.reason,
            evidence=evidence,
        )
        traces = (
            leave(item, ground, evidence)
            if evidence
            else forget(self.body, item, ground, issue=self.issue)
        )
        return Step(index, item, traces, change)


def _verdict_of(state: ReferenceState) -> Verdict:
    if state is ReferenceState.UNREADABLE:
        return Verdict(Truth.BROKEN, NO_ACCESS)
    return Verdict(Truth.TRUE if state in _DONE else Truth.FALSE, state)


def _kind(item: Item, ground: Ground, verdict: Verdict | None, *, ours: bool) -> ChangeKind | None:
    """Decide by box, evidence and truth; whatever a person did stays as it is.

    An empty box with our evidence is an objection. It is over once the criterion was false, and
    what makes that last is that the evidence goes then.
    """
    if verdict is None or verdict.truth is Truth.BROKEN:
        return None
    if verdict.truth is Truth.TRUE:
        return None if item.checked or ours else ChangeKind.TICKED
    if not ours:
        return None
    if not item.checked:
        return ChangeKind.RELEASED
    # A pull request stays merged, and an issue that is opened again has been done once.
    return None if ground.source is Source.REFERENCE else ChangeKind.UNTICKED
