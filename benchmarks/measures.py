"""The measurements: each takes its samples of both sides in turns (A B, B A, …), so that both meet the same weather."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cli_start
import lines_per_operation
from bars import BARS, LARGE_BYTES, LARGE_ID, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sides import Side

    Sample = Callable[[Side], float]

IMPORT = "from ttd_workflows import Workflows"
FIRST_CALL = f"""
import sys
{IMPORT}
with Workflows(ttd_auth="token", server_url=sys.argv[1]) as workflows:
    workflows.job_status.get_job_status(id=412651)
"""
AT_ONCE_CALLS = "2000"


class Rounds:
    """Both sides, the address they ask, and how many rounds of each measurement are made."""

    def __init__(self, ours: Side, official: Side, url: str, *, rounds: float = 1.0, stop_after: float) -> None:
        self.ours = ours
        self.official = official
        self.url = url
        self.stop_after = stop_after
        """Seconds the official client is given where it is known not to end."""
        self._rounds = rounds

    def count(self, usual: int) -> int:
        """The rounds of a measurement that usually has so many."""
        return max(1, round(usual * self._rounds))

    def interleaved(self, sample: Sample, usual: int) -> tuple[list[float], list[float]]:
        """Samples of ours and the official, in turns, after one of each that does not count."""
        sides = [self.ours, self.official]
        taken: dict[str, list[float]] = {side.name: [] for side in sides}
        for side in sides:
            sample(side)
        for _ in range(self.count(usual)):
            for side in sides:
                taken[side.name].append(sample(side))
            sides.reverse()
        return taken[self.ours.name], taken[self.official.name]


def imports(rounds: Rounds) -> Iterator[Result]:
    """CPU of a cold process that imports the client; that of a bare interpreter for orientation."""
    ours, official = rounds.interleaved(lambda side: side.run("-c", IMPORT).cpu * 1e3, 15)
    bare = [rounds.ours.run("-c", "pass").cpu * 1e3 for _ in range(rounds.count(15))]
    yield Result(BARS["import"], ours, official, orientation={"bare python": bare})


def first_call(rounds: Rounds) -> Iterator[Result]:
    """CPU of a cold process that makes one call."""
    yield Result(BARS["first"], *rounds.interleaved(lambda side: side.run("-c", FIRST_CALL, rounds.url).cpu * 1e3, 15))


def blocking(rounds: Rounds) -> Iterator[Result]:
    """CPU of a call on a connection that is kept alive."""

    def sample(side: Side, what: str = "blocking") -> float:
        return _figure(side, "microseconds", what, rounds.url, "1500")

    ours, official = rounds.interleaved(sample, 7)
    raw = [sample(rounds.ours, "raw-blocking") for _ in range(rounds.count(7))]
    yield Result(BARS["blocking"], ours, official, orientation={"httpcore2 alone": raw})


def concurrent(rounds: Rounds) -> Iterator[Result]:
    """Calls per second, 64 under way."""

    def sample(side: Side, what: str = "concurrent") -> float:
        return _figure(side, "per_second", what, rounds.url, "64", "1.5")

    ours, official = rounds.interleaved(sample, 5)
    raw = [sample(rounds.ours, "raw-concurrent") for _ in range(rounds.count(3))]
    yield Result(BARS["concurrent"], ours, official, orientation={"httpcore2 alone, one pool": raw})


def at_once(rounds: Rounds) -> Iterator[Result]:
    """Seconds for many calls started together."""
    ours = [_figure(rounds.ours, "seconds", "at-once", rounds.url, AT_ONCE_CALLS) for _ in range(rounds.count(5))]
    official = rounds.official.probe("at-once", rounds.url, AT_ONCE_CALLS, stop_after=rounds.stop_after)
    figures = [official["seconds"]] if official else []
    yield Result(BARS["at-once"], ours, figures, official_note=f"not done after {rounds.stop_after:g} s")


def large(rounds: Rounds) -> Iterator[Result]:
    """Time and memory of an answer with a large result, each in a fresh process."""
    memory: dict[str, list[float]] = {rounds.ours.name: [], rounds.official.name: []}

    def sample(side: Side) -> float:
        figures = side.probe("large", rounds.url, str(LARGE_ID), str(LARGE_BYTES))
        assert figures  # noqa: S101 - for the type checker
        memory[side.name].append(figures["bodies"])
        return figures["seconds"] * 1e3

    yield Result(BARS["large-time"], *rounds.interleaved(sample, 9))
    yield Result(BARS["large-memory"], memory[rounds.ours.name][1:], memory[rounds.official.name][1:])


def start(rounds: Rounds) -> Iterator[Result]:
    """CPU of the command line's help; the official client has no command line."""
    taken = cli_start.above_bare(cli_start.COMMANDS[cli_start.HELP], rounds.count(cli_start.ROUNDS))
    yield Result(BARS["cli-start"], taken, [], official_note="has none")


def lines(rounds: Rounds) -> Iterator[Result]:
    """Code lines per operation."""
    official = lines_per_operation.official(rounds.official)
    ours, *narrower = lines_per_operation.ours()
    yield Result(BARS["lines"], [ours], [official], orientation={"in lines of 120 characters": narrower})


def _figure(side: Side, name: str, *arguments: str) -> float:
    figures = side.probe(*arguments)
    if figures is None:
        raise RuntimeError(f"{side.name}: {' '.join(arguments)} did not end")
    return figures[name]


MEASUREMENTS: dict[str, Callable[[Rounds], Iterator[Result]]] = {
    "import": imports,
    "first": first_call,
    "blocking": blocking,
    "concurrent": concurrent,
    "at-once": at_once,
    "large": large,
    "cli-start": start,
    "lines": lines,
}
