"""The shape of the config file: what is read is validated by it, and its JSON Schema made of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from checks.config.patterns import (
    check_call,
    check_canonical,
    check_concept_name,
    check_date,
    check_identifier,
    check_module,
    check_python_version,
    check_root,
    check_sentence,
    check_symbol_pattern,
    check_version,
)
from checks.config.rules import (
    RULE_NAMES,
    NamePattern,
    PathPattern,
    Rules,
    Section,
    check_rule_name,
)

Module = Annotated[str, AfterValidator(check_module)]
CanonicalName = Annotated[str, AfterValidator(check_canonical)]
Call = Annotated[str, AfterValidator(check_call)]
Identifier = Annotated[str, AfterValidator(check_identifier)]
ConceptName = Annotated[str, AfterValidator(check_concept_name)]
Root = Annotated[str, AfterValidator(check_root)]
Sentence = Annotated[str, AfterValidator(check_sentence)]
SymbolPattern = Annotated[str, AfterValidator(check_symbol_pattern)]
Day = Annotated[str, AfterValidator(check_date), Field(json_schema_extra={"format": "date"})]
PythonVersion = Annotated[str, AfterValidator(check_python_version)]
KnownRule = Annotated[
    str, AfterValidator(check_rule_name), Field(json_schema_extra={"enum": list(RULE_NAMES)})
]
Number = Annotated[int, Field(gt=0)]
# For Python `true` and 1.0 equal 1.
Version = Annotated[Literal[1], BeforeValidator(check_version)]


DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Infer(StrEnum):
    """Whether criteria are proposed for items that have none."""

    OFF = "off"
    SUGGEST = "suggest"


class Mode(StrEnum):
    """How loud the service is."""

    COMMENT = "comment"
    CHECK = "check"
    OBSERVE = "observe"


class Switch(StrEnum):
    """YAML 1.2 knows these two words as text."""

    ON = "on"
    OFF = "off"


class DefinitionsSection(Section):
    """Names that belong to a concept."""

    classes: tuple[NamePattern, ...] = ()
    functions: tuple[NamePattern, ...] = ()


class DeprecatedSection(Section):
    """What replaces a deprecated module; `names` maps its names to other ones there."""

    use: Module
    names: dict[Identifier, Identifier] = Field(default_factory=dict)


class ArgumentSection(Section):
    """An argument that a call must not pass any more."""

    call: Call
    argument: Identifier
    use: Identifier | None = None


class ConceptSection(Section):
    """One thing that must have one source."""

    about: str = ""
    docs: str = ""
    issues: tuple[Number, ...] = ()
    canonical: Annotated[tuple[CanonicalName, ...], Field(min_length=1)]
    definitions: DefinitionsSection = DefinitionsSection()
    deprecated: dict[Module, DeprecatedSection] = Field(default_factory=dict)
    arguments: tuple[ArgumentSection, ...] = ()
    allow_in: tuple[PathPattern, ...] = ()
    paths: tuple[PathPattern, ...] = ()


class WaiverSection(Section):
    """An accepted finding."""

    rule: KnownRule
    path: PathPattern
    symbol: SymbolPattern | None = None
    until: Day
    reason: Sentence
    by: str | None = None


class BindSection(Section):
    """A checklist item that is decided by a criterion."""

    issue: Number
    item: Sentence
    when: Sentence


class ChecklistsSection(Section):
    """How checklist items find their criteria."""

    infer: Infer = Infer.OFF
    bind: tuple[BindSection, ...] = ()


class ReportSection(Section):
    """What is said on a pull request."""

    mode: Mode = Mode.COMMENT
    max_comments: Annotated[int, Field(ge=0)] = 20
    suggestions: bool = True
    inline_waivers: Switch = Switch.ON


class ConfigFile(Section):
    """The whole file, `.github/ssot.yml`."""

    version: Version
    python: PythonVersion | None = None
    roots: Annotated[tuple[Root, ...], Field(min_length=1)] = (".",)
    ignore: tuple[PathPattern, ...] = ()
    tests: tuple[PathPattern, ...] = ()
    concepts: dict[ConceptName, ConceptSection] = Field(default_factory=dict)
    rules: Rules = Rules()  # type: ignore[valid-type]  # a class that is made at import
    waivers: tuple[WaiverSection, ...] = ()
    checklists: ChecklistsSection = ChecklistsSection()
    report: ReportSection = ReportSection()


def json_schema() -> dict[str, Any]:
    """Describe the file as JSON Schema (draft 2020-12), for editors."""
    return {"$schema": DIALECT, **ConfigFile.model_json_schema()}
