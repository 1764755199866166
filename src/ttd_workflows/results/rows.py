"""The rows of a result, streamed out of its one JSON document at constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ttd_workflows.results.cutter import Cutter
from ttd_workflows.results.decode import Array
from ttd_workflows.results.flatten import flattened
from ttd_workflows.results.reading import batches
from ttd_workflows.results.walk import Walk
from ttd_workflows.results.window import Window

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from ttd_workflows.results.flatten import Flatten
    from ttd_workflows.results.window import Source


class Rows(Iterator[Any]):
    """An iterator over rows, to be gone through once. ``errors`` is complete when it has ended."""

    def __init__(self, source: Source, path: str | Sequence[str] | None, flatten: Flatten, chunk: int | None) -> None:
        self.errors: tuple[Any, ...] = ()
        """The errors that GraphQL reported beside the data, once the end is reached."""
        self.path: tuple[str, ...] | None = None
        """The keys that lead to the rows, once the first row is reached."""
        self._steps = self._stream(source, path, flatten, chunk)

    def __iter__(self) -> Iterator[Any]:  # noqa: PYI034 - see below
        return self._steps  # the generator itself, which is faster than a method of ours for each row

    def __next__(self) -> Any:
        return next(self._steps)

    def close(self) -> None:
        """Stop before the end and close the file."""
        self._steps.close()

    def _stream(
        self, source: Source, path: str | Sequence[str] | None, flatten: Flatten, chunk: int | None
    ) -> Generator[Any, None, None]:
        with Window(source, chunk) as window:
            walk = Walk(window, path)
            if walk.enter():
                self.path = walk.found
                for batch in batches(Array(window), Cutter(window, window.chunk)):
                    yield from flattened(batch, flatten) if flatten else batch.rows
                walk.leave()
            self.errors = tuple(walk.errors)


def rows(
    source: Source,
    path: str | Sequence[str] | None = None,
    flatten: Flatten = False,  # noqa: FBT002 - as documented
    *,
    chunk: int | None = None,
) -> Rows:
    """Each row of a result, decoded.

    Args:
        source: The document: the path of a file, an open file, bytes or text.
        path: The keys that lead to the rows, aliases as they stand in the result: ``"data.partner.mine.nodes"`` or a
            tuple. Left out, the one ``nodes`` under ``data``, or the array that the document is.
        flatten: Rows of the connection within each row instead, every one with its parent's members beside its own,
            which are named ``adGroups.id``. A parent without such rows stays as one row. ``True`` where each row has
            one connection, its name (``"adGroups"``, ``"campaigns.adGroups"``) where there are several.
        chunk: Bytes read at once.

    Raises:
        DamagedResult: At the byte where the document is cut short or is not JSON; rows before it were delivered.
        NoData: There are errors of GraphQL and no data.
        UnknownResultShape: There are no rows where they were looked for, or more in another place.
    """
    return Rows(source, path, flatten, chunk)
