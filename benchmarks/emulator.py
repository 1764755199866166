"""Holds the emulator against moto's server and Prism: ``PYTHONPATH=src python benchmarks/emulator.py``. POSIX only.

Each server has one core to itself, the requests come from another. The first answer is timed from the start of the
process; requests per second are those of one call that asks how something stands, on four kept connections where the
server keeps them, all sent by the same few lines (``load.py``). Then, within one process: how soon an emulator answers,
and what 100,000 jobs cost. Ends with status 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bars import AT_LEAST, Bar, Result
from load import answered, per_second
from rivals import Emulator, moto, ours, prism

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
PATIENCE = 60.0
START = Bar("start", "process start to first status answer, against moto", 0.6, 0.5, unit="s")
RATE = Bar("rate", "status calls per second on one core, against {}", 2, 3, sense=AT_LEAST, unit="/s")
READY = Bar("ready", "ready within the process, after imports", 50, 10, relative=False, unit="ms")
GROWTH = Bar("growth", "a status call with 100,000 jobs, against 10", 1.3, 1.1, unit="µs")
MEMORY = Bar("memory", "peak memory with 100,000 jobs", 500, 250, relative=False, unit="MB")


def main() -> int:
    """Measure and print; 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description="Measure the emulator's bars.")
    parser.add_argument("--rounds", type=int, default=5, help="how often each server is started and asked")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each is asked")
    options = parser.parse_args()
    results = [_ready(options.rounds), *_jobs(options.rounds)]
    rivals = [rival for rival in (moto(), prism()) if rival is not None]
    results += _servers([ours(), *rivals], options.rounds, options.seconds)
    for result in results:
        _print(result)
    if len(rivals) < 2:  # noqa: PLR2004 - moto and Prism
        print("Prism is left out: it needs npm and node, which are not here")
    return 0 if all(result.reached for result in results) else 1


def _servers(servers: list[Emulator], rounds: int, seconds: float) -> list[Result]:
    """Each server is started in turns, and asked."""
    starts: dict[str, list[float]] = {server.name: [] for server in servers}
    rates: dict[str, list[float]] = {server.name: [] for server in servers}
    for number in range(rounds):
        for server in servers[:: -1 if number % 2 else 1]:
            with _running(server) as (port, start):
                starts[server.name].append(start)
                rates[server.name].append(per_second(port, server.request, seconds))
    first, *others = (server.name for server in servers)
    against = [
        Bar(RATE.key, RATE.what.format(name), RATE.bar, RATE.aim, sense=RATE.sense, unit="/s") for name in others
    ]
    return [
        Result(START, starts[first], starts[others[0]]),
        *(Result(bar, rates[first], rates[name]) for bar, name in zip(against, others, strict=True)),
    ]


@contextmanager
def _running(server: Emulator) -> Iterator[tuple[int, float]]:
    """A server's port, and the seconds from the start of its process to its first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[0]})  # which the server inherits
    begin = time.perf_counter()
    process = subprocess.Popen(
        server.command(port),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        os.sched_setaffinity(0, {cores[-1]})
        while not _answers(port, server.request):
            if process.poll() is not None or time.perf_counter() - begin > PATIENCE:
                raise SystemExit(f"{server.name} did not come up: {' '.join(server.command(port))}")
            time.sleep(0.002)
        yield port, time.perf_counter() - begin
    finally:
        os.sched_setaffinity(0, cores)
        process.kill()
        process.wait()


def _answers(port: int, request: bytes) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        return answered(connection, request) is not None
    return False


def _ready(rounds: int) -> Result:
    return Result(READY, [_figures("ready")["milliseconds"] for _ in range(rounds)], [])


def _jobs(rounds: int) -> list[Result]:
    few = [_figures("jobs", "10") for _ in range(rounds)]
    many = [_figures("jobs", "100000") for _ in range(rounds)]
    microseconds = [[one["microseconds"] for one in side] for side in (many, few)]
    return [Result(GROWTH, *microseconds), Result(MEMORY, [one["megabytes"] for one in many], [])]


def _figures(*arguments: str) -> dict[str, float]:
    """What a process of its own has measured."""
    command = [sys.executable, str(HERE / "emulator_inside.py"), *arguments]
    found: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found


def _print(result: Result) -> None:
    bar = result.bar
    sides = " against ".join(f"{median(side):,.4g} {bar.unit}" for side in (result.ours, result.official) if side)
    figure = f"{result.figure:.3g}" if bar.relative else ""
    print(f"{bar.what:<62}{sides:<32}{figure:>8}  {bar.sense} {bar.bar:g}  {result.verdict}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
