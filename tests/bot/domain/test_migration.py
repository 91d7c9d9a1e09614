"""What the page of a repository is told of its migration."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bot.domain.census_ports import Measured
from bot.domain.issue import Issue, Merged
from bot.domain.jobs import RepositoryRef
from bot.domain.migration import Boxes, Move, migration
from bot.domain.points import Point
from checks.census import Census, Holding
from checks.model import Cause, Skipped
from checks.stages import Stage
from tests.bot.domain.examples import CONFIG, finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.migration import Migration

TEXT = f"""{CONFIG}    deprecated:
      shop.old: {{use: shop.engine}}
      shop.older: {{use: shop.engine}}
  basket:
    canonical: ["shop.basket:Basket"]
"""
STAGES = {"shop.older": Stage.REMOVED, "shop.old": Stage.WARNS}


def at(day: int, hour: int = 12) -> float:
    return datetime(2026, 10, day, hour, tzinfo=UTC).timestamp()


def point(day: int, **counts: int) -> Point:
    return Point(date(2026, 10, day), f"{day:012x}", counts)


def looked_at(
    *past: Point,
    files: Mapping[str, int],
    merged: tuple[Merged, ...] = (),
    issues: Mapping[int, Issue | None] | None = None,
) -> Migration:
    holdings = {
        path: Holding(tuple(finding(path, line) for line in range(count)))
        for path, count in files.items()
    }
    census = Census("c" * 40, (), holdings, stages=STAGES, paths=(), files_analyzed=1)
    return migration(Measured(census, TEXT, at(5), merged), past, issues or {}, is_whole=True)


def test_census_is_the_last_point_of_each_concept() -> None:
    engine, basket = looked_at(point(3, engine=7), point(4, engine=5), files={"a.py": 2}).burndowns
    assert [count for _, count in engine.points] == [7, 5, 2]
    assert (engine.before, engine.now) == (7, 2)
    assert [count for _, count in basket.points] == [0, 0, 0]


def test_point_of_the_day_of_the_census_gives_way_to_it() -> None:
    (engine, _) = looked_at(point(4, engine=9), point(5, engine=8), files={"a.py": 1}).burndowns
    assert engine.points == ((date(2026, 10, 4), 9), (date(2026, 10, 5), 1))


def test_files_with_most_findings_come_first_and_equals_by_path() -> None:
    (engine, _) = looked_at(files={"c.py": 1, "b.py": 3, "a.py": 1}).burndowns
    assert engine.files == (("b.py", 3), ("a.py", 1), ("c.py", 1))


def test_modules_keep_the_order_of_the_config() -> None:
    (engine, basket) = looked_at(files={}).burndowns
    assert list(engine.stages.items()) == [
        ("shop.old", Stage.WARNS),
        ("shop.older", Stage.REMOVED),
    ]
    assert not basket.stages


def test_move_names_what_was_merged_since_the_day_before_the_newest_first() -> None:
    merged = (Merged(9, at(5, 1)), Merged(7, at(3, 23)), Merged(8, at(3, 1)), Merged(1, at(1)))
    points = (point(1, engine=4), point(3, engine=2), point(4, engine=2))
    assert looked_at(*points, files={"a.py": 3}, merged=merged).moves == (
        Move(date(2026, 10, 5), {"engine": 1}, (9,)),
        Move(date(2026, 10, 3), {"engine": -2}, (7, 8)),
    )


def test_issue_has_its_boxes_counted_and_one_that_is_gone_is_named() -> None:
    body = "- [x] one\n- [ ] two\n```\n- [x] code\n```\n"
    issue = Issue(7, RepositoryRef(42, "acme", "shop"), 12, body, is_open=False, title="Move on")
    found = looked_at(files={}, issues={12: issue, 13: None})
    assert found.boxes == (Boxes(12, "Move on", is_open=False, ticked=1, total=2),)
    assert found.unread == (13,)


def test_files_that_nobody_could_analyse_are_counted() -> None:
    held = Holding(skipped=(Skipped("a.py", "too large", Cause.CHANGE),))
    census = Census("c" * 40, (), {"a.py": held}, stages=STAGES, paths=(), files_analyzed=0)
    assert migration(Measured(census, TEXT, at(5)), (), {}, is_whole=False).incomplete == 1
    whole = replace(census, holdings={})
    assert migration(Measured(whole, TEXT, at(5)), (), {}, is_whole=False).incomplete == 0
