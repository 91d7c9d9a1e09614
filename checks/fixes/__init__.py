"""Make edits in one file's text: span by span, every other byte stays, certain or absent."""

from __future__ import annotations

from checks.fixes.attempts import attempt
from checks.fixes.lines import UneditableError, apply

__all__ = ["UneditableError", "apply", "attempt"]
