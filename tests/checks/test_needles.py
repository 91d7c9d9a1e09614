"""Which bytes are worth reading."""

from __future__ import annotations

import pytest

from checks.needles import Clause, Filter, Needle, word


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"engine", True),
        (b"from shop import engine\n", True),
        (b"engines, old_engine.engine", True),
        (b"engines", False),
        (b"old_engine", False),
        ("\u00e9engine".encode(), False),
        ("engine\u00e9".encode(), False),
        (b"", False),
    ],
)
def test_word_stands_by_itself(content: bytes, found: bool) -> None:
    assert Filter([Clause((word("engine"),))]).takes(content) is found


def test_one_clause_is_enough_and_needs_all_its_needles() -> None:
    wanted = Filter([Clause((word("a"), word("b"))), Clause((word("ab"),))])
    assert [wanted.takes(content) for content in (b"a b", b"a", b"b", b"ab", b"abc")] == [
        True,
        False,
        False,
        True,
        False,
    ]


def test_one_of_several_is_enough() -> None:
    wanted = Filter([Clause((word("x"),), (word("a"), word("b")))])
    assert [wanted.takes(content) for content in (b"x", b"x a", b"b x", b"a b")] == [
        False,
        True,
        True,
        False,
    ]


def test_search_by_a_shared_text_finds_what_each_clause_finds() -> None:
    clauses = [Clause((word(name),)) for name in ("old_engine", "engine", "engine_factory", "plan")]
    for content in (b"old_engine", b"engine_factory", b"my engine", b"plans", b"plan", b"engines"):
        assert Filter(clauses).takes(content) == any(
            Filter([clause]).takes(content) for clause in clauses
        )


def test_needles_with_one_pattern_are_looked_for_each_by_its_own_text() -> None:
    """Of `A*EngineOld*B` and `A*EngineTest*B` the pattern is the same: `A`, anything, `B`."""
    needles = [Needle(text, rb"A\w*B") for text in (b"EngineOld", b"EngineTest")]
    wanted = Filter([Clause((word("Engine"),)), *(Clause((needle,)) for needle in needles)])
    assert wanted.takes(b"class AEngineTestB: ...")


def test_digest_tells_filters_apart_and_knows_no_order() -> None:
    one, two = Clause((word("a"),)), Clause((word("b"),))
    assert Filter([one, two]).digest == Filter([two, one, one]).digest
    others = [[one], [Clause((word("a"), word("b")))], [Clause((word("a"),), (word("b"),))]]
    others.append([Clause((Needle(b"a"),))])
    assert len({Filter(other).digest for other in others}) == len(others)
