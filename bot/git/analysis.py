"""From commits to a snapshot to an analysis: git brings the blobs that the engine asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cachetools import LRUCache

from bot.git.objects import Absence
from bot.git.snapshot import TOO_LARGE as TOO_HUGE
from bot.git.snapshot import UNREADABLE, Scope, read_in_parts, take
from checks import engine, limits
from checks.config import CONFIG_PATH
from checks.facts import Facts
from checks.limits import PROOFS
from checks.model import Cause
from checks.reading import Compiled, Distant, Question, Reply, Unread, answer, reply_large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date

    from bot.git.snapshot import Repository
    from checks.config import Config
    from checks.model import Analysis, Snapshot
    from checks.reading import Asked, Replies, Request

    # Answers what is asked of many blobs, in order: in this process or in workers.
    Reader = Callable[[Sequence[Asked], frozenset[bytes]], Sequence[Reply]]


TOO_MUCH = "not read: the files of the change before it are too large together"


@dataclass(frozen=True, slots=True)
class Brief:
    """What an examination is told beside the change.

    `today` is the day in UTC, `proofs` how many suggestions are tried, `contents` are by id what
    no repository holds.
    """

    today: date
    proofs: int = PROOFS
    contents: Mapping[str, bytes] = field(default_factory=dict)


def today() -> date:
    """Tell the day on which waivers are judged."""
    return datetime.now(UTC).date()


def capture(repository: Repository, base: str, head: str, *, config: Config) -> Snapshot:
    """Take what changed from merge base to `head` (commit or tree ids); raises `GitError`."""
    scope = Scope(
        lambda path: path == CONFIG_PATH or engine.is_analysed(path, config),
        engine.landmarks(config),
    )
    return take(repository, base, head, scope)


def examine(
    repository: Repository,
    snapshot: Snapshot,
    *,
    config: Config,
    reader: Reader,
    brief: Brief,
) -> Analysis:
    """Have the engine judge a snapshot, bringing the blobs it asks for; raises `GitError`."""
    answer = _Answers(repository, engine.needles(config), reader, edited=brief.contents)
    inquiry = engine.analyse(snapshot, config, today=brief.today, proofs=brief.proofs)
    return engine.drive(inquiry, answer)


def analyse(
    repository: Repository, base: str, head: str, *, config: Config, reader: Reader
) -> Analysis:
    """Capture the change from merge base to `head`, and judge it as of today; raises `GitError`."""
    snapshot = capture(repository, base, head, config=config)
    return examine(repository, snapshot, config=config, reader=reader, brief=Brief(today()))


def read_here(asked: Sequence[Asked], needles: frozenset[bytes]) -> Sequence[Reply]:
    """Answer in this process: for a few files of one's own."""
    return [answer(each, needles) for each in asked]


class _Answers:
    """Answers the questions of one examination; what all of it may hold is bounded.

    What was read lately stays at hand: several questions are about the same files.
    """

    def __init__(
        self,
        repository: Repository,
        needles: frozenset[bytes],
        reader: Reader,
        *,
        edited: Mapping[str, bytes],
    ) -> None:
        self._repository = repository
        self._needles = needles
        self._reader = reader
        self._edited = edited
        self._recent = LRUCache[str, bytes | Absence](limits.KEPT_BYTES, getsizeof=len)
        self._left = limits.CHANGED_FACTS

    def __call__(self, requests: Sequence[Request]) -> Sequence[Replies]:
        answered: list[dict[str, Reply]] = [{} for _ in requests]
        for part in self._parts(frozenset().union(*(request.blobs for request in requests))):
            for replies, more in zip(answered, self._answer(requests, part), strict=True):
                replies.update(more)
        return answered

    def _parts(self, oids: AbstractSet[str]) -> Iterator[Mapping[str, bytes | Absence]]:
        """Yield contents, or why they are absent: edited ones, recent ones, then the rest."""
        yield {oid: self._edited[oid] for oid in sorted(oids & self._edited.keys())}
        others = sorted(oids - self._edited.keys())
        at_hand = {oid: self._recent[oid] for oid in others if oid in self._recent}
        yield at_hand
        if missing := [oid for oid in others if oid not in at_hand]:
            for part in read_in_parts(self._repository, missing):
                self._recent.update(part)
                yield part

    def _answer(
        self, requests: Sequence[Request], contents: Mapping[str, bytes | Absence]
    ) -> Iterator[Replies]:
        """Have read what all requests ask of these contents; yield the replies to each of them."""
        whole = {oid: content for oid, content in contents.items() if isinstance(content, bytes)}
        wanted = [[oid for oid in whole if oid in request.blobs] for request in requests]
        asked = [
            request.asked(oid, whole[oid])
            for request, oids in zip(requests, wanted, strict=True)
            for oid in oids
        ]
        replies = iter(self._reader(asked, self._needles) if asked else ())
        for request, oids in zip(requests, wanted, strict=True):
            answered = {oid: self._within_bounds(next(replies)) for oid in oids}
            yield {**answered, **self._absent(request, contents)}

    def _absent(self, request: Request, contents: Mapping[str, bytes | Absence]) -> Replies:
        if request.question in (Question.COMPILED, Question.WARNS, Question.EDITED):
            return {}  # what is absent is told where facts are asked
        return {
            oid: _absent(self._repository, self._needles, oid, why)
            for oid, why in contents.items()
            if isinstance(why, Absence) and oid in request.blobs
        }

    def _within_bounds(self, reply: Reply) -> Reply:
        """Let through what is large while there is room for more."""
        match reply:
            case Facts():
                size = reply.size
            case Compiled():
                size = len(reply.words) // 8  # a word is smaller than an import
            case _:
                return reply
        self._left -= size
        return reply if self._left >= 0 or not size else Unread(TOO_MUCH, Cause.CHANGE)


def _absent(repository: Repository, needles: frozenset[bytes], oid: str, why: Absence) -> Reply:
    if why is Absence.LARGE:
        return repository.ask(lambda objects: reply_large(objects.stream(oid), needles))
    if why is Absence.HUGE:
        return Unread(TOO_HUGE, Cause.CHANGE)
    return Distant() if why is Absence.DISTANT else Unread(UNREADABLE, Cause.SERVICE)
