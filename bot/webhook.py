"""The door for deliveries: verified before it is read, stored before it is acknowledged."""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from bot.domain.errors import MalformedError, StoreError
from bot.domain.events import parse
from bot.domain.meter import UNMEASURED, DeliveryOutcome
from bot.github.address import WEBHOOK_PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.domain.events import Event
    from bot.domain.meter import Meter
    from bot.domain.ports import Store
    from bot.handlers import EventHandler

# "Payloads are capped at 25 MB": larger ones are never sent.
# https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap
BODY_BYTES = 25 * 1024 * 1024
BODIES_IN_FLIGHT = 8
# After 10 seconds GitHub counts the delivery as failed and does not listen any more.
# https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks
BODY_SECONDS = 10.0
# A locked database keeps us waiting for longer than a probe waits for the answer.
STORE_SECONDS = 2.0
# Whoever sends a delivery chooses the name of its event: those that nobody here knows are one.
OTHER_EVENT = "other"

NOT_CONFIGURED = "No GitHub App is configured here yet."
NO_EVENT = "The header X-GitHub-Event is missing or is not an event name."
NO_DELIVERY = "The header X-GitHub-Delivery is missing or is not an identifier."
NO_SIGNATURE = (
    "The header X-Hub-Signature-256 is missing: set the same secret in the App's settings and "
    "in GITHUB_WEBHOOK_SECRET. SHA-1 signatures are not accepted."
)
WRONG_SIGNATURE = (
    "The signature does not match the body: set the same secret in the App's settings and in "
    "GITHUB_WEBHOOK_SECRET."
)
NOT_JSON_TYPE = "The content type is {found}: choose application/json in the webhook's settings."
TOO_LARGE = "The body is larger than 25 MB."
TOO_SLOW = "The body did not arrive within 10 seconds."
STORE_FAILED = "The delivery could not be stored. ssot asks GitHub for it again by itself."
STORED = "Stored. Jobs to do: {count}."
KNOWN = "Known already: nothing more to do."
NOTHING_TO_DO = "Nothing to do for this event."

_NAME = re.compile(r"[a-z_]{1,64}", re.ASCII)
_IDENTIFIER = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
_SHA256_PREFIX = "sha256="

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Load:
    """How the service is right now; `counts` of jobs by state is None when the store is silent."""

    worker_lives: bool
    counts: Mapping[str, int] | None = None
    oldest_waiting_seconds: float = 0.0

    @property
    def is_ready(self) -> bool:
        """Tell whether deliveries are stored, and worked on."""
        return self.worker_lives and self.counts is not None


@dataclass(frozen=True, slots=True)
class Health:
    """What `/readyz` and `/metrics` ask: how the store is, and whether the worker lives.

    A store that says nothing for `patience_seconds` does not answer.
    """

    store: Store
    worker_lives: Callable[[], bool]
    patience_seconds: float = STORE_SECONDS

    async def load(self) -> Load:
        """Ask the store and the worker; of a store that fails or hangs there is nothing to tell."""
        try:
            async with asyncio.timeout(self.patience_seconds):
                counts = await self.store.counts()
                oldest = await self.store.oldest_waiting_seconds()
        except (StoreError, TimeoutError):
            return Load(self.worker_lives())
        return Load(self.worker_lives(), counts, oldest)


