"""Read the issues that a pull request may tick, all of them in one request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.issue import Tracked
from bot.github import auth, issue_queries
from bot.github.client import NOT_FOUND
from bot.github.issues import UNTOLD, read_issue
from bot.github.names import in_query
from bot.github.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from bot.domain.pull import PullRequest
    from bot.github.client import GitHub, QueryAnswer

    Node = Mapping[str, Any]

# With 5 edits of each, and 10 that are closed: 660 nodes of the 500,000 allowed.
MAX_ISSUES = 100
ONE = "i{index}: issue(number: $i{index}) {{ ...Tracker }}"
ALL = """
query TrackedIssues($owner: String!, $name: String!, $pull: Int!, {declared}) {{
  repository(owner: $owner, name: $name) {{
    databaseId
    pullRequest(number: $pull) {{
      closingIssuesReferences(first: 10) {{ nodes {{ repository {{ databaseId }} ...Tracker }} }}
    }}
    {issues}
  }}
}}
"""


class TrackedIssues:
    """Fulfils `bot.domain.ports.TrackedIssues`."""

    def __init__(self, github: GitHub) -> None:
        self._github = github

    async def read(self, pull: PullRequest, numbers: Collection[int]) -> Tracked:
        """Read these issues, of very many the oldest, and those that the pull request closes.

        Whoever cannot be asked for is a pull request, or gone. The token is one of its own: an
        installation that grants no access to issues has its reviews all the same.
        """
        asked = sorted(numbers)[:MAX_ISSUES]
        client = self._github.client(auth.grant(pull, auth.MEASURE))
        variables = {f"i{index}": number for index, number in enumerate(asked)}
        try:
            answer = await client.query(
                _question(asked), {**in_query(pull.repository), "pull": pull.number, **variables}
            )
        except RefusedError as refusal:
            return Tracked(problem=refusal.message)
        problem = _problem(answer)
        repository = answer.data.get("repository") or {}
        if problem or repository.get("databaseId") != pull.repository.id:
            return Tracked(problem=problem)
        closed = list(_closed(repository, pull.repository.id))
        found = {int(node["number"]): node for node in (*closed, *_named(repository, len(asked)))}
        return Tracked(
            tuple(
                read_issue(found[number], pull.installation_id, pull.repository)
                for number in sorted(found)
            ),
            frozenset(int(node["number"]) for node in closed),
        )


def _question(numbers: Sequence[int]) -> str:
    declared = ", ".join(f"$i{index}: Int!" for index, _ in enumerate(numbers))
    issues = "\n    ".join(ONE.format(index=index) for index, _ in enumerate(numbers))
    return ALL.format(declared=declared, issues=issues) + issue_queries.TRACKER_FRAGMENT


def _problem(answer: QueryAnswer) -> str:
    errors = (e for e in answer.errors if e.type != NOT_FOUND and e.field not in UNTOLD)
    return next((error.message for error in errors), "")


def _closed(repository: Node, repository_id: int) -> Iterator[Node]:
    pull = repository.get("pullRequest") or {}
    for node in (pull.get("closingIssuesReferences") or {}).get("nodes") or []:
        if node and node["repository"]["databaseId"] == repository_id:
            yield node


def _named(repository: Node, count: int) -> Iterator[Node]:
    return (node for index in range(count) if (node := repository.get(f"i{index}")))
