"""Sentences as pages show them: what stands between backticks is code, nothing else is markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.domain.markdown import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTED = re.compile(r"`([^`]+)`")
_CODE = Markup("<code>{}</code>")


def prose(text: str) -> Markup:
    """Render a sentence, foreign words in it escaped and what hides in them made visible."""
    return Markup("").join(_parts(text))


def _parts(text: str) -> Iterator[Markup]:
    for index, part in enumerate(_QUOTED.split(text)):
        shown = visible(part)
        yield _CODE.format(shown) if index % 2 else Markup("{}").format(shown)
