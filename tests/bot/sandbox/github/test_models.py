"""Answers and payloads are what GitHub's own models say (githubkit is generated from them)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from githubkit.webhooks import parse
from githubkit_schemas.latest import models
from pydantic import TypeAdapter

from bot.sandbox.github.people import Opening

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client, Receiver

REPO = "/repos/acme/shop"


def check(model: Any, value: object) -> None:
    TypeAdapter(model).validate_python(value)


async def review(client: Client, pull: Pull) -> object:
    comment = {"path": "cart.py", "line": 16, "side": "RIGHT", "body": "Here."}
    body = {"commit_id": pull.head_sha, "event": "COMMENT", "body": "x", "comments": [comment]}
    return (await client.send("POST", f"{REPO}/pulls/1/reviews", body)).json


async def check_run(client: Client, pull: Pull) -> dict[str, object]:
    annotation = {
        "path": "cart.py",
        "start_line": 1,
        "end_line": 1,
        "annotation_level": "failure",
        "message": "No.",
    }
    output = {"title": "SSOT", "summary": "Fine.", "annotations": [annotation]}
    body = {"name": "SSOT", "head_sha": pull.head_sha, "conclusion": "failure", "output": output}
    found: dict[str, object] = (await client.send("POST", f"{REPO}/check-runs", body)).json
    return found


async def test_token_and_installation(client: Client) -> None:
    check(models.InstallationToken, (await client.mint(repositories=["shop"])).json)
    headers = {"Authorization": f"Bearer {client.jwt()}"}
    found = (await client.send("GET", f"{REPO}/installation", headers=headers)).json
    check(models.Installation, found)
    check(models.Integration, (await client.send("GET", "/app", headers=headers)).json)
    hook = (await client.send("GET", "/app/hook/config", headers=headers)).json
    check(models.WebhookConfig, {**hook, "url": "https://ssot.example.com/webhook"})


async def test_repository(client: Client) -> None:
    check(models.FullRepository, (await client.send("GET", REPO)).json)


async def test_pull_request_and_its_files(client: Client, pull: Pull) -> None:
    check(models.PullRequest, (await client.send("GET", f"{REPO}/pulls/1")).json)
    check(list[models.PullRequestSimple], (await client.send("GET", f"{REPO}/pulls")).json)
    check(list[models.DiffEntry], (await client.send("GET", f"{REPO}/pulls/1/files")).json)


async def test_comparison(client: Client, pull: Pull) -> None:
    found = (await client.send("GET", f"{REPO}/compare/main...feature")).json
    check(models.CommitComparison, found)


async def test_check_run_and_annotations(client: Client, pull: Pull) -> None:
    run = await check_run(client, pull)
    check(models.CheckRun, run)
    listed = (await client.send("GET", f"{REPO}/check-runs/{run['id']}/annotations")).json
    check(list[models.CheckAnnotation], listed)


async def test_review_and_its_comments(client: Client, pull: Pull) -> None:
    check(models.PullRequestReview, await review(client, pull))
    listed = (await client.send("GET", f"{REPO}/pulls/1/comments")).json
    check(list[models.PullRequestReviewComment], listed)


async def test_issue_comment_and_reaction(client: Client, pull: Pull) -> None:
    posted = (await client.send("POST", f"{REPO}/issues/1/comments", {"body": "x"})).json
    check(models.IssueComment, posted)
    path = f"{REPO}/issues/comments/{posted['id']}/reactions"
    check(models.Reaction, (await client.send("POST", path, {"content": "eyes"})).json)
    check(models.Issue, (await client.send("GET", f"{REPO}/issues/1")).json)


async def test_contents_and_permission(
    github: LocalGitHub, client: Client, repository: Repository
) -> None:
    check(models.ContentFile, (await client.send("GET", f"{REPO}/contents/cart.py")).json)
    github.grant(repository, "bob", "write")
    found = (await client.send("GET", f"{REPO}/collaborators/bob/permission")).json
    check(models.RepositoryCollaboratorPermission, found)


async def test_deliveries(client: Client, receiver: Receiver, pull: Pull) -> None:
    headers = {"Authorization": f"Bearer {client.jwt()}"}
    listed = (await client.send("GET", "/app/hook/deliveries", headers=headers)).json
    check(list[models.HookDeliveryItem], listed)
    path = f"/app/hook/deliveries/{listed[0]['id']}"
    check(models.HookDelivery, (await client.send("GET", path, headers=headers)).json)


async def test_error(client: Client) -> None:
    check(models.BasicError, (await client.send("GET", "/repos/acme/none")).json)


async def test_every_webhook_is_what_githubs_schema_says(
    github: LocalGitHub, client: Client, receiver: Receiver, repository: Repository, pull: Pull
) -> None:
    people = github.people
    run = github.state.check_runs[int(str((await check_run(client, pull))["id"]))]
    await people.push(repository, "feature", {"new.py": "c = 3\n"})
    await people.convert_to_draft(pull)
    await people.mark_ready(pull)
    github.people.commit(repository, "release", {"r.py": "r = 1\n"})
    await people.retarget(pull, "release")
    comment = await people.comment(pull, "one")
    await people.edit_comment(comment, "two")
    await people.delete_comment(comment)
    issue = await github.trackers.open(repository, "Track", "x")
    await github.trackers.edit(issue, "y")
    await github.trackers.close(issue)
    await github.trackers.reopen(issue)
    await people.rerun(run)
    await people.rerun_all(run)
    await people.press(run, "recheck")
    await people.close(pull)
    await people.reopen(pull)
    fork = github.fork(repository, "eve")
    people.commit(fork, "patch", {"evil.py": "a = 1\n"})
    await people.open_pull(repository, Opening("patch", fork=fork, by="eve"))
    await people.merge(pull)
    (installation,) = github.state.installations.values()
    await github.owners.suspend(installation)
    await github.owners.uninstall(installation)
    seen = set()
    for headers, body in receiver.deliveries:
        event = headers["X-GitHub-Event"]
        parse(event, body)
        seen.add(event)
    assert seen == {
        "pull_request",
        "push",
        "check_run",
        "check_suite",
        "issue_comment",
        "issues",
        "installation",
    }


async def test_listed_reviews(client: Client, pull: Pull) -> None:
    await review(client, pull)
    listed = (await client.send("GET", f"{REPO}/pulls/1/reviews")).json
    check(list[models.PullRequestReview], listed)
