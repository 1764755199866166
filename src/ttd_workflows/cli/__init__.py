"""The command line, ``ttdw``: where a process begins and how it ends.

A command returns its exit code. What goes wrong is raised, and turned into three lines on stderr here and nowhere
else. Each command is a room of its own, entered when the command is typed.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from ttd_workflows.cli import exits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType


class Terminated(KeyboardInterrupt):
    """SIGTERM came; it ends a command as Ctrl-C does."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave the process with its exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    _open_streams()
    try:
        code = _run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has enough. Python would complain once more when it flushes stdout at its end.
        _drop(sys.stdout)
        code = exits.ERROR
    except OSError as error:  # a full disk is noticed here, when what was printed is written
        _drop(sys.stdout)
        code = _tell(error)
    sys.exit(code)


def _open_streams() -> None:
    """Have all three streams, also where whoever started us closed some; say what a locale cannot write otherwise."""
    sys.stdin = sys.stdin or io.TextIOWrapper(io.BytesIO())
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - as long as we live
    for stream in (sys.stdout, sys.stderr):
        if stream.encoding.lower() != "utf-8":
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a text stream of Python's own


def _drop(stream: object) -> None:
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[attr-defined]


def _give_up_unwritable() -> None:
    """Where it was stdout that could not be written, do not try again at the end, and tell it again."""
    try:
        sys.stdout.flush()
    except OSError:
        _drop(sys.stdout)


def _run(arguments: list[str]) -> int:
    try:
        from ttd_workflows.cli.app import app, debugging  # noqa: PLC0415 - click may not be installed
    except ModuleNotFoundError as error:
        return _tell(error)
    if "_TTDW_COMPLETE" in os.environ:
        from ttd_workflows.cli.shells import register  # noqa: PLC0415 - a shell asks what to offer

        register()
    try:
        code: int | None = app.main(arguments, prog_name="ttdw", standalone_mode=False)
    except BrokenPipeError:
        raise
    except KeyboardInterrupt as interrupt:
        return _interrupted(interrupt)
    except Exception as error:
        if isinstance(error.__cause__, KeyboardInterrupt):  # click makes an error of its own out of an interrupt
            return _interrupted(error.__cause__)
        if isinstance(error, OSError):
            _give_up_unwritable()
        return _tell(error, debug=debugging(arguments))
    return code or exits.SUCCESS


def _interrupted(interrupt: KeyboardInterrupt) -> int:
    """What goes on without us, and how to come back to it, is in the notes that a command left on the interrupt."""
    for note in getattr(interrupt, "__notes__", ()):
        print(note, file=sys.stderr)  # noqa: T201 - this is what people are told
    return exits.TERMINATED if isinstance(interrupt, Terminated) else exits.INTERRUPTED


def _tell(error: Exception, *, debug: bool = False) -> int:
    from ttd_workflows.cli.failures import explain  # noqa: PLC0415 - most commands succeed

    if debug:
        import traceback  # noqa: PLC0415

        traceback.print_exception(error)
    failure = explain(error)
    print(failure, file=sys.stderr)  # noqa: T201 - this is what people are told
    return failure.code


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise Terminated
