"""Analyse a change: ask for facts by blob id, flag both sides, compare, judge what is new."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

from checks.findings import Judge
from checks.flagging import Change, Flagger
from checks.model import Analysis, Severity, Skipped
from checks.modules import Roots
from checks.reading import Compiled, Question, Reply, Request, Unread
from checks.registry import rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from checks.compare import Difference
    from checks.config import Config
    from checks.model import Snapshot
    from checks.rule import Rule

ANALYSED_SUFFIXES = (".py", ".pyi")
NOT_AVAILABLE = "Not available in this version, and so not checked: {rules}."
UNREAD_MODULE = "Re-exports through {path} were not followed: {reason}."

Replies = Mapping[str, Reply]
Inquiry = Generator[Request, Replies, Analysis]


def is_analysed(path: str, config: Config) -> bool:
    """Tell whether the engine looks into files of this name."""
    return path.endswith(ANALYSED_SUFFIXES) and not config.ignore.matches(path)


def needles(config: Config) -> frozenset[bytes]:
    """Collect the bytes without any of which no rule can flag anything in a file."""
    return frozenset[bytes]().union(*(rule.needles(config) for rule in _active(config)))


def landmarks(config: Config) -> frozenset[str]:
    """List the paths where canonical and deprecated modules, and packages above them, can stand."""
    homes = {home.module for concept in config.concepts for home in concept.canonical}
    old = {deprecated.module for concept in config.concepts for deprecated in concept.deprecated}
    names = {parent for module in homes | old for parent in _with_parents(module)}
    roots = Roots(config.roots)
    return frozenset(path for name in names for path in roots.paths_of(name))


def drive(inquiry: Inquiry, answer: Callable[[Request], Replies]) -> Analysis:
    """Run an inquiry to its end with whoever can answer: a reply for each blob asked about."""
    try:
        request = next(inquiry)
        while True:
            request = inquiry.send(answer(request))
    except StopIteration as stop:
        analysis: Analysis = stop.value
        return analysis


def analyse(snapshot: Snapshot, config: Config) -> Inquiry:
    """Find what the change adds; the questions come in few rounds, each one batch of blobs."""
    chosen = list(_chosen(snapshot, config))
    known: dict[str, Reply] = {}
    known |= yield Request(Question.FACTS, _blobs(chosen))
    skipped = [refusal for change in chosen if (refusal := _refusal(change, known))]
    refused = {item.path for item in skipped}
    readable = [change for change in chosen if change.path not in refused]

    flagger = Flagger(snapshot, config, _active(config), known)
    waiting = readable
    while waiting := [change for change in waiting if not flagger.flag(change)]:
        known |= yield Request(Question.MODULE, flagger.take_wanted())
    differences = flagger.differences()

    suspects = _bases(readable, differences)
    compiled = (yield Request(Question.COMPILED, frozenset(suspects.values()))) if suspects else {}
    judge = Judge(snapshot, config)
    words = {path: _words(compiled.get(oid)) for path, oid in suspects.items()}
    findings, fixed = judge.judge(differences, words)
    return Analysis(
        base=snapshot.base,
        head=snapshot.head,
        findings=findings,
        fixed=fixed,
        skipped=tuple(sorted((*snapshot.skipped, *skipped), key=lambda item: item.path)),
        crashes=flagger.crashes(),
        notes=tuple(_notes(config, flagger, known)),
        files_changed=len(snapshot.entries),
        files_analyzed=sum(change.head is not None for change in readable),
    )


def _with_parents(module: str) -> Iterator[str]:
    parts = module.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _active(config: Config) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules() if config.severity(rule.name) is not Severity.OFF)


def _chosen(snapshot: Snapshot, config: Config) -> Iterator[Change]:
    skipped = {item.path for item in snapshot.skipped}
    for entry in snapshot.entries:
        change = Change.of(entry, lambda path: is_analysed(path, config))
        if change is not None and change.path not in skipped:
            yield change


def _blobs(changes: Iterable[Change]) -> frozenset[str]:
    versions = (version for change in changes for version in (change.base, change.head))
    return frozenset(version.oid for version in versions if version is not None)


def _refusal(change: Change, known: Replies) -> Skipped | None:
    """Tell why a changed file cannot be analysed, if so; its base may be unreadable."""
    reply = known[change.head.oid] if change.head is not None else None
    return Skipped(change.path, reply.reason, reply.cause) if isinstance(reply, Unread) else None


def _bases(changes: Iterable[Change], differences: Iterable[Difference]) -> Mapping[str, str]:
    """Pick the files that gain something, with the blob id of their base."""
    gaining = {difference.path for difference in differences if difference.gained}
    return {c.path: c.base.oid for c in changes if c.base is not None and c.path in gaining}


def _words(reply: Reply | None) -> Mapping[str, int]:
    return reply.words if isinstance(reply, Compiled) else {}


def _notes(config: Config, flagger: Flagger, known: Replies) -> Iterator[str]:
    available = {rule.name for rule in rules()}
    on = sorted(name for name, weight in config.severities.items() if weight is not Severity.OFF)
    missing = [name for name in on if name not in available]
    if missing:
        yield NOT_AVAILABLE.format(rules=", ".join(missing))
    for path, oid in flagger.consulted():
        reply = known.get(oid)
        if isinstance(reply, Unread):
            yield UNREAD_MODULE.format(path=path, reason=reply.reason)
