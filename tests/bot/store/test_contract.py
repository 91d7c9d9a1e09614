"""What every store promises, whatever the database."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.errors import NotBeforeError, SupersededError, TransientError
from bot.domain.jobs import JobKind, JobState, Priority, history_of
from tests.bot.jobs import reply, review
from tests.bot.store.recorder import Recorder, working

if TYPE_CHECKING:
    from bot.domain.jobs import Job
    from bot.domain.ports import Store
    from tests.bot.store.conftest import Database


async def test_enqueued_job_runs_as_it_was_given(store: Store) -> None:
    recorder = Recorder()
    job = review(5, head="a" * 40, priority=Priority.COMMAND, explicit=True)
    await store.enqueue([job], delivery="d1")
    async with working(store, recorder):
        await recorder.has_ended(1)
    assert recorder.ended == [job]
    assert await store.counts() == {"waiting": 0, "running": 0, "done": 1, "failed": 0}


async def test_job_enqueued_while_the_store_idles_runs_at_once(store: Store) -> None:
    recorder = Recorder()
    async with working(store, recorder):
        await store.enqueue([review(1)])
        await recorder.has_ended(1)
        await store.enqueue([review(1)])
        await recorder.has_ended(2)


async def test_nothing_is_lost_when_the_store_is_opened_again(database: Database) -> None:
    first = await database.open()
    await first.enqueue([review(1)], delivery="d1")
    await first.close()
    second = await database.open()
    assert await second.enqueue([review(1)], delivery="d1") is False
    assert (await second.counts())["waiting"] == 1


async def test_eight_concurrent_duplicates_of_one_delivery_are_one_job(store: Store) -> None:
    answers = await asyncio.gather(*(store.enqueue([review(1)], delivery="d1") for _ in range(8)))
    assert sorted(answers) == [False] * 7 + [True]
    assert (await store.counts())["waiting"] == 1


async def test_delivery_is_known_while_its_job_waits_runs_and_after_it_is_done(
    store: Store,
) -> None:
    recorder = Recorder()
    recorder.hold()
    await store.enqueue([review(1)], delivery="d1")
    assert await store.enqueue([review(1)], delivery="d1") is False
    async with working(store, recorder):
        await recorder.has_started(1)
        assert await store.enqueue([review(1)], delivery="d1") is False
        recorder.release()
    assert await store.enqueue([review(1)], delivery="d1") is False
    assert (await store.counts())["done"] == 1


async def test_delivery_whose_job_failed_is_taken_again(store: Store) -> None:
    recorder = Recorder(*[TransientError("down")] * 3)
    await store.enqueue([review(1)], delivery="d1")
    async with working(store, recorder):
        await recorder.has_started(3)
    assert (await store.counts())["failed"] == 1
    assert await store.enqueue([review(1)], delivery="d1") is True
    assert await store.counts() == {"waiting": 1, "running": 0, "done": 0, "failed": 0}


async def test_delivery_with_two_jobs_is_one_delivery(store: Store) -> None:
    assert await store.enqueue([review(1), review(2)], delivery="d1") is True
    assert await store.enqueue([review(1), review(2)], delivery="d1") is False
    assert (await store.counts())["waiting"] == 2


async def test_jobs_of_our_own_making_are_no_duplicates(store: Store) -> None:
    assert await store.enqueue([review(1)]) is True
    assert await store.enqueue([review(1)]) is True


async def test_newer_job_supersedes_the_waiting_one_and_keeps_what_was_asked(
    store: Store,
) -> None:
    recorder = Recorder()
    urgent = review(1, head="a" * 40, priority=Priority.COMMAND, explicit=True)
    await store.enqueue([urgent], delivery="d1")
    await store.enqueue([review(1, head="b" * 40)], delivery="d2")
    await store.enqueue([review(1, priority=Priority.SWEEP)])
    async with working(store, recorder):
        await recorder.has_ended(1)
    newest = review(1, head="b" * 40, priority=Priority.COMMAND, explicit=True)
    assert recorder.started == [newest]
    assert await store.enqueue([review(1)], delivery="d1") is False
    assert await store.enqueue([review(1)], delivery="d2") is False


async def test_reply_to_one_comment_supersedes_no_reply_to_another(store: Store) -> None:
    recorder = Recorder()
    pressed = replace(reply(0), command="fix", actor="ann", actor_id=5)
    jobs = [reply(77), reply(78), pressed, replace(pressed, actor="bob", actor_id=6)]
    for number, job in enumerate([*jobs, reply(77)]):
        await store.enqueue([job], delivery=f"d{number}")
    async with working(store, recorder):
        await recorder.has_ended(4)
    assert recorder.ended == jobs
    assert await store.enqueue([reply(77)], delivery="d4") is False


async def test_reply_does_not_wait_for_a_review_of_the_same_pull_request(store: Store) -> None:
    recorder = Recorder()
    recorder.hold()
    async with working(store, recorder):
        await store.enqueue([review(1)])
        await recorder.has_started(1)
        await store.enqueue([reply(77, number=1)])
        await recorder.has_started(2)
        recorder.release()
    assert [job.comment_id for job in recorder.started] == [0, 77]


async def test_heads_to_locate_supersede_each_other_only_when_they_are_the_same(
    store: Store,
) -> None:
    recorder = Recorder()
    one, other = (replace(review(0), kind=JobKind.LOCATE, head_sha=c * 40) for c in "ab")
    for job in (one, other, one):
        await store.enqueue([job])
    async with working(store, recorder):
        await recorder.has_ended(2)
    assert recorder.ended == [one, other]


async def test_job_set_for_later_is_due_only_then(store: Store) -> None:
    later = time.time() + 1000
    await store.enqueue([review(1)], not_before=later)
    await store.enqueue([review(2)])
    assert await store.due(before=later - 1) == 1
    assert await store.due(before=later + 1) == 2


async def test_job_that_runs_is_counted_among_those_that_are_due(store: Store) -> None:
    recorder = Recorder()
    recorder.hold()
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(1)
        assert await store.due(before=0) == 1
        recorder.release()
        await recorder.has_ended(1)


async def test_deliveries_of_a_superseded_job_share_the_fate_of_the_newer(store: Store) -> None:
    recorder = Recorder(*[TransientError("down")] * 3)
    await store.enqueue([review(1)], delivery="d1")
    await store.enqueue([review(1)], delivery="d2")
    async with working(store, recorder):
        await recorder.has_started(3)
    assert await store.enqueue([review(1)], delivery="d1") is True


async def test_job_that_comes_while_its_key_runs_waits_and_runs_afterwards(store: Store) -> None:
    recorder = Recorder()
    recorder.hold()
    async with working(store, recorder):
        await store.enqueue([review(1, head="a" * 40)])
        await recorder.has_started(1)
        await store.enqueue([review(1, head="b" * 40)])
        await store.enqueue([review(2)])
        await recorder.has_started(2)
        assert [job.number for job in recorder.started] == [1, 2]
        recorder.release()
        await recorder.has_ended(3)
    assert recorder.ended[-1] == review(1, head="b" * 40)


async def test_failed_run_folds_into_the_job_that_came_meanwhile(store: Store) -> None:
    recorder = Recorder(TransientError("down"))
    recorder.hold()
    async with working(store, recorder):
        await store.enqueue([review(1, head="a" * 40, explicit=True)], delivery="d1")
        await recorder.has_started(1)
        await store.enqueue([review(1, head="b" * 40)], delivery="d2")
        recorder.release()
        await recorder.has_ended(1)
    assert recorder.started[1:] == [review(1, head="b" * 40, explicit=True)]
    assert await store.enqueue([review(1)], delivery="d1") is False
    assert (await store.counts())["done"] == 1


async def test_transient_error_is_retried(store: Store) -> None:
    recorder = Recorder(TransientError("down"), ValueError("a bug"))
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_ended(1)
    assert len(recorder.started) == 3


async def test_job_is_given_up_after_its_last_attempt_and_says_why(store: Store) -> None:
    token = "ghs_" + "a" * 40
    recorder = Recorder(*[TransientError(f"no way with {token}")] * 3)
    before = time.time()
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(3)
    (failed,) = await store.failed()
    assert (failed.job, failed.attempts) == (review(1), 3)
    assert failed.error == "TransientError: no way with [redacted]"
    assert before <= failed.failed_at <= time.time()


async def test_newer_job_does_not_inherit_the_attempts_of_the_older(database: Database) -> None:
    store = await database.open()
    for _ in range(3):  # fails once each time: as often as a job has attempts
        recorder = Recorder(TransientError("down"))
        await store.enqueue([review(1)], not_before=time.time())
        async with working(store, recorder):
            await recorder.has_started(1)
        await store.close()
        store = await database.open()
    assert await store.counts() == {"waiting": 1, "running": 0, "done": 0, "failed": 0}


async def test_replayed_job_runs_again_with_all_attempts(database: Database) -> None:
    store = await database.open()
    recorder = Recorder(*[TransientError("down")] * 3)
    await store.enqueue([review(1)], delivery="d1")
    async with working(store, recorder):
        await recorder.has_started(3)
    await store.close()
    store = await database.open()
    (failed,) = await store.failed()
    assert await store.replay(failed.id) is True
    assert await store.replay(failed.id) is False
    recorder = Recorder(*[TransientError("down")] * 2)
    async with working(store, recorder):
        await recorder.has_ended(1)
    assert await store.enqueue([review(1)], delivery="d1") is False


async def test_superseded_job_runs_anew_on_the_head_that_stands_uncounted(store: Store) -> None:
    recorder = Recorder(*[SupersededError("b" * 40)] * 5)
    await store.enqueue([review(1, head="a" * 40, explicit=True)])
    async with working(store, recorder):
        await recorder.has_ended(1)
    assert len(recorder.started) == 6
    assert recorder.ended == [review(1, head="b" * 40, explicit=True)]


async def test_not_before_holds_the_whole_installation_and_counts_no_attempt(
    store: Store,
) -> None:
    until = time.time() + 0.3
    recorder = Recorder(*[NotBeforeError(until, "rate limit")] * 4)
    async with working(store, recorder):
        await store.enqueue([review(1, installation=1)])
        await recorder.has_started(1)
        await store.enqueue([review(2, installation=1)])
        await store.enqueue([review(3, installation=2)])
        await recorder.has_ended(2)
    numbers = [job.number for job in recorder.started]
    assert (await store.counts())["failed"] == 0
    for number, at in zip(numbers[1:], recorder.started_at[1:], strict=True):
        assert number == 3 or at >= until


async def test_job_waits_for_its_time(store: Store) -> None:
    until = time.time() + 0.2
    recorder = Recorder()
    async with working(store, recorder):
        await store.enqueue([review(1)], not_before=until)
        assert await store.oldest_waiting_seconds() == 0
        await recorder.has_ended(1)
    assert recorder.started_at[0] >= until


async def test_job_for_now_is_not_held_up_by_one_for_later(store: Store) -> None:
    recorder = Recorder()
    await store.enqueue([review(1)], not_before=time.time() + 3600)
    await store.enqueue([review(1)])
    await store.enqueue([review(1)], not_before=time.time() + 3600)
    async with working(store, recorder):
        await recorder.has_ended(1)


async def test_job_that_sets_itself_for_later_and_fails_has_no_more_attempts_for_it(
    store: Store,
) -> None:
    later = time.time() + 3600
    tried = 0

    async def fail(job: Job) -> None:
        nonlocal tried
        tried += 1
        if tried > 3:  # as many attempts as a job has: what comes now must not be
            return
        await store.enqueue([job], not_before=later)
        raise TransientError("down")

    await store.enqueue([review(1)])
    run = asyncio.create_task(store.run(fail))
    async with asyncio.timeout(10):
        while await store.due(before=later - 1):  # noqa: ASYNC110 -- as other processes would
            await asyncio.sleep(0.01)
    await store.stop(grace_seconds=10)
    await run

    assert tried == 3
    assert await store.due(before=later + 1) == 1


async def test_installations_take_turns(database: Database) -> None:
    store = await database.open(workers=1)
    recorder = Recorder()
    for number in (1, 2, 3):
        await store.enqueue([review(number, installation=1)])
    await store.enqueue([review(4, installation=2)])
    async with working(store, recorder):
        await recorder.has_ended(4)
    assert [job.number for job in recorder.ended] == [1, 4, 2, 3]


async def test_commands_go_before_pushes_before_sweeps_before_history(
    database: Database,
) -> None:
    store = await database.open(workers=1)
    recorder = Recorder()
    await store.enqueue([history_of(7, review().repository)])
    await store.enqueue([review(1, priority=Priority.SWEEP)])
    await store.enqueue([review(2, priority=Priority.PUSH)])
    await store.enqueue([review(3, priority=Priority.PUSH)])
    await store.enqueue([review(4, priority=Priority.COMMAND)])
    async with working(store, recorder):
        await recorder.has_ended(5)
    assert [job.number for job in recorder.ended] == [4, 2, 3, 1, 0]


async def test_one_installation_keeps_at_most_half_of_the_workers_busy(
    database: Database,
) -> None:
    store = await database.open(workers=4)
    recorder = Recorder()
    recorder.hold()
    for number in range(4):
        await store.enqueue([review(number, installation=1)])
    async with working(store, recorder):
        await recorder.has_started(2)
        await store.enqueue([review(9, installation=2)])
        await recorder.has_started(3)
        counts = await store.counts()
        assert (counts[JobState.RUNNING], counts[JobState.WAITING]) == (3, 2)
        recorder.release()
        await recorder.has_ended(5)


async def test_job_that_takes_too_long_is_stopped_and_retried(database: Database) -> None:
    store = await database.open(job_timeout_seconds=0.05)
    recorder = Recorder()
    recorder.hold()
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(2)
        recorder.release()
        await recorder.has_ended(1)


async def test_cancellation_from_below_is_an_error_like_any_other(store: Store) -> None:
    recorder = Recorder(asyncio.CancelledError())
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_ended(1)
    assert len(recorder.started) == 2
