"""`ssot jobs` and `ssot replay` find the queue of a service on PostgreSQL as well."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.store.postgres.store import PostgresStore
from tests.bot import payloads
from tests.bot.cli.queue import ONE_ATTEMPT, choose_folder, ssot
from tests.bot.jobs import review
from tests.bot.store.recorder import Recorder, working

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_queue_that_database_url_names_is_shown_mended_and_added_to(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    choose_folder(monkeypatch, tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert await ssot("jobs") == 2
    assert 'no queue in the schema "ssot" of the database' in capsys.readouterr().err

    recorder = Recorder(ValueError("unwell"))
    store = await PostgresStore.open(database_url, limits=ONE_ATTEMPT)
    await store.enqueue([review(2)])
    async with working(store, recorder):
        await recorder.has_started(1)
    assert await ssot("jobs", "failed") == 0
    assert "1 attempts  review 42#2 (acme/engine)" in capsys.readouterr().out

    file = tmp_path / "opened.json"
    file.write_text(json.dumps(payloads.pull_request("opened")))
    assert await ssot("jobs", "replay", "1") == 0
    assert await ssot("replay", str(file), "--event", "pull_request") == 0
    assert await ssot("jobs") == 0
    assert "2 waiting, 0 running, 0 done, 0 failed" in capsys.readouterr().out
    await store.close()
