"""What the emulator costs within one process: ``python emulator_inside.py ready``, or ``jobs N``; prints figures."""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from statistics import median

from ttd_workflows.emulator import Emulator, Settings
from ttd_workflows.emulator.callers import OWNER

JOB = 412651
CALLS = 2_000
ROUNDS = 5


def ready() -> dict[str, float]:
    """Milliseconds from nothing to a status answer, everything being imported."""
    _seconds_to_an_answer()
    return {"milliseconds": median(_seconds_to_an_answer() for _ in range(ROUNDS)) * 1e3}


def _seconds_to_an_answer() -> float:
    begin = time.perf_counter()
    with Emulator(in_process=True) as emulator:
        _ask(emulator, JOB)
        return time.perf_counter() - begin


def _ask(emulator: Emulator, job: int) -> None:
    answer = emulator.client.get(f"/standardjob/{job}/status", headers={"TTD-Auth": emulator.token})
    if answer.status_code != 200:  # noqa: PLR2004 - OK
        raise SystemExit(f"job {job}: {answer.text}")


def jobs(count: str) -> dict[str, float]:
    """CPU microseconds of a status call with so many jobs, and the peak of memory."""
    emulator = Emulator(settings=Settings(job_seconds=3600.0), in_process=True)
    now = emulator.clock.now()
    accept = emulator.service.jobs.accept
    asked = {"partnerId": "p1", "queryShape": "nodes { id name }"}
    ids = [accept("standard", "get_third_party_data_job", dict(asked), now, OWNER).id for _ in range(int(count))]
    with emulator:
        figure = min(_microseconds(emulator, ids) for _ in range(ROUNDS))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return {"microseconds": figure, "megabytes": peak}


def _microseconds(emulator: Emulator, ids: list[int]) -> float:
    chosen = random.Random(0).choices(ids, k=CALLS)  # noqa: S311 - which jobs is no secret
    begin = time.process_time()
    for job in chosen:
        _ask(emulator, job)
    return (time.process_time() - begin) / CALLS * 1e6


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    print(json.dumps({"ready": ready, "jobs": jobs}[what](*arguments)))
