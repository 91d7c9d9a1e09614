"""Recorded deliveries of GitHub pass through the server: the right jobs, or none.

They are not part of this repository: `SSOT_DELIVERIES` names a JSON file of the form
`{"fixtures": {name: {"event": …, "payload": …}}}`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from bot import handlers
from bot.domain.jobs import JobKind
from bot.store.sqlite import SqliteStore
from bot.webhook import Health, Webhook, add_routes
from tests.bot.store.recorder import Recorder, working
from tests.bot.test_webhook import SECRET, post

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_aiohttp.plugin import AiohttpClient

RECORDED = os.environ.get("SSOT_DELIVERIES", "")
REVIEWED = [JobKind.REVIEW]
EXPECTED: Mapping[str, list[JobKind]] = {
    "pr_opened_same_repo": REVIEWED,
    "pr_opened_fork": REVIEWED,
    "pr_synchronize_fork": REVIEWED,
    "pr_sync_head_repo_null": REVIEWED,
    "pr_sync_ghost_author": REVIEWED,
    "pr_edited_base_changed": REVIEWED,
    "issues_edited": [JobKind.CENSUS],
    "merge_group_checks_requested": [JobKind.GROUP],
    "installation_created": [JobKind.INSTALLATION],
    "installation_deleted": [JobKind.PURGE],
    "installation_unsuspend": [JobKind.INSTALLATION],
    "installation_new_permissions_accepted": [JobKind.INSTALLATION],
    "installation_repositories_added": [JobKind.SWEEP],
    "installation_repositories_removed": [JobKind.PURGE],
}
# Commands, buttons, runs that name no pull request: they have tests of their own.
SPOKEN = ("comment_", "check_run_requested_action", "check_run_rerequested", "check_suite_re")


def recorded() -> dict[str, dict[str, Any]]:
    if not RECORDED:
        return {}
    found: dict[str, dict[str, Any]] = json.loads(Path(RECORDED).read_text("utf-8"))["fixtures"]
    return found


@pytest.mark.skipif(not RECORDED, reason="SSOT_DELIVERIES names no file of recorded deliveries")
@pytest.mark.parametrize("name", sorted(recorded()))
async def test_recorded_delivery_makes_the_right_jobs(
    tmp_path: Path, aiohttp_client: AiohttpClient, name: str
) -> None:
    store = SqliteStore(tmp_path / "queue.sqlite")
    app = web.Application()
    webhook = Webhook(secret=SECRET, handlers=handlers.discover(), store=store)
    add_routes(app, webhook=webhook, health=Health(store, bool))
    delivery = recorded()[name]
    body = json.dumps(delivery["payload"]).encode()
    status, _ = await post(await aiohttp_client(app), body, X_GitHub_Event=delivery["event"])
    waiting = (await store.counts())["waiting"]
    recorder = Recorder()
    async with working(store, recorder):
        await recorder.has_ended(waiting)
    await store.close()

    assert status == 202
    if not name.startswith(SPOKEN):
        assert [job.kind for job in recorder.ended] == EXPECTED.get(name, [])
