"""Apps that are made of a manifest: what it must say, and the code that fetches its credentials.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.sandbox.github import keys
from bot.sandbox.github.answers import Answer, not_found
from bot.sandbox.github.oauth import OauthClient
from bot.sandbox.github.permissions import allows
from bot.sandbox.github.records import App, Hook, Registration, UserType
from bot.sandbox.github.render import app_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from bot.sandbox.github.records import User
    from bot.sandbox.github.state import State

CODE_SECONDS = 3600
MAX_NAME = 34
MAX_CALLBACKS = 10
# Which permission lets an App subscribe to an event. Those that every App gets are no choice.
# https://docs.github.com/en/webhooks/webhook-events-and-payloads
EVENTS = {
    "check_run": "checks",
    "check_suite": "checks",
    "create": "contents",
    "delete": "contents",
    "issue_comment": "issues",
    "issues": "issues",
    "merge_group": "merge_queues",
    "pull_request": "pull_requests",
    "pull_request_review": "pull_requests",
    "pull_request_review_comment": "pull_requests",
    "pull_request_review_thread": "pull_requests",
    "push": "contents",
    "repository": "metadata",
}
NO_JSON = "the manifest is no JSON object."
MISSING = '"{name}" wasn\'t supplied.'
UNKNOWN = '"{name}" is not a permitted key.'
WRONG = '"{name}" is invalid: {reason}.'
NO_URL = '"{name}" must be a valid URL.'
UNSUPPORTED = "Default events unsupported: {names}"
NOT_PERMITTED = "Default events are not supported by permissions: {names}"
TOO_MANY = "Callback urls is too many: at most {most}"
NO_NAME = "Name can't be blank"
LONG_NAME = "Name is too long (maximum is {most} characters)"
TAKEN = "Name is already taken"


class _Hook(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    url: str
    active: bool = True


class Manifest(BaseModel):
    """What a manifest may hold; a wrong one is told in GitHub's words by `read`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    url: str
    redirect_url: str
    name: str = ""
    hook_attributes: _Hook | None = None
    callback_urls: list[str] = Field(default_factory=list)
    setup_url: str = ""
    description: str = ""
    public: bool = False
    default_events: list[str] = Field(default_factory=list)
    default_permissions: dict[str, str] = Field(default_factory=dict)
    request_oauth_on_install: bool = False
    setup_on_update: bool = False


class InvalidManifestError(Exception):
    """A manifest that GitHub does not take; `errors` are its sentences."""

    def __init__(self, *errors: str) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


def read(text: str) -> Manifest:
    """Read a manifest; `InvalidManifestError` with all that is wrong."""
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        raise InvalidManifestError(*map(_sentence, error.errors())) from error
    errors = tuple(_errors(manifest))
    if errors:
        raise InvalidManifestError(*errors)
    return manifest


def register(state: State, manifest: Manifest, *, name: str, owner: User) -> App:
    """Make the App; `InvalidManifestError` where its name cannot be had."""
    name = name.strip()
    _check_name(state, name)
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    bot = state.add_user(f"{slug}[bot]", UserType.BOT)
    app = App(
        id=state.next_id(),
        slug=slug,
        client_id=f"Iv23li{secrets.token_hex(7)}",
        owner_id=owner.id,
        bot_id=bot.id,
        public_key=keys.public_pem(),
        permissions={**manifest.default_permissions, "metadata": "read"},
        events=tuple(manifest.default_events),
        created_at=state.now(),
        name=name,
        external_url=manifest.url,
        setup_url=manifest.setup_url,
    )
    hook = manifest.hook_attributes
    state.apps[app.id] = app
    state.oauth.clients[app.id] = OauthClient(secrets.token_hex(20), tuple(manifest.callback_urls))
    state.hooks[app.id] = Hook(hook.url if hook and hook.active else "", secrets.token_hex(20))
    return app


def hand_out(state: State, app: App) -> str:
    """Return the code that fetches the App's credentials, once and for an hour."""
    code = secrets.token_hex(20)
    state.registrations[code] = Registration(
        app.id, state.oauth.clients[app.id].secret, keys.private_pem(), state.now()
    )
    return code


def convert(state: State, code: str) -> Answer:
    """POST /app-manifests/{code}/conversions: whoever has the code needs nothing else."""
    registration = state.registrations.pop(code, None)
    if registration is None or state.now() > registration.registered_at + CODE_SECONDS:
        raise not_found()
    app = state.apps[registration.app_id]
    credentials = {
        "client_secret": registration.client_secret,
        "webhook_secret": state.hooks[app.id].secret,
        "pem": registration.private_key,
    }
    return Answer(201, {**app_json(state, app), **credentials})


def _sentence(error: ErrorDetails) -> str:
    name = ".".join(str(part) for part in error["loc"])
    match error["type"]:
        case "missing":
            return MISSING.format(name=name)
        case "extra_forbidden":
            return UNKNOWN.format(name=name)
        case "json_invalid" | "model_type":
            return NO_JSON
    return WRONG.format(name=name, reason=error["msg"])


def _errors(manifest: Manifest) -> Iterator[str]:
    hook = manifest.hook_attributes
    urls = {"url": manifest.url, "redirect_url": manifest.redirect_url}
    urls |= {"hook_attributes.url": hook.url} if hook else {}
    urls |= {"setup_url": manifest.setup_url} if manifest.setup_url else {}
    urls |= {f"callback_urls.{n}": url for n, url in enumerate(manifest.callback_urls)}
    yield from (NO_URL.format(name=name) for name, url in urls.items() if not _is_url(url))
    if len(manifest.callback_urls) > MAX_CALLBACKS:
        yield TOO_MANY.format(most=MAX_CALLBACKS)
    unknown = [event for event in manifest.default_events if event not in EVENTS]
    if unknown:
        yield UNSUPPORTED.format(names=", ".join(unknown))
    granted = {**manifest.default_permissions, "metadata": "read"}
    events = [event for event in manifest.default_events if event in EVENTS]
    refused = [event for event in events if not allows(granted, EVENTS[event], "read")]
    if refused:
        yield NOT_PERMITTED.format(names=", ".join(refused))


def _is_url(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _check_name(state: State, name: str) -> None:
    if not name:
        raise InvalidManifestError(NO_NAME)
    if len(name) > MAX_NAME:
        raise InvalidManifestError(LONG_NAME.format(most=MAX_NAME))
    if name.lower() in {(app.name or app.slug).lower() for app in state.apps.values()}:
        raise InvalidManifestError(TAKEN)
