"""What a process that works on strangers' items may use."""

from __future__ import annotations

import subprocess
import sys

import pytest

LIMITED = """
import resource
from bot.bounds import limit_memory

resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
limit_memory(2**40)
print(resource.getrlimit(resource.RLIMIT_AS) == (2**31, 2**31))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the memory of a process")
def test_process_that_may_use_less_than_an_item_stays_in_its_own_limit() -> None:
    """It may not raise it: every worker of `ulimit -v 600000` ended as it began."""
    command = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, check=False)
    assert command.stdout == b"True\n"
