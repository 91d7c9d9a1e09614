"""Somebody in front of the browser: opens pages, types, presses, and waits for what shows."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

PATIENCE_SECONDS = 20.0
BEAT_SECONDS = 0.05
WIDE = 1280
NARROW = 375
HEIGHT = 900
# What is gone from the page between two looks Chromium's driver tells in more than one way.
_GONE = (WebDriverException,)


@dataclass(frozen=True)
class Visitor:
    """A person at the pages below `url`."""

    driver: Chrome
    url: str

    def open(self, path: str) -> None:
        """Load a page anew, also where only the fragment of its address is another."""
        self.driver.get("about:blank")
        self.driver.get(self.url + path)

    def look(self, *, scheme: str = "light", width: int = WIDE, height: int = HEIGHT) -> None:
        """Prefer light or dark, on a screen of so many CSS pixels."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self._command("Emulation.setEmulatedMedia", {"features": [feature]})
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._command("Emulation.setDeviceMetricsOverride", size)

    def allow_scripts(self, allowed: str) -> None:
        """Let pages run scripts, or not: `yes` or `no`."""
        self._command("Emulation.setScriptExecutionDisabled", {"value": allowed == "no"})

    def all(self, selector: str) -> list[WebElement]:
        """Give what a CSS selector finds now."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def find(self, selector: str, text: str = "") -> WebElement:
        """Wait for the first visible element that a selector finds and that holds a text."""
        found: WebElement = self.until(
            lambda: self._visible(selector, text), f"{selector} with {text!r}"
        )
        return found

    def until(self, condition: Callable[[], Any], awaited: str = "the condition") -> Any:
        """Wait until a condition gives something; pages may change under it."""
        waiting = WebDriverWait(self.driver, PATIENCE_SECONDS, BEAT_SECONDS, _GONE)
        return waiting.until(lambda _: condition(), f"not shown: {awaited}")

    def press(self, label: str, within: str = "main") -> None:
        """Press a button or link by its words, and wait for the page that answers."""
        before = self.driver.find_element(By.TAG_NAME, "html")
        # The page may have been replaced between finding and pressing.
        self.until(lambda: self._pressed(f"{within} button, {within} a", label), label)
        self.until(lambda: _is_gone(before), "another page")

    def unfold(self, label: str) -> None:
        """Open what is folded away under these words."""
        self.until(lambda: self._pressed("main summary", label), label)

    def write(self, selector: str, text: str) -> None:
        """Put a text into the field that a selector finds, in place of what stands there."""
        field = self.find(selector)
        field.clear()
        field.send_keys(text)

    def keys(self, *keys: str) -> WebElement:
        """Press keys one after the other, and return what then has the focus."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)
        return self.driver.switch_to.active_element

    def act_as(self, login: str) -> None:
        """Switch the person, on the page that is open."""
        Select(self.find("header select")).select_by_value(login)
        self.press("Switch", "header")

    def script(self, text: str, *arguments: object) -> Any:
        """Run a script in the page and return what it returns."""
        return self.driver.execute_script(text, *arguments)

    def picture(self, target: Path, last: str = "html") -> None:
        """Write a picture of the page down to the end of an element."""
        width, height = self.script(
            "const end = document.querySelector(arguments[0]).getBoundingClientRect().bottom;"
            "return [innerWidth, Math.ceil(end + scrollY + 24)]",
            last,
        )
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = self._command(
            "Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True}
        )
        target.write_bytes(base64.b64decode(shot["data"]))

    def complaints(self) -> list[str]:
        """Give what the browser had to say against the pages since it was asked last."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def _visible(self, selector: str, text: str) -> WebElement | None:
        found = self.all(selector)
        return next((one for one in found if text in one.text and one.is_displayed()), None)

    def _pressed(self, selector: str, label: str) -> bool:
        found = self._visible(selector, label)
        if found is not None:
            found.click()
        return found is not None

    def _command(self, name: str, parameters: dict[str, Any]) -> Any:
        return self.driver.execute_cdp_cmd(name, parameters)


def _is_gone(element: WebElement) -> bool:
    try:
        element.is_enabled()
    except _GONE:
        return True
    return False
