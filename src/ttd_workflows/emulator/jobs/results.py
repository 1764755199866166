"""Result files: written in pieces while they are computed, kept on disk, found again by job."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ttd_workflows.emulator.problems import NotKept
from ttd_workflows.emulator.world.world import Job, JobKind

BulkFormat = Callable[[list[dict[str, Any]]], Iterator[str]]
_PIECE = 1 << 18
_KEPT_IN_MEMORY = 1 << 13


class Stopped(Exception):
    """The emulator stops: whoever is writing a result file gives up."""


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A finished result."""

    path: Path
    size: int
    etag: str
    small: str | None
    """The text itself, if it is small enough to be kept at hand."""


def one_element_per_input(items: list[dict[str, Any]]) -> Iterator[str]:
    """The result of a bulk job as a JSON array in the order of the inputs. The real format is not documented."""
    yield from _array(items)


def data_and_errors(items: list[dict[str, Any]]) -> Iterator[str]:
    """The same as GraphQL would answer: what was made in ``data``, what was refused in ``errors``."""
    errors = [
        {"message": error["message"], "path": ["items", item["index"]], "extensions": {"path": error["path"]}}
        for item in items
        for error in item["errors"]
    ]
    made = ({name: value for name, value in item.items() if name not in {"index", "errors"}} for item in items)
    shown = [one if not item["errors"] else None for item, one in zip(items, made, strict=True)]
    yield _text({"data": {"items": shown}, "errors": errors})


BULK_FORMATS: dict[str, BulkFormat] = {"items": one_element_per_input, "graphql": data_and_errors}


def answers_in_order(items: list[dict[str, Any]]) -> Iterator[str]:
    """The result of a bulk mutation as a JSON array of GraphQL answers. The real format is not documented."""
    yield from _array(
        item["answer"] or {"data": None, "errors": [{"message": error["message"]} for error in item["errors"]]}
        for item in items
    )


class Results:
    """The result files of one emulator, in a directory that is there from :meth:`open` to :meth:`close`."""

    def __init__(self, bulk_format: BulkFormat = one_element_per_input) -> None:
        self.bulk_format = bulk_format
        self._directory: TemporaryDirectory[str] | None = None
        self._files: dict[tuple[JobKind, int], ResultFile] = {}
        self._stopped = False

    def open(self) -> None:
        """Be ready to write."""
        self._stopped = False
        self._directory = TemporaryDirectory(prefix="ttd-emulator-", ignore_cleanup_errors=True)

    def emptied(self) -> "Results":
        """Results of the same format with nothing in them, in place of these."""
        fresh = Results(self.bulk_format)
        if self._directory is not None:
            fresh.open()
        self.close()
        return fresh

    def close(self) -> None:
        """Let no thread write on, and delete what was written; all of it can be written again."""
        self.stop()
        self._files.clear()
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None

    def of(self, job: Job) -> ResultFile | None:
        """The job's result, if it was written already."""
        return self._files.get((job.kind, job.id))

    def write(self, job: Job, pieces: Iterable[str], at_least: int = 0) -> ResultFile:
        """Write a job's result as it comes; this may take long and runs in a thread.

        One that is smaller than ``at_least`` bytes is filled up with spaces, which JSON allows at its end.

        Raises:
            NotKept: There is no room for it. It is tried again when it is asked for again.
        """
        assert self._directory is not None
        path = Path(self._directory.name) / f"{job.kind}-{job.id}.json"
        try:
            result = self._written(path, _filled(_gathered(pieces), at_least))
        except OSError as error:
            with suppress(OSError):
                path.unlink()
            message = f"The result of job {job.reference} cannot be written: {error}. Make room, and ask again."
            raise NotKept(message) from error
        self._files[job.kind, job.id] = result
        return result

    def _written(self, path: Path, pieces: Iterable[bytes]) -> ResultFile:
        digest, size, last = blake2b(digest_size=16), 0, b""
        with path.open("wb") as file:
            for data in pieces:
                if self._stopped:
                    raise Stopped
                digest.update(data)
                size += len(data)
                last = data
                file.write(data)
        small = last.decode() if size == len(last) <= _KEPT_IN_MEMORY else None
        return ResultFile(path, size, f'"{digest.hexdigest()}"', small)

    def forget(self, job: Job) -> None:
        """Delete a job's result, if there is one."""
        file = self._files.pop((job.kind, job.id), None)
        if file is not None:
            with suppress(OSError):  # one that is being read cannot be deleted everywhere
                file.path.unlink()

    def stop(self) -> None:
        """Let no thread write on."""
        self._stopped = True


def _array(elements: Iterable[Any]) -> Iterator[str]:
    yield "["
    for index, element in enumerate(elements):
        yield ("," if index else "") + _text(element)
    yield "]"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _gathered(pieces: Iterable[str]) -> Iterator[bytes]:
    waiting: list[str] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= _PIECE:
            yield "".join(waiting).encode()
            waiting, length = [], 0
    yield "".join(waiting).encode()


def _filled(pieces: Iterable[bytes], at_least: int) -> Iterator[bytes]:
    missing = at_least
    for piece in pieces:
        missing -= len(piece)
        yield piece
    while missing > 0:
        yield b" " * min(missing, _PIECE)
        missing -= _PIECE
