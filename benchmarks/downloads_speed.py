"""Saving to disk over loopback, against curl and the libraries: ``python benchmarks/downloads_speed.py [--mb 1024]``.

Whole processes, interleaved, client and server on a core each; medians. Prints MB/s, the ratio to curl and the CPU of
the client; ends with status 1 if ours is below 0.9 x curl. ``--parallel`` also measures several connections, on a host
without bounds and on one that gives each connection 40 MB/s.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BAR = 0.9
HERE = Path(__file__).resolve().parent
OURS = "import sys; from ttd_workflows.downloads import fetch; fetch(sys.argv[1], sys.argv[2], receipt=False{more})"
LIBRARIES = {
    "urllib3 read1 1 MiB": """
import sys, urllib3
answer = urllib3.PoolManager().request("GET", sys.argv[1], preload_content=False, decode_content=False)
with open(sys.argv[2], "wb", 0) as file:
    while piece := answer.read1(1 << 20): file.write(piece)
""",
    "http.client readinto 1 MiB": """
import sys, http.client, urllib.parse
parts = urllib.parse.urlsplit(sys.argv[1])
connection = http.client.HTTPConnection(parts.netloc); connection.request("GET", parts.path)
answer, block = connection.getresponse(), memoryview(bytearray(1 << 20))
with open(sys.argv[2], "wb", 0) as file:
    while count := answer.readinto(block): file.write(block[:count])
""",
    "httpx2 iter_raw": """
import sys, httpx2
with httpx2.stream("GET", sys.argv[1]) as answer, open(sys.argv[2], "wb", 0) as file:
    for piece in answer.iter_raw(): file.write(piece)
""",
}


def sides(url: str, out: str) -> dict[str, list[str]]:
    """The command of each side."""
    python = [sys.executable, "-c"]
    return {
        "curl": ["curl", "-s", "-o", out, url],
        "ours": [*python, OURS.format(more=""), url, out],
        "ours, 4 connections": [*python, OURS.format(more=", parallel=4"), url, out],
        "ours with sha256": [*python, OURS.format(more=", digest='sha256'"), url, out],
        **{name: [*python, code, url, out] for name, code in LIBRARIES.items()},
    }


def connections(url: str, out: str) -> dict[str, list[str]]:
    """Ours with one connection and with several."""
    return {
        f"{n} connections": [sys.executable, "-c", OURS.format(more=f", parallel={n}"), url, out] for n in (1, 2, 4, 8)
    }


@contextmanager
def serving(file: Path, core: int, rate: float = 0) -> Iterator[str]:
    """The address of a host of ``file``."""
    command = [sys.executable, HERE / "downloads_server.py", file, str(core), str(rate)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None  # noqa: S101 - for the type checker
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}/results/1.json?signature=x"
        finally:
            server.kill()


def measure(commands: dict[str, list[str]], out: Path, size: int, rounds: int, core: int | None) -> dict[str, float]:
    """Run each command ``rounds`` times, in turn; print a line for each, and give the medians."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    costs: dict[str, list[float]] = {name: [] for name in commands}
    here = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})  # children inherit it
    for _ in range(rounds):
        for name, command in commands.items():
            out.unlink(missing_ok=True)
            before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(command, check=True)
            times[name].append(time.perf_counter() - begin)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            costs[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
            if out.stat().st_size != size:
                raise SystemExit(f"{name} saved {out.stat().st_size} bytes of {size}")
    os.sched_setaffinity(0, here)
    middle = {name: median(taken) for name, taken in times.items()}
    first = next(iter(middle.values()))
    for name, taken in middle.items():
        speed = size / taken / 1e6
        print(f"{name:<30}{speed:>8.0f} MB/s  x{first / taken:5.2f}  CPU {median(costs[name]):5.2f} s", flush=True)
    return middle


def main() -> int:
    """Measure and print; 1 if the bar is missed."""
    parser = argparse.ArgumentParser(description="Measure saving to disk against curl.")
    parser.add_argument("--mb", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parallel", action="store_true", help="measure several connections as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "file.bin", Path(folder) / "out.bin"
        with file.open("wb") as written:
            for _ in range(options.mb):
                written.write(os.urandom(1 << 20))
        size = file.stat().st_size
        with serving(file, 0) as url:
            middle = measure(sides(url, str(out)), out, size, options.rounds, 1)
            if options.parallel:
                print("\nno bound, both cores")
                measure(connections(url, str(out)), out, size, options.rounds, None)
        if options.parallel:
            with serving(file, -1, 40) as url:
                print("\n40 MB/s for each connection")
                measure(connections(url, str(out)), out, size, 1, None)
    ratio = middle["curl"] / middle["ours"]
    print(f"\nours is {ratio:.2f} x curl; the bar is {BAR}: {'reached' if ratio >= BAR else 'MISSED'}")
    return 0 if ratio >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
