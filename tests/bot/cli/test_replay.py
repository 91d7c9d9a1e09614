"""`ssot replay` hands a recorded payload to a service that runs on."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.domain.jobs import JobKind
from tests.bot import payloads
from tests.bot.cli.queue import choose_folder, service, ssot
from tests.bot.store.recorder import Recorder, working

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.sqlite import SqliteStore


@pytest_asyncio.fixture
async def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqliteStore]:
    """The queue of a running service, which the environment names."""
    store = service(choose_folder(monkeypatch, tmp_path))
    yield store
    await store.close()


async def test_recorded_payload_is_enqueued_and_run(
    store: SqliteStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "opened.json"
    file.write_text(json.dumps(payloads.pull_request("opened")))
    recorder = Recorder()
    async with working(store, recorder):
        for _ in range(2):  # a payload is replayed as often as one likes
            assert await ssot("replay", str(file), "--event", "pull_request") == 0
            await recorder.has_ended(1)
            (job,) = recorder.ended
            assert (job.kind, job.key, job.head_sha) == (JobKind.REVIEW, "42#1", payloads.HEAD)
            recorder.ended.clear()

    assert capsys.readouterr().out == "enqueued: review 42#1 (acme/engine)\n" * 2


async def test_payload_is_read_from_standard_input(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.dumps(payloads.pull_request("opened")).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(body)))

    assert await ssot("replay", "-", "--event", "pull_request") == 0
    assert capsys.readouterr().out == "enqueued: review 42#1 (acme/engine)\n"


async def test_payload_with_nothing_to_do_says_so(
    store: SqliteStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "labeled.json"
    file.write_text(json.dumps(payloads.pull_request("labeled")))

    assert await ssot("replay", str(file), "--event", "pull_request") == 0
    assert capsys.readouterr().out == "nothing to do for this payload\n"


@pytest.mark.parametrize(
    ("body", "event", "sentence"),
    [
        (b"{", "pull_request", "The body is not JSON."),
        (b"[" * 100_000, "pull_request", "The body is not JSON."),
        (b"[]", "pull_request", "The body is not a JSON object."),
        (
            b'{"action": "opened", "installation": {}}',
            "pull_request",
            "`installation.id` is missing",
        ),
        (b"{}", "pull-request", "ssot does not handle the event pull-request: write one of"),
    ],
)
async def test_payload_that_makes_no_sense_is_answered_in_a_sentence(
    store: SqliteStore,
    tmp_path: Path,
    *,
    body: bytes,
    event: str,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "body.json"
    file.write_bytes(body)

    assert await ssot("replay", str(file), "--event", event) == 2
    complaint = capsys.readouterr().err
    assert sentence in complaint
    assert "Traceback" not in complaint
    assert (await store.counts())["waiting"] == 0


async def test_missing_file_is_answered_in_a_sentence(
    store: SqliteStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ssot("replay", str(tmp_path / "none.json"), "--event", "push") == 2
    assert "none.json cannot be read: No such file or directory" in capsys.readouterr().err
