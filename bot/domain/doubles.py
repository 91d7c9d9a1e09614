"""Definitions that two changes add, each for itself, at a place where either alone is at home."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from checks.config.model import FrozenMap
from checks.config.rules import RuleName
from checks.model import Severity, Status

if TYPE_CHECKING:
    from checks.config import Config
    from checks.model import Analysis, Finding

DOUBLE = (
    "Another change has added `{symbol}` meanwhile, at {path}:{line}. Keep one of the two "
    "definitions of `{concept}`."
)


def homeless(config: Config) -> Config:
    """Take the concepts' homes away: now every definition that a change adds is flagged."""
    concepts = tuple(replace(concept, canonical=()) for concept in config.concepts)
    severities = tuple(
        (name, severity if name == RuleName.DUPLICATE_DEFINITION else Severity.OFF)
        for name, severity in config.severities.items()
    )
    return replace(config, concepts=concepts, severities=FrozenMap(severities))


def with_doubles(analysis: Analysis, mine: Analysis, theirs: Analysis) -> Analysis:
    """Add what both changes define: `mine` and `theirs` were analysed without homes."""
    known = {finding.fingerprint for finding in analysis.findings}
    others = {_definition(finding): finding for finding in definitions(theirs)}
    doubles = [
        _double(finding, others[_definition(finding)])
        for finding in definitions(mine)
        if _definition(finding) in others and finding.fingerprint not in known
    ]
    findings = sorted((*analysis.findings, *doubles), key=lambda one: (one.path, one.span))
    return replace(analysis, findings=tuple(findings))


def definitions(analysis: Analysis) -> list[Finding]:
    """List the definitions that a change adds, by an analysis without homes."""
    return [
        finding
        for finding in analysis.findings
        if finding.rule == RuleName.DUPLICATE_DEFINITION and finding.status is Status.NEW
    ]


def _double(finding: Finding, other: Finding) -> Finding:
    place = {"path": other.path, "line": other.span.line}
    message = DOUBLE.format(symbol=finding.symbol, concept=finding.concept, **place)
    return replace(finding, message=message)


def _definition(finding: Finding) -> tuple[str, ...]:
    """Name what is defined, wherever: methods of one name in two classes are two things."""
    return finding.concept, finding.kind, finding.symbol
