"""From the file's text to the config, or to every problem of it at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from checks.config.agreement import disagreements
from checks.config.document import Document, read
from checks.config.model import (
    Argument,
    Bind,
    Canonical,
    Checklists,
    Concept,
    Config,
    Deprecated,
    FrozenMap,
    Report,
    Waiver,
)
from checks.config.problems import ConfigError, Problem
from checks.config.rules import (
    BackupFileOptions,
    DuplicateDefinitionOptions,
    RuleName,
    options_by_rule,
)
from checks.config.schema import (
    ChecklistsSection,
    ConceptSection,
    ConfigFile,
    ReportSection,
    Switch,
    WaiverSection,
)
from checks.config.validation import validate
from checks.globs import Globs, NameGlob, PathGlob

if TYPE_CHECKING:
    from collections.abc import Iterable

CONFIG_PATH = ".github/ssot.yml"


def parse(text: bytes | str) -> Config:
    """Read a config; raise ConfigError with every problem, in file order."""
    document = read(text)
    file, misfits = validate(document)
    problems = _merge(document.problems, [*misfits, *disagreements(document)])
    if file is None or problems:
        raise ConfigError(problems)
    return _config(file, document)


def _merge(first: Iterable[Problem], others: Iterable[Problem]) -> tuple[Problem, ...]:
    """Leave out what follows from a problem that was found at the same key before."""
    found = list(first)
    keys = {problem.key for problem in found}
    found += [problem for problem in others if problem.key not in keys]
    return tuple(sorted(set(found)))


def _config(file: ConfigFile, document: Document) -> Config:
    rules = options_by_rule(file.rules)
    duplicates = rules[RuleName.DUPLICATE_DEFINITION]
    backups = rules[RuleName.BACKUP_FILE]
    assert isinstance(duplicates, DuplicateDefinitionOptions)
    assert isinstance(backups, BackupFileOptions)
    return Config(
        python=_python(file.python),
        roots=file.roots,
        ignore=Globs(file.ignore),
        tests=Globs(file.tests),
        concepts=tuple(_concept(name, section) for name, section in file.concepts.items()),
        severities=FrozenMap(tuple((name, rule.severity) for name, rule in rules.items())),
        ignore_names=_names(duplicates.ignore_names),
        backup_patterns=Globs(backups.patterns),
        waivers=tuple(
            _waiver(section, document.mark_of_value(("waivers", index)).line)
            for index, section in enumerate(file.waivers)
        ),
        checklists=_checklists(file.checklists),
        report=_report(file.report),
    )


def _concept(name: str, section: ConceptSection) -> Concept:
    return Concept(
        name=name,
        about=section.about,
        docs=section.docs,
        issues=section.issues,
        canonical=tuple(_canonical(entry) for entry in section.canonical),
        classes=_names(section.definitions.classes),
        functions=_names(section.definitions.functions),
        deprecated=tuple(
            Deprecated(module, entry.use, FrozenMap(tuple(entry.names.items())))
            for module, entry in section.deprecated.items()
        ),
        arguments=tuple(
            Argument(entry.call, entry.argument, entry.use or "") for entry in section.arguments
        ),
        allow_in=Globs(section.allow_in),
        paths=Globs(section.paths),
    )


def _canonical(entry: str) -> Canonical:
    module, _, name = entry.partition(":")
    return Canonical(module, name)


def _waiver(section: WaiverSection, line: int) -> Waiver:
    return Waiver(
        rule=section.rule,
        path=PathGlob(section.path),
        symbol=None if section.symbol is None else NameGlob(section.symbol),
        until=date.fromisoformat(section.until),
        reason=section.reason,
        by=section.by or "",
        line=line,
    )


def _checklists(section: ChecklistsSection) -> Checklists:
    bind = tuple(Bind(entry.issue, entry.item, entry.when) for entry in section.bind)
    return Checklists(section.infer, bind)


def _report(section: ReportSection) -> Report:
    return Report(
        mode=section.mode,
        max_comments=section.max_comments,
        suggestions=section.suggestions,
        inline_waivers=section.inline_waivers is Switch.ON,
    )


def _python(version: str | None) -> tuple[int, int] | None:
    if version is None:
        return None
    major, _, minor = version.partition(".")
    return int(major), int(minor)


def _names(patterns: Iterable[str]) -> tuple[NameGlob, ...]:
    return tuple(NameGlob(pattern) for pattern in patterns)
