"""What GraphQL resolvers share: who asks, connections, refusals, names."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox.github.answers import NOT_ACCESSIBLE
from bot.sandbox.github.check_records import CheckRun, CheckSuite
from bot.sandbox.github.permissions import allows
from bot.sandbox.github.records import (
    App,
    BodyEdit,
    Comment,
    Issue,
    Pull,
    Reaction,
    Review,
    ReviewComment,
    TimelineEvent,
    User,
)

if TYPE_CHECKING:
    from graphql import GraphQLResolveInfo

    from bot.sandbox.github.state import State
    from bot.sandbox.github.viewer import Viewer

    Info = GraphQLResolveInfo[Any]

Resolver = Callable[..., Any]
Resolvers = Mapping[str, Mapping[str, Resolver]]

MAX_PAGE = 100
_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


@dataclass(frozen=True, slots=True)
class Context:
    """What every resolver may look at."""

    state: State
    viewer: Viewer


class QueryRefusedError(Exception):
    """A field that GitHub answers with null and an error of this type."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.type = kind


@dataclass(frozen=True, slots=True)
class GitNode:
    """A commit, tree or blob of a repository, as GraphQL walks it."""

    type_name: str
    repository_id: int
    oid: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of comments on the diff; its first comment names it and says where it stands."""

    first: ReviewComment


@dataclass(frozen=True, slots=True)
class Page:
    """Paging arguments, as every connection takes them."""

    first: int | None = None
    last: int | None = None
    after: str | None = None
    before: str | None = None


_TYPE_NAMES: Mapping[type, str] = {
    App: "App",
    CheckRun: "CheckRun",
    CheckSuite: "CheckSuite",
    Comment: "IssueComment",
    Issue: "Issue",
    Pull: "PullRequest",
    Reaction: "Reaction",
    Review: "PullRequestReview",
    ReviewComment: "PullRequestReviewComment",
    Thread: "PullRequestReviewThread",
    BodyEdit: "UserContentEdit",
}


def type_name(value: object, _info: object, _abstract: object) -> str:
    """Name the GraphQL type of a record."""
    if isinstance(value, User):
        return value.type.value
    if isinstance(value, (GitNode, TimelineEvent)):
        return value.type_name
    return _TYPE_NAMES[type(value)]


def state_of(info: Info) -> State:
    """Return the state that a resolver reads."""
    context: Context = info.context
    return context.state


def viewer_of(info: Info) -> Viewer:
    """Return who asks."""
    context: Context = info.context
    return context.viewer


def need(info: Info, permission: str, level: str = "read") -> None:
    """Refuse a field that the token's permissions do not reach."""
    if not allows(viewer_of(info).permissions, permission, level):
        raise QueryRefusedError("FORBIDDEN", NOT_ACCESSIBLE)


def not_resolved(kind: str, what: str) -> QueryRefusedError:
    """Refuse what is not there."""
    return QueryRefusedError("NOT_FOUND", f"Could not resolve to a {kind} with {what}.")


def snake_case(name: str) -> str:
    """Turn GraphQL's names into ours."""
    return _HUMP.sub(r"_\1", name).lower()


def plain_field(source: object, info: Info, **_arguments: object) -> object:
    """Read a field that needs no resolver: a key, or the attribute of the same name."""
    if isinstance(source, Mapping):
        return source.get(info.field_name)
    return getattr(source, snake_case(info.field_name))


def connection(
    info: Info, items: Sequence[object], arguments: Mapping[str, object]
) -> dict[str, object]:
    """Cut a page out of a connection; of its `arguments` one bound is required, 1 to 100."""
    page = Page(**arguments)  # type: ignore[arg-type]  # GraphQL has checked them by the schema
    _check_page(info.field_name, page)
    start = _offset(page.after, 0)
    end = _offset(page.before, len(items) + 1) - 1
    wanted = range(start, min(end, len(items)))
    if page.first is not None:
        wanted = wanted[: page.first]
    if page.last is not None:
        wanted = wanted[-page.last :]
    return {
        "nodes": [items[index] for index in wanted],
        "totalCount": len(items),
        "pageInfo": {
            "startCursor": _cursor(wanted[0]) if wanted else None,
            "endCursor": _cursor(wanted[-1]) if wanted else None,
            "hasNextPage": bool(wanted) and wanted[-1] + 1 < len(items),
            "hasPreviousPage": bool(wanted) and wanted[0] > 0,
        },
    }


def _check_page(field_name: str, page: Page) -> None:
    if page.first is None and page.last is None:
        message = (
            "You must provide a `first` or `last` value to properly paginate the "
            f"`{field_name}` connection."
        )
        raise QueryRefusedError("MISSING_PAGINATION_BOUNDARIES", message)
    for name, value in (("first", page.first), ("last", page.last)):
        if value is not None and value > MAX_PAGE:
            message = (
                f"Requesting {value} records on the `{field_name}` connection exceeds the "
                f"`{name}` limit of {MAX_PAGE} records."
            )
            raise QueryRefusedError("EXCESSIVE_PAGINATION", message)
        if value is not None and value < 1:
            message = f"`{name}` on the `{field_name}` connection cannot be less than 1."
            raise QueryRefusedError("ARGUMENT_LIMIT", message)


def _cursor(index: int) -> str:
    return base64.b64encode(f"cursor:{index + 1}".encode()).decode()


def _offset(cursor: str | None, default: int) -> int:
    if cursor is None:
        return default
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("cursor:"))
    except ValueError as error:
        message = f"`{cursor}` does not appear to be a valid cursor."
        raise QueryRefusedError("INVALID_CURSOR_ARGUMENTS", message) from error
