"""Operations of the App itself: tokens, installations, its webhook deliveries."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

from bot.sandbox.github.answers import (
    NOT_ACCESSIBLE,
    Answer,
    RefusedError,
    not_found,
    unauthorized,
)
from bot.sandbox.github.bodies import AccessTokenBody, DeleteTokenBody, parse
from bot.sandbox.github.paging import (
    DEFAULT_PER_PAGE,
    MAX_PER_PAGE,
    counted,
    listing,
    natural,
)
from bot.sandbox.github.permissions import allows
from bot.sandbox.github.records import Installation, Permissions, Token
from bot.sandbox.github.render import app_json, installation_json, repository_json, user_json
from bot.sandbox.github.render_deliveries import delivery_item_json, delivery_json
from bot.sandbox.github.state import iso
from bot.sandbox.github.viewer import UNDECODABLE, refuse_suspended
from bot.sandbox.github.webhooks import TARGET_HEADER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.operations import Call, Handler
    from bot.sandbox.github.records import Delivery

TOKEN_LIFE_SECONDS = 3600
NOT_GRANTED = "The permissions requested are not granted to this installation."
INSTALLATION_ONLY = (
    "You must authenticate with an installation access token in order to list repositories for an "
    "installation."
)
NOT_INSTALLED = (
    "There is at least one repository that does not exist or is not accessible to the parent "
    "installation."
)


def get_app(call: Call) -> Answer:
    """GET /app."""
    return Answer(200, app_json(call.state, call.viewer.app))


def get_user(call: Call) -> Answer:
    """GET /user: whom a user token is for."""
    if call.viewer.user is None:
        raise RefusedError(403, NOT_ACCESSIBLE)
    return Answer(200, user_json(call.state, call.viewer.user))


def delete_token(call: Call) -> Answer:
    """DELETE /applications/{client_id}/token: by the App itself, with its id and secret."""
    if not call.viewer.is_client or call.params["client_id"] != call.viewer.app.client_id:
        raise not_found()
    body = parse(DeleteTokenBody, call.json)
    token = call.state.oauth.tokens.get(body.access_token)
    if token is None or token.app_id != call.viewer.app.id:
        raise not_found()
    del call.state.oauth.tokens[body.access_token]
    return Answer(204)


def list_installations(call: Call) -> Answer:
    """GET /app/installations: suspended ones too."""
    _require_jwt(call)
    own = [
        installation
        for installation in call.state.installations.values()
        if installation.app_id == call.viewer.app.id
    ]
    url = f"{call.state.api_url}/app/installations"
    return listing(call, url, own, partial(installation_json, call.state))


def list_repositories(call: Call) -> Answer:
    """GET /installation/repositories: those that the token is good for."""
    token = call.viewer.token
    if token is None:
        raise RefusedError(403, INSTALLATION_ONLY)
    found = [call.state.repositories[known] for known in sorted(token.repository_ids)]
    url = f"{call.state.api_url}/installation/repositories"
    render = partial(repository_json, call.state)
    return counted(call, url, found, key="repositories", render=render)


def get_installation(call: Call) -> Answer:
    """GET /app/installations/{installation_id}."""
    return Answer(200, installation_json(call.state, _own_installation(call)))


def get_repository_installation(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/installation."""
    _require_jwt(call)
    repository = call.state.repository_named(f"{call.params['owner']}/{call.params['repo']}")
    for installation in call.state.installations.values():
        own = installation.app_id == call.viewer.app.id
        if own and repository and repository.id in installation.repository_ids:
            return Answer(200, installation_json(call.state, installation))
    raise not_found()


def create_access_token(call: Call) -> Answer:
    """POST /app/installations/{installation_id}/access_tokens: may narrow, never widen."""
    installation = _own_installation(call)
    refuse_suspended(installation)
    body = parse(AccessTokenBody, call.json if call.json is not None else {})
    token = Token(
        text=f"ghs_{installation.app_id}_{secrets.token_urlsafe(360)}",
        installation_id=installation.id,
        permissions=_narrowed(installation, body.permissions),
        repository_ids=_chosen(call, installation, body),
        expires_at=call.state.now() + TOKEN_LIFE_SECONDS,
    )
    call.state.tokens[token.text] = token
    answer: dict[str, object] = {
        "token": token.text,
        "expires_at": iso(token.expires_at),
        "permissions": dict(token.permissions),
        "repository_selection": "selected",
    }
    if body.repositories or body.repository_ids:
        chosen = sorted(token.repository_ids)
        answer["repositories"] = [
            repository_json(call.state, call.state.repositories[chosen_id]) for chosen_id in chosen
        ]
    return Answer(201, answer)


