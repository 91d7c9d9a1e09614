"""Logging in through the local GitHub: what it remembers of Apps, codes and user tokens.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/
generating-a-user-access-token-for-a-github-app
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.records import App
    from bot.sandbox.github.state import State

CODE_SECONDS = 600
TOKEN_SECONDS = 28_800
REFRESH_SECONDS = 15_811_200
S256 = "S256"

# https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/
# troubleshooting-oauth-app-access-token-request-errors
ERRORS = {
    "incorrect_client_credentials": "The client_id and/or client_secret passed are incorrect.",
    "redirect_uri_mismatch": (
        "The redirect_uri MUST match the registered callback URL for this application."
    ),
    "bad_verification_code": "The code passed is incorrect or expired.",
    "unsupported_grant_type": "The grant type passed is not supported.",
}


class OauthError(Exception):
    """A refusal by one of the names that GitHub has for it."""

    def __init__(self, name: str) -> None:
        super().__init__(ERRORS[name])
        self.name = name


@dataclass(frozen=True, slots=True)
class OauthClient:
    """What an App logs people in with; a `redirect_uri` must be one of `callback_urls`."""

    secret: str
    callback_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a person agreed to: a code stands for it, once and for ten minutes."""

    app_id: int
    user_id: int
    redirect_uri: str
    challenge: str
    expires_at: float


@dataclass(frozen=True, slots=True)
class UserToken:
    """A token by which an App acts for a person."""

    app_id: int
    user_id: int
    expires_at: float


@dataclass(slots=True)
class Oauth:
    """Clients by App id, codes and user tokens by their text."""

    clients: dict[int, OauthClient] = field(default_factory=dict)
    codes: dict[str, Authorization] = field(default_factory=dict)
    tokens: dict[str, UserToken] = field(default_factory=dict)


def app_of(state: State, client_id: str) -> App | None:
    """Find the App of a client id."""
    return next((app for app in state.apps.values() if app.client_id == client_id), None)


def is_client(state: State, app: App, secret: str) -> bool:
    """Tell whether the secret is the App's."""
    client = state.oauth.clients.get(app.id)
    return client is not None and hmac.compare_digest(client.secret.encode(), secret.encode())


def authorize(state: State, app: App, *, user_id: int, redirect_uri: str, challenge: str) -> str:
    """Give out a code for what a person agreed to."""
    code = secrets.token_hex(10)
    expires_at = state.now() + CODE_SECONDS
    state.oauth.codes[code] = Authorization(app.id, user_id, redirect_uri, challenge, expires_at)
    return code


def exchange(state: State, app: App, asked: Mapping[str, str]) -> Mapping[str, str | int]:
    """Give a token for a code; `OauthError` with GitHub's name for what is wrong."""
    if not is_client(state, app, asked.get("client_secret", "")):
        raise OauthError("incorrect_client_credentials")
    if asked.get("grant_type", "authorization_code") != "authorization_code":
        raise OauthError("unsupported_grant_type")
    # Whoever shows a code, rightly or not, uses it up.
    given = state.oauth.codes.pop(asked.get("code", ""), None)
    if given is None or given.app_id != app.id or given.expires_at <= state.clock():
        raise OauthError("bad_verification_code")
    if asked.get("redirect_uri", given.redirect_uri) != given.redirect_uri:
        raise OauthError("redirect_uri_mismatch")
    if given.challenge and challenge_of(asked.get("code_verifier", "")) != given.challenge:
        raise OauthError("bad_verification_code")
    text = f"ghu_{secrets.token_urlsafe(27)}"
    expires_at = state.now() + TOKEN_SECONDS
    state.oauth.tokens[text] = UserToken(app.id, given.user_id, expires_at)
    return {
        "access_token": text,
        "expires_in": TOKEN_SECONDS,
        "refresh_token": f"ghr_{secrets.token_urlsafe(54)}",
        "refresh_token_expires_in": REFRESH_SECONDS,
        "token_type": "bearer",
        "scope": "",
    }


def challenge_of(verifier: str) -> str:
    """Hash a verifier as PKCE does (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def readable(state: State, token: UserToken) -> frozenset[int]:
    """List what person and App both reach, and what is public anyway.

    https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/
    identifying-and-authorizing-users-for-github-apps
    """
    installed = {
        repository_id
        for installation in state.installations.values()
        if installation.app_id == token.app_id and installation.suspended_at is None
        for repository_id in installation.repository_ids
    }
    return frozenset(
        repository.id
        for repository in state.repositories.values()
        if not repository.private
        or (repository.id in installed and state.role(repository.id, token.user_id) != "none")
    )
