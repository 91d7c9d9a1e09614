"""The page of a check run: what is new, what went, and what could not be judged."""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING

from bot.domain.annotations import MAX_ANNOTATIONS, is_nameable
from bot.domain.markdown import code, cut, prose
from checks.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.additions import Twin
    from checks.model import Analysis, Crash, Finding, Fixed, Skipped

# "summary exceeds a maximum bytesize of 65535"
MAX_SUMMARY_BYTES = 60_000
# No line is shorter than 15 bytes: more of them are not even written, 80,000 take seconds.
MAX_LINES = MAX_SUMMARY_BYTES // 15

NOTHING_NEW = "This change adds no findings.\n"
MEASURED = "Analysed: {analyzed} of {changed} changed files."
REST = "{measured} Not Python, deleted or ignored: {count}."
NEW = "### New\n"
NEXT = (
    "Change these lines and push. To accept a finding for a while, or to ask why, comment "
    "`/ssot help` on the pull request.\n"
)
RULE = "**{rule}** ({count})\n"
FIXED = "### Fixed by this change\n"
MOVED = "### Moved, not new\n"
WAIVED = "### Waived\n"
UNTIL = "{line} (until {until}{by}: {reason})"
BY = ", by {name}"
SKIPPED = "### Not analysed\n"
ELSEWHERE = "### Added elsewhere too\n"
TWIN = "- Open pull request #{number} adds the same definition: the {kind} {symbol}."
CRASHED = "### Failed in ssot, not in this change\n"
NOTES = "### Notes\n"
FOUND = "- {path}, line {line}: {message}"
IN_TESTS = "{line} (in tests)"
GONE = "- {rule} · {path}, line {line} at the base: {symbol}"
NOT_READ = "- {path}: {reason}"
CRASH = "- **{rule}** on {path}: {error}"
NOTE = "- {note}"
LIMITED = "Only the first {limit} of {count} new findings are annotated.\n"
UNNAMEABLE = "Not annotated, because the file name is not UTF-8: {count}.\n"
CUT = (
    "\n_The summary is cut here: GitHub allows no more text. `ssot check` in a clone shows "
    "everything._\n"
)


def summarise(analysis: Analysis, twins: Iterable[Twin] = (), *, advice: str = NEXT) -> str:
    """Write the summary in Markdown, within GitHub's limit; `advice` says what to do next."""
    sections = [
        _new(analysis.new, advice),
        _limits(analysis.new),
        _list(ELSEWHERE, map(_twin, twins)),
        _list(CRASHED, map(_crash, analysis.crashes)),
        _list(SKIPPED, map(_skipped, analysis.skipped)),
        _list(FIXED, map(_fixed, analysis.fixed)),
        _list(MOVED, map(_found, _of(analysis, Status.MOVED))),
        _list(WAIVED, map(_waived, _of(analysis, Status.WAIVED))),
        _list(NOTES, (NOTE.format(note=prose(note)) for note in analysis.notes)),
        _measured(analysis),
    ]
    return cut("\n".join(filter(None, sections)), MAX_SUMMARY_BYTES, notice=CUT)


def _measured(analysis: Analysis) -> str:
    analyzed, changed = analysis.files_analyzed, analysis.files_changed
    measured = MEASURED.format(analyzed=analyzed, changed=changed)
    count = changed - analyzed - len(analysis.skipped)
    return REST.format(measured=measured, count=count) if count > 0 else measured


def by_place(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings as a person reads a change."""
    return sorted(findings, key=lambda finding: (finding.path, finding.span, finding.rule))


def _new(findings: Sequence[Finding], advice: str) -> str:
    if not findings:
        return NOTHING_NEW
    ordered = sorted(findings, key=lambda f: (f.rule, f.in_tests, f.path, f.span))
    groups = [
        _rule(rule, list(group)) for rule, group in groupby(ordered, lambda finding: finding.rule)
    ]
    return "\n".join([NEW, *groups, advice])


def _rule(rule: str, findings: list[Finding]) -> str:
    return _list(RULE.format(rule=rule, count=len(findings)), map(_found, findings))


def _list(heading: str, lines: Iterable[str]) -> str:
    items = "\n".join(islice(lines, MAX_LINES))
    return f"{heading}\n{items}\n" if items else ""


def _limits(findings: Sequence[Finding]) -> str:
    nameable = sum(map(is_nameable, findings))
    lines = []
    if nameable > MAX_ANNOTATIONS:
        lines.append(LIMITED.format(limit=MAX_ANNOTATIONS, count=nameable))
    if unnameable := len(findings) - nameable:
        lines.append(UNNAMEABLE.format(count=unnameable))
    return "\n".join(lines)


def _of(analysis: Analysis, status: Status) -> list[Finding]:
    return by_place(finding for finding in analysis.findings if finding.status is status)


def _found(finding: Finding) -> str:
    line = FOUND.format(
        path=code(finding.path), line=finding.span.line, message=prose(finding.message)
    )
    return IN_TESTS.format(line=line) if finding.in_tests else line


def _waived(finding: Finding) -> str:
    accepted, line = finding.accepted, _found(finding)
    if accepted is None:
        return line
    by = BY.format(name=prose(accepted.by)) if accepted.by else ""
    return UNTIL.format(line=line, until=accepted.until, by=by, reason=prose(accepted.reason))


def _fixed(fixed: Fixed) -> str:
    return GONE.format(
        rule=fixed.rule, path=code(fixed.path), line=fixed.line, symbol=code(fixed.symbol)
    )


def _twin(twin: Twin) -> str:
    addition = twin.addition
    return TWIN.format(number=twin.number, kind=addition.kind, symbol=code(addition.symbol))


def _skipped(skipped: Skipped) -> str:
    return NOT_READ.format(path=code(skipped.path), reason=prose(skipped.reason))


def _crash(crash: Crash) -> str:
    return CRASH.format(rule=crash.rule, path=code(crash.path), error=code(crash.error))
