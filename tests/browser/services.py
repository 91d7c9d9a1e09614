"""Processes whose pages are looked at."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDING_SECONDS = 20


@contextmanager
def sandbox() -> Iterator[str]:
    """Run `ssot sandbox`; yield its address once its pull requests are reviewed."""
    command = (sys.executable, "-m", "bot", "sandbox")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            announced = child.stdout.readline()
            yield next(word for word in announced.split() if word.startswith("http"))
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(ENDING_SECONDS)


@contextmanager
def unconfigured(folder: Path) -> Iterator[str]:
    """Run `ssot serve` without an App; yield the address of its set-up."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "DATABASE_"))}
    with subprocess.Popen(
        (sys.executable, "-m", "bot", "serve", "--port", "0"),
        env={**clean, "SSOT_DATA_DIR": str(folder)},
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stderr is not None
        try:
            lines = iter(child.stderr)
            found = (re.search(r"http\S+token=\S+", line) for line in lines)
            yield next(match[0] for match in found if match)
        finally:
            # Whoever writes into a pipe that nobody reads stands still.
            threading.Thread(target=list, args=(lines,)).start()
            child.send_signal(signal.SIGTERM)
            child.wait(ENDING_SECONDS)
