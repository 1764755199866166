"""Any row of faults: the file is the host's to the bit, and hardly more than the file was fetched."""

from __future__ import annotations

import random

import pytest
from downloads_host import QUICK, Host, changed, drip_after, good, reset_after, says, short_by_closing, silent_after

from ttd_workflows.downloads import UrlDied, fetch

FAULTS = 30


def schedule(chance: random.Random, size: int, new: bytes):
    """Thirty faults; the one that changes the file comes early, for what came before it is lost."""
    breaking = [reset_after, short_by_closing, drip_after, silent_after]
    weights = [5, 5, 1, 1]
    faults = [
        says(chance.choice([500, 502, 503, 403, 410]))
        if chance.random() < 0.3
        else chance.choices(breaking, weights)[0](chance.randrange(size // 20))
        for _ in range(FAULTS - 2)
    ]
    return [short_by_closing(chance.randrange(size // 10)), changed(new), *faults]


@pytest.mark.parametrize("seed", range(6))
def test_thirty_faults(target, content, seed):
    chance = random.Random(seed)
    new = chance.randbytes(2_500_000)
    faults = schedule(chance, len(new), new)
    faults[1] = lambda host, connection, request: (changed(new)(host, connection, request))
    received = renewed = 0
    with Host(content, *faults) as host:
        # the change itself breaks off too, or the rest of the schedule would never be played
        plan = list(host.faults)
        plan[1] = lambda h, c, r: (h.__dict__.update(body=new), h.fields.update(ETag='"v2"'), reset_after(1000)(h, c, r))
        host.faults.clear()
        host.faults.extend([*plan, good])
        while True:
            try:
                done = fetch(f"{host.file}&n={renewed}", target, patience=QUICK)
                break
            except UrlDied:
                renewed += 1
        received = host.sent
        assert not host.faults or len(host.faults) <= FAULTS
    assert target.read_bytes() == new
    assert received <= 1.2 * len(new) + 200_000, received / len(new)
    assert done.size == len(new)
