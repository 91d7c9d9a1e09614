"""Findings as annotations of a check run, within what GitHub takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.markdown import clip, visible
from checks.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from checks.model import Finding

MAX_ANNOTATIONS = 200
BATCH = 50  # "maxItems" of one request; each further request appends
# https://docs.github.com/en/rest/checks/runs: 64 KB and 255 characters, counted in bytes here.
MAX_MESSAGE_BYTES = 60_000
MAX_TITLE_BYTES = 255

TITLE = "SSOT: {rule}"


class Level(StrEnum):
    """How GitHub paints an annotation."""

    FAILURE = "failure"
    WARNING = "warning"
    NOTICE = "notice"


LEVELS = {Severity.ERROR: Level.FAILURE, Severity.WARNING: Level.WARNING}


@dataclass(frozen=True, slots=True)
class Annotation:
    """Words at a range of lines, as GitHub counts: 1-based, ends included.

    Columns are 0 when there are none: GitHub refuses them on a range of several lines.
    """

    path: str
    start_line: int
    end_line: int
    level: Level
    title: str
    message: str
    start_column: int = 0
    end_column: int = 0


def annotate(findings: Iterable[Finding]) -> tuple[Annotation, ...]:
    """Annotate up to 200 findings in order; a path that is no UTF-8 cannot be named to GitHub."""
    nameable = [finding for finding in findings if is_nameable(finding)]
    return tuple(_annotation(finding) for finding in nameable[:MAX_ANNOTATIONS])


def is_nameable(finding: Finding) -> bool:
    """Tell whether GitHub's JSON can carry the finding's path."""
    return not any("\ud800" <= character <= "\udfff" for character in finding.path)


def not_sent(
    wanted: Sequence[Annotation], standing: Iterable[Annotation]
) -> tuple[Annotation, ...] | None:
    """Return what a run still lacks of `wanted`; None when it holds what is not wanted."""
    lacking = list(wanted)
    for annotation in standing:
        if annotation not in lacking:
            return None
        lacking.remove(annotation)
    return tuple(lacking)


def _annotation(finding: Finding) -> Annotation:
    span = finding.span
    one_line = span.line == span.end_line
    return Annotation(
        path=finding.path,
        start_line=span.line,
        end_line=span.end_line,
        level=LEVELS.get(finding.severity, Level.NOTICE),
        title=clip(TITLE.format(rule=finding.rule), MAX_TITLE_BYTES),
        message=clip(visible(finding.message), MAX_MESSAGE_BYTES),
        start_column=span.column if one_line else 0,
        end_column=max(span.column, span.end_column - 1) if one_line else 0,
    )
