"""Run the engine on trees written as text."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from checks import engine
from checks.config import parse
from checks.counting import Counting
from checks.engine import analyse, drive
from checks.model import Cause, Entry, EntryStatus, Hunk, Skipped, Snapshot, Version
from checks.reading import Distant, Question, answer, reply
from checks.rule import POLICY, TODAY
from checks.stages import warns

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import date

    from checks.census import Census
    from checks.model import Analysis
    from checks.needles import Filter
    from checks.reading import Replies, Reply, Request

    Tree = Mapping[str, str | bytes]


def review(
    base: Tree,
    head: Tree,
    *,
    policy: str = POLICY,
    today: date = TODAY,
    renames: Mapping[str, str] | None = None,
    needles: frozenset[bytes] | None = None,
    links: frozenset[str] = frozenset(),
    distant: frozenset[str] = frozenset(),
) -> Analysis:
    """Analyse the change from one tree to the other; `renames` maps old to new paths.

    `links` are the paths that are symbolic links at head, `distant` those that are not brought.
    """
    config = parse(policy)
    searched = engine.needles(config) if needles is None else needles
    before, after = _encoded(base), _encoded(head)
    blobs = {_oid(content): content for content in (*before.values(), *after.values())}
    far = {_oid(after[path]) for path in distant}

    def answered(request: Request) -> Replies:
        return {
            oid: Distant() if oid in far else answer(request.asked(oid, blobs[oid]), searched)
            for oid in request.blobs
        }

    snapshot = _with_links(_snapshot(before, after, renames or {}), links)
    inquiry = analyse(snapshot, config, today=today)
    return drive(inquiry, lambda requests: [answered(request) for request in requests])


def _encoded(tree: Tree) -> dict[str, bytes]:
    return {path: text if isinstance(text, bytes) else text.encode() for path, text in tree.items()}


def _snapshot(
    base: Mapping[str, bytes], head: Mapping[str, bytes], renames: Mapping[str, str]
) -> Snapshot:
    olds = {new: old for old, new in renames.items()}
    entries = [
        _entry(olds.get(path, path), path, base, head)
        for path in sorted(base.keys() | head.keys())
        if path not in renames and (path in olds or base.get(path) != head.get(path))
    ]
    tree = {path: _oid(content) for path, content in head.items()}
    return Snapshot("b" * 40, "h" * 40, tuple(entries), tree)


def _with_links(snapshot: Snapshot, links: frozenset[str]) -> Snapshot:
    """Make links of files, as git shows them."""
    entries = [
        replace(entry, head=replace(entry.head, mode="120000"))
        if entry.head and entry.path in links
        else entry
        for entry in snapshot.entries
    ]
    tree = {path: oid for path, oid in snapshot.tree.items() if path not in links}
    skipped = tuple(Skipped(path, "a symbolic link", Cause.NATURE) for path in sorted(links))
    return replace(snapshot, entries=tuple(entries), tree=tree, skipped=skipped)


def _entry(old: str, new: str, base: Mapping[str, bytes], head: Mapping[str, bytes]) -> Entry:
    before, after = base.get(old), head.get(new)
    status = EntryStatus.MODIFIED if before is not None else EntryStatus.ADDED
    return Entry(
        EntryStatus.DELETED if after is None else status,
        Version(old, "100644", _oid(before)) if before is not None else None,
        Version(new, "100644", _oid(after)) if after is not None else None,
        _hunks(before or b"", after or b""),
    )


def _hunks(before: bytes, after: bytes) -> tuple[Hunk, ...]:
    matcher = difflib.SequenceMatcher(a=before.splitlines(), b=after.splitlines(), autojunk=False)
    return tuple(
        Hunk(
            group[0][3] + 1,
            group[-1][4] - group[0][3],
            frozenset(line + 1 for _, _, _, i, j in _grown(group) for line in range(i, j)),
        )
        for group in matcher.get_grouped_opcodes(3)
    )


def _grown(
    group: list[tuple[str, int, int, int, int]],
) -> list[tuple[str, int, int, int, int]]:
    return [opcode for opcode in group if opcode[0] in ("insert", "replace")]


def _oid(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


def count(tree: Tree, *, policy: str = POLICY, today: date = TODAY) -> Census:
    """Take the census of a tree."""
    return counting_with_blobs(policy, today=today)[0](tree)


def counting(policy: str = POLICY, *, today: date = TODAY) -> Callable[[Tree], Census]:
    """Make what takes the census of one tree after the other."""
    return counting_with_blobs(policy, today=today, make=Counting.of_many)[0]


def counting_with_blobs(
    policy: str = POLICY,
    *,
    today: date = TODAY,
    modes: Mapping[str, str] | None = None,
    make: Callable[..., Counting] = Counting,
) -> tuple[Callable[[Tree], Census], TextBlobs]:
    """Make what takes censuses, and the blobs that it asks; `modes` of all but plain files."""
    blobs = TextBlobs({})
    taker = make(parse(policy), blobs, today=today)

    def take(tree: Tree) -> Census:
        contents = _encoded(tree)
        blobs.contents.update((_oid(content), content) for content in contents.values())
        mode = (modes or {}).get
        versions = {p: Version(p, mode(p, "100644"), _oid(c)) for p, c in contents.items()}
        return taker.take("h" * 40, versions)

    return take, blobs


@dataclass
class TextBlobs:
    """Answers from texts at hand; `asked` tells how many blobs each question was asked of."""

    contents: dict[str, bytes]
    asked: list[tuple[str, int]] = field(default_factory=list)

    def sift(self, wanted: Filter, oids: Collection[str]) -> Collection[str]:
        self.asked.append(("sift", len(oids)))
        return [oid for oid in oids if wanted.takes(self.contents[oid])]

    def sifted_facts(self, wanted: Filter, oids: Collection[str]) -> Mapping[str, Reply]:
        taken = self.sift(wanted, oids)
        return self.facts(taken) if taken else {}

    def facts(self, oids: Collection[str]) -> Mapping[str, Reply]:
        return self._replies(Question.MODULE, oids)

    def compiled(self, oids: Collection[str]) -> Mapping[str, Reply]:
        return self._replies(Question.COMPILED, oids)

    def warnings(self, oids: Collection[str]) -> Mapping[str, bool | None]:
        return {oid: warns(self.contents[oid]) for oid in oids}

    def _replies(self, question: Question, oids: Collection[str]) -> Mapping[str, Reply]:
        self.asked.append((question, len(oids)))
        return {oid: reply(question, self.contents[oid], frozenset()) for oid in oids}
