"""What a finished job left, wherever it lies: inline, or at a URL that dies."""

from __future__ import annotations

import sys
import threading
import weakref
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from ttd_workflows import errors
from ttd_workflows.core.forms import awaiting, blocking
from ttd_workflows.jobs.events import Downloaded

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from ttd_workflows import results
    from ttd_workflows.core.surface import Port
    from ttd_workflows.jobs.events import Event
    from ttd_workflows.jobs.job import Job
    from ttd_workflows.jobs.snapshot import Snapshot

    Keys: TypeAlias = str | Sequence[str] | None
    Schema: TypeAlias = Mapping[str, Any] | pa.Schema | None
    Flatten: TypeAlias = bool | str

T = TypeVar("T")

RENEWALS_WITHOUT_PROGRESS = 3
"""How often a new URL is asked for when the last one brought nothing."""
ROWS_AT_A_TIME = 200
"""Rows that the awaited form decodes before it lets the event loop go on."""
_LOOK = 0.02
"""Seconds between two looks whether another thread or task has fetched the file that is wanted."""


class Result:
    """The result of a job that ended well, or in part. Callers need not know whether it is inline or at a URL.

    ``path`` in :meth:`rows` and the tables names the keys that lead to the rows, aliases included, as in
    ``"data.partner.thirdPartyData.nodes"``; left out, the one ``nodes`` under ``data`` is found.
    """

    def __init__(self, job: Job, snapshot: Snapshot | None, *, start: int = 0) -> None:
        self._exchange = job._exchange  # noqa: SLF001 - the two belong together
        self._local: Path | None = None
        self._fetching = threading.Lock()
        self._saved: Path | None = None
        self._start = start
        self.job = job
        self.snapshot = snapshot
        """The job as it was when it was seen to have ended; ``None`` where the service acted at once."""

    def __repr__(self) -> str:
        where = "inline" if self.snapshot is None or self.snapshot.raw_result is not None else "at a URL"
        return f"<Result of {self.job.reference or 'a call done at once'}, {where}>"

    @property
    def errors(self) -> tuple[str, ...]:
        """What went wrong in part."""
        return self.snapshot.errors if self.snapshot else ()

    @property
    def partial(self) -> bool:
        """Whether only a part of the job went well."""
        return self.snapshot is not None and self.snapshot.state == "PartialSuccess"

    @blocking
    async def save(
        self,
        port: Port,
        /,
        path: str | os.PathLike[str],
        *,
        durable: bool = False,
        parallel: int | None = None,
        on_event: Callable[[Event], object] | None = None,
    ) -> str | os.PathLike[str]:
        """Put the result into a file: whole or not at all, continued where an earlier attempt stood.

        Args:
            path: The file, or a URL that fsspec knows (extra ``[cloud]``). It is replaced at the end, and untouched
                until then; a file that was saved before and is as it was is not fetched again.
            durable: Have it on the disk itself before returning.
            parallel: Connections for a file of 64 MiB or more. Left out, one: where one connection gets what the line
                can bear, several are slower.
            on_event: Called with :class:`Downloaded` as bytes arrive.

        Raises:
            ResultsExpired: The service does not keep it any more.
            DownloadFailed: Given up; what came is kept for the next attempt.
            InputError: The path cannot be used.
        """
        collecting = await room(port, "ttd_workflows.jobs.collecting")
        if self._inline() is None and self._local is None and not collecting.is_url(path):
            self._saved = await self._download(port, Path(path), durable=durable, parallel=parallel, on_event=on_event)
        else:
            document = await self._source(port)
            await port.blocking(lambda: collecting.put(document, path, durable=durable))
        return path

    save_async = awaiting(save)

    def rows(self, path: Keys = None, *, flatten: Flatten = False) -> Iterator[Any]:
        """Each row of the result, decoded, at constant memory. ``flatten`` gives rows of a connection within each."""
        from ttd_workflows import results  # noqa: PLC0415 - the awaited form loads it in a thread

        return _holding(self, results.rows(self._document(), path, flatten))

    async def rows_async(self, path: Keys = None, *, flatten: Flatten = False) -> AsyncIterator[Any]:
        """Each row of the result, decoded, at constant memory."""
        port = self._exchange.awaiting
        source = await self._source(port)
        results = await room(port, "ttd_workflows.results")
        async for row in _in_batches(port, results.rows(source, path, flatten)):
            yield row

    def items(self) -> Iterator[results.Item]:
        """What became of each input of a bulk job, in order: the input, and the entity or the errors.

        Raises:
            UnknownResultShape: The result is not in a known form; :meth:`rows` and :meth:`save` go on working.
        """
        from ttd_workflows import results  # noqa: PLC0415

        return _holding(self, results.items(self._document(), self.job.inputs, start=self._start))

    async def items_async(self) -> AsyncIterator[results.Item]:
        """What became of each input of a bulk job, in order; as :meth:`items`."""
        port = self._exchange.awaiting
        source = await self._source(port)
        results = await room(port, "ttd_workflows.results")
        async for item in _in_batches(port, results.items(source, self.job.inputs, start=self._start)):
            yield item

    @blocking
    async def to_arrow(
        self, port: Port, /, path: Keys = None, *, schema: Schema = None, flatten: Flatten = False
    ) -> pa.Table:
        """The rows as a ``pyarrow.Table``, each column of the same type every night."""
        source = await self._source(port)
        results = await room(port, "ttd_workflows.results")
        return await port.blocking(lambda: results.to_arrow(source, path, schema=schema, flatten=flatten))

    to_arrow_async = awaiting(to_arrow)

    @blocking
    async def to_polars(
        self, port: Port, /, path: Keys = None, *, schema: Schema = None, flatten: Flatten = False
    ) -> pl.DataFrame:
        """The rows as a ``polars.DataFrame``; arguments and types are those of :meth:`to_arrow`."""
        source = await self._source(port)
        results = await room(port, "ttd_workflows.results")
        return await port.blocking(lambda: results.to_polars(source, path, schema=schema, flatten=flatten))

    to_polars_async = awaiting(to_polars)

    @blocking
    async def to_pandas(
        self, port: Port, /, path: Keys = None, *, schema: Schema = None, flatten: Flatten = False
    ) -> pd.DataFrame:
        """The rows as a ``pandas.DataFrame`` on Arrow types; arguments are those of :meth:`to_arrow`."""
        source = await self._source(port)
        results = await room(port, "ttd_workflows.results")
        return await port.blocking(lambda: results.to_pandas(source, path, schema=schema, flatten=flatten))

    to_pandas_async = awaiting(to_pandas)

    @blocking
    async def to_parquet(
        self,
        port: Port,
        /,
        target: str | os.PathLike[str],
        path: Keys = None,
        *,
        schema: Schema = None,
        flatten: Flatten = False,
    ) -> results.Written:
        """The rows as a Parquet file, at bounded memory. ``target`` is a file or an fsspec URL (extra ``[cloud]``)."""
        source = await self._source(port)
        results = await room(port, "ttd_workflows.results")
        return await port.blocking(lambda: results.to_parquet(source, target, path, schema=schema, flatten=flatten))

    to_parquet_async = awaiting(to_parquet)

    @blocking
    async def to_jsonl(self, port: Port, /, target: str | os.PathLike[str], path: Keys = None) -> results.Written:
        """The rows as JSON Lines, each as it stands in the result. ``target`` as for :meth:`to_parquet`."""
        source = await self._source(port)
        results = await room(port, "ttd_workflows.results")
        return await port.blocking(lambda: results.to_jsonl(source, target, path))

    to_jsonl_async = awaiting(to_jsonl)

    @blocking
    async def _document(self, port: Port, /) -> Any:
        """The document to read from: the inline text, or a file of our own that goes with this result."""
        text = self._inline()
        if text is not None:
            return text.encode()
        while not self._fetching.acquire(blocking=False):  # an event loop must not be held up, so nobody waits in it
            await port.sleep(_LOOK)
        try:
            if self._local is None and self._saved is not None and await self._is_as_saved(port, self._saved):
                return self._saved
            if self._local is None:
                tempfile = await room(port, "tempfile")
                directory = tempfile.TemporaryDirectory(prefix="ttdw-result-", ignore_cleanup_errors=True)
                weakref.finalize(self, directory.cleanup)
                self._local = await self._download(port, Path(directory.name) / "result.json")
            return self._local
        finally:
            self._fetching.release()

    async def _source(self, port: Port) -> Any:
        """The document, as this kind of result has it."""
        return await type(self)._document.body(self, port)  # noqa: SLF001 - its own

    async def _is_as_saved(self, port: Port, path: Path) -> bool:
        """Whether a file that was saved is still what it was, so that it need not be fetched again to be read."""
        downloads = await room(port, "ttd_workflows.downloads")
        return await port.blocking(lambda: downloads.finished(path, self._named())) is not None

    def _named(self) -> str:
        """What the file is called where it is recognised: the same in every process, however the job was found."""
        token = self.job.token
        return f"{token.server} {token.reference}"

    def _inline(self) -> str | None:
        if self.snapshot is not None:
            return self.snapshot.raw_result
        return self.job.payload.model_dump_json(by_alias=True, exclude_unset=True) if self.job.payload else "null"

    async def _download(
        self,
        port: Port,
        path: Path,
        *,
        durable: bool = False,
        parallel: int | None = None,
        on_event: Callable[[Event], object] | None = None,
    ) -> Path:
        """Fetch the file; each time its URL dies, ask for the job's status, which has a new one."""
        downloads = await room(port, "ttd_workflows.downloads")
        reference, snapshot, vain, kept = self.job.known_reference, self.snapshot, 0, -1
        report = None if on_event is None else _reporter(on_event, reference, path)
        source = self._named()
        while True:
            url = snapshot.url if snapshot else None
            if url is None:
                raise errors.NotReady(f"job {reference} has ended, and the service gives no address for its result")
            cancelled = threading.Event()
            try:
                fetch = partial(downloads.fetch, url, path, source=source, durable=durable, on_progress=report)
                fetch = partial(fetch, parallel=parallel, user_agent=self._exchange.settings.user_agent)
                fetched = await port.blocking(partial(fetch, cancelled=cancelled.is_set))
            except downloads.UrlDied as died:
                vain = vain + 1 if died.kept <= kept else 0
                kept = max(kept, died.kept)
                if vain >= RENEWALS_WITHOUT_PROGRESS:
                    raise
                snapshot = self.job.result_of(await self.job.ask(port), "result").snapshot
            else:
                return Path(fetched.path)
            finally:
                cancelled.set()  # a cancelled wait must not leave its thread downloading


