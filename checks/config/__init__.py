"""A repository's `.github/ssot.yml`: text in, a frozen config or every problem out."""

from __future__ import annotations

from checks.config.loading import CONFIG_PATH, parse
from checks.config.model import (
    Argument,
    Bind,
    Canonical,
    Checklists,
    Concept,
    Config,
    Deprecated,
    Report,
    Waiver,
)
from checks.config.problems import ConfigError, Problem
from checks.config.schema import Infer, Mode

__all__ = [
    "CONFIG_PATH",
    "Argument",
    "Bind",
    "Canonical",
    "Checklists",
    "Concept",
    "Config",
    "ConfigError",
    "Deprecated",
    "Infer",
    "Mode",
    "Problem",
    "Report",
    "Waiver",
    "parse",
]
