"""From commits to a snapshot to an analysis: git brings the blobs that the engine asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from bot.git.objects import Absence
from bot.git.snapshot import TOO_LARGE as TOO_HUGE
from bot.git.snapshot import UNREADABLE, Scope, read, take
from checks import engine
from checks.config import CONFIG_PATH
from checks.model import Cause
from checks.reading import Question, Reply, Unread, reply, reply_large

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from bot.git.snapshot import Repository
    from checks.config import Config
    from checks.model import Analysis, Snapshot
    from checks.reading import Request

    # Answers one question of many blobs, in order: in this process or in workers.
    Reader = Callable[[Question, Sequence[bytes], frozenset[bytes]], Sequence[Reply]]


def capture(repository: Repository, base: str, head: str, *, config: Config) -> Snapshot:
    """Take what changed from merge base to `head` (commit or tree ids); raises `GitError`."""
    scope = Scope(
        lambda path: path == CONFIG_PATH or engine.is_analysed(path, config),
        engine.landmarks(config),
    )
    return take(repository, base, head, scope)


def examine(
    repository: Repository, snapshot: Snapshot, *, config: Config, reader: Reader, today: date
) -> Analysis:
    """Have the engine judge a snapshot, bringing the blobs it asks for; raises `GitError`.

    `today` is the day in UTC.
    """
    answer = partial(_answer, repository, engine.needles(config), reader)
    return engine.drive(engine.analyse(snapshot, config, today=today), answer)


def analyse(
    repository: Repository, base: str, head: str, *, config: Config, reader: Reader
) -> Analysis:
    """Capture the change from merge base to `head`, and judge it as of today; raises `GitError`."""
    snapshot = capture(repository, base, head, config=config)
    today = datetime.now(UTC).date()
    return examine(repository, snapshot, config=config, reader=reader, today=today)


def read_here(
    question: Question, contents: Sequence[bytes], needles: frozenset[bytes]
) -> Sequence[Reply]:
    """Answer in this process: for a few files of one's own."""
    return [reply(question, content, needles) for content in contents]


def _answer(
    repository: Repository, needles: frozenset[bytes], reader: Reader, request: Request
) -> Mapping[str, Reply]:
    contents = read(repository, sorted(request.blobs))
    whole = {oid: content for oid, content in contents.items() if isinstance(content, bytes)}
    replies = reader(request.question, list(whole.values()), needles)
    answered = dict(zip(whole, replies, strict=True))
    if request.question is Question.COMPILED:
        return answered  # what is absent was told when its facts were asked
    absent = {oid: why for oid, why in contents.items() if isinstance(why, Absence)}
    return answered | {oid: _absent(repository, needles, oid, why) for oid, why in absent.items()}


def _absent(repository: Repository, needles: frozenset[bytes], oid: str, why: Absence) -> Reply:
    if why is Absence.LARGE:
        return repository.ask(lambda objects: reply_large(objects.stream(oid), needles))
    if why is Absence.HUGE:
        return Unread(TOO_HUGE, Cause.CHANGE)
    return Unread(UNREADABLE, Cause.SERVICE)
