"""The progress block of a tracking issue: what is left, where, and how it came to be so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from bot.domain.markdown import cell, code
from bot.domain.points import Point, Record, read_record, record_line
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

HEADING = "#### Progress, measured at {rev} on {day}\n"
CONCEPTS = "| concept | findings before → now | definitions now |\n|---|---|---|\n"
CONCEPT = "| {name} | {before} → {now} | {definitions} |\n"
FILES = "\n**Files with most findings** ({count} files have any)\n\n"
FILE = "- {path}: {count}\n"
STAGES = "\n**Deprecated modules**\n\n| module | stage |\n|---|---|\n"
STAGE = "| {module} | {stage} |\n"
PULLS = "\nMerged since it was written last: {pulls}.\n"
NOTES = "\n**Not decided**\n\n"
NOTE = "- {note}\n"
MORE = "{count} more are not shown.\n"
INCOMPLETE = "{count} files could not be analysed: the counts may be too low."
NOTHING_LEFT = "\nNothing is left.\n"
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
    the patterns of the issue's criteria that ever matched anything.
    """

    point: Point
    definitions: Mapping[str, int]
    files: Mapping[str, int]
    stages: Mapping[str, Stage]
    incomplete: int
    seen: Seen = NOTHING_SEEN


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
    counts = Counter(finding.concept for finding in found)
    return Progress(
        Point(now.date(), census.rev[:12], {name.name: counts[name.name] for name in concepts}),
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
    record = read_record(old)
    shown = _shown(measured, notes)
    if record and record.shown == shown:
        return old
    point = measured.point
    first, points = (record.first, record.with_point(point)) if record else (point, (point,))
    hidden = record_line(Record(first, points, shown, now, measured.seen))
    heading = HEADING.format(rev=code(point.rev), day=point.day)
    parts = [heading, _body(measured, first, notes), _chart(points), _pulls(pulls)]
    return f"{hidden}\n" + "".join(parts)


def written_at(old: str) -> datetime | None:
    """Tell when a block was written; None when it never was."""
    record = read_record(old)
    return record.written_at if record else None


def _shown(measured: Progress, notes: Sequence[str]) -> str:
    """Digest what people would see change: not the commit, nor the day on which it was measured."""
    remembered = ",".join(sorted(measured.seen.digests))
    text = _body(measured, measured.point, notes) + remembered
    return sha256(text.encode()).hexdigest()[:16]


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
    if not rows:
        return ""
    more = f"\n{MORE.format(count=len(rows) - limit)}" if len(rows) > limit else ""
    return heading + "".join(rows[:limit]) + more


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
