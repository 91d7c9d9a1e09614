"""A history as one JSON object, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.formats import json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checks.history import Point


def render(points: Iterable[Point]) -> str:
    """Write the points, oldest first, as ASCII JSON."""
    listed = [
        {
            "rev": point.rev,
            "date": point.day.isoformat(),
            "counts": dict(point.counts),
            "files": dict(point.files),
        }
        for point in points
    ]
    return json.dump({"schema": json.SCHEMA, "points": listed})
