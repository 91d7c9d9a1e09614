"""What tests of several folders need."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.postgresql import NoneFoundError, found_or_started

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        with found_or_started(tmp_path_factory.mktemp("postgresql")) as url:
            yield url
    except NoneFoundError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """A database of its own, as a service has it; skipped where none can be made."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        try:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            pytest.skip(f"the PostgreSQL at hand lets nobody create a database: {error}")
        yield _with_database(postgres_url, name)
        connection.execute(sql.SQL("drop database {} (force)").format(sql.Identifier(name)))


def _with_database(url: str, name: str) -> str:
    parts = urlsplit(url)
    return parts._replace(path=f"/{name}").geturl()
