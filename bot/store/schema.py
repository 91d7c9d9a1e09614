"""The tables of the SQLite store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import StoreError

if TYPE_CHECKING:
    import sqlite3

VERSION = 1
OTHER_VERSION = (
    "The database was written by another release (version {found}, this one reads {version}). "
    "Stop the service, delete the file and start again: it holds only the queue, and open pull "
    "requests are found again."
)

# `job.key` and `job.kind` name what a job makes true. Two unique indexes hold the promises of the
# port whatever the code above them does: of a key, one job runs; of a key and kind, one is pending.
# `installation.served` counts turns, `queued` tells that a job of it waits: the next one is found
# without a look at the others, however many there are (20,000 jobs of 5,000 installations).
# `run_at`, `ended` and `not_before` are Unix time in seconds.
_TABLES = """
create table job (
    id integer primary key autoincrement,
    kind text not null,
    key text not null,
    installation integer not null,
    repository integer not null,
    priority integer not null,
    job text not null,
    state text not null check (state in ('waiting', 'running', 'done', 'failed')),
    run_at real not null,
    attempts integer not null default 0,
    error text not null default '',
    ended real not null default 0
);
create unique index job_running on job (key) where state = 'running';
create unique index job_pending on job (key, kind) where state in ('waiting', 'failed');
create index job_turn on job (installation, priority desc, id, run_at, key)
    where state = 'waiting';
create index job_due on job (run_at) where state = 'waiting';
create index job_share on job (installation) where state = 'running';
create index job_age on job (state, ended);

create table delivery (
    guid text not null,
    job integer not null references job (id) on delete cascade,
    primary key (guid, job)
) without rowid;
create index delivery_job on delivery (job);

create table installation (
    id integer primary key,
    not_before real not null default 0,
    served integer not null default 0,
    queued integer not null default 0
);
create index installation_served on installation (served);
create index installation_turn on installation (served, id) where queued;
"""


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty database; refuse one of another version."""
    found = connection.execute("pragma user_version").fetchone()[0]
    if found == VERSION:
        return
    if found:
        raise StoreError(OTHER_VERSION.format(found=found, version=VERSION))
    connection.executescript(f"begin; {_TABLES} pragma user_version = {VERSION}; commit;")
