"""Result files over HTTP, as an object store serves them: signed addresses, ranges, and XML for refusals."""

import hmac
import re
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from ttd_workflows.emulator.entries import recording
from ttd_workflows.emulator.jobs.results import ResultFile
from ttd_workflows.emulator.problems import NotKept
from ttd_workflows.emulator.service import Service
from ttd_workflows.emulator.web.exchange import Incoming, respond
from ttd_workflows.emulator.world.world import JobKind

_PIECE = 1 << 18
_NAME = re.compile(r"(standard|graphql)-(\d{1,18})\.json")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Unsatisfiable(Exception):
    """The range lies outside the file."""


class Downloads:
    """Answers GET and HEAD for result files. No token is asked for, and one that is sent does no harm."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        incoming = Incoming.of(scope)
        name = scope["path_params"]["name"]
        now = self._service.settle()
        if not self._is_signed(name, incoming, now):
            await refuse_expired(send, incoming)
            return
        try:
            file = await self._file(name, now)
        except NotKept:
            await _refuse(send, incoming, 500, "InternalError", "The result cannot be written. Please try again.")
            return
        if file is None:
            await _refuse(send, incoming, 404, "NoSuchKey", "The specified key does not exist.")
            return
        try:
            part = _part(incoming, file)
        except Unsatisfiable:
            fields = {"content_range": f"bytes */{file.size}"}
            await _refuse(send, incoming, 416, "InvalidRange", "The requested range is not satisfiable.", **fields)
            return
        await _send_file(send, incoming, file, part)

    def _is_signed(self, name: str, incoming: Incoming, now: float) -> bool:
        query = parse_qs(incoming.scope["query_string"].decode("latin-1"))
        expires, signature = query.get("expires", [""])[0], query.get("signature", [""])[0]
        if not (expires.isascii() and expires.isdecimal() and len(expires) < 16):
            return False
        genuine = self._service.signature(name, int(expires))
        return now < int(expires) and hmac.compare_digest(signature.encode(), genuine.encode())

    async def _file(self, name: str, now: float) -> ResultFile | None:
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        kind: JobKind = "standard" if match[1] == "standard" else "graphql"
        if int(match[2]) not in self._service.world.jobs[kind]:
            return None
        return self._service.results.of(await self._service.jobs.job(kind, int(match[2]), now))


def _part(incoming: Incoming, file: ResultFile) -> tuple[int, int] | None:
    """The part of the file that is asked for, end exclusive; ``None`` is all of it."""
    match = _RANGE.fullmatch(incoming.header(b"range").strip())
    # Several ranges, other units, and a range of another state of the file: the whole file is a proper answer.
    if match is None or incoming.header(b"if-range") not in {"", file.etag}:
        return None
    first, last = match[1], match[2]
    if not first and not last:
        return None
    if not first:
        start, end = max(0, file.size - int(last)), file.size
    else:
        start, end = int(first), min(int(last) + 1, file.size) if last else file.size
        if last and int(last) < int(first):
            return None
    if start >= end:
        raise Unsatisfiable
    return start, end


async def refuse_expired(send: Send, incoming: Incoming) -> None:
    """Say that an address is no good, or no longer."""
    await _refuse(send, incoming, 403, "AccessDenied", "Request has expired or its signature does not match.")


async def _send_file(send: Send, incoming: Incoming, file: ResultFile, part: tuple[int, int] | None) -> None:
    start, end = part or (0, file.size)
    if incoming.entry is not None:
        send = recording(send, incoming.entry)
    fields = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % (end - start)),
        (b"accept-ranges", b"bytes"),
        (b"etag", file.etag.encode()),
        (b"x-ttd-request-id", b"%032x" % incoming.serial),
    ]
    if part:
        fields.append((b"content-range", b"bytes %d-%d/%d" % (start, end - 1, file.size)))
    await send({"type": "http.response.start", "status": 206 if part else 200, "headers": fields})
    if incoming.scope["method"] != "HEAD":
        with file.path.open("rb") as source:
            source.seek(start)
            while start < end:
                piece = source.read(min(_PIECE, end - start))
                start += len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": start < end})
        if start == 0:
            await send({"type": "http.response.body", "body": b""})
    else:
        await send({"type": "http.response.body", "body": b""})


async def _refuse(send: Send, incoming: Incoming, status: int, code: str, message: str, **headers: str) -> None:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{incoming.serial:032x}</RequestId></Error>"
    )
    body = b"" if incoming.scope["method"] == "HEAD" else text.encode()
    await respond(send, incoming, status, body, b"application/xml", **headers)
