"""A census that is taken from one nearby is the one from scratch, or is not taken."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from checks import limits
from checks.advance import Advance
from checks.config import CONFIG_PATH, parse
from checks.counting import Counting
from checks.model import Cause, Entry, EntryStatus, Version
from checks.reading import Unread
from checks.rule import POLICY, TODAY
from tests.checks.inquiries import TextBlobs
from tests.checks.test_census import ALL_RULES, OLD, TREES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from checks.census import Census, Footing
    from checks.reading import Reply

    Tree = Mapping[str, str]

WAIVER = '{rule: forbidden-import, path: "a.py", until: 2026-12-31, reason: later}'
WAIVED = f"{POLICY}waivers: [{WAIVER}]\n"
FACADE = {"shop/compat.py": OLD}
# No module: what no import can name hands nothing on.
SCRIPT = "bin/old-run.py"
PLAIN = {
    "a.py": OLD,
    SCRIPT: OLD,
    "b.py": "x = 1\n",
    "c.py": "class MyEngine: ...\n",
    "notes.txt": "",
}


def oid(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


def versions(tree: Tree) -> dict[str, Version]:
    return {path: Version(path, "100644", oid(text)) for path, text in tree.items()}


def entries(before: Tree, after: Tree) -> Iterator[Entry]:
    old, new = versions(before), versions(after)
    for path in sorted(old.keys() | new.keys()):
        base, head = old.get(path), new.get(path)
        if base != head:
            kind = EntryStatus.MODIFIED if base and head else EntryStatus.ADDED
            yield Entry(kind if head else EntryStatus.DELETED, base, head)


def blobs(*trees: Tree) -> TextBlobs:
    texts = [text for tree in trees for text in tree.values()]
    return TextBlobs({oid(text): text.encode() for text in texts})


class Blind(TextBlobs):
    """Cannot read `c.py`."""

    def facts(self, oids: Collection[str]) -> Mapping[str, Reply]:
        lost, why = oid(PLAIN["c.py"]), Unread("reading it took too long", Cause.CHANGE)
        return {**super().facts(oids), **({lost: why} if lost in oids else {})}


def counted(tree: Tree, policy: str) -> tuple[Census, Footing | None]:
    counting = Counting(parse(policy), blobs(tree), today=TODAY)
    return counting.take("h" * 40, versions(tree)), counting.footing


def advanced(before: Tree, after: Tree, *, policy: str = POLICY) -> Census | None:
    _, footing = counted(before, policy)
    assert footing is not None
    advance = Advance(parse(policy), blobs(after), today=TODAY)
    changes = list(entries(before, after))
    return advance.take(footing, "h" * 40, changes, tree=lambda: versions(after))


@pytest.mark.parametrize("policy", [POLICY, WAIVED])
@settings(max_examples=60, deadline=None)
@given(before=TREES, after=TREES, shared=TREES)
def test_census_from_one_nearby_is_the_census_from_scratch(
    policy: str, before: Tree, after: Tree, shared: Tree
) -> None:
    before, after = {**before, **shared}, {**after, **shared, CONFIG_PATH: ""}
    found = advanced({**before, CONFIG_PATH: ""}, after, policy=policy)
    assert found in (None, counted(after, policy)[0])


@pytest.mark.parametrize(
    "changed",
    [
        {SCRIPT: "x = 1\n"},
        {SCRIPT: OLD * 2},
        {"bin/new-run.py": f"{OLD}class MyEngine: ...\n"},
        {"a.py": f"{OLD}class MyEngine: ...\n"},  # hands on what it did
        {"d.py": "def run():\n    import shop.legacy.engine\n"},
        {"b.py": "def broken(:\n"},
        {"bin/new-run.py": "from shop.compat import OldEngine, Plan\n"},
        {"b.py.bak": "", "notes.txt": "changed"},
    ],
)
@pytest.mark.parametrize("tree", [PLAIN, PLAIN | FACADE])
def test_change_that_concerns_no_other_file_is_counted_by_itself(tree: Tree, changed: Tree) -> None:
    assert advanced(tree, {**tree, **changed}) == counted({**tree, **changed}, POLICY)[0]


def test_file_that_is_gone_holds_nothing_any_more() -> None:
    census = advanced(PLAIN, {path: text for path, text in PLAIN.items() if path != SCRIPT})
    assert census is not None
    assert (SCRIPT in census.holdings, SCRIPT in census.paths) == (False, False)


def test_file_that_nobody_could_read_is_read_again() -> None:
    """A busy machine, or a blob that was missing, must not stay for as long as the footing does."""
    counting = Counting(parse(POLICY), Blind(blobs(PLAIN).contents), today=TODAY)
    assert len(counting.take("h" * 40, versions(PLAIN)).skipped) == 1
    assert counting.footing is not None
    advance = Advance(parse(POLICY), blobs(PLAIN), today=TODAY)
    found = advance.take(counting.footing, "h" * 40, (), tree=lambda: versions(PLAIN))
    assert found == counted(PLAIN, POLICY)[0]


def test_more_findings_than_a_tree_may_have_are_left_to_the_whole_census(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "FLAGS", 4)
    assert advanced(PLAIN, {**PLAIN, "bin/run-1.py": OLD}) is not None
    assert advanced(PLAIN, {**PLAIN, "bin/run-1.py": OLD, "bin/run-2.py": OLD}) is None


STARS = {
    "shop/compat.py": "from shop.legacy.engine import *\nfrom shop.plans import *\n",
    "shop/plans.py": "class Plan: ...\n",
    "a.py": "from shop.compat import OldEngine\n",
}
USER = {"a.py": "from shop.compat import OldEngine\n", "b.py": "x = 1\n"}


@pytest.mark.parametrize(
    ("before", "changed"),
    [
        (PLAIN, {"shop/compat.py": OLD}),  # begins to hand on
        (FACADE | USER, {"shop/compat.py": "x = 1\n"}),  # ceases to
        (FACADE | USER, {"b.py": USER["a.py"]}),  # begins to hand on, too
        (FACADE | USER, {"shop/compat/__init__.py": "x = 1\n"}),  # may stand in its place
        (STARS, {"shop/plans.py": "class OldEngine: ...\n"}),  # may veil what is handed on
        # one module in two files
        (PLAIN | {"shop/compat.pyi": "x: int\n"}, {"shop/compat.py": "x = 1\n"}),
        (PLAIN, {"shop/engine.py": "class Engine: ...\n"}),  # a home
        (PLAIN, {"shop/legacy/engine.py": "x = 1\n"}),  # a stage
        (PLAIN, {CONFIG_PATH: POLICY}),
    ],
)
def test_change_that_concerns_other_files_is_left_to_the_whole_census(
    before: Tree, changed: Tree
) -> None:
    assert advanced(before, {**before, **changed}) is None


def test_rules_that_look_around_leave_nothing_to_go_on_from() -> None:
    assert counted(PLAIN, ALL_RULES)[1] is None
