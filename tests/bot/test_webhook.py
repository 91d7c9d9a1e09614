"""The door for deliveries, over real HTTP."""

from __future__ import annotations

import asyncio
import hmac
import io
import json
import sqlite3
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from aiohttp import web

from bot import handlers
from bot.store.sqlite import SqliteStore
from bot.webhook import BODY_BYTES, Health, Webhook, add_routes, is_signed
from tests.bot import payloads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from aiohttp.test_utils import TestClient
    from pytest_aiohttp.plugin import AiohttpClient

    Client = TestClient[web.Request, web.Application]

SECRET = "It's a Secret to Everybody"
OPENED = json.dumps(payloads.pull_request("opened")).encode()


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "queue.sqlite")
    yield store
    await store.close()


@pytest_asyncio.fixture
async def client(store: SqliteStore, aiohttp_client: AiohttpClient) -> Client:
    return await aiohttp_client(application(store))


def application(store: SqliteStore, *, worker_lives: Callable[[], bool] = bool) -> web.Application:
    app = web.Application()
    webhook = Webhook(secret=SECRET, handlers=handlers.discover(), store=store)
    add_routes(app, webhook=webhook, health=Health(store, worker_lives))
    return app


def sign(body: bytes, *, algorithm: str = "sha256", secret: str = SECRET) -> str:
    return f"{algorithm}={hmac.new(secret.encode(), body, algorithm).hexdigest()}"


def headers(body: bytes, **changes: str | None) -> dict[str, str]:
    """Make the headers of a good delivery; None leaves one out."""
    made: dict[str, str | None] = {
        "X-GitHub-Event": "pull_request",
        "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "X-Hub-Signature-256": sign(body),
        "Content-Type": "application/json",
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    return {name: value for name, value in made.items() if value is not None}


async def post(client: Client, body: bytes, **changes: str | None) -> tuple[int, str]:
    response = await client.post("/webhook", data=body, headers=headers(body, **changes))
    return response.status, await response.text()


async def waiting(store: SqliteStore) -> int:
    return (await store.counts())["waiting"]


def test_signature_of_githubs_own_example_is_accepted() -> None:
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert is_signed(b"Hello, World!", secret=SECRET, signature=signature)
    assert not is_signed(b"Hello, World?", secret=SECRET, signature=signature)
    assert not is_signed(b"Hello, World!", secret="another", signature=signature)


async def test_signed_delivery_is_stored_before_it_is_acknowledged(
    client: Client, store: SqliteStore
) -> None:
    assert await post(client, OPENED) == (202, "Stored, jobs: 1.")
    assert await waiting(store) == 1


async def test_delivery_is_acknowledged_twice_and_stored_once(
    client: Client, store: SqliteStore
) -> None:
    await post(client, OPENED)
    assert await post(client, OPENED) == (202, "Known already: nothing more to do.")
    assert await waiting(store) == 1


@pytest.mark.parametrize("event", ["ping", "marketplace_purchase"])
async def test_unknown_event_is_acknowledged_without_a_job(
    client: Client, store: SqliteStore, event: str
) -> None:
    status, _ = await post(client, OPENED, X_GitHub_Event=event)
    assert status == 202
    assert await waiting(store) == 0


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"X_GitHub_Event": None}, 400, "X-GitHub-Event is missing"),
        ({"X_GitHub_Event": "../etc"}, 400, "X-GitHub-Event is missing"),
        ({"X_GitHub_Delivery": None}, 400, "X-GitHub-Delivery is missing"),
        ({"X_GitHub_Delivery": "x" * 65}, 400, "X-GitHub-Delivery is missing"),
        ({"X_Hub_Signature_256": None}, 401, "X-Hub-Signature-256 is missing"),
        ({"X_Hub_Signature_256": ""}, 401, "X-Hub-Signature-256 is missing"),
        ({"X_Hub_Signature_256": "sha256="}, 401, "does not match"),
        ({"X_Hub_Signature_256": sign(OPENED + b" ")}, 401, "does not match"),
        ({"X_Hub_Signature_256": sign(OPENED, secret="guess")}, 401, "does not match"),
        ({"X_Hub_Signature_256": sign(OPENED).upper()}, 401, "is missing"),
        ({"X_Hub_Signature_256": sign(OPENED, algorithm="sha1")}, 401, "is missing"),
        ({"X_Hub_Signature_256": "sha256=" + "ü" * 64}, 401, "does not match"),
        (
            {"X_Hub_Signature_256": None, "X_Hub_Signature": sign(OPENED, algorithm="sha1")},
            401,
            "SHA-1 signatures are not accepted",
        ),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415, "choose application/json"),
    ],
)
async def test_delivery_that_cannot_be_trusted_is_refused_and_nothing_happens(
    client: Client,
    store: SqliteStore,
    changes: dict[str, str | None],
    status: int,
    sentence: str,
) -> None:
    answer = await post(client, OPENED, **changes)
    assert answer[0] == status
    assert sentence in answer[1]
    assert await waiting(store) == 0


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "not JSON"),
        (b'{"action": "opened"', "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b'{"action": "opened", "installation": {}}', "`installation.id` is missing"),
        (
            OPENED.replace(b'"login": "acme"', b'"login": ".."'),
            "`repository.owner.login` is missing",
        ),
        (OPENED.replace(b'"name": "engine"', b'"name": "a/../b"'), "`repository.name` is missing"),
        (OPENED.replace(b'"name": "engine"', b'"name": "a\\nb"'), "`repository.name` is missing"),
        (OPENED.replace(b'"name": "engine"', b'"name": "x.git?y"'), "`repository.name` is missing"),
        (
            b'{"action": "opened", "installation": {"id": 7}}',
            "`repository.id` is missing or not a whole number",
        ),
    ],
)
async def test_signed_body_that_makes_no_sense_is_refused_with_a_reason(
    client: Client, store: SqliteStore, body: bytes, sentence: str
) -> None:
    status, text = await post(client, body)
    assert (status, sentence in text) == (400, True), text
    assert await waiting(store) == 0


