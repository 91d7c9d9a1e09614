"""Who asks: App JWTs are verified, installation tokens are looked up and expire."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import jwt

from bot.sandbox.github.answers import RefusedError, unauthorized
from bot.sandbox.github.oauth import app_of, is_client, readable
from bot.sandbox.github.records import Token

if TYPE_CHECKING:
    from jwt.types import Options

    from bot.sandbox.github.records import App, Installation, Permissions, User
    from bot.sandbox.github.state import State

JWT_MAX_SECONDS = 600
BAD_CREDENTIALS = "Bad credentials"
REQUIRES_AUTHENTICATION = "Requires authentication"
# octokit/auth-app#698, probot#967
EXPIRATION_TOO_FAR = "'Expiration time' claim ('exp') is too far in the future"
ISSUED_AT_INVALID = (
    "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was "
    "issued"
)
UNDECODABLE = "A JSON web token could not be decoded"
USER_PERMISSIONS = {"metadata": "read"}
SUSPENDED = "This installation has been suspended"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The App behind a request; `token` is None when it came with a JWT.

    `user` is whom the App acts for; `is_client` tells that it showed id and secret of its login.
    """

    app: App
    token: Token | None = None
    user: User | None = None
    is_client: bool = False

    @property
    def permissions(self) -> Permissions:
        """Return what the token may do; a JWT may do nothing in a repository."""
        return self.token.permissions if self.token else {}

    def sees(self, repository_id: int) -> bool:
        """Tell whether the token was minted for a repository."""
        return self.token is not None and repository_id in self.token.repository_ids


def authenticate(state: State, authorization: str | None) -> Viewer:
    """Turn an `Authorization` header into a viewer; refuse with 401 or 403."""
    if not authorization:
        raise unauthorized(REQUIRES_AUTHENTICATION)
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "basic":
        return _client(state, authorization)
    if scheme.lower() not in ("bearer", "token"):
        raise unauthorized(BAD_CREDENTIALS)
    if credentials.count(".") == 2 and not credentials.startswith("ghs_"):
        return Viewer(_app_of(state, credentials))
    if credentials.startswith("ghu_"):
        return _user_viewer(state, credentials)
    return token_viewer(state, credentials)


def token_viewer(state: State, text: str) -> Viewer:
    """Look up an installation token; refuse unknown, expired and suspended ones."""
    token = state.tokens.get(text)
    if token is None or token.expires_at <= state.clock():
        raise unauthorized(BAD_CREDENTIALS)
    installation = state.installations.get(token.installation_id)
    if installation is None:
        raise unauthorized(BAD_CREDENTIALS)
    refuse_suspended(installation)
    seen = token.repository_ids & installation.repository_ids
    return Viewer(state.apps[installation.app_id], replace(token, repository_ids=seen))


def _user_viewer(state: State, text: str) -> Viewer:
    """Look up a person's token: it reads what the person and the App both reach, and no more."""
    token = state.oauth.tokens.get(text)
    if token is None or token.expires_at <= state.clock():
        raise unauthorized(BAD_CREDENTIALS)
    acting = Token(text, 0, USER_PERMISSIONS, readable(state, token), token.expires_at)
    return Viewer(state.apps[token.app_id], acting, user=state.users[token.user_id])


def _client(state: State, authorization: str) -> Viewer:
    """Let an App in that shows id and secret of its login."""
    try:
        shown = b64decode(authorization.partition(" ")[2], validate=True).decode()
    except ValueError as error:
        raise unauthorized(BAD_CREDENTIALS) from error
    client_id, _, secret = shown.partition(":")
    app = app_of(state, client_id)
    if app is None or not is_client(state, app, secret):
        raise unauthorized(BAD_CREDENTIALS)
    return Viewer(app, is_client=True)


def refuse_suspended(installation: Installation) -> None:
    """Refuse whatever an owner suspended."""
    if installation.suspended_at is not None:
        raise RefusedError(403, SUSPENDED)


def _app_of(state: State, encoded: str) -> App:
    try:
        claims = jwt.decode(encoded, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise unauthorized(UNDECODABLE) from error
    app = _issuer(state, claims.get("iss"))
    _check_times(claims, state.clock())
    try:
        jwt.decode(encoded, app.public_key, algorithms=["RS256"], options=_SIGNATURE_ONLY)
    except jwt.InvalidTokenError as error:
        raise unauthorized(UNDECODABLE) from error
    return app


# The times are compared with the injected clock above, not with this machine's.
_SIGNATURE_ONLY: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
}


def _issuer(state: State, issuer: object) -> App:
    for app in state.apps.values():
        if str(issuer) in (str(app.id), app.client_id):
            return app
    raise unauthorized("Integration not found")


def _check_times(claims: dict[str, object], now: float) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or issued > now + 1:
        raise unauthorized(ISSUED_AT_INVALID)
    if not isinstance(expires, int) or expires <= now:
        raise unauthorized("'Expiration time' claim ('exp') must be a numeric value in the future")
    if expires > now + JWT_MAX_SECONDS:
        raise unauthorized(EXPIRATION_TOO_FAR)
