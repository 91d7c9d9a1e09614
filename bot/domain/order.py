"""The order in which a verdict is decided: the first line that holds is the conclusion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.pull import ConfigSource
from checks.config.schema import Mode
from checks.model import Cause, Conclusion, Severity

if TYPE_CHECKING:
    from bot.domain.pull import PullRequest
    from checks.config import Config
    from checks.model import Analysis

SUPERSEDED = "A newer commit was pushed during the review."
SKIPPED = "The default branch has a config, but the base branch of this pull request has none."
PREVIEW = "This change adds the first config, which has no effect before it is merged."
INVALID = "The config on the base branch cannot be used, or something else is in the way."
PAUSED = "Somebody with write access paused the checks."
OBSERVED = "The config says `mode: observe`."
ERRORS = "The change adds a finding of severity error."
UNANALYSED = "A changed file could not be analysed, and the reason is in the change."
OURS = "ssot could not check everything: a rule crashed, or git or GitHub failed."
WARNINGS = "The change adds nothing worse than warnings."
CLEAN = "None of the above."


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the order: what it says, what it would conclude, and whether it holds."""

    words: str
    conclusion: Conclusion
    holds: bool


@dataclass(frozen=True, slots=True)
class Basis:
    """What a verdict rests on: config and analysis are None where there was none to use."""

    config: Config | None
    analysis: Analysis | None
    paused_by: str = ""


def order(pull: PullRequest, basis: Basis) -> tuple[Step, ...]:
    """List all lines of the order for a head that was examined just now."""
    source, config, analysis = pull.config.source, basis.config, basis.analysis
    severities = {finding.severity for finding in analysis.new} if analysis else set()
    causes = {skipped.cause for skipped in analysis.skipped} if analysis else set()
    is_ours = analysis is not None and analysis.is_our_fault
    steps = (
        Step(SUPERSEDED, Conclusion.CANCELLED, holds=False),
        Step(SKIPPED, Conclusion.SKIPPED, holds=source is ConfigSource.DEFAULT),
        Step(PREVIEW, Conclusion.NEUTRAL, holds=source is ConfigSource.HEAD),
        Step(INVALID, Conclusion.ACTION_REQUIRED, holds=analysis is None),
        Step(PAUSED, Conclusion.NEUTRAL, holds=bool(basis.paused_by)),
        Step(OBSERVED, Conclusion.NEUTRAL, holds=_observes(config)),
        Step(ERRORS, Conclusion.FAILURE, holds=Severity.ERROR in severities),
        Step(UNANALYSED, Conclusion.FAILURE, holds=Cause.CHANGE in causes),
        Step(OURS, Conclusion.NEUTRAL, holds=is_ours),
        Step(WARNINGS, Conclusion.NEUTRAL, holds=Severity.WARNING in severities),
    )
    holds = any(step.holds for step in steps)
    return (*steps, Step(CLEAN, Conclusion.SUCCESS, holds=not holds))


def deciding(steps: tuple[Step, ...]) -> Step:
    """Return the line that decides."""
    return next(step for step in steps if step.holds)


def _observes(config: Config | None) -> bool:
    return config is not None and config.report.mode is Mode.OBSERVE
