"""Decoding the rows of an array fast: pieces that were guessed, by the decoder that comes with pydantic.

Whatever it refuses is gone over exactly: a wrong guess, half a character, nesting beyond its limit, and damage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ttd_workflows.results.decode import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ttd_workflows.results.cutter import Cutter
    from ttd_workflows.results.decode import Array


def batches(array: Array, cutter: Cutter) -> Iterator[Batch]:
    """Every row that is left."""
    yield _exactly(array, cutter)
    if array.ended:
        return
    from pydantic_core import from_json  # noqa: PLC0415 - a short document does without

    while not array.ended:
        cut = cutter.cut()
        if cut is None:
            yield _exactly(array, cutter)
            continue
        piece, whole = cut
        try:
            rows = from_json(b"[%b]" % piece, allow_inf_nan=False, cache_strings="keys")
        except ValueError:
            array.window.unread(whole)
            cutter.failed()
            yield _exactly(array, cutter)
            continue
        start, array.row = array.row, array.row + len(rows)
        yield Batch(rows, start)


def _exactly(array: Array, cutter: Cutter) -> Batch:
    batch = array.batch(spans=not cutter.learned)
    cutter.learn(batch)
    return batch
