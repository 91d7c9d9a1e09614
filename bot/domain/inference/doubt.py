"""Why no criterion is proposed for an item."""

from __future__ import annotations


class DoubtError(Exception):
    """An item says something else, or nothing certain; `str` tells why, in a clause.

    It quotes what others wrote: show it as foreign text.
    """
