"""A verified delivery, before anything was decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One webhook delivery: GitHub's GUID, event name and action (`""` if none), raw payload.

    The payload is the only dict that travels: handlers turn it into jobs.
    """

    delivery: str
    name: str
    action: str
    payload: Payload
