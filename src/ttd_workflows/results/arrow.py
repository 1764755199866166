"""Batches of rows as Arrow record batches: pieces parsed by pyarrow in threads, anything unusual value by value."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

from ttd_workflows.results.cutter import Cutter
from ttd_workflows.results.decode import Array, Batch
from ttd_workflows.results.extras import extra
from ttd_workflows.results.fit import TooFine, by_value
from ttd_workflows.results.kinds import Typing
from ttd_workflows.results.walk import Walk
from ttd_workflows.results.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ttd_workflows.results.window import Source

PIECE = 1 << 20
THREADS = 2
_SAMPLE = 1000
_ROWS = "\x00rows"
_EXACT = float(1 << 53)


class Columns:
    """The record batches of one document; ``schema`` may widen from one to the next, ``errors`` is as in ``Rows``."""

    def __init__(
        self,
        source: Source,
        path: str | Sequence[str] | None = None,
        schema: Any = None,
        piece: int | None = None,
    ) -> None:
        self._pa, self._json = extra("pyarrow"), extra("pyarrow.json")
        self._source, self._path, self._piece = source, path, piece or PIECE
        self._overrides = _overrides(self._pa, schema)
        self.errors: tuple[Any, ...] = ()
        self.rows = 0
        self.schema: Any = self._pa.schema([(n, t) for n, t in self._overrides.items() if "." not in n])

    def __iter__(self) -> Iterator[Any]:
        with Window(self._source, min(self._piece, 1 << 18)) as window:
            walk = Walk(window, self._path)
            if walk.enter():
                self._typing = Typing(walk.found, self._overrides)
                with closing(self._batches(Array(window), Cutter(window, self._piece))) as batches:
                    yield from batches
                walk.leave()
            self.errors = tuple(walk.errors)

    def _batches(self, array: Array, cutter: Cutter) -> Any:
        waiting: deque[tuple[bytes, Future[Any]]] = deque()
        with ThreadPoolExecutor(THREADS) as pool:
            while True:
                while len(waiting) <= THREADS and self.rows and (cut := cutter.cut()):
                    waiting.append((cut[1], pool.submit(self._parse, cut[0], self.schema)))
                if not waiting:
                    if array.ended:
                        return
                    yield from self._exactly(array, cutter)
                    continue
                whole, future = waiting.popleft()
                batch = future.result()
                if batch is None:
                    array.window.unread(whole + b"".join(later for later, _ in waiting))
                    waiting.clear()
                    yield from self._again(array, cutter, len(whole))
                    continue
                self.rows += batch.num_rows
                array.row = self.rows
                yield batch

    def _again(self, array: Array, cutter: Cutter, size: int) -> Any:
        """Go exactly over a piece that did not parse; if its rows fit the schema as it was, the cut was wrong."""
        schema, end = self.schema, array.window.place + size
        while not array.ended and array.window.place < end:
            yield from self._exactly(array, cutter)
        if schema == self.schema:
            cutter.failed()

    def _exactly(self, array: Array, cutter: Cutter) -> Any:
        batch = array.batch(spans=True, most=_SAMPLE if not self.rows else 1 << 30)
        self.rows = array.row
        if not batch.rows:
            return
        cutter.learn(batch)
        if not self._typing.kind.fields:
            self._observe(batch)
        text = ",".join([batch.text[start:end] for start, end in batch.spans])
        while True:
            made = self._parse(text.encode("utf-8", "surrogatepass"), self.schema)
            if made is None and not self._observe(batch):
                try:
                    made = by_value(batch, self.schema, self._typing)
                except TooFine as fine:
                    self._typing.finer(fine.column)
                    self.schema = self._typing.schema()
            if made is not None:
                yield made
                return

    def _observe(self, batch: Batch) -> bool:
        """Take the rows into account; true if a column is wider now, or new."""
        for place, row in enumerate(batch.rows, batch.start + 1):
            self._typing.observe(row, place)
        schema = self._typing.schema()
        changed, self.schema = schema != self.schema, schema
        return bool(changed)

    def _parse(self, piece: bytes, schema: Any) -> Any:
        """The piece as a record batch, parsed as one document; ``None`` if it is not a list of rows that fit."""
        pa = self._pa
        document = b'{"\\u0000rows":[%b]}' % piece
        rows = pa.schema([(_ROWS, pa.list_(pa.struct(list(schema))))])
        try:
            table = self._json.read_json(
                pa.BufferReader(document),
                read_options=self._json.ReadOptions(use_threads=False, block_size=len(document) + 1),
                parse_options=self._json.ParseOptions(explicit_schema=rows, unexpected_field_behavior="error"),
            )
        except (pa.ArrowException, UnicodeDecodeError):
            return None
        if table.num_rows != 1 or len(schema) == 0:
            return None
        structs = table.column(0).chunk(0).values
        batch = pa.RecordBatch.from_struct_array(structs) if not structs.null_count else None
        return batch if batch is not None and all(map(self._kept_exact, batch.columns)) else None

    def _kept_exact(self, array: Any) -> bool:
        """Whether no float stands for a whole number that it cannot be, and none is beyond all numbers."""
        pa = self._pa
        if pa.types.is_floating(array.type):
            compute = extra("pyarrow.compute")
            return compute.all(compute.less(compute.abs(array), _EXACT)).as_py() is not False
        if pa.types.is_struct(array.type):
            return all(self._kept_exact(array.field(index)) for index in range(array.type.num_fields))
        return self._kept_exact(array.values) if pa.types.is_list(array.type) else True


def _overrides(pa: Any, schema: Mapping[str, Any] | Any | None) -> dict[str, Any]:
    if schema is None:
        return {}
    pairs = schema.items() if isinstance(schema, Mapping) else [(field.name, field.type) for field in schema]
    return {name: pa.type_for_alias(kind) if isinstance(kind, str) else kind for name, kind in pairs}
