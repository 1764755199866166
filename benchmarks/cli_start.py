"""CPU of ``ttdw --help`` above that of bare Python: ``python benchmarks/cli_start.py``.

Ends with status 1 if it is over 150 ms, which ``run.py`` has among its bars too.
POSIX only: the CPU of a process is read when it is waited for.
"""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import median

BAR = 150.0
"""Milliseconds."""
ROUNDS = 15
BARE = ("-c", "pass")
HELP = "ttdw --help"
COMMANDS = {
    HELP: ("-m", "ttd_workflows", "--help"),
    "ttdw submit --help": ("-m", "ttd_workflows", "submit", "--help"),
    "ttdw jobs --help": ("-m", "ttd_workflows", "jobs", "--help"),
}


def main() -> int:
    """Measure, print, and say whether the bar holds for the first."""
    figures = {name: median(above_bare(words, ROUNDS)) for name, words in COMMANDS.items()}
    for name, figure in figures.items():
        print(f"{name:<20} {figure:6.1f} ms of CPU above bare Python")
    held = figures[HELP] <= BAR
    print(f"the bar of {BAR:g} ms is {'reached' if held else 'missed'}")
    return 0 if held else 1


def above_bare(words: tuple[str, ...], rounds: int) -> list[float]:
    """Milliseconds that a command costs above bare Python, in turns with it."""
    return [_milliseconds(words) - _milliseconds(BARE) for _ in range(rounds)]


def _milliseconds(words: tuple[str, ...]) -> float:
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}")
    return (usage.ru_utime + usage.ru_stime) * 1e3


if __name__ == "__main__":
    sys.exit(main())
