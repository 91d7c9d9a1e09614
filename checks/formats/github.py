"""The analysis of a change as workflow commands, which GitHub Actions shows at the lines.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.formats import text
from checks.formats.visible import spell_surrogates, spell_unseen
from checks.model import Cause, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checks.model import Analysis, Finding

# "10 warning annotations, 10 error annotations, and 10 notice annotations per step"
# https://docs.github.com/en/rest/checks/runs, workflow run annotations
MAX_SHOWN = 10

TITLE = "{rule}"
IN_TESTS = "{rule} (in tests)"
NOT_ANALYSED = "not analysed"
CRASHED = "failed, a bug in ssot"
NOTE = "note"
CRASH = "{rule}: {error}"
BEYOND = "GitHub shows {limit} annotations of each kind; the log of this step has the rest: {rest}."
REST = "{count:,} more of kind {kind}"

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "notice"}


def render(analysis: Analysis, *, seconds: float) -> str:
    """Write one command for everything that is new or could not be judged, then the counts.

    GitHub shows the first ones of each kind: errors come before warnings before notices, tests
    last, and the first notice says how many are not shown.
    """
    by_kind: dict[str, list[str]] = {kind: [] for kind in COMMANDS.values()}
    for kind, command in _commands(analysis):
        by_kind[kind].append(command)
    notices = [*_beyond(by_kind), *by_kind["notice"]]
    lines = [*by_kind["error"], *by_kind["warning"], *notices]
    return "".join(f"{line}\n" for line in lines) + text.summary(analysis, seconds=seconds)


def _commands(analysis: Analysis) -> Iterator[tuple[str, str]]:
    """Yield kind and command; what makes the step fail is an error, also when nothing is found."""
    for finding in sorted(analysis.new, key=lambda each: each.in_tests):
        kind = COMMANDS[finding.severity]
        yield kind, _command(kind, _place(finding), finding.message)
    for skipped in analysis.skipped:
        kind = "notice" if skipped.cause is Cause.NATURE else "error"
        place = {"file": skipped.path, "title": NOT_ANALYSED}
        yield kind, _command(kind, place, f"{skipped.path}: {skipped.reason}")
    for crash in analysis.crashes:
        message = CRASH.format(rule=crash.rule, error=crash.error)
        yield "error", _command("error", {"file": crash.path, "title": CRASHED}, message)
    for note in analysis.notes:
        yield "notice", _command("notice", {"title": NOTE}, note)


def _place(finding: Finding) -> dict[str, str]:
    span = finding.span
    title = (IN_TESTS if finding.in_tests else TITLE).format(rule=finding.rule)
    place = {"file": finding.path, "line": str(span.line), "endLine": str(span.end_line)}
    # Columns of several lines are refused: "Cannot be sent when the lines are different values".
    if span.line == span.end_line:
        place |= {"col": str(span.column), "endColumn": str(max(span.column, span.end_column - 1))}
    return place | {"title": title}


def _beyond(by_kind: dict[str, list[str]]) -> Iterator[str]:
    """Say what is not shown; this notice takes the place of another one."""
    counts = {kind: len(commands) - MAX_SHOWN for kind, commands in by_kind.items()}
    if any(count > 0 for count in counts.values()) and counts["notice"] >= 0:
        counts["notice"] += 1
    rest = [REST.format(count=count, kind=kind) for kind, count in counts.items() if count > 0]
    if rest:
        yield _command("notice", {}, BEYOND.format(limit=MAX_SHOWN, rest=", ".join(rest)))


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind}{' ' if written else ''}{written}::{_data(message)}"


def _property(value: str) -> str:
    return _escaped(spell_surrogates(value), {":": "%3A", ",": "%2C"}.items())


def _data(message: str) -> str:
    return _escaped(spell_unseen(message), ())


def _escaped(value: str, more: Iterable[tuple[str, str]]) -> str:
    # https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    for character, escape in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), *more):
        value = value.replace(character, escape)
    return value
