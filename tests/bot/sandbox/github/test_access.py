"""Who is let in: tokens, Apps, permissions, what stays hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.github.permissions import NEEDS
from bot.sandbox.github.rest import OPERATIONS

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client, Clock

REPO = "/repos/acme/shop"


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


async def test_app_reads_itself_by_jwt(github: LocalGitHub, client: Client) -> None:
    reply = await client.send("GET", "/app", headers=bearer(client.jwt()))
    assert reply.json["id"] == github.app.id


async def test_app_id_is_an_issuer_too(github: LocalGitHub, client: Client) -> None:
    reply = await client.send("GET", "/app", headers=bearer(client.jwt(iss=str(github.app.id))))
    assert reply.status == 200


async def test_jwt_over_ten_minutes_is_refused(client: Client) -> None:
    reply = await client.send("GET", "/app", headers=bearer(client.jwt(601)))
    assert reply.status == 401
    expected = "'Expiration time' claim ('exp') is too far in the future"
    assert reply.json["message"] == expected


async def test_expired_jwt_is_refused(client: Client) -> None:
    assert (await client.send("GET", "/app", headers=bearer(client.jwt(-1)))).status == 401


async def test_jwt_from_the_future_is_refused(github: LocalGitHub, client: Client) -> None:
    text = client.jwt(iat=int(github.state.now()) + 60)
    assert (await client.send("GET", "/app", headers=bearer(text))).status == 401


async def test_forged_jwt_is_refused(client: Client) -> None:
    head, claims, _ = client.jwt().split(".")
    forged = f"{head}.{claims}.{'A' * 342}"
    assert (await client.send("GET", "/app", headers=bearer(forged))).status == 401


async def test_jwt_is_no_token_for_a_repository(client: Client) -> None:
    assert (await client.send("GET", REPO, headers=bearer(client.jwt()))).status == 404


async def test_missing_credentials_are_refused(client: Client) -> None:
    assert (await client.send("GET", REPO, headers={"Authorization": ""})).status == 401


async def test_token_expires_after_an_hour(client: Client, clock: Clock) -> None:
    clock.now += 3599
    assert (await client.send("GET", REPO)).status == 200
    clock.now += 1
    reply = await client.send("GET", REPO)
    assert (reply.status, reply.json["message"]) == (401, "Bad credentials")


async def test_token_is_narrowed_to_repositories_and_permissions(
    github: LocalGitHub, client: Client, repository: Repository
) -> None:
    github.create_repository("acme/other")
    reply = await client.mint(repositories=["shop"], permissions={"checks": "write"})
    assert reply.json["permissions"] == {"checks": "write", "metadata": "read"}
    assert [entry["id"] for entry in reply.json["repositories"]] == [repository.id]
    narrow = await client.as_installation(repository_ids=[repository.id])
    assert (await narrow.send("GET", "/repos/acme/other")).status == 404
    assert (await narrow.send("GET", REPO)).status == 200


async def test_token_cannot_be_widened(client: Client) -> None:
    reply = await client.mint(permissions={"contents": "write"})
    assert reply.status == 422
    expected = "The permissions requested are not granted to this installation."
    assert reply.json["message"] == expected


async def test_token_for_a_foreign_repository_is_refused(client: Client) -> None:
    assert (await client.mint(repositories=["nothing"])).status == 422


async def test_suspended_installation_gets_nothing(github: LocalGitHub, client: Client) -> None:
    (installation,) = github.state.installations.values()
    github.state.installations[installation.id] = replace(installation, suspended_at=1.0)
    assert (await client.send("GET", REPO)).status == 403
    assert (await client.mint()).status == 403


async def test_installation_of_a_repository_is_found(client: Client, github: LocalGitHub) -> None:
    reply = await client.send("GET", f"{REPO}/installation", headers=bearer(client.jwt()))
    assert reply.json["app_id"] == github.app.id
    missing = "/repos/acme/nothing/installation"
    assert (await client.send("GET", missing, headers=bearer(client.jwt()))).status == 404


async def test_missing_permission_is_named(client: Client, pull: Pull) -> None:
    narrow = await client.as_installation(permissions={"contents": "read"})
    reply = await narrow.send("POST", f"{REPO}/check-runs", {"name": "x", "head_sha": "y"})
    assert reply.status == 403
    assert reply.json["message"] == "Resource not accessible by integration"
    assert reply.headers["X-Accepted-GitHub-Permissions"] == "checks=write"


async def test_target_decides_where_issues_and_pull_requests_share(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    issue = await github.trackers.open(repository, "Track", "- [ ] one")
    narrow = await client.as_installation(permissions={"issues": "write"})
    on_issue = f"{REPO}/issues/{issue.number}/comments"
    assert (await narrow.send("POST", on_issue, {"body": "Hi."})).status == 201
    reply = await narrow.send("POST", f"{REPO}/issues/1/comments", {"body": "Hi."})
    assert reply.status == 403
    accepted = reply.headers["X-Accepted-GitHub-Permissions"]
    assert accepted == "issues=write; pull_requests=write"


async def test_reaction_to_a_comment_needs_issues(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    comment = await github.people.comment(pull, "/ssot recheck")
    path = f"{REPO}/issues/comments/{comment.id}/reactions"
    narrow = await client.as_installation(permissions={"pull_requests": "write"})
    assert (await narrow.send("POST", path, {"content": "eyes"})).status == 403
    assert (await client.send("POST", path, {"content": "eyes"})).status == 201


OF_NO_REPOSITORY = {
    "GET /repos/{owner}/{repo}/installation",
    "GET /installation/repositories",
    "GET /user",
}


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if "/app" not in name])
def test_every_repository_operation_states_its_permission(operation: str) -> None:
    assert operation in NEEDS or operation in OF_NO_REPOSITORY


def test_no_permission_is_stated_for_an_unknown_operation() -> None:
    assert set(NEEDS) <= set(OPERATIONS)
