"""The analysis of a change as SARIF 2.1.0, for code scanning and editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from checks.config.rules import default_options
from checks.formats.visible import spell_surrogates
from checks.model import Cause, Severity, Status
from checks.registry import rules

if TYPE_CHECKING:
    from checks.model import Analysis, Crash, Finding, Skipped, Span, Suggestion
    from checks.rule import Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "ssot/v1"
ROOT = "%SRCROOT%"
ROOT_IS = "The root of the repository."
# GitHub tells the results of several runs on one commit apart by this name.
RUN = "ssot/"
FIX = "Replace the lines with a fix that was tried and works."
WAIVED = "Waived by the config, by a comment in the source or on the pull request."
HELP = "ssot explain {rule}"
CRASHED = "The rule failed, a bug in ssot: {error}"
UNANALYSED = {"unanalysed": "A changed file that was not analysed."}
CRASH = {"crash": "A rule that failed on a file."}
NOTE = {"note": "A note."}

LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTICE: "note",
    Severity.OFF: "none",
}
# §3.27.24: what a waiver covers is new in this change all the same.
BASELINE = {Status.NEW: "new", Status.WAIVED: "new", Status.MOVED: "updated"}
SKIPPED_LEVELS = {Cause.CHANGE: "error", Cause.SERVICE: "error", Cause.NATURE: "note"}

# https://www.rfc-editor.org/rfc/rfc3986#section-2.3, and the separator of segments
_ESCAPED = re.compile(rb"[^A-Za-z0-9._~/-]")

Json = dict[str, Any]


def render(analysis: Analysis, *, version: str) -> str:
    """Write one run of `ssot` in its `version`; paths are relative to the repository's root."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(analysis, version)]}
    return json.dumps(log, indent=2) + "\n"


def _run(analysis: Analysis, version: str) -> Json:
    known = rules()
    places = {rule.name: index for index, rule in enumerate(known)}
    return {
        "tool": {"driver": _driver(known, version)},
        "automationDetails": {"id": RUN},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": ROOT_IS}}},
        "invocations": [_invocation(analysis)],
        "results": [_result(finding, places) for finding in analysis.findings],
    }


def _driver(known: tuple[Rule, ...], version: str) -> Json:
    return {
        "name": "ssot",
        "version": version,
        "rules": [_rule(rule) for rule in known],
        "notifications": [
            {"id": id_, "shortDescription": {"text": text}}
            for id_, text in (UNANALYSED | CRASH | NOTE).items()
        ],
    }


def _rule(rule: Rule) -> Json:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.reason},
        "help": {"text": HELP.format(rule=rule.name)},
        "defaultConfiguration": _default(default_options(rule.name)["severity"]),
    }


def _default(severity: Severity) -> Json:
    if severity is Severity.OFF:  # §3.50.2: `none` is no level of a rule that may be switched on
        return {"enabled": False}
    return {"level": LEVELS[severity]}


def _invocation(analysis: Analysis) -> Json:
    causes = {skipped.cause for skipped in analysis.skipped}
    return {
        "executionSuccessful": not analysis.crashes and causes <= {Cause.NATURE},
        "toolExecutionNotifications": [
            *map(_skipped, analysis.skipped),
            *map(_crash, analysis.crashes),
            *(_notification(NOTE, "note", note) for note in analysis.notes),
        ],
    }


def _skipped(skipped: Skipped) -> Json:
    level = SKIPPED_LEVELS[skipped.cause]
    return _notification(UNANALYSED, level, skipped.reason) | _located(skipped.path)


def _crash(crash: Crash) -> Json:
    text = CRASHED.format(error=crash.error)
    rule = {"associatedRule": {"id": crash.rule}}
    return _notification(CRASH, "error", text) | rule | _located(crash.path)


def _notification(descriptor: Json, level: str, text: str) -> Json:
    [name] = descriptor
    return {"descriptor": {"id": name}, "level": level, "message": _message(text)}


def _located(path: str) -> Json:
    return {"locations": [{"physicalLocation": {"artifactLocation": _artifact(path)}}]}


def _result(finding: Finding, places: dict[str, int]) -> Json:
    place = {"artifactLocation": _artifact(finding.path), "region": _region(finding.span)}
    result: Json = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": _message(finding.message),
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "baselineState": BASELINE[finding.status],
        "suppressions": _suppressions(finding.status),
        "properties": {
            "symbol": spell_surrogates(finding.symbol),
            "kind": finding.kind,
            "concept": finding.concept,
            "inTests": finding.in_tests,
        },
    }
    if finding.rule in places:
        result["ruleIndex"] = places[finding.rule]
    if finding.suggestion:
        result["fixes"] = [_fix(finding.path, finding.suggestion)]
    return result


def _suppressions(status: Status) -> list[Json]:
    """Name the waiver; §3.27.23: an empty list says that there is none."""
    if status is not Status.WAIVED:
        return []
    return [{"kind": "external", "status": "accepted", "justification": WAIVED}]


def _fix(path: str, suggestion: Suggestion) -> Json:
    region = {
        "startLine": suggestion.start_line,
        "startColumn": 1,
        "endLine": suggestion.end_line,
    }
    inserted = suggestion.replacement
    if inserted:
        # §3.30.8: a region without an end column ends before the line's own line break.
        inserted = inserted.removesuffix("\n")
    else:
        region |= {"endLine": suggestion.end_line + 1, "endColumn": 1}
    replacement = {"deletedRegion": region, "insertedContent": {"text": inserted}}
    change = {"artifactLocation": _artifact(path), "replacements": [replacement]}
    return {"description": {"text": FIX}, "artifactChanges": [change]}


def _region(span: Span) -> Json:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _artifact(path: str) -> Json:
    return {"uri": _uri(path), "uriBaseId": ROOT}


def _uri(path: str) -> str:
    """Escape every byte that means something in a URI, also a colon: it would end a scheme."""
    raw = path.encode("utf-8", "surrogateescape")
    return _ESCAPED.sub(lambda byte: b"%%%02X" % ord(byte[0]), raw).decode("ascii")


def _message(text: str) -> Json:
    # §3.11.5: braces hold placeholders, two of them are one brace.
    return {"text": spell_surrogates(text).replace("{", "{{").replace("}", "}}")}
