"""From commits to a snapshot to an analysis: git brings the blobs that the engine asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from cachetools import LRUCache

from bot.git.objects import Absence
from bot.git.snapshot import TOO_LARGE as TOO_HUGE
from bot.git.snapshot import UNREADABLE, Scope, read, take
from checks import engine
from checks.config import CONFIG_PATH
from checks.limits import KEPT_BYTES, PROOFS
from checks.model import Cause
from checks.reading import Distant, Question, Reply, Unread, reply, reply_large

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date

    from bot.git.snapshot import Repository
    from checks.config import Config
    from checks.model import Analysis, Snapshot
    from checks.reading import Material, Request

    # Answers one question of many blobs, in order: in this process or in workers.
    Reader = Callable[[Question, Sequence[Material], frozenset[bytes]], Sequence[Reply]]


@dataclass(frozen=True, slots=True)
class Terms:
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
    terms: Terms,
) -> Analysis:
    """Have the engine judge a snapshot, bringing the blobs it asks for; raises `GitError`."""
    contents = _Contents(repository, terms.contents)
    answer = partial(_answer, contents, engine.needles(config), reader)
    inquiry = engine.analyse(snapshot, config, today=terms.today, proofs=terms.proofs)
    return engine.drive(inquiry, answer)


def analyse(
    repository: Repository, base: str, head: str, *, config: Config, reader: Reader
) -> Analysis:
    """Capture the change from merge base to `head`, and judge it as of today; raises `GitError`."""
    snapshot = capture(repository, base, head, config=config)
    return examine(repository, snapshot, config=config, reader=reader, terms=Terms(today()))


def read_here(
    question: Question, contents: Sequence[Material], needles: frozenset[bytes]
) -> Sequence[Reply]:
    """Answer in this process: for a few files of one's own."""
    return [reply(question, content, needles) for content in contents]


class _Contents:
    """The contents of blobs, `edited` ones before the repository's.

    What was read lately stays at hand: several questions are about the same files.
    """

    def __init__(self, repository: Repository, edited: Mapping[str, bytes]) -> None:
        self.repository = repository
        self._edited = edited
        self._recent = LRUCache[str, bytes | Absence](KEPT_BYTES, getsizeof=len)

    def read(self, oids: AbstractSet[str]) -> Mapping[str, bytes | Absence]:
        """Return each content, or why it is absent; raises `GitError`."""
        known = ((oid, self._at_hand(oid)) for oid in sorted(oids))
        at_hand = {oid: content for oid, content in known if content is not None}
        missing = sorted(oids - at_hand.keys())
        found = read(self.repository, missing) if missing else {}
        self._recent.update(found)
        return {**at_hand, **found}

    def _at_hand(self, oid: str) -> bytes | Absence | None:
        return self._edited.get(oid, self._recent.get(oid))


def _answer(
    contents: _Contents, needles: frozenset[bytes], reader: Reader, request: Request
) -> Mapping[str, Reply]:
    read_now = contents.read(request.blobs)
    whole = {oid: content for oid, content in read_now.items() if isinstance(content, bytes)}
    materials = [request.material(oid, content) for oid, content in whole.items()]
    replies = reader(request.question, materials, needles)
    answered = dict(zip(whole, replies, strict=True))
    if request.question in (Question.COMPILED, Question.WARNS, Question.EDITED):
        return answered  # what is absent was told when its facts were asked
    absent = {oid: why for oid, why in read_now.items() if isinstance(why, Absence)}
    reread = contents.repository
    return answered | {oid: _absent(reread, needles, oid, why) for oid, why in absent.items()}


def _absent(repository: Repository, needles: frozenset[bytes], oid: str, why: Absence) -> Reply:
    if why is Absence.LARGE:
        return repository.ask(lambda objects: reply_large(objects.stream(oid), needles))
    if why is Absence.HUGE:
        return Unread(TOO_HUGE, Cause.CHANGE)
    return Distant() if why is Absence.DISTANT else Unread(UNREADABLE, Cause.SERVICE)