def get_hook(call: Call) -> Answer:
    """GET /app/hook/config: of a secret only that there is one."""
    _require_jwt(call)
    hook = call.state.hooks.get(call.viewer.app.id)
    found = {
        "content_type": "json",
        "insecure_ssl": "0",
        "url": hook.url if hook else call.state.hook_url,
    }
    return Answer(200, found if hook and not hook.secret else {**found, "secret": "********"})


def list_deliveries(call: Call) -> Answer:
    """GET /app/hook/deliveries: newest first, paged by cursor."""
    before = call.query.get("cursor", "")
    wanted = call.query.get("status")
    found = [
        delivery
        for delivery in sorted(_deliveries(call), key=lambda delivery: -delivery.id)
        if (not before.isdigit() or delivery.id < int(before))
        and (wanted is None or delivery.succeeded == (wanted == "success"))
    ]
    per_page = min(natural(call, "per_page", DEFAULT_PER_PAGE), MAX_PER_PAGE)
    page, headers = found[:per_page], {}
    if len(found) > per_page:
        url = f"{call.state.api_url}/app/hook/deliveries"
        cursor = page[-1].id
        headers["Link"] = f'<{url}?per_page={per_page}&cursor={cursor}>; rel="next"'
    return Answer(200, [delivery_item_json(delivery) for delivery in page], headers)


def get_delivery(call: Call) -> Answer:
    """GET /app/hook/deliveries/{delivery_id}."""
    return Answer(200, delivery_json(_own_delivery(call)))


def redeliver(call: Call) -> Answer:
    """POST /app/hook/deliveries/{delivery_id}/attempts: sent again with the same GUID."""
    call.state.redeliveries.append(_own_delivery(call).id)
    return Answer(202, {})


def _own_installation(call: Call) -> Installation:
    _require_jwt(call)
    installation = call.state.installations.get(call.number("installation_id"))
    if installation is None or installation.app_id != call.viewer.app.id:
        raise not_found()
    return installation


def _require_jwt(call: Call) -> None:
    if call.viewer.token is not None or call.viewer.is_client:
        raise unauthorized(UNDECODABLE)


def _narrowed(installation: Installation, wanted: Permissions) -> Permissions:
    if not all(allows(installation.permissions, name, level) for name, level in wanted.items()):
        raise RefusedError(422, NOT_GRANTED)
    # metadata: read comes with every token
    return {**wanted, "metadata": "read"} if wanted else dict(installation.permissions)


def _chosen(call: Call, installation: Installation, body: AccessTokenBody) -> frozenset[int]:
    if not body.repositories and not body.repository_ids:
        return installation.repository_ids
    by_name = {
        call.state.repositories[repository_id].name.lower(): repository_id
        for repository_id in installation.repository_ids
    }
    named = {by_name.get(name.lower(), 0) for name in body.repositories}
    chosen = frozenset(named | set(body.repository_ids))
    if not chosen <= installation.repository_ids:
        raise RefusedError(422, NOT_INSTALLED)
    return chosen


def _deliveries(call: Call) -> list[Delivery]:
    _require_jwt(call)
    own = str(call.viewer.app.id)  # also of installations that are gone
    return [
        delivery
        for delivery in call.state.deliveries.values()
        if delivery.request_headers.get(TARGET_HEADER) == own
    ]


def _own_delivery(call: Call) -> Delivery:
    wanted = call.number("delivery_id")
    for delivery in _deliveries(call):
        if delivery.id == wanted:
            return delivery
    raise not_found()


OPERATIONS: Mapping[str, Handler] = {
    "GET /app": get_app,
    "GET /user": get_user,
    "DELETE /applications/{client_id}/token": delete_token,
    "GET /app/installations": list_installations,
    "GET /app/installations/{installation_id}": get_installation,
    "GET /installation/repositories": list_repositories,
    "POST /app/installations/{installation_id}/access_tokens": create_access_token,
    "GET /repos/{owner}/{repo}/installation": get_repository_installation,
    "GET /app/hook/config": get_hook,
    "GET /app/hook/deliveries": list_deliveries,
    "GET /app/hook/deliveries/{delivery_id}": get_delivery,
    "POST /app/hook/deliveries/{delivery_id}/attempts": redeliver,
}
