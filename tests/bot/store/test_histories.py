"""The history of a repository survives on disk, and is that of one config."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.domain.history_ports import History
from bot.domain.points import Point
from bot.store.censuses import CensusFiles
from bot.store.histories import FILE, HistoryFiles

if TYPE_CHECKING:
    from pathlib import Path

POINTS = (
    Point(date(2025, 9, 8), "a" * 12, {"engine": 3, "größe": 0}),
    Point(date(2025, 9, 9), "b" * 12, {"engine": 1, "größe": 2}),
)
HISTORY = History(POINTS, date(2025, 9, 10), 1000.0, is_whole=True)
CONFIG = "version: 1\n"


async def test_history_is_read_back_by_another_process(tmp_path: Path) -> None:
    await HistoryFiles(tmp_path).keep(42, CONFIG, HISTORY)
    assert await HistoryFiles(tmp_path).last(42, CONFIG) == HISTORY
    assert await HistoryFiles(tmp_path).last(43, CONFIG) is None


async def test_history_by_another_config_is_none(tmp_path: Path) -> None:
    await HistoryFiles(tmp_path).keep(42, CONFIG, HISTORY)
    assert await HistoryFiles(tmp_path).last(42, f"{CONFIG}# changed\n") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"by": 1}', b"\xff"])
async def test_damaged_file_holds_nothing(tmp_path: Path, content: bytes) -> None:
    files = HistoryFiles(tmp_path)
    await files.keep(42, CONFIG, HISTORY)
    (tmp_path / "42" / FILE).write_bytes(content)
    assert await files.last(42, CONFIG) is None


async def test_history_is_purged_with_the_census(tmp_path: Path) -> None:
    await HistoryFiles(tmp_path).keep(42, CONFIG, HISTORY)
    await CensusFiles(tmp_path).purge(42)
    assert await HistoryFiles(tmp_path).last(42, CONFIG) is None
