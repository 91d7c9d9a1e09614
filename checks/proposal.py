"""A change that edits the config: what stands there, and what it would mean for this change."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from checks.config import CONFIG_PATH, Config, ConfigError, Problem, parse
from checks.config.document import TOO_LARGE
from checks.model import Cause, Skipped
from checks.reading import Question, Request, Text, Unread, ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from checks.model import Analysis, Finding, Snapshot, Version
    from checks.reading import Inquiry, Reply

    Policies = Mapping[str, Config | ConfigError]

PREVIEW = (
    "The config in this change is valid: it `would add {added} / drop {dropped} findings` of this "
    "change. Until it is merged, the config of the base branch applies."
)
REMOVED = (
    f"This change removes `{CONFIG_PATH}`: once it is merged, no change to this branch is checked "
    "any more, unless the owner shares a config."
)
SUBMODULE_MODE = "160000"  # names a commit of another repository, not a blob


def read_policies(snapshot: Snapshot) -> Inquiry[tuple[Policies, tuple[Skipped, ...]]]:
    """Read both sides of an edited config, by blob id; skipped is what git could not bring."""
    wanted = frozenset(version.oid for version in _versions(snapshot))
    replies = yield from ask(Request(Question.TEXT, wanted))
    lost = next((r for r in replies.values() if _is_lost(r)), None)
    skipped = (Skipped(CONFIG_PATH, lost.reason, lost.cause),) if isinstance(lost, Unread) else ()
    return {oid: _policy(reply) for oid, reply in replies.items() if not _is_lost(reply)}, skipped


def proposed(snapshot: Snapshot, policies: Policies) -> Config | None:
    """Give the config that the change brings; None when it brings none, or none that is valid."""
    for entry in snapshot.entries:
        if entry.head is not None and entry.head.path == CONFIG_PATH:
            policy = policies.get(entry.head.oid)
            return policy if isinstance(policy, Config) else None
    return None


def is_removed(snapshot: Snapshot) -> bool:
    """Tell whether the change takes the config away."""
    return any(entry.path == CONFIG_PATH and entry.head is None for entry in snapshot.entries)


def preview(present: Analysis, future: Analysis) -> str:
    """Say how what is new differs between the config that decides and the one to come."""
    now, then = _identities(present), _identities(future)
    return PREVIEW.format(added=(then - now).total(), dropped=(now - then).total())


def _versions(snapshot: Snapshot) -> Iterator[Version]:
    for entry in snapshot.entries:
        for version in entry.versions:
            if version.path == CONFIG_PATH and version.mode != SUBMODULE_MODE:
                yield version


def _is_lost(reply: Reply) -> bool:
    return isinstance(reply, Unread) and reply.cause is Cause.SERVICE


def _policy(reply: Reply) -> Config | ConfigError:
    if not isinstance(reply, Text):  # nobody brings blobs of that size
        return ConfigError((Problem(1, 1, "", TOO_LARGE),))
    try:
        return parse(reply.content)
    except ConfigError as error:
        return error


def _identities(analysis: Analysis) -> Counter[tuple[str, ...]]:
    return Counter(map(_identity, analysis.new))


def _identity(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.path, finding.kind, finding.symbol
