"""The census to go on from: found by the same engine, config, day and repository only."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.meter import Kept
from bot.store.edition import CODE, edition, named
from bot.store.footings import FILE, FootingFile, entries
from checks.census import Census, Footing
from checks.config import parse
from checks.facades import Facades
from checks.rule import POLICY, TODAY
from tests.checks.test_advance import PLAIN, counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NEXT_DAY = TODAY + timedelta(days=1)
OTHER_POLICY = f"{POLICY}ignore: [b.py]\n"


def footing() -> Footing:
    found = counted(PLAIN, POLICY)[1]
    assert found is not None
    return found


def file(folder: Path, name: str = "one", policy: str = POLICY) -> FootingFile:
    return FootingFile(folder, name, parse(policy), today=TODAY)


def written(folder: Path) -> Path:
    return folder / FILE


def test_footing_comes_back_as_it_was(tmp_path: Path) -> None:
    kept = footing()
    file(tmp_path).keep(kept)
    last = file(tmp_path).last()
    assert last is not None
    assert (last.handing, last.asked, last.starred) == (kept.handing, kept.asked, kept.starred)
    assert last.census.findings == kept.census.findings != ()
    assert list(last.census.paths) == list(kept.census.paths)


@pytest.mark.parametrize(
    "other",
    [
        lambda folder: FootingFile(folder, "two", parse(POLICY), today=TODAY),
        lambda folder: FootingFile(folder, "one", parse(OTHER_POLICY), today=TODAY),
        lambda folder: FootingFile(folder, "one", parse(POLICY), today=NEXT_DAY),
    ],
    ids=["repository", "config", "day"],
)
def test_other_one_does_not_find_it(tmp_path: Path, other: Callable[[Path], FootingFile]) -> None:
    file(tmp_path).keep(footing())
    assert other(tmp_path).last() is None


def test_file_of_another_repository_put_in_its_place_is_not_taken(tmp_path: Path) -> None:
    file(tmp_path / "one").keep(footing())
    file(tmp_path / "two", "two").keep(footing())
    shutil.copy(written(tmp_path / "one"), written(tmp_path / "two"))
    assert file(tmp_path / "two", "two").last() is None


def test_engine_whose_rules_changed_is_another_edition(tmp_path: Path) -> None:
    code = tmp_path / "checks"
    shutil.copytree(CODE, code, ignore=shutil.ignore_patterns("__pycache__"))
    assert named(code) == edition()
    rule = code / "rules" / "forbidden_import.py"
    rule.write_text(rule.read_text().replace("is None", "is True"))  # as long as before
    assert named(code) != edition()


def test_damaged_file_is_forgotten_and_written_anew(tmp_path: Path) -> None:
    file(tmp_path).keep(footing())
    place = written(tmp_path)
    content = place.read_bytes()
    for damaged in (b"", content[:-9], content[:90] + b"x" + content[91:], b"x" * 999):
        place.write_bytes(damaged)
        assert file(tmp_path).last() is None
    file(tmp_path).keep(footing())
    assert file(tmp_path).last() is not None


def test_pickle_that_names_anything_else_is_not_loaded(tmp_path: Path) -> None:
    nothing = frozenset[str]()
    census = Census(os.getcwd, (), {}, {}, (), 0)  # type: ignore[arg-type]
    file(tmp_path).keep(Footing(census, Facades({}), nothing, nothing))
    assert written(tmp_path).stat().st_size
    assert file(tmp_path).last() is None


def keep_many(folder: Path, rev: str) -> None:
    census = Census(rev, (), {}, {}, (rev,) * 20_000, 0)
    for _ in range(20):
        file(folder).keep(Footing(census, Facades({}), frozenset(), frozenset()))


def test_two_processes_at_once_leave_the_whole_footing_of_one(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=keep_many, args=(tmp_path, rev)) for rev in ("a", "b")]
    keep_many(tmp_path, "c")
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        last = file(tmp_path).last()
        assert last is not None
        assert set(last.census.paths) == {last.census.rev}
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert [each.name for each in tmp_path.iterdir()] == [written(tmp_path).name]


def test_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file(tmp_path / "file").keep(footing())
    assert file(tmp_path / "file").last() is None


def test_footing_and_what_the_killed_left_of_one_can_be_let_go(tmp_path: Path) -> None:
    file(tmp_path / "one").keep(footing())
    (tmp_path / "one" / f"{FILE}.draft").write_text("half")
    (held,) = entries(tmp_path)
    assert (held.kind, held.name) == (Kept.CENSUSES, "one")
    assert held.size_bytes > 0
    assert held.drop(time.time() + 1)
    assert not list(tmp_path.iterdir())
