"""Each known misconfiguration is told as the sentence that mends it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.github.connection import Delivered, InstalledOn, RegisteredApp, RegisteredHook
from bot.web.setup import checklist, proposal
from bot.web.setup.checklist import Asked, CheckState

ASKED = Asked(proposal.permissions(), proposal.events())
APP = RegisteredApp("ours", "https://github.com/apps/ours", ASKED.permissions, ASKED.events)
HOOK = RegisteredHook("https://ssot.example.com/webhook", "json", has_secret=True)
LOCAL = "http://127.0.0.1:8080"


def test_app_that_has_all_it_asks_for_is_known() -> None:
    more = {**ASKED.permissions, "contents": "write"}
    assert checklist.known(replace(APP, permissions=more), ASKED).state is CheckState.DONE


def test_missing_permissions_and_events_are_named() -> None:
    weak = {**ASKED.permissions, "checks": "read"}
    del weak["merge_queues"]
    lacking = checklist.known(replace(APP, permissions=weak), ASKED)
    deaf = checklist.known(replace(APP, events=ASKED.events - {"push"}), ASKED)
    assert "lacks checks: write, merge queues: read." in lacking.text
    assert (lacking.state, lacking.link) == (CheckState.WRONG, APP.html_url)
    assert "is not told about push" in deaf.text


@pytest.mark.parametrize(
    ("status", "is_clock", "told"),
    [
        (401, False, "Generate a new key in the App's settings"),
        (401, True, "Switch on time synchronisation (NTP)"),
        (404, False, "Delete /data/app.json, and start"),
    ],
)
def test_app_that_github_does_not_know_is_told_why(status: int, is_clock: bool, told: str) -> None:
    assert told in checklist.refused(status, "no", is_clock=is_clock, path="/data/app.json").text


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (0, "Check that the name is right, that the firewall lets the port through"),
        (301, "redirects (301), and GitHub does not follow"),
        (401, "Set the same in both places"),
        (404, "Something else answers at https://ssot.example.com/webhook (404)"),
        (405, "hand the path /webhook on to http://127.0.0.1:8080/webhook"),
        (500, "look into its log"),
        (502, "Let it forward to http://127.0.0.1:8080/webhook"),
        (503, "A proxy answers at"),
        (504, "did not answer GitHub in time"),
    ],
)
def test_newest_delivery_that_failed_is_told_how_to_mend(code: int, told: str) -> None:
    delivered = [Delivered(2, "installation", code), Delivered(1, "ping", 202)]
    check = checklist.arrives(HOOK, delivered, local=LOCAL)
    assert check.state is CheckState.WRONG
    assert told in check.text


def test_deliveries_arrive_when_the_newest_one_did() -> None:
    delivered = [Delivered(2, "installation", 202), Delivered(1, "ping", 503)]
    check = checklist.arrives(HOOK, delivered, local=LOCAL)
    assert (check.state, "installation" in check.text) == (CheckState.DONE, True)


@pytest.mark.parametrize("delivered", [[], [Delivered(1, "ping", 503)]])
def test_nothing_or_a_greeting_before_the_credentials_is_no_failure(
    delivered: list[Delivered],
) -> None:
    assert checklist.arrives(HOOK, delivered, local=LOCAL).state is CheckState.WAITING


def test_hook_without_secret_or_with_forms_is_wrong() -> None:
    unsigned = checklist.arrives(replace(HOOK, has_secret=False), [], local=LOCAL)
    forms = checklist.arrives(replace(HOOK, content_type="form"), [], local=LOCAL)
    assert "GITHUB_WEBHOOK_SECRET" in unsigned.text
    assert "application/json" in forms.text


def test_app_has_to_be_installed_and_not_suspended() -> None:
    nowhere = checklist.installed(APP, [])
    suspended = checklist.installed(APP, [InstalledOn(1, "acme", suspended=True)])
    both = [InstalledOn(1, "acme", suspended=True), InstalledOn(2, "zoo", suspended=False)]
    assert nowhere.link == "https://github.com/apps/ours/installations/new"
    assert "acme suspended it" in suspended.text
    assert checklist.installed(APP, both).text == "On zoo."


def test_repository_with_a_config_is_named() -> None:
    assert checklist.configured("acme/shop", is_installed=True).text == "Found in acme/shop."
    assert "`ssot init`" in checklist.configured("", is_installed=True).text
    assert "once the App is installed" in checklist.configured("", is_installed=False).text
