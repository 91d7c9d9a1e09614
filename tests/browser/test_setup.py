"""A service is connected to GitHub in the browser."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import faults
from tests.browser.visitor import NARROW, WIDE, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDING_SECONDS = 20
# What Chromium has to say of a form that comes back with its mistakes.
MISTAKEN = "422 (Unprocessable Entity)"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """What `ssot serve` prints where it has no credentials."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "DATABASE_"))}
    with subprocess.Popen(
        (sys.executable, "-m", "bot", "serve", "--port", "0"),
        env={**clean, "SSOT_DATA_DIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stderr is not None
        try:
            lines = iter(child.stderr)
            yield next(line.strip() for line in lines if "/setup?token=" in line)
        finally:
            # Whoever writes into a pipe that nobody reads stands still.
            threading.Thread(target=list, args=(lines,)).start()
            child.send_signal(signal.SIGTERM)
            child.wait(ENDING_SECONDS)


def test_service_is_connected_by_pressing_buttons(visitor: Visitor, address: str) -> None:
    github, service = visitor.url, Visitor(visitor.driver, "")
    service.open(address)
    assert_fit(service)
    fill_in(service, address="http://localhost:1", organization="Acme Inc.", name="x" * 35)
    service.press("Continue")
    service.find("[role=alert]", "Something has to be different")
    assert_fit(service)
    reached = re.sub("/setup.*", "", address)
    fill_in(service, address=reached, organization="acme", name="Browsed", github=github)
    service.press("Continue")
    assert_fit(service)
    service.press("Create the App on GitHub")
    assert_fit(service)
    service.press("Create GitHub App for acme")
    # Only the script of the page brings this: the greeting is repeated after the first look.
    service.find("li", "The last one (ping) was taken at")
    assert_fit(service)
    service.press("Install it on GitHub")
    # Not pressed: the sandbox belongs to all tests, and its pull requests to one App.
    service.find("h1", "Install Browsed")
    assert_fit(service)
    assert [one for one in service.complaints() if MISTAKEN not in one] == []


def fill_in(visitor: Visitor, **fields: str) -> None:
    """Type into the fields of the form, those that are folded away too."""
    visitor.script("document.querySelector('details').open = true")
    for name, text in fields.items():
        field = visitor.driver.find_element("id", name)
        field.clear()
        field.send_keys(text)


def assert_fit(visitor: Visitor) -> None:
    """Hold a page against what holds for each: no grave fault, no sideways scrolling."""
    for scheme, width in (("light", WIDE), ("dark", NARROW)):
        visitor.look(scheme=scheme, width=width)
        assert faults(visitor) == [], f"{scheme}, {width} px"
        assert visitor.script("return document.documentElement.scrollWidth") <= width
