"""Plan = report minus what stands: the fewest writes that make GitHub say what is true."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from bot.domain import comments
from bot.domain.annotations import is_nameable
from bot.domain.comments import like

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from bot.domain.comments import Inline
    from bot.domain.pull import Comment, PullRequest
    from bot.domain.report import Report
    from checks.config import Config
    from checks.model import Finding

# Each has a hidden line in the comment, which has an end.
MAX_TWINS = 500


@dataclass(frozen=True, slots=True)
class Review:
    """One review to post; `refused` is its body when GitHub refuses the inline comments."""

    body: str
    inlines: tuple[Inline, ...]
    refused: str


@dataclass(frozen=True, slots=True)
class CommentEdit:
    """A comment that must say something else, and whether it is to be folded or open then."""

    comment: Comment
    body: str
    minimized: bool
    resolved: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The writes beside the check run, in the order in which they are made."""

    edits: tuple[CommentEdit, ...] = ()
    review: Review | None = None


NO_PLAN = Plan()


def plan(report: Report, pull: PullRequest, *, config: Config, renamed: Mapping[str, str]) -> Plan:
    """Compare what should stand with what stands; `renamed` maps old paths to those at head.

    A finding that has its comment gets no second one. A comment without its finding is edited to
    say that it is fixed, and edited back when the finding returns.
    """
    findings = list(_offered_once(report.findings))
    matches = _match([*findings, *report.kept], pull.comments, renamed)
    said = {finding for finding, _ in matches}
    unsaid = [
        finding
        for finding in findings
        if finding not in said and finding.fingerprint not in pull.listed and _is_placeable(finding)
    ]
    whole = comments.name_of_all(report.findings)
    edits = tuple(_edits(matches, report, pull, config=config))
    review = None if whole in pull.listed else _review(unsaid, report, config, whole=whole)
    return Plan(edits, review)


