"""Accepts findings of this pull request until a date, at most 180 days from now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.domain.markdown import code, fenced, prose
from bot.domain.pull import PullState
from bot.domain.replies import Again, Outcome, Who, refused, unjudged
from bot.domain.standing import UNANALYSED, digest_of_call, read_terms
from checks.model import Cause, Status
from checks.waivers import overdue

if TYPE_CHECKING:
    from bot.domain.commands import Call
    from bot.domain.replies import Scene
    from bot.domain.standing import Terms
    from checks.model import Analysis, Finding

USAGE = '/ssot waive RULE [PATH] until=YYYY-MM-DD reason="…"'
WHO = Who.WRITE
EXAMPLES = (
    '/ssot waive forbidden-import until=YYYY-MM-DD reason="The new engine comes next week"',
    '/ssot waive unanalysed "data/*.py" until=YYYY-MM-DD reason="Generated"',
)
LOOKS_AT_FINDINGS = True

MALFORMED = "This waiver was not accepted: {problem}. Write it as `{usage}`."
NOTHING = (
    "This waiver was not accepted: there is no finding of {rule} here. To cover findings still to "
    "come, name a path."
)
TOO_MANY = (
    "This waiver was not accepted: {count} findings are too many to list. Name a path instead."
)
ACCEPTED = (
    "Waived until the end of {until} (UTC) by {login}: {reason}\n\n{covers}\n\n"
    "To revoke it, delete the comment or write {unwaive}."
)
UNWAIVE = "/ssot unwaive {words}"
COVERS = "It covers the present findings of {rule}: {count}. New ones are not covered."
COVERS_PATH = "It covers {rule} in {path}: {count} now."
VOID = "This pull request is merged, so a waiver here has no effect."
MERGED = (
    f"{VOID} To accept such findings on the branch, add this to `.github/ssot.yml`:\n\n{{line}}"
)
ENTRY = "waivers:\n  - {{rule: {rule}, path: {path}, until: {until}, reason: {reason}}}"
ANY_PATH = "WHERE/IT/STANDS.py"
# 17 bytes each in the hidden lines of the answer, which has an end.
MAX_FINGERPRINTS = 2_000


def decide(call: Call, scene: Scene) -> Outcome:
    """Accept a waiver: the answer is the acceptance, and lists what it covers."""
    assert scene.pull is not None
    try:
        terms = read_terms(call)
        if problem := overdue(terms.until, scene.today):
            raise ValueError(problem)
    except ValueError as error:
        return refused(MALFORMED.format(problem=prose(str(error)), usage=USAGE))
    if scene.pull.state is PullState.MERGED and terms.rule == UNANALYSED:
        return refused(VOID)
    if scene.pull.state is PullState.MERGED:
        return refused(MERGED.format(line=fenced(_entry(terms), "yaml")))
    if scene.analysis is None:
        return unjudged(scene.pull)
    return _accepted(call, scene, terms, analysis=scene.analysis)


def _accepted(call: Call, scene: Scene, terms: Terms, *, analysis: Analysis) -> Outcome:
    covered = [finding for finding in analysis.findings if _is_meant(finding, terms)]
    if terms.path is None and not covered:
        return refused(NOTHING.format(rule=code(terms.rule)))
    names = frozenset(finding.fingerprint for finding in covered)
    listed = sum(len(one.claim.covered) for one in scene.accepted_here)
    if terms.path is None and listed + len(names) > MAX_FINGERPRINTS:
        return refused(TOO_MANY.format(count=listed + len(names)))
    text = ACCEPTED.format(
        until=terms.until,
        login=code(scene.actor),
        reason=prose(terms.reason),
        covers=_covers(terms, covered, analysis),
        unwaive=code(UNWAIVE.format(words=" ".join(map(_quoted, call.words)))),
    )
    accepted = {digest_of_call(call): names if terms.path is None else frozenset[str]()}
    return Outcome(done=True, text=text, again=Again.SILENTLY, accepted=accepted)


def _is_meant(finding: Finding, terms: Terms) -> bool:
    """Cover what is new, and what another waiver covers that may end earlier."""
    return (
        finding.rule == terms.rule
        and finding.status is not Status.MOVED
        and (terms.path is None or terms.path.matches(finding.path))
    )


def _covers(terms: Terms, covered: list[Finding], analysis: Analysis) -> str:
    rule = code(terms.rule)
    if terms.path is None:
        return COVERS.format(rule=rule, count=len(covered))
    count = len(covered)
    if terms.rule == UNANALYSED:
        unread = [one for one in analysis.skipped if one.cause is Cause.CHANGE]
        count = sum(terms.path.matches(one.path) for one in unread)
    return COVERS_PATH.format(rule=rule, path=code(terms.path.pattern), count=count)


def _quoted(word: str) -> str:
    """Write a word of a call so that it is read as one again."""
    return f'"{word}"' if set(word) & set(" \t=") else word


def _entry(terms: Terms) -> str:
    path = terms.path.pattern if terms.path else ANY_PATH
    quoted = {"path": json.dumps(path), "reason": json.dumps(terms.reason, ensure_ascii=False)}
    return ENTRY.format(rule=terms.rule, until=json.dumps(str(terms.until)), **quoted)
