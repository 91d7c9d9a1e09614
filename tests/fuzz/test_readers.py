"""Readers of foreign bytes never crash: seconds here, longer with `SSOT_FUZZ_EXAMPLES=100000`."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.registry import rules
from checks.rule import POLICY
from tests.fuzz.readers import (
    READERS,
    compile_source,
    read_config,
    read_facts,
    read_listing,
    read_patch,
)

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = int(os.environ.get("SSOT_FUZZ_EXAMPLES", "100"))
OID = "0123456789" * 4
PATCH = (
    f"diff --git a/a.py b/a.py\nindex {OID}..{OID[::-1]} 100644\n--- a/a.py\n+++ b/a.py\n"
    "@@ -1,2 +1,3 @@\n a\n-b\n+c\n+d\n\\ No newline at end of file\n"
)
LISTING = f":100644 100644 {OID} {OID} M\0a.py\0:100644 100644 {OID} {OID} R100\0a\0b\0"
TREE = f"100644 blob {OID}\ta.py\0"
COOKIES = ["# coding: utf-16\n", "# coding: rot13\n", "#!x\n# coding: utf-7\n", "\ufeff", "\f"]

SOURCES = [example.source for rule in rules() for example in (*rule.valid, *rule.invalid)]
# Tokens that open, join, hide or end something.
PIECES = [*"()[]{}:;,.=*@\\'\"#\n\r\t\f\0%", "'''", 'f"', "t'{", "\r\n", "    ", *COOKIES]
WORDS = ["import ", "from ", " as ", "def ", "class ", "lambda ", "async ", "match ", "case "]
SEEDS: dict[Callable[[bytes], None], list[str]] = {
    read_facts: SOURCES,
    compile_source: SOURCES,
    read_config: [POLICY],
    read_patch: [PATCH],
    read_listing: [LISTING, TREE],
}


def damaged(seeds: list[str]) -> st.SearchStrategy[bytes]:
    """Cut seeds to pieces, join these with tokens and noise, spoil some bytes."""
    cut = st.builds(
        lambda seed, start, length: seed[start : start + length],
        st.sampled_from(seeds),
        st.integers(0, 300),
        st.integers(0, 300),
    )
    piece = st.one_of(
        st.sampled_from(seeds), cut, st.sampled_from([*PIECES, *WORDS]), st.text(max_size=4)
    )
    text = st.lists(piece, max_size=12).map(
        lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass")
    )
    spoiled = st.builds(
        lambda content, at, noise: content[:at] + noise + content[at + len(noise) :],
        text,
        st.integers(0, 200),
        st.binary(min_size=1, max_size=4),
    )
    return text | spoiled


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_reader_keeps_its_promise_of_any_bytes(reader: Callable[[bytes], None]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize="SSOT_FUZZ_EXAMPLES" not in os.environ,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(damaged(SEEDS[reader]))
    def run(content: bytes) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader(content)

    run()
