"""A census as one JSON object, for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from checks.formats import json

if TYPE_CHECKING:
    from checks.census import Census


def render(census: Census, *, seconds: float) -> str:
    """Write the census as ASCII JSON."""
    return json.dump(
        {
            "schema": json.SCHEMA,
            "rev": census.rev,
            "findings": [json.finding(finding) for finding in census.findings],
            "counts": dict(census.counts),
            "files": dict(census.files),
            "skipped": [{"path": each.path, "reason": each.reason} for each in census.skipped],
            "crashes": [asdict(crash) for crash in census.crashes],
            "stats": {
                "files": len(census.paths),
                "files_analyzed": census.files_analyzed,
                "seconds": round(seconds, 3),
            },
        }
    )
