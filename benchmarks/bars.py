"""The bars, as data: what is compared, how good it must be and how good it is meant to become."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median, quantiles

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
        """What is held against the bar."""
        return median(self.ours) / median(self.official) if self.bar.relative else median(self.ours)

    @property
    def spread(self) -> tuple[float, float]:
        """The middle half of what the rounds gave, each taken by itself."""
        pairs = zip(self.ours, self.official, strict=True)
        figures = [ours / official for ours, official in pairs] if self.bar.relative else self.ours
        if len(figures) == 1:
            return figures[0], figures[0]
        low, _, high = quantiles(figures, n=4, method="inclusive")
        return low, high

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
