"""Holds this client against the official one: ``python benchmarks/run.py`` (or ``make bench``), under five minutes.

Prints a line for each bar as it is measured: the medians of both sides, the figure that the bar is about, the bar, the
aim and the verdict. Ends with status 1 if a bar is missed. Every sample is kept in ``benchmarks/results/``.
POSIX only: the CPU of a process is read when it is waited for.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any

from measures import MEASUREMENTS, Rounds
from sides import HERE, OFFICIAL_VERSION, official, ours, service

if TYPE_CHECKING:
    from bars import Result

STOP_AFTER = 20.0
STOP_AFTER_LONG = 60.0
COLUMNS = "{:<45}{:>12}{:>20}{:>9}{:>17}{:>8}{:>7}  {}"


def main() -> int:
    """Measure, print, keep; 1 if a bar is missed."""
    options = _options()
    begin = time.monotonic()
    print(f"against ttd-workflows=={OFFICIAL_VERSION}, Python {platform.python_version()}; medians\n")
    print(COLUMNS.format("", "ours", "official", "figure", "middle half", "bar", "aim", ""))
    results: list[Result] = []
    with service() as url:
        stop_after = STOP_AFTER_LONG if options.long else STOP_AFTER
        rounds = Rounds(ours(), official(), url, rounds=options.rounds, stop_after=stop_after)
        for name in options.only or MEASUREMENTS:
            for result in MEASUREMENTS[name](rounds):
                results.append(result)
                _print(result)
    missed = [result.bar.what for result in results if not result.reached]
    file = _keep(results)
    print(f"\n{time.monotonic() - begin:.0f} s; every sample is in {file.relative_to(HERE.parent)}")
    print(f"missed: {'; '.join(missed)}" if missed else "every bar is reached")
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the bars against the official client.")
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, metavar="NAME", help=f"of {', '.join(MEASUREMENTS)}")
    parser.add_argument("--rounds", type=float, default=1.0, help="how many times the usual number of rounds")
    parser.add_argument(
        "--long", action="store_true", help=f"give the official client {STOP_AFTER_LONG:g} s for the calls at once"
    )
    return parser.parse_args()


def _print(result: Result) -> None:
    bar = result.bar
    low, high = result.spread
    cells = (
        bar.what,
        f"{_short(median(result.ours))} {bar.unit}".strip(),
        f"{_short(median(result.official))} {bar.unit}".strip() if result.official else result.official_note,
        _short(result.figure),
        f"{_short(low)} to {_short(high)}",
        f"{bar.sense} {bar.bar:g}",
        f"{bar.aim:g}",
        result.verdict,
    )
    print(COLUMNS.format(*cells), flush=True)
    for what, samples in result.orientation.items():
        print(COLUMNS.format(f"    {what}", f"{_short(median(samples))} {bar.unit}".strip(), *[""] * 6).rstrip())


def _short(figure: float) -> str:
    """Three digits that say something."""
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"  # noqa: PLR2004


def _keep(results: list[Result]) -> Any:
    file = HERE / "results" / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}Z.json"
    file.parent.mkdir(exist_ok=True)
    about = {"python": platform.python_version(), "system": platform.platform(), "official": OFFICIAL_VERSION}
    kept = {
        result.bar.key: {
            "figure": result.figure,
            "spread": result.spread,
            "bar": result.bar.bar,
            "aim": result.bar.aim,
            "reached": result.reached,
            "ours": result.ours,
            "official": result.official,
            "orientation": result.orientation,
        }
        for result in results
    }
    file.write_text(json.dumps({"about": about, "results": kept}, indent=1) + "\n", "utf-8")
    return file


if __name__ == "__main__":
    sys.exit(main())