def _offered_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Drop each suggestion that GitHub would not take, and those of lines that have one already.

    GitHub applies one suggestion for each line:
    https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests/incorporating-feedback-in-your-pull-request
    """
    taken: dict[str, set[int]] = {}
    for finding in findings:
        offer = finding.suggestion
        if offer is None:
            yield finding
            continue
        lines = set(range(offer.start_line, offer.end_line + 1))
        if offer.anchored and not lines & taken.setdefault(finding.path, set()):
            taken[finding.path] |= lines
            yield finding
        else:
            yield replace(finding, suggestion=None)


_Slot = tuple["Comment", str]
_Match = tuple["Finding", "Comment"]


def _match(
    findings: Sequence[Finding], standing: Sequence[Comment], renamed: Mapping[str, str]
) -> list[_Match]:
    """Give each finding at most one of the fingerprints that comments hold, surest first."""
    slots = [(comment, name) for comment in standing for name in comment.markers.fingerprints]
    matches: list[_Match] = []
    for key_of_finding, key_of_slot in (
        (_fingerprint, _marked),
        (_alike, lambda slot: (renamed.get(slot[0].path), slot[0].markers.like)),
        (_place, _marked_place),
    ):
        found, slots = _pair(findings, slots, key_of_finding, key_of_slot)
        matches += found
        said = {finding for finding, _ in found}
        findings = [finding for finding in findings if finding not in said]
    return matches


def _pair(
    findings: Iterable[Finding],
    slots: Iterable[_Slot],
    key_of_finding: Callable[[Finding], Hashable],
    key_of_slot: Callable[[_Slot], Hashable],
) -> tuple[list[_Match], list[_Slot]]:
    """Pair what has one key, nearest line first; return the pairs and the slots left over."""
    free: dict[Hashable, list[_Slot]] = {}
    for slot in slots:
        free.setdefault(key_of_slot(slot), []).append(slot)
    matches: list[_Match] = []
    for finding in findings:
        if fitting := free.get(key_of_finding(finding)):
            nearest = min(fitting, key=lambda slot: abs(slot[0].line - finding.span.line))
            fitting.remove(nearest)
            matches.append((finding, nearest[0]))
    return matches, [slot for left in free.values() for slot in left]


def _is_placeable(finding: Finding) -> bool:
    return finding.anchored and is_nameable(finding)


def _fingerprint(finding: Finding) -> str:
    return finding.fingerprint


def _marked(slot: _Slot) -> str:
    return slot[1]


def _alike(finding: Finding) -> tuple[str, str]:
    return finding.path, like(finding)


def _place(finding: Finding) -> tuple[str, str, str]:
    return finding.path, *_kindless(like(finding))


def _marked_place(slot: _Slot) -> tuple[str, str, str]:
    return slot[0].path, *_kindless(slot[0].markers.like)


def _kindless(text: str) -> tuple[str, str]:
    rule, _, rest = text.partition("/")
    return rule, rest.partition("/")[2]


def _edits(
    matches: Sequence[_Match], report: Report, pull: PullRequest, *, config: Config
) -> Iterator[CommentEdit]:
    for comment in pull.comments:
        findings = [finding for finding, matched in matches if matched is comment]
        if findings and _is_outdated(comment, findings):
            findings.sort(key=lambda finding: finding.span)
            yield _corrected(comment, comments.body(findings, config))
        gone = not findings and comment.path not in report.unread
        if gone and (comment.markers.unsettled or not comment.markers.fixed_in):
            yield _done(comment, head_sha=pull.position.head_sha)


def _is_outdated(comment: Comment, findings: Iterable[Finding]) -> bool:
    names = {finding.fingerprint for finding in findings}
    said = comment.markers
    return bool(said.fixed_in) or said.unsettled or names != set(said.fingerprints)


def _corrected(comment: Comment, text: str) -> CommentEdit:
    """Edit a comment whose finding stands, and open it again when it was folded as fixed.

    A thread that people resolved although its finding stands is theirs to open.
    """
    if comment.markers.fixed_in or comment.markers.unsettled:
        return CommentEdit(comment, text, minimized=False, resolved=False)
    return CommentEdit(comment, text, minimized=comment.minimized, resolved=comment.resolved)


def _done(comment: Comment, *, head_sha: str) -> CommentEdit:
    """Say that a finding is gone and fold its comment, but not under the answers of others."""
    if comment.markers.fixed_in:
        text = comments.settled(comment)
    else:
        text = comments.fixed(comment, head_sha=head_sha)
    return CommentEdit(
        comment, text, minimized=comment.minimized or not comment.replied, resolved=True
    )


def _review(
    findings: list[Finding], report: Report, config: Config, *, whole: str
) -> Review | None:
    if not findings or not report.max_comments:
        return None
    groups = _groups(findings, config)
    inlined, beyond = groups[: report.max_comments], groups[report.max_comments :]
    return Review(
        body=comments.review(
            inlined=[finding for group in inlined for finding in group],
            beyond=[finding for group in beyond for finding in group],
            limit=report.max_comments,
            whole=whole,
        ),
        inlines=tuple(comments.inline(group, config) for group in inlined),
        refused=comments.refused(findings, whole=whole),
    )


def _groups(findings: Iterable[Finding], config: Config) -> list[list[Finding]]:
    """Put findings that are alike in one file together; one with a suggestion stands alone."""

    def alike(finding: Finding) -> tuple[str, str, str]:
        offered = finding.suggestion is not None and config.report.suggestions
        return finding.path, like(finding), finding.fingerprint if offered else ""

    ordered = sorted(findings, key=lambda finding: (alike(finding), finding.span))
    twins = [list(group) for _, group in groupby(ordered, alike)]
    groups = [
        group[start : start + MAX_TWINS]
        for group in twins
        for start in range(0, len(group), MAX_TWINS)
    ]
    return sorted(groups, key=lambda group: (group[0].path, group[0].span))
