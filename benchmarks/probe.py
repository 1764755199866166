"""What runs in a measured process, the same lines for either client: ``python probe.py WHAT URL …`` prints figures.

``raw-blocking`` and ``raw-concurrent`` make the same exchanges with bare httpcore2, for orientation.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

JOB = 412651
WARM_UP_CALLS = 200
FIELDS = [(b"Accept", b"application/json"), (b"Accept-Encoding", b"gzip"), (b"TTD-Auth", b"token")]
_KIB = 1024


def blocking(url: str, calls: str) -> dict[str, float]:
    """CPU microseconds of a blocking status call on a connection that is kept alive."""
    with _client(url) as workflows:
        return _cpu_per_call(lambda: workflows.job_status.get_job_status(id=JOB), int(calls))


def raw_blocking(url: str, calls: str) -> dict[str, float]:
    """The same with httpcore2 alone."""
    import httpcore2  # noqa: PLC0415 - only our environment has it

    pool, address, fields = httpcore2.ConnectionPool(), _parts(url), [(b"Host", urlsplit(url).netloc.encode()), *FIELDS]

    def call() -> bytes:
        answer = pool.handle_request(httpcore2.Request("GET", httpcore2.URL(**address), headers=fields))
        body = b"".join(answer.iter_stream())
        answer.close()
        return body

    return _cpu_per_call(call, int(calls))


def concurrent(url: str, width: str, seconds: str) -> dict[str, float]:
    """Status calls per second, ``width`` of them under way at any time."""

    async def measure() -> dict[str, float]:
        async with _client(url) as workflows:
            return await _rate(lambda: workflows.job_status.get_job_status_async(id=JOB), int(width), float(seconds))

    return asyncio.run(measure())


def raw_concurrent(url: str, width: str, seconds: str) -> dict[str, float]:
    """The same with httpcore2 alone."""
    import httpcore2  # noqa: PLC0415 - only our environment has it

    address, fields = _parts(url), [(b"Host", urlsplit(url).netloc.encode()), *FIELDS]

    async def measure() -> dict[str, float]:
        async with httpcore2.AsyncConnectionPool(max_connections=100) as pool:

            async def call() -> bytes:
                request = httpcore2.Request("GET", httpcore2.URL(**address), headers=fields)
                answer = await pool.handle_async_request(request)
                body = await answer.aread()
                await answer.aclose()
                return body

            return await _rate(call, int(width), float(seconds))

    return asyncio.run(measure())


def at_once(url: str, calls: str) -> dict[str, float]:
    """Seconds until so many status calls, all started at once, are answered."""

    async def measure() -> dict[str, float]:
        async with _client(url) as workflows:
            await workflows.job_status.get_job_status_async(id=JOB)
            begin = time.perf_counter()
            answers = await asyncio.gather(
                *(workflows.job_status.get_job_status_async(id=JOB) for _ in range(int(calls)))
            )
            seconds = time.perf_counter() - begin
        if not all(_answered(answer) for answer in answers):
            raise SystemExit("an answer is not what the server sent")
        return {"seconds": seconds}

    return asyncio.run(measure())


def large(url: str, job: str, body: str) -> dict[str, float]:
    """Seconds for an answer with a large result, and the peak of memory over the idle client, in bodies."""
    with _client(url) as workflows:
        workflows.job_status.get_job_status(id=JOB)
        idle = _memory("VmRSS")
        begin = time.perf_counter()
        answer = workflows.job_status.get_job_status(id=int(job))
        seconds = time.perf_counter() - begin
        peak = _memory("VmHWM")
    if len(answer.standard_job_status_response.raw_result) < int(body) // 2:
        raise SystemExit("the result is not whole")
    return {"seconds": seconds, "bodies": (peak - idle) / int(body)}


def _client(url: str) -> Any:
    from ttd_workflows import Workflows  # noqa: PLC0415 - the raw forms do without

    return Workflows(ttd_auth="token", server_url=url)


def _parts(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    target = f"{parts.path}/standardjob/{JOB}/status"
    return {"scheme": parts.scheme, "host": parts.hostname, "port": parts.port, "target": target}


def _answered(answer: Any) -> bool:
    return bool(answer.standard_job_status_response.id == JOB)


def _cpu_per_call(call: Callable[[], object], calls: int) -> dict[str, float]:
    for _ in range(WARM_UP_CALLS):
        call()
    begin = time.process_time()
    for _ in range(calls):
        call()
    return {"microseconds": (time.process_time() - begin) / calls * 1e6}


async def _rate(call: Callable[[], Awaitable[object]], width: int, seconds: float) -> dict[str, float]:
    done = 0

    async def work(end: float) -> None:
        nonlocal done
        while time.perf_counter() < end:
            await call()
            done += 1

    async def together(duration: float) -> float:
        begin = time.perf_counter()
        await asyncio.gather(*(work(begin + duration) for _ in range(width)))
        return time.perf_counter() - begin

    await together(seconds / 4)  # the connections are made
    done = 0
    taken = await together(seconds)
    return {"per_second": done / taken}


def _memory(which: str) -> int:
    """Bytes of memory held now (``VmRSS``) or at most so far (``VmHWM``); without /proc, at most so far for both."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith(which))
        return int(line.split()[1]) * _KIB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * _KIB


MEASUREMENTS: dict[str, Callable[..., dict[str, float]]] = {
    "blocking": blocking,
    "raw-blocking": raw_blocking,
    "concurrent": concurrent,
    "raw-concurrent": raw_concurrent,
    "at-once": at_once,
    "large": large,
}

if __name__ == "__main__":
    print(json.dumps(MEASUREMENTS[sys.argv[1]](*sys.argv[2:])))
