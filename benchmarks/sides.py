"""The two clients, each in an environment of its own, and how a process of one is run and its cost read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL
from threading import Event, Timer
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent / "src"
OFFICIAL_VERSION = "0.13.2"
MUST_END_SECONDS = 120.0
_KEPT = frozenset({"HOME", "LANG", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR"})
"""What a measured process inherits: no proxy, no token, no switch of Python's."""


class Run(NamedTuple):
    """A process that has ended: what it printed and the CPU seconds it took; ``None`` for output if it was stopped."""

    output: str | None
    cpu: float


@dataclass
class Side:
    """A client: the interpreter that has it, and what its processes find in their environment."""

    name: str
    python: Path
    environ: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, stop_after: float = MUST_END_SECONDS) -> Run:
        """Run ``python ARGUMENTS`` to its end, or stop it after some seconds."""
        environ = {name: value for name, value in os.environ.items() if name in _KEPT} | self.environ
        process = subprocess.Popen([self.python, "-P", *arguments], env=environ, stdout=subprocess.PIPE, text=True)
        stopped = Event()

        def stop() -> None:
            stopped.set()
            os.kill(process.pid, SIGKILL)  # Popen.kill would wait for it, and its cost is read where it is waited for

        timer = Timer(stop_after, stop)
        timer.start()
        with process:
            assert process.stdout  # noqa: S101 - for the type checker
            output = process.stdout.read()
            timer.cancel()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode and not stopped.is_set():
            raise RuntimeError(f"{self.name}: python {' '.join(arguments)} ended with {process.returncode}")
        return Run(None if stopped.is_set() else output, usage.ru_utime + usage.ru_stime)

    def probe(self, *arguments: str, stop_after: float = MUST_END_SECONDS) -> dict[str, float] | None:
        """Run a measurement of ``probe.py`` and read its figures; ``None`` if it had to be stopped."""
        output = self.run(str(HERE / "probe.py"), *arguments, stop_after=stop_after).output
        figures: dict[str, float] | None = None if output is None else json.loads(output)
        return figures


def ours() -> Side:
    """This tree's sources, in the environment the runner was started in."""
    return Side("ours", Path(sys.executable), {"PYTHONPATH": str(SOURCES)})


def official() -> Side:
    """The official SDK, in the environment the witness keeps for it."""
    sys.path.append(str(HERE.parent / "tests"))
    from witness.environments import official_python  # noqa: PLC0415 - the tests are found at run time

    return Side("official", official_python(OFFICIAL_VERSION))


@contextmanager
def service() -> Iterator[str]:
    """The address of a server of its own; where cores can be chosen it has one for itself, the clients another."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
    pinned = len(cores) > 1
    command = [sys.executable, str(HERE / "server.py"), *([str(cores[0])] if pinned else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if pinned:
                os.sched_setaffinity(0, {cores[-1]})  # inherited by every client
            assert process.stdout  # noqa: S101 - for the type checker
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/workflows"
        finally:
            process.kill()
            if pinned:
                os.sched_setaffinity(0, cores)
