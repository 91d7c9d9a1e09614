"""`ssot jobs` shows and mends the queue of a service that runs on."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.cli.entry import run
from bot.domain.errors import NotBeforeError
from tests.bot.cli.queue import choose_folder, service, ssot
from tests.bot.jobs import review
from tests.bot.store.recorder import Recorder, working

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.sqlite import SqliteStore

FAR_AWAY = 4_000_000_000.0


@pytest_asyncio.fixture
async def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqliteStore]:
    """The queue of a running service, which the environment names."""
    store = service(choose_folder(monkeypatch, tmp_path))
    yield store
    await store.close()


async def test_running_and_waiting_jobs_are_listed(
    store: SqliteStore, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder = Recorder()
    recorder.hold()
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(1)
        await store.enqueue([review(1)])  # waits for the other of its key
        await store.enqueue([review(2)], not_before=FAR_AWAY)
        assert await ssot("jobs") == 0
        recorder.release()
        await recorder.has_ended(2)

    assert [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()] == [
        "2 waiting, 1 running, 0 done, 0 failed",
        "1 running review 42#1 (acme/engine)",
        "2 waiting due for 0 s review 42#1 (acme/engine)",
        "3 waiting not before 2096-10-02T07:06:40Z review 42#2 (acme/engine)",
    ]


async def test_list_is_there_for_programs(
    store: SqliteStore, capsys: pytest.CaptureFixture[str]
) -> None:
    before = time.time()
    await store.enqueue([review(1)])
    await ssot("jobs", "list", "--format", "json")

    told = json.loads(capsys.readouterr().out)
    (job,) = told["jobs"]
    assert told["schema"] == 1
    assert told["counts"] == {"waiting": 1, "running": 0, "done": 0, "failed": 0}
    assert 0 <= job.pop("age_seconds") <= time.time() - before
    assert job.pop("not_before").endswith("Z")
    assert job == {
        "id": 1,
        "kind": "review",
        "key": "42#1",
        "installation": 7,
        "repository": "acme/engine",
        "number": 1,
        "state": "waiting",
        "attempts": 0,
        "error": "",
    }


async def test_job_that_waits_after_an_error_says_which(
    store: SqliteStore, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder = Recorder(NotBeforeError(FAR_AWAY, "asked too often"))
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(1)
    assert await ssot("jobs") == 0

    assert [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()[1:]] == [
        "1 waiting not before 2096-10-02T07:06:40Z review 42#1 (acme/engine)",
        "NotBeforeError: asked too often",
    ]


async def test_failed_job_is_listed_with_its_error_and_runs_again_when_told(
    store: SqliteStore, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder = Recorder(ValueError("no such\x1b[2J tree"))
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(1)
    assert await ssot("jobs", "failed") == 0
    assert await ssot("jobs", "replay", "1") == 0

    shown = capsys.readouterr().out
    assert r"ValueError: no such\x1b[2J tree" in shown
    assert "1 attempts  review 42#1 (acme/engine)" in shown
    assert "job 1 waits to run again" in shown
    assert (await store.counts())["waiting"] == 1


async def test_service_at_rest_finds_what_was_told_to_run_again(store: SqliteStore) -> None:
    recorder = Recorder(ValueError("unwell"))
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(1)
        while await ssot("jobs", "replay", "1"):
            pass  # it is about to fail
        await recorder.has_ended(1)


async def test_failure_is_there_for_programs(
    store: SqliteStore, capsys: pytest.CaptureFixture[str]
) -> None:
    await store.enqueue([review(1)])
    recorder = Recorder(ValueError("unwell"))
    async with working(store, recorder):
        await recorder.has_started(1)
    await ssot("jobs", "failed", "--format", "json")

    (job,) = json.loads(capsys.readouterr().out)["jobs"]
    assert (job["error"], job["attempts"], job["state"]) == ("ValueError: unwell", 1, "failed")


async def test_long_list_says_that_there_is_more(
    store: SqliteStore, capsys: pytest.CaptureFixture[str]
) -> None:
    await store.enqueue([review(number) for number in range(1, 6)])
    await ssot("jobs", "--limit", "2")

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[-1] == "and 3 more: --limit shows them"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["replay", "7"], "there is no failed job 7: `ssot jobs failed` lists them"),
        (["replay"], "name the job to run again"),
        (["list", "7"], "`ssot jobs list` takes no ID"),
    ],
)
async def test_mistake_is_answered_in_a_sentence(
    store: SqliteStore, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ssot("jobs", *words) == 2
    assert sentence in capsys.readouterr().err


def test_missing_queue_is_a_sentence_and_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    choose_folder(monkeypatch, tmp_path)
    assert run(["jobs"]) == 2
    assert f"There is no queue at {tmp_path}/queue.sqlite yet" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_looked_into_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    choose_folder(monkeypatch, tmp_path / "file")
    assert run(["jobs"]) == 2
    assert "cannot be opened: Not a directory. Check SSOT_DATA_DIR" in capsys.readouterr().err


def test_damaged_queue_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    choose_folder(monkeypatch, tmp_path).write_text("not a database, and longer than a header" * 9)
    assert run(["jobs"]) == 2
    assert "file is not a database" in capsys.readouterr().err
