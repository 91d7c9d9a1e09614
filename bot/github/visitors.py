"""Who visits our pages, and what GitHub lets them read: the web flow of the App.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/
generating-a-user-access-token-for-a-github-app
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bot.domain.errors import GoneError, UserError
from bot.domain.jobs import RepositoryRef
from bot.github.refusals import RefusedError

if TYPE_CHECKING:
    from bot.github.auth import Tokens
    from bot.github.transport import Transport

AUTHORIZE = "/login/oauth/authorize"
ACCESS_TOKEN = "/login/oauth/access_token"  # noqa: S105 - a path
APP = "/app"
PERSON = "User"
USER = "/user"
REPOSITORY = "/repos/{owner}/{repo}"
INSTALLATION = "/repos/{owner}/{repo}/installation"
REVOKE = "/applications/{client_id}/token"
REFUSED = "GitHub refused the login ({reason}). Open the page again to log in anew."
# No such repository, none for this person, or one that is blocked: nobody is told which.
UNSEEN = frozenset({403, 404, 451})
UNAUTHORIZED = 401


class LoginEndedError(Exception):
    """GitHub does not know the visitor's token (any more)."""


@dataclass(frozen=True, slots=True)
class Client:
    """What the App logs people in with."""

    id: str
    secret: str

    def __repr__(self) -> str:
        return f"Client({self.id})"


class Visitors:
    """What is asked of GitHub for a visitor; `server_url` is where people log in."""

    def __init__(
        self, transport: Transport, tokens: Tokens, *, client: Client, server_url: str
    ) -> None:
        self._transport = transport
        self._tokens = tokens
        self._client = client
        self._server_url = server_url

    def login_url(self, *, state: str, challenge: str, callback: str) -> str:
        """Return where a visitor says who they are; without `callback` the App's own is taken."""
        asked = {
            "client_id": self._client.id,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if callback:
            asked["redirect_uri"] = callback
        return f"{self._server_url}{AUTHORIZE}?{urlencode(asked)}"

    async def token(self, code: str, *, verifier: str, callback: str) -> str:
        """Exchange a code for a token; `UserError` with GitHub's name for why not."""
        asked = {
            "client_id": self._client.id,
            "client_secret": self._client.secret,
            "code": code,
            "code_verifier": verifier,
        }
        if callback:
            asked["redirect_uri"] = callback
        said = await self._transport.post_form(f"{self._server_url}{ACCESS_TOKEN}", asked)
        token = said.get("access_token")
        if not isinstance(token, str) or not token:
            raise UserError(REFUSED.format(reason=said.get("error") or "no token came"))
        return token

    async def login(self, token: str) -> str:
        """Tell what the visitor is called."""
        answer = await self._get(USER, {}, token)
        return str(answer["login"])

    async def repository(self, token: str, owner: str, name: str) -> RepositoryRef | None:
        """Return a repository by its present name if the visitor can read it now, else None."""
        try:
            answer = await self._get(REPOSITORY, {"owner": owner, "repo": name}, token)
        except RefusedError as refusal:
            if refusal.status not in UNSEEN:
                raise
            return None
        except GoneError:
            return None
        return RepositoryRef(int(answer["id"]), str(answer["owner"]["login"]), str(answer["name"]))

    async def installation(self, repository: RepositoryRef) -> int | None:
        """Return the id of our installation there, None where we are not installed."""
        names = {"owner": repository.owner, "repo": repository.name}
        try:
            answer = await self._tokens.get_as_app(INSTALLATION, names)
        except RefusedError as refusal:
            if refusal.status not in UNSEEN:
                raise
            return None
        return int(answer["id"])

    async def owner(self) -> str:
        """Tell the login of the person whose App this is, `""` where that is an organisation."""
        answer = await self._tokens.as_app("GET", APP)
        owner = answer.get("owner") if isinstance(answer, dict) else None
        return str(owner["login"]) if owner and owner["type"] == PERSON else ""

    async def revoke(self, token: str) -> None:
        """Have GitHub forget a token; one that it does not know is forgotten already."""
        shown = {"access_token": token}
        try:
            await self._transport.send_as_client(
                "DELETE",
                REVOKE,
                variables={"client_id": self._client.id},
                data=shown,
                basic=(self._client.id, self._client.secret),
            )
        except RefusedError as refusal:
            if refusal.status not in {404, 422}:
                raise

    async def _get(self, url: str, variables: dict[str, str], token: str) -> dict[str, Any]:
        try:
            answer = await self._transport.send("GET", url, variables=variables, token=token)
        except RefusedError as refusal:
            if refusal.status == UNAUTHORIZED:
                raise LoginEndedError from refusal
            raise
        return dict(answer)
