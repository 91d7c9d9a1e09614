"""The progress block of a tracking issue: what is left, where, and how it came to be so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from bot.domain.markdown import cell, code, listed
from bot.domain.points import Point, Record, counted, read_record, record_line
from bot.domain.seen import NOTHING_SEEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.domain.seen import Seen
    from checks.census import Census
    from checks.config import Concept, Config
    from checks.stages import Stage

FILES_SHOWN = 10
CONCEPTS_SHOWN = 20
MODULES_SHOWN = 30
NOTES_SHOWN = 10
PULLS_SHOWN = 10

HEADING = "#### Progress since {since}, measured at {rev} on {day}\n"
CONCEPTS = "| concept | findings before → now | definitions now |\n|---|---|---|\n"
CONCEPT = "| {name} | {before} → {now} | {definitions} |\n"
FILES = "\n**Files with most findings** ({count} in all)\n\n"
FILE = "- {path}: {count}\n"
STAGES = "\n**Deprecated modules**\n\n| module | stage |\n|---|---|\n"
STAGE = "| {module} | {stage} |\n"
PULLS = "\nMerged since the last update: {pulls}.\n"
NOTES = "\n**Not decided**\n\n"
NOTE = "- {note}\n"
INCOMPLETE = "Files that could not be analysed: {count}. The real counts may be higher."
NOTHING_LEFT = "\nNothing is left to do.\n"
CHART = """
```mermaid
xychart-beta
    title "Findings by day"
    x-axis [{days}]
    y-axis "findings" 0 --> {top}
    line [{counts}]
```
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a census says of the concepts of one issue.

    `definitions` leave tests out; `files` counts the findings of each file that has any. `seen` are
    the patterns of the issue's criteria that ever matched anything, `past` the points of a time
    before anything was written, oldest first; None while nobody looked there.
    """

    point: Point
    definitions: Mapping[str, int]
    files: Mapping[str, int]
    stages: Mapping[str, Stage]
    incomplete: int
    seen: Seen = NOTHING_SEEN
    past: tuple[Point, ...] | None = None


def concepts_of(config: Config, number: int) -> tuple[Concept, ...]:
    """Return the concepts that name the issue, or all where none does."""
    named = tuple(concept for concept in config.concepts if number in concept.issues)
    return named or config.concepts


def progress(
    census: Census,
    concepts: Sequence[Concept],
    config: Config,
    *,
    now: datetime,
    seen: Seen,
) -> Progress:
    """Keep of a census what an issue shows of these concepts."""
    names = {concept.name for concept in concepts}
    found = [finding for finding in census.findings if finding.concept in names]
    return Progress(
        counted(census, [concept.name for concept in concepts], now.date()),
        {c.name: census.definitions(c.name, excluded=config.tests.matches) for c in concepts},
        Counter(finding.path for finding in found),
        {one.module: census.stages[one.module] for c in concepts for one in c.deprecated},
        len(census.skipped),
        seen,
    )


def render(
    measured: Progress,
    old: str,
    *,
    now: datetime,
    notes: Sequence[str] = (),
    pulls: Sequence[int] = (),
) -> str:
    """Write what belongs between the marks, after what stands there; `old` when nothing is new.

    `notes` are lines of Markdown, such as why a criterion is broken; `pulls` are the pull requests
    that were merged since `old`.
    """
    stands = read_record(old)
    shown, point = _shown(measured, notes), measured.point
    record = stands or Record(point, (point,), shown, now)
    if measured.past is not None and not record.reaches_back:
        record = record.with_past(measured.past)
    is_same = stands and stands.shown == shown and not record.tells_more_than(stands)
    if stands and is_same and _is_whole(old, measured, stands, notes):
        return old
    record = replace(
        record, points=record.with_point(point), shown=shown, written_at=now, seen=measured.seen
    )
    heading = HEADING.format(since=record.first.day, rev=code(point.rev), day=point.day)
    parts = [heading, _body(measured, record.first, notes), _chart(record.points), _pulls(pulls)]
    return f"{record_line(record)}\n" + "".join(parts)


def written_at(old: str) -> datetime | None:
    """Tell when a block was written; None when it never was."""
    record = read_record(old)
    return record.written_at if record else None


def _shown(measured: Progress, notes: Sequence[str]) -> str:
    """Digest what people would see change: not the commit, nor the day on which it was measured."""
    remembered = ",".join(sorted(measured.seen.digests))
    text = _body(measured, measured.point, notes) + remembered
    return sha256(text.encode()).hexdigest()[:16]


def _is_whole(old: str, measured: Progress, record: Record, notes: Sequence[str]) -> bool:
    """Tell whether people left alone what they see; blanks at its ends are GitHub's."""
    parts = (_body(measured, record.first, notes), _chart(record.points))
    return all(part.strip() in old for part in parts)


def _body(measured: Progress, first: Point, notes: Sequence[str]) -> str:
    if measured.incomplete:
        notes = [*notes, INCOMPLETE.format(count=measured.incomplete)]
    return "".join([*_concepts(measured, first), *_files(measured), *_stages(measured)]) + _list(
        NOTES, [NOTE.format(note=note) for note in notes], limit=NOTES_SHOWN
    )


def _concepts(measured: Progress, first: Point) -> Iterable[str]:
    rows = [
        CONCEPT.format(
            name=cell(name),
            before=first.counts.get(name, count),
            now=count,
            definitions=measured.definitions[name],
        )
        for name, count in measured.point.counts.items()
    ]
    yield _list(CONCEPTS, rows, limit=CONCEPTS_SHOWN)


def _files(measured: Progress) -> Iterable[str]:
    if not measured.files:
        yield NOTHING_LEFT
        return
    yield FILES.format(count=len(measured.files))
    ordered = sorted(measured.files.items(), key=lambda item: (-item[1], item[0]))
    for path, count in ordered[:FILES_SHOWN]:
        yield FILE.format(path=code(path), count=count)


def _stages(measured: Progress) -> Iterable[str]:
    rows = [STAGE.format(module=cell(name), stage=stage) for name, stage in measured.stages.items()]
    yield _list(STAGES, rows, limit=MODULES_SHOWN)


def _list(heading: str, rows: Sequence[str], *, limit: int) -> str:
    """Write rows below their heading, and how many are left out."""
    return heading + listed(rows, limit=limit) if rows else ""


def _chart(points: Sequence[Point]) -> str:
    """Draw what the points share: a single one is no line."""
    if len(points) == 1:
        return ""
    totals = [point.total for point in points]
    return CHART.format(
        days=", ".join(f'"{point.day:%m-%d}"' for point in points),
        top=max(*totals, 1),
        counts=", ".join(map(str, totals)),
    )


def _pulls(pulls: Sequence[int]) -> str:
    numbers = [f"#{number}" for number in sorted(pulls)[-PULLS_SHOWN:]]
    return PULLS.format(pulls=", ".join(numbers)) if numbers else ""
