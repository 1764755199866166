"""Fetching a result through the engine port. The token stays behind: a result's address is its own permission."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ttd_workflows.core.engines.httpcore import BlockingEngine
from ttd_workflows.core.port import DEFAULT_PORTS, Attempt, Failure, Limits, Origin, Request
from ttd_workflows.core.surface import finish
from ttd_workflows.errors import NoResponseError

if TYPE_CHECKING:
    from pathlib import Path

_LIMITS = Limits(connect=10.0, total=60.0, body=1 << 40)
_OK = 200


def download(url: str, file: Path) -> int:
    """Write what ``url`` holds to ``file``; the number of bytes."""
    return finish(_download(url, file))


async def _download(url: str, file: Path) -> int:
    parts = urlsplit(url)
    origin = Origin(parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme])
    fields = [(b"Host", origin.authority.encode()), (b"Accept-Encoding", b"identity")]
    request = Request("GET", origin, f"{parts.path}?{parts.query}" if parts.query else parts.path, fields)
    engine, size = BlockingEngine(), 0
    try:
        async with engine.stream(request, Attempt(_LIMITS, watched=False)) as answer:
            if answer.status_code != _OK:
                raise NoResponseError(f"the result's address answered {answer.status_code}")
            with file.open("wb") as target:
                async for piece in answer.chunks():
                    size += target.write(piece)
    except Failure as failure:
        raise NoResponseError(f"the result was not read to its end: {failure.reason}") from None
    finally:
        await engine.close()
    return size
