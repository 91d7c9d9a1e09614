"""The manifest asks for exactly what the service uses."""

from pathlib import Path

import yaml

from bot.handlers import discover
from bot.sandbox.github.server import EVENTS, PERMISSIONS

MANIFEST = yaml.safe_load((Path(__file__).parents[1] / "app.yaml").read_text(encoding="utf-8"))

# Which permission lets GitHub send an event; without it the manifest is refused.
# https://docs.github.com/en/webhooks/webhook-events-and-payloads
NEEDED = {
    "check_run": "checks",
    "check_suite": "checks",
    "issue_comment": "issues",
    "issues": "issues",
    "merge_group": "merge_queues",
    "pull_request": "pull_requests",
    "push": "contents",
}
# Sent to every App; a manifest that lists them is refused ("Default events unsupported").
ALWAYS_SENT = {"installation", "installation_repositories"}


def test_every_subscribed_event_has_a_handler_and_every_handler_its_event() -> None:
    assert set(MANIFEST["default_events"]) == set(discover()) - ALWAYS_SENT


def test_every_event_has_the_permission_it_needs() -> None:
    missing = [
        e for e in MANIFEST["default_events"] if NEEDED[e] not in MANIFEST["default_permissions"]
    ]

    assert missing == []


def test_permissions_are_those_that_the_readme_promises() -> None:
    assert MANIFEST["default_permissions"] == {
        "checks": "write",
        "contents": "read",
        "issues": "write",
        "merge_queues": "read",
        "metadata": "read",
        "pull_requests": "write",
    }


def test_local_github_gives_what_the_manifest_asks_for() -> None:
    assert dict(PERMISSIONS) == MANIFEST["default_permissions"]
    assert sorted(EVENTS) == sorted(MANIFEST["default_events"])
