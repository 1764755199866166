"""Clients in processes of their own: each is asked for calls and tells their outcomes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from .environments import official_python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import TracebackType

CALLER = Path(__file__).resolve().with_name("caller.py")
_FOREIGN = {"PYTHONPATH", "PYTHONHOME", "WORKFLOWS_TTD_AUTH", "WORKFLOWS_SERVER_URL"}
"""Variables that would change what a client does."""


@dataclass(frozen=True)
class Call:
    """One call of a client's method; ``arguments`` is tagged JSON as the caller reads it."""

    attribute: str
    method: str
    arguments: dict[str, Any] = field(default_factory=dict)
    n: int | None = None
    read: tuple[str, ...] = ()

    @property
    def operation(self) -> str:
        """The operation that is called, in whichever form."""
        return f"{self.attribute}.{self.method.removesuffix('_async')}"


@dataclass(frozen=True)
class Outcome:
    """What became of a call: an answer, or an error."""

    ok: bool
    type: str
    n: int | None = None
    value: Any = None
    read: dict[str, dict[str, Any]] = field(default_factory=dict)
    bases: tuple[str, ...] = ()
    status: int | None = None
    message: str = ""


class ClientDied(RuntimeError):
    """A client's process ended, or stopped making sense, before it told every outcome."""


class Client:
    """A process that performs calls through one client, one after the other."""

    def __init__(
        self, python: Path | str, server_url: str, *options: str, warnings: str = "default", source: Path | None = None
    ) -> None:
        environ = {
            name: value
            for name, value in os.environ.items()
            if name not in _FOREIGN and not name.lower().endswith("_proxy")
        }
        if source:
            environ["PYTHONPATH"] = str(source)
        self._stderr: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed in close()
        self._process = subprocess.Popen(
            # -P: this directory's modules must not stand in the way of a client's own imports.
            [str(python), "-P", "-X", "utf8", "-W", warnings, str(CALLER), server_url, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=environ,
            text=True,
            encoding="utf-8",
        )
        assert self._process.stdin
        assert self._process.stdout
        self._stdin, self._stdout = self._process.stdin, self._process.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
        if error is None and self._process.returncode:
            raise self._died("ended badly")

    def close(self) -> None:
        """End the process, gently at first."""
        with suppress(OSError):  # what is still to be written to a process that is gone
            self._stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stdout.close()
        if not self._stderr.closed:
            self._stderr.seek(0)
            self._last_words = self._stderr.read()[-4000:]
            self._stderr.close()

    def call(self, attribute: str, method: str, /, *, read: Sequence[str] = (), **arguments: Any) -> Outcome:
        """Perform one call and tell its outcome."""
        return self.perform([Call(attribute, method, arguments, read=tuple(read))])[0]

    def perform(self, calls: Sequence[Call]) -> list[Outcome]:
        """Perform these calls; their lines are written ahead, so the process never waits for us."""
        writer = threading.Thread(target=self._write, args=(calls,), daemon=True)
        writer.start()
        outcomes = [self._outcome() for _ in calls]
        writer.join()
        return outcomes

    def perform_at_once(self, calls: Sequence[Call]) -> list[Outcome]:
        """Perform these calls and no more, at the same time; for a client started with ``--patience``."""
        self._write(calls)
        self._stdin.close()
        return [self._outcome() for _ in calls]

    def _write(self, calls: Iterable[Call]) -> None:
        try:
            for call in calls:
                line = {name: value for name, value in asdict(call).items() if value is not None}
                self._stdin.write(json.dumps(line) + "\n")
            self._stdin.flush()
        except OSError:
            return  # the process is gone; the reader says so

    def _outcome(self) -> Outcome:
        line = self._stdout.readline()
        if not line:
            raise self._died("ended early")
        told = json.loads(line)
        return Outcome(**{**told, "bases": tuple(told.get("bases", ()))})

    def _died(self, how: str) -> ClientDied:
        self.close()
        return ClientDied(f"The client's process {how}; its last words were\n{self._last_words}")


def official(edition: str, server_url: str, *options: str) -> Client:
    """The official SDK of this edition."""
    return Client(official_python(edition), server_url, *options)


def ours(edition: str, server_url: str, *options: str) -> Client:
    """Our client, the very package these tests import, speaking this edition."""
    spec = find_spec("ttd_workflows")
    assert spec
    assert spec.submodule_search_locations
    source = Path(next(iter(spec.submodule_search_locations))).parent
    return Client(sys.executable, server_url, "--edition", edition, *options, warnings="error", source=source)


CLIENTS: dict[str, Callable[..., Client]] = {
    "0.7.2": partial(official, "0.7.2"),
    "0.13.2": partial(official, "0.13.2"),
    "ours": partial(ours, "0.13.2"),
}
"""Who is asked where all three are."""
