"""A mirror that is damaged, or that a fetch cannot complete: made anew once, and never trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.git.objects import Absence
from bot.git.process import GitError
from bot.git.snapshot import read, take
from checks import limits
from checks.model import Cause
from tests.bot.git.conftest import EVERYTHING, packs, pull

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.git.mirror import Mirror
    from tests.bot.git.conftest import Author, Server


def test_leftovers_of_a_killed_fetch_do_not_block_the_next(
    author: Author, mirror: Mirror, folder: Path
) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    pull(mirror, base, base)
    generation = folder / "trees.0.git"
    stale = [
        generation / "shallow.lock",
        generation / "refs/ssot/pull/7/head.lock",
        generation / "objects/pack/tmp_pack_x",
    ]
    for path in stale:
        path.write_bytes(b"")
    take(pull(mirror, base, head), base, head, EVERYTHING)
    assert not any(path.exists() for path in stale)


def truncate(pack: Path) -> None:
    pack.chmod(0o600)
    with pack.open("r+b") as file:
        file.truncate(40)


def flip(pack: Path) -> None:
    pack.chmod(0o600)
    content = bytearray(pack.read_bytes())
    for position in range(20, len(content) - 20):
        content[position] ^= 0xFF
    pack.write_bytes(content)


@pytest.mark.parametrize("damage", [truncate, flip, lambda pack: pack.unlink()])
def test_damaged_mirror_is_replaced_by_a_new_one(
    author: Author, mirror: Mirror, folder: Path, damage: Callable[[Path], None]
) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    sound = take(pull(mirror, base, head), base, head, EVERYTHING)
    for pack in packs(folder / "trees.0.git"):
        damage(pack)
    source = pull(mirror, base, head)
    assert take(source, base, head, EVERYTHING) == sound
    assert read(source, [sound.tree["a.py"]]) == {sound.tree["a.py"]: b"2\n"}
    assert (folder / "trees.1.git").exists()


# What a machine leaves behind that loses its power, or a process that is killed, in between.
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("HEAD", b""),
        ("HEAD", None),
        ("config", b"\xff"),
        ("refs/ssot/pull/7/head", b""),
        ("ssot-first-bytes", b""),
    ],
)
def test_mirror_with_a_file_that_was_not_written_to_its_end_is_no_obstacle(
    author: Author, mirror: Mirror, folder: Path, name: str, content: bytes | None
) -> None:
    base = author.commit({"a.py": "1\n"})
    pull(mirror, base, base)
    head = author.commit({"a.py": "2\n"})
    path = folder / "trees.0.git" / name
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    source = pull(mirror, base, head)
    taken = take(source, base, head, EVERYTHING)
    assert read(source, [taken.tree["a.py"]]) == {taken.tree["a.py"]: b"2\n"}


def test_mirror_damaged_during_a_review_is_replaced_once(
    author: Author, mirror: Mirror, folder: Path
) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    source = pull(mirror, base, head)
    (entry,) = take(source, base, head, EVERYTHING).entries
    assert entry.base is not None
    assert entry.head is not None
    # The same blobs come in a pack of the same name, which git then takes for the one it has.
    oids = [entry.base.oid, entry.head.oid]
    for pack in packs(folder / "trees.0.git"):
        truncate(pack)
    assert list(read(source, oids).values()) == [b"1\n", b"2\n"]
    for pack in packs(folder / "trees.1.git"):
        truncate(pack)
    with pytest.raises(GitError, match="ssot failed"):
        read(source, oids)


def test_tree_bomb_is_refused_without_a_new_mirror(
    author: Author, mirror: Mirror, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "GIT_MEMORY_BYTES", 200 << 20)
    base = author.commit()
    head = author.commit_tree(author.tree_bomb())
    taken = take(pull(mirror, base, head), base, head, EVERYTHING)
    assert [skipped.cause for skipped in taken.skipped] == [Cause.CHANGE]
    assert not (folder / "trees.1.git").exists()


def test_blob_that_the_server_lacks_is_dropped_from_the_batch(
    author: Author, mirror: Mirror
) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    source = pull(mirror, base, head)
    taken = take(source, base, head, EVERYTHING)
    first = author.blob(b"not yet there\n")
    contents = read(source, ["1" * 40, first, "2" * 40, taken.tree["a.py"]])
    assert contents == {
        "1" * 40: Absence.MISSING,
        "2" * 40: Absence.MISSING,
        first: b"not yet there\n",
        taken.tree["a.py"]: b"2\n",
    }


def test_many_unknown_blobs_are_given_up_after_three_tries(
    author: Author, server: Server, mirror: Mirror
) -> None:
    head = author.commit({"a.py": "1\n"})
    source = pull(mirror, head, head)
    requests = len(server.requests)
    oids = [str(digit) * 40 for digit in range(1, 6)]
    assert read(source, oids) == dict.fromkeys(oids, Absence.MISSING)
    assert len(server.requests) - requests <= 9


def test_blob_too_large_to_fetch_is_named_and_the_others_arrive(
    author: Author, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = author.commit({"a.py": "1\n"})
    source = pull(mirror, head, head)
    noise = b"".join(b"%d" % pow(7, n, 1_000_003) for n in range(200_000))
    large = author.blob(noise)
    small = [author.blob(b"%d\n" % n) for n in range(3)]
    monkeypatch.setattr(limits, "GIT_FILE_BYTES", 100_000)
    contents = read(source, [*small[:2], large, small[2]])
    assert contents == {
        small[0]: b"0\n",
        small[1]: b"1\n",
        large: Absence.HUGE,
        small[2]: b"2\n",
    }
