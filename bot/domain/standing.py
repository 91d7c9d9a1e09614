"""Waivers and pauses by comment: which of them stand now, and what they do to an analysis."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bot.domain import commands
from bot.domain.conversation import Revoked, answers, digest_of
from checks.config.patterns import check_date, check_sentence
from checks.config.rules import check_rule_name
from checks.globs import PathGlob
from checks.model import Acceptance, Cause, Form, Status
from checks.waivers import overdue

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from bot.domain.commands import Call
    from bot.domain.conversation import Answer, Remark
    from checks.model import Analysis, Finding, Skipped

WAIVE = "waive"
PAUSE = "pause"
UNANALYSED = "unanalysed"  # stands where a rule's name does, for files that were not analysed
OPTIONS = frozenset({"until", "reason"})

NEEDS_RULE = "name the rule that it waives"
TOO_MANY_WORDS = "it has more than a rule and a path: put a path that contains spaces in quotes"
OPEN_REASON = 'its reason ends at the first space: put it in quotes, `reason="…"`'
UNKNOWN_OPTION = "`{key}=` is not an option"
NEEDS_UNTIL = "it has no date: add `until=YYYY-MM-DD`"
NEEDS_REASON = 'it has no reason: add `reason="…"`'
NEEDS_PATH = "`unanalysed` needs the path of the file"
NO_WRITE = "{login} no longer has write access"
EDITED = "{login}, who edited it, has no write access"
EDITED_BY_NOBODY = "it was edited, and GitHub does not say by whom"
LAPSED = "The command `{line}` has no effect: {reason}."
# As many as ten pages hold.
CUT = (
    "Only the newest 1000 comments are read: repeat a waiver or pause from an older comment in a "
    "new one."
)
WAIVED_FILE = "{reason}; waived until {until}, by {by}: {why}"

# `reason=next week`: the second word would be taken for a path, and nothing be covered.
_OPEN_REASON = re.compile(
    r"""[ \t]reason=[^\s"“]\S*[ \t]+(?![A-Za-z][A-Za-z-]*=)\S""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a waiver says: `path` is None where it covers the findings that stood at acceptance."""

    rule: str
    path: PathGlob | None
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A waiver or pause that we accepted and nobody revoked; whether it stands is not said yet.

    `digest` names what was accepted, `covered` the fingerprints. `editors` changed the text or our
    answer since, `""` where nobody knows who.
    """

    asked: str
    call: Call
    digest: str
    author: str
    editors: tuple[str, ...] = ()
    covered: frozenset[str] = frozenset()

    @property
    def name(self) -> Revoked:
        """Say what revokes it."""
        return Revoked(self.asked, self.digest)

    @property
    def decisive(self) -> frozenset[str]:
        """Name those without whose write access it does not stand."""
        return frozenset(filter(None, (self.author, *self.editors)))


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver by comment that stands."""

    claim: Claim
    terms: Terms

    def covers(self, finding: Finding) -> bool:
        """Tell whether it accepts a finding."""
        if finding.rule != self.terms.rule:
            return False
        if self.terms.path is None:
            return finding.fingerprint in self.claim.covered
        return self.terms.path.matches(finding.path)

    @property
    def acceptance(self) -> Acceptance:
        """Say who accepts, why and until when."""
        terms, author = self.terms, self.claim.author
        return Acceptance(terms.until, terms.reason, author, form=Form.COMMENT)


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A waiver or pause that was accepted and does not hold, and why."""

    line: str
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the comments decide now; `is_cut` tells that the oldest of them were not read."""

    waivers: tuple[Waiver, ...] = ()
    lapsed: tuple[Lapsed, ...] = ()
    pauses: tuple[Claim, ...] = ()
    is_cut: bool = False

    @property
    def paused_by(self) -> str:
        """Name who paused the checks, `""` when nobody did."""
        return self.pauses[-1].author if self.pauses else ""

    def with_accepted(self, claimed: Sequence[Claim]) -> Standing:
        """Add what is being accepted, as it will stand once that is said."""
        pauses = tuple(one for one in claimed if one.call.name == PAUSE)
        waivers = tuple(
            Waiver(one, read_terms(one.call)) for one in claimed if one.call.name == WAIVE
        )
        return replace(self, waivers=self.waivers + waivers, pauses=self.pauses + pauses)

    def without(self, revoked: Collection[Revoked]) -> Standing:
        """Take away what is being revoked."""
        waivers = tuple(one for one in self.waivers if one.claim.name not in revoked)
        pauses = tuple(one for one in self.pauses if one.name not in revoked)
        return replace(self, waivers=waivers, pauses=pauses)


NOTHING_STANDS = Standing()


def digest_of_call(call: Call) -> str:
    """Name what a call asks to be accepted: the rule and the path, whatever day and reason say.

    Who may write may move the day without another acceptance.
    """
    return digest_of(call.name, *call.words)


def read_terms(call: Call) -> Terms:
    """Read what a waiver says; ValueError with a sentence when it says too little or too much."""
    if not call.words:
        raise ValueError(NEEDS_RULE)
    if _OPEN_REASON.search(call.line):
        raise ValueError(OPEN_REASON)
    if len(call.words) > 2:
        raise ValueError(TOO_MANY_WORDS)
    check_options(call, OPTIONS)
    rule, *paths = call.words
    if rule != UNANALYSED:
        check_rule_name(rule)
    elif not paths:
        raise ValueError(NEEDS_PATH)
    path = PathGlob(paths[0]) if paths else None
    if "until" not in call.options:
        raise ValueError(NEEDS_UNTIL)
    until = date.fromisoformat(check_date(call.options["until"]))
    if not call.options.get("reason"):
        raise ValueError(NEEDS_REASON)
    return Terms(rule, path, until, check_sentence(call.options["reason"]))


def check_options(call: Call, known: Collection[str]) -> None:
    """Accept the keys of a call; ValueError names the first that means nothing here."""
    for key in call.options:
        if key not in known:
            raise ValueError(UNKNOWN_OPTION.format(key=key))


def claims(remarks: Sequence[Remark]) -> tuple[Claim, ...]:
    """List what we accepted and nobody revoked, as the comments say it now, oldest first.

    A comment that is gone claims nothing, nor does one that no answer of ours accepted.
    """
    given = answers(remarks)
    by_comment = {answer.asked: answer for answer in given}
    revoked = {one for answer in given for one in answer.revoked}
    found = (
        claim
        for remark in remarks
        if str(remark.id) in by_comment and remark.author_id
        for claim in _claims(remark, by_comment[str(remark.id)])
    )
    return tuple(claim for claim in found if claim.name not in revoked)


def standing(
    claimed: Iterable[Claim], *, may_write: Callable[[str], bool], today: date
) -> Standing:
    """Decide what stands: the author, and who edited it since, may write now; the day holds."""
    waivers: list[Waiver] = []
    lapsed: list[Lapsed] = []
    pauses: list[Claim] = []
    for claim in claimed:
        try:
            _demand_write(claim, may_write)
            if claim.call.name == PAUSE:
                pauses.append(claim)
            else:
                waivers.append(Waiver(claim, _holding(claim.call, today)))
        except ValueError as error:
            lapsed.append(Lapsed(claim.call.line, str(error)))
    return Standing(tuple(waivers), tuple(lapsed), tuple(pauses))


def waive(analysis: Analysis, stands: Standing) -> Analysis:
    """Mark what the waivers accept, and note those that do not hold."""
    return replace(
        analysis,
        findings=tuple(_waived(finding, stands.waivers) for finding in analysis.findings),
        skipped=tuple(_excused(skipped, stands.waivers) for skipped in analysis.skipped),
        notes=(*analysis.notes, *([CUT] if stands.is_cut else []), *map(_note, stands.lapsed)),
    )


def next_end(analysis: Analysis, stands: Standing) -> date | None:
    """Tell the first day after which a verdict may be another; None when none is set."""
    days = [one.accepted.until for one in analysis.findings if one.accepted is not None]
    days += [waiver.terms.until for waiver in stands.waivers]
    return min(days, default=None)


def _claims(remark: Remark, answer: Answer) -> Iterator[Claim]:
    editors = [] if digest_of(remark.body) == answer.digest else [remark.editor]
    if answer.editor is not None:
        editors.append(answer.editor)
    for call in commands.parse(remark.body):
        digest = digest_of_call(call)
        if call.name in {WAIVE, PAUSE} and digest in answer.accepted:
            yield Claim(
                asked=answer.asked,
                call=call,
                digest=digest,
                author=remark.author,
                editors=tuple(editors),
                covered=answer.accepted[digest],
            )


def _demand_write(claim: Claim, may_write: Callable[[str], bool]) -> None:
    if not may_write(claim.author):
        raise ValueError(NO_WRITE.format(login=claim.author))
    for editor in claim.editors:
        if not editor:
            raise ValueError(EDITED_BY_NOBODY)
        if not may_write(editor):
            raise ValueError(EDITED.format(login=editor))


def _holding(call: Call, today: date) -> Terms:
    terms = read_terms(call)
    if problem := overdue(terms.until, today):
        raise ValueError(problem)
    return terms


def _waived(finding: Finding, waivers: Iterable[Waiver]) -> Finding:
    if finding.status is not Status.NEW:
        return finding
    for waiver in waivers:
        if waiver.covers(finding):
            return replace(finding, status=Status.WAIVED, accepted=waiver.acceptance)
    return finding


def _excused(skipped: Skipped, waivers: Iterable[Waiver]) -> Skipped:
    """Let a file that could not be analysed for a reason of the change stand, and say who did."""
    if skipped.cause is not Cause.CHANGE:
        return skipped
    for waiver in waivers:
        terms = waiver.terms
        if terms.rule == UNANALYSED and terms.path and terms.path.matches(skipped.path):
            reason = WAIVED_FILE.format(
                reason=skipped.reason, until=terms.until, by=waiver.claim.author, why=terms.reason
            )
            return replace(skipped, cause=Cause.NATURE, reason=reason)
    return skipped


def _note(lapsed: Lapsed) -> str:
    return LAPSED.format(line=lapsed.line.replace("`", "'"), reason=lapsed.reason)
