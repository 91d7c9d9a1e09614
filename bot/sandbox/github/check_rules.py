"""What GitHub refuses in a check run although its schema allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.answers import validation_failed

if TYPE_CHECKING:
    from bot.sandbox.github.bodies import AnnotationBody, CheckRunBody, OutputBody

# Bytes, not characters: github/docs#35252
OUTPUT_MAX_BYTES = 65_535
OUTPUT_TOO_LONG = "{field} exceeds a maximum bytesize of 65535"
ANNOTATION_MAX_BYTES = 64 * 1024
ANNOTATION_TITLE_MAX = 255
BAD_URL = "details_url must use http or https scheme"


def check_limits(body: CheckRunBody) -> None:
    """Refuse what breaks a limit or rule beyond the schema."""
    if body.sent("details_url") and not body.details_url.startswith(("http://", "https://")):
        raise validation_failed("CheckRun", "details_url", "custom", message=BAD_URL)
    if body.sent("output"):
        _check_output(body.output)


def _check_output(output: OutputBody) -> None:
    for name, text in (("summary", output.summary), ("text", output.text)):
        if len(text.encode()) > OUTPUT_MAX_BYTES:
            message = OUTPUT_TOO_LONG.format(field=name)
            raise validation_failed("CheckRun", name, "custom", message=message)
    if not all(_is_valid(annotation) for annotation in output.annotations):
        # GitHub never says which one.
        raise validation_failed("CheckRun", "annotations", "invalid")


def _is_valid(annotation: AnnotationBody) -> bool:
    return (
        bool(annotation.path)
        and 1 <= annotation.start_line <= annotation.end_line
        and _columns_are_valid(annotation)
        and len(annotation.title) <= ANNOTATION_TITLE_MAX
        and 0 < len(annotation.message.encode()) <= ANNOTATION_MAX_BYTES
        and len(annotation.raw_details.encode()) <= ANNOTATION_MAX_BYTES
    )


def _columns_are_valid(annotation: AnnotationBody) -> bool:
    """Columns come in pairs, in order, on one line: elm-review-action#15, probot#790."""
    if not annotation.sent("start_column") and not annotation.sent("end_column"):
        return True
    # One that was left out is 0, so a column without its partner fails here too.
    return (
        annotation.start_line == annotation.end_line
        and 1 <= annotation.start_column <= annotation.end_column
    )
