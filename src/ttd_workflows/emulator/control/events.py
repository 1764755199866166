"""``events``: what happens, as it happens, as server-sent events."""

import asyncio
from typing import Any

from ttd_workflows.emulator.control.request import Answered, Controlling, controls
from ttd_workflows.emulator.events import Listener

_HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent: it shows both sides that the other is there."""


@controls("GET", "events")
async def events(asked: Controlling) -> Answered:
    """Tell events until the caller has gone or the emulator stops."""
    with asked.service.events.listening() as listener:
        fields = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await asked.send({"type": "http.response.start", "status": 200, "headers": fields})
        await _send(asked, b": here\n\n")
        gone: asyncio.Future[Any] = asyncio.ensure_future(_gone(asked))
        try:
            await _tell(asked, listener, gone)
        finally:
            gone.cancel()
    await asked.send({"type": "http.response.body", "body": b""})
    return Answered()


async def _tell(asked: Controlling, listener: Listener, gone: "asyncio.Future[Any]") -> None:
    while not (listener.ended or gone.done()):
        hearing: asyncio.Future[Any] = asyncio.ensure_future(listener.heard())
        try:
            await asyncio.wait((hearing, gone), timeout=_HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
            if hearing.done():
                await _send(asked, hearing.result())
            elif not gone.done():
                await _send(asked, b": still here\n\n")
        finally:
            hearing.cancel()


async def _send(asked: Controlling, piece: bytes) -> None:
    await asked.send({"type": "http.response.body", "body": piece, "more_body": True})


async def _gone(asked: Controlling) -> None:
    while (await asked.receive())["type"] != "http.disconnect":
        pass
