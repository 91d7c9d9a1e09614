"""Values of flags that several commands take."""

from __future__ import annotations

from argparse import ArgumentTypeError

BAD_PORT = "{text!r} is no port: write a number from 0 (any free one) to 65535"
MAX_PORT = 65535


def port(text: str) -> int:
    """Read a TCP port; 0 is any free one."""
    if not (text.isascii() and text.isdigit() and int(text) <= MAX_PORT):
        raise ArgumentTypeError(BAD_PORT.format(text=text))
    return int(text)
