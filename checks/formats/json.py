"""The analysis of a change as one JSON object, for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from checks.formats.visible import spell_surrogates

if TYPE_CHECKING:
    from checks.model import Analysis, Finding, Fixed, Suggestion

SCHEMA = 1


def render(analysis: Analysis, *, seconds: float) -> str:
    """Write the analysis as ASCII JSON; bytes of a path that are not UTF-8 are spelled out."""
    return dump(_report(analysis, seconds))


def dump(value: Any) -> str:
    """Write a value as ASCII JSON; bytes of a path that are not UTF-8 are spelled out."""
    return json.dumps(_spelled(value), indent=2) + "\n"


def _report(analysis: Analysis, seconds: float) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "base": analysis.base,
        "head": analysis.head,
        "conclusion": analysis.conclusion,
        "findings": [finding(each) for each in analysis.findings],
        "fixed": [_fixed(each) for each in analysis.fixed],
        "skipped": [{"path": each.path, "reason": each.reason} for each in analysis.skipped],
        "crashes": [asdict(crash) for crash in analysis.crashes],
        "stats": {
            "files_changed": analysis.files_changed,
            "files_analyzed": analysis.files_analyzed,
            "seconds": round(seconds, 3),
        },
    }


def finding(found: Finding) -> dict[str, Any]:
    """Give a finding as JSON takes it."""
    span, suggestion = found.span, found.suggestion
    return {
        "rule": found.rule,
        "severity": found.severity,
        "status": found.status,
        "in_tests": found.in_tests,
        "path": found.path,
        "line": span.line,
        "end_line": span.end_line,
        "column": span.column,
        "end_column": span.end_column,
        "symbol": found.symbol,
        "kind": found.kind,
        "concept": found.concept,
        "message": found.message,
        "fingerprint": found.fingerprint,
        "anchored": found.anchored,
        "suggestion": _suggestion(suggestion) if suggestion else None,
    }


def _fixed(fixed: Fixed) -> dict[str, Any]:
    return {
        "rule": fixed.rule,
        "path": fixed.path,
        "line": fixed.line,
        "symbol": fixed.symbol,
        "kind": fixed.kind,
    }


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "start_line": suggestion.start_line,
        "end_line": suggestion.end_line,
        "replacement": suggestion.replacement,
    }


def _spelled(value: Any) -> Any:
    # Half a surrogate pair is no character: `"\udce9"` is refused by strict readers of JSON.
    if isinstance(value, str):
        return spell_surrogates(value)
    if isinstance(value, dict):
        return {key: _spelled(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_spelled(each) for each in value]
    return value
