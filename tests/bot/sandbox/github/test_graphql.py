"""Queries and mutations, with the errors that GitHub gives."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from graphql import GraphQLEnumType, GraphQLSchema, build_schema

from bot.sandbox.github.graphql_api import schema
from bot.sandbox.github.people import Opening

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client

REPO = "/repos/acme/shop"
RUNS = f"{REPO}/check-runs"


async def of_pull(client: Client, selection: str) -> Any:
    text = (
        'query { repository(owner: "acme", name: "shop") '
        f"{{ pullRequest(number: 1) {{ {selection} }} }} }}"
    )
    answer = await client.query(text)
    assert "errors" not in answer, answer
    return answer["data"]["repository"]["pullRequest"]


async def comment_on_line(client: Client, pull: Pull) -> None:
    comment = {"path": "cart.py", "line": 16, "side": "RIGHT", "body": "Here."}
    body = {"commit_id": pull.head_sha, "event": "COMMENT", "body": "x", "comments": [comment]}
    assert (await client.send("POST", f"{REPO}/pulls/1/reviews", body)).status == 200


async def test_pull_request_is_read(client: Client, pull: Pull) -> None:
    found = await of_pull(
        client,
        "number title state isDraft merged isCrossRepository baseRefName baseRefOid headRefName "
        "headRefOid author { login __typename } headRepository { nameWithOwner } "
        "baseRef { target { oid } } commits(last: 1) { nodes { commit { oid } } }",
    )
    assert found["headRefOid"] == pull.head_sha
    assert found["baseRef"]["target"]["oid"] == pull.base_sha
    assert found["author"] == {"login": "ada", "__typename": "User"}
    assert found["commits"]["nodes"] == [{"commit": {"oid": pull.head_sha}}]
    assert (found["state"], found["isCrossRepository"]) == ("OPEN", False)


async def test_fork_is_another_repository(
    github: LocalGitHub, client: Client, repository: Repository
) -> None:
    fork = github.fork(repository, "eve")
    github.people.commit(fork, "patch", {"evil.py": "a = 1\n"})
    await github.people.open_pull(repository, Opening("patch", fork=fork, by="eve"))
    selection = "isCrossRepository headRepository { nameWithOwner }"
    found = await of_pull(client, selection)
    assert found == {
        "isCrossRepository": True,
        "headRepository": {"nameWithOwner": "eve/shop"},
    }
    github.delete_fork(fork)
    assert (await of_pull(client, selection))["headRepository"] is None


async def test_config_file_is_read_from_the_base(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    await github.people.push(repository, "main", {".github/ssot.yml": "version: 1\n"})
    found = await of_pull(
        client,
        "baseRef { target { ... on Commit { "
        'one: file(path: ".github/ssot.yml") { object { ... on Blob { text byteSize } } } '
        'none: file(path: "none.yml") { oid } } } }',
    )
    assert found["baseRef"]["target"] == {
        "one": {"object": {"text": "version: 1\n", "byteSize": 11}},
        "none": None,
    }


async def test_long_text_is_cut_at_512000_bytes(
    github: LocalGitHub, client: Client, repository: Repository
) -> None:
    await github.people.push(repository, "main", {"long.py": "#" * 512_001, "bin": b"\0"})
    text = """query($long: String!, $bin: String!) {
      repository(owner: "acme", name: "shop") {
        long: object(expression: $long) { ... on Blob { text byteSize isTruncated isBinary } }
        bin: object(expression: $bin) { ... on Blob { text isBinary } }
        none: object(expression: "main:none") { oid }
      }
    }"""
    answer = await client.query(text, long="main:long.py", bin="main:bin")
    found = answer["data"]["repository"]
    assert len(found["long"]["text"]) == 512_000
    assert (found["long"]["byteSize"], found["long"]["isTruncated"]) == (512_001, True)
    assert found["bin"] == {"text": None, "isBinary": True}
    assert found["none"] is None


async def test_check_runs_are_found_by_app_and_name(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    for status in ("in_progress", "queued"):
        body = {"name": "SSOT", "head_sha": pull.head_sha, "status": status, "external_id": "v1"}
        await client.send("POST", RUNS, body)
    selection = """commits(last: 1) { nodes { commit {
      checkSuites(first: 10, filterBy: {appId: %d, checkName: "SSOT"}) { nodes {
        app { databaseId }
        all: checkRuns(first: 10, filterBy: {checkName: "SSOT", checkType: ALL}) {
          nodes { databaseId status conclusion externalId annotations(first: 1) { totalCount } } }
        latest: checkRuns(first: 10, filterBy: {checkName: "SSOT", checkType: LATEST}) {
          nodes { status } }
      } } } } }"""
    found = await of_pull(client, selection % github.app.id)
    (suite,) = found["commits"]["nodes"][0]["commit"]["checkSuites"]["nodes"]
    assert [run["status"] for run in suite["all"]["nodes"]] == ["IN_PROGRESS", "QUEUED"]
    assert [run["status"] for run in suite["latest"]["nodes"]] == ["QUEUED"]
    none = await of_pull(client, selection % 1)
    assert none["commits"]["nodes"][0]["commit"]["checkSuites"]["nodes"] == []


async def test_bot_has_no_suffix(client: Client, pull: Pull) -> None:
    await client.send("POST", f"{REPO}/issues/1/comments", {"body": "x"})
    found = await of_pull(
        client, "comments(last: 1) { nodes { viewerDidAuthor author { login __typename } } }"
    )
    assert found["comments"]["nodes"] == [
        {"viewerDidAuthor": True, "author": {"login": "ssot-sandbox", "__typename": "Bot"}}
    ]


async def test_thread_follows_the_head(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    await comment_on_line(client, pull)
    selection = """reviewThreads(first: 100) { totalCount nodes {
      id isResolved isOutdated path line viewerCanResolve
      comments(first: 1) { totalCount nodes {
        databaseId body viewerDidAuthor isMinimized line originalLine originalCommit { oid } } }
    } pageInfo { hasNextPage endCursor } }"""
    (thread,) = (await of_pull(client, selection))["reviewThreads"]["nodes"]
    assert (thread["isOutdated"], thread["line"], thread["viewerCanResolve"]) == (False, 16, False)
    await github.people.push(repository, "feature", {"cart.py": "nothing = 0\n"})
    (thread,) = (await of_pull(client, selection))["reviewThreads"]["nodes"]
    assert (thread["isOutdated"], thread["line"]) == (True, None)
    (comment,) = thread["comments"]["nodes"]
    assert (comment["originalLine"], comment["originalCommit"]["oid"]) == (16, pull.head_sha)


async def test_reply_of_a_person_stands_in_the_thread(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    await comment_on_line(client, pull)
    (first,) = github.state.review_comments.values()
    github.people.reply(first, "Why?", by="bob")
    found = await of_pull(
        client,
        "reviewThreads(first: 10) { nodes { comments(first: 10) { totalCount nodes {"
        " body viewerDidAuthor author { login } } } } }",
    )
    (thread,) = found["reviewThreads"]["nodes"]
    assert thread["comments"]["totalCount"] == 2
    assert thread["comments"]["nodes"][1] == {
        "body": "Why?",
        "viewerDidAuthor": False,
        "author": {"login": "bob"},
    }


RESOLVE = """mutation($id: ID!) {
  resolveReviewThread(input: {threadId: $id}) { thread { isResolved viewerCanUnresolve } }
}"""


async def thread_id(client: Client, pull: Pull) -> str:
    await comment_on_line(client, pull)
    found = await of_pull(client, "reviewThreads(first: 1) { nodes { id } }")
    return str(found["reviewThreads"]["nodes"][0]["id"])


async def test_resolving_is_forbidden_without_contents_write(client: Client, pull: Pull) -> None:
    answer = await client.query(RESOLVE, id=await thread_id(client, pull))
    assert answer["data"] == {"resolveReviewThread": None}
    (error,) = answer["errors"]
    assert (error["type"], error["path"]) == ("FORBIDDEN", ["resolveReviewThread"])
    assert error["message"] == "Resource not accessible by integration"


async def test_thread_is_resolved_with_contents_write(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    github.install(repository, {"contents": "write", "pull_requests": "write"})
    client = await client.as_installation()
    identifier = await thread_id(client, pull)
    answer = await client.query(RESOLVE, id=identifier)
    assert answer["data"]["resolveReviewThread"]["thread"] == {
        "isResolved": True,
        "viewerCanUnresolve": True,
    }
    undo = RESOLVE.replace("resolveReviewThread", "unresolveReviewThread")
    answer = await client.query(undo, id=identifier)
    assert answer["data"]["unresolveReviewThread"]["thread"]["isResolved"] is False


async def test_comment_is_minimized_and_unfolded(client: Client, pull: Pull) -> None:
    await comment_on_line(client, pull)
    (comment,) = (await client.send("GET", f"{REPO}/pulls/1/comments")).json
    fold = """mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: RESOLVED}) {
      minimizedComment { isMinimized minimizedReason } } }"""
    answer = await client.query(fold, id=comment["node_id"])
    folded = answer["data"]["minimizeComment"]["minimizedComment"]
    assert folded == {"isMinimized": True, "minimizedReason": "resolved"}
    unfold = """mutation($id: ID!) { unminimizeComment(input: {subjectId: $id}) {
      unminimizedComment { isMinimized } } }"""
    answer = await client.query(unfold, id=comment["node_id"])
    assert answer["data"]["unminimizeComment"]["unminimizedComment"] == {"isMinimized": False}


async def test_reaction_is_added(github: LocalGitHub, client: Client, pull: Pull) -> None:
    comment = await github.people.comment(pull, "/ssot help")
    listed = (await client.send("GET", f"{REPO}/issues/comments/{comment.id}")).json
    text = """mutation($id: ID!) { addReaction(input: {subjectId: $id, content: THUMBS_UP}) {
      reaction { content } } }"""
    answer = await client.query(text, id=listed["node_id"])
    assert answer["data"]["addReaction"]["reaction"] == {"content": "THUMBS_UP"}
    path = f"{REPO}/issues/comments/{comment.id}/reactions"
    assert [entry["content"] for entry in (await client.send("GET", path)).json] == ["+1"]


async def test_viewer_has_reacted_by_content(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    comment = await github.people.comment(pull, "/ssot help")
    path = f"{REPO}/issues/comments/{comment.id}/reactions"
    await client.send("POST", path, {"content": "eyes"})
    found = await of_pull(
        client,
        """comments(last: 1) { nodes {
          seen: reactions(first: 1, content: EYES) { totalCount viewerHasReacted }
          done: reactions(first: 1, content: THUMBS_UP) { totalCount viewerHasReacted }
          reactions(first: 9) { nodes { content } }
        } }""",
    )
    assert found["comments"]["nodes"] == [
        {
            "seen": {"totalCount": 1, "viewerHasReacted": True},
            "done": {"totalCount": 0, "viewerHasReacted": False},
            "reactions": {"nodes": [{"content": "EYES"}]},
        }
    ]


@pytest.mark.parametrize(
    "arguments, kind",
    [
        ("", "MISSING_PAGINATION_BOUNDARIES"),
        ("(first: 101)", "EXCESSIVE_PAGINATION"),
        ("(last: 101)", "EXCESSIVE_PAGINATION"),
        ("(first: 0)", "ARGUMENT_LIMIT"),
    ],
)
async def test_connection_needs_first_or_last(
    client: Client, pull: Pull, arguments: str, kind: str
) -> None:
    text = (
        '{ repository(owner: "acme", name: "shop") { pullRequest(number: 1) '
        f"{{ comments{arguments} {{ totalCount }} }} }} }}"
    )
    answer = await client.query(text)
    assert answer["errors"][0]["type"] == kind
    assert answer["data"]["repository"]["pullRequest"] is None


async def test_connection_pages_by_cursor(client: Client, pull: Pull) -> None:
    for number in range(3):
        await client.send("POST", f"{REPO}/issues/1/comments", {"body": str(number)})
    selection = "nodes { body } pageInfo { endCursor hasNextPage hasPreviousPage }"
    first = (await of_pull(client, f"comments(first: 2) {{ {selection} }}"))["comments"]
    assert [node["body"] for node in first["nodes"]] == ["0", "1"]
    assert first["pageInfo"]["hasNextPage"] is True
    after = json.dumps(first["pageInfo"]["endCursor"])
    rest = await of_pull(client, f"comments(first: 2, after: {after}) {{ {selection} }}")
    assert [node["body"] for node in rest["comments"]["nodes"]] == ["2"]
    newest = (await of_pull(client, f"comments(last: 1) {{ {selection} }}"))["comments"]
    assert [node["body"] for node in newest["nodes"]] == ["2"]
    assert newest["pageInfo"]["hasPreviousPage"] is True


async def test_query_for_too_many_nodes_is_refused(client: Client, pull: Pull) -> None:
    text = """{ repository(owner: "acme", name: "shop") { pullRequests(first: 100) { nodes {
      reviewThreads(first: 100) { nodes { comments(first: 100) { nodes { id } } } } } } } }"""
    answer = await client.query(text)
    assert "exceeds the maximum limit of 500,000" in answer["errors"][0]["message"]
    assert "data" not in answer


async def test_unknown_field_is_an_error_with_status_200(client: Client) -> None:
    answer = await client.query("{ nothing }")
    assert answer["errors"]
    assert "data" not in answer


async def test_hidden_repository_is_not_found(github: LocalGitHub, client: Client) -> None:
    answer = await client.query('{ repository(owner: "acme", name: "none") { id } }')
    assert answer["data"] == {"repository": None}
    assert answer["errors"][0]["type"] == "NOT_FOUND"


async def test_field_without_permission_is_forbidden(client: Client, pull: Pull) -> None:
    narrow = await client.as_installation(permissions={"contents": "read"})
    text = '{ repository(owner: "acme", name: "shop") { name pullRequest(number: 1) { id } } }'
    answer = await narrow.query(text)
    assert answer["data"] == {"repository": {"name": "shop", "pullRequest": None}}
    assert answer["errors"][0]["type"] == "FORBIDDEN"


async def test_closing_keywords_link_issues_on_the_default_branch(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    issue = await github.trackers.open(repository, "Track", "- [ ] one")
    await github.people.edit_body(pull, f"Closes: #{issue.number}, fixes acme/shop#99")
    selection = "closingIssuesReferences(first: 10) { nodes { number } }"
    found = await of_pull(client, selection)
    assert found["closingIssuesReferences"]["nodes"] == [{"number": issue.number}]
    github.people.commit(repository, "release", {})
    await github.people.retarget(pull, "release")
    assert (await of_pull(client, selection))["closingIssuesReferences"]["nodes"] == []


async def test_lagging_read_shows_the_old_head(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    github.state.lagging_reads = 1
    after = await github.people.push(repository, "feature", {"new.py": "c = 3\n"})
    heads = [(await of_pull(client, "headRefOid"))["headRefOid"] for _ in range(2)]
    assert heads == [pull.head_sha, after]


async def test_reviews_are_listed(client: Client, pull: Pull) -> None:
    await comment_on_line(client, pull)
    found = await of_pull(
        client,
        "reviews(last: 5, states: [COMMENTED]) { nodes { viewerDidAuthor body state "
        "commit { oid } comments(first: 5) { nodes { path outdated } } } }",
    )
    (review,) = found["reviews"]["nodes"]
    assert (review["viewerDidAuthor"], review["commit"]["oid"]) == (True, pull.head_sha)
    assert review["comments"]["nodes"] == [{"path": "cart.py", "outdated": False}]


def differences(ours: GraphQLSchema, githubs: GraphQLSchema) -> list[str]:
    found = []
    for name, kind in ours.type_map.items():
        official = githubs.type_map.get(name)
        if name.startswith("__"):
            continue
        if official is None:
            found.append(name)
        elif isinstance(kind, GraphQLEnumType) and isinstance(official, GraphQLEnumType):
            found += [f"{name}.{value}" for value in set(kind.values) ^ set(official.values)]
        for field_name, field in getattr(kind, "fields", {}).items():
            other = getattr(official, "fields", {}).get(field_name)
            if other is None or str(other.type) != str(field.type):
                found.append(f"{name}.{field_name}")
                continue
            arguments = getattr(field, "args", {})
            found += [
                f"{name}.{field_name}({argument})"
                for argument, ours_ in arguments.items()
                if argument not in other.args or str(other.args[argument].type) != str(ours_.type)
            ]
    return found


def test_schema_is_a_part_of_githubs() -> None:
    path = Path(os.environ.get("GITHUB_GRAPHQL_SCHEMA", "/nonexistent"))
    if not path.is_file():
        pytest.skip("GITHUB_GRAPHQL_SCHEMA names no copy of GitHub's schema")
    assert differences(schema(), build_schema(path.read_text())) == []
