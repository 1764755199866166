"""How the documentation's snippets are run: as they stand, but against the tests' emulator."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ttd_workflows.emulator import Emulator

DOCUMENTED_ADDRESS = "http://127.0.0.1:8917"


def pattern(output: str) -> str:
    """The output as the page has it; an ellipsis stands for what differs from run to run."""
    return re.escape(output).replace("…", ".*?")


def preamble(emulator: Emulator) -> str:
    """Python that makes ``server="emulator"`` mean the tests' emulator: the documented port may be in use."""
    return f"import ttd_workflows.identity as i; i.SERVERS['emulator'] = {emulator.url!r}"
