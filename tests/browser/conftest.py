"""One browser and one sandbox for all tests of this folder, which one worker runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import NoneFoundError, is_required, started
from tests.browser.services import sandbox
from tests.browser.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

HERE = Path(__file__).parent


# Before xdist, which reads the groups in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chrome]:
    try:
        with started() as driver:
            yield driver
    except NoneFoundError as reason:
        if is_required():
            pytest.fail(str(reason))
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def sandbox_url(chromium: Chrome) -> Iterator[str]:
    """The address of `ssot sandbox`, its pull requests reviewed; tests open their own to change."""
    with sandbox() as address:
        yield address


@pytest.fixture
def visitor(chromium: Chrome, sandbox_url: str) -> Iterator[Visitor]:
    """Somebody at the sandbox, of whose pages the browser may not complain."""
    here = Visitor(chromium, sandbox_url)
    chromium.delete_all_cookies()
    here.allow_scripts("yes")
    here.look()
    yield here
    assert here.complaints() == []
