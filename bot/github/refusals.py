"""What an answer that is no success means, decided by status, headers and GitHub's own words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.domain.errors import GoneError, MalformedError, TransientError
from bot.domain.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
_SECONDARY = re.compile(r"\bsecondary rate\b|\babuse detection\b", re.IGNORECASE)
# 422 of the abuse limiter for reviews (whatwg/spec-factory#55): not a mistake in the request.
_TOO_QUICKLY = "was submitted too quickly"
# Nobody is judged there any more; both are 403.
_OVER = ("This installation has been suspended", "archived so is read-only")
_RATE_LIMITED = "RATE_LIMITED"  # the primary limit of GraphQL
UNWELL = "GitHub answered {status} {message}"
LIMITED = "GitHub answered {status}"


class RefusedError(Exception):
    """GitHub understood and said no: `status`, its `message`, and the `errors` of a 422 as text.

    `date` is the server's clock as its header says it; `permissions` what the token would need.
    """

    def __init__(self, answer: Answer) -> None:
        self.status = answer.status
        self.message = answer.message
        self.errors = answer.errors
        self.date = answer.headers.get("date", "")
        self.permissions = answer.headers.get("x-accepted-github-permissions", "")
        needed = f" (needs {self.permissions})" if self.permissions else ""
        super().__init__(f"{self.status} {self.message}{needed} {' · '.join(self.errors)}".strip())

    @property
    def why(self) -> str:
        """GitHub's own words, for a person."""
        return "; ".join(filter(None, [self.message, *self.errors]))

    def says(self, text: str) -> bool:
        """Tell whether GitHub's words hold `text`."""
        return text in self.message or any(text in error for error in self.errors)


class LimitedError(Exception):
    """A rate limit; `not_before` is Unix time, None when GitHub did not say how long."""

    def __init__(self, not_before: float | None, reason: str) -> None:
        super().__init__(reason)
        self.not_before = not_before


# What keeps an answer of GitHub's away from whoever can do without, or ask again later.
FAILURES = (RefusedError, LimitedError, TransientError, MalformedError)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it came; `headers` are looked up in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def message(self) -> str:
        """GitHub's sentence, `""` when the body is none of its JSON.

        Redacted, as all its words are: an answer may repeat what it was asked with.
        """
        return redact(str(self.said().get("message") or ""))

    @property
    def errors(self) -> tuple[str, ...]:
        """The errors of a 422: objects, strings or one string, each as one text."""
        errors = self.said().get("errors") or []
        entries = errors if isinstance(errors, list) else [errors]
        return tuple(redact(_text(entry)) for entry in entries)

    def said(self) -> dict[str, Any]:
        """Return the body as a JSON object, empty when it is none: a proxy's page, for example."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}


def check(answer: Answer, *, now: float) -> None:
    """Raise what an answer of status 400 and above means; return when it is none.

    `LimitedError`: come back later · `TransientError`: GitHub is unwell · `GoneError`:
    the installation is suspended, the repository archived · `RefusedError`: no.
    """
    if answer.status < 400:
        return
    if answer.status in {403, 429}:
        check_limits(answer, now=now)
    if answer.status >= 500 or answer.status == 408:
        text = UNWELL.format(status=answer.status, message=answer.message)
        raise TransientError(text.strip())
    refusal = RefusedError(answer)
    if answer.status == 403 and any(map(refusal.says, _OVER)):
        raise GoneError(refusal.message)
    if refusal.says(_TOO_QUICKLY):
        raise LimitedError(None, refusal.message or _TOO_QUICKLY)
    raise refusal


def check_limits(answer: Answer, *, now: float) -> None:
    """Raise `LimitedError` when a refusal is a rate limit, by headers or by GitHub's words."""
    until = _not_before(answer.headers, now)
    if until is not None or answer.status == 429 or _SECONDARY.search(answer.message):
        raise LimitedError(until, answer.message or LIMITED.format(status=answer.status))


def check_query(answer: Answer, errors: Iterable[Mapping[str, Any]], *, now: float) -> None:
    """Raise `LimitedError` when GraphQL reports a rate limit, which it does with status 200."""
    for error in errors:
        message = str(error.get("message") or "")
        if error.get("type") == _RATE_LIMITED or _SECONDARY.search(message):
            raise LimitedError(_not_before(answer.headers, now), redact(message))


def _not_before(headers: Mapping[str, str], now: float) -> float | None:
    """Read when to come back, in the order that GitHub documents; None when it does not say."""
    retry_after = _seconds(headers.get("retry-after"))
    if retry_after is not None:
        return now + retry_after
    reset = _seconds(headers.get("x-ratelimit-reset"))
    if headers.get("x-ratelimit-remaining") == "0" and reset is not None:
        return max(reset, now + 1)
    return None


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() else None


def _text(entry: object) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    words = [entry.get(key) for key in ("resource", "field", "code", "message")]
    return " ".join(str(word) for word in words if word)
