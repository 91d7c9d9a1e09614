"""What should stand on GitHub for a pull request: the verdict, its page, its annotations."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from bot.domain.annotations import Annotation, annotate
from bot.domain.markdown import code, cut, prose
from bot.domain.outlook import NO_OUTLOOK
from bot.domain.pull import ConfigSource
from bot.domain.summary import CUT, MAX_SUMMARY_BYTES, by_place, summarise
from checks.config import CONFIG_PATH
from checks.config.schema import Mode
from checks.model import Conclusion, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.additions import Twin
    from bot.domain.outlook import Outlook
    from bot.domain.pull import PullRequest
    from checks.config import Config, Problem
    from checks.model import Analysis, Finding

CHECK_NAME = "SSOT"

STARTED_TITLE = "Reviewing"
STARTED = "ssot is reading the change. The verdict follows here."
CLEAN_TITLE = "No new findings"
NEW_TITLE_ONE = "1 new finding"
NEW_TITLE = "{count} new findings"
ERRORS_TITLE = "{title}, {errors} of severity error"
UNREAD_TITLE = "Some changed files could not be analysed"
OURS_TITLE = "ssot could not check everything"
OBSERVED_TITLE = "Observing: {title}"
PREVIEW_TITLE = "Preview: {title}"
PREVIEW = (
    f"This change adds the first `{CONFIG_PATH}`. It has no effect before it is merged: below is "
    "what it would say about this change.\n\n"
)
PREVIEW_INVALID_TITLE = "Preview: the new config is not valid"
SKIPPED_TITLE = "No config on this branch"
SKIPPED = (
    "The default branch has a `{path}`, but this pull request's base branch {branch} has none, so "
    "nothing was checked. To check pull requests to this branch too, add the file there.\n"
)
INVALID_TITLE = "The config on the base branch is not valid"
INVALID = "Nothing was checked. Correct `{path}` on {branch}:\n\n{problems}\n"
OWNER_INVALID = (
    "Nothing was checked. Correct `ssot.yml` in the repository `.github`:\n\n{problems}\n"
)
PREVIEW_INVALID = "Nothing was checked. Correct `{path}` in this change:\n\n{problems}\n"
PROBLEM = "- line {line}, column {column}: {message}"
SUPERSEDED_TITLE = "Superseded by {sha}"
SUPERSEDED = "A newer commit was pushed during the review. The newest commit is reviewed instead.\n"
REPLACED_TITLE = "Superseded by a newer run"
REPLACED = "This run was interrupted. A newer run replaces it.\n"
ABANDONED_TITLE = "Review stopped"
ABANDONED = "The pull request was closed, or its config removed, before the review was done.\n"
REFUSED_TITLE = "Not reviewed: this change or repository prevents it"
REFUSED = "Nothing was checked: {reason}.\n"
LOST_TITLE = "Review interrupted"
LOST = (
    "The service stopped before the review was done. An open pull request is reviewed again "
    "automatically.\n"
)
FAILED_TITLE = "ssot failed: the review could not be finished"
FAILED = (
    "Something went wrong in ssot, not in this change. The review is retried automatically; until "
    "then there is no verdict.\n"
)
UNSHOWN_TITLE = "This change does not pass, and ssot could not show why"
UNSHOWN = (
    "The verdict is known, but ssot failed while writing the details. It retries automatically.\n"
)
PAUSED_TITLE = "Paused: {title}"
PAUSED = "The checks were paused by {login}; `/ssot resume` ends the pause. Without the pause:\n\n"
UNSPOKEN = "\nThere are no comments at the lines, because GitHub refused the review: {reason}.\n"
# What stays true when it could not be shown: our mistake must not let a finding through.
_BLOCKING = frozenset({Conclusion.FAILURE, Conclusion.ACTION_REQUIRED})


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a completed run: at most 20, 40 and 20 characters."""

    label: str
    description: str
    identifier: str


RECHECK = Button("Re-check", "Check this head once more", "recheck")
FIX = Button("Apply fixes", "Commit the proven edits to the branch", "fix")


@dataclass(frozen=True, slots=True)
class Report:
    """A verdict and all that is shown of it.

    `findings` are those that comments may speak of, sorted by place; `kept` stand too, but are
    moved or waived: no new comment is made of them. About the files in `unread` nothing is known:
    what stands there must not be called fixed. `max_comments` is 0 where the verdict is not to be
    discussed line by line.
    """

    conclusion: Conclusion
    title: str
    summary: str
    annotations: tuple[Annotation, ...] = ()
    findings: tuple[Finding, ...] = ()
    kept: tuple[Finding, ...] = ()
    unread: frozenset[str] = frozenset()
    max_comments: int = 0
    buttons: tuple[Button, ...] = ()
    outlook: Outlook = NO_OUTLOOK

    @property
    def page(self) -> str:
        """The summary with the outlook below it, within GitHub's limit."""
        parts = filter(None, (self.summary, self.outlook.text))
        return cut("\n\n".join(parts), MAX_SUMMARY_BYTES, notice=CUT)

    @property
    def digest(self) -> str:
        """Identify what the check run shows: 16 hex digits, equal for an unchanged verdict.

        Buttons are left out, and all of the outlook but its key: they are no part of the verdict.
        """
        shown = [self.conclusion, self.title, self.summary, *map(asdict, self.annotations)]
        if self.outlook.key:
            shown.append(self.outlook.key)
        return sha256(json.dumps(shown).encode()).hexdigest()[:16]


