"""What ``ttdw top`` shows of a submission. Pure: from its entry, what was seen of it before, and the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ttd_workflows.cli import record
from ttd_workflows.cli.text import one_line
from ttd_workflows.jobs.snapshot import ENDED_STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ttd_workflows.jobs.ledger import Entry

BAR = 6
COMPLETE = 100.0
SOON = 3600.0
"""Seconds."""
SHORTEST = 1.0
"""Seconds between two observations that a rate is made of."""
SORTS = ("state", "age", "progress", "expiry", "key")
_RANKS = {"unknown": 0, "wire": 1, "intent": 1, "accepted": 2}


@dataclass(frozen=True, slots=True)
class Row:
    """One submission as it is shown."""

    entry: Entry
    now: float
    rate: float | None
    """Per cent in a minute, as far as two observations tell."""

    @property
    def state(self) -> str:
        """One word for how it stands, the one that ``ttdw jobs`` has."""
        return record.state(self.entry, self._moment)

    @property
    def is_unknown(self) -> bool:
        """Whether it was sent, and nobody knows what became of it."""
        return self.entry.state == "unknown"

    @property
    def is_under_way(self) -> bool:
        """Whether there is something to wait for."""
        return self.entry.state == "accepted" and self.entry.job is not None and self.state not in ENDED_STATES

    @property
    def name(self) -> str:
        """How the job is called, or the submission where there is no job."""
        return record.name(self.entry)

    @property
    def age(self) -> float:
        """Seconds since it was recorded."""
        return max(self.now - self.entry.created_at, 0.0)

    @property
    def expires_in(self) -> float | None:
        """Seconds until its results go; ``None`` where there are none, or it is not known."""
        left = record.expires_in(self.entry, self._moment)
        return None if left is None else left.total_seconds()

    @property
    def _moment(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)

    @property
    def percent(self) -> float | None:
        """How far it is; an ended job is told by its state."""
        return self.entry.job_percent

    def cells(self) -> tuple[str, ...]:
        """The cells of its line, in the order of :data:`TITLES`."""
        expiry = self.expires_in
        return (
            self.name.removeprefix("standard:"),
            self.state,
            _bar(self.percent) if self.is_under_way else "",
            f"{self.rate:.1f}/min" if self.rate and self.is_under_way else "",
            _short(self.age),
            "" if expiry is None else "expired" if expiry <= 0 else _short(expiry),
            one_line(self.entry.key or ""),
        )

    def details(self) -> list[tuple[str, str]]:
        """Everything that the ledger has of it, as labels and texts; its body is not shown."""
        entry = self.entry
        lines = [
            ("job", self.name),
            ("state", self.state if self.state == entry.state else f"{self.state} (submission {entry.state})"),
            ("operation", f"{entry.operation}, edition {entry.edition}, attempt {entry.attempt}"),
            ("server", entry.server),
            ("key", one_line(entry.key or "none") + (f", scope {one_line(entry.scope)}" if entry.scope else "")),
            ("labels", "" if entry.labels == "{}" else one_line(entry.labels)),
            ("recorded", _moment(entry.created_at)),
            ("sent", _moment(entry.sent_at)),
            ("settled", _moment(entry.settled_at)),
            ("completed", _moment(entry.completed_at)),
            ("last seen", _moment(entry.observed_at)),
            ("outcome", one_line(entry.outcome or "")),
        ]
        return [line for line in lines if line[1]]


TITLES = ("job", "state", "progress", "rate", "age", "expires", "key")


class Rates:
    """How fast jobs get on, from what was recorded of each when it was last looked at."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[float, float]] = {}
        self._rates: dict[int, float] = {}

    def rows(self, entries: Iterable[Entry], now: float) -> list[Row]:
        """The rows of entries as they are now."""
        return [Row(entry, now, self._rate(entry)) for entry in entries]

    def _rate(self, entry: Entry) -> float | None:
        if entry.job_percent is None or entry.observed_at is None:
            return None
        percent, moment = self._seen.get(entry.id, (0.0, entry.settled_at or entry.created_at))
        if entry.observed_at - moment >= SHORTEST and entry.job_percent > percent:
            self._rates[entry.id] = (entry.job_percent - percent) / (entry.observed_at - moment) * 60
            self._seen[entry.id] = (entry.job_percent, entry.observed_at)
        return self._rates.get(entry.id)


def arranged(rows: Iterable[Row], *, text: str = "", sort: str = "state") -> list[Row]:
    """The rows that have ``text`` somewhere in their line, sorted; those of unknown outcome come first in any order."""
    wanted = text.casefold()
    found = [row for row in rows if wanted in " ".join((*row.cells(), row.entry.operation)).casefold()]
    order = _ORDERS[sort]
    return sorted(found, key=lambda row: (not row.is_unknown, order(row), -row.entry.id))


def summary(rows: Iterable[Row]) -> str:
    """One line about all of them."""
    rows = list(rows)
    unknown = sum(row.is_unknown for row in rows)
    under_way = sum(row.is_under_way for row in rows)
    soon = sum(row.expires_in is not None and 0 < row.expires_in < SOON for row in rows)
    told = [f"{len(rows):,} submissions", f"{under_way:,} under way"]
    if unknown:
        told.append(f"{unknown:,} UNKNOWN: look before you submit again")
    if soon:
        told.append(f"{soon:,} expire within the hour")
    return ", ".join(told)


_ORDERS: dict[str, Callable[[Row], tuple[float, str]]] = {
    "state": lambda row: (0 if row.is_under_way else _RANKS.get(row.entry.state, 3) + 1, ""),
    "age": lambda row: (row.age, ""),
    "progress": lambda row: (row.percent if row.is_under_way and row.percent is not None else COMPLETE + 1, ""),
    "expiry": lambda row: (float("inf") if row.expires_in is None or row.expires_in <= 0 else row.expires_in, ""),
    "key": lambda row: (0 if row.entry.key else 1, row.entry.key or ""),
}


def _bar(percent: float | None) -> str:
    """A bar of plain characters, which every terminal has."""
    if percent is None:
        return ""
    share = min(max(percent / COMPLETE, 0.0), 1.0)
    done = int(share * BAR)
    return f"{'#' * done}{'.' * (BAR - done)} {percent:3.0f} %"


def _short(seconds: float) -> str:
    """A span in few letters: ``12s``, ``4m05s``, ``23h59m``, ``3d02h``."""
    rest = int(seconds)
    for size, unit, smaller, below in ((86400, "d", 3600, "h"), (3600, "h", 60, "m"), (60, "m", 1, "s")):
        if rest >= size:
            return f"{rest // size}{unit}{rest % size // smaller:02d}{below}"
    return f"{rest}s"


def _moment(seconds: float | None) -> str:
    return "" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
