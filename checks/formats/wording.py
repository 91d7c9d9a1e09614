"""How a person reads counts and commits, in every output of the terminal."""

from __future__ import annotations

SHORT_ID = 12


def counted(count: int, noun: str) -> str:
    """Write a count with its noun: `1 file`, `1,200 files`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def short_id(commit: str) -> str:
    """Write as much of a commit's id as tells it from all others."""
    return commit[:SHORT_ID]