def _reporter(on_event: Callable[[Event], object], reference: Any, path: Path) -> Callable[[int, int | None], object]:
    def report(received: int, total: int | None) -> None:
        on_event(Downloaded(reference, path, received, total, finished=received == total))

    return report


def _holding(result: Result, rows: Iterator[T]) -> Iterator[T]:  # noqa: ARG001 - to hold it is its use
    """The rows of a result, which is held meanwhile: the file they are read from goes with it."""
    yield from rows


async def _in_batches(port: Port, values: Iterator[T]) -> AsyncIterator[T]:
    """Values that are made in a thread, many at a time. Those before an error come before it."""
    while True:
        batch, error = await port.blocking(lambda: _batch(values))
        for value in batch:
            yield value
        if error is not None:
            raise error
        if not batch:
            return


def _batch(values: Iterator[T]) -> tuple[list[T], Exception | None]:
    batch: list[T] = []
    try:
        batch.extend(islice(values, ROWS_AT_A_TIME))
    except Exception as error:  # raised after what came before it
        return batch, error
    return batch, None


async def room(port: Port, name: str) -> Any:
    """A module that is loaded when it is wanted, in a thread where an event loop would be held up."""
    module = sys.modules.get(name)
    if module is None or getattr(module.__spec__, "_initializing", False):  # another thread may be loading it just now
        module = await port.blocking(partial(import_module, name))
    return module
