"""The last census of each repository survives on disk, and only as what it is."""

from __future__ import annotations

import os
import pickle
import zlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.domain.census_ports import Measured
from bot.domain.history_ports import History
from bot.store.censuses import FILE, VERSION, CensusFiles, entries
from bot.store.histories import HistoryFiles
from checks.census import Census, Holding
from checks.model import Finding, Kind, Severity, Span, Status
from checks.stages import Stage

if TYPE_CHECKING:
    from pathlib import Path

FINDING = Finding(
    rule="forbidden-import",
    severity=Severity.ERROR,
    status=Status.NEW,
    path="shop/orders.py",
    span=Span(1, 1, 6, 20),
    symbol="shop.old",
    kind=Kind.IMPORT,
    message="No.",
    fingerprint="0" * 16,
    concept="engine",
)
CENSUS = Census(
    "a" * 40,
    ("forbidden-import",),
    holdings={FINDING.path: Holding((FINDING,), defined={"engine": 1})},
    stages={"shop.old": Stage.WARNS},
    paths=("shop/old.py", FINDING.path),
    files_analyzed=2,
)
MEASURED = Measured(CENSUS, "version: 1\n", 1000.0)


async def test_census_is_read_back_by_another_process(tmp_path: Path) -> None:
    await CensusFiles(tmp_path).keep(42, MEASURED)
    assert await CensusFiles(tmp_path).last(42) == MEASURED
    assert await CensusFiles(tmp_path).last(43) is None


async def test_newer_census_takes_the_place_of_the_one_in_memory(tmp_path: Path) -> None:
    reader = CensusFiles(tmp_path)
    await reader.keep(42, MEASURED)
    assert await reader.last(42) is await reader.last(42)
    newer = replace(MEASURED, taken_at=2000.0)
    await CensusFiles(tmp_path).keep(42, newer)
    os.utime(tmp_path / "42" / FILE, (1.0, 1.0))  # whatever the clock's resolution
    assert await reader.last(42) == newer


async def test_view_of_a_mapping_can_be_kept(tmp_path: Path) -> None:
    paths = dict.fromkeys(CENSUS.paths).keys()
    await CensusFiles(tmp_path).keep(42, replace(MEASURED, census=replace(CENSUS, paths=paths)))
    assert await CensusFiles(tmp_path).last(42) == MEASURED


async def test_census_that_could_not_be_read_back_is_refused(tmp_path: Path) -> None:
    files = CensusFiles(tmp_path)
    odd = Measured(replace(CENSUS, paths=(tmp_path,)), "", 0.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="could not be read back"):
        await files.keep(42, odd)
    assert await files.last(42) is None


class Bomb:
    """Does something when it is read."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("bomb",)


# Everything in it stands in a module of `checks`: pydantic evaluates the text of an annotation.
SMUGGLED = (
    b"cchecks.engine\npartial\n(cchecks.config.rules\ncreate_model\ntR"
    b"(cchecks.config.rules\ncreate_model\n(VX\nt"
    b"(Vfield\n(V__import__('os').mkdir('bomb')\nNtd(dtb)R."
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"another version\n",
        VERSION,
        VERSION + b"x",
        VERSION + zlib.compress(b"x"),
        VERSION + zlib.compress(pickle.dumps("text")),
        VERSION + zlib.compress(pickle.dumps(Bomb())),
        VERSION + zlib.compress(SMUGGLED),
    ],
)
async def test_file_that_is_no_census_is_none(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "42").mkdir()
    (tmp_path / "42" / FILE).write_bytes(content)
    assert await CensusFiles(tmp_path).last(42) is None
    assert not (tmp_path / "bomb").exists()


async def test_purge_leaves_nothing_of_a_repository(tmp_path: Path) -> None:
    files = CensusFiles(tmp_path)
    await files.keep(42, MEASURED)
    await files.keep(43, MEASURED)
    await files.last(42)
    await files.purge(42)
    assert await files.last(42) is None
    assert os.listdir(tmp_path) == ["43"]  # noqa: PTH208 - pathlib blocks as much, and ruff knows


async def test_what_is_kept_goes_unless_it_was_kept_since(tmp_path: Path) -> None:
    files = CensusFiles(tmp_path)
    await files.keep(42, MEASURED)
    await HistoryFiles(tmp_path).keep(42, "", History((), date(2026, 1, 2), 0.0, is_whole=True))
    (held,) = entries(tmp_path)
    assert (held.name, held.size_bytes > 0) == ("42", True)
    assert not held.drop(held.used_at)
    assert await files.last(42) == MEASURED
    assert held.drop(held.used_at + 1)
    assert await files.last(42) is None
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - pathlib blocks as much, and ruff knows
