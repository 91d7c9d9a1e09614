"""Logs are lines with fields, and hold no secret."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from bot import logs
from bot.domain.context import about
from bot.logs import UNWRITABLE, LogFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "ghs_" + "a1B2" * 10
logger = logging.getLogger("bot.test")


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)
    threading.excepthook = threading.__excepthook__


@pytest.fixture(params=list(LogFormat))
def stream(request: pytest.FixtureRequest) -> io.StringIO:
    stream = io.StringIO()
    logs.configure(log_format=request.param, level="INFO", stream=stream)
    return stream


def test_text_line_names_the_event_and_its_fields() -> None:
    stream = io.StringIO()
    logs.configure(log_format=LogFormat.TEXT, level="INFO", stream=stream)
    logger.info("job.done", extra={"fields": {"key": "42#1", "seconds": 0.5, "why": "a b\nc"}})
    line = stream.getvalue().split(" ", 1)[1]
    assert line == 'info    job.done key=42#1 seconds=0.5 why="a b\\nc"\n'


def test_json_line_holds_the_event_and_its_fields() -> None:
    stream = io.StringIO()
    logs.configure(log_format=LogFormat.JSON, level="INFO", stream=stream)
    logger.info("job.done", extra={"fields": {"key": "42#1", "seconds": 0.5, "new": None}})
    line = json.loads(stream.getvalue())
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "bot.test",
        "event": "job.done",
        "key": "42#1",
        "seconds": 0.5,
        "new": None,
    }


def test_secret_is_written_nowhere(stream: io.StringIO) -> None:
    try:
        raise ValueError(f"cannot use {TOKEN}")
    except ValueError:
        logger.exception("bad %s", TOKEN, extra={"fields": {"token": TOKEN, "list": [TOKEN]}})
    written = stream.getvalue()
    assert TOKEN not in written
    assert written.count("[redacted]") == 4
    assert "ValueError" in written


def test_fields_of_strangers_make_no_second_line(stream: io.StringIO) -> None:
    logger.info("delivery.refused", extra={"fields": {"event": "x\n2026 info forged"}})
    assert stream.getvalue().count("\n") == 1


def test_what_is_worked_on_stands_in_every_line_below() -> None:
    stream = io.StringIO()
    logs.configure(log_format=LogFormat.JSON, level="INFO", stream=stream)
    with about({"job": 7, "attempt": 1}):
        with about({"repo": "acme/engine"}):
            logger.info("inside", extra={"fields": {"attempt": 2}})
        logger.info("outside")
    inside, outside = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (inside["job"], inside["attempt"], inside["repo"]) == (7, 2, "acme/engine")
    assert (outside["job"], "repo" in outside) == (7, False)


def test_everything_that_goes_wrong_anywhere_is_one_json_object_a_line() -> None:
    written = _stderr_of("json")
    lines = [json.loads(line, parse_constant=pytest.fail) for line in written.splitlines()]
    told = {(line["logger"], line["event"].partition("\n")[0]) for line in lines}
    assert {
        ("aiohttp.server", "Error handling request from 127.0.0.1"),
        ("asyncio", "Task exception was never retrieved"),
        ("bot.logs", "thread.died"),
        ("procrastinate.worker", "ended"),
        ("somebody", UNWRITABLE),
    } <= told
    assert sum("ValueError" in line.get("exception", "") for line in lines) == 3
    assert any(line["logger"] == "py.warnings" for line in lines)
    assert TOKEN not in written


def test_secret_of_whatever_goes_wrong_is_in_no_text_either() -> None:
    written = _stderr_of("text")
    assert written.count("[redacted]") >= 5
    assert TOKEN not in written


def _stderr_of(log_format: str) -> str:
    command = [sys.executable, "-m", "tests.bot.log_everything", log_format]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stderr


def test_text_of_strangers_in_a_traceback_makes_no_event(stream: io.StringIO) -> None:
    try:
        raise ValueError("no\n2026-01-01T00:00:00.000+00:00 info    forged")
    except ValueError:
        logger.exception("job.failed")
    assert sum(line[:1] in "2{" for line in stream.getvalue().splitlines()) == 1


def test_level_is_kept(stream: io.StringIO) -> None:
    logger.debug("too.much")
    assert stream.getvalue() == ""


def test_each_request_is_not_logged(stream: io.StringIO) -> None:
    logging.getLogger("aiohttp.access").info("GET /")
    assert stream.getvalue() == ""