class Webhook:
    """Turns deliveries into durable jobs.

    `secret` verifies every delivery and cannot be empty: an empty one would accept anybody.
    """

    def __init__(
        self,
        *,
        secret: str,
        handlers: Mapping[str, EventHandler],
        store: Store,
        meter: Meter = UNMEASURED,
    ) -> None:
        if not secret:
            raise ValueError("the webhook secret is empty")
        self._meter = meter
        self._secret = secret
        self._handlers = handlers
        self._store = store
        self._slots = asyncio.Semaphore(BODIES_IN_FLIGHT)

    async def receive(self, request: web.Request) -> web.Response:
        """Answer `POST /webhook`: 202 only when all that follows from it is on disk."""
        outcome, response = await self._receive(request)
        name = request.headers.get("X-GitHub-Event", "")
        self._meter.delivery(name if name in self._handlers else OTHER_EVENT, outcome)
        return response

    async def _receive(self, request: web.Request) -> tuple[DeliveryOutcome, web.Response]:
        try:
            event = await self._verified_event(request)
            outcome, text = await self._accept(event)
        except _RefusedError as refusal:
            return DeliveryOutcome.REFUSED, _refused(request, refusal)
        except MalformedError as error:
            malformed = _RefusedError(web.HTTPBadRequest.status_code, str(error))
            return DeliveryOutcome.REFUSED, _refused(request, malformed)
        except StoreError:
            logger.exception("delivery.not_stored", extra={"fields": _headers_of(request)})
            return DeliveryOutcome.NOT_STORED, web.Response(status=500, text=STORE_FAILED)
        return outcome, web.Response(status=202, text=text)

    async def _verified_event(self, request: web.Request) -> Event:
        """Check headers, then size, then signature; only then is the body looked into."""
        name = _header(request, "X-GitHub-Event", _NAME, otherwise=NO_EVENT)
        delivery = _header(request, "X-GitHub-Delivery", _IDENTIFIER, otherwise=NO_DELIVERY)
        signature = _signature(request)
        _check_type_and_length(request)
        try:
            async with asyncio.timeout(BODY_SECONDS), self._slots:
                body = await _read(request)
        except TimeoutError:
            raise _RefusedError(408, TOO_SLOW) from None
        if not is_signed(body, secret=self._secret, signature=signature):
            raise _RefusedError(401, WRONG_SIGNATURE)
        return parse(body, name=name, delivery=delivery)

    async def _accept(self, event: Event) -> tuple[DeliveryOutcome, str]:
        handler = self._handlers.get(event.name)
        jobs = handler(event) if handler else ()
        is_new = await self._store.enqueue(jobs, delivery=event.delivery) if jobs else True
        logger.info(
            "delivery.accepted",
            extra={
                "fields": {
                    "delivery": event.delivery,
                    "event": event.name,
                    "action": event.action,
                    "repo": event.find("repository.full_name"),
                    "jobs": len(jobs) if is_new else 0,
                    "new": is_new,
                }
            },
        )
        if not jobs:
            return DeliveryOutcome.NOTHING_TO_DO, NOTHING_TO_DO
        if not is_new:
            return DeliveryOutcome.KNOWN, KNOWN
        return DeliveryOutcome.STORED, STORED.format(count=len(jobs))


def add_routes(app: web.Application, *, webhook: Webhook | None, health: Health | None) -> None:
    """Add `POST /webhook`, `GET /healthz` and `GET /readyz`.

    Without a configured App both arguments are None: the process lives, the rest answers 503.
    """

    async def is_not_configured(_request: web.Request) -> web.Response:
        return web.Response(status=503, text=NOT_CONFIGURED)

    app.router.add_post(WEBHOOK_PATH, webhook.receive if webhook else is_not_configured)
    add_probes(app, health=health)


def add_probes(app: web.Application, *, health: Health | None) -> None:
    """Add `GET /healthz` and `GET /readyz`."""

    async def is_alive(_request: web.Request) -> web.Response:
        return web.Response(text="alive")

    async def is_ready(_request: web.Request) -> web.Response:
        ready = health is not None and (await health.load()).is_ready
        return web.Response(text="ready") if ready else web.Response(status=503, text="not ready")

    app.router.add_get("/healthz", is_alive)
    app.router.add_get("/readyz", is_ready)


def is_signed(body: bytes, *, secret: str, signature: str) -> bool:
    """Tell whether `sha256=…` is the HMAC of the raw body, in constant time.

    https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    """
    expected = _SHA256_PREFIX + hmac.digest(secret.encode(), body, "sha256").hex()
    # Bytes, because `compare_digest` raises TypeError on a text that is not ASCII.
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogateescape"))


class _RefusedError(Exception):
    """A delivery that is answered with an error and otherwise forgotten."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def _header(request: web.Request, name: str, pattern: re.Pattern[str], *, otherwise: str) -> str:
    value = request.headers.get(name, "")
    if not pattern.fullmatch(value):
        raise _RefusedError(400, otherwise)
    return value


def _signature(request: web.Request) -> str:
    signature = request.headers.get("X-Hub-Signature-256", "")
    if not signature.startswith(_SHA256_PREFIX):
        raise _RefusedError(401, NO_SIGNATURE)
    return signature


def _check_type_and_length(request: web.Request) -> None:
    if request.content_type != "application/json":
        raise _RefusedError(415, NOT_JSON_TYPE.format(found=request.content_type))
    if (request.content_length or 0) > BODY_BYTES:
        raise _RefusedError(413, TOO_LARGE)


async def _read(request: web.Request) -> bytes:
    """Read the body piece by piece: a chunked one does not say its length beforehand."""
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > BODY_BYTES:
            raise _RefusedError(413, TOO_LARGE)
    return bytes(body)


def _refused(request: web.Request, refusal: _RefusedError) -> web.Response:
    fields = {**_headers_of(request), "status": refusal.status, "reason": str(refusal)}
    logger.warning("delivery.refused", extra={"fields": fields})
    return web.Response(status=refusal.status, text=str(refusal))


def _headers_of(request: web.Request) -> dict[str, str]:
    return {
        "delivery": request.headers.get("X-GitHub-Delivery", "")[:64],
        "event": request.headers.get("X-GitHub-Event", "")[:64],
    }
