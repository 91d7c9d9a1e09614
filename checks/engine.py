"""Analyse a change: ask for facts by blob id, flag both sides, compare, judge what is new."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from checks import effect as effects
from checks.config import CONFIG_PATH
from checks.evidence import evidence
from checks.findings import Judge
from checks.flagging import Answers, Change, Flagger
from checks.limits import FETCH_BATCHES, PROOFS, SEARCHED_MODULES
from checks.model import Analysis, Severity, Skipped
from checks.modules import SUFFIXES, Roots
from checks.proposal import REMOVED, is_removed, preview, proposed, read_policies
from checks.reading import Compiled, Distant, Question, Request, Unread, ask
from checks.registry import rules
from checks.rule import View
from checks.source import WAIVER_MARK
from checks.suggestions import Prover
from checks.waivers import Waivers

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from checks.compare import Difference
    from checks.config import Config
    from checks.model import Snapshot
    from checks.proposal import Policies
    from checks.reading import Inquiry, Replies, Reply
    from checks.rule import Rule

NOT_AVAILABLE = "Not available in this version, so not checked: {rules}."
NO_CONCEPT = "The config names no concept, so only syntax, backup files and waivers are checked."
NO_HOME = "`{module}`, a source of `{concept}`, is not in this tree: check the spelling."
UNREAD_MODULE = "Re-exports through {path} were not followed: {reason}."
DISTANT_MODULES = (
    "{count} modules were not looked into, because one review fetches {batches} times at most: "
    "what is handed on through {paths} may be missing here. `ssot check` sees all of it."
)
SEARCH_ENDED = (
    "The search for import cycles stopped after {count:,} modules: some cycles may be missing."
)
# Of many paths so many are named.
SHOWN_PATHS = 3


@dataclass(frozen=True, slots=True)
class _Brief:
    """What a judgement is told: of which paths no needles are asked, the day, how many proofs."""

    whole: Container[str]
    today: date
    proofs: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of the changed paths; `known` grows while the change is judged."""

    changes: list[Change]
    known: dict[str, Reply]
    compiled: Replies
    skipped: tuple[Skipped, ...]

    def but(self, skipped: tuple[Skipped, ...]) -> Reading:
        """Leave out what was not looked into after all."""
        changes = _without(self.changes, skipped)
        return replace(self, changes=changes, skipped=(*self.skipped, *skipped))


def is_analysed(path: str, config: Config) -> bool:
    """Tell whether the engine looks into files of this name."""
    return path.endswith(SUFFIXES) and not config.ignore.matches(path)


def active(config: Config) -> tuple[Rule, ...]:
    """List the rules that the config does not turn off."""
    return tuple(rule for rule in rules() if config.severity(rule.name) is not Severity.OFF)


def needles(config: Config) -> frozenset[bytes]:
    """Collect the bytes without any of which nothing in a file matters to any rule.

    A waiver matters to all of them, also to those that need no bytes of the file.
    """
    waivers = frozenset({WAIVER_MARK}) if config.report.inline_waivers else frozenset[bytes]()
    return waivers.union(*(rule.needles(config) for rule in active(config)))


def landmarks(config: Config) -> frozenset[str]:
    """List the paths where canonical and deprecated modules, and packages above them, can stand."""
    homes = {home.module for concept in config.concepts for home in concept.canonical}
    old = {deprecated.module for concept in config.concepts for deprecated in concept.deprecated}
    names = {parent for module in homes | old for parent in _with_parents(module)}
    roots = Roots(config.roots)
    return frozenset(path for name in names for path in roots.paths_of(name))


def drive(
    inquiry: Inquiry[Analysis], answer: Callable[[Sequence[Request]], Sequence[Replies]]
) -> Analysis:
    """Run an inquiry to its end with whoever can answer: a reply for each blob asked about."""
    try:
        requests = next(inquiry)
        while True:
            requests = inquiry.send(answer(requests))
    except StopIteration as stop:
        analysis: Analysis = stop.value
        return analysis


def analyse(
    snapshot: Snapshot, config: Config, *, today: date, proofs: int = PROOFS
) -> Inquiry[Analysis]:
    """Find what the change adds; the questions come in few rounds, each one batch of blobs.

    Suggestions are looked for at the first `proofs` findings that have an edit.
    Waivers hold through their last day; `today` is the day in UTC. Where the change brings a valid
    config, a note says what that one would find instead; where it removes the config, that.
    """
    policies, lost = yield from read_policies(snapshot)
    snapshot = replace(snapshot, skipped=(*snapshot.skipped, *lost))
    judged = partial(_judge, snapshot, policies=policies)
    brief = _Brief(landmarks(config), today, proofs)
    analysis = yield from judged(config, brief=brief)
    if is_removed(snapshot):
        return replace(analysis, notes=(*analysis.notes, REMOVED))
    future = proposed(snapshot, policies)
    if future is None or future == config:
        return analysis
    # Whoever answers looks for the needles of the config that decides: here none are asked.
    everything = {version.path for entry in snapshot.entries for version in entry.versions}
    other = yield from judged(future, brief=_Brief(everything, today, proofs=0))
    return replace(analysis, notes=(*analysis.notes, preview(analysis, other)))


