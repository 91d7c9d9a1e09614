"""Read a repository's objects by id: trees, differences, blobs. Never writes, never fetches."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, TYPE_CHECKING

from bot.git.listing import encode_path, parse_modules, parse_raw, parse_tree
from bot.git.patch import parse_patch
from bot.git.process import GitError
from checks import limits
from checks.config import CONFIG_PATH

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator, Mapping

    from bot.git.patch import Pair
    from bot.git.process import Argument, Git
    from checks.model import Entry, Hunk, Version

NOT_AN_ID = "not an object id: {text!r}"
UNEXPECTED = "git cat-file gave an unexpected answer"

OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
SIZE_FORMAT = "--batch-check=%(objectname) %(objecttype) %(objectsize)"

LS_TREE = ("ls-tree", "-r", "-z", "--full-tree")
DIFF_TREE = ("diff-tree", "-r")
RAW = ("-z", "--raw", "--no-abbrev")
RENAMES = ("-M50%", f"-l{limits.RENAME_CANDIDATES}")
CHUNK_BYTES = 1 << 16
PYTHON = (":(top,glob)**/*.py", ":(top,glob)**/*.pyi")
CONFIG = f":(top,literal){CONFIG_PATH}"
PATCH = (
    *("-p", "-U3", "--diff-filter=d", "--full-index", "--src-prefix=a/", "--dst-prefix=b/"),
    *("--no-color", "--no-ext-diff", "--no-textconv"),
    *("--diff-algorithm=myers", "--inter-hunk-context=0"),
)


class Absence(StrEnum):
    """Why a blob's content is not at hand."""

    MISSING = "missing"  # neither here nor to be had
    LARGE = "large"  # over FILE_BYTES: only to be streamed
    DISTANT = "distant"  # at the remote, and to be fetched with one batch too many
    HUGE = "huge"  # over STREAM_BYTES, or too large to fetch: never read


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of one repository. Every method raises `GitError` when they cannot be read.

    `patch_flags` are further flags for hunks.
    """

    git: Git
    patch_flags: tuple[str, ...] = ()

    def sizes(self, oids: Collection[str]) -> Mapping[str, int]:
        """Return the size of each blob in bytes; what is missing is left out."""
        if not oids:
            return {}
        lines = self.git.run("cat-file", SIZE_FORMAT, stdin=_questions(oids)).splitlines()
        answers = (line.decode("ascii").split(" ") for line in lines)
        return {answer[0]: int(answer[2]) for answer in answers if answer[1] != "missing"}

    def read(self, oids: Collection[str]) -> Mapping[str, bytes | Absence]:
        """Return the content of each blob of at most FILE_BYTES, and for others why not."""
        sizes = self.sizes(oids)
        absent = {oid: why for oid in oids if (why := absence(sizes.get(oid)))}
        readable = [oid for oid in dict.fromkeys(oids) if oid not in absent]
        return {**absent, **dict(self._contents(readable))}

    def each(self, oids: Collection[str]) -> Iterator[tuple[str, bytes | Absence]]:
        """Yield each blob up to STREAM_BYTES, or why it is not there; sizes are not asked first."""
        if not oids:
            return
        with self._batch(oids) as output:
            for oid in oids:
                size = _size(output, oid)
                if size is None:
                    yield oid, Absence.MISSING
                elif size > limits.STREAM_BYTES:
                    _skip(output, size + 1)
                    yield oid, Absence.HUGE
                else:
                    yield oid, _content(output, size)

    def stream(self, oid: str) -> Generator[bytes, None, None]:
        """Yield a blob in pieces; closing the iterator early stops git."""
        with self._batch([oid]) as output:
            left = _content_size(output, oid)
            while left:
                chunk = output.read(min(CHUNK_BYTES, left))
                if not chunk:
                    raise GitError(UNEXPECTED)
                left -= len(chunk)
                yield chunk
            output.read()

    def tree(self, treeish: str) -> tuple[Version, ...]:
        """Return all files of a commit or tree, symlinks and submodules among them."""
        return tuple(parse_tree(self.git.run(*LS_TREE, checked_id(treeish))))

    def modules(self, treeish: str) -> Mapping[str, str]:
        """Return the blob of each Python file of a commit or tree, by path."""
        return parse_modules(self.git.run(*LS_TREE, checked_id(treeish)))

    def changes(self, base: str, head: str) -> tuple[Entry, ...]:
        """Return every changed path; needs no blobs, so a rename is a deletion and an addition."""
        output = self._diff(
            base, head, flags=(*RAW, "--no-renames"), most_bytes=limits.GIT_CHANGES_BYTES
        )
        return tuple(parse_raw(output))

    def renames(self, base: str, head: str, *, without: Collection[str]) -> tuple[Entry, ...]:
        """Return the renamed Python files; needs the blobs of all changed ones but `without`."""
        output = self._diff(
            base, head, flags=(*RAW, *RENAMES, "--diff-filter=R"), paths=(*PYTHON, *_but(without))
        )
        return tuple(parse_raw(output))

    def hunks(
        self, base: str, head: str, *, without: Collection[str]
    ) -> Mapping[Pair, tuple[Hunk, ...]]:
        """Return the hunks of Python files and of the config by pair of blobs.

        `without` is as for `renames`.
        """
        flags = (*PATCH, *self.patch_flags, *RENAMES)
        paths = (*PYTHON, CONFIG, *_but(without))
        output = self._diff(base, head, flags=flags, paths=paths, most_bytes=limits.GIT_DIFF_BYTES)
        return parse_patch(output)

    def file(self, treeish: str, path: str) -> bytes | None:
        """Return the content of one small file; None when there is no such file.

        `path` is a path of our own, without newline.
        """
        question = f"{checked_id(treeish)}:{path}\n".encode()
        answer = self.git.run("cat-file", SIZE_FORMAT, stdin=question).decode().split(" ")
        if len(answer) != 3 or answer[1] != "blob":
            return None
        content = self.read([answer[0]])[answer[0]]
        return content if isinstance(content, bytes) else None

    def _diff(
        self,
        base: str,
        head: str,
        *,
        flags: tuple[str, ...],
        paths: tuple[Argument, ...] = (),
        most_bytes: int = limits.GIT_OUTPUT_BYTES,
    ) -> bytes:
        return self.git.run(
            *DIFF_TREE, *flags, checked_id(base), checked_id(head), "--", *paths,
            seconds=limits.GIT_CONTENTS_SECONDS if paths else limits.GIT_LISTING_SECONDS,
            output_bytes=most_bytes,
        )  # fmt: skip

    def _contents(self, oids: Collection[str]) -> Iterator[tuple[str, bytes]]:
        if not oids:
            return
        with self._batch(oids) as output:
            for oid in oids:
                yield oid, _content(output, _content_size(output, oid))

    @contextmanager
    def _batch(self, oids: Collection[str]) -> Iterator[IO[bytes]]:
        with self.git.reading(
            *("cat-file", "--batch", "--buffer"),
            stdin=_questions(oids),
            seconds=limits.GIT_CONTENTS_SECONDS,
        ) as output:
            yield output


def absence(size: int | None) -> Absence | None:
    """Tell why a blob of `size` bytes (None: there is none) is not read whole, if so."""
    if size is None:
        return Absence.MISSING
    if size > limits.STREAM_BYTES:
        return Absence.HUGE
    return Absence.LARGE if size > limits.FILE_BYTES else None


def _content_size(output: IO[bytes], oid: str) -> int:
    size = _size(output, oid)
    if size is None:
        raise GitError(UNEXPECTED)
    return size


def _size(output: IO[bytes], oid: str) -> int | None:
    answer = output.readline().decode("ascii", "replace").split()
    if answer == [oid, "missing"]:
        return None
    if len(answer) != 3 or answer[0] != oid:
        raise GitError(UNEXPECTED)
    return int(answer[2])


def _content(output: IO[bytes], size: int) -> bytes:
    content = output.read(size)
    if len(content) != size or len(output.read(1)) != 1:
        raise GitError(UNEXPECTED)
    return content


def _skip(output: IO[bytes], size: int) -> None:
    while size and (chunk := output.read(min(CHUNK_BYTES, size))):
        size -= len(chunk)


def _questions(oids: Collection[str]) -> bytes:
    return "".join(f"{checked_id(oid)}\n" for oid in oids).encode("ascii")


def checked_id(text: str) -> str:
    """Return `text` if it is a full object id: nothing else ever reaches git."""
    if not OID.fullmatch(text):
        raise ValueError(NOT_AN_ID.format(text=text))
    return text


def _but(paths: Collection[str]) -> Iterator[Argument]:
    return (b":(top,exclude,literal)" + encode_path(path) for path in paths)
