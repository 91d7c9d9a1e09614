"""What decides an item: marker, reference, bind, children, in this order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.checklist import NoteKind, Reference, Source, Tracker, grounds_of, wanted
from checks.config import Bind
from tests.bot.domain.checklist.examples import BIND, CRITERION, MARKER, TRACKER, settled

OTHER = "exists(a.py) == true"


def source(body: str, *binds: Bind) -> Source | None:
    ground = grounds_of(body, TRACKER, binds)[0]
    return ground.source if ground else None


def test_marker_comes_before_reference_bind_and_children() -> None:
    children = "\n  - [ ] b"

    assert source(f"- [ ] #12 a <!-- ssot: {OTHER} -->{children}", bind("#12*")) is Source.MARKER
    assert source(f"- [ ] #12 a{children}", bind("#12*")) is Source.REFERENCE
    assert source(f"- [ ] a{children}", bind("a")) is Source.BIND
    assert source(f"- [ ] a{children}") is Source.CHILDREN
    assert source("- [ ] a") is None


def bind(item: str, when: str = CRITERION) -> Bind:
    return Bind(5, item, when)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("#12", Reference("acme/shop", 12)),
        ("#12, then more", Reference("acme/shop", 12)),
        ("#12: more", Reference("acme/shop", 12)),
        ("Acme/Shop#12 more", Reference("acme/shop", 12)),
        ("other/re.po_-x#7", Reference("other/re.po_-x", 7)),
        ("https://github.com/other/repo/pull/7", Reference("other/repo", 7)),
        ("https://github.com/other/repo/issues/7 more", Reference("other/repo", 7)),
        ("HTTPS://GitHub.com/other/repo/issues/7.", Reference("other/repo", 7)),
        ("see #12", None),
        ("#12a", None),
        ("#012", None),
        ("#0", None),
        ("\\#12", None),
        ("`#12`", None),
        ("a/b/c#12", None),
        ("/#12", None),
        ("-a/b#12", None),
        ("https://github.com/other/repo/pull/7/files", None),
        ("https://github.com/other/repo/issues/7#issuecomment-1", None),
        ("https://github.com/other/repo/commit/7", None),
        ("https://example.org/other/repo/pull/7", None),
        ("https://github.com.example.org/other/repo/pull/7", None),
        ("http://github.com/other/repo/pull/7", None),
    ],
)
def test_reference_is_read_at_the_beginning_only(text: str, reference: Reference | None) -> None:
    asked = wanted(f"- [ ] {text}", TRACKER)

    assert asked.references == ((reference,) if reference else ())


def test_address_on_an_own_server_is_a_reference_there() -> None:
    own = Tracker("acme/shop", 5, "https://git.example.org:8443/")
    body = "- [ ] https://git.example.org:8443/other/repo/pull/7"

    assert wanted(body, own).references == (Reference("other/repo", 7),)


def test_wanted_lists_each_criterion_and_reference_once_in_order() -> None:
    body = (
        f"- [ ] a <!-- ssot: {OTHER} -->\n- [ ] #2\n- [x] b {MARKER}\n- [ ] c {MARKER}\n- [ ] #1\n"
    )

    asked = wanted(body, TRACKER)

    assert asked.criteria == (OTHER, CRITERION)
    assert [reference.number for reference in asked.references] == [2, 1]


def test_word_of_our_own_evidence_is_a_criterion_without_evidence() -> None:
    assert wanted("- [ ] a <!-- ssot: children -->", TRACKER).criteria == ("children",)


@pytest.mark.parametrize(
    "pattern",
    [
        "Replace **[old](x)** imp?rts*",
        "*[[]*",
        "*",
    ],
)
def test_bind_pattern_fits_the_text_of_the_item(pattern: str) -> None:
    fits = pattern != "*[[]*"  # brackets stand for themselves

    body = "- [ ] Replace **[old](x)** imports\n  everywhere"

    assert (source(body, bind(pattern)) is Source.BIND) is fits


def test_bind_that_fits_no_item_is_said() -> None:
    (note,) = settled("- [ ] a", binds=[BIND]).notes

    assert (note.kind, note.subject) == (NoteKind.UNBOUND, "Update *")


def test_bind_that_fits_several_items_decides_none_of_them() -> None:
    body = "- [ ] Update a\n- [ ] Update b\n"

    outcome = settled(body, binds=[BIND])

    assert outcome.body == body
    (note,) = outcome.notes
    assert (note.kind, note.reason) == (
        NoteKind.AMBIGUOUS,
        "it matches 2 items, on lines 1, 2: it must match one",
    )


def test_two_binds_with_different_criteria_decide_nothing() -> None:
    body = "- [ ] Update a\n  - [x] b"

    outcome = settled(body, binds=[BIND, BIND, bind("*a", OTHER)])

    assert outcome.body == body
    assert [note.kind for note in outcome.notes] == [NoteKind.BROKEN]


def test_two_binds_with_one_criterion_are_as_good_as_one() -> None:
    outcome = settled("- [ ] Update a", binds=[BIND, bind("*a")])

    assert [change.line for change in outcome.changes] == [1]


def test_bind_of_another_issue_is_ignored() -> None:
    other = replace(BIND, issue=6)

    assert settled("- [ ] Update a", binds=[other]).body == "- [ ] Update a"
    assert settled("- [ ] a", binds=[other]).notes == ()


@pytest.mark.parametrize(
    "when", ["exists(a--b) == true", "a -->", "a @0123456789ab/#5", "a\u202e", "x" * 2_000]
)
def test_bind_whose_criterion_cannot_be_hidden_decides_nothing(when: str) -> None:
    outcome = settled("- [ ] Update a", binds=[bind("Update a", when)])

    assert outcome.body == "- [ ] Update a"
    assert [note.kind for note in outcome.notes] == [NoteKind.BROKEN]


def test_reference_whose_name_cannot_be_hidden_decides_nothing() -> None:
    outcome = settled("- [ ] acme/re--po#1")

    assert [(note.kind, note.line) for note in outcome.notes] == [(NoteKind.BROKEN, 1)]


def test_criteria_beyond_the_hundredth_are_left_alone_and_said() -> None:
    body = "".join(f"- [ ] a <!-- ssot: exists({n}.py) == true -->\n" for n in range(102))
    body += "- [ ] b <!-- ssot: exists(0.py) == true -->\n"

    outcome = settled(body)

    assert len(wanted(body, TRACKER).criteria) == 100
    assert [change.line for change in outcome.changes] == [*range(1, 101), 103]
    assert [note.kind for note in outcome.notes] == [NoteKind.TOO_MANY]


def test_references_beyond_the_hundredth_are_not_followed() -> None:
    body = "".join(f"- [ ] #{n}\n" for n in range(1, 103))

    assert len(wanted(body, TRACKER).references) == 100
    assert [note.kind for note in settled(body).notes] == [NoteKind.TOO_MANY]
