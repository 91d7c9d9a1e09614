"""What the exit code of `ssot` says; of several that apply, the first one here counts."""

from __future__ import annotations

from enum import IntEnum

from checks.model import Analysis, Cause, Severity


class Exit(IntEnum):
    """The exit codes, by number; 2 is also what argparse ends with."""

    CLEAN = 0
    FOUND = 1  # new findings of severity error
    UNUSABLE = 2  # the command line, the config or the clone
    INCOMPLETE = 3  # a file could not be analysed, or git failed


def exit_of(analysis: Analysis) -> Exit:
    """Judge a change; files that hold nothing to analyse, such as symbolic links, are fine."""
    if any(finding.severity is Severity.ERROR for finding in analysis.new):
        return Exit.FOUND
    if analysis.crashes or any(each.cause is not Cause.NATURE for each in analysis.skipped):
        return Exit.INCOMPLETE
    return Exit.CLEAN
