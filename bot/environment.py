"""Variables of the environment, read one after the other, with all that is wrong about them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

BAD_URL = "{name} is {found!r}: it must look like https://github.example.com."
BAD_NUMBER = "{name} is {found!r}: it must be a whole number from {least} to {most}."
BAD_CHOICE = "{name} is {found!r}: it must be one of {choices}."


class Variables:
    """What variables say; notes in `problems` what is wrong, and goes on with the default."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._kept: Mapping[str, str] = {}
        self.problems: list[str] = []

    def fall_back(self, kept: Mapping[str, str]) -> None:
        """Take from now on what is missing from there."""
        self._kept = kept

    def text(self, name: str) -> str:
        """Read a text without blanks around it, `""` by default."""
        return self._environ.get(name, "").strip() or self._kept.get(name, "").strip()

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        """Read a whole number between two others, which it may equal."""
        found = self.text(name)
        if not found:
            return default
        if found.isascii() and found.isdigit() and least <= float(found) <= most:
            return int(found)
        self.problems.append(BAD_NUMBER.format(name=name, found=found, least=least, most=most))
        return default

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """Read one of the choices in any case; the first of them is the default."""
        found = self.text(name)
        chosen = next((choice for choice in choices if choice.lower() == found.lower()), None)
        if found and chosen is None:
            known = ", ".join(choices)
            self.problems.append(BAD_CHOICE.format(name=name, found=found, choices=known))
        return chosen or choices[0]

    def url(self, name: str, default: str) -> str:
        """Read the address of a server, without a slash at its end."""
        found = self.text(name).rstrip("/")
        if not found or _is_plain_url(found):
            return found or default
        self.problems.append(BAD_URL.format(name=name, found=found))
        return default


def _is_plain_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    extras = parts.query or parts.fragment or "@" in parts.netloc
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not extras
