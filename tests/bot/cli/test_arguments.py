"""Values that several commands take."""

from __future__ import annotations

import pytest

from bot.cli.entry import parser


@pytest.mark.parametrize("command", ["serve", "sandbox"])
def test_port_is_read_as_a_number(command: str) -> None:
    assert parser().parse_args([command, "--port", "8080"]).port == 8080
    assert parser().parse_args([command, "--port", "0"]).port == 0


@pytest.mark.parametrize("text", ["-1", "65536", "http", "", "8 0", "٣"])
def test_wrong_port_is_a_usage_error(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parser().parse_args(["serve", f"--port={text}"])
    assert stop.value.code == 2
    assert "is not a port" in capsys.readouterr().err


def test_what_no_flag_says_is_left_to_the_environment() -> None:
    arguments = parser().parse_args(["serve"])
    assert arguments.host is None
    assert arguments.port is None
