"""The REST API: everything that is checked before an operation is told its call."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.github import (
    permissions,
    rest_app,
    rest_checks,
    rest_issues,
    rest_pulls,
    rest_repos,
    rest_reviews,
)
from bot.sandbox.github.answers import Answer, RefusedError, not_found
from bot.sandbox.github.front import Incoming, Served
from bot.sandbox.github.operations import Call, Route, Routes
from bot.sandbox.github.registering import convert
from bot.sandbox.github.viewer import Viewer, authenticate

if TYPE_CHECKING:
    from bot.sandbox.github.records import Repository
    from bot.sandbox.github.state import State

OPERATIONS = {
    **rest_app.OPERATIONS,
    **rest_repos.OPERATIONS,
    **rest_checks.OPERATIONS,
    **rest_pulls.OPERATIONS,
    **rest_reviews.OPERATIONS,
    **rest_issues.OPERATIONS,
}
CONVERT = "POST /app-manifests/{code}/conversions"
API_VERSIONS = ("2022-11-28", "2026-03-10")
# PostHog#104387
CONDITIONAL_WRITE = (
    "Conditional request headers are not allowed in unsafe requests unless "
    "supported by the endpoint"
)
_CONDITIONAL_HEADERS = ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")
# The one operation whose path is the credential.
_CODE = re.compile(r"/app-manifests/([^/]+)/conversions")
_BY_ID = re.compile(r"/repositories/(\d+)(/.*)?")


class RestApi:
    """Answers REST requests from the state."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._routes = Routes(OPERATIONS)

    def respond(self, incoming: Incoming) -> Served:
        """Answer one request, refusals included."""
        route = None
        viewer = None
        try:
            _check_headers(incoming)
            if incoming.method == "POST" and (code := _CODE.fullmatch(incoming.path)):
                return Served(convert(self._state, code[1]), CONVERT)
            route = self._routes.find(incoming.method, self._with_name(incoming.path))
            viewer = authenticate(self._state, incoming.headers.get("Authorization"))
            if route is None:
                raise not_found()
            answer = self._answer(incoming, route, viewer)
        except RefusedError as refused:
            answer = refused.answer()
        return Served(answer, route.operation if route else "", viewer)

    def _answer(self, incoming: Incoming, route: Route, viewer: Viewer) -> Answer:
        call = Call(route.operation, self._state, viewer, route.params, incoming.query)
        if route.operation in permissions.NEEDS:
            repository = self._visible_repository(route, viewer)
            redirect = self._redirect(incoming, route, repository)
            if redirect is not None:
                return redirect
            permissions.require(route.operation, viewer.permissions)
            call = replace(call, target=repository)
        return OPERATIONS[route.operation](replace(call, json=_decoded(incoming.body)))

    def _visible_repository(self, route: Route, viewer: Viewer) -> Repository:
        """Find the repository; 404 and never 403 for one that the token may not know of."""
        full_name = f"{route.params['owner']}/{route.params['repo']}"
        former_id = self._state.former_names.get(full_name.lower(), 0)
        found = self._state.repository_named(full_name) or self._state.repositories.get(former_id)
        if found is None or not viewer.sees(found.id):
            raise not_found()
        return found

    def _redirect(self, incoming: Incoming, route: Route, repository: Repository) -> Answer | None:
        """Send a request for a former name to the repository's id; writes keep their method."""
        asked = f"{route.params['owner']}/{route.params['repo']}"
        if asked.lower() == repository.full_name.lower():
            return None
        rest = incoming.path.split("/", 4)[4:]
        location = "/".join([f"{self._state.api_url}/repositories/{repository.id}", *rest])
        status = 301 if incoming.method == "GET" else 307
        body = {"message": "Moved Permanently", "url": location}
        return Answer(status, body, {"Location": location})

    def _with_name(self, path: str) -> str:
        match = _BY_ID.fullmatch(path)
        repository = self._state.repositories.get(int(match[1])) if match else None
        if match is None or repository is None:
            return path
        return f"/repos/{repository.full_name}{match[2] or ''}"


def _check_headers(incoming: Incoming) -> None:
    version = incoming.headers.get("X-GitHub-Api-Version", API_VERSIONS[0])
    if version not in API_VERSIONS:
        message = f"Unsupported 'X-GitHub-Api-Version' header: '{version}'"
        raise RefusedError(400, message)
    conditional = any(name in incoming.headers for name in _CONDITIONAL_HEADERS)
    if incoming.method != "GET" and conditional:
        raise RefusedError(400, CONDITIONAL_WRITE)


def _decoded(body: bytes) -> object:
    if not body:
        return None
    try:
        decoded = json.loads(body)
    except ValueError as error:
        raise RefusedError(400, "Problems parsing JSON") from error
    if not isinstance(decoded, dict):
        raise RefusedError(400, "Body should be a JSON object")
    return decoded
