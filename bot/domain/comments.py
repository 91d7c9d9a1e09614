"""What a person reads at a line of a pull request, and in the review that carries it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from bot.domain.markdown import (
    MAX_BODY_BYTES,
    Markers,
    clip,
    code,
    cut,
    header,
    link,
    marker,
    parse,
    prose,
    suggestion,
    without_header,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.pull import Comment
    from checks.config import Config
    from checks.model import Finding

WHAT = "**{rule}**: {message}"
WHY = "Why: {about}"
DOCS = "Read more"
AGAIN_ONE = "The same finding occurs once more in this file."
AGAIN = "The same finding occurs {count} more times in this file."
APPLY = "Apply the suggestion, or change the line and push: this comment is then marked as fixed."
NEXT = "Change the line and push: this comment is then marked as fixed."
FIXED = (
    "**Fixed** in {sha}.\n\n<details><summary>The comment before the fix</summary>\n\n{before}\n\n"
    "</details>"
)

FOUND_ONE = "This change adds one finding."
FOUND = "This change adds {count} findings."
HELP = "To accept a finding for a while, or to ask why, comment `/ssot help`."
NOT_INLINE = "Findings beyond the limit of {limit} comments: {count}. The check `SSOT` lists them."
REFUSED = "GitHub refused comments at these lines, so the findings are listed here:"
LISTED = "- {path}, line {line}: {message}"
CUT = "\nThe list is cut here: the check `SSOT` has the rest.\n"

# A config may hold 64 kB, all of it in one explanation that would fill every comment.
MAX_ABOUT_BYTES = 2_000
# 43 bytes each, so that the hidden lines leave room for what a person reads.
MAX_MARKERS = 800
# No line is shorter than 15 bytes: more of them are not even written, 80,000 take seconds.
MAX_LISTED = MAX_BODY_BYTES // 15


@dataclass(frozen=True, slots=True)
class Inline:
    """One comment of a review: on head line `line`, or on `start_line` to `line`."""

    path: str
    line: int
    body: str
    start_line: int | None = None


def like(finding: Finding) -> str:
    """Say what kind of finding this is, without its file: rule, kind, digest of the symbol."""
    symbol = sha256(finding.symbol.encode(errors="surrogatepass")).hexdigest()[:16]
    return f"{finding.rule}/{finding.kind}/{symbol}"


def inline(findings: Sequence[Finding], config: Config) -> Inline:
    """Make one comment of findings that are alike in one file, at the first of them."""
    first = findings[0]
    replaced = first.suggestion if config.report.suggestions else None
    if replaced is None:
        return Inline(first.path, first.span.line, body(findings, config))
    start = replaced.start_line if replaced.start_line < replaced.end_line else None
    return Inline(first.path, replaced.end_line, body(findings, config), start)


def body(findings: Sequence[Finding], config: Config) -> str:
    """Say what was found, why it matters and what to do next; name it to ourselves, hidden.

    No line number stands in it: a body must stay true when lines shift.
    """
    first = findings[0]
    markers = Markers(tuple(finding.fingerprint for finding in findings), like=like(first))
    paragraphs = [
        WHAT.format(rule=first.rule, message=prose(first.message)),
        _why(first, config),
        _again(len(findings) - 1),
        _next(first, config),
    ]
    return header(markers) + "\n\n".join(filter(None, paragraphs))


def fixed(comment: Comment, *, head_sha: str) -> str:
    """Say that what a comment spoke of is gone; its markers stay, so that it can come back."""
    markers = Markers(comment.markers.fingerprints, comment.markers.like, fixed_in=head_sha)
    before = without_header(comment.body).replace("\r\n", "\n").strip()
    return header(markers) + FIXED.format(sha=head_sha, before=before)


def unsettled(text: str) -> str:
    """Note, hidden in a comment, that folding or unfolding it is to be tried again."""
    return header(replace(parse(text), unsettled=True)) + without_header(text)


def settled(comment: Comment) -> str:
    """Take that note out of a comment."""
    return header(replace(comment.markers, unsettled=False)) + without_header(comment.body)


def name_of_all(findings: Sequence[Finding]) -> str:
    """Name a set of findings, as a fingerprint names one of them."""
    names = sorted(finding.fingerprint for finding in findings)
    return sha256("\n".join(names).encode()).hexdigest()[:16]


def review(*, inlined: Sequence[Finding], beyond: Sequence[Finding], limit: int, whole: str) -> str:
    """Introduce a review; findings beyond the limit are counted.

    All are named to ourselves: a comment that people deleted, or edited beyond recognition, is not
    posted again. `whole` names all findings of the pull request, for when they are too many.
    """
    lines = [_found(len(inlined) + len(beyond))]
    if beyond:
        lines.append(NOT_INLINE.format(count=len(beyond), limit=limit))
    lines.append(HELP)
    return _hidden([*beyond, *inlined], whole) + " ".join(lines)


def refused(findings: Sequence[Finding], *, whole: str) -> str:
    """Write the review that GitHub takes when it refused its inline comments."""
    listed = [
        LISTED.format(
            path=code(finding.path), line=finding.span.line, message=prose(finding.message)
        )
        for finding in findings[:MAX_LISTED]
    ]
    text = "\n".join([_found(len(findings)), REFUSED, "", *listed, ""])
    return cut(_hidden(findings, whole) + text, MAX_BODY_BYTES, notice=CUT)


def _hidden(findings: Sequence[Finding], whole: str) -> str:
    names = [finding.fingerprint for finding in findings[:MAX_MARKERS]]
    if len(findings) > MAX_MARKERS:
        names.append(whole)
    return "".join(f"{marker(name)}\n" for name in names)


def _found(count: int) -> str:
    return FOUND_ONE if count == 1 else FOUND.format(count=count)


def _why(finding: Finding, config: Config) -> str:
    concept = next((one for one in config.concepts if one.name == finding.concept), None)
    if concept is None:
        return ""
    why = WHY.format(about=prose(clip(concept.about, MAX_ABOUT_BYTES))) if concept.about else ""
    docs = link(DOCS, url=concept.docs) if concept.docs else ""
    return " ".join(filter(None, [why, docs]))


def _again(count: int) -> str:
    if count == 1:
        return AGAIN_ONE
    return AGAIN.format(count=count) if count else ""


def _next(finding: Finding, config: Config) -> str:
    if finding.suggestion is None or not config.report.suggestions:
        return NEXT
    return f"{APPLY}\n\n{suggestion(finding.suggestion.replacement)}"
