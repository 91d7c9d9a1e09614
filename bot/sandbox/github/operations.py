"""One REST operation: its path template, and the call that a handler is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from bot.sandbox.github.answers import Answer, RefusedError, not_found
from bot.sandbox.github.permissions import require_for_target

if TYPE_CHECKING:
    from bot.sandbox.github.records import Issue, Pull, Repository
    from bot.sandbox.github.state import State
    from bot.sandbox.github.viewer import Viewer

Handler = Callable[["Call"], Answer]
# These parameters hold slashes, sent bare or as %2F.
_SLASHED = ("path", "ref", "basehead")


@dataclass(frozen=True, slots=True)
class Call:
    """A request after everything general was checked."""

    operation: str
    state: State
    viewer: Viewer
    params: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    target: Repository | None = None

    @property
    def repository(self) -> Repository:
        """Return the repository of a `/repos/{owner}/{repo}` operation."""
        assert self.target is not None
        return self.target

    def number(self, name: str) -> int:
        """Read a whole number from the path; anything else is not found."""
        text = self.params[name]
        if not text.isascii() or not text.isdigit():
            raise not_found()
        return int(text)

    def pull(self) -> Pull:
        """Return the pull request of the path as it really is."""
        found = self.state.pulls.get((self.repository.id, self.number("pull_number")))
        if found is None:
            raise not_found()
        return found

    def issue(self) -> Issue:
        """Return the issue or pull request of the path, if the token may touch its kind."""
        key = (self.repository.id, self.number("issue_number"))
        found = self.state.issues.get(key)
        if found is None:
            raise self._left(key)
        self.check_target(found)
        return found

    def _left(self, key: tuple[int, int]) -> RefusedError:
        """Refuse what is not there: 410 of a deleted issue, 301 of a transferred one."""
        if key not in self.state.left:
            return not_found()
        moved = self.state.left[key]
        if moved is None:
            return RefusedError(410, "This issue was deleted")
        location = f"{self.state.api_url}/repositories/{moved[0]}/issues/{moved[1]}"
        return RefusedError(301, "Moved Permanently", headers={"Location": location})

    def check_target(self, issue: Issue) -> None:
        """Refuse a token whose permission is for the other kind of conversation."""
        is_pull = (issue.repository_id, issue.number) in self.state.pulls
        permission = "pull_requests" if is_pull else "issues"
        require_for_target(self.operation, self.viewer.permissions, permission=permission)


@dataclass(frozen=True, slots=True)
class Route:
    """An operation that a path matched, and its decoded parameters."""

    operation: str
    handler: Handler
    params: Mapping[str, str]


class Routes:
    """Finds the operation for a raw path; more literal templates win over parameters."""

    def __init__(self, operations: Mapping[str, Handler]) -> None:
        names = sorted(operations, key=lambda name: (name.count("{"), -len(name), name))
        self._routes = [
            (name.partition(" ")[0], _pattern(name.partition(" ")[2]), name, operations[name])
            for name in names
        ]

    def find(self, method: str, raw_path: str) -> Route | None:
        """Match a percent-encoded path; decode its parameters."""
        for verb, pattern, operation, handler in self._routes:
            if verb == method and (match := pattern.fullmatch(raw_path)):
                params = {name: unquote(value) for name, value in match.groupdict().items()}
                return Route(operation, handler, params)
        return None


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    pattern = re.escape(parts[0])
    for name, literal in zip(parts[1::2], parts[2::2], strict=True):
        value = ".+" if name in _SLASHED else "[^/]+"
        pattern += f"(?P<{name}>{value}){re.escape(literal)}"
    return re.compile(pattern)
