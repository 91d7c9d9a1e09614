"""What an examination holds at a time is bounded, whatever the change brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.git.analysis import analyse, read_here
from bot.git.clone import Clone
from checks import limits
from checks.config import parse
from checks.model import Cause, Conclusion
from checks.rule import POLICY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checks.model import Analysis
    from checks.reading import Asked, Reply
    from tests.bot.git.conftest import Author

OLD = "from shop.legacy.engine import OldEngine\n"


def _analysed(author: Author, files: dict[str, str]) -> tuple[Analysis, list[int]]:
    """Analyse a change that adds files; tell how many bytes were handed to be read at a time."""
    handed: list[int] = []

    def reader(asked: Sequence[Asked], needles: frozenset[bytes]) -> Sequence[Reply]:
        contents = {each for _, each in asked if isinstance(each, bytes)}
        handed.append(sum(map(len, contents)))
        return read_here(asked, needles)

    base, head = author.commit(), author.commit(files)
    clone = Clone.at(author.folder)
    return analyse(clone, base, head, config=parse(POLICY), reader=reader), handed


def test_contents_are_read_in_parts(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 1_000)
    monkeypatch.setattr(limits, "CONTENTS_BYTES", 2_000)
    monkeypatch.setattr(limits, "KEPT_BYTES", 1_000)
    files = {f"{n}.py": f"{OLD}x = {n}\n".ljust(900) for n in range(7)}
    analysis, handed = _analysed(author, files | {"large.py": "#" * 1_001})

    assert [finding.path for finding in analysis.findings] == sorted(files)
    assert 900 < max(handed) <= 2_000
    assert analysis.skipped == ()


@pytest.mark.parametrize(
    ("content", "limit"),
    [
        (OLD * 3, 12),
        (" ".join(f"word{n}" for n in range(40)) + "\n", 42),  # words of what does not compile
        ("import shop.legacy." + ".".join(f"a{n}" for n in range(80)) + "\n", 30),
    ],
)
def test_files_beyond_the_limit_of_facts_are_not_analysed(
    author: Author, monkeypatch: pytest.MonkeyPatch, content: str, limit: int
) -> None:
    monkeypatch.setattr(limits, "CHANGED_FACTS", limit)
    files = {f"{n}.py": f"{content}{OLD}x = {n}\n" for n in range(5)}
    analysis, _ = _analysed(author, files)

    assert 1 <= len(analysis.skipped) < 5
    assert {(one.reason, one.cause) for one in analysis.skipped} == {
        ("not read: the files of the change before it are too large together", Cause.CHANGE)
    }
    assert analysis.conclusion is Conclusion.FAILURE
