"""``ttdw`` in a process that kills itself where it is told to. Run by the crash test, with a line of JSON."""

import itertools
import json
import os
import signal
import sys
from pathlib import Path

from ttd_workflows.cli import main
from ttd_workflows.jobs.ledger import Ledger
from ttd_workflows.sheets.text import TextSheet


def dies(owner, name, nth, *, after):
    """Die before or after the nth call of a method."""
    whole, calls = getattr(owner, name), itertools.count(1)

    def act(*arguments, **named):
        call = next(calls)
        if call == nth and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        done = whole(*arguments, **named)
        if call == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(owner, name, act)


INSTANTS = {
    "before the third batch": lambda: dies(Ledger, "claim", 3, after=False),
    "between the third batch's record and its request": lambda: dies(Ledger, "claim", 3, after=True),
    "after the third batch was taken on": lambda: dies(Ledger, "accepted", 3, after=True),
    "while it waits": lambda: dies(Ledger, "observed", 2, after=True),
    "before the copy is written": lambda: dies(TextSheet, "copy", 1, after=False),
    "before the copy takes its place": lambda: dies(Path, "replace", 1, after=False),
    "after the copy took its place": lambda: dies(Path, "replace", 1, after=True),
}
ON_THE_WIRE = {
    "before the third batch's first byte": lambda: dies(Ledger, "on_wire", 3, after=True),
    "before the third batch's answer is recorded": lambda: dies(Ledger, "accepted", 3, after=False),
}

if __name__ == "__main__":
    order = json.loads(sys.argv[1])
    {**INSTANTS, **ON_THE_WIRE}[order["die"]]()
    main(order["arguments"])