async def test_unsigned_broken_json_is_unauthorized_not_broken(client: Client) -> None:
    status, _ = await post(client, b"{", X_Hub_Signature_256=sign(b"other"))
    assert status == 401


async def test_body_said_to_be_over_25_mb_is_refused_unread(client: Client) -> None:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    lines = {**headers(b""), "Host": "x", "Content-Length": str(BODY_BYTES + 1)}
    request = "POST /webhook HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
    writer.write(request.encode() + b"\r\n")
    assert b" 413 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_chunked_body_over_25_mb_is_refused_on_the_way(
    client: Client, store: SqliteStore
) -> None:
    sent = 0

    async def stream() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent <= BODY_BYTES:
            sent += 2**20
            yield b" " * 2**20

    response = await client.post("/webhook", data=stream(), headers=headers(b""))
    assert response.status == 413
    assert await waiting(store) == 0


async def test_body_of_just_under_25_mb_is_taken(client: Client, store: SqliteStore) -> None:
    body = OPENED + b" " * (BODY_BYTES - len(OPENED))
    response = await client.post("/webhook", data=io.BytesIO(body), headers=headers(body))
    assert response.status == 202
    assert await waiting(store) == 1


async def test_at_most_eight_bodies_are_read_at_a_time(client: Client, store: SqliteStore) -> None:
    may_end = asyncio.Event()
    begun: list[int] = []

    async def slow(number: int) -> AsyncIterator[bytes]:
        yield OPENED[:10]
        begun.append(number)
        await may_end.wait()
        yield OPENED[10:]

    posts = [
        asyncio.create_task(
            client.post(
                "/webhook",
                data=slow(number),
                headers=headers(OPENED, X_GitHub_Delivery=f"d{number}"),
            )
        )
        for number in range(8)
    ]
    async with asyncio.timeout(10):
        while len(begun) < 8:  # noqa: ASYNC110 (aiohttp tells nobody that it sends)
            await asyncio.sleep(0.005)
    ninth = asyncio.create_task(post(client, OPENED, X_GitHub_Delivery="d9"))
    refused, _ = await post(client, OPENED, X_GitHub_Event=None)
    assert refused == 400  # needs no slot
    answered, _ = await asyncio.wait({ninth}, timeout=0.3)
    assert not answered
    may_end.set()
    assert {response.status for response in await asyncio.gather(*posts)} == {202}
    assert (await ninth)[0] == 202


async def test_store_that_fails_is_a_500(
    client: Client, store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    await store.close()
    assert await post(client, OPENED) == (
        500,
        "The delivery could not be stored. ssot asks GitHub for it again by itself.",
    )
    assert "delivery.not_stored" in caplog.text


async def test_unconfigured_service_answers_503_and_lives(aiohttp_client: AiohttpClient) -> None:
    app = web.Application()
    add_routes(app, webhook=None, health=None)
    client = await aiohttp_client(app)
    assert (await post(client, OPENED))[0] == 503
    assert (await client.get("/readyz")).status == 503
    assert (await client.get("/healthz")).status == 200


async def test_ready_while_the_store_answers_and_the_worker_lives(
    store: SqliteStore, aiohttp_client: AiohttpClient
) -> None:
    lives = True
    client = await aiohttp_client(application(store, worker_lives=lambda: lives))
    assert (await client.get("/readyz")).status == 200
    lives = False
    assert (await client.get("/readyz")).status == 503
    lives = True
    await store.close()
    assert (await client.get("/readyz")).status == 503
    assert (await client.get("/healthz")).status == 200


async def test_empty_secret_is_refused(store: SqliteStore) -> None:
    with pytest.raises(ValueError, match="empty"):
        Webhook(secret="", handlers={}, store=store)


async def test_not_ready_while_another_process_locks_the_store(
    store: SqliteStore, tmp_path: Path, aiohttp_client: AiohttpClient
) -> None:
    app = web.Application()
    add_routes(app, webhook=None, health=Health(store, lambda: True, patience_seconds=0.2))
    client = await aiohttp_client(app)
    other = sqlite3.connect(tmp_path / "queue.sqlite", isolation_level=None)
    other.execute("begin immediate")
    assert (await client.get("/readyz")).status == 503
    assert (await client.get("/healthz")).status == 200
    other.execute("rollback")
    other.close()
    async with asyncio.timeout(10):
        while (await client.get("/readyz")).status != 200:
            pass
