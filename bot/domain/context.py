"""What is being worked on right now: told once, and said in every line of the log below it."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FIELDS: ContextVar[Mapping[str, object]] = ContextVar("fields")


@contextmanager
def about(fields: Mapping[str, object]) -> Iterator[None]:
    """Have everything that is logged inside the block tell these fields; tasks inherit them."""
    token = _FIELDS.set({**known(), **fields})
    try:
        yield
    finally:
        _FIELDS.reset(token)


def known() -> Mapping[str, object]:
    """Return the fields of what is being worked on."""
    return _FIELDS.get({})
