"""What is kept on disk stays in bounds: the idle goes, then what was used longest ago."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.disk import (
    BUSY_SECONDS,
    FREE_BYTES,
    IDLE_SECONDS,
    NO_ROOM,
    CacheEntry,
    Keeper,
    fair_share,
    files_of,
)
from bot.domain.meter import Kept, Parting, Unmeasured

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NOW = 1_800_000_000.0
LONG_AGO = NOW - BUSY_SECONDS - 1


@dataclass(frozen=True)
class Usage:
    total: int
    free: int


class Notes(Unmeasured):
    """Notes what the keeper tells."""

    def __init__(self) -> None:
        self.sizes: dict[Kept, int] = {}
        self.parted: list[tuple[Kept, Parting]] = []

    def held(self, sizes: Mapping[Kept, int], *, most_bytes: int) -> None:
        self.sizes, self.most_bytes = dict(sizes), most_bytes

    def dropped(self, kept: Kept, why: Parting) -> None:
        self.parted.append((kept, why))


@dataclass
class Shop:
    """Things on a disk of a thousand bytes; `stuck` ones cannot be deleted, `open` ones not yet."""

    folder: Path
    things: dict[str, tuple[float, int]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    others_bytes: int = 0
    notes: Notes = field(default_factory=Notes)

    def entries(self) -> list[CacheEntry]:
        return [
            CacheEntry(Kept.MIRRORS, name, size, used_at, drop=self._dropping(name))
            for name, (used_at, size) in self.things.items()
        ]

    def tidy(self) -> set[str]:
        keeper = Keeper(
            self.folder,
            self.entries,
            usage=lambda _: Usage(1000, 1000 - self.others_bytes - self._size()),
            clock=lambda: NOW,
            meter=self.notes,
        )
        keeper.tidy()
        return set(self.things)

    def _size(self) -> int:
        return sum(size for _, size in self.things.values())

    def _dropping(self, name: str):  # type: ignore[no-untyped-def]
        def drop(before: float) -> bool:
            if name in self.stuck:
                raise PermissionError(name)
            if name in self.open or self.things[name][0] >= before:
                return False
            del self.things[name]
            return True

        return drop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_idle_goes_however_much_room_there_is(shop: Shop) -> None:
    shop.things = {"idle": (NOW - IDLE_SECONDS - 1, 1), "used": (NOW - IDLE_SECONDS + 1, 1)}
    assert shop.tidy() == {"used"}
    assert shop.notes.parted == [(Kept.MIRRORS, Parting.IDLE)]


def test_longest_unused_goes_first_until_the_rest_fits(shop: Shop) -> None:
    shop.things = {
        "newer": (LONG_AGO - 1, 200),
        "oldest": (LONG_AGO - 3, 100),
        "older": (LONG_AGO - 2, 300),
    }
    assert shop.tidy() == {"newer", "older"}
    assert shop.notes.parted == [(Kept.MIRRORS, Parting.ROOM)]
    assert shop.notes.sizes == {**dict.fromkeys(Kept, 0), Kept.MIRRORS: 500}
    assert shop.notes.most_bytes == 500


def test_room_is_left_for_the_queue_when_others_fill_the_disk(shop: Shop) -> None:
    shop.things = {"newer": (LONG_AGO, 100), "older": (LONG_AGO - 1, 100)}
    shop.others_bytes = 750
    assert shop.tidy() == {"newer"}


def test_what_is_open_stays_and_the_next_goes(shop: Shop) -> None:
    shop.things = {"newer": (LONG_AGO, 300), "older": (LONG_AGO - 1, 300)}
    shop.open = {"older"}
    assert shop.tidy() == {"older"}


def test_what_cannot_be_deleted_is_said_and_the_next_goes(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.things = {"newer": (LONG_AGO, 300), "older": (NOW - IDLE_SECONDS - 1, 300)}
    shop.stuck = {"older"}
    assert shop.tidy() == {"older"}
    assert "disk.not_dropped" in caplog.messages


def test_what_was_used_minutes_ago_stays_and_the_operator_hears_of_it(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.things = {"busy": (NOW - BUSY_SECONDS + 1, 600)}
    assert shop.tidy() == {"busy"}
    assert caplog.messages == [NO_ROOM]


@pytest.mark.parametrize(("ahead", "stays"), [(60.0, True), (30 * 24 * 3600.0, False)])
def test_what_was_used_before_the_clock_was_set_back_does_not_stay_until_then(
    tmp_path: Path, ahead: float, stays: bool
) -> None:
    file = tmp_path / "shop" / "census"
    file.parent.mkdir()
    file.write_bytes(b"x" * 9999)
    os.utime(file, (NOW + ahead, NOW + ahead))
    keeper = Keeper(
        tmp_path,
        lambda: [files_of(Kept.CENSUSES, "shop", [file])],
        usage=lambda _: Usage(1000, 0),
        clock=lambda: NOW,
    )
    keeper.tidy()
    assert file.exists() == stays


@pytest.mark.parametrize(
    ("total", "free", "held", "share"),
    [
        (1000, 1000, 0, 500),  # half of it
        (1000, 300, 200, 400),  # a tenth stays free
        (1000, 50, 20, 0),
        (10 * FREE_BYTES, FREE_BYTES, FREE_BYTES, FREE_BYTES),
        (1000 * FREE_BYTES, 3 * FREE_BYTES, 0, 2 * FREE_BYTES),  # no more than so many bytes
    ],
)
def test_share_is_half_the_disk_less_what_must_stay_free(
    total: int, free: int, held: int, share: int
) -> None:
    assert fair_share(Usage(total, free), held) == share
