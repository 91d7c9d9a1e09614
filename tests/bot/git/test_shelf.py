"""Where mirrors stand: worn and idle ones go, locks are held, nothing is left behind."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from bot.git.shelf import TREES, Shelf, entries
from bot.git.snapshot import take
from checks import limits
from tests.bot.git.conftest import EVERYTHING, packs, pull

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from bot.git.mirror import Mirror
    from tests.bot.git.conftest import Author, Clock


def test_purge_leaves_nothing(author: Author, mirror: Mirror, folder: Path) -> None:
    head = author.commit({"a.py": "1\n"})
    pull(mirror, head, head)
    mirror.merge_base(base=head, head=head, number=7, token="")
    mirror.purge()
    mirror.purge()
    assert list(folder.parent.iterdir()) == []


def test_purge_of_a_repository_never_seen_is_nothing(mirror: Mirror, folder: Path) -> None:
    mirror.purge()
    assert not folder.parent.exists()


def test_mirror_with_too_many_packs_is_made_anew_and_the_old_one_outlives_the_job(
    author: Author, mirror: Mirror, folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    reader = pull(mirror, base, base)
    monkeypatch.setattr(limits, "MIRROR_PACKS", 0)
    take(pull(mirror, base, head), base, head, EVERYTHING)
    assert reader.ask(lambda objects: objects.tree(base))
    assert sorted(path.name for path in folder.glob("*.git")) == ["trees.0.git", "trees.1.git"]
    monkeypatch.undo()
    clock.now += limits.JOB_SECONDS + 1
    pull(mirror, base, head)
    assert [path.name for path in folder.glob("*.git")] == ["trees.1.git"]


def test_mirror_that_grew_too_large_is_made_anew(
    author: Author, mirror: Mirror, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = author.commit({"a.py": "1\n"})
    pull(mirror, base, base)
    monkeypatch.setattr(limits, "MIRROR_BYTES", 10)
    monkeypatch.setattr(limits, "MIRROR_GROWTH", 2)
    pull(mirror, base, base)
    assert not (folder / "trees.1.git").exists()
    for number in range(4):
        head = author.commit({"a.py": f"{number}\n"})
        pull(mirror, base, head)
    assert (folder / "trees.1.git").exists()


def test_mirrors_are_held_with_their_size_and_last_use(
    author: Author, mirror: Mirror, folder: Path, clock: Clock
) -> None:
    head = author.commit({"a.py": "1\n" * 9999})
    take(pull(mirror, head, head), head, head, EVERYTHING)
    mirror.merge_base(base=head, head=head, number=7, token="")
    history, trees = entries(folder.parent)
    assert (history.name, trees.name) == ("42/commits", "42/trees")
    assert trees.used_at == history.used_at == clock.now
    assert trees.size_bytes > sum(pack.stat().st_size for pack in packs(folder / "trees.0.git"))


def test_mirror_goes_unless_it_was_used_since(
    author: Author, mirror: Mirror, folder: Path, clock: Clock
) -> None:
    head = author.commit({"a.py": "1\n"})
    pull(mirror, head, head)
    (trees,) = entries(folder.parent)
    assert not trees.drop(clock.now)
    assert (folder / "trees.0.git").exists()
    assert trees.drop(clock.now + 1)
    assert trees.drop(clock.now + 1)
    assert list(folder.parent.iterdir()) == []
    pull(mirror, head, head)


def test_mirror_that_is_fetched_into_stays(
    author: Author, mirror: Mirror, folder: Path, clock: Clock
) -> None:
    head = author.commit({"a.py": "1\n"})
    pull(mirror, head, head)
    (trees,) = entries(folder.parent)
    with Shelf(folder, TREES).lock():
        assert not trees.drop(clock.now + 1)
    assert (folder / "trees.0.git").exists()


def test_lock_is_held_on_the_file_that_stands_there(
    author: Author, mirror: Mirror, folder: Path
) -> None:
    head = author.commit({"a.py": "1\n"})
    failures: list[BaseException] = []

    def fetch_and_purge() -> None:
        try:
            for _ in range(5):
                pull(mirror, head, head)
                mirror.purge()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=fetch_and_purge) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
