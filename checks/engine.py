"""Analyse a change: ask for facts by blob id, flag both sides, compare, judge what is new."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

from checks.findings import Judge
from checks.flagging import Change, Flagger
from checks.limits import FETCH_BATCHES, SEARCHED_MODULES
from checks.model import Analysis, Severity, Skipped
from checks.modules import Roots
from checks.reading import Compiled, Distant, Question, Reply, Request, Unread
from checks.registry import rules
from checks.rule import View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from checks.compare import Difference
    from checks.config import Config
    from checks.model import Snapshot
    from checks.rule import Rule

ANALYSED_SUFFIXES = (".py", ".pyi")
NOT_AVAILABLE = "Not available in this version, and so not checked: {rules}."
UNREAD_MODULE = "Re-exports through {path} were not followed: {reason}."
DISTANT_MODULES = (
    "{count} modules were not looked into, because one review fetches {batches} times at most: "
    "what is handed on through {paths} may be missing here. `ssot check` sees all of it."
)
SEARCH_ENDED = "The search for import cycles ended after {count:,} modules: some may be missing."
# Of many paths so many are named.
SHOWN_PATHS = 3

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
    active = _active(config)
    known = dict[str, Reply]()
    changes = _changes(snapshot, config)
    for request in _first_requests(changes, landmarks(config)):
        known |= yield request
    compiled: Replies = {}
    if any(rule.view is View.COMPILED for rule in active):
        compiled = yield from _compile(changes)
    skipped = (*snapshot.skipped, *_refusals(changes, known, compiled))
    changes = _without(changes, skipped)
    flagger = Flagger(snapshot, config, active, known=known, compiled=compiled)
    waiting = changes
    while waiting := [change for change in waiting if not flagger.flag(change)]:
        known |= yield Request(Question.MODULE, flagger.wanted())
    differences = flagger.differences()
    words = yield from _words(changes, differences)
    findings, fixed = Judge(snapshot, config).judge(differences, words)
    return Analysis(
        base=snapshot.base,
        head=snapshot.head,
        findings=findings,
        fixed=fixed,
        skipped=tuple(sorted(skipped, key=lambda item: item.path)),
        crashes=flagger.crashes(),
        notes=tuple(_notes(config, flagger, known)),
        files_changed=len(snapshot.entries),
        files_analyzed=sum(change.head is not None for change in changes),
    )


def _with_parents(module: str) -> Iterator[str]:
    parts = module.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _active(config: Config) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules() if config.severity(rule.name) is not Severity.OFF)


def _changes(snapshot: Snapshot, config: Config) -> list[Change]:
    entries = [entry for entry in snapshot.entries if not config.ignore.matches(entry.path)]
    changes = [Change.of(entry, lambda path: is_analysed(path, config)) for entry in entries]
    return _without(changes, snapshot.skipped)


def _without(changes: Iterable[Change], skipped: Iterable[Skipped]) -> list[Change]:
    """Have nothing read of the files that cannot be analysed: their paths are still judged."""
    silent = {item.path for item in skipped}
    return [change.unread() if change.path in silent else change for change in changes]


def _first_requests(changes: Iterable[Change], marked: frozenset[str]) -> Iterator[Request]:
    """Ask for the facts of what changed; those of the config's own modules without needles."""
    versions = {v for change in changes for v in (change.base, change.head) if v is not None}
    always = frozenset(version.oid for version in versions if version.path in marked)
    if always:
        yield Request(Question.MODULE, always)
    yield Request(Question.FACTS, frozenset(version.oid for version in versions) - always)


def _compile(changes: Iterable[Change]) -> Generator[Request, Replies, Replies]:
    """Have the heads compiled, and the bases of those that are refused."""
    pairs = [(change.head.oid, change.base) for change in changes if change.head is not None]
    heads = yield Request(Question.COMPILED, frozenset(head for head, _ in pairs))
    broken = frozenset(
        base.oid for head, base in pairs if base is not None and _is_broken(heads.get(head))
    )
    bases = (yield Request(Question.COMPILED, broken)) if broken else {}
    return {**heads, **bases}


def _is_broken(reply: Reply | None) -> bool:
    return isinstance(reply, Compiled) and reply.error is not None


def _refusals(changes: Iterable[Change], *answers: Replies) -> Iterator[Skipped]:
    """Tell which changed files cannot be analysed, and why; a base may be unreadable."""
    for change in changes:
        replies = [replies.get(change.head.oid) for replies in answers] if change.head else []
        refusal = next((reply for reply in replies if isinstance(reply, Unread)), None)
        if refusal is not None:
            yield Skipped(change.path, refusal.reason, refusal.cause)


def _words(
    changes: Iterable[Change], differences: Iterable[Difference]
) -> Generator[Request, Replies, Mapping[str, Mapping[str, int]]]:
    """Count the words, by path, of bases that do not compile, where something is gained."""
    gaining = {difference.path for difference in differences if difference.gained}
    bases = {c.path: c.base.oid for c in changes if c.base is not None and c.path in gaining}
    if not bases:
        return {}
    replies = yield Request(Question.COMPILED, frozenset(bases.values()))
    compiled = {path: replies.get(oid) for path, oid in bases.items()}
    return {path: r.words for path, r in compiled.items() if isinstance(r, Compiled)}


def _notes(config: Config, flagger: Flagger, known: Replies) -> Iterator[str]:
    available = {rule.name for rule in rules()}
    on = sorted(name for name, weight in config.severities.items() if weight is not Severity.OFF)
    missing = [name for name in on if name not in available]
    if missing:
        yield NOT_AVAILABLE.format(rules=", ".join(missing))
    distant = [path for path, oid in flagger.consulted() if isinstance(known.get(oid), Distant)]
    if distant:
        shown = [*distant[:SHOWN_PATHS], *(["…"] if len(distant) > SHOWN_PATHS else [])]
        yield DISTANT_MODULES.format(
            count=len(distant), batches=FETCH_BATCHES, paths=", ".join(shown)
        )
    if flagger.is_search_ended():
        yield SEARCH_ENDED.format(count=SEARCHED_MODULES)
    for path, oid in flagger.consulted():
        reply = known.get(oid)
        if isinstance(reply, Unread):
            yield UNREAD_MODULE.format(path=path, reason=reply.reason)
