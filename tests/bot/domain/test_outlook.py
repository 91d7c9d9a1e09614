"""What a change would do to the default branch."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.outlook import NO_OUTLOOK, Outlook, outlook
from bot.domain.report import report
from checks.census import Census, Holding
from checks.model import Fixed, Kind, Status
from tests.bot.domain.examples import analysis, config, finding, pull

CONCEPT = config().concepts[0].name


def census(count: int) -> Census:
    found = tuple(replace(finding(), concept=CONCEPT) for _ in range(count))
    return Census("c" * 40, (), {"a.py": Holding(found)}, stages={}, paths=(), files_analyzed=1)


def text(before: int, *found: Status, fixed: int = 0) -> str:
    findings = [replace(finding(), concept=CONCEPT, status=status) for status in found]
    gone = (Fixed("forbidden-import", "b.py", 1, "x", Kind.FROM, CONCEPT),) * fixed
    analysed = replace(analysis(*findings), fixed=gone)
    return outlook(census(before), analysed, config()).text


def test_new_and_waived_findings_add_and_fixed_ones_subtract() -> None:
    assert f"| `{CONCEPT}` | 5 → 7 |" in text(5, Status.NEW, Status.WAIVED, Status.MOVED)
    assert f"| `{CONCEPT}` | 5 → 2 |" in text(5, fixed=3)
    assert f"| `{CONCEPT}` | 5 → 5 |" in text(5)


def test_count_never_falls_below_zero() -> None:
    assert f"| `{CONCEPT}` | 1 → 0 |" in text(1, fixed=3)


def test_concept_without_findings_is_not_shown() -> None:
    assert text(0) == ""


def test_counts_are_below_the_verdict_and_no_reason_for_another_one() -> None:
    bare = report(analysis(), pull(), config())
    shown = replace(bare, outlook=outlook(census(5), analysis(), config()))
    moved = replace(bare, outlook=outlook(census(6), analysis(), config()))
    assert shown.page == f"{bare.summary}\n\n{shown.outlook.text}"
    assert shown.page != moved.page
    assert shown.digest == moved.digest


def test_first_census_is_a_reason_for_another_verdict() -> None:
    bare = report(analysis(), pull(), config())
    digests = {
        replace(bare, outlook=one).digest
        for one in (NO_OUTLOOK, Outlook("…", "measuring"), Outlook("…", "measured"))
    }
    assert len(digests) == 3
