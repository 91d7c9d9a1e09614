"""The progress block of a tracking issue, and the points that it keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.points import (
    MAX_BYTES,
    MAX_POINTS,
    Point,
    Record,
    read_record,
    record_line,
    with_seen,
)
from bot.domain.progress import Progress, render, written_at
from bot.domain.seen import NOTHING_SEEN
from checks.stages import Stage

NOW = datetime(2025, 9, 12, 10, 30, tzinfo=UTC)
REV = "aebb16f77abc"


def measured(count: int, *, day: int = 12, rev: str = REV, concept: str = "engine") -> Progress:
    return Progress(
        Point(date(2025, 9, day), rev, {concept: count}),
        definitions={concept: 3},
        files={f"app/f{number}.py": 1 for number in range(count)},
        stages={"app.old": Stage.WARNS},
        incomplete=0,
    )


def test_block_tells_counts_files_and_stages() -> None:
    block = render(measured(2), "", now=NOW)
    assert block.split("\n", 1)[1] == (
        "#### Progress since 2025-09-12, measured at `aebb16f77abc` on 2025-09-12\n"
        "| concept | findings before → now | definitions now |\n|---|---|---|\n"
        "| `engine` | 2 → 2 | 3 |\n"
        "\n**Files with most findings** (2 in all)\n\n"
        "- `app/f0.py`: 1\n"
        "- `app/f1.py`: 1\n"
        "\n**Deprecated modules**\n\n| module | stage |\n|---|---|\n"
        "| `app.old` | warns |\n"
    )


def test_next_day_adds_a_point_and_draws_the_burn_down() -> None:
    first = render(measured(5, day=10), "", now=NOW)
    second = render(measured(2, rev="b" * 12), first, now=NOW, pulls=[12, 9])
    assert "#### Progress since 2025-09-10, measured at `bbbbbbbbbbbb` on 2025-09-12\n" in second
    assert "| `engine` | 5 → 2 | 3 |" in second
    assert 'x-axis ["09-10", "09-12"]' in second
    assert "line [5, 2]" in second
    assert second.endswith("\nMerged since the last update: #9, #12.\n")


def test_second_count_of_a_day_takes_the_place_of_the_first() -> None:
    first = render(measured(5), "", now=NOW)
    second = render(measured(2, rev="b" * 12), first, now=NOW)
    record = read_record(second)
    assert record is not None
    assert [point.total for point in record.points] == [2]
    assert record.first.total == 5


def test_nothing_is_written_where_only_the_commit_is_another() -> None:
    first = render(measured(5, day=10), "", now=NOW)
    assert render(measured(5, rev="b" * 12), first, now=NOW + timedelta(hours=1)) == first


def test_new_stage_or_note_is_written() -> None:
    first = render(measured(5), "", now=NOW)
    moved = replace(measured(5), stages={"app.old": Stage.REMOVED})
    assert "| removed |" in render(moved, first, now=NOW)
    assert "does not parse" in render(measured(5), first, now=NOW, notes=["it does not parse"])


def test_incomplete_census_is_told() -> None:
    assert "real counts may be higher" in render(replace(measured(5), incomplete=2), "", now=NOW)


def test_clean_tree_says_that_nothing_is_left() -> None:
    assert "Nothing is left to do." in render(measured(0), "", now=NOW)


def test_long_lists_are_cut_and_say_so() -> None:
    stages = {f"app.m{number}": Stage.WARNS for number in range(50)}
    block = render(replace(measured(30), stages=stages), "", now=NOW)
    assert block.count("- `app/f") == 10
    assert "(30 in all)" in block
    assert "\n20 more are not shown.\n" in block


def test_names_cannot_leave_their_cell() -> None:
    block = render(measured(1, concept="a|b`<!-- x -->@everyone"), "", now=NOW)
    html = MarkdownIt("commonmark").enable("table").render(block.split("\n", 1)[1])
    assert "<td><code>a|b`&lt;! -- x --&gt;@everyone</code></td>" in html


def test_block_knows_when_it_was_written() -> None:
    assert written_at(render(measured(1), "", now=NOW)) == NOW
    assert written_at("somebody's text") is None


def test_patterns_are_remembered_below_the_same_text() -> None:
    block = render(measured(1), "", now=NOW)
    seen = NOTHING_SEEN.plus(["count(forbidden-import, path=shop/**)"])
    more = with_seen(block, seen)
    record = read_record(more)
    assert record is not None
    assert record.seen == seen
    assert more.split("\n")[1:] == block.split("\n")[1:]
    assert with_seen(more, seen) == more


NAMES = st.text(st.sampled_from('ab->|"\\\u2028é😀'), min_size=1, max_size=8)
POINTS = st.builds(
    Point,
    day=st.dates(),
    rev=st.text("0123456789abcdef", min_size=12, max_size=12),
    counts=st.dictionaries(NAMES, st.integers(0, 10**9), max_size=4),
)


@given(st.lists(POINTS, min_size=1, max_size=MAX_POINTS, unique_by=lambda point: point.day))
def test_points_survive_the_hidden_line(points: list[Point]) -> None:
    ordered = tuple(sorted(points, key=lambda point: point.day))
    record = Record(ordered[0], ordered, "0" * 16, NOW)
    line = record_line(record)
    assert read_record(f"text\n{line}\nmore") == record
    assert "--" not in line.removeprefix("<!--").removesuffix("-->")


def test_long_history_drops_its_oldest_points() -> None:
    counts = {f"concept-{number}": 10**9 for number in range(50)}
    points = tuple(Point(date(2025, 9, day), REV, counts) for day in range(1, 31))
    line = record_line(Record(points[0], points, "0" * 16, NOW))
    record = read_record(line)
    assert len(line.encode()) <= MAX_BYTES
    assert record is not None
    assert record.points == points[-len(record.points) :]
    assert record.first == points[0]


POINT = '{"day":"2025-09-12","rev":"aebb16f77abc","counts":{}}'
HEAD = '{"at":"2025-09-12T10:30:00Z","shown":"0000000000000000"'


@pytest.mark.parametrize(
    "stored",
    [
        "{",
        "{}",
        '{"at":"x"}',
        f'{HEAD},"first":{POINT},"points":[],"seen":[]}}',
        f'{HEAD},"first":{POINT},"points":[{POINT},{POINT}],"seen":[]}}',
        f'{HEAD},"first":{POINT},"points":[{POINT.replace("{}", """{"a":-1}""")}],"seen":[]}}',
        f'{HEAD},"first":{POINT},"points":[{POINT}],"seen":[],"more":1}}',
    ],
)
def test_line_that_people_broke_is_no_record(stored: str) -> None:
    assert read_record(f"<!-- ssot:points={stored} -->") is None


def test_line_that_nobody_broke_is_a_record() -> None:
    assert read_record(
        f'<!-- ssot:points={HEAD},"first":{POINT},"points":[{POINT}],"seen":[]}} -->'
    )


def day(number: int, count: int) -> Point:
    return Point(date(2025, 9, number), "c" * 12, {"engine": count})


PAST = (day(8, 9), day(10, 6))


def with_past(progress: Progress, *past: Point) -> Progress:
    return replace(progress, past=past)


def test_known_past_stands_in_the_first_block() -> None:
    block = render(with_past(measured(2), *PAST), "", now=NOW)
    assert "| `engine` | 9 → 2 | 3 |" in block
    assert 'x-axis ["09-08", "09-10", "09-12"]' in block
    assert "line [9, 6, 2]" in block


def test_past_that_comes_later_is_written_though_nothing_else_is_new() -> None:
    first = render(measured(2), "", now=NOW)
    second = render(with_past(measured(2), *PAST), first, now=NOW)
    assert "| `engine` | 9 → 2 | 3 |" in second
    assert "line [9, 6, 2]" in second
    record = read_record(second)
    assert record is not None
    assert record.reaches_back


def test_past_is_written_once() -> None:
    written = render(with_past(measured(2), *PAST), "", now=NOW)
    other = with_past(measured(2), day(1, 50), *PAST)
    assert render(other, written, now=NOW) == written


def test_past_without_an_older_day_writes_nothing() -> None:
    first = render(measured(2), "", now=NOW)
    assert render(with_past(measured(2)), first, now=NOW) == first
    assert render(with_past(measured(2), day(12, 9)), first, now=NOW) == first


def test_past_leaves_what_was_written_since_as_it_is() -> None:
    first = render(measured(5, day=9), "", now=NOW)
    second = render(with_past(measured(2), *PAST), first, now=NOW)
    assert 'x-axis ["09-08", "09-09", "09-12"]' in second
    assert "line [9, 5, 2]" in second


def test_long_past_leaves_the_newest_points_and_where_it_began() -> None:
    past = tuple(day(number, 40 - number) for number in range(1, 31))
    november = replace(measured(2), point=Point(date(2025, 11, 1), REV, {"engine": 2}))
    record = read_record(render(with_past(november, *past), "", now=NOW))
    assert record is not None
    assert len(record.points) == MAX_POINTS
    assert record.points[-1].total == 2
    assert record.first == past[0]


def test_record_of_an_earlier_release_did_not_look_back() -> None:
    stored = f'{HEAD},"first":{POINT},"points":[{POINT}],"seen":[]}}'
    record = read_record(f"<!-- ssot:points={stored} -->")
    assert record is not None
    assert not record.reaches_back
