"""The service's bare, partial mirror of one repository: what a review needs and no more."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from bot.domain.errors import UserError
from bot.domain.meter import UNMEASURED
from bot.git.commits import day_ends
from bot.git.environment import Remote, reading
from bot.git.fetch import COMMITS_ONLY, SHALLOW
from bot.git.process import Git, GitError
from bot.git.pull import Ends, Past, Pull, Source, refs
from bot.git.shelf import COMMITS, TREES, Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from pathlib import Path

    from bot.domain.meter import Meter
    from bot.git.commits import Commit
    from bot.git.pull import Wanted

# Numbers of pull requests begin with 1.
NO_PULL = 0
UNRELATED = "base and head have no commit in common, so there is nothing to compare"


class Mirror:
    """Fetches the pull requests of one repository into `folder`, any number at the same time."""

    def __init__(  # noqa: PLR0913 (each of the last three has a default and is set alone)
        self,
        folder: Path,
        repository_id: int,
        *,
        remote_url: str,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        meter: Meter = UNMEASURED,
    ) -> None:
        self._url = remote_url
        self._meter = meter
        self._sleep = sleep
        self._clock = clock
        place = folder / str(repository_id)
        self._trees = Shelf(place, TREES)
        # A shallow and a full history do not go together in one repository.
        self._history = Shelf(place, COMMITS)

    def fetch_commits(self, *, base: str, head: str, number: int, token: str) -> Pull:
        """Bring the trees of merge base and head of a pull request, and return them to read.

        Raises `SupersededError` when the head is gone and another stands on the pull request,
        `RefusedError` for the token, `GitError` for the rest.
        """
        return Pull(
            self._source(self._trees, SHALLOW, wanted=Ends(base, head, number), token=token)
        )

    def fetch_tip(self, commit: str, *, token: str) -> Pull:
        """Bring the tree of one commit, and return it to read, in as many batches as it takes.

        Raises `RefusedError` for the token, `GitError` for the rest.
        """
        return self._whole(Ends(commit, commit, NO_PULL), token)

    def fetch_past(self, commits: Iterable[str], *, token: str) -> Pull:
        """Bring the trees of many commits in one fetch, and return them to read, as `fetch_tip`."""
        return self._whole(Past(tuple(commits)), token)

    def day_ends(self, tip: str, *, before: date, most: int, token: str) -> tuple[Commit, ...]:
        """Bring the history of a branch, no tree of it, and return the last commit of each day.

        The days are the `most` last ones in UTC, the oldest comes first. Raises as `fetch_tip`.
        """
        wanted = Ends(tip, tip, NO_PULL)
        history = Pull(self._source(self._history, COMMITS_ONLY, wanted=wanted, token=token))
        return history.ask(lambda objects: day_ends(objects, tip, before=before, most=most))

    def merge_base(self, *, base: str, head: str, number: int, token: str) -> str:
        """Return the merge base by the history alone, for when GitHub's API does not tell it.

        Raises `UserError` when there is none, else as `fetch_commits` does.
        """
        mirror = self._source(
            self._history, COMMITS_ONLY, wanted=Ends(base, head, number), token=token
        ).bring()
        try:
            found = Git(mirror, reading(mirror)).run("merge-base", base, head)
        except GitError as error:
            if error.returncode == 1:
                raise UserError(UNRELATED) from error
            raise
        return found.decode("ascii").strip()

    def forget(self, number: int) -> None:
        """Drop the refs of a closed pull request: later fetches need not tell the server of it."""
        questions = "".join(f"delete {ref}\n" for ref in refs(number)).encode("ascii")
        for shelf in (self._trees, self._history):
            with shelf.lock():
                if mirror := shelf.current():
                    Git(mirror, reading(mirror)).run("update-ref", "--stdin", stdin=questions)

    def purge(self) -> None:
        """Delete everything that was ever fetched of this repository."""
        self._trees.purge()
        self._history.purge()

    def _whole(self, wanted: Wanted, token: str) -> Pull:
        source = self._source(self._trees, SHALLOW, wanted=wanted, token=token)
        return Pull(source, batches=sys.maxsize)

    def _source(
        self, shelf: Shelf, flags: tuple[str, ...], *, wanted: Wanted, token: str
    ) -> Source:
        return Source(
            wanted,
            Remote(self._url, token, self._meter),
            shelf=shelf,
            flags=flags,
            sleep=self._sleep,
            clock=self._clock,
        )
