"""Any row of faults: the file is the host's to the bit, and hardly more than the file was fetched."""

from __future__ import annotations

import random

import pytest
from downloads_host import QUICK, Host, changed, drip_after, reset_after, says, short_by_closing, silent_after

from ttd_workflows.downloads import UrlDied, fetch

FAULTS = 30


def schedule(chance: random.Random, new: bytes):
    """Thirty faults. The one that changes the file comes early, for what came before it is lost."""
    breaking = [reset_after, short_by_closing, drip_after, silent_after]
    faults = [
        says(chance.choice([500, 502, 503, 403, 410]))
        if chance.random() < 0.3
        else chance.choices(breaking, [5, 5, 1, 1])[0](chance.randrange(len(new) // 20))
        for _ in range(FAULTS - 2)
    ]
    return [short_by_closing(chance.randrange(len(new) // 10)), changed(new, then=reset_after(1000)), *faults]


@pytest.mark.parametrize("seed", range(6))
def test_thirty_faults(target, content, seed):
    chance = random.Random(seed)
    new = chance.randbytes(2_500_000)
    fetched = renewed = 0
    with Host(content, *schedule(chance, new)) as host:
        while not target.exists():
            try:
                fetch(f"{host.file}&renewed={renewed}", target, patience=QUICK)
            except UrlDied:
                renewed += 1
        fetched = host.sent
    assert target.read_bytes() == new
    assert fetched <= 1.2 * len(new)
    assert len(host.requests) >= FAULTS - 5
