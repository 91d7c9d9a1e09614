"""Which headings an item stands under."""

from __future__ import annotations

import pytest

from bot.domain.checklist import headings_of, items


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("- [ ] a\n", ()),
        ("# One\n- [ ] a\n", ("One",)),
        ("# One\n\n## Two `x`\n\n- [ ] a\n", ("Two `x`", "One")),
        ("# One\n\n### Three\n\n## Two\n\n- [ ] a\n", ("Two", "One")),
        ("## Two\r\n# One\r\n- [ ] a\r\n", ("One",)),
        ("One\n===\n\nTwo\n---\n- [ ] a\n", ("Two", "One")),
        ("> # Quoted\n\n- # Listed\n\n```\n# Code\n```\n- [ ] a\n", ()),
        ("- [ ] a\n\n# Below\n", ()),
    ],
)
def test_item_stands_under_the_headings_above_it_the_nearest_first(
    body: str, expected: tuple[str, ...]
) -> None:
    assert headings_of(body, items(body)) == (expected,)
