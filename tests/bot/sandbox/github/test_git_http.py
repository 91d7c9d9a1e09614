"""Git over HTTP: fetches as GitHub serves them, and refuses them."""

from __future__ import annotations

import asyncio
import base64
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.github.people import Opening

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client, Clock


@dataclass
class Git:
    folder: Path
    url: str
    token: str

    async def run(self, *arguments: str, stdin: str = "") -> tuple[int, str]:
        basic = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        process = await asyncio.create_subprocess_exec(
            "git",
            "-c",
            f"http.extraHeader=Authorization: Basic {basic}",
            *arguments,
            cwd=self.folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "GIT_TERMINAL_PROMPT": "0",
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_CONFIG_NOSYSTEM": "1",
            },
        )
        output, _ = await process.communicate(stdin.encode())
        return process.returncode or 0, output.decode()


@pytest.fixture
async def git(github: LocalGitHub, client: Client, tmp_path: Path) -> Git:
    folder = tmp_path / "clone"
    folder.mkdir()
    git = Git(folder, f"{github.url}/acme/shop.git", client.token)
    await git.run("init", "--quiet", "--bare", ".")
    return git


async def fetch(git: Git, *wanted: str) -> tuple[int, str]:
    flags = ("--depth=1", "--filter=blob:none", "--no-tags", "--stdin")
    return await git.run("fetch", *flags, git.url, stdin="\n".join(wanted) + "\n")


async def test_commit_is_fetched_by_its_id_without_blobs(git: Git, pull: Pull) -> None:
    code, output = await fetch(git, pull.head_sha)
    assert code == 0, output
    code, output = await git.run("cat-file", "-t", pull.head_sha)
    assert output == "commit\n"
    _, listed = await git.run("rev-list", "--objects", "--missing=print", pull.head_sha)
    assert "?" in listed


async def test_head_of_a_fork_is_fetched_from_the_base_repository(
    github: LocalGitHub, git: Git, repository: Repository
) -> None:
    fork = github.fork(repository, "eve")
    head = github.people.commit(fork, "patch", {"evil.py": "a = 1\n"})
    await github.people.open_pull(repository, Opening("patch", fork=fork, by="eve"))
    assert (await fetch(git, head))[0] == 0
    assert (await fetch(git, "refs/pull/1/head"))[0] == 0


async def test_forced_away_commit_is_still_served(
    github: LocalGitHub, git: Git, repository: Repository, pull: Pull
) -> None:
    await github.people.push(repository, "feature", {"x.py": "x = 1\n"}, onto=pull.base_sha)
    assert (await fetch(git, pull.head_sha))[0] == 0


async def test_unknown_commit_is_refused(git: Git, pull: Pull) -> None:
    code, output = await fetch(git, "1" * 40)
    assert code == 128
    assert "not our ref" in output


async def test_wrong_token_is_refused(github: LocalGitHub, git: Git, pull: Pull) -> None:
    git.token = "ghs_wrong"
    code, output = await fetch(git, pull.head_sha)
    assert code == 128, output
    assert {request.status for request in github.git_requests} == {401}


async def test_expired_token_is_refused(clock: Clock, git: Git, pull: Pull) -> None:
    clock.now += 3600
    assert (await fetch(git, pull.head_sha))[0] == 128


async def test_token_without_contents_is_refused(
    github: LocalGitHub, client: Client, git: Git, pull: Pull
) -> None:
    git.token = (await client.as_installation(permissions={"checks": "write"})).token
    assert (await fetch(git, pull.head_sha))[0] == 128
    assert github.git_requests[-1].status == 403


async def test_token_of_another_repository_finds_nothing(
    github: LocalGitHub, client: Client, git: Git, pull: Pull
) -> None:
    github.create_repository("acme/other")
    git.token = (await client.as_installation(repositories=["other"])).token
    assert (await fetch(git, pull.head_sha))[0] == 128
    assert github.git_requests[-1].status == 404


async def test_push_is_refused(git: Git, pull: Pull) -> None:
    await fetch(git, pull.head_sha)
    code, _ = await git.run("push", git.url, f"{pull.head_sha}:refs/heads/mine")
    assert code == 128


async def test_gzipped_negotiation_is_understood(
    github: LocalGitHub, git: Git, repository: Repository, pull: Pull
) -> None:
    # git compresses request bodies over 1,024 bytes
    shas = [
        github.people.commit(repository, f"branch-{number}", {"n.py": f"n = {number}\n"})
        for number in range(40)
    ]
    code, output = await fetch(git, *shas)
    assert code == 0, output


async def test_git_requests_are_logged(github: LocalGitHub, git: Git, pull: Pull) -> None:
    await fetch(git, pull.head_sha)
    first = github.git_requests[0]
    assert (first.method, first.path, first.status) == ("GET", "/acme/shop.git/info/refs", 200)
    assert all(request.sent_bytes for request in github.git_requests)
