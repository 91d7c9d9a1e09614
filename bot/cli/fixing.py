"""Proven edits for a working tree: chosen, made together, and judged once more as a whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from bot.git.analysis import Brief, examine, today
from checks.fixes import UneditableError, apply
from checks.model import Hunk, Status, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from bot.git.analysis import Reader
    from bot.git.snapshot import Repository
    from checks.config import Config
    from checks.model import Analysis, Entry, Finding, Snapshot, Suggestion

_Chosen = dict[str, list["Suggestion"]]

EVERYWHERE = 1 << 30  # more lines than any file has
NO_LIMIT = 1 << 30  # a person who waits for the whole tree has asked for all of it


@dataclass(frozen=True, slots=True)
class Fixes:
    """What became of a change: the new content of each file, and the judgements around it."""

    before: Analysis
    after: Analysis
    contents: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class _Step:
    """A change as it stands after some fixes."""

    snapshot: Snapshot
    analysis: Analysis
    contents: Mapping[str, bytes]


class Fixer:
    """Fixes what a snapshot of a working tree holds; nothing is written."""

    def __init__(
        self,
        repository: Repository,
        config: Config,
        reader: Reader,
        *,
        on_disk: Callable[[str], bytes | None],
    ) -> None:
        """Take the files from `on_disk`, by path: None for one that is to be left alone."""
        self._repository = repository
        self._config = config
        self._reader = reader
        self._on_disk = on_disk

    def fix(self, snapshot: Snapshot) -> Fixes:
        """Make all proven edits, those that overlap in turns; raises `GitError`."""
        start = step = _Step(snapshot, self._examine(snapshot, {}), {})
        refused: set[str] = set()
        while chosen := self._chosen(step, refused):
            following = self._advance(step, chosen)
            if worse := _worse(step, following, chosen):
                # Each of them holds alone, but not together: one at a time.
                chosen |= {path: chosen[path][:1] for path in worse}
                following = self._advance(step, chosen)
            if worse := _worse(step, following, chosen):
                refused |= worse
                continue
            step = following
        return Fixes(start.analysis, step.analysis, step.contents)

    def _advance(self, step: _Step, chosen: _Chosen) -> _Step:
        """Apply what was chosen, and have the whole judged again."""
        made = {path: self._apply(step, path, chosen[path]) for path in chosen}
        contents = {**step.contents, **{p: c for p, c in made.items() if c is not None}}
        snapshot = _edited(step.snapshot, chosen, contents)
        return _Step(snapshot, self._examine(snapshot, contents), contents)

    def _examine(self, snapshot: Snapshot, contents: Mapping[str, bytes]) -> Analysis:
        return examine(
            self._repository,
            snapshot,
            config=self._config,
            reader=self._reader,
            brief=Brief(today(), NO_LIMIT, {_name(each): each for each in contents.values()}),
        )

    def _chosen(self, step: _Step, refused: Collection[str]) -> _Chosen:
        """Pick suggestions that do not overlap, for files that can be changed."""
        chosen: _Chosen = {}
        for finding in step.analysis.findings:
            offer = finding.suggestion
            if finding.status is Status.NEW and offer and finding.path not in refused:
                own = chosen.setdefault(finding.path, [])
                if not any(_overlap(offer, other) for other in own):
                    own.append(offer)
        return {path: s for path, s in chosen.items() if self._apply(step, path, s) is not None}

    def _apply(self, step: _Step, path: str, suggestions: Iterable[Suggestion]) -> bytes | None:
        content = step.contents[path] if path in step.contents else self._on_disk(path)
        try:
            return None if content is None else apply(content, suggestions)
        except UneditableError:
            return None


def _overlap(one: Suggestion, other: Suggestion) -> bool:
    return one.start_line <= other.end_line and other.start_line <= one.end_line


def _worse(before: _Step, after: _Step, chosen: _Chosen) -> set[str]:
    """Name the files that have a finding that they should not have any more, or never had."""
    return {path for path in chosen if _is_worse(path, before, after, chosen[path])}


def _is_worse(path: str, before: _Step, after: _Step, chosen: Sequence[Suggestion]) -> bool:
    expected = Counter(
        _sign(finding)
        for finding in before.analysis.findings
        if finding.path == path and finding.suggestion not in chosen
    )
    found = Counter(_sign(finding) for finding in after.analysis.findings if finding.path == path)
    return any(count > expected[sign] for sign, count in found.items())


def _sign(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.kind, finding.symbol


def _edited(snapshot: Snapshot, chosen: _Chosen, contents: Mapping[str, bytes]) -> Snapshot:
    entries = tuple(
        _with_content(entry, chosen[entry.path], contents[entry.path])
        if entry.path in chosen
        else entry
        for entry in snapshot.entries
    )
    tree = {**snapshot.tree, **{path: _name(contents[path]) for path in chosen}}
    return replace(snapshot, entries=entries, tree=tree)


def _with_content(entry: Entry, suggestions: Sequence[Suggestion], content: bytes) -> Entry:
    assert entry.head is not None
    head = Version(entry.head.path, entry.head.mode, _name(content))
    added = {line for hunk in entry.hunks for line in hunk.added}
    for suggestion in sorted(suggestions, key=lambda s: s.start_line, reverse=True):
        added = _shifted(added, suggestion)
    return replace(entry, head=head, hunks=(Hunk(1, EVERYWHERE, frozenset(added)),))


def _shifted(added: Iterable[int], suggestion: Suggestion) -> set[int]:
    """Tell which lines are added ones after a suggestion was applied: its own are."""
    start, end = suggestion.start_line, suggestion.end_line
    count = suggestion.replacement.count("\n")
    above = {line for line in added if line < start}
    below = {line + count - (end - start + 1) for line in added if line > end}
    return above | set(range(start, start + count)) | below


def _name(content: bytes) -> str:
    """Name a content that no repository holds: no object id looks like it."""
    return f"edited:{sha256(content).hexdigest()}"
