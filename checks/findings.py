"""From compared flags to findings: status, severity, fingerprint, anchor."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from checks.compare import excused, moves
from checks.model import Finding, Fixed, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from checks.compare import Difference, Flagged
    from checks.config import Config
    from checks.model import Crash, Snapshot

# Part of every fingerprint: raised when their meaning changes.
FINGERPRINT_VERSION = 1
FINGERPRINT_DIGITS = 16
# GitHub shows no diff beyond the first files, and takes no comment there.
# https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits
FILES_WITH_DIFF = 300
UNPARSED_BASE = "{message} (Perhaps not new: the file at the base could not be parsed.)"

Placed = TypeVar("Placed", "Finding", "Crash")


class Judge:
    """What the comparison of a change's files means under a config."""

    def __init__(self, snapshot: Snapshot, config: Config) -> None:
        self._config = config
        self._hunks = {entry.path: entry.hunks for entry in snapshot.entries[:FILES_WITH_DIFF]}
        self._base_paths = {entry.path: entry.base.path for entry in snapshot.entries if entry.base}

    def judge(
        self, differences: Sequence[Difference], words: Mapping[str, Mapping[str, int]]
    ) -> tuple[tuple[Finding, ...], tuple[Fixed, ...]]:
        """Judge what is gained and lost; `words` by path, of those bases that do not compile."""
        moved = moves(differences)
        findings: list[Finding] = []
        fixed: list[Fixed] = []
        for difference in differences:
            path = difference.path
            pardoned = excused(difference.gained, difference.base, words.get(path, {}))
            named = fingerprints(difference)
            for flagged in difference.gained:
                finding = self._finding(path, flagged, named[flagged])
                if (path, flagged) in moved.gained:
                    finding = replace(finding, status=Status.MOVED, severity=Severity.NOTICE)
                elif flagged in pardoned:
                    finding = _pardon(finding)
                findings.append(finding)
            lost = (flagged for flagged in difference.lost if (path, flagged) not in moved.lost)
            fixed += (_fixed(self._base_paths[path], flagged) for flagged in lost)
        return tuple(sorted(findings, key=place_of)), tuple(sorted(fixed, key=_old_place))

    def _finding(self, path: str, flagged: Flagged, fingerprint: str) -> Finding:
        flag = flagged.flag
        return Finding(
            rule=flagged.rule,
            severity=flag.severity or self._config.severity(flagged.rule),
            status=Status.NEW,
            path=path,
            span=flag.span,
            symbol=flag.symbol,
            kind=flag.kind,
            message=flag.message,
            fingerprint=fingerprint,
            concept=flag.concept,
            in_tests=self._config.tests.matches(path),
            anchored=any(hunk.takes_comment(flag.span.line) for hunk in self._hunks.get(path, ())),
        )


def fingerprints(difference: Difference) -> Mapping[Flagged, str]:
    """Name every flag at head: path, what it is, its scope, its rank among equals there."""
    ranks: Counter[tuple[str, ...]] = Counter()
    found = {}
    for flagged in sorted(difference.head.flagged, key=lambda f: f.flag.span):
        flag = flagged.flag
        place = (flagged.rule, difference.path, flag.kind.value, flag.symbol, flag.scope)
        parts = (str(FINGERPRINT_VERSION), *place, str(ranks[place]))
        ranks[place] += 1
        text = "\0".join(parts).encode("utf-8", "surrogateescape")
        found[flagged] = hashlib.sha256(text).hexdigest()[:FINGERPRINT_DIGITS]
    return found


def by_path(found: Iterable[Placed]) -> Mapping[str, tuple[Placed, ...]]:
    """Group what stands at paths, findings or crashes, in the order in which it came."""
    grouped: defaultdict[str, list[Placed]] = defaultdict(list)
    for each in found:
        grouped[each.path].append(each)
    return {path: tuple(each) for path, each in grouped.items()}


def _pardon(finding: Finding) -> Finding:
    """Weigh what a base that does not compile may have held already as a warning at most."""
    message = UNPARSED_BASE.format(message=finding.message)
    severity = Severity.WARNING if finding.severity is Severity.ERROR else finding.severity
    return replace(finding, severity=severity, message=message)


def _fixed(path: str, flagged: Flagged) -> Fixed:
    flag = flagged.flag
    return Fixed(flagged.rule, path, flag.span.line, flag.symbol, flag.kind, flag.concept)


def place_of(finding: Finding) -> tuple[object, ...]:
    """Order findings as they are published: by file, by place, then by what they say."""
    return finding.path, finding.span, finding.rule, finding.symbol


def _old_place(fixed: Fixed) -> tuple[object, ...]:
    return fixed.path, fixed.line, fixed.rule, fixed.symbol
