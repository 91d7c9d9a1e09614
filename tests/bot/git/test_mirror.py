"""The mirror against a git server over HTTP: few requests, no trace of a token, no damage kept."""

from __future__ import annotations

import shutil
import subprocess
import threading
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import SupersededError, UserError
from bot.git.analysis import analyse, read_here
from bot.git.fetch import RefusedError, UnknownObjectError
from bot.git.mirror import Mirror
from bot.git.objects import Absence
from bot.git.process import GitError
from bot.git.shelf import drop_idle
from bot.git.snapshot import Scope, read, take
from checks import limits
from checks.config import parse
from checks.model import Cause
from tests.bot.git.conftest import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.git.pull import Pull
    from tests.bot.git.conftest import Author, Server

TOKEN = "ghs_secret0123456789"
DAY_SECONDS = 24 * 3600.0


class Clock:
    """Time as the test wants it, in Unix seconds, and a sleep that only takes notes."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.slept: list[float] = []
        self.on_sleep: Callable[[], None] = lambda: None

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.on_sleep()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mirrors"


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path.stat().st_mtime + 60)


@pytest.fixture
def mirror(server: Server, folder: Path, clock: Clock) -> Mirror:
    return Mirror(folder, 42, remote_url=server.url, sleep=clock.sleep, clock=clock)


def pull(mirror: Mirror, base: str, head: str, *, number: int = 7, token: str = "") -> Pull:
    return mirror.fetch_commits(base=base, head=head, number=number, token=token)


def packs(generation: Path) -> list[Path]:
    return sorted((generation / "objects" / "pack").glob("*.pack"))


def test_change_is_read_without_its_history_in_four_requests(
    author: Author, server: Server, mirror: Mirror, folder: Path
) -> None:
    author.commit({"old.py": "never needed\n"})
    base = author.commit({"old.py": "x = 1\n", "big.bin": "b" * 1_000, "home.py": "H = 1\n"})
    head = author.commit({"old.py": "x = 2\n", "new.py": "y = 1\n", "big.bin": "c" * 1_000})
    scope = Scope(lambda path: True, frozenset({"home.py", "not/there.py"}))
    source = pull(mirror, base, head)
    taken = take(source, base, head, scope)
    assert [(entry.path, len(entry.hunks)) for entry in taken.entries] == [
        ("big.bin", 0),
        ("new.py", 1),
        ("old.py", 1),
    ]
    requests = len(server.requests)
    oids = [taken.tree[path] for path in ("home.py", "new.py", "old.py")]
    assert list(read(source, oids).values()) == [b"H = 1\n", b"y = 1\n", b"x = 2\n"]
    assert len(server.requests) == requests  # what was asked for beforehand is at hand
    assert requests <= 5
    everything = "\n".join(str(path) for path in folder.rglob("*"))
    assert author.git("rev-parse", f"{head}:big.bin") not in everything


def test_cycle_beyond_three_batches_is_not_waited_for(
    author: Author, server: Server, mirror: Mirror
) -> None:
    base = author.commit({f"m{n}.py": f"import m{n + 1}\n" for n in range(6)})
    head = author.commit({"m6.py": "import m0\n"})
    config = parse("version: 1\nrules: {import-cycle: error}\n")
    analysis = analyse(pull(mirror, base, head), base, head, config=config, reader=read_here)
    assert analysis.findings == ()
    (note,) = (note for note in analysis.notes if "at most" in note)
    assert note.startswith("1 modules were not looked into")
    assert "m2.py" in note


def test_same_pull_request_again_asks_the_server_nothing(
    author: Author, server: Server, mirror: Mirror
) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    first = take(pull(mirror, base, head), base, head, EVERYTHING)
    requests = len(server.requests)
    assert take(pull(mirror, base, head), base, head, EVERYTHING) == first
    assert len(server.requests) == requests


def test_pushed_head_replaces_the_one_before(author: Author, mirror: Mirror) -> None:
    base = author.commit({"a.py": "1\n"})
    heads = [author.commit({"a.py": f"{number}\n"}) for number in range(2, 5)]
    for head in heads:
        taken = take(pull(mirror, base, head), base, head, EVERYTHING)
        assert [entry.path for entry in taken.entries] == ["a.py"]


def test_renames_of_a_change_are_followed_without_any_blob_at_first(
    author: Author, mirror: Mirror
) -> None:
    lines = "".join(f"line_{n} = {n}\n" for n in range(40))
    base = author.commit({"old.py": lines})
    (author.folder / "old.py").unlink()
    head = author.commit({"new.py": lines + "more = 1\n"})
    (entry,) = take(pull(mirror, base, head), base, head, EVERYTHING).entries
    assert entry.base is not None
    assert (entry.base.path, entry.path) == ("old.py", "new.py")


def test_changed_symbolic_link_does_not_stop_the_diff(author: Author, mirror: Mirror) -> None:
    (author.folder / "link.py").symlink_to("one")
    base = author.commit({"a.py": "1\n"})
    (author.folder / "link.py").unlink()
    (author.folder / "link.py").symlink_to("two")
    head = author.commit({"a.py": "2\n"})
    taken = take(pull(mirror, base, head), base, head, EVERYTHING)
    assert taken.entries[0].hunks[0].added == frozenset({1})
    assert [skipped.path for skipped in taken.skipped] == ["link.py"]


def test_submodule_is_never_asked_for(author: Author, server: Server, mirror: Mirror) -> None:
    base = author.commit({"a.py": "1\n"})
    known = author.git("rev-parse", "HEAD:a.py")
    head = author.commit_tree(
        author.tree(("100644", "blob", known, b"b.py"), ("160000", "commit", "1" * 40, b"sub.py"))
    )
    taken = take(pull(mirror, base, head), base, head, EVERYTHING)
    assert [(skipped.path, skipped.cause) for skipped in taken.skipped] == [
        ("sub.py", Cause.NATURE)
    ]
    assert len(server.requests) <= 5


def test_redirect_is_not_followed(author: Author, server: Server, folder: Path) -> None:
    head = author.commit({"a.py": "1\n"})
    moved = server.url.replace("/work/", "/moved/")
    server.redirects = {"/moved/": "/work/"}
    with pytest.raises(GitError, match="302"):
        pull(Mirror(folder, 42, remote_url=moved), head, head)


def test_token_is_used_and_leaves_no_trace(
    author: Author, server: Server, mirror: Mirror, folder: Path
) -> None:
    server.token = b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    source = pull(mirror, base, head, token=TOKEN)
    take(source, base, head, EVERYTHING)
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert TOKEN.encode() not in content
            assert server.token.encode() not in content
            assert server.url.encode() not in content
    assert TOKEN not in repr(source)


def test_token_stands_in_no_argument_of_a_running_fetch(
    author: Author, server: Server, mirror: Mirror
) -> None:
    server.token = b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    seen: list[str] = []
    server.on_request = lambda: seen.append(
        subprocess.run(
            ["ps", "axww", "-o", "args"], capture_output=True, check=True
        ).stdout.decode()
    )
    pull(mirror, base, head, token=TOKEN)
    assert any("remote-http" in processes for processes in seen)
    assert not any(TOKEN in processes or server.token in processes for processes in seen)


def test_refused_token_is_told_apart_and_not_named(
    author: Author, server: Server, mirror: Mirror
) -> None:
    server.token = "another"
    head = author.commit({"a.py": "1\n"})
    with pytest.raises(RefusedError) as caught:
        pull(mirror, head, head, token=TOKEN)
    chain = [caught.value, caught.value.__cause__]
    assert not any(TOKEN in f"{error} {vars(error)}" for error in chain)


def test_head_that_arrives_late_is_waited_for(
    author: Author, server: Server, mirror: Mirror, clock: Clock, tmp_path: Path
) -> None:
    base = author.commit({"a.py": "1\n"})
    shutil.copytree(author.folder, tmp_path / "fork")
    fork = type(author)(tmp_path / "fork")
    head = fork.commit({"a.py": "2\n"})

    def arrive() -> None:
        if len(clock.slept) == 2:
            author.git("fetch", "--quiet", str(fork.folder), f"{head}:refs/pull/7/head")

    clock.on_sleep = arrive
    taken = take(pull(mirror, base, head), base, head, EVERYTHING)
    assert [entry.path for entry in taken.entries] == ["a.py"]
    assert clock.slept == [1.0, 2.0]


def test_server_that_gives_nothing_by_id_is_asked_for_the_pull_requests_ref(
    author: Author, server: Server, mirror: Mirror, clock: Clock
) -> None:
    base = author.commit({"a.py": "1\n"})
    author.git("checkout", "--quiet", "--detach")
    head = author.commit({"a.py": "2\n"})
    author.git("checkout", "--quiet", "main")
    author.git("update-ref", "refs/pull/7/head", head)
    server.hidden = frozenset({head})
    source = pull(mirror, base, head)
    assert [entry.path for entry in take(source, base, head, EVERYTHING).entries] == ["a.py"]
    assert clock.slept == [1.0, 2.0, 4.0]


def test_head_that_was_replaced_meanwhile_is_superseded(author: Author, mirror: Mirror) -> None:
    base = author.commit({"a.py": "1\n"})
    tip = author.commit({"a.py": "2\n"})
    author.git("update-ref", "refs/pull/7/head", tip)
    with pytest.raises(SupersededError) as caught:
        pull(mirror, base, "1" * 40)
    assert caught.value.head_sha == tip


def test_unknown_base_is_an_error_that_names_it(author: Author, mirror: Mirror) -> None:
    head = author.commit({"a.py": "1\n"})
    author.git("update-ref", "refs/pull/7/head", head)
    with pytest.raises(UnknownObjectError, match="1" * 40):
        pull(mirror, "1" * 40, head)


def test_many_fetches_at_once_all_succeed(author: Author, server: Server, folder: Path) -> None:
    base = author.commit({"a.py": "0\n"})
    heads = [author.commit({"a.py": f"{n}\n"}) for n in range(1, 9)]

    def review(number: int) -> list[str]:
        mirror = Mirror(folder, 42, remote_url=server.url)
        source = pull(mirror, base, heads[number], number=number)
        return [entry.path for entry in take(source, base, heads[number], EVERYTHING).entries]

    with ThreadPoolExecutor(8) as executor:
        assert list(executor.map(review, range(8))) == [["a.py"]] * 8


def test_leftovers_of_a_killed_fetch_do_not_block_the_next(
    author: Author, mirror: Mirror, folder: Path
) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    pull(mirror, base, base)
    generation = folder / "42.0.git"
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
    for pack in packs(folder / "42.0.git"):
        damage(pack)
    source = pull(mirror, base, head)
    assert take(source, base, head, EVERYTHING) == sound
    assert read(source, [sound.tree["a.py"]]) == {sound.tree["a.py"]: b"2\n"}
    assert (folder / "42.1.git").exists()


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
    for pack in packs(folder / "42.0.git"):
        truncate(pack)
    assert list(read(source, oids).values()) == [b"1\n", b"2\n"]
    for pack in packs(folder / "42.1.git"):
        truncate(pack)
    with pytest.raises(GitError, match="our fault"):
        read(source, oids)


def test_tree_bomb_is_refused_without_a_new_mirror(
    author: Author, mirror: Mirror, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "GIT_MEMORY_BYTES", 200 << 20)
    base = author.commit()
    tree = author.tree(("100644", "blob", author.blob(b"1\n"), b"a.py"))
    for _ in range(10):
        tree = author.tree(*(("040000", "tree", tree, b"d%d" % n) for n in range(10)))
    head = author.commit_tree(tree)
    taken = take(pull(mirror, base, head), base, head, EVERYTHING)
    assert [skipped.cause for skipped in taken.skipped] == [Cause.CHANGE]
    assert not (folder / "42.1.git").exists()


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


def test_replaced_commits_are_ignored(author: Author, mirror: Mirror, folder: Path) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    pull(mirror, base, head)
    (folder / "42.0.git" / "refs" / "replace").mkdir()
    (folder / "42.0.git" / "refs" / "replace" / head).write_text(base)
    taken = take(pull(mirror, base, head), base, head, EVERYTHING)
    assert [entry.path for entry in taken.entries] == ["a.py"]


def test_closed_pull_request_leaves_no_refs(author: Author, mirror: Mirror, folder: Path) -> None:
    head = author.commit({"a.py": "1\n"})
    pull(mirror, head, head, number=7)
    pull(mirror, head, head, number=8)
    mirror.forget(7)
    mirror.forget(7)
    refs = subprocess.run(
        ["git", "for-each-ref", "--format=%(refname)"],
        cwd=folder / "42.0.git",
        capture_output=True,
        check=True,
    )
    assert refs.stdout.decode().split() == ["refs/ssot/pull/8/base", "refs/ssot/pull/8/head"]


def test_purge_leaves_nothing(author: Author, mirror: Mirror, folder: Path) -> None:
    head = author.commit({"a.py": "1\n"})
    pull(mirror, head, head)
    mirror.merge_base(base=head, head=head, number=7, token="")
    mirror.purge()
    mirror.purge()
    assert list(folder.iterdir()) == []


def test_purge_of_a_repository_never_seen_is_nothing(mirror: Mirror, folder: Path) -> None:
    mirror.purge()
    assert not folder.exists()


def test_mirror_with_too_many_packs_is_made_anew_and_the_old_one_outlives_the_job(
    author: Author, mirror: Mirror, folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    reader = pull(mirror, base, base)
    monkeypatch.setattr(limits, "MIRROR_PACKS", 0)
    take(pull(mirror, base, head), base, head, EVERYTHING)
    assert reader.ask(lambda objects: objects.tree(base))
    assert sorted(path.name for path in folder.glob("*.git")) == ["42.0.git", "42.1.git"]
    monkeypatch.undo()
    clock.now += limits.JOB_SECONDS + 1
    pull(mirror, base, head)
    assert [path.name for path in folder.glob("*.git")] == ["42.1.git"]


def test_mirror_that_grew_too_large_is_made_anew(
    author: Author, mirror: Mirror, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = author.commit({"a.py": "1\n"})
    pull(mirror, base, base)
    monkeypatch.setattr(limits, "MIRROR_BYTES", 10)
    monkeypatch.setattr(limits, "MIRROR_GROWTH", 2)
    pull(mirror, base, base)
    assert not (folder / "42.1.git").exists()
    for number in range(4):
        head = author.commit({"a.py": f"{number}\n"})
        pull(mirror, base, head)
    assert (folder / "42.1.git").exists()


def test_idle_mirrors_are_dropped(
    author: Author, mirror: Mirror, folder: Path, clock: Clock
) -> None:
    head = author.commit({"a.py": "1\n"})
    pull(mirror, head, head)
    drop_idle(folder, now=clock.now + 13 * DAY_SECONDS)
    assert (folder / "42.0.git").exists()
    drop_idle(folder, now=clock.now + 15 * DAY_SECONDS)
    assert list(folder.iterdir()) == []


def test_merge_base_is_found_by_the_history_alone(author: Author, mirror: Mirror) -> None:
    fork_point = author.commit({"a.py": "1\n"})
    base = author.commit({"b.py": "1\n"})
    author.git("checkout", "--quiet", "-b", "topic", fork_point)
    head = author.commit({"c.py": "1\n"})
    assert mirror.merge_base(base=base, head=head, number=7, token="") == fork_point


def test_unrelated_histories_are_said_to_be_so(author: Author, mirror: Mirror) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit_tree(author.git("rev-parse", f"{base}^{{tree}}"))
    with pytest.raises(UserError, match="no commit in common"):
        mirror.merge_base(base=base, head=head, number=7, token="")


def test_file_remote_is_refused(author: Author, folder: Path) -> None:
    head = author.commit({"a.py": "1\n"})
    mirror = Mirror(folder, 42, remote_url=f"file://{author.folder}")
    with pytest.raises(GitError, match="not allowed"):
        pull(mirror, head, head)


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
