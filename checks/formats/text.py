"""The analysis of a change as lines, for a person at a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.formats.visible import spell_unseen
from checks.formats.wording import counted, short_id
from checks.model import Severity, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from checks.model import Analysis, Finding

IN_TESTS = "In tests:"
WAIVED = "Waived:"
UNTIL = "{line} (until {until}{by}: {reason})"
BY = ", by {name}"
NOT_ANALYSED = "Not analysed:"
CRASHED = "Failed, a bug in ssot:"
CRASH = "{rule} on {path}: {error}"
NOTHING_NEW = "nothing new"
NEW = "{what} new in {files}"
STANDING = {Status.MOVED: "{count} moved", Status.WAIVED: "{count} waived"}
FIXED = "{count} fixed"
UNANALYSED = "{files} not analysed"
ANALYSED = "{files} analysed in {seconds:.2f} s"
SINCE = "compared with {since}"


@dataclass(frozen=True, slots=True)
class Palette:
    """What is written before coloured words, and behind each of them."""

    severities: Mapping[Severity, str]
    heading: str
    faint: str
    end: str


PLAIN = Palette(dict.fromkeys(Severity, ""), heading="", faint="", end="")

# https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters
COLOURED = Palette(
    {
        Severity.ERROR: "\x1b[1;31m",
        Severity.WARNING: "\x1b[1;33m",
        Severity.NOTICE: "\x1b[1;34m",
        Severity.OFF: "",
    },
    heading="\x1b[1m",
    faint="\x1b[2m",
    end="\x1b[0m",
)


def render(analysis: Analysis, *, seconds: float, palette: Palette = PLAIN) -> str:
    """Write what is new, one line each, then what could not be judged, then one line of counts."""
    blocks = ["".join(f"{line}\n" for line in block) for block in _blocks(analysis, palette)]
    counts = summary(analysis, seconds=seconds, palette=palette)
    return "\n".join([*filter(None, blocks), counts])


def summary(analysis: Analysis, *, seconds: float, palette: Palette = PLAIN) -> str:
    """Write one line that counts what was found."""
    parts = [_new(analysis)]
    for status, text in STANDING.items():
        count = sum(finding.status is status for finding in analysis.findings)
        parts += [text.format(count=count)] if count else []
    if analysis.fixed:
        parts.append(FIXED.format(count=len(analysis.fixed)))
    if analysis.skipped:
        parts.append(UNANALYSED.format(files=counted(len(analysis.skipped), "file")))
    files = counted(analysis.files_analyzed, "file")
    parts.append(ANALYSED.format(files=files, seconds=seconds))
    parts.append(SINCE.format(since=short_id(analysis.base)))
    return f"{palette.heading}{', '.join(parts)}{palette.end}\n"


def unjudged(analysis: Analysis, palette: Palette = PLAIN) -> Iterator[list[str]]:
    """Name the files that were not analysed, then the rules that crashed, each with the reason."""
    skipped = (f"{spell_unseen(each.path)}: {each.reason}" for each in analysis.skipped)
    yield _section(NOT_ANALYSED, skipped, palette)
    crashes = (
        spell_unseen(CRASH.format(rule=each.rule, path=each.path, error=each.error))
        for each in analysis.crashes
    )
    yield _section(CRASHED, crashes, palette)


def _blocks(analysis: Analysis, palette: Palette) -> Iterator[list[str]]:
    yield [_line(finding, palette) for finding in analysis.new if not finding.in_tests]
    in_tests = (_line(finding, palette) for finding in analysis.new if finding.in_tests)
    yield _section(IN_TESTS, in_tests, palette)
    waived = (each for each in analysis.findings if each.status is Status.WAIVED)
    yield _section(WAIVED, (_waived(finding, palette) for finding in waived), palette)
    yield from unjudged(analysis, palette)
    yield [spell_unseen(note) for note in analysis.notes]


def _section(heading: str, lines: Iterable[str], palette: Palette) -> list[str]:
    body = list(lines)
    return [f"{palette.heading}{heading}{palette.end}", *body] if body else []


def _line(finding: Finding, palette: Palette) -> str:
    path, message = spell_unseen(finding.path), spell_unseen(finding.message)
    place = f"{path}:{finding.span.line}:{finding.span.column}:"
    severity = f"{palette.severities[finding.severity]}{finding.severity}{palette.end}"
    return f"{place} {severity} {palette.faint}{finding.rule}{palette.end} {message}"


def _waived(finding: Finding, palette: Palette) -> str:
    accepted, line = finding.accepted, _line(finding, palette)
    if accepted is None:
        return line
    by = BY.format(name=spell_unseen(accepted.by)) if accepted.by else ""
    reason = spell_unseen(accepted.reason)
    return UNTIL.format(line=line, until=accepted.until, by=by, reason=reason)


def _new(analysis: Analysis) -> str:
    if not analysis.new:
        return NOTHING_NEW
    severities = [finding.severity for finding in analysis.new]
    counts = [counted(severities.count(each), each) for each in Severity if each in severities]
    files = len({finding.path for finding in analysis.new})
    return NEW.format(what=" and ".join(counts), files=counted(files, "file"))
