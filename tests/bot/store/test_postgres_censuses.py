"""The last census of each repository is one for all processes, each with a folder of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.store.censuses import FILE, CensusFiles
from tests.bot.store.test_censuses import CENSUS, MEASURED

if TYPE_CHECKING:
    from pathlib import Path

    from bot.domain.census_ports import Measured
    from bot.store.postgres.censuses import PostgresCensuses
    from tests.bot.store.conftest import PostgresDatabase


@pytest.fixture
async def machines(
    postgres: PostgresDatabase, tmp_path: Path
) -> tuple[PostgresCensuses, PostgresCensuses]:
    one, other = await postgres.open(), await postgres.open()
    return one.censuses(CensusFiles(tmp_path / "1")), other.censuses(CensusFiles(tmp_path / "2"))


Machines = tuple["PostgresCensuses", "PostgresCensuses"]


async def test_census_of_one_machine_is_read_on_another(machines: Machines) -> None:
    one, other = machines
    await one.keep(42, MEASURED)
    assert await other.last(42) == MEASURED
    assert await other.last(42) is await other.last(42)
    assert await other.last(43) is None


async def test_newer_census_replaces_the_one_that_a_machine_took_itself(
    machines: Machines,
) -> None:
    one, other = machines
    newer = replace(MEASURED, taken_at=2000.0)
    await one.keep(42, MEASURED)
    await one.last(42)
    await other.keep(42, newer)
    assert await one.last(42) == newer


async def test_census_that_could_not_be_read_back_is_refused(
    machines: Machines, tmp_path: Path
) -> None:
    odd: Measured = replace(MEASURED, census=replace(CENSUS, paths=(tmp_path,)))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="could not be read back"):
        await machines[0].keep(42, odd)
    assert await machines[0].last(42) is None


async def test_census_of_another_release_is_none(
    machines: Machines, postgres: PostgresDatabase
) -> None:
    await machines[0].keep(42, MEASURED)
    await postgres.execute("update ssot_census set content = 'another version'")
    assert await machines[1].last(42) is None


async def test_purge_leaves_nothing_of_a_repository(machines: Machines, tmp_path: Path) -> None:
    one, other = machines
    await one.keep(42, MEASURED)
    await one.keep(43, MEASURED)
    await one.last(42)
    await one.purge(42)
    assert await one.last(42) is None
    assert await other.last(43) == MEASURED
    assert [file.parent.name for file in (tmp_path / "1").rglob(FILE)] == ["43"]


async def test_what_nobody_measured_for_two_weeks_goes(
    machines: Machines, postgres: PostgresDatabase
) -> None:
    one, other = machines
    await one.keep(42, MEASURED)
    await one.keep(43, MEASURED)
    await postgres.execute(
        "update ssot_census set kept_at = now() - interval '15 days' where repository = 42"
    )
    await one.drop_idle()
    assert await other.last(42) is None
    assert await other.last(43) == MEASURED
