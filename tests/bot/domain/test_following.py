"""What an issue should say of the last census: boxes, progress, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.census_ports import Measured
from bot.domain.checklist import PROGRESS_MARK
from bot.domain.following import Situation, keep
from bot.domain.issue import Issue
from bot.domain.jobs import RepositoryRef
from checks.census import Census, Holding
from checks.config import parse
from tests.bot.domain.examples import CONFIG, finding

NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
POLICY = parse(CONFIG)
CRITERION = "count(forbidden-import, path=shop/**) == 0"
ITEM = f"- [ ] Imports <!-- ssot: {CRITERION} -->\n"


def census(*paths: str, rev: str = "a") -> Census:
    held = {path: Holding((replace(finding(), path=path),)) for path in paths}
    rules = ("forbidden-import",)
    return Census(rev * 40, rules, held, stages={}, paths=paths, files_analyzed=len(paths))


def situation(
    counted: Census, *, progress: str = "", is_open: bool = True, minutes: int = 0
) -> Situation:
    issue = Issue(7, RepositoryRef(42, "acme", "shop"), 5, ITEM, is_open, progress=progress)
    return Situation(
        issue=issue,
        config=POLICY,
        measured=Measured(counted, CONFIG, 0.0),
        server_url="https://github.com",
        now=NOW + timedelta(minutes=minutes),
        interval=timedelta(minutes=10),
    )


def test_first_look_writes_the_progress_and_leaves_the_box() -> None:
    kept = keep(ITEM, {}, situation(census("shop/a.py")))
    assert kept.body == ITEM
    assert kept.comment is not None
    assert kept.comment.startswith(PROGRESS_MARK)
    assert kept.later is None


def test_second_look_finds_nothing_to_do() -> None:
    first = keep(ITEM, {}, situation(census("shop/a.py"))).comment or ""
    kept = keep(ITEM, {}, situation(census("shop/a.py", rev="b"), progress=first, minutes=1))
    assert (kept.body, kept.comment, kept.later) == (ITEM, None, None)


def test_box_is_ticked_at_once_and_the_progress_later() -> None:
    first = keep(ITEM, {}, situation(census("shop/a.py"))).comment or ""
    kept = keep(ITEM, {}, situation(census(rev="b"), progress=first, minutes=1))
    assert "[x] Imports" in kept.body
    assert kept.comment is None
    assert kept.later == NOW + timedelta(minutes=10)
    later = keep(kept.body, {}, situation(census(rev="b"), progress=first, minutes=10))
    assert "Nothing is left to do." in (later.comment or "")


def test_pattern_that_matched_for_a_moment_is_not_taken_for_misspelt() -> None:
    bare = "- [ ] Imports\n"
    first = keep(bare, {}, situation(census("shop/a.py"))).comment
    assert first is None  # nothing follows the census yet
    other = ITEM.replace("shop/**", "lib/**")
    first = keep(other, {}, situation(census("lib/a.py"))).comment or ""
    seen = keep(ITEM, {}, situation(census("lib/a.py", "shop/a.py"), progress=first, minutes=1))
    assert seen.comment is not None
    kept = keep(ITEM, {}, situation(census("lib/a.py"), progress=seen.comment, minutes=2))
    assert "[x] Imports" in kept.body


def test_closed_issue_ticks_and_says_nothing() -> None:
    kept = keep(ITEM, {}, situation(census("shop/a.py"), is_open=False))
    assert (kept.body, kept.comment, kept.later) == (ITEM, None, None)


def test_pattern_that_never_matched_is_told_and_leaves_the_box() -> None:
    kept = keep(ITEM, {}, situation(census("lib/a.py")))
    assert kept.body == ITEM
    assert "**Not decided**" in (kept.comment or "")
