"""Forked workers that survive what they are given."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.bounds import Failure, FailureCause
from bot.cli import forks
from tests.bot import hostile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def test_outcomes_come_in_the_order_of_the_items() -> None:
    outcomes = forks.run(hostile.double, range(200), timeout_seconds=5)
    assert outcomes == [2 * number for number in range(200)]


def test_heaviest_items_are_begun_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "CORES", 1)
    clock = count()
    begun = forks.run(lambda _: next(clock), range(8), timeout_seconds=5, weight=int)
    assert begun == [7, 6, 5, 4, 3, 2, 1, 0]


def test_no_items_are_no_outcomes() -> None:
    assert forks.run(hostile.double, [], timeout_seconds=5) == []


def test_items_run_in_other_processes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "CORES", 4)
    processes = forks.run(hostile.process_id, range(8), timeout_seconds=5)
    assert os.getpid() not in processes
    assert 1 < len(set(processes)) <= 4


@pytest.mark.parametrize(("item", "failure"), hostile.FAILURES)
def test_hostile_item_fails_alone(item: str, failure: Failure) -> None:
    if sys.platform != "linux" and failure.cause is FailureCause.MEMORY:
        pytest.skip("only Linux bounds the memory of a process")
    items: list[int | str] = [*range(20), item, *range(20, 40)]
    outcomes = forks.run(
        hostile.double_unless_hostile,
        items,
        timeout_seconds=hostile.SECONDS,
        memory_bytes=hostile.MEMORY_BYTES,
    )
    assert outcomes[20] == failure
    assert outcomes[:20] + outcomes[21:] == [2 * number for number in range(40)]


def test_item_that_ends_the_only_worker_is_followed_by_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forks, "CORES", 1)
    items: list[int | str] = ["die", 1, "die", 2]
    outcomes = forks.run(hostile.double_unless_hostile, items, timeout_seconds=5)
    assert [isinstance(outcome, Failure) for outcome in outcomes] == [True, False, True, False]
    assert outcomes[1::2] == [2, 4]


def test_worker_that_ended_leaves_no_file_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand of them would be more files than a process may have open."""
    monkeypatch.setattr(forks, "CORES", 1)

    def count_or_die(item: int) -> int:
        if item % 2:
            hostile.double_unless_hostile("die")
        return len(list(Path("/dev/fd").iterdir()))

    counts = forks.run(count_or_die, range(8), timeout_seconds=5)[::2]
    assert len(set(counts)) == 1


def test_error_that_cannot_be_sent_back_is_told_all_the_same() -> None:
    (failure,) = forks.run(
        hostile.double_unless_hostile, ["raise without pickle"], timeout_seconds=5
    )
    assert isinstance(failure, Failure)
    assert failure.cause is FailureCause.ERROR


def test_result_that_cannot_be_sent_back_fails_alone() -> None:
    outcomes = forks.run(hostile.unpicklable, range(8), timeout_seconds=5)
    (failure,) = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    assert outcomes.index(failure) == 3


def _many(number: int) -> bytes:
    return bytes([number]) * 2**20


def test_results_may_be_larger_than_a_pipe_holds() -> None:
    assert forks.run(_many, range(6), timeout_seconds=5) == [_many(number) for number in range(6)]


def test_no_worker_outlives_the_question() -> None:
    processes = forks.run(hostile.process_id, range(4), timeout_seconds=5)
    for process_id in processes:
        assert isinstance(process_id, int)
        with pytest.raises(ProcessLookupError):
            os.kill(process_id, 0)


@pytest.fixture
def unusual_signals() -> Iterator[None]:
    """Be what a careless process started: it handed on which signals it ignored and blocked."""
    handler = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    yield
    signal.signal(signal.SIGCHLD, handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@pytest.mark.usefixtures("unusual_signals")
def test_signals_that_the_command_was_started_without_are_heard() -> None:
    items: list[int | str] = [1, "hang", "die"]
    outcomes = forks.run(hostile.double_unless_hostile, items, timeout_seconds=0.5)
    assert outcomes == [2, Failure.timed_out(0.5), Failure.died(-signal.SIGKILL)]


def test_worker_that_is_terminated_at_its_start_does_not_end_as_the_command_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It would kill the other workers, and remove what the command still needs."""

    def fork(fork: Callable[[], int] = os.fork) -> int:
        process_id = fork()
        if process_id == 0:
            os.kill(os.getpid(), signal.SIGTERM)
        return process_id

    def end(*_: object) -> None:
        (tmp_path / "tidied").touch()
        os._exit(1)

    monkeypatch.setattr(os, "fork", fork)
    handler = signal.signal(signal.SIGTERM, end)
    try:
        outcomes = forks.run(hostile.double, [1], timeout_seconds=5)
    finally:
        signal.signal(signal.SIGTERM, handler)
    assert outcomes == [Failure.died(-signal.SIGTERM)]
    assert not (tmp_path / "tidied").exists()


HANGING = """
import os, sys
from bot.cli import forks
from tests.bot import hostile

def hang(item):
    os.write(1, b"busy\\n")
    hostile.double_unless_hostile("hang")

forks.CORES = 2
try:
    forks.run(hang, [1, 2], timeout_seconds=float(sys.argv[1]))
except KeyboardInterrupt:
    sys.exit(130)
"""


def _hanging(seconds: float) -> subprocess.Popen[bytes]:
    """Start a command whose workers are both busy."""
    command = subprocess.Popen(
        [sys.executable, "-c", HANGING, str(seconds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert command.stdout is not None
    assert command.stdout.read(10) == b"busy\nbusy\n"
    return command


def test_ctrl_c_ends_all_without_a_word() -> None:
    with _hanging(600) as command:
        os.killpg(command.pid, signal.SIGINT)
        # The workers hold the other ends as long as they live.
        assert command.communicate() == (b"", b"")
    assert command.returncode == 130


def test_workers_of_a_command_that_was_killed_end_in_time() -> None:
    with _hanging(1) as command:
        command.kill()
        assert command.communicate() == (b"", b"")
