"""How often a job is asked about, and how late its end is found: ours against fixed and doubling intervals.

The spread: jobs of 2 s to 6 h (as many between 2 and 20 s as between 20 and 200 s, and so on), a quarter each with a
percentage that moves evenly, in 3 to 12 steps, evenly until it stands still somewhere, and none at all.

    python benchmarks/polling.py [--plot FILE.svg]      the plot needs matplotlib

Bars: at least 5 times fewer questions than every 5 s over the whole spread; the end found late by at most 3 % of the
job's length in the median; for even percentages by at most 5 s besides. Exit status 1 when one is missed.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))
from ttd_workflows.jobs.pace import Pace

SEED = 20261124
JOBS = 2_000
SHORTEST, LONGEST = 2.0, 6 * 3600.0
SHAPES = ("even", "stepped", "stalled", "none")
Next = Callable[[float, float | None], float]


class Job(NamedTuple):
    """A job that takes so long, and shows its percentage so."""

    seconds: float
    shape: str
    detail: float

    def percent(self, age: float) -> float | None:
        """What it shows at an age."""
        done = min(age / self.seconds, 1.0)
        match self.shape:
            case "even":
                return 100 * done
            case "stepped":
                return 100 * int(done * self.detail) / self.detail
            case "stalled":
                return 100 * min(done, self.detail)
            case _:
                return None


class Outcome(NamedTuple):
    """How a job was followed."""

    job: Job
    questions: int
    late: float


def spread(rng: random.Random) -> list[Job]:
    """The jobs."""
    jobs = []
    for number in range(JOBS):
        shape = SHAPES[number % len(SHAPES)]
        detail = {"stepped": float(rng.randint(3, 12)), "stalled": rng.uniform(0.2, 0.95)}.get(shape, 0.0)
        jobs.append(Job(SHORTEST * (LONGEST / SHORTEST) ** rng.random(), shape, detail))
    return jobs


def follow(job: Job, next_interval: Next) -> Outcome:
    """Ask until the job has ended."""
    age, questions = 0.0, 1
    while age < job.seconds:
        age += next_interval(age, job.percent(age))
        questions += 1
    return Outcome(job, questions, age - job.seconds)


def ways(rng: random.Random) -> dict[str, Callable[[], Next]]:
    """The ways of asking that are compared."""

    def doubling() -> Next:
        intervals = iter([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])
        return lambda _age, _percent: next(intervals, 120.0) * rng.uniform(0.5, 1.0)

    return {
        "adaptive (ours)": lambda: Pace(draw=rng.random).next,
        "every 5 s": lambda: lambda _age, _percent: 5.0,
        "every 30 s": lambda: lambda _age, _percent: 30.0,
        "doubling to 120 s": doubling,
    }


def main() -> int:
    """Compare, print, judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    rng = random.Random(SEED)  # noqa: S311 - made-up jobs
    jobs = spread(rng)
    results = {name: [follow(job, way()) for job in jobs] for name, way in ways(rng).items()}
    fixed = sum(outcome.questions for outcome in results["every 5 s"])
    print(f"{JOBS} jobs of {SHORTEST:g} s to {LONGEST / 3600:g} h\n")
    print(f"{'':20}{'questions':>12}{'of 5 s':>8}{'late, median':>14}" + "".join(f"{shape:>10}" for shape in SHAPES))
    for name, outcomes in results.items():
        questions = sum(outcome.questions for outcome in outcomes)
        by_shape = "".join(f"{share([o for o in outcomes if o.job.shape == shape]):9.2f}%" for shape in SHAPES)
        print(f"{name:20}{questions:12,}{questions / fixed:8.3f}{share(outcomes):13.2f}%{by_shape}")
    if arguments.plot:
        plot(results, arguments.plot)
    return judge(results)


def share(outcomes: list[Outcome]) -> float:
    """How late the end was found in the median, in per cent of the job's length."""
    return 100 * median(outcome.late / outcome.job.seconds for outcome in outcomes)


def judge(results: dict[str, list[Outcome]]) -> int:
    """Hold ours against the bars."""
    ours, fixed = results["adaptive (ours)"], results["every 5 s"]
    fewer = sum(o.questions for o in fixed) / sum(o.questions for o in ours)
    late_even = max(o.late for o in ours if o.job.shape == "even")
    bars = [
        (f"{fewer:.1f} times fewer questions than every 5 s (bar: 5)", fewer >= 5),  # noqa: PLR2004 - the bar
        (f"found late by {share(ours):.2f} % in the median (bar: 3 %)", share(ours) <= 3),  # noqa: PLR2004
        (f"for even percentages by at most {late_even:.1f} s (bar: 5 s)", late_even <= 5),  # noqa: PLR2004
    ]
    print()
    for text, held in bars:
        print(f"{'held  ' if held else 'MISSED'}  {text}")
    return 0 if all(held for _, held in bars) else 1


def plot(results: dict[str, list[Outcome]], file: Path) -> None:
    """Draw questions and lateness over the length of the job."""
    import matplotlib as mpl  # noqa: PLC0415 - only for the picture

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "ttdw"
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    colours = dict(zip(results, ("#0b6e4f", "#c44536", "#e09f3e", "#5c677d"), strict=True))
    edges = [SHORTEST * (LONGEST / SHORTEST) ** (step / 16) for step in range(17)]
    for name, outcomes in results.items():
        bins = [[o for o in outcomes if low <= o.job.seconds < high] for low, high in pairwise(edges)]
        middle = [(low * high) ** 0.5 for low, high in pairwise(edges)]
        width = 2.6 if "ours" in name else 1.6
        left.plot(middle, [mean(o.questions for o in b) for b in bins], color=colours[name], lw=width, label=name)
        right.plot(middle, [max(share(b), 0.05) for b in bins], color=colours[name], lw=width, label=name)
    for axes, title in (
        (left, "questions asked, on average"),
        (right, "end found late by, median, % of the job's length"),
    ):
        axes.set(xscale="log", yscale="log", title=title, xlabel="the job's length")
        axes.set_xticks([2, 10, 60, 600, 3600, 21600], ["2 s", "10 s", "1 min", "10 min", "1 h", "6 h"])
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    left.legend(frameon=False)
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    raise SystemExit(main())
