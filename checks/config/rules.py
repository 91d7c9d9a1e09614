"""The rules that a config may name, with their options and defaults."""

from __future__ import annotations

import pkgutil
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model

import checks.rules
from checks.config.patterns import check_name_pattern, check_path_pattern
from checks.config.problems import unknown_word
from checks.model import Severity

PathPattern = Annotated[str, AfterValidator(check_path_pattern)]
NamePattern = Annotated[str, AfterValidator(check_name_pattern)]


class RuleName(StrEnum):
    """The rules of the first edition: known from the start, whether built yet or not."""

    FORBIDDEN_IMPORT = "forbidden-import"
    DUPLICATE_DEFINITION = "duplicate-definition"
    IMPURE_REDIRECT = "impure-redirect"
    DEPRECATED_ARGUMENT = "deprecated-argument"
    BACKUP_FILE = "backup-file"
    SYNTAX_ERROR = "syntax-error"
    IMPORT_CYCLE = "import-cycle"
    SPLIT_SOURCE = "split-source"
    STALE_WAIVER = "stale-waiver"
    CONFIG_ERROR = "config-error"


def kebab(name: str) -> str:
    """Write a Python name as keys of the file are written."""
    return name.replace("_", "-")


class Section(BaseModel):
    """A mapping of the file: keys in kebab-case, none beyond those that are named here."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, alias_generator=kebab, validate_by_name=False
    )


class RuleOptions(Section):
    """What every rule can be told."""

    severity: Severity = Severity.ERROR


class WarningOptions(RuleOptions):
    """A rule that warns unless told otherwise."""

    severity: Severity = Severity.WARNING


class OptInOptions(RuleOptions):
    """A rule that rests unless told otherwise."""

    severity: Severity = Severity.OFF


class DuplicateDefinitionOptions(RuleOptions):
    """Names that are no second source although they match a concept."""

    ignore_names: list[NamePattern] = ["Test*", "Mock*", "Fake*", "Stub*"]


class BackupFileOptions(WarningOptions):
    """Paths that are backups."""

    patterns: list[PathPattern] = ["*.backup*", "*.bak", "*.orig", "*_backup_*"]


OPTIONS: dict[str, type[RuleOptions]] = {
    RuleName.DUPLICATE_DEFINITION: DuplicateDefinitionOptions,
    RuleName.BACKUP_FILE: BackupFileOptions,
    RuleName.STALE_WAIVER: WarningOptions,
    RuleName.IMPORT_CYCLE: OptInOptions,
    RuleName.SPLIT_SOURCE: OptInOptions,
}


def rule_names() -> tuple[str, ...]:
    """Name every rule: the first edition, then those that stand as files in `checks.rules`."""
    files = sorted(kebab(module.name) for module in pkgutil.iter_modules(checks.rules.__path__))
    return tuple(dict.fromkeys([*RuleName, *files]))


RULE_NAMES = rule_names()


def check_rule_name(text: str) -> str:
    """Accept the name of a rule; raise ValueError with the closest one."""
    if text not in RULE_NAMES:
        raise ValueError(unknown_word(text, RULE_NAMES))
    return text


def _spell_out(value: object) -> object:
    """A severity alone is short for a mapping that holds nothing else."""
    return value if isinstance(value, dict) else {"severity": value}


def _field(options: type[RuleOptions]) -> Any:
    spelled = BeforeValidator(_spell_out, json_schema_input_type=Severity | options)
    return Annotated[options, spelled, Field(default_factory=options)]


Rules: type[Section] = create_model(
    "Rules",
    __base__=Section,
    **{name.replace("-", "_"): _field(OPTIONS.get(name, RuleOptions)) for name in RULE_NAMES},
)


def options_by_rule(rules: Section) -> dict[str, RuleOptions]:
    """List the options of every rule under its name, defaults included."""
    return {name: getattr(rules, name.replace("-", "_")) for name in RULE_NAMES}


def default_options(rule: str) -> dict[str, Any]:
    """List the options of a rule as the file spells them, `severity` first, with their defaults."""
    return OPTIONS.get(rule, RuleOptions)().model_dump(by_alias=True)
