"""The cache of facts: what is kept comes back as it was, for this repository only."""

from __future__ import annotations

import hashlib
import math
import multiprocessing
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from bot import disk
from bot.store.facts import CACHE_BYTES, FILE, CachedBlobs, entries, open_cache
from bot.store.facts_codec import decode, encode
from checks.config import parse
from checks.counting import Counting
from checks.facts import FACTS_VERSION
from checks.model import Version
from checks.registry import rules
from checks.rule import POLICY, TODAY
from checks.syntax import read
from tests.checks.inquiries import TextBlobs, count
from tests.checks.test_census import TREES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from checks.census import Census

SOURCES = [example.source for rule in rules() for example in (*rule.valid, *rule.invalid)]
# The version, and the facts of all examples. When facts change, raise FACTS_VERSION: what is kept
# under the old one would be taken for the new ones. New examples change the second part only.
KNOWN = (4, "cbd3dcf0981f3a35")


def test_facts_that_change_get_another_version() -> None:
    facts = b"".join(zlib.decompress(encode(read(source.encode()))) for source in PINNED)
    assert (FACTS_VERSION, hashlib.sha256(facts).hexdigest()[:16]) == KNOWN


@pytest.mark.parametrize("source", SOURCES)
def test_facts_come_back_as_they_were(source: str) -> None:
    facts = read(source.encode())
    assert decode(encode(facts)) == facts


def test_damaged_facts_are_none() -> None:
    packed = encode(read(SOURCES[0].encode()))
    assert decode(packed[:-1]) is None
    assert decode(b"x" + packed) is None
    assert decode(packed.replace(packed[4:8], b"....")) is None


def taken(folder: Path, tree: Mapping[str, str], name: str = "one") -> tuple[Census, TextBlobs]:
    contents = {path: text.encode() for path, text in tree.items()}
    versions = {
        path: Version(path, "100644", hashlib.sha1(content).hexdigest())
        for path, content in contents.items()
    }
    blobs = TextBlobs({versions[path].oid: content for path, content in contents.items()})
    with open_cache(folder, name) as cache:
        counting = Counting(parse(POLICY), CachedBlobs(blobs, cache), today=TODAY)
        return counting.take("h" * 40, versions), blobs


@settings(max_examples=50, deadline=None)
@given(tree=TREES, other=TREES)
def test_census_from_a_warm_cache_is_the_census(
    tmp_path_factory: pytest.TempPathFactory, tree: Mapping[str, str], other: Mapping[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    taken(folder, other)
    cold, _ = taken(folder, tree)
    warm, blobs = taken(folder, tree)
    assert cold == warm == count(tree)
    assert blobs.asked == []


def test_other_repository_sees_nothing_of_it(tmp_path: Path) -> None:
    tree = {"a.py": "from shop.legacy.engine import OldEngine\n"}
    _, first = taken(tmp_path, tree)
    _, second = taken(tmp_path, tree, name="two")
    assert second.asked == first.asked != []


def test_cache_that_is_too_large_begins_anew(tmp_path: Path) -> None:
    with (tmp_path / FILE).open("wb") as file:
        file.truncate(CACHE_BYTES + 1)
    taken(tmp_path, {"a.py": "class Engine: ...\n"})
    assert (tmp_path / FILE).stat().st_size < CACHE_BYTES


def test_cache_that_somebody_has_open_stays(tmp_path: Path) -> None:
    tree = {"a.py": "class Engine: ...\n"}
    taken(tmp_path / "42", tree)
    (held,) = entries(tmp_path)
    assert (held.name, held.size_bytes > 0) == ("42", True)
    with open_cache(tmp_path / "42", "one"):
        assert not held.drop(math.inf)
    assert not held.drop(held.used_at)
    assert held.drop(math.inf)
    assert list(tmp_path.iterdir()) == []
    taken(tmp_path / "42", tree)


def test_damaged_cache_that_somebody_has_open_is_left_alone(tmp_path: Path) -> None:
    tree = {"a.py": "class Engine: ...\n"}
    (tmp_path / FILE).write_bytes(b"rubbish" * 999)
    with disk.shared(tmp_path / "facts.lock"):
        assert taken(tmp_path, tree)[0] == count(tree)
    assert (tmp_path / FILE).read_bytes().startswith(b"rubbish")
    taken(tmp_path, tree)
    assert (tmp_path / FILE).read_bytes().startswith(b"SQLite")


def test_folder_that_cannot_be_made_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    tree = {"a.py": "class Engine: ...\n"}
    assert taken(tmp_path / "file" / "cache", tree)[0] == count(tree)


def _take(folder: Path, number: int) -> None:
    tree = {f"a{number}.py": f"class Engine{number}: ...\nclass Engine: ...\n"}
    for _ in range(5):
        assert taken(folder, tree)[0] == count(tree)


def test_processes_share_it_without_harm(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_take, args=(tmp_path, number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]


PINNED = (
    "import a.b as c, d\nfrom .x import (\n    y as z,\n    w,\n)\nfrom q import *\n",
    "__all__ = ['A']\nA = c.B\nif True:\n    from e import f\n\nc.g.h(i=1)\n",
    "class A:\n    async def b(self, c: 'd.E') -> None:\n        import_module('f' '.g')\n",
    "@patch('a.b.C')\ndef test_a(): ...\n\nsys.modules['a.b'] = None\nx = lambda c: c.d\n",
    "def broken(:\n\nfrom a import b\n# ssot: allow[forbidden-import] until=2026-01-01\n",
)
