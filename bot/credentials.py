"""What GitHub gave the set-up page, kept in the data folder: settings by their names."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "app.json"


class CredentialsError(Exception):
    """The file is there and cannot be read, or cannot be written; the text says why."""


def path(folder: Path) -> Path:
    """Name the file in a data folder."""
    return folder / FILE


def read(folder: Path) -> dict[str, str]:
    """Read what is kept, nothing when there is no file."""
    try:
        kept = json.loads(path(folder).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise CredentialsError(error.strerror) from error
    except ValueError as error:
        raise CredentialsError("it is not JSON") from error
    if not isinstance(kept, dict) or not all(isinstance(one, str) for one in kept.values()):
        raise CredentialsError("it is no JSON object of texts")
    return kept


def write(folder: Path, values: Mapping[str, str]) -> None:
    """Keep the values, for nobody else to read; all of them or, when this fails, none."""
    try:
        _replace(path(folder), json.dumps(dict(values), indent=2) + "\n")
    except OSError as error:
        raise CredentialsError(error.strerror) from error


def _replace(file: Path, text: str) -> None:
    # `mkstemp` makes a file that only its owner can read and write.
    descriptor, name = tempfile.mkstemp(prefix=file.name, dir=file.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as new:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
