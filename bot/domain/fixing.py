"""One commit out of many suggestions: what the files say afterwards, or why there is none."""

from __future__ import annotations

from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING

from bot.domain.markdown import code, prose
from checks.fixes.lines import UneditableError, apply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.domain.pull import PullRequest
    from checks.model import Finding, Suggestion

LOCAL = "ssot fix --base {base} --write"
LOCALLY = "In a local clone, {command} makes the same edits."
NOT_GRANTED = (
    "This App cannot write to the branch: it was installed without `contents: write`. {locally}"
)
NOT_TAKEN = "GitHub refused the commit: {reason}. {locally}"
UNEDITABLE = "These files cannot be changed without changing other characters too. {locally}"
HEADLINE_ONE = "Apply a fix proposed by ssot"
HEADLINE = "Apply {count} fixes proposed by ssot"
ASKED_BY = "Asked for by {login} on pull request {number}.\n\n{trailer}"
# By it the one who asked is found to be answered, should all else be lost after the commit.
ANSWERS = "Ssot-answers: {asked}"


def locally(pull: PullRequest) -> str:
    """Give the command that makes the same edits in a clone."""
    return LOCALLY.format(command=code(LOCAL.format(base=pull.base_ref)))


def not_granted(pull: PullRequest) -> str:
    """Say that the installation does not let the App push."""
    return NOT_GRANTED.format(locally=locally(pull))


def not_taken(pull: PullRequest, reason: str) -> str:
    """Say why GitHub refused the commit: a protected branch, for example."""
    return NOT_TAKEN.format(reason=prose(reason.rstrip(".")), locally=locally(pull))


def uneditable(pull: PullRequest) -> str:
    """Say that no file could be edited with certainty."""
    return UNEDITABLE.format(locally=locally(pull))


def message(pull: PullRequest, count: int, *, login: str, asked: str) -> tuple[str, str]:
    """Write headline and body of the commit that answers a comment or a press."""
    headline = HEADLINE_ONE if count == 1 else HEADLINE.format(count=count)
    trailer = ANSWERS.format(asked=asked)
    return headline, ASKED_BY.format(login=login, number=pull.number, trailer=trailer)


def is_answered(pull: PullRequest, asked: str) -> bool:
    """Tell whether the head is the commit that answers a comment or a press."""
    return pull.head_message.rstrip().endswith(f"\n{ANSWERS.format(asked=asked)}")


def edited(texts: Mapping[str, bytes], findings: Iterable[Finding]) -> Mapping[str, bytes]:
    """Apply the suggestions of the findings to the head's files, those that change, by path.

    Of suggestions that overlap only the last is made; a file that cannot be changed without
    changing more than is meant is left out.
    """
    by_path: dict[str, set[Suggestion]] = {}
    for finding in findings:
        if finding.suggestion is not None and finding.path in texts:
            by_path.setdefault(finding.path, set()).add(finding.suggestion)
    changed: dict[str, bytes] = {}
    for path, suggestions in sorted(by_path.items()):
        with suppress(UneditableError):
            changed[path] = apply(texts[path], _apart(suggestions))
    return {path: text for path, text in changed.items() if text != texts[path]}


def _apart(suggestions: Iterable[Suggestion]) -> Iterator[Suggestion]:
    """Pick suggestions that do not overlap, from the last line to the first."""
    free: float = inf
    for one in sorted(suggestions, key=lambda one: (-one.end_line, -one.start_line)):
        if one.end_line < free:
            free = one.start_line
            yield one
