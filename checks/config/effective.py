"""What a config comes to: every setting with its value and the line that says so, if any does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.config.document import read
from checks.config.problems import key_text
from checks.config.validation import validate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.config.document import Document
    from checks.config.problems import KeyPath

SEVERITY = "severity"


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the file, its value as the file spells it, and its line: 0 for a default."""

    key: str
    value: str
    line: int


def effective(text: bytes | str) -> tuple[Setting, ...]:
    """List all settings of a valid config, defaults included, in the order of the schema.

    What has no value, given or by default, is left out. Raise ConfigError as `parse` does.
    """
    document = read(text)
    file, _ = validate(document)
    if file is None:
        return ()
    values = file.model_dump(mode="json", by_alias=True)
    return tuple(_settings(values, (), document))


def _settings(value: Any, path: KeyPath, document: Document) -> Iterator[Setting]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _settings(inner, (*path, key), document)
    elif isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        for index, entry in enumerate(value):
            yield from _settings(entry, (*path, index), document)
    elif value not in (None, "", []):
        yield Setting(key_text(path), _spelled(value), _line(path, document))


def _line(path: KeyPath, document: Document) -> int:
    if path in document.keys:
        return document.keys[path].line
    # `rule: off` is short for a mapping that holds nothing but the severity.
    *above, last = path
    short = tuple(above)
    if last == SEVERITY and short in document.keys and not _holds_keys(short, document):
        return document.keys[short].line
    return 0


def _holds_keys(path: KeyPath, document: Document) -> bool:
    return any(known[:-1] == path for known in document.keys)


def _spelled(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_spelled, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
