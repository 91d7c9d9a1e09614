"""What the local GitHub answers, and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DOCUMENTATION_URL = "https://docs.github.com/rest"
NOT_ACCESSIBLE = "Resource not accessible by integration"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with a JSON body; `body` None sends none."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """A request that GitHub turns down, with its own words.

    `errors` are objects or plain strings, whichever GitHub uses for the case.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: Sequence[object] | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = dict(headers or {})

    def answer(self) -> Answer:
        """Return the body GitHub sends for it."""
        body: dict[str, object] = {"message": self.message}
        if self.errors is not None:
            body["errors"] = self.errors
        body["documentation_url"] = DOCUMENTATION_URL
        body["status"] = str(self.status)
        return Answer(self.status, body, self.headers)


def not_found() -> RefusedError:
    """Refuse what is not there, or what the token may not know of."""
    return RefusedError(404, "Not Found")


def unauthorized(message: str) -> RefusedError:
    """Refuse wrong or expired credentials."""
    return RefusedError(401, message)


def invalid_request(detail: str) -> RefusedError:
    """Refuse a body that breaks the schema; GitHub puts the detail after a blank line."""
    return RefusedError(422, f"Invalid request.\n\n{detail}")


def unprocessable(*errors: str) -> RefusedError:
    """Refuse with errors that are plain sentences."""
    return RefusedError(422, "Unprocessable Entity", errors=errors)


def validation_failed(
    resource: str, field_name: str, code: str, *, message: str = ""
) -> RefusedError:
    """Refuse one field with an error object."""
    error = {"resource": resource, "code": code, "field": field_name}
    if message:
        error["message"] = message
    return RefusedError(422, "Validation Failed", errors=[error])
