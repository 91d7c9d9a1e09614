"""Places of a change: what a page calls them, where GitHub shows them, what stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.domain.markdown import visible
from bot.domain.pull import OWNER_CONFIG_PATH, OWNER_REPOSITORY, ConfigSource
from bot.services.explain import around
from bot.web.explain_shapes import Excerpt, Place, SourceLine
from checks.config import CONFIG_PATH
from checks.model import Span

if TYPE_CHECKING:
    from bot.domain.pull import PullRequest
    from bot.services.explain import Excerpts
    from checks.model import Analysis

# Nobody reads a line of minified code; it would be all of the page.
LINE_LIMIT = 400
CUT = "…"


class Places:
    """The places of one change, on a GitHub at `server_url`."""

    def __init__(
        self,
        pull: PullRequest,
        analysis: Analysis | None,
        excerpts: Excerpts,
        *,
        server_url: str,
    ) -> None:
        self._pull = pull
        self._base = analysis.base if analysis else pull.position.base_sha
        self._excerpts = excerpts
        self._server_url = server_url

    def pull(self, number: int) -> str:
        """Return where GitHub shows a pull request of the repository."""
        return f"{self._root()}/pull/{number}"

    def at_head(self, path: str, line: int) -> Place:
        """Point at a line of the head."""
        return self._place(self._pull.position.head_sha, path, line)

    def at_base(self, path: str, line: int) -> Place:
        """Point at a line of the merge base."""
        return self._place(self._base, path, line)

    def config(self, line: int) -> str:
        """Return where a line of the config is shown."""
        pull = self._pull
        if pull.config.source is ConfigSource.OWNER:
            owner = f"{self._server_url}/{quote(pull.repository.owner)}/{OWNER_REPOSITORY}"
            return f"{owner}/blob/HEAD/{OWNER_CONFIG_PATH}#L{line}"
        is_head = pull.config.source is ConfigSource.HEAD
        commit = pull.position.head_sha if is_head else quote(pull.base_ref)
        return f"{self._root()}/blob/{commit}/{CONFIG_PATH}#L{line}"

    def head_excerpt(self, path: str, span: Span) -> Excerpt:
        """Show lines around a span of the head."""
        return self._excerpt(self._pull.position.head_sha, path, span)

    def base_excerpt(self, path: str, line: int) -> Excerpt:
        """Show lines around one of the merge base."""
        return self._excerpt(self._base, path, Span(line, 1, line, LINE_LIMIT))

    def _excerpt(self, commit: str, path: str, span: Span) -> Excerpt:
        known = self._excerpts.get((commit, path), {})
        numbers = sorted(around(span.line, span.end_line) & known.keys())
        lines = tuple(_line(number, known[number], span) for number in numbers)
        return Excerpt(self._place(commit, path, span.line), lines)

    def _place(self, commit: str, path: str, line: int) -> Place:
        raw = path.encode("utf-8", "surrogateescape")
        url = f"{self._root()}/blob/{commit}/{quote(raw)}#L{line}"
        return Place(visible(path), line, url)

    def _root(self) -> str:
        repository = self._pull.repository
        return f"{self._server_url}/{quote(repository.owner)}/{quote(repository.name)}"


def _line(number: int, text: str, span: Span) -> SourceLine:
    """Mark what a span holds of a line."""
    text = text if len(text) <= LINE_LIMIT else text[:LINE_LIMIT] + CUT
    if not span.line <= number <= span.end_line:
        return SourceLine(number, shown(text))
    start = span.column - 1 if number == span.line else len(text) - len(text.lstrip())
    end = span.end_column - 1 if number == span.end_line else len(text)
    before, flagged, after = map(shown, (text[:start], text[start:end], text[end:]))
    return SourceLine(number, before, flagged, after, is_flagged=True)


def shown(source: str) -> str:
    """Make visible what hides in a line of source; tabs are only wide."""
    return "\t".join(map(visible, source.split("\t")))
