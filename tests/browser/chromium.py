"""Chromium through its own driver: nothing is downloaded, nothing of a visit is kept."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from selenium.webdriver import Chrome, ChromeOptions, ChromeService

if TYPE_CHECKING:
    from collections.abc import Iterator

BROWSER = Path("/usr/bin/chromium")
DRIVER = Path("/usr/bin/chromedriver")
NOT_INSTALLED = "no Chromium to look at the pages with: apt-get install chromium chromium-driver"
# `required` where a gate has installed it, and nobody would read why tests were skipped.
SETTING = "SSOT_BROWSER"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoneFoundError(Exception):
    """There is no Chromium, and the text says what to install."""


def is_required() -> bool:
    """Tell whether a missing browser is a failure."""
    return os.environ.get(SETTING) == "required"


@contextmanager
def started() -> Iterator[Chrome]:
    """Start a browser with an empty profile; NoneFoundError where none is installed."""
    if not (BROWSER.exists() and DRIVER.exists()):
        raise NoneFoundError(NOT_INSTALLED)
    with tempfile.TemporaryDirectory(prefix="ssot-", ignore_cleanup_errors=True) as profile:
        options = ChromeOptions()
        options.binary_location = str(BROWSER)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = Chrome(options=options, service=ChromeService(str(DRIVER)))
        try:
            yield driver
        finally:
            driver.quit()
