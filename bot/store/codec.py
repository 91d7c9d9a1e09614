"""A job as the text that a database keeps; later releases add fields with a default."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.jobs import Job, JobKind, Priority, RepositoryRef

# Fields that jobs stored by an earlier release lack.
LATER = ("base_sha", "branch", "comment_id", "command", "actor", "actor_id", "on_issue", "left_sha")


def encode(job: Job) -> str:
    """Write a job as JSON."""
    return json.dumps(
        {
            "kind": job.kind,
            "installation_id": job.installation_id,
            "repository": [job.repository.id, job.repository.owner, job.repository.name],
            "number": job.number,
            "head_sha": job.head_sha,
            "priority": job.priority,
            "explicit": job.explicit,
            **{name: getattr(job, name) for name in LATER},
        }
    )


def decode(text: str) -> Job:
    """Read a job back; ValueError for a kind that this release does not know."""
    fields: dict[str, Any] = json.loads(text)
    return Job(
        kind=JobKind(fields["kind"]),
        installation_id=fields["installation_id"],
        repository=RepositoryRef(*fields["repository"]),
        number=fields["number"],
        head_sha=fields["head_sha"],
        priority=Priority(fields["priority"]),
        explicit=fields["explicit"],
        **{name: fields[name] for name in LATER if name in fields},
    )
