"""A verified delivery, before anything was decided about it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.domain.errors import MalformedError
from bot.domain.jobs import RepositoryRef

BROKEN_JSON = "The body is not JSON."
NO_OBJECT = "The body is not a JSON object."
MISSING = "This delivery cannot be used: `{path}` is missing or not {what}."

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")

Payload = Mapping[str, Any]
Value = TypeVar("Value", int, str)


@dataclass(frozen=True, slots=True)
class Event:
    """One webhook delivery: GitHub's GUID, event name and action (`""` if none), raw payload.

    The payload is the only dict that travels: handlers turn it into jobs.
    """

    delivery: str
    name: str
    action: str
    payload: Payload

    @property
    def installation_id(self) -> int | None:
        """The installation that the delivery came through; None for a hook that is no App's."""
        if self.payload.get("installation") is None:
            return None
        return self.integer("installation.id")

    @property
    def repository(self) -> RepositoryRef:
        """The repository that the delivery speaks of."""
        return RepositoryRef(
            id=self.integer("repository.id"),
            owner=_name(self.find("repository.owner.login"), "repository.owner.login"),
            name=_name(self.find("repository.name"), "repository.name"),
        )

    def integer(self, path: str) -> int:
        """Read a whole number at a dotted path, or raise MalformedError with the path."""
        return _typed(self.find(path), path, kind=int, what="a whole number")

    def text(self, path: str) -> str:
        """Read a text at a dotted path, or raise MalformedError with the path."""
        return _typed(self.find(path), path, kind=str, what="a text")

    def pull_request_numbers(
        self, path: str, repository_id: int, *, head_sha: str = ""
    ) -> list[int]:
        """Read the numbers of the pull requests in a list that are opened against a repository.

        The list may name those of other repositories that hold the same head. With `head_sha` only
        those are read that have this head.
        """
        entries = self.find(path)
        if not isinstance(entries, list):
            raise MalformedError(MISSING.format(path=path, what="a list"))
        numbers = {
            _typed(found(entry, "number"), f"{path}[].number", kind=int, what="a whole number")
            for entry in entries
            if found(entry, "base.repo.id") == repository_id
            and head_sha in {"", found(entry, "head.sha")}
        }
        return sorted(numbers)

    def repositories(self, path: str) -> list[RepositoryRef]:
        """Read a list of repositories as installations name them: by id and full name."""
        entries = self.find(path)
        if not isinstance(entries, list):
            raise MalformedError(MISSING.format(path=path, what="a list"))
        return [_repository(entry, f"{path}[]") for entry in entries]

    def find(self, path: str) -> object:
        """Read what stands at a dotted path, None when any part of the way is missing or null."""
        return found(self.payload, path)


def parse(body: bytes, *, name: str, delivery: str = "") -> Event:
    """Read the body of a delivery; raise MalformedError when it is no JSON object."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedError(BROKEN_JSON) from None
    if not isinstance(payload, dict):
        raise MalformedError(NO_OBJECT)
    action = payload.get("action")
    return Event(delivery, name, action if isinstance(action, str) else "", payload)


def found(value: object, path: str) -> object:
    """Follow a dotted path into a part of a payload; None when it ends early."""
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def _repository(entry: object, path: str) -> RepositoryRef:
    full_name = _typed(found(entry, "full_name"), f"{path}.full_name", kind=str, what="a text")
    owner, _, name = full_name.partition("/")
    number = _typed(found(entry, "id"), f"{path}.id", kind=int, what="a whole number")
    return RepositoryRef(
        number, _name(owner, f"{path}.full_name"), _name(name, f"{path}.full_name")
    )


def _name(value: object, path: str) -> str:
    """Read a name as GitHub gives them: it becomes a part of addresses that tokens are sent to."""
    if not isinstance(value, str) or not _NAME.fullmatch(value) or value in {".", ".."}:
        raise MalformedError(MISSING.format(path=path, what="a name"))
    return value


def _typed(value: object, path: str, *, kind: type[Value], what: str) -> Value:
    # `True` is an int in Python, and never an id on GitHub.
    if not isinstance(value, kind) or isinstance(value, bool):
        raise MalformedError(MISSING.format(path=path, what=what))
    return value
