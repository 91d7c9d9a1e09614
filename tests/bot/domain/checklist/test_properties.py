"""For any Markdown: only boxes and our own comments change, and undoing gives the same bytes."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.domain.checklist import ReferenceState, Truth, attach, came_of, items
from bot.domain.checklist.progress import progress_of, with_progress
from tests.bot.domain.checklist.examples import BIND, COPIED, CRITERION, MARKER, OURS, settled

LINES = [
    "- [ ] a",
    "- [x] b",
    "* [X] c",
    "+ [ ] `d",
    "1. [ ] e",
    "2) [x] f",
    "-\t[ ] g  ",
    "- [ ] h\\",
    "- [ ]",
    "-",
    "- [\t] i",
    "- [x] [j](",
    "- [ ] <!-- k",
    "- [ ] ** l <b title='",
    "- - [ ] m",
    "- [ ] Update n",
    "- [ ] #12 o",
    "- [ ] other/repo#12",
    f"- [ ] p {MARKER}",
    f"- [x] q <!-- ssot: {CRITERION} {OURS} -->",
    f"- [ ] r <!-- ssot: {CRITERION} {OURS} --> s",
    f"- [x] t <!-- ssot: {CRITERION} {COPIED} -->",
    f"- [x] u <!-- ssot: children {OURS} -->",
    f"- [x] #12 <!-- ssot: ref acme/shop#12 {OURS} -->",
    MARKER,
    "<!-- ssot:progress -->",
    "<!-- /ssot:progress -->",
    "> - [ ] quoted",
    ">",
    "```",
    "~~~~",
    "    - [ ] code",
    "<!--",
    "-->",
    "<div>",
    "<pre>",
    "</pre>",
    "text `",
    "[a]: b",
    "===",
    "---",
    "# d",
    "",
    " ",
    "\u221a\u00f6\u00ac\u00df\u2028 \ud83d\ude80\u202e",
    "\0\x0c\x0b",
]
INDENTS = ["", "", " ", "  ", "   ", "    ", "\t", "> ", "      "]
ENDS = ["\n", "\n", "\r\n", "\r"]
PIECES = st.one_of(
    st.sampled_from(LINES),
    st.sampled_from(LINES),
    st.text("-*+1.) [x]`<!>\\#\t \ufeff", max_size=12),
)
BODIES = st.lists(
    st.tuples(st.sampled_from(INDENTS), PIECES, st.sampled_from(ENDS)), max_size=14
).map(lambda lines: "".join(chain.from_iterable(lines)))
TRUTHS = st.sampled_from([Truth.TRUE, Truth.FALSE, Truth.BROKEN, None])
STATES = st.sampled_from(ReferenceState)
PLAIN = BODIES.filter(lambda body: "ssot" not in body)

OWN = re.compile(rf" ?<!-- ssot: (?:children|ref [^ ]*|{re.escape(CRITERION)})(?: @\w+/#\d+)? -->")
EVIDENCE = re.compile(r" @[0-9a-f]{12}/#[0-9]+")


def bare(body: str) -> str:
    """Blank the boxes of the items, and leave out what we may write."""
    characters = list(body)
    for item in items(body):
        characters[item.box] = "?"
    return OWN.sub("", EVIDENCE.sub("", "".join(characters)))


@given(BODIES, TRUTHS, STATES)
@settings(max_examples=100, deadline=None)
def test_only_boxes_of_items_and_our_own_comments_change(
    body: str, truth: Truth | None, state: ReferenceState
) -> None:
    outcome = settled(body, truth, binds=[BIND], state=state)

    assert bare(outcome.body) == bare(body)
    assert (outcome.body == body) is (outcome.changes == ())


@given(BODIES, TRUTHS, STATES)
@settings(max_examples=100, deadline=None)
def test_settling_twice_changes_nothing(
    body: str, truth: Truth | None, state: ReferenceState
) -> None:
    once = settled(body, truth, binds=[BIND], state=state)

    assert settled(once.body, truth, binds=[BIND], state=state).body == once.body


@given(BODIES, TRUTHS, STATES)
@settings(max_examples=100, deadline=None)
def test_what_is_settled_came_of_the_body_by_edits_of_ours(
    body: str, truth: Truth | None, state: ReferenceState
) -> None:
    once = settled(body, truth, binds=[BIND], state=state)

    assert came_of(body, once.body)


@given(BODIES, BODIES)
@settings(max_examples=100, deadline=None)
def test_words_of_a_person_did_not_come_of_the_body_by_edits_of_ours(body: str, more: str) -> None:
    assert not came_of(body, f"Words\n{more}\n\n{body}")


@given(BODIES, TRUTHS, STATES)
@settings(max_examples=100, deadline=None)
def test_changes_tell_every_box_that_changed(
    body: str, truth: Truth | None, state: ReferenceState
) -> None:
    before = items(body)

    outcome = settled(body, truth, binds=[BIND], state=state)

    told = {(change.line, change.text): (change.was, change.becomes) for change in outcome.changes}
    for old, new in zip(before, items(outcome.body), strict=True):
        was, becomes = told.get((old.line, old.text), (old.checked, old.checked))
        assert (old.checked, new.checked) == (was, becomes)


@given(PLAIN)
@settings(max_examples=100, deadline=None)
@example("- [ ] a\\\r\n  b\r- [ ]\n  c")
def test_setting_boxes_and_undoing_it_gives_the_same_bytes(body: str) -> None:
    attached = attach(body, dict.fromkeys(items(body), CRITERION))
    assume(not attached.notes)
    assert OWN.sub("", attached.body) == body

    ticked = settled(attached.body)

    assert all(item.checked for item in items(ticked.body))
    assert settled(ticked.body, Truth.FALSE).body == attached.body


@given(PLAIN)
@settings(max_examples=100, deadline=None)
def test_ticks_of_a_bind_and_of_its_parent_are_undone_without_a_trace(body: str) -> None:
    head = "- [ ] a\r\n  1) [ ] Bound `b`  \n     more\n\ntext\n\n"
    bind = replace(BIND, item="Bound *")

    ticked = settled(head + body, binds=[bind])

    assert [change.line for change in ticked.changes[:2]] == [1, 2]
    assert settled(ticked.body, Truth.FALSE, binds=[bind]).body.startswith(head)


@given(BODIES, st.sampled_from("`~"))
@settings(max_examples=100, deadline=None)
def test_boxes_in_a_fence_never_change(body: str, character: str) -> None:
    fence = character * (3 + max(map(len, re.findall(f"{character}+", body)), default=0))
    fenced = f"{fence}\n{body}\n{fence}\n- [ ] behind {MARKER}\n"

    outcome = settled(fenced, binds=[BIND], state=ReferenceState.MERGED)

    assert [item.text for item in items(fenced)] == ["behind"]
    assert outcome.body.startswith(f"{fence}\n{body}\n{fence}\n- [x] behind ")


@given(BODIES, st.text("ab `<\n-", max_size=30))
@settings(max_examples=100, deadline=None)
def test_block_is_replaced_without_a_trace_elsewhere(body: str, content: str) -> None:
    whole = f"{body}\n\n<!-- ssot:progress -->\nold\n<!-- /ssot:progress -->\n{body}"
    old = progress_of(whole)
    assume(old is not None)
    assert old is not None
    try:
        written = with_progress(whole, content)
    except ValueError:
        return

    assert written is not None
    assert progress_of(written) == content
    assert with_progress(written, old) == whole or "\r" in body
