"""How a newer job takes the place of an older one."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.jobs import Priority
from tests.bot.jobs import review


def test_key_is_the_repository_id_and_the_number() -> None:
    assert review(5, repository=42).key == "42#5"


def test_newer_head_replaces_the_older() -> None:
    assert review(head="b").superseding(review(head="a")).head_sha == "b"


def test_known_head_survives_a_newer_job_that_names_none() -> None:
    assert review(head="").superseding(review(head="a")).head_sha == "a"


def test_head_that_was_left_first_is_the_one_that_others_shared() -> None:
    older, newer = replace(review(), left_sha="a"), replace(review(), left_sha="b")
    assert newer.superseding(older).left_sha == "a"
    assert newer.superseding(review()).left_sha == "b"


def test_higher_priority_and_explicit_wish_survive() -> None:
    urgent = review(priority=Priority.COMMAND, explicit=True)
    assert review(priority=Priority.SWEEP).superseding(urgent) == urgent
    assert urgent.superseding(review(priority=Priority.SWEEP)) == urgent


def test_newer_installation_counts() -> None:
    assert review(installation=2).superseding(review(installation=1)).installation_id == 2