def report(
    analysis: Analysis, pull: PullRequest, config: Config, *, twins: Sequence[Twin] = ()
) -> Report:
    """Turn an analysis into what should stand: mode and place of the config come on top of it.

    `twins` are hinted at: they weigh nothing.
    """
    verdict = _judged(analysis, pull, config, twins=twins)
    if pull.config.source is ConfigSource.HEAD:
        return _muted(verdict, title=PREVIEW_TITLE.format(title=verdict.title), before=PREVIEW)
    if config.report.mode is Mode.OBSERVE:
        return _muted(verdict, title=OBSERVED_TITLE.format(title=verdict.title))
    return verdict


def skipped(pull: PullRequest) -> Report:
    """Say that only the default branch has a config."""
    text = SKIPPED.format(path=CONFIG_PATH, branch=prose(pull.base_ref))
    return Report(Conclusion.SKIPPED, SKIPPED_TITLE, text)


def invalid(problems: Iterable[Problem], pull: PullRequest) -> Report:
    """Say what is wrong with the config, where, and what to write instead."""
    listed = "\n".join(
        PROBLEM.format(line=problem.line, column=problem.column, message=prose(_said(problem)))
        for problem in problems
    )
    if pull.config.source is ConfigSource.HEAD:
        text = PREVIEW_INVALID.format(path=CONFIG_PATH, problems=listed)
        return Report(Conclusion.NEUTRAL, PREVIEW_INVALID_TITLE, _fitting(text))
    text = INVALID if pull.config.source is ConfigSource.BASE else OWNER_INVALID
    text = text.format(path=CONFIG_PATH, branch=prose(pull.base_ref), problems=listed)
    return Report(Conclusion.ACTION_REQUIRED, INVALID_TITLE, _fitting(text))


def paused(verdict: Report, login: str) -> Report:
    """Make a verdict neutral and silent, and say who paused the checks."""
    title = PAUSED_TITLE.format(title=verdict.title)
    return _muted(verdict, title=title, before=PAUSED.format(login=code(login)))


def unspoken(verdict: Report, reason: str) -> Report:
    """Add to a verdict why no comment stands at its lines."""
    note = UNSPOKEN.format(reason=prose(reason.rstrip(".")))
    kept = cut(verdict.summary, MAX_SUMMARY_BYTES - len(note.encode()), notice=CUT)
    return replace(verdict, summary=kept + note)


def superseded(head_sha: str) -> Report:
    """Say that a newer head is reviewed instead."""
    title = SUPERSEDED_TITLE.format(sha=head_sha[:7])
    return Report(Conclusion.CANCELLED, title, SUPERSEDED)


def replaced() -> Report:
    """Say that a run was left behind half-written."""
    return Report(Conclusion.CANCELLED, REPLACED_TITLE, REPLACED)


def abandoned() -> Report:
    """Say that nobody waits for the verdict any more."""
    return Report(Conclusion.CANCELLED, ABANDONED_TITLE, ABANDONED)


def refused(reason: str) -> Report:
    """Say what somebody in the repository has to mend before anything can be checked."""
    text = REFUSED.format(reason=prose(reason.rstrip(".")))
    return Report(Conclusion.ACTION_REQUIRED, REFUSED_TITLE, _fitting(text))


def lost() -> Report:
    """Say that the service that started a run never came back to it."""
    return Report(Conclusion.CANCELLED, LOST_TITLE, LOST)


def failed(known: Report | None = None) -> Report:
    """Say that a bug of ours, git or the API kept the verdict from being known, or only shown.

    `known` is the verdict when there is one: one that blocks goes on blocking.
    """
    if known and known.conclusion in _BLOCKING:
        return Report(known.conclusion, UNSHOWN_TITLE, UNSHOWN)
    return Report(Conclusion.NEUTRAL, FAILED_TITLE, FAILED)


def _said(problem: Problem) -> str:
    return f"`{problem.key}`: {problem.message}" if problem.key else problem.message


def _judged(
    analysis: Analysis, pull: PullRequest, config: Config, *, twins: Sequence[Twin]
) -> Report:
    findings = by_place(analysis.new)
    discussed = config.report.mode is Mode.COMMENT and not pull.draft
    unread = [skipped.path for skipped in analysis.skipped]
    return Report(
        conclusion=analysis.conclusion,
        title=_title(analysis),
        summary=summarise(analysis, twins),
        annotations=annotate(findings),
        findings=tuple(findings),
        kept=tuple(one for one in analysis.findings if one.status is not Status.NEW),
        unread=frozenset(unread + [crash.path for crash in analysis.crashes]),
        max_comments=config.report.max_comments if discussed else 0,
    )


def _title(analysis: Analysis) -> str:
    errors = sum(finding.severity is Severity.ERROR for finding in analysis.new)
    if analysis.conclusion is Conclusion.FAILURE and not errors:
        return UNREAD_TITLE
    if not analysis.new:
        return CLEAN_TITLE if analysis.conclusion is Conclusion.SUCCESS else OURS_TITLE
    count = len(analysis.new)
    title = NEW_TITLE_ONE if count == 1 else NEW_TITLE.format(count=count)
    return title if errors == count else ERRORS_TITLE.format(title=title, errors=errors)


def _muted(verdict: Report, *, title: str, before: str = "") -> Report:
    return replace(
        verdict,
        conclusion=Conclusion.NEUTRAL,
        title=title,
        summary=_fitting(before + verdict.summary),
        max_comments=0,
    )


def _fitting(text: str) -> str:
    return cut(text, MAX_SUMMARY_BYTES, notice=CUT)
