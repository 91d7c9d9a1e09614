"""What open pull requests add is remembered in files that may go at any time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.additions import Addition, Twin
from bot.domain.jobs import RepositoryRef
from bot.store.additions import AdditionFiles
from tests.bot.domain.examples import pull

if TYPE_CHECKING:
    from pathlib import Path

ENGINE = Addition("class", "CartEngine")
OTHER = Addition("function", "make_engine")
OURS, THEIRS = pull(number=12), pull(number=14)
FOREIGN = replace(THEIRS, repository=RepositoryRef(43, "octo", "fork"))


async def test_what_another_pull_request_of_the_repository_adds_too_is_a_twin(
    tmp_path: Path,
) -> None:
    files = AdditionFiles(tmp_path)
    await files.record(OURS, [ENGINE])
    await files.record(THEIRS, [ENGINE, OTHER])
    await files.record(FOREIGN, [ENGINE])

    assert list(await files.twins(OURS, [ENGINE])) == [Twin(14, ENGINE)]
    assert list(await files.twins(OURS, [])) == []


async def test_what_is_added_no_more_is_forgotten(tmp_path: Path) -> None:
    files = AdditionFiles(tmp_path)
    await files.record(THEIRS, [ENGINE])
    await files.record(THEIRS, [])
    assert list(await files.twins(OURS, [ENGINE])) == []

    await files.record(THEIRS, [ENGINE])
    await files.forget(THEIRS)
    await files.forget(THEIRS)
    assert list(await files.twins(OURS, [ENGINE])) == []


async def test_a_damaged_file_holds_nothing(tmp_path: Path) -> None:
    files = AdditionFiles(tmp_path)
    await files.record(THEIRS, [ENGINE])
    (tmp_path / "42" / "14.json").write_text("[[1")

    assert list(await files.twins(OURS, [ENGINE])) == []


async def test_a_repository_is_forgotten_whole(tmp_path: Path) -> None:
    files = AdditionFiles(tmp_path)
    await files.record(THEIRS, [ENGINE])

    await files.purge(42)

    assert list(await files.twins(OURS, [ENGINE])) == []
