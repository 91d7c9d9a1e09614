"""The mirror against a git server over HTTP: few requests, no trace of a token, no damage kept."""

from __future__ import annotations

import shutil
import subprocess
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import SupersededError, UserError
from bot.domain.meter import FetchOutcome, Unmeasured
from bot.git.analysis import analyse, read_here
from bot.git.fetch import RefusedError, UnknownObjectError
from bot.git.mirror import Mirror
from bot.git.process import GitError
from bot.git.snapshot import Scope, read, take
from checks.config import parse
from checks.model import Cause
from tests.bot.git.conftest import EVERYTHING, packs, pull

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot.git.conftest import Author, Clock, Server

TOKEN = "ghs_secret0123456789"
DAY_SECONDS = 24 * 3600.0


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
        pull(Mirror(folder.parent, 42, remote_url=moved), head, head)


class Notes(Unmeasured):
    """Notes how each fetch ended, and what all of them brought."""

    def __init__(self) -> None:
        self.fetches: list[FetchOutcome] = []
        self.size_bytes = 0

    def fetch(self, outcome: FetchOutcome, *, seconds: float, size_bytes: int) -> None:
        assert seconds > 0
        self.fetches.append(outcome)
        self.size_bytes += size_bytes


def test_every_fetch_is_measured_by_how_it_ended(
    author: Author, server: Server, folder: Path, clock: Clock
) -> None:
    notes = Notes()
    mirror = Mirror(folder.parent, 42, remote_url=server.url, sleep=clock.sleep, meter=notes)
    head = author.commit({"a.py": "1\n"})
    take(pull(mirror, head, head), head, head, EVERYTHING)
    assert notes.fetches == [FetchOutcome.DONE]
    brought = notes.size_bytes
    assert brought == sum(pack.stat().st_size for pack in packs(folder / "trees.0.git"))

    server.token = "another"
    with pytest.raises(RefusedError):
        pull(mirror, head, author.commit({"a.py": "2\n"}), token=TOKEN)
    assert notes.fetches == [FetchOutcome.DONE, FetchOutcome.REFUSED]
    assert notes.size_bytes == brought > 0


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
        mirror = Mirror(folder.parent, 42, remote_url=server.url)
        source = pull(mirror, base, heads[number], number=number)
        return [entry.path for entry in take(source, base, heads[number], EVERYTHING).entries]

    with ThreadPoolExecutor(8) as executor:
        assert list(executor.map(review, range(8))) == [["a.py"]] * 8


def test_replaced_commits_are_ignored(author: Author, mirror: Mirror, folder: Path) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    pull(mirror, base, head)
    (folder / "trees.0.git" / "refs" / "replace").mkdir()
    (folder / "trees.0.git" / "refs" / "replace" / head).write_text(base)
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
        cwd=folder / "trees.0.git",
        capture_output=True,
        check=True,
    )
    assert refs.stdout.decode().split() == ["refs/ssot/pull/8/base", "refs/ssot/pull/8/head"]


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
    mirror = Mirror(folder.parent, 42, remote_url=f"file://{author.folder}")
    with pytest.raises(GitError, match="not allowed"):
        pull(mirror, head, head)
