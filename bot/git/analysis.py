"""From commits to a snapshot to an analysis: git brings the blobs that the engine asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from bot.git.objects import Absence
from bot.git.snapshot import TOO_LARGE as TOO_HUGE
from bot.git.snapshot import UNREADABLE, Scope, read, take
from checks import engine
from checks.config import CONFIG_PATH
from checks.limits import PROOFS
from checks.model import Cause
from checks.reading import Distant, Question, Reply, Unread, reply, reply_large

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
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
    answer = partial(_answer, repository, engine.needles(config), reader, terms.contents)
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


def _answer(
    repository: Repository,
    needles: frozenset[bytes],
    reader: Reader,
    edited: Mapping[str, bytes],
    request: Request,
) -> Mapping[str, Reply]:
    supplied = {oid: edited[oid] for oid in sorted(request.blobs) if oid in edited}
    contents = {**supplied, **read(repository, sorted(request.blobs - supplied.keys()))}
    whole = {oid: content for oid, content in contents.items() if isinstance(content, bytes)}
    materials = [request.material(oid, content) for oid, content in whole.items()]
    replies = reader(request.question, materials, needles)
    answered = dict(zip(whole, replies, strict=True))
    if request.question in (Question.COMPILED, Question.WARNS, Question.EDITED):
        return answered  # what is absent was told when its facts were asked
    absent = {oid: why for oid, why in contents.items() if isinstance(why, Absence)}
    return answered | {oid: _absent(repository, needles, oid, why) for oid, why in absent.items()}


def _absent(repository: Repository, needles: frozenset[bytes], oid: str, why: Absence) -> Reply:
    if why is Absence.LARGE:
        return repository.ask(lambda objects: reply_large(objects.stream(oid), needles))
    if why is Absence.HUGE:
        return Unread(TOO_HUGE, Cause.CHANGE)
    return Distant() if why is Absence.DISTANT else Unread(UNREADABLE, Cause.SERVICE)
