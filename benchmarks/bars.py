"""The bars, as data: what is compared, how good it must be and how good it is meant to become."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median, quantiles

LARGE_ID = 20
"""The job whose result is inline and large."""
LARGE_BYTES = 20_000_000
"""The body it comes in."""
AT_MOST = "≤"
AT_LEAST = "≥"


@dataclass(frozen=True)
class Bar:
    """A bar on a figure: ours in relation to the official client's, or ours alone."""

    key: str
    what: str
    bar: float
    aim: float
    relative: bool = True
    sense: str = AT_MOST
    unit: str = ""

    def holds(self, figure: float, limit: float) -> bool:
        """Whether a figure is on the right side of a limit."""
        return figure <= limit if self.sense == AT_MOST else figure >= limit


BARS = {
    bar.key: bar
    for bar in (
        Bar("import", "from ttd_workflows import Workflows, CPU", 0.30, 0.15, unit="ms"),
        Bar("first", "import, construct, first call, CPU", 0.60, 0.45, unit="ms"),
        Bar("blocking", "blocking get_job_status, CPU per call", 0.25, 0.18, unit="µs"),
        Bar("concurrent", "calls/s, 64 concurrent get_job_status_async", 5, 15, sense=AT_LEAST),
        Bar("at-once", "2,000 get_job_status_async at once", 4, 1.5, relative=False, unit="s"),
        Bar("large-time", "20 MB rawResult, time", 0.8, 0.8, unit="ms"),
        Bar("large-memory", "20 MB rawResult, memory over the idle client", 3.3, 2.5, relative=False, unit="bodies"),
        Bar("cli-start", "ttdw --help, CPU above bare Python", 150, 100, relative=False, unit="ms"),
        Bar("lines", "code lines per operation, both forms", 4, 3, relative=False),
    )
}


@dataclass
class Result:
    """The samples of both sides for a bar, in the order they were taken."""

    bar: Bar
    ours: list[float]
    official: list[float]
    official_note: str = ""
    """What to print for the official client where it has no figure."""
    orientation: dict[str, list[float]] = field(default_factory=dict)
    """Other samples of the same measurement, under no bar."""

    @property
    def figure(self) -> float:
        """What is held against the bar: the median of the rounds, each a ratio by itself."""
        return median(self._figures)

    @property
    def spread(self) -> tuple[float, float]:
        """The middle half of the rounds."""
        if len(self._figures) == 1:
            return self.figure, self.figure
        low, _, high = quantiles(self._figures, n=4, method="inclusive")
        return low, high

    @property
    def _figures(self) -> list[float]:
        if not self.bar.relative:
            return self.ours
        return [ours / official for ours, official in zip(self.ours, self.official, strict=True)]

    @property
    def reached(self) -> bool:
        """Whether the bar holds."""
        return self.bar.holds(self.figure, self.bar.bar)

    @property
    def verdict(self) -> str:
        """In words."""
        if not self.reached:
            return "MISSED"
        return "aim reached" if self.bar.holds(self.figure, self.bar.aim) else "ok"
