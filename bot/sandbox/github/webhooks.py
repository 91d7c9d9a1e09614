"""Webhooks: who is told, how a delivery is signed and sent, and what came of it."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp

from bot.sandbox.github.permissions import allows
from bot.sandbox.github.records import Delivery, Hook
from bot.sandbox.github.render import node_id, repository_json, user_json
from bot.sandbox.github.state import iso

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

    from bot.sandbox.github.records import App, Installation
    from bot.sandbox.github.state import Happening, State

TIMEOUT_SECONDS = 10.0
NOT_CONNECTED = "failed to connect to host"
TIMED_OUT = "timed out"
HOOK_ID = 109_948_940
TARGET_HEADER = "X-GitHub-Hook-Installation-Target-ID"
# Delivery ids do not fit into a JavaScript number, and real ones do not either.
FIRST_DELIVERY_ID = 2**53 + 1
# https://docs.github.com/en/webhooks/webhook-events-and-payloads
_NEEDS = {
    "pull_request": "pull_requests",
    "issue_comment": "issues",
    "issues": "issues",
    "check_run": "checks",
    "check_suite": "checks",
    "push": "contents",
    "merge_group": "merge_queues",
}
# Sent to Apps that may write checks, whether they subscribed or not.
_AUTOMATIC = ("check_run", "check_suite")
_OWNER_ONLY = ("rerequested", "requested_action")


def signature(secret: str, body: bytes, algorithm: str = "sha256") -> str:
    """Sign a body as GitHub does."""
    digest = hmac.new(secret.encode(), body, algorithm).hexdigest()
    return f"{algorithm}={digest}"


class Webhooks:
    """Sends what happened to every App that may know of it.

    `url` is the receiver of Apps that were registered with no hook of their own. While `held` is a
    list, deliveries wait in it for `release`, so that a test chooses their order.
    """

    def __init__(self, state: State, secret: str) -> None:
        self.timeout_seconds = TIMEOUT_SECONDS
        self.held: list[Delivery] | None = None
        self._state = state
        self._secret = secret
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Return the receiver, which is what the App's settings say."""
        return self._state.hook_url

    @url.setter
    def url(self, url: str) -> None:
        self._state.hook_url = url

    async def close(self) -> None:
        """Wait for deliveries that are under way, then hang up."""
        await self.settle()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def settle(self) -> None:
        """Wait until everything that has happened so far was delivered or has failed."""
        self.send_in_background()
        while self._tasks:
            # Not `gather`: where all is done it does not yield from Python 3.12 on, and the
            # callbacks that empty the set would never run.
            await asyncio.wait(self._tasks)
            await asyncio.sleep(0)

    def send_in_background(self) -> None:
        """Start to deliver what has happened since the last time."""
        for delivery in self._due():
            if self.held is not None:
                self.held.append(delivery)
            else:
                self._start(self.attempt(delivery))

    def hold(self) -> list[Delivery]:
        """Keep deliveries back from now on, and return the list that they are put into."""
        self.held = []
        return self.held

    async def release(self, deliveries: list[Delivery]) -> None:
        """Deliver held ones one by one in the given order; those left out are lost."""
        self.held = None
        for delivery in deliveries:
            await self.attempt(delivery)

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Deliver again under the same GUID, as the button in the App's settings does."""
        again = replace(delivery, id=self._next_id(), redelivery=True)
        await self.attempt(again)
        return self._state.deliveries[again.id]

    def ping(self, app: App) -> None:
        """Tell a new App that its hook is there, as GitHub does when one is registered."""
        hook = {
            "type": "App",
            "id": HOOK_ID,
            "name": "web",
            "active": True,
            "events": list(app.events),
            "config": {"content_type": "json", "insecure_ssl": "0", "url": self._hook(app.id).url},
            "updated_at": iso(app.created_at),
            "created_at": iso(app.created_at),
            "app_id": app.id,
            "deliveries_url": f"{self._state.api_url}/app/hook/deliveries",
        }
        payload = {"zen": "Keep it logically awesome.", "hook_id": HOOK_ID, "hook": hook}
        self._start(self.attempt(self._made(payload, app_id=app.id, event="ping")))

    async def attempt(self, delivery: Delivery) -> None:
        """Send one delivery and keep what came of it."""
        started = time.monotonic()
        status, code, body = await self._post(delivery)
        self._state.deliveries[delivery.id] = replace(
            delivery,
            duration_seconds=time.monotonic() - started,
            status=status,
            status_code=code,
            response_body=body,
        )
        self._state.version += 1

    def _start(self, sending: Awaitable[None]) -> None:
        task = asyncio.ensure_future(sending)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _due(self) -> Iterator[Delivery]:
        happened, self._state.outbox = self._state.outbox, []
        asked, self._state.redeliveries = self._state.redeliveries, []
        for happening in happened:
            for installation in self._told(happening):
                yield self._delivery(happening, installation)
        for delivery_id in asked:
            known = self._state.deliveries[delivery_id]
            yield replace(known, id=self._next_id(), redelivery=True)

    def _told(self, happening: Happening) -> Iterator[Installation]:
        for installation in self._state.installations.values():
            own = installation.id == happening.installation_id
            if own or self._may_know(happening, installation):
                yield installation

    def _may_know(self, happening: Happening, installation: Installation) -> bool:
        app = self._state.apps[installation.app_id]
        needed = _NEEDS.get(happening.event)
        level = "write" if happening.event in _AUTOMATIC else "read"
        return (
            happening.event in (*app.events, *_AUTOMATIC)
            and installation.suspended_at is None
            and happening.repository_id in installation.repository_ids
            and (needed is None or allows(installation.permissions, needed, level))
            and _concerns(happening, app.id)
        )

    def _delivery(self, happening: Happening, installation: Installation) -> Delivery:
        payload = self._payload(happening, installation)
        made = self._made(payload, app_id=installation.app_id, event=happening.event)
        delivery = replace(
            made,
            action=happening.action,
            installation_id=installation.id,
            repository_id=happening.repository_id,
        )
        self._state.deliveries[delivery.id] = delivery
        return delivery

    def _made(self, payload: dict[str, object], *, app_id: int, event: str) -> Delivery:
        body = json.dumps(payload).encode()
        guid = str(uuid.uuid4())
        delivery = Delivery(
            id=self._next_id(),
            guid=guid,
            event=event,
            action=None,
            installation_id=None,
            repository_id=None,
            body=body,
            delivered_at=self._state.now(),
            request_headers={
                **self._headers(body, self._hook(app_id).secret),
                "X-GitHub-Delivery": guid,
                "X-GitHub-Event": event,
                TARGET_HEADER: str(app_id),
            },
        )
        self._state.deliveries[delivery.id] = delivery
        return delivery

    def _hook(self, app_id: int) -> Hook:
        return self._state.hooks.get(app_id) or Hook(self.url, self._secret)

    def _payload(self, happening: Happening, installation: Installation) -> dict[str, object]:
        repository = self._state.repositories.get(happening.repository_id or 0)
        payload: dict[str, object] = {
            "installation": {"id": installation.id, "node_id": node_id("I", installation.id)},
            "sender": user_json(self._state, self._state.users[happening.sender_id]),
            **happening.payload,
        }
        if happening.action:
            payload["action"] = happening.action
        if repository is not None:
            payload["repository"] = repository_json(self._state, repository)
        return payload

    def _headers(self, body: bytes, secret: str) -> dict[str, str]:
        return {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/044aadd",
            "X-GitHub-Hook-ID": str(HOOK_ID),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature": signature(secret, body, "sha1"),
            "X-Hub-Signature-256": signature(secret, body),
        }

    async def _post(self, delivery: Delivery) -> tuple[str, int, str]:
        url = self._hook(int(delivery.request_headers[TARGET_HEADER])).url
        if not url:
            return NOT_CONNECTED, 0, ""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=self.timeout_seconds)
        sent = self._session.post(
            url,
            data=delivery.body,
            headers=delivery.request_headers,
            timeout=timeout,
            allow_redirects=False,
        )
        try:
            async with sent as response:
                fine = response.status < 300
                status = "OK" if fine else f"Invalid HTTP Response: {response.status}"
                return status, response.status, await response.text(errors="replace")
        except TimeoutError:
            return TIMED_OUT, 504, ""
        except aiohttp.ClientError:
            return NOT_CONNECTED, 0, ""

    def _next_id(self) -> int:
        return max(self._state.deliveries, default=FIRST_DELIVERY_ID - 1) + 1


def _concerns(happening: Happening, app_id: int) -> bool:
    """Re-runs and buttons are told to the App that owns the run, nobody else."""
    subject = happening.payload.get(happening.event)
    if happening.action not in _OWNER_ONLY or not isinstance(subject, dict):
        return True
    return bool(subject["app"]["id"] == app_id)
