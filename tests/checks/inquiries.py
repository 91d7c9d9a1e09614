"""Run the engine on trees written as text."""

from __future__ import annotations

import difflib
import hashlib
from typing import TYPE_CHECKING

from checks.config import parse
from checks.engine import analyse, drive, needles
from checks.model import Entry, EntryStatus, Hunk, Snapshot, Version
from checks.reading import reply
from checks.rule import POLICY, TODAY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from checks.model import Analysis
    from checks.reading import Reply, Request

    Tree = Mapping[str, str | bytes]


def review(
    base: Tree,
    head: Tree,
    *,
    policy: str = POLICY,
    today: date = TODAY,
    renames: Mapping[str, str] | None = None,
) -> Analysis:
    """Analyse the change from one tree to the other; `renames` maps old to new paths."""
    config = parse(policy)
    before, after = _encoded(base), _encoded(head)
    blobs = {_oid(content): content for content in (*before.values(), *after.values())}
    asked: list[Request] = []

    def answer(request: Request) -> Mapping[str, Reply]:
        asked.append(request)
        return {oid: reply(request.question, blobs[oid], needles(config)) for oid in request.blobs}

    inquiry = analyse(_snapshot(before, after, renames or {}), config, today=today)
    return drive(inquiry, answer)


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
