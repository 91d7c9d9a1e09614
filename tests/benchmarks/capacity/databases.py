"""Databases to measure with: made on a server that is there, and dropped again."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

WORK = """
select xact_commit, tup_inserted + tup_updated + tup_deleted, pg_database_size(datname)
from pg_stat_database where datname = current_database()
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What a database has done so far."""

    transactions: int = 0
    rows: int = 0
    size_bytes: int = 0

    @classmethod
    def to(cls, url: str) -> Written:
        with psycopg.connect(url) as connection:
            row = connection.execute(WORK).fetchone()
        assert row is not None
        return cls(*map(int, row))

    def __sub__(self, other: Written) -> Written:
        return Written(
            self.transactions - other.transactions,
            self.rows - other.rows,
            self.size_bytes - other.size_bytes,
        )


@contextmanager
def own_database(url: str) -> Iterator[str]:
    """Make a database of its own on the server of another."""
    name = f"capacity_{uuid.uuid4().hex}"
    identifier = sql.Identifier(name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(identifier))
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(sql.SQL("drop database {} (force)").format(identifier))
