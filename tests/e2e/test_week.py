"""A week of life: fifty pushes to one pull request, and how often people were called."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from tests.e2e.world import World

PUSHES = 50
NAMES = ("plans", "billing", "refunds", "stock")
IMPORT = "from shop.legacy.engine import OldEngine\n"
FIGURES = (
    "{pushes} pushes: {comments} comments in {reviews} notifications, and {edits} silent edits;"
    " delete-and-repost: {reposted} comments in {rounds} notifications"
)


@dataclass
class Author:
    """Somebody who works on a branch: what its files hold, and what was counted on the way."""

    lines: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))
    broken: set[str] = field(default_factory=lambda: {"plans", "billing"})
    ever_broken: set[str] = field(default_factory=lambda: {"plans", "billing"})

    def files(self) -> dict[str, str | bytes | None]:
        return {f"shop/{name}.py": self._text(name) for name in NAMES}

    def shift(self, push: int) -> None:
        """Add a line above everything in one file."""
        self.lines[NAMES[push % len(NAMES)]] += 1

    def toggle(self, push: int) -> None:
        """Fix what a file imports, or break it, perhaps again."""
        name = NAMES[push // 5 % len(NAMES)]
        self.broken ^= {name}
        self.ever_broken |= self.broken

    def _text(self, name: str) -> str:
        body = "".join(f"def {name}_{n}():\n    return {n}\n" for n in range(12))
        return "import json\n" * self.lines[name] + (IMPORT if name in self.broken else "") + body


def _steps(author: Author) -> Iterator[tuple[Callable[[int], None], bool]]:
    """Shift on most pushes, fix or break on every fifth, force every seventh."""
    for push in range(PUSHES):
        yield (author.toggle if push % 5 == 4 else author.shift), push % 7 == 6


async def test_a_week_of_pushes_calls_people_for_what_is_new_alone(
    shop: World, capsys: pytest.CaptureFixture[str]
) -> None:
    author, base = Author(), shop.github.state.git(shop.repository.id).branch("main")
    await shop.open(author.files())
    standing = [len(author.broken)]
    for push, (step, forced) in enumerate(_steps(author)):
        step(push)
        await shop.push(author.files(), **({"onto": base} if forced else {}))
        standing.append(len(author.broken))
        assert shop.verdict()[1] == ("failure" if author.broken else "success")

    edits = [one for one in shop.writes() if one.startswith("PATCH") and "/comments/" in one]
    with capsys.disabled():
        print()
        print(_figures(shop, standing, edits=len(edits)))
    # One comment for each place that was ever broken, however often it moved or came back.
    assert len(shop.comments()) == len(author.ever_broken)
    assert len(shop.reviews()) <= len(author.ever_broken)
    assert shop.conversation() == []
    # The first comment of a finding is the only one that calls anybody.
    assert len(shop.comments()) * 10 <= sum(standing)


def _figures(shop: World, standing: list[int], *, edits: int) -> str:
    return FIGURES.format(
        pushes=PUSHES,
        reviews=len(shop.reviews()),
        comments=len(shop.comments()),
        edits=edits,
        reposted=sum(standing),
        rounds=sum(count > 0 for count in standing),
    )
