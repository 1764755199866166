"""An entry of the journal: one request and its answer.

Writing it takes a few microseconds: bodies are kept as the bytes they came in, and are decoded, and what is secret in
them masked, when somebody looks.
"""

import re
import time
from hashlib import blake2b
from typing import Any

from starlette.types import Message, Scope, Send

from ttd_workflows.core.redaction import redact
from ttd_workflows.core.secrets import MASK
from ttd_workflows.emulator.clock import timestamp
from ttd_workflows.emulator.names import DOWNLOAD

Headers = list[tuple[bytes, bytes]]

_KEPT_OF_A_BODY = 64 << 10
_SECRET_HEADERS = {"ttd-auth", "authorization", "cookie", "proxy-authorization"}
_SIGNATURE = re.compile(r"(?i)((?:^|&)(?:signature|sig|token)=)[^&]*")
_SECRET_MEMBER = re.compile(r'(?is)((\\*")(?:password|token)\2\s*:\s*\2).*?(?<!\\)(?=\2|$)')
"""In JSON, and in JSON that is a string in JSON: the quotes of the name tell which."""
_CALLBACK_IN_A_QUERY = re.compile(r'(callbackHeaders\s*:)\s*[\[{$](?:\\.|[^"\\])*')
_JOB_IN_PATH = re.compile(r"/(\d+)/status$|/graphqlbulkjob/(\d+)$")
_JOB_IN_BODY = re.compile(rb'"id":(\d+)')


class Entry:
    """One request and its answer. Until it is answered, its ``status`` and ``milliseconds`` are ``None``."""

    __slots__ = (
        "_answer",
        "_answer_headers",
        "_began",
        "_body",
        "_headers",
        "_query",
        "at",
        "bytes_received",
        "bytes_sent",
        "digest",
        "duplicate_of",
        "ended",
        "fault",
        "id",
        "method",
        "milliseconds",
        "note",
        "operation",
        "path",
        "status",
    )

    def __init__(self, id: int, at: float, scope: Scope) -> None:
        self.id = id
        self.at = at
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.operation: str | None = None
        """``None`` where no route matched."""
        self.status: int | None = None
        self.milliseconds: float | None = None
        self.bytes_received = 0
        self.bytes_sent = 0
        self.fault: int | None = None
        """The id of the fault rule that met it."""
        self.duplicate_of: int | None = None
        """The entry of an equal request that was carried out before this one was, too."""
        self.note: str | None = None
        self.ended = False
        self._query: bytes = scope["query_string"]
        self._headers: Headers = scope["headers"]
        self.digest = b""
        """What tells the whole body from others."""
        self._body = b""
        self._answer_headers: Headers = []
        self._answer = b""
        self._began = time.perf_counter()

    def received(self, body: bytes) -> None:
        """The body was read."""
        self.bytes_received = len(body)
        self.digest = blake2b(body, digest_size=16).digest()
        self._body = body if len(body) <= _KEPT_OF_A_BODY else body[:_KEPT_OF_A_BODY]

    def answered(self, status: int, headers: Headers, body: bytes = b"") -> None:
        """The answer, or its beginning; what was said of another one before does not hold."""
        self.status = status
        self._answer_headers = headers
        self._answer = b""
        self.bytes_sent = 0
        self.more(body)

    def more(self, piece: bytes) -> None:
        """A further piece of the answer's body."""
        self.bytes_sent += len(piece)
        if (room := _KEPT_OF_A_BODY - len(self._answer)) > 0:
            self._answer += piece[:room]
        self.milliseconds = round((time.perf_counter() - self._began) * 1000, 3)

    def unanswered(self, note: str) -> None:
        """Nothing went out after all, and why."""
        self.answered(0, [])
        self.status = None
        self.note = note

    @property
    def kept(self) -> int:
        """How many bytes of bodies it holds."""
        return len(self._body) + len(self._answer)

    @property
    def query(self) -> str:
        """The query string, signatures masked."""
        return _SIGNATURE.sub(rf"\1{MASK}", self._query.decode("latin-1"))

    @property
    def request_headers(self) -> dict[str, str]:
        """The header fields by lower-case name, credentials masked."""
        return _shown(self._headers)

    @property
    def request_body(self) -> str:
        """The body as text, secrets masked; empty if it was not read."""
        return _text(self._body, self.bytes_received)

    @property
    def response_headers(self) -> dict[str, str]:
        """The answer's header fields by lower-case name."""
        return _shown(self._answer_headers)

    @property
    def response_body(self) -> str:
        """The answer's body as text, its beginning if it is long, secrets masked."""
        return _text(self._answer, self.bytes_sent)

    @property
    def job(self) -> str | None:
        """The reference of the job it is about."""
        kind = "graphql" if "graphql" in self.path else "standard"
        if self.operation == DOWNLOAD:
            kind, _, id = self.path.rpartition("/")[2].removesuffix(".json").partition("-")
            return f"{kind}:{id}"
        if found := _JOB_IN_PATH.search(self.path):
            return f"{kind}:{found[1] or found[2]}"
        if self.operation and self.operation.endswith("_job") and (made := _JOB_IN_BODY.search(self._answer)):
            return f"{kind}:{made[1].decode()}"
        return None

    def summary(self) -> dict[str, Any]:
        """All but the bodies, as JSON has it."""
        return {
            "id": self.id,
            "at": timestamp(self.at),
            "operation": self.operation,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "requestHeaders": self.request_headers,
            "requestBytes": self.bytes_received,
            "status": self.status,
            "responseHeaders": self.response_headers,
            "responseBytes": self.bytes_sent,
            "milliseconds": self.milliseconds,
            "fault": self.fault,
            "duplicateOf": self.duplicate_of,
            "note": self.note,
            "job": self.job,
        }

    def document(self) -> dict[str, Any]:
        """All of it, as JSON has it."""
        return self.summary() | {"requestBody": self.request_body, "responseBody": self.response_body}

    def __repr__(self) -> str:
        outcome = "no answer" if self.status is None else self.status
        return f"<{self.id}: {self.operation or 'unmatched'} {self.method} {self.path} -> {outcome}>"


def recording(send: Send, entry: Entry) -> Send:
    """``send``, with what goes through it written into the entry."""

    async def record(message: Message) -> None:
        if message["type"] == "http.response.start":
            entry.answered(message["status"], message["headers"])
        else:
            entry.more(message.get("body", b""))
        await send(message)

    return record


def _shown(headers: Headers) -> dict[str, str]:
    pairs = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers)
    return {name: MASK if name in _SECRET_HEADERS else value for name, value in pairs}


def _text(body: bytes, size: int) -> str:
    text = redact(body.decode(errors="replace"))
    text = _CALLBACK_IN_A_QUERY.sub(rf"\1 {MASK}", _SECRET_MEMBER.sub(rf"\1{MASK}", text))
    return text if len(body) == size else f"{text}… ({size} bytes in all)"
