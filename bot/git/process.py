"""One git command at a time: bounded in memory, file size, time and output."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from bot.domain.errors import TransientError
from checks import limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    Argument = str | bytes

FAILED = "git {command} failed: {detail}"
TOO_SLOW = "git {command} took longer than {seconds:g} s"
TOO_MUCH_OUTPUT = "git {command} answered with more than {megabytes} MB"
NO_GIT = "git could not be run: install git {minimum} or newer"
STOPPED = "git was stopped"
OLD_GIT = "git {minimum} or newer is needed, found {found}"

MINIMUM_VERSION = (2, 32)  # the first that knows GIT_CONFIG_GLOBAL

# Limits are set by the shell that becomes git: preexec_fn is unsafe in a process with threads, and
# prlimit(1) is not everywhere. A system that refuses one (macOS has no -v) goes without it.
# `ulimit -v` counts kB, `ulimit -f` blocks of 512 bytes.
WRAPPER = '{ ulimit -c 0; ulimit -v "$1"; ulimit -f "$2"; } 2>/dev/null; shift 2; exec git "$@"'

OUT_OF_BOUNDS = re.compile(
    r"out of memory|cannot allocate memory|cannot be mapped|file too large|died of signal",
    re.IGNORECASE,
)
DETAIL_CHARACTERS = 500


class GitError(TransientError):
    """git failed. The text never holds an argument, an environment or a token.

    `detail` is what git complained about, `returncode` its exit code (0 when it has none).
    """

    def __init__(self, message: str, detail: str = "", *, returncode: int = 0) -> None:
        super().__init__(message)
        self.detail = detail
        self.returncode = returncode


class LimitError(GitError):
    """git asked for more memory, file size or output than allowed; it would do so again."""


class SlowError(GitError):
    """git took too long: the machine, the network, or what it was asked about."""


class StoppedError(Exception):
    """Nobody waits for the answer any more: git was stopped, or not even started."""


class GitVersionError(Exception):
    """git is missing or too old: the person who installed this can mend it."""


class Leash:
    """Holds the git commands that were started under it, until it is cut: then all are killed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._cut = False

    def cut(self) -> None:
        """Kill what runs, and let nothing start any more."""
        with self._lock:
            self._cut = True
            for process in self._running:
                _kill(process)

    @contextmanager
    def holding(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        """Hold a process; raise `StoppedError` when the leash is, or was meanwhile, cut."""
        with self._lock:
            self._running.add(process)
            if self._cut:
                _kill(process)
        try:
            yield
        finally:
            with self._lock:
                self._running.remove(process)
            self.check()

    def check(self) -> None:
        """Raise `StoppedError` when the leash was cut."""
        if self._cut:
            raise StoppedError(STOPPED)


# Threads inherit it from the task that starts them.
_LEASH: ContextVar[Leash | None] = ContextVar("leash", default=None)


@contextmanager
def leashed(leash: Leash) -> Iterator[None]:
    """Have all git commands of this context held by `leash`."""
    token = _LEASH.set(leash)
    try:
        yield
    finally:
        _LEASH.reset(token)


@dataclass(frozen=True, slots=True)
class Git:
    """git in one folder with one environment; nothing of the caller's environment gets in."""

    folder: Path
    environment: Mapping[str, str]

    def run(
        self,
        *arguments: Argument,
        stdin: bytes = b"",
        seconds: float = limits.GIT_LISTING_SECONDS,
        output_bytes: int = limits.GIT_OUTPUT_BYTES,
    ) -> bytes:
        """Return what git prints; raise `GitError` for an exit code other than 0."""
        with self.reading(*arguments, stdin=stdin, seconds=seconds) as output:
            answer = output.read(output_bytes + 1)
            if len(answer) > output_bytes:
                raise LimitError(
                    TOO_MUCH_OUTPUT.format(command=arguments[0], megabytes=output_bytes >> 20)
                )
        return answer

    @contextmanager
    def reading(self, *arguments: Argument, stdin: bytes, seconds: float) -> Iterator[IO[bytes]]:
        """Yield git's output as a stream; leaving early kills git and all of its children.

        Raises `GitError` on leaving when git failed. Input and error texts go through files, so
        that no pipe can block while the output is read.
        """
        leash = _LEASH.get() or Leash()
        leash.check()
        with TemporaryFile() as questions, TemporaryFile() as complaints:
            questions.write(stdin)
            questions.seek(0)
            with self._start(arguments, questions=questions, complaints=complaints) as process:
                deadline = _Deadline(process, seconds)
                try:
                    assert process.stdout is not None
                    with leash.holding(process):
                        yield process.stdout
                        process.wait()
                finally:
                    deadline.cancel()
                    _kill(process)
                    if deadline.passed:
                        raise SlowError(TOO_SLOW.format(command=arguments[0], seconds=seconds))
            complaints.seek(0)
            detail = complaints.read().decode("utf-8", "replace").strip()
        if process.returncode != 0:
            raise _failure(arguments[0], process.returncode, detail)

    def _start(
        self, arguments: tuple[Argument, ...], *, questions: IO[bytes], complaints: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        memory, blocks = str(limits.GIT_MEMORY_BYTES >> 10), str(limits.GIT_FILE_BYTES >> 9)
        try:
            return subprocess.Popen(  # noqa: S603 - a constant script; arguments never reach a shell
                ["/bin/sh", "-c", WRAPPER, "sh", memory, blocks, *arguments],
                stdin=questions,
                stdout=subprocess.PIPE,
                stderr=complaints,
                cwd=self.folder,
                env=self.environment,
                start_new_session=True,
            )
        except OSError as error:
            detail = error.strerror or ""
            raise GitError(FAILED.format(command=arguments[0], detail=detail), detail) from error


class _Deadline:
    """Kills a process and its children when its time is over."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.passed = False
        self._process = process
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """End the clock, and its thread: a process may fork only while it has no other."""
        self._timer.cancel()
        self._timer.join()

    def _pass(self) -> None:
        self.passed = self._process.poll() is None
        _kill(self._process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process group: killing only git leaves remote-http and index-pack running."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _failure(command: Argument, returncode: int, detail: str) -> GitError:
    shown = detail[-DETAIL_CHARACTERS:] or f"exit code {returncode}"
    kind = LimitError if returncode < 0 or OUT_OF_BOUNDS.search(detail) else GitError
    return kind(FAILED.format(command=command, detail=shown), detail, returncode=returncode)


def require_version(git: Git) -> None:
    """Raise `GitVersionError` with a sentence for a person unless git is recent enough."""
    minimum = ".".join(map(str, MINIMUM_VERSION))
    try:
        found = git.run("version").decode().strip()
    except GitError as error:
        raise GitVersionError(NO_GIT.format(minimum=minimum)) from error
    numbers = re.search(r"(\d+)\.(\d+)", found)
    if numbers is None or tuple(map(int, numbers.groups())) < MINIMUM_VERSION:
        raise GitVersionError(OLD_GIT.format(minimum=minimum, found=found))
