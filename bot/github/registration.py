"""What GitHub hands out for an App that was made of a manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.domain.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.github.transport import Transport

CONVERT = "/app-manifests/{code}/conversions"
INCOMPLETE = "GitHub's answer lacks {name}"


@dataclass(frozen=True, slots=True)
class Registration:
    """A new App and its credentials, which GitHub shows once; `html_url` is its page.

    `webhook_secret` is `""` where GitHub made none.
    """

    app_id: int
    html_url: str
    client_id: str
    client_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    private_key: str = field(repr=False)


async def convert(transport: Transport, code: str) -> Registration:
    """Fetch the credentials; a code is good once and for an hour, then `RefusedError` with 404.

    https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest
    """
    answer = await transport.send_unsigned("POST", CONVERT, variables={"code": code})
    try:
        return _registration(answer)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedError(INCOMPLETE.format(name=error)) from error


def _registration(answer: Mapping[str, Any]) -> Registration:
    return Registration(
        app_id=int(answer["id"]),
        html_url=str(answer["html_url"]),
        client_id=str(answer["client_id"]),
        client_secret=str(answer["client_secret"]),
        webhook_secret=str(answer["webhook_secret"] or ""),
        private_key=str(answer["pem"]),
    )
