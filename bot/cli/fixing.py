"""Proven edits for a working tree: chosen, made together, and judged once more as a whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from bot.git.analysis import Trial, examine
from checks.fixes import UneditableError, apply
from checks.model import Hunk, Status, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bot.git.analysis import Reader
    from bot.git.snapshot import Repository
    from checks.config import Config
    from checks.model import Analysis, Entry, Finding, Snapshot, Suggestion

EVERYWHERE = 1 << 30  # more lines than any file has
NO_LIMIT = 1 << 30  # a person who waits for the whole tree has asked for all of it


@dataclass(frozen=True, slots=True)
class Fixes:
    """What became of a change: the new content of each file, and the judgements around it."""

    before: Analysis
    after: Analysis
    contents: Mapping[str, bytes]


class Fixer:
    """Fixes what a snapshot of a working tree holds; nothing is written."""

    def __init__(
        self,
        repository: Repository,
        config: Config,
        reader: Reader,
        *,
        on_disk: Callable[[str], bytes],
    ) -> None:
        """Take the files from `on_disk`, by path: their line ends may differ from git's."""
        self._repository = repository
        self._config = config
        self._reader = reader
        self._on_disk = on_disk

    def fix(self, snapshot: Snapshot) -> Fixes:
        """Make all proven edits, those that overlap in turns; raises `GitError`."""
        before = analysis = self._examine(snapshot, {})
        contents: dict[str, bytes] = {}
        while chosen := self._chosen(analysis, contents):
            made = {path: apply(self._content(path, contents), s) for path, s in chosen.items()}
            trial = _edited(snapshot, chosen, made)
            judged = self._examine(trial, contents | made)
            worse = [path for path in chosen if _is_worse(path, analysis, judged, chosen[path])]
            if worse:  # each of them holds alone, but not together: one at a time
                chosen |= {path: chosen[path][:1] for path in worse}
                made |= {p: apply(self._content(p, contents), chosen[p]) for p in worse}
                trial = _edited(snapshot, chosen, made)
                judged = self._examine(trial, contents | made)
            snapshot, analysis, contents = trial, judged, contents | made
        return Fixes(before, analysis, contents)

    def _examine(self, snapshot: Snapshot, contents: Mapping[str, bytes]) -> Analysis:
        return examine(
            self._repository,
            snapshot,
            config=self._config,
            reader=self._reader,
            trial=Trial({_name(content): content for content in contents.values()}, NO_LIMIT),
        )

    def _chosen(
        self, analysis: Analysis, contents: Mapping[str, bytes]
    ) -> dict[str, list[Suggestion]]:
        """Pick suggestions that do not overlap, for files whose bytes are what git says."""
        chosen: dict[str, list[Suggestion]] = {}
        for finding in analysis.findings:
            if finding.status is Status.NEW and finding.suggestion is not None:
                own = chosen.setdefault(finding.path, [])
                if not any(_overlap(finding.suggestion, other) for other in own):
                    own.append(finding.suggestion)
        return {p: s for p, s in chosen.items() if _applies(self._content(p, contents), s)}

    def _content(self, path: str, contents: Mapping[str, bytes]) -> bytes:
        return contents[path] if path in contents else self._on_disk(path)


def _applies(content: bytes, suggestions: Iterable[Suggestion]) -> bool:
    try:
        apply(content, suggestions)
    except UneditableError:
        return False
    return True


def _overlap(one: Suggestion, other: Suggestion) -> bool:
    return one.start_line <= other.end_line and other.start_line <= one.end_line


def _is_worse(path: str, before: Analysis, after: Analysis, chosen: Sequence[Suggestion]) -> bool:
    """Tell whether a file has a finding that it should not have any more, or never had."""
    expected = Counter(
        _sign(finding)
        for finding in before.findings
        if finding.path == path and finding.suggestion not in chosen
    )
    found = Counter(_sign(finding) for finding in after.findings if finding.path == path)
    return any(count > expected[sign] for sign, count in found.items())


def _sign(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.kind, finding.symbol


def _edited(
    snapshot: Snapshot, chosen: Mapping[str, Sequence[Suggestion]], made: Mapping[str, bytes]
) -> Snapshot:
    entries = tuple(
        _with_content(entry, chosen[entry.path], made[entry.path]) if entry.path in made else entry
        for entry in snapshot.entries
    )
    tree = {**snapshot.tree, **{path: _name(content) for path, content in made.items()}}
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
