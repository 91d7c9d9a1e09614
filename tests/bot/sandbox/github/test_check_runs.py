"""Check runs under the limits that GitHub keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.github.people import Opening

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client

RUNS = "/repos/acme/shop/check-runs"
ANNOTATION = {
    "path": "cart.py",
    "start_line": 15,
    "end_line": 15,
    "annotation_level": "failure",
    "message": "No.",
}


def started(pull: Pull, **fields: object) -> dict[str, object]:
    return {"name": "SSOT", "head_sha": pull.head_sha, "status": "in_progress", **fields}


def output(**fields: object) -> dict[str, object]:
    return {"title": "SSOT", "summary": "Fine.", **fields}


async def refusal(client: Client, body: object) -> Any:
    reply = await client.send("POST", RUNS, body)
    assert reply.status == 422, reply.text
    return reply.json


async def test_new_run_names_its_pull_request(client: Client, pull: Pull) -> None:
    reply = await client.send("POST", RUNS, started(pull, external_id="v1", output=output()))
    assert reply.status == 201
    assert (reply.json["status"], reply.json["external_id"]) == ("in_progress", "v1")
    assert [entry["number"] for entry in reply.json["pull_requests"]] == [1]


async def test_missing_head_sha_is_refused_in_githubs_words(client: Client, pull: Pull) -> None:
    told = await refusal(client, {"name": "SSOT"})
    assert told["message"] == 'Invalid request.\n\n"head_sha" wasn\'t supplied.'


async def test_unknown_field_is_refused(client: Client, pull: Pull) -> None:
    told = await refusal(client, started(pull, colour="red"))
    assert '"colour" is not a permitted key.' in told["message"]


async def test_ill_typed_field_is_refused(client: Client, pull: Pull) -> None:
    told = await refusal(client, started(pull, external_id=7))
    assert "7 is not a string" in told["message"]


async def test_unknown_commit_is_refused(client: Client, pull: Pull) -> None:
    told = await refusal(client, {"name": "SSOT", "head_sha": "1" * 40})
    assert told["message"] == f"No commit found for SHA: {'1' * 40}"


async def test_completed_without_conclusion_is_refused(client: Client, pull: Pull) -> None:
    told = await refusal(client, started(pull, status="completed"))
    assert '"conclusion" wasn\'t supplied' in told["message"]


async def test_completed_at_without_conclusion_is_refused(client: Client, pull: Pull) -> None:
    await refusal(client, started(pull, completed_at="2026-01-01T00:00:00Z"))


async def test_conclusion_alone_completes(client: Client, pull: Pull) -> None:
    body = {"name": "SSOT", "head_sha": pull.head_sha, "conclusion": "success"}
    reply = await client.send("POST", RUNS, body)
    assert reply.json["status"] == "completed"
    assert reply.json["completed_at"]


@pytest.mark.parametrize("status", ["waiting", "requested", "pending"])
async def test_githubs_own_status_is_refused(client: Client, pull: Pull, status: str) -> None:
    await refusal(client, started(pull, status=status))


async def test_stale_conclusion_is_refused(client: Client, pull: Pull) -> None:
    await refusal(client, started(pull, conclusion="stale"))


async def test_summary_limit_counts_bytes(client: Client, pull: Pull) -> None:
    body = started(pull, output=output(summary="é" * 32_768))
    told = await refusal(client, body)
    assert told["errors"] == [
        {
            "resource": "CheckRun",
            "code": "custom",
            "field": "summary",
            "message": "summary exceeds a maximum bytesize of 65535",
        }
    ]
    fitting = started(pull, output=output(summary="é" * 32_767))
    assert (await client.send("POST", RUNS, fitting)).status == 201


async def test_output_without_title_is_refused_on_create(client: Client, pull: Pull) -> None:
    told = await refusal(client, started(pull, output={"summary": "Fine."}))
    assert '"title" wasn\'t supplied' in told["message"]


async def test_more_than_50_annotations_are_refused(client: Client, pull: Pull) -> None:
    told = await refusal(client, started(pull, output=output(annotations=[ANNOTATION] * 51)))
    assert told["message"].startswith("Invalid request.")
    assert "50" in told["message"]


async def test_more_than_3_actions_are_refused(client: Client, pull: Pull) -> None:
    action = {"label": "Fix", "description": "Fixes it", "identifier": "fix"}
    told = await refusal(client, started(pull, actions=[action] * 4))
    assert told["message"].startswith("Invalid request.")


@pytest.mark.parametrize("name, limit", [("label", 20), ("description", 40), ("identifier", 20)])
async def test_long_action_text_is_refused(
    client: Client, pull: Pull, name: str, limit: int
) -> None:
    action = {"label": "Fix", "description": "Fixes it", "identifier": "fix"}
    await refusal(client, started(pull, actions=[{**action, name: "x" * (limit + 1)}]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"start_line": 0},
        {"start_line": 16},
        {"end_line": 16, "start_column": 1, "end_column": 2},
        {"start_column": 1},
        {"end_column": 1},
        {"start_column": 3, "end_column": 2},
        {"start_column": 0, "end_column": 2},
        {"title": "x" * 256},
        {"message": "é" * 32_769},
        {"message": ""},
        {"raw_details": "é" * 32_769},
        {"path": ""},
    ],
)
async def test_bad_annotation_is_refused_without_naming_it(
    client: Client, pull: Pull, wrong: dict[str, object]
) -> None:
    bad = {**ANNOTATION, **wrong}
    told = await refusal(client, started(pull, output=output(annotations=[ANNOTATION, bad])))
    assert told["errors"] == [{"resource": "CheckRun", "code": "invalid", "field": "annotations"}]


async def test_columns_on_one_line_are_taken(client: Client, pull: Pull) -> None:
    fine = {**ANNOTATION, "start_column": 2, "end_column": 2}
    body = started(pull, output=output(annotations=[fine]))
    assert (await client.send("POST", RUNS, body)).status == 201


async def test_details_url_needs_http(client: Client, pull: Pull) -> None:
    told = await refusal(client, started(pull, details_url="ftp://example.org"))
    assert told["errors"][0]["field"] == "details_url"


async def test_annotations_append(client: Client, pull: Pull) -> None:
    batch = output(annotations=[ANNOTATION] * 50)
    run = (await client.send("POST", RUNS, started(pull, output=batch))).json
    reply = await client.send("PATCH", f"{RUNS}/{run['id']}", {"output": batch})
    assert reply.json["output"]["annotations_count"] == 100
    listed = await client.send("GET", f"{RUNS}/{run['id']}/annotations?per_page=100")
    assert len(listed.json) == 100


async def test_completed_run_stays_completed(client: Client, pull: Pull) -> None:
    run = (await client.send("POST", RUNS, started(pull, conclusion="failure"))).json
    reply = await client.send("PATCH", f"{RUNS}/{run['id']}", {"status": "in_progress"})
    assert (reply.json["status"], reply.json["conclusion"]) == ("completed", "failure")


async def test_null_conclusion_is_refused(client: Client, pull: Pull) -> None:
    run = (await client.send("POST", RUNS, started(pull))).json
    reply = await client.send("PATCH", f"{RUNS}/{run['id']}", {"conclusion": None})
    assert reply.status == 422


async def test_run_of_another_app_cannot_be_changed(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    run = (await client.send("POST", RUNS, started(pull))).json
    other = github.add_app("other")
    installation = github.install(github.state.repositories[pull.repository_id], app=other)
    headers = {"Authorization": f"Bearer {client.jwt(iss=other.client_id)}"}
    path = f"/app/installations/{installation.id}/access_tokens"
    token = (await client.send("POST", path, None, headers)).json["token"]
    reply = await client.send(
        "PATCH", f"{RUNS}/{run['id']}", {}, {"Authorization": f"Bearer {token}"}
    )
    assert reply.status == 403
    assert reply.json["message"].startswith(f"Invalid app_id `{other.id}`")


async def test_listing_shows_the_latest_of_each_name(client: Client, pull: Pull) -> None:
    await client.send("POST", RUNS, started(pull))
    newest = (await client.send("POST", RUNS, started(pull))).json
    listed = await client.send("GET", f"/repos/acme/shop/commits/{pull.head_sha}/check-runs")
    assert [run["id"] for run in listed.json["check_runs"]] == [newest["id"]]
    everything = await client.send(
        "GET", f"/repos/acme/shop/commits/{pull.head_sha}/check-runs?filter=all&check_name=SSOT"
    )
    assert everything.json["total_count"] == 2


async def test_ref_with_a_slash_is_found_bare_and_escaped(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    repository = github.state.repositories[pull.repository_id]
    github.people.commit(repository, "some/branch", {"a.py": "a = 1\n"})
    for ref in ("some/branch", "some%2Fbranch"):
        reply = await client.send("GET", f"/repos/acme/shop/commits/{ref}/check-runs")
        assert reply.status == 200


async def test_fork_at_the_same_commit_is_not_named(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    repository = github.state.repositories[pull.repository_id]
    fork = github.fork(repository, "eve")
    await github.people.open_pull(repository, Opening("feature", fork=fork, by="eve"))
    run = (await client.send("POST", RUNS, started(pull))).json
    assert [entry["number"] for entry in run["pull_requests"]] == [1]


async def test_number_in_quotes_is_no_number(client: Client, pull: Pull) -> None:
    quoted = {**ANNOTATION, "start_line": "15"}
    told = await refusal(client, started(pull, output=output(annotations=[quoted])))
    assert '"15" is not an integer' in told["message"]
