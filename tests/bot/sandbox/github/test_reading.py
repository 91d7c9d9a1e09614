"""Reads over REST: comparisons, files, contents, roles, lists of pull requests."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.github.people import Opening

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client

REPO = "/repos/acme/shop"


async def test_comparison_starts_at_the_merge_base(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    tip = await github.people.push(repository, "main", {"later.py": "a = 1\n"})
    reply = await client.send("GET", f"{REPO}/compare/{tip}...{pull.head_sha}")
    found = reply.json
    assert found["merge_base_commit"]["sha"] == pull.base_sha
    counts = (found["status"], found["ahead_by"], found["behind_by"])
    assert counts == ("diverged", 1, 1)
    assert [file["filename"] for file in found["files"]] == ["cart.py", "new.py"]


async def test_second_page_of_a_comparison_has_no_files(client: Client, pull: Pull) -> None:
    path = f"{REPO}/compare/{pull.base_sha}...{pull.head_sha}?per_page=1&page=2"
    found = (await client.send("GET", path)).json
    assert found["files"] == []
    assert found["merge_base_commit"]["sha"] == pull.base_sha
    assert found["total_commits"] == 1


async def test_comparison_takes_branches_and_escaped_dots(client: Client, pull: Pull) -> None:
    for basehead in ("main...feature", "main%2E%2E%2Efeature", "main...acme:feature"):
        assert (await client.send("GET", f"{REPO}/compare/{basehead}")).status == 200


async def test_comparison_reaches_into_a_fork(
    github: LocalGitHub, client: Client, repository: Repository
) -> None:
    fork = github.fork(repository, "eve")
    head = github.people.commit(fork, "patch", {"evil.py": "a = 1\n"})
    reply = await client.send("GET", f"{REPO}/compare/main...eve:patch")
    assert [commit["sha"] for commit in reply.json["commits"]] == [head]


async def test_comparison_with_an_unknown_commit_is_not_found(client: Client) -> None:
    assert (await client.send("GET", f"{REPO}/compare/main...{'1' * 40}")).status == 404
    assert (await client.send("GET", f"{REPO}/compare/main..main")).status == 404


async def test_comparison_shows_300_files_at_most(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    many = {f"many/{number:03}.py": "a = 1\n" for number in range(350)}
    await github.people.push(repository, "feature", many)
    found = (await client.send("GET", f"{REPO}/compare/main...feature")).json
    assert len(found["files"]) == 300


async def test_files_are_paged_and_have_patches(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    many: dict[str, str | bytes | None] = {f"m/{n:03}.py": "a = 1\n" for n in range(120)}
    await github.people.push(repository, "feature", {**many, "bin": b"\0", "old.py": None})
    first = await client.send("GET", f"{REPO}/pulls/1/files?per_page=500")
    assert len(first.json) == 100
    assert 'rel="next"' in first.headers["Link"]
    second = await client.send("GET", f"{REPO}/pulls/1/files?per_page=100&page=2")
    files = {file["filename"]: file for file in (*first.json, *second.json)}
    assert len(files) == 124
    assert files["cart.py"]["patch"].startswith("@@ -12,7 +12,8 @@")
    assert "patch" not in files["bin"]
    assert files["old.py"]["status"] == "removed"


async def test_files_end_at_3000(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    many = {f"m/{number:04}.py": "a = 1\n" for number in range(3010)}
    await github.people.push(repository, "feature", many)
    last = await client.send("GET", f"{REPO}/pulls/1/files?per_page=100&page=30")
    assert len(last.json) == 100
    assert 'rel="next"' not in last.headers["Link"]


async def test_large_diff_and_pure_rename_have_no_patch(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    git = github.state.git(repository.id)
    blob = git.blob(pull.head_sha, "old.py")
    assert blob is not None
    changes = {"big.py": "a = 1\n" * 2001, "old.py": None, "renamed.py": blob.content}
    await github.people.push(repository, "feature", changes)
    files = {f["filename"]: f for f in (await client.send("GET", f"{REPO}/pulls/1/files")).json}
    assert "patch" not in files["big.py"]
    assert files["big.py"]["additions"] == 2001
    renamed = files["renamed.py"]
    assert (renamed["status"], renamed["previous_filename"]) == ("renamed", "old.py")
    assert "patch" not in renamed


@pytest.mark.parametrize("name", ["with space.py", 'quo"te.py', "tab\t.py", "ünï.py", "a#b?.py"])
async def test_odd_file_names_survive(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull, name: str
) -> None:
    await github.people.push(repository, "feature", {name: "a = 1\n"})
    files = (await client.send("GET", f"{REPO}/pulls/1/files")).json
    assert name in [file["filename"] for file in files]


async def test_contents_up_to_1_mb_are_inline(
    github: LocalGitHub, client: Client, repository: Repository
) -> None:
    await github.people.push(repository, "main", {"d/a#b.py": "a = 1\n", "big": "x" * 1_000_001})
    for path in ("d/a%23b.py", "d%2Fa%23b.py"):
        found = (await client.send("GET", f"{REPO}/contents/{path}?ref=main")).json
        assert base64.b64decode(found["content"]) == b"a = 1\n"
    big = (await client.send("GET", f"{REPO}/contents/big")).json
    assert (big["content"], big["encoding"], big["size"]) == ("", "none", 1_000_001)
    raw = (await client.send("GET", f"{REPO}/git/blobs/{big['sha']}")).json
    assert len(base64.b64decode(raw["content"])) == 1_000_001
    assert (await client.send("GET", f"{REPO}/contents/none")).status == 404


@pytest.mark.parametrize(
    "role, permission",
    [("admin", "admin"), ("maintain", "write"), ("write", "write"), ("triage", "read")],
)
async def test_role_is_shown_with_its_base(
    github: LocalGitHub, client: Client, repository: Repository, role: str, permission: str
) -> None:
    github.grant(repository, "bob", role)
    found = (await client.send("GET", f"{REPO}/collaborators/bob/permission")).json
    assert (found["permission"], found["role_name"]) == (permission, role)


async def test_everyone_reads_a_public_repository(github: LocalGitHub, client: Client) -> None:
    github.people.user("stranger")
    found = (await client.send("GET", f"{REPO}/collaborators/stranger/permission")).json
    assert found["permission"] == "read"


async def test_bot_has_no_permission_page(client: Client) -> None:
    path = f"{REPO}/collaborators/ssot-sandbox%5Bbot%5D/permission"
    assert (await client.send("GET", path)).status == 404


async def test_pulls_are_filtered(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    github.people.commit(repository, "second", {"s.py": "s = 1\n"})
    second = await github.people.open_pull(repository, Opening("second"))
    await github.people.close(second)

    async def numbers(query: str) -> list[int]:
        return [
            found["number"] for found in (await client.send("GET", f"{REPO}/pulls{query}")).json
        ]

    assert await numbers("") == [1]
    assert await numbers("?state=all") == [2, 1]
    assert await numbers("?state=all&direction=asc") == [1, 2]
    assert await numbers("?state=closed") == [2]
    assert await numbers("?head=acme:feature") == [1]
    assert await numbers("?base=other") == []
