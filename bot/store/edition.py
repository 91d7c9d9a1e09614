"""What tells one edition of the engine from all others: its code, and what reads for it."""

from __future__ import annotations

import sys
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import checks

CODE = Path(checks.__file__).parent
PARSERS = ("tree-sitter", "tree-sitter-python")


@cache
def edition() -> str:
    """Name this very engine: with any other one, the same tree may hold something else."""
    return named(CODE)


def named(code: Path) -> str:
    """Name the engine with this code."""
    digest = sha256(f"{sys.version} {[version(parser) for parser in PARSERS]}".encode())
    for file in sorted(code.rglob("*.py")):
        digest.update(f"\n{file.relative_to(code)} {file.stat().st_size}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