def _judge(
    snapshot: Snapshot,
    config: Config,
    *,
    policies: Policies,
    brief: _Brief,
) -> Inquiry[Analysis]:
    """Judge the change by one config."""
    reading = yield from _read(snapshot, config, whole=brief.whole)
    known, compiled, waiting = reading.known, reading.compiled, reading.changes
    waivers = Waivers(config, brief.today, available={rule.name for rule in rules()})
    answers = Answers(known, compiled, policies)
    flagger = Flagger(snapshot, config, active(config), answers=answers, waivers=waivers)
    while waiting := [change for change in waiting if not flagger.flag(change)]:
        known |= yield from ask(Request(Question.MODULE, flagger.wanted()))
    reading = reading.but(flagger.skipped())
    differences = flagger.differences()
    words = yield from _words(reading.changes, differences, compiled)
    judged, fixed = Judge(snapshot, config).judge(differences, words)
    inline = {each.path: each.head.facts.waivers for each in differences}
    prover = Prover(flagger, reading.changes, known)
    waived = waivers.waive(judged, inline)
    findings = yield from prover.suggest(waived, differences, most=brief.proofs)
    effect = yield from effects.find(snapshot, config, flagger, reading=reading)
    return Analysis(
        base=snapshot.base,
        head=snapshot.head,
        findings=findings,
        fixed=fixed,
        skipped=tuple(sorted(reading.skipped, key=lambda item: item.path)),
        crashes=flagger.crashes(),
        notes=(*_notes(config, flagger, known, snapshot.tree), *prover.notes),
        files_changed=len(snapshot.entries),
        files_analyzed=sum(change.head is not None for change in reading.changes),
        effect=effect,
        evidence=evidence(snapshot, differences, words),
    )


def _read(snapshot: Snapshot, config: Config, *, whole: Container[str]) -> Inquiry[Reading]:
    """Ask what the changed files say, and whether Python takes them where a rule wants to know."""
    changes = _changes(snapshot, config)
    is_compiled = any(rule.view is View.COMPILED for rule in active(config))
    heads = [change.head.oid for change in changes if change.head is not None and is_compiled]
    *facts, compiled = yield (
        *_fact_requests(changes, whole),
        Request(Question.COMPILED, frozenset(heads)),
    )
    known = {oid: reply for replies in facts for oid, reply in replies.items()}
    compiled = {**compiled, **(yield from _compiled_bases(changes, compiled))}
    skipped = (*snapshot.skipped, *_refusals(changes, known, compiled))
    return Reading(_without(changes, skipped), known, compiled, skipped)


def _with_parents(module: str) -> Iterator[str]:
    parts = module.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _changes(snapshot: Snapshot, config: Config) -> list[Change]:
    changes = [
        Change.of(entry, lambda path: is_analysed(path, config))
        for entry in snapshot.entries
        if entry.path == CONFIG_PATH or not config.ignore.matches(entry.path)
    ]
    return _without(changes, snapshot.skipped)


def _without(changes: Iterable[Change], skipped: Iterable[Skipped]) -> list[Change]:
    """Have nothing read of the files that cannot be analysed: their paths are still judged."""
    silent = {item.path for item in skipped}
    return [change.unread() if change.path in silent else change for change in changes]


def _fact_requests(changes: Iterable[Change], whole: Container[str]) -> Iterator[Request]:
    """Ask for the facts of what changed; those of the config's own modules without needles."""
    versions = {v for change in changes for v in (change.base, change.head) if v is not None}
    always = frozenset(version.oid for version in versions if version.path in whole)
    yield Request(Question.MODULE, always)
    yield Request(Question.FACTS, frozenset(version.oid for version in versions) - always)


def _compiled_bases(changes: Iterable[Change], heads: Replies) -> Inquiry[Replies]:
    """Have the bases compiled of those heads that Python refuses."""
    broken = frozenset(
        change.base.oid
        for change in changes
        if change.base is not None and change.head is not None
        if _is_broken(heads.get(change.head.oid))
    )
    return (yield from ask(Request(Question.COMPILED, broken)))


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
    changes: Iterable[Change], differences: Iterable[Difference], known: Replies
) -> Inquiry[Mapping[str, Mapping[str, int]]]:
    """Count the words, by path, of bases that do not compile, where something is gained.

    `known` is what `compile()` said of some blobs already: those are not asked about again.
    """
    gaining = {difference.path for difference in differences if difference.gained}
    bases = {c.path: c.base.oid for c in changes if c.base is not None and c.path in gaining}
    unknown = frozenset(bases.values()) - known.keys()
    replies = yield from ask(Request(Question.COMPILED, unknown))
    compiled = {path: known.get(oid) or replies.get(oid) for path, oid in bases.items()}
    return {path: r.words for path, r in compiled.items() if isinstance(r, Compiled)}


def _notes(config: Config, flagger: Flagger, known: Replies, tree: Container[str]) -> Iterator[str]:
    available = {rule.name for rule in rules()}
    on = sorted(name for name, weight in config.severities.items() if weight is not Severity.OFF)
    missing = [name for name in on if name not in available]
    if missing:
        yield NOT_AVAILABLE.format(rules=", ".join(missing))
    if not config.concepts:
        yield NO_CONCEPT
    for concept in config.concepts:
        for module in dict.fromkeys(home.module for home in concept.canonical):
            if not any(path in tree for path in Roots(config.roots).paths_of(module)):
                yield NO_HOME.format(module=module, concept=concept.name)
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
