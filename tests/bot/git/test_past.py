"""The past of a branch in the mirror: one commit for each day, their trees in one fetch."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from bot.git.commits import Commit
    from bot.git.mirror import Mirror
    from tests.bot.git.conftest import Author, Server

FAR = date(2030, 1, 1)


def commit(author: Author, when: str, **modules: str) -> str:
    files = {f"{name}.py": text for name, text in modules.items()}
    for path, text in files.items():
        author.write(path, text)
    author.git("add", "--all")
    author.git("commit", "--quiet", "--allow-empty", "--message", "x", GIT_COMMITTER_DATE=when)
    return author.git("rev-parse", "HEAD")


def ends(mirror: Mirror, tip: str, *, before: date = FAR, most: int = 30) -> list[tuple[int, str]]:
    found: tuple[Commit, ...] = mirror.day_ends(tip, before=before, most=most, token="")
    return [(each.day.day, each.oid) for each in found]


def test_last_commit_of_each_day_stands_for_it(author: Author, mirror: Mirror) -> None:
    commit(author, "2025-09-08T09:00:00Z")
    first = commit(author, "2025-09-08T10:00:00Z")
    second = commit(author, "2025-09-10T10:00:00Z")
    assert ends(mirror, second) == [(8, first), (10, second)]


def test_day_is_that_of_utc_wherever_people_are(author: Author, mirror: Mirror) -> None:
    evening = commit(author, "2025-09-08T23:30:00-07:00")
    morning = commit(author, "2025-09-10T05:00:00+09:00")
    assert ends(mirror, morning) == [(9, morning)]
    assert ends(mirror, evening) == [(9, evening)]


def test_commits_of_a_merged_branch_are_no_days_of_their_own(
    author: Author, mirror: Mirror
) -> None:
    start = commit(author, "2025-09-01T10:00:00Z")
    author.git("switch", "--quiet", "--create", "side")
    commit(author, "2025-09-02T10:00:00Z", side="1\n")
    author.git("switch", "--quiet", "main")
    author.git("merge", "--quiet", "--no-ff", "side", GIT_COMMITTER_DATE="2025-09-03T10:00:00Z")
    merged = author.git("rev-parse", "HEAD")
    assert ends(mirror, merged) == [(1, start), (3, merged)]


def test_only_so_many_last_days_before_one_are_told(author: Author, mirror: Mirror) -> None:
    oids = [commit(author, f"2025-09-{day:02}T10:00:00Z") for day in range(1, 10)]
    found = ends(mirror, oids[-1], before=date(2025, 9, 9), most=3)
    assert found == [(6, oids[5]), (7, oids[6]), (8, oids[7])]


def test_commit_that_tells_no_time_is_no_day(author: Author, mirror: Mirror) -> None:
    good = commit(author, "2025-09-08T10:00:00Z")
    tree = author.git("rev-parse", f"{good}^{{tree}}")
    text = f"tree {tree}\nparent {good}\nauthor A <a@b> 1 +0000\ncommitter nobody\n\nx\n"
    flags = ("-w", "--literally", "--stdin")
    broken = author.git("hash-object", "-t", "commit", *flags, stdin=text.encode())
    author.git("update-ref", "refs/heads/main", broken)
    assert ends(mirror, broken) == [(8, good)]


def test_trees_of_many_days_come_in_one_fetch_and_only_once(
    author: Author, server: Server, mirror: Mirror
) -> None:
    oids = [commit(author, f"2025-09-{n:02}T10:00:00Z", a=f"x = {n}\n") for n in range(1, 6)]
    past = mirror.fetch_past(oids, token="")
    requests = len(server.requests)
    assert requests <= 3
    trees = past.ask(lambda objects: [objects.tree(oid) for oid in oids])
    assert len({tree[0].oid for tree in trees}) == len(oids)
    assert past.ask(lambda objects: len(objects.changes(oids[0], oids[-1]))) == 1
    mirror.fetch_past(oids, token="")
    assert len(server.requests) == requests


def test_tip_is_still_at_hand_beside_its_past(
    author: Author, server: Server, mirror: Mirror
) -> None:
    old = commit(author, "2025-09-01T10:00:00Z", a="x = 1\n")
    tip = commit(author, "2025-09-02T10:00:00Z", a="x = 2\n")
    mirror.fetch_tip(tip, token="")
    mirror.fetch_past([old], token="")
    requests = len(server.requests)
    mirror.fetch_tip(tip, token="")
    assert len(server.requests) == requests


def test_damaged_history_is_fetched_anew(author: Author, mirror: Mirror, folder: Path) -> None:
    tip = commit(author, "2025-09-01T10:00:00Z")
    assert ends(mirror, tip)
    for packs in folder.glob("commits.0.git/objects"):
        shutil.rmtree(packs)
        (packs / "pack").mkdir(parents=True)
    assert ends(mirror, tip) == [(1, tip)]
