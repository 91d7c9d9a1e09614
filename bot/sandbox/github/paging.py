"""Pages of a listing: `per_page`, `page`, and the `Link` header that leads on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from bot.sandbox.github.answers import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.sandbox.github.operations import Call

    Item = TypeVar("Item")

DEFAULT_PER_PAGE = 30
MAX_PER_PAGE = 100


def listing(
    call: Call, url: str, items: Sequence[Item], render: Callable[[Item], object]
) -> Answer:
    """Answer one page of `items` as a bare array."""
    page, links = page_of(call, url, items)
    return Answer(200, [render(item) for item in page], links)


def counted(
    call: Call, url: str, items: Sequence[Item], *, key: str, render: Callable[[Item], object]
) -> Answer:
    """Answer one page of `items` under `key`, beside `total_count`."""
    page, links = page_of(call, url, items)
    body = {"total_count": len(items), key: [render(item) for item in page]}
    return Answer(200, body, links)


def page_of(call: Call, url: str, items: Sequence[Item]) -> tuple[Sequence[Item], dict[str, str]]:
    """Cut the asked page out of `items`; return it with the headers that link the others."""
    per_page = min(natural(call, "per_page", DEFAULT_PER_PAGE), MAX_PER_PAGE)
    number = natural(call, "page", 1)
    last = max(1, -(-len(items) // per_page))
    targets = {}
    if number > 1:
        targets["prev"], targets["first"] = number - 1, 1
    if number < last:
        targets["next"], targets["last"] = number + 1, last
    links = ", ".join(
        f'<{url}?{urlencode({**call.query, "page": str(target)})}>; rel="{rel}"'
        for rel, target in targets.items()
    )
    headers = {"Link": links} if links else {}
    return items[(number - 1) * per_page : number * per_page], headers


def natural(call: Call, name: str, default: int) -> int:
    """Read a positive number from the query; GitHub ignores nonsense."""
    text = call.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and int(text) > 0 else default
