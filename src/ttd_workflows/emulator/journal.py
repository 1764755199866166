"""The journal: the latest requests with their answers, and which of them did a thing once more."""

from collections import deque
from collections.abc import Iterator

from starlette.types import Scope

from ttd_workflows.emulator.clock import Clock
from ttd_workflows.emulator.entries import Entry
from ttd_workflows.emulator.events import Events
from ttd_workflows.emulator.names import full_name

KEPT_ENTRIES = 5_000
KEPT_BYTES = 64 << 20
"""How many bytes of bodies all entries hold together."""


class Journal:
    """The latest entries, oldest first."""

    def __init__(
        self, clock: Clock, events: Events, *, kept_entries: int = KEPT_ENTRIES, kept_bytes: int = KEPT_BYTES
    ) -> None:
        self.counts: dict[str, int] = {}
        """How many calls of each operation came in with a token that is good, those forgotten by now included."""
        self._clock = clock
        self._events = events
        self._kept_entries = kept_entries
        self._kept_bytes = kept_bytes
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self._next = 1
        self._carried_out: dict[tuple[str | None, bytes], int] = {}

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, id: int) -> Entry:
        """The entry of that id; ``KeyError`` if there is none, or no longer."""
        entries = self._entries
        place = id - entries[0].id if entries else -1
        if not 0 <= place < len(entries):
            raise KeyError(id)
        return entries[place]

    def requests(self, operation: str) -> list[Entry]:
        """The entries of one operation, such as ``"campaign.create"``, or ``"download"``."""
        name = full_name(operation)
        return [entry for entry in self if entry.operation == name]

    def duplicates(self) -> list[Entry]:
        """The requests that were carried out although an equal one had been: each has made, or done, it once more."""
        return [entry for entry in self if entry.duplicate_of is not None]

    def clear(self) -> None:
        """Forget all, the counts too."""
        self._entries.clear()
        self._carried_out.clear()
        self.counts.clear()
        self._bytes = 0

    def begin(self, scope: Scope) -> Entry:
        """Enter a request that has just come."""
        entry = Entry(self._next, self._clock.now(), scope)
        self._next += 1
        self._entries.append(entry)
        if len(self._entries) > self._kept_entries:
            self._forget_oldest()
        return entry

    def end(self, entry: Entry) -> None:
        """A request is over."""
        entry.ended = True
        if self._entries and entry.id >= self._entries[0].id:
            self._bytes += entry.kept
        while self._bytes > self._kept_bytes and len(self._entries) > 1:
            self._forget_oldest()
        self._events.publish("request", entry.summary)

    def carried_out(self, entry: Entry) -> None:
        """A request that creates or changes something has been done; see whether an equal one was done before."""
        first = self._carried_out.setdefault((entry.operation, entry.digest), entry.id)
        if first != entry.id:
            entry.duplicate_of = first
        if len(self._carried_out) > self._kept_entries:
            del self._carried_out[next(iter(self._carried_out))]

    def _forget_oldest(self) -> None:
        oldest = self._entries.popleft()
        if oldest.ended:
            self._bytes -= oldest.kept
