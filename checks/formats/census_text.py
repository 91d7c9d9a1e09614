"""A census as lines, for a person at a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from checks.formats.visible import spell_unseen
from checks.formats.wording import counted, short_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.census import Census

RULE = "{count:>8,}  {rule} in {files}"
CONCEPT = "{count:>8,}  {concept}"
MODULE = "  {stage:<14}  {module}"
FILE = "{count:>8,}  {path}"
BY_CONCEPT = "By concept:"
MOST = "Files with the most:"
STAGES = "Deprecated modules:"
NOT_ANALYSED = "Not analysed:"
CRASHED = "Failed, a bug in ssot:"
SUMMARY = "{found} in {files} at {rev}, {analysed} analysed in {seconds:.2f} s"
FILES_SHOWN = 10


def render(census: Census, *, seconds: float) -> str:
    """Write the counts by rule, by concept and by file, the stages, and one line of totals."""
    blocks = [*_blocks(census), [_summary(census, seconds)]]
    return "\n".join("".join(f"{line}\n" for line in block) for block in blocks if block)


def _blocks(census: Census) -> Iterator[list[str]]:
    files = census.files
    yield [
        RULE.format(count=count, rule=rule, files=counted(files[rule], "file"))
        for rule, count in census.counts.items()
        if count
    ]
    concepts = Counter(f.concept for f in census.findings if f.concept)
    yield _section(
        BY_CONCEPT, (CONCEPT.format(count=n, concept=name) for name, n in concepts.most_common())
    )
    stages = census.stages.items()
    yield _section(STAGES, (MODULE.format(stage=stage, module=name) for name, stage in stages))
    most = Counter(finding.path for finding in census.findings).most_common(FILES_SHOWN)
    yield _section(MOST, (FILE.format(count=n, path=spell_unseen(path)) for path, n in most))
    yield _section(
        NOT_ANALYSED, (f"{spell_unseen(each.path)}: {each.reason}" for each in census.skipped)
    )
    yield _section(
        CRASHED, (spell_unseen(f"{c.rule} on {c.path}: {c.error}") for c in census.crashes)
    )


def _section(heading: str, lines: Iterator[str]) -> list[str]:
    body = list(lines)
    return [heading, *body] if body else []


def _summary(census: Census, seconds: float) -> str:
    return SUMMARY.format(
        found=counted(len(census.findings), "finding"),
        files=counted(len({finding.path for finding in census.findings}), "file"),
        rev=short_id(census.rev),
        analysed=counted(census.files_analyzed, "file"),
        seconds=seconds,
    )
