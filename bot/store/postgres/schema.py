"""The tables of the PostgreSQL store: procrastinate's, and what they lack, in a schema of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procrastinate.schema import SchemaManager
from psycopg import sql

from bot.domain.errors import StoreError

if TYPE_CHECKING:
    from psycopg import AsyncConnection

# Of our own: the database may serve others too, procrastinate included.
NAME = "ssot"
VERSION = 1
NO_QUEUE = (
    'There is no queue in the schema "{schema}" of the database yet: `ssot serve` makes it once '
    "an App is configured. Or set DATABASE_URL to the database that the service uses."
)
OTHER_VERSION = (
    'The schema "{schema}" of the database was written by another release (version {found}, this '
    "one reads {version}). Stop all processes, drop the schema and start again: it holds only the "
    "queue and caches, and open pull requests are found again."
)

# procrastinate keeps: `lock` (a job's key: its own index lets one run), `queueing_lock` (kind and
# key), `queue_name` (the installation), `priority`, `args` (the job) and `status`. Its `attempts`
# count runs that we do not count, and its `scheduled_at` notes an event at every change.
# The row of `ssot_queue` is locked by whoever changes the queue: changes come one after the other,
# as on the one thread that writes to SQLite.
# `run_at`, `ended` and `not_before` are Unix time in seconds.
_TABLES = """
create table ssot_queue (version integer not null);
create table ssot_job (
    id bigint primary key references procrastinate_jobs (id) on delete cascade,
    kind text not null,
    installation bigint not null,
    repository bigint not null,
    run_at double precision not null,
    attempts integer not null default 0,
    error text not null default '',
    ended double precision not null default 0
);
create unique index ssot_pending on procrastinate_jobs (queueing_lock)
    where status in ('todo', 'failed');
create index ssot_turn on procrastinate_jobs (queue_name, priority desc, id)
    where status = 'todo';
create index ssot_state on procrastinate_jobs (status);
create index ssot_about on ssot_job (installation, repository);

create table ssot_delivery (
    guid text not null,
    job bigint not null references procrastinate_jobs (id) on delete cascade,
    primary key (guid, job)
);
create index ssot_delivery_job on ssot_delivery (job);

create table ssot_installation (
    id bigint primary key,
    not_before double precision not null default 0,
    served bigint not null default 0,
    queued boolean not null default true
);
create index ssot_served on ssot_installation (served);
create index ssot_installation_turn on ssot_installation (served, id) where queued;

create table ssot_census (
    repository bigint primary key,
    content bytea not null,
    stamp uuid not null default gen_random_uuid(),
    kept_at timestamptz not null default now()
);
"""


async def create(connection: AsyncConnection, schema: str) -> None:
    """Make the schema in a database that lacks it; refuse one of another version."""
    async with connection.transaction():
        # Processes that start together on an empty database: one of them makes the tables.
        await connection.execute("select pg_advisory_xact_lock(hashtext(%s))", (schema,))
        await connection.execute(
            sql.SQL("create schema if not exists {}").format(sql.Identifier(schema))
        )
        await connection.execute("select set_config('search_path', %s, true)", (schema,))
        if await _exists(connection):
            await _check_version(connection, schema)
            return
        await connection.execute(SchemaManager.get_schema())
        await connection.execute(_TABLES)
        await connection.execute("insert into ssot_queue values (%s)", (VERSION,))


async def check(connection: AsyncConnection, schema: str) -> None:
    """Refuse a database without the schema, or with one of another version; change nothing."""
    async with connection.transaction():
        await connection.execute("select set_config('search_path', %s, true)", (schema,))
        if not await _exists(connection):
            raise StoreError(NO_QUEUE.format(schema=schema))
        await _check_version(connection, schema)


async def _exists(connection: AsyncConnection) -> bool:
    rows = await connection.execute("select to_regclass('ssot_queue') is not null")
    return await rows.fetchone() == (True,)


async def _check_version(connection: AsyncConnection, schema: str) -> None:
    row = await (await connection.execute("select version from ssot_queue")).fetchone()
    found = row[0] if row else None
    if found != VERSION:
        raise StoreError(OTHER_VERSION.format(schema=schema, found=found, version=VERSION))
