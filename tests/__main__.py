"""Every gate in one command, `python -m tests`: format, lint, types, tests (contracts included)."""

from __future__ import annotations

import subprocess
import sys

GATES = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("pytest", "-rs", "--numprocesses", "auto", "--dist", "loadgroup"),
)


def main() -> int:
    """Run the gates in order; stop at the first that fails and return its exit code."""
    for gate in GATES:
        print("$ python -m", *gate, flush=True)
        done = subprocess.run([sys.executable, "-m", *gate], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
