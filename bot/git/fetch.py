"""Fetch into a mirror, by object id: the only place that speaks to a remote."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.domain.meter import FetchOutcome
from bot.git.environment import fetching
from bot.git.objects import Absence
from bot.git.process import Git, GitError, LimitError, SlowError
from bot.git.shelf import clean_up
from checks import limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from bot.git.environment import Remote

REFUSED = "the git server refused the access token"
UNKNOWN_OBJECT = "the git server does not have the object {oid}"
DAMAGED = "the mirror is damaged"

# `upload-pack: not our ref <oid>` names one id of a batch; nothing of the batch was sent.
NOT_OUR_REF = re.compile(r"not our ref ([0-9a-f]{40,64})")
# GitHub says 404 to a token that may not see the repository, or that it does not know yet.
UNAUTHORISED = re.compile(
    r"Authentication failed|could not read Username|returned error: 40[134]"
    r"|repository '.*' not found"
)
BROKEN_MIRROR = re.compile(
    r"bad object|corrupt|did not send all necessary|unable to read|index file|does not match index"
    r"|not a git repository|bad config|reference broken"
)

# What git says of a pack that it has: it may die of it, which looks like a limit of ours.
BROKEN_PACK = re.compile(r"packfile \S+ (?:is|has|claims|does not)|is not a GIT packfile")

FETCH = (
    *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"),
    *("--recurse-submodules=no", "--refmap=", "--no-show-forced-updates"),
)
SHALLOW = ("--depth=1", "--filter=blob:none")
COMMITS_ONLY = ("--filter=tree:0",)
BLOBS = ("--filter=blob:none",)
# Else git tells the server about every commit it has, for blobs that nothing depends on.
NO_NEGOTIATION = {"fetch.negotiationAlgorithm": "noop"}
BLOB_TRIES = 3


class RefusedError(GitError):
    """The token is not, or no longer, good for this repository: mint a new one, once."""


class UnknownObjectError(GitError):
    """The server does not have `oid`, or does not give it away by its id."""

    def __init__(self, oid: str) -> None:
        super().__init__(UNKNOWN_OBJECT.format(oid=oid))
        self.oid = oid


class DamagedError(GitError):
    """The mirror is broken; fetching never heals one."""


OUTCOMES = {
    RefusedError: FetchOutcome.REFUSED,
    UnknownObjectError: FetchOutcome.UNKNOWN,
    DamagedError: FetchOutcome.DAMAGED,
    LimitError: FetchOutcome.LIMITED,
    SlowError: FetchOutcome.SLOW,
}


def fetch_refs(
    mirror: Path, remote: Remote, refspecs: Iterable[str], *, flags: tuple[str, ...]
) -> None:
    """Fetch commits into refs of ours. Wants the mirror's lock held."""
    with _measured(mirror, remote):
        _fetch(fetching(mirror, remote), mirror, refspecs, flags=flags)


def fetch_blobs(mirror: Path, remote: Remote, oids: Iterable[str]) -> Mapping[str, Absence]:
    """Fetch blobs in one batch; return those that cannot be had. Wants the mirror's lock held.

    An id that the server does not know is dropped from the batch, up to three times; a batch over
    the size limit is halved, down to the one blob that is too large.
    """
    pending = list(oids)
    lost: dict[str, Absence] = {}
    environment = fetching(mirror, remote, NO_NEGOTIATION)
    for _ in range(BLOB_TRIES):
        if not pending:
            break  # without an id git would fetch what it thinks best
        try:
            with _measured(mirror, remote):
                _fetch(environment, mirror, pending, flags=BLOBS)
        except UnknownObjectError as error:
            if error.oid not in pending:
                raise
            pending.remove(error.oid)
            lost[error.oid] = Absence.MISSING
        except LimitError:
            return {**lost, **_fetch_halves(mirror, remote, pending)}
        else:
            return lost
    return lost | dict.fromkeys(pending, Absence.MISSING)


def _fetch_halves(mirror: Path, remote: Remote, oids: list[str]) -> Mapping[str, Absence]:
    if len(oids) == 1:
        return {oids[0]: Absence.HUGE}
    middle = len(oids) // 2
    first = fetch_blobs(mirror, remote, oids[:middle])
    return {**first, **fetch_blobs(mirror, remote, oids[middle:])}


@contextmanager
def _measured(mirror: Path, remote: Remote) -> Iterator[None]:
    started, size_before = time.monotonic(), _packed_bytes(mirror)
    outcome = FetchOutcome.FAILED
    try:
        yield
        outcome = FetchOutcome.DONE
    except GitError as error:
        outcome = OUTCOMES.get(type(error), outcome)
        raise
    finally:
        seconds, size_bytes = time.monotonic() - started, _packed_bytes(mirror) - size_before
        remote.meter.fetch(outcome, seconds=seconds, size_bytes=max(0, size_bytes))


def _packed_bytes(mirror: Path) -> int:
    """Sum up the packs: what a promisor sends comes as one, and stays one."""
    return sum(pack.stat().st_size for pack in (mirror / "objects" / "pack").glob("*.pack"))


def _fetch(
    environment: Mapping[str, str],
    mirror: Path,
    lines: Iterable[str],
    *,
    flags: tuple[str, ...],
) -> None:
    clean_up(mirror)
    questions = "".join(f"{line}\n" for line in lines).encode("ascii")
    command = (*FETCH, *flags, "--stdin", "origin")
    try:
        Git(mirror, environment).run(*command, stdin=questions, seconds=limits.GIT_FETCH_SECONDS)
    except LimitError as error:
        if BROKEN_PACK.search(error.detail):
            raise DamagedError(DAMAGED, error.detail) from error
        raise
    except GitError as error:
        raise _explained(error) from error


def _explained(error: GitError) -> GitError:
    if unknown := NOT_OUR_REF.search(error.detail):
        return UnknownObjectError(unknown[1])
    if UNAUTHORISED.search(error.detail):
        return RefusedError(REFUSED)
    if BROKEN_MIRROR.search(error.detail):
        return DamagedError(DAMAGED, error.detail)
    return error
