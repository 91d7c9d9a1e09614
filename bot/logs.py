"""Logs are events with fields, one line each; what looks like a secret is never written.

An event is logged as `logger.info("delivery.accepted", extra={"fields": {...}})`.
"""

from __future__ import annotations

import json
import logging
import math
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from textwrap import indent
from typing import TYPE_CHECKING

from bot.domain.context import known
from bot.domain.redaction import redact

if TYPE_CHECKING:
    from typing import TextIO

UNWRITABLE = "log.unwritable"


class LogFormat(StrEnum):
    """How a line looks: for a person or for a machine."""

    TEXT = "text"
    JSON = "json"


def configure(*, log_format: LogFormat, level: str, stream: TextIO = sys.stderr) -> None:
    """Let every logger of the process write to one stream."""
    handler = _Lines(stream)
    handler.setFormatter(_JsonLine() if log_format is LogFormat.JSON else _TextLine())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # One line per request, with the address of the sender, is the proxy's business.
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    threading.excepthook = _log_end_of_thread


class _Lines(logging.StreamHandler["TextIO"]):
    """Writes a record that cannot be written, such as one with a wrong `%s`, as a line too."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        fields = {"place": f"{record.pathname}:{record.lineno}", "error": repr(sys.exc_info()[1])}
        about = logging.LogRecord(record.name, logging.ERROR, "", 0, UNWRITABLE, None, None)
        about.fields = fields
        with suppress(OSError, ValueError):  # the stream is closed
            self.stream.write(self.format(about) + self.terminator)
            self.flush()


class _JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _time_of(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_fields_of(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = record.stack_info
        # Redacted value by value: in the finished line a secret may be hidden by its escapes.
        return json.dumps({name: _printable(value) for name, value in line.items()})


class _TextLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={_quoted(value)}" for name, value in _fields_of(record).items())
        message = redact(record.getMessage())
        line = f"{_time_of(record)} {record.levelname.lower():7} {message}{fields}"
        if record.exc_info:
            # Indented, so that no text of a stranger in it begins a line as an event does.
            line += "\n" + indent(redact(self.formatException(record.exc_info)), "  ")
        return line


def _log_end_of_thread(end: threading.ExceptHookArgs) -> None:
    if end.exc_value is not None:
        trace = (end.exc_type, end.exc_value, end.exc_traceback)
        logging.getLogger(__name__).error("thread.died", exc_info=trace)


def _time_of(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _fields_of(record: logging.LogRecord) -> dict[str, object]:
    fields = getattr(record, "fields", None)
    return {**known(), **(fields if isinstance(fields, dict) else {})}


def _printable(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):  # JSON knows no others
        return value
    return redact(str(value))


def _quoted(value: object) -> str:
    """Keep one event on one line, whatever a stranger put into a field."""
    text = str(_printable(value))
    return text if text.isprintable() and " " not in text and text else json.dumps(text)
