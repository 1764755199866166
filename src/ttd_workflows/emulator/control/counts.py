"""``requests``: how many calls of each operation came in."""

from ttd_workflows.emulator.control.request import Controlling, controls


@controls("GET", "requests")
async def read_counts(asked: Controlling) -> dict[str, int]:
    """The number of calls by operation."""
    return dict(asked.service.received)


@controls("DELETE", "requests")
async def forget_counts(asked: Controlling) -> None:
    """Begin to count anew."""
    asked.service.received.clear()
