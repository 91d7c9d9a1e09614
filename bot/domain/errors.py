"""Errors of the service, told apart by who must act."""

from __future__ import annotations


class UserError(Exception):
    """Somebody in the repository can mend it: the text is shown on the pull request."""


class MalformedError(Exception):
    """A payload or an answer that breaks GitHub's own contract; a delivery gets 400."""


class PluginError(Exception):
    """A plug-in file that is empty, incomplete or a duplicate: the service does not start."""


class TransientError(Exception):
    """It may work later: the job is retried with backoff and counts an attempt."""


class GoneError(Exception):
    """The installation, or its right to the repository, is gone: the job ends, nothing is tried."""


class StoreError(Exception):
    """The queue cannot be opened, read or written; a delivery gets 500, never a 2xx."""


class NotBeforeError(Exception):
    """GitHub said when to come back: no attempt is counted, the whole installation waits.

    `not_before` is Unix time in seconds.
    """

    def __init__(self, not_before: float, reason: str) -> None:
        super().__init__(reason)
        self.not_before = not_before


class SupersededError(Exception):
    """The head or base moved while the job ran: it stops, and the pull request is enqueued anew.

    `head_sha` is the head that stands on GitHub now.
    """

    def __init__(self, head_sha: str) -> None:
        super().__init__(f"superseded by {head_sha[:7]}")
        self.head_sha = head_sha
