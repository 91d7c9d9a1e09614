"""What an examination asks of a repository, and how often."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.git.analysis import analyse, read_here
from bot.git.clone import Clone
from checks.config import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from bot.git.objects import Absence, Objects
    from bot.git.snapshot import Answer
    from tests.bot.git.conftest import Author

CONFIG = parse("""
version: 1
concepts:
  engine:
    canonical: ["shop.engine:Engine"]
    definitions: {classes: ["*Engine"]}
    deprecated: {shop.legacy: {use: shop.engine}}
""")


class Counting:
    """A clone that counts how often each blob's content is wanted."""

    def __init__(self, clone: Clone) -> None:
        self.clone = clone
        self.wanted: Counter[str] = Counter()

    def ask(self, question: Callable[[Objects], Answer]) -> Answer:
        return self.clone.ask(question)

    def prefetch(self, oids: Collection[str]) -> Mapping[str, Absence]:
        self.wanted.update(oids)
        return {}


def test_content_is_read_once_for_all_questions(author: Author) -> None:
    engine, cart = "class Engine: ...\n", "import shop.legacy\n"
    base = author.commit({"shop/engine.py": engine, "shop/legacy.py": "", "cart.py": "x = 1\n"})
    head = author.commit({"cart.py": cart})
    counting = Counting(Clone.at(author.folder))
    analysis = analyse(counting, base, head, config=CONFIG, reader=read_here)
    assert [finding.symbol for finding in analysis.new] == ["shop.legacy"]
    # Once for the comparison, once for facts, `compile()` and the fix.
    assert counting.wanted[author.blob(cart.encode())] == 2
