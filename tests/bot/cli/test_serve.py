"""`ssot serve` tells a new user how to go on."""

from __future__ import annotations

import pytest

from bot.cli.commands.serve import _announce

TOKEN = "/setup?token=t0ken"


@pytest.mark.parametrize(
    ("url", "shown", "hint"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", False),
        ("http://0.0.0.0:8080", "http://localhost:8080", True),
        ("http://[::]:8080", "http://localhost:8080", True),
    ],
)
def test_address_that_is_printed_is_one_that_a_browser_opens(
    capsys: pytest.CaptureFixture[str], url: str, shown: str, hint: bool
) -> None:
    _announce(url, url + TOKEN)
    out, told = capsys.readouterr()
    assert out == ""
    assert f"\n    {shown}{TOKEN}\n" in told
    assert ("From another machine" in told) == hint
