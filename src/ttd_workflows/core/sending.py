"""One call from its arguments to its payload: the only place that decides to send, and to send again."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Protocol

from ttd_workflows.core import answer, checks
from ttd_workflows.core.body import ACCEPT_ENCODING
from ttd_workflows.core.operation import CallOptions
from ttd_workflows.core.port import Attempt, Failure, HalfAnswer, Limits, Response
from ttd_workflows.core.redaction import redact
from ttd_workflows.core.request import FIELD_VALUE, build, header_fields, server_at
from ttd_workflows.core.retry import Repeat, Verdict, Waiting, after_answer, after_silence
from ttd_workflows.core.secrets import Secret, SecretBytes
from ttd_workflows.errors import ConfigurationError, InputError, WorkflowsError
from ttd_workflows.models.base import Answer, Model
from ttd_workflows.models.bodies import Exchanged
from ttd_workflows.types import Unset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ttd_workflows.core.exchange import Exchange, Settings
    from ttd_workflows.core.operation import Operation
    from ttd_workflows.core.port import Request
    from ttd_workflows.core.retry import RetryConfig
    from ttd_workflows.core.surface import Port

logger = logging.getLogger("ttd_workflows")

CONNECT_SECONDS = 10.0
TOTAL_SECONDS = {Repeat.SAFE: 60.0, Repeat.ONCE: 300.0}
"""Seconds that one attempt may take. A creating call is waited for longer: giving up early makes an unknown."""
LONGEST_SECONDS = 1e6
"""More than that a socket cannot wait on every platform."""
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_OPTIONS = CallOptions.__annotations__.keys()


class _Call:
    """What stays the same over the attempts of one call."""

    __slots__ = ("limits", "operation", "repeat", "request", "secret", "settings", "watch")

    def __init__(
        self,
        operation: Operation[Any, Any],
        request: Request,
        repeat: Repeat,
        limits: Limits,
        secret: SecretBytes,
        settings: Settings,
        watch: Watch | None,
    ) -> None:
        self.watch = watch
        self.operation = operation
        self.request = request
        self.repeat = repeat
        self.limits = limits
        self.secret = secret
        self.settings = settings


class Watch(Protocol):
    """Follows a call that is to be recorded."""

    trouble: WorkflowsError | None
    """Why the first byte must not leave."""

    async def on_wire(self) -> None:
        """The first byte is about to leave. What it raises is kept in ``trouble``."""

    async def off_wire(self) -> None:
        """The service surely did not act: nothing left, or it declined with 429."""


async def send(
    exchange: Exchange,
    operation: Operation[Any, Any],
    arguments: Mapping[str, Any],
    port: Port,
    watch: Watch | None = None,
) -> Any:
    """Send a call, repeat it as far as that is safe, and give its payload or the error it came to."""
    exchange.check_open()
    call, retries = await _prepare(exchange.settings, operation, arguments, port, watch)
    waiting = Waiting(retries)
    started, number = port.now(), 0
    while True:
        number += 1
        outcome, wait = await _attempt(call, waiting, port)
        if wait is None:
            break
        _debug(call, "%s: %s; again in %.2f s", operation, outcome, wait)
        await port.sleep(wait)
    _log(call, outcome, (port.now() - started) * 1000, number)
    if isinstance(outcome, WorkflowsError):
        raise outcome
    return outcome


def build_models(operation: Operation[Any, Any]) -> None:
    """Build what an operation's arguments and answers are checked with, which otherwise its first call does."""
    for annotation in operation.types.values():
        for kind in (annotation, *getattr(annotation, "__args__", ())):
            if isinstance(kind, type) and issubclass(kind, Model):
                kind.model_rebuild()


async def _prepare(
    settings: Settings,
    operation: Operation[Any, Any],
    arguments: Mapping[str, Any],
    port: Port,
    watch: Watch | None,
) -> tuple[_Call, RetryConfig | None]:
    options = {name: value for name, value in arguments.items() if name in _OPTIONS}
    own = {name: value for name, value in arguments.items() if name not in _OPTIONS} if options else arguments
    address = options.get("server_url") or settings.server_url
    if not isinstance(address, str):
        raise InputError(f"{operation}: server_url is a text, not {type(address).__name__}")
    server = server_at(address, allow_http=settings.allow_http)
    token = await _token(settings, port)
    fields = [
        (b"Host", server.origin.authority.encode()),
        (b"Accept", b"application/json"),
        (b"Accept-Encoding", ACCEPT_ENCODING),
        (b"User-Agent", _user_agent(settings)),
        (b"TTD-Auth", token),
    ]
    fields = header_fields(options.get("http_headers"), fields)
    request = build(operation, own, server=server, edition=settings.edition, fields=fields)
    repeat = _repeat(operation, own, options.get("repeat"))
    limits = _limits(options.get("timeout_ms"), settings, repeat)
    chosen = options.get("retries", Unset())
    retries = settings.retries if isinstance(chosen, Unset) else chosen
    checks.retries(f"{operation}: retries", retries, InputError)
    return _Call(operation, request, repeat, limits, token, settings, watch), retries


async def _attempt(call: _Call, waiting: Waiting, port: Port) -> tuple[Any, float | None]:
    """Send once: the payload or the error, and the seconds to wait before sending again, ``None`` for not at all."""
    operation, repeat = call.operation, call.repeat
    watch = call.watch
    attempt = Attempt(call.limits, watched=repeat is Repeat.ONCE, before_wire=watch.on_wire if watch else None)
    _debug_request(call)
    half: HalfAnswer | None = None
    try:
        response = await port.engine.send(call.request, attempt)
    except HalfAnswer as failure:
        half, response = failure, failure.response  # the status says what became of the call, the rest may have the id
    except Failure as failure:
        if watch and watch.trouble:
            return watch.trouble, None
        if watch and not failure.sent:
            await watch.off_wire()
        error: WorkflowsError = answer.unanswered(operation, failure.reason, repeat, sent=failure.sent)
        again = after_silence(repeat, sent=failure.sent) is Verdict.AGAIN
        return error, waiting.before_next(answered=False) if again else None
    _debug_response(call, response)
    verdict = after_answer(repeat, response.status_code)
    if response.status_code in answer.SUCCESS:
        if half and half.broken and repeat is Repeat.SAFE:
            error = answer.unanswered(operation, half.reason, repeat, sent=True)
            return error, waiting.before_next(answered=False)
        return _payload(call, response, half), None
    response = _masked(response, call)
    if verdict is Verdict.UNKNOWN:
        return answer.unknown_after(operation, response), None
    error = answer.error(operation, response)
    again = verdict is Verdict.AGAIN
    if watch and again:
        await watch.off_wire()
    return error, waiting.before_next(answered=True, retry_after=error.retry_after) if again else None


def _payload(call: _Call, response: Response, half: HalfAnswer | None) -> Any:
    payload = _read(call, response, half)
    if isinstance(payload, WorkflowsError):
        if response.echoes(bytes(call.secret)):  # then the error is told anew, from an answer without it
            payload = _read(call, _masked(response, call), half)
        return payload
    response.content = b""  # the payload has it; keeping both would double a large result in memory
    if isinstance(payload, (Answer, Exchanged)):
        object.__setattr__(payload, "_exchange", (call.request.shown(), _masked(response, call)))
    return payload


def _read(call: _Call, response: Response, half: HalfAnswer | None) -> Any:
    try:
        if half:
            return answer.part(call.operation, response, call.repeat, half.reason)
        return answer.payload(call.operation, response, call.repeat)
    except WorkflowsError as error:
        return error


async def _token(settings: Settings, port: Port) -> SecretBytes:
    source = settings.token
    value = source.reveal() if isinstance(source, Secret) else await port.blocking(source)
    token = SecretBytes((value or "").strip().encode(errors="replace"))
    del value  # what is raised below may be shown with the locals of this frame
    if not token:
        raise ConfigurationError(
            "there is no token: set WORKFLOWS_TTD_AUTH, keep one with ttdw login, or give ttd_auth= a token or a "
            "function that returns one"
        )
    if not token.isascii() or _CONTROL.search(token):
        raise ConfigurationError("the token has characters no token has; was something else pasted with it?")
    return token


def _repeat(operation: Operation[Any, Any], arguments: Mapping[str, Any], word: object) -> Repeat:
    if word is None:
        return operation.repeat(arguments)
    if word != Repeat.SAFE.value:
        raise InputError(f"{operation}: repeat={word!r}: the one thing that can be said is repeat='safe'")
    return Repeat.SAFE


def _limits(timeout_ms: Any, settings: Settings, repeat: Repeat) -> Limits:
    chosen = settings.timeout_ms if timeout_ms is None else timeout_ms
    if chosen is None:
        return Limits(CONNECT_SECONDS, TOTAL_SECONDS[repeat], settings.body_limit)
    if not checks.is_positive(chosen):
        raise InputError(f"timeout_ms={chosen!r}: a positive number of milliseconds is expected")
    return Limits(CONNECT_SECONDS, min(chosen / 1000, LONGEST_SECONDS), settings.body_limit)


def _user_agent(settings: Settings) -> bytes:
    if not FIELD_VALUE.fullmatch(settings.user_agent):
        raise ConfigurationError(f"user_agent={settings.user_agent!r}: text in one line is expected")
    return settings.user_agent.encode()


def _masked(response: Response, call: _Call) -> Response:
    """The answer without the token in it, should a server have sent it back."""
    response.forget(bytes(call.secret))
    return response


def _log(call: _Call, outcome: Any, milliseconds: float, number: int) -> None:
    if not logger.isEnabledFor(logging.INFO):
        return
    if isinstance(outcome, WorkflowsError):
        status, request_id = outcome.status_code or type(outcome).__name__, outcome.request_id
    else:
        response = getattr(outcome, "_exchange", (None, None))[1]
        status = response.status_code if response else "-"
        request_id = response.request_id if response else None
    logger.info(
        "%s: %s in %.0f ms, attempt %d, request id %s", call.operation, status, milliseconds, number, request_id or "-"
    )


def _debug(call: _Call, message: str, *details: Any) -> None:
    logger.debug(message, *details)
    if call.settings.debug_logger is not None:
        call.settings.debug_logger.debug(message, *details)


def _wants_bodies(call: _Call) -> bool:
    return call.settings.debug_logger is not None or logger.isEnabledFor(logging.DEBUG)


def _debug_request(call: _Call) -> None:
    if _wants_bodies(call):
        request = call.request
        body = redact((request.content or b"").decode())
        _debug(call, "> %s %s headers=%s body=%s", request.method, request.url, dict(request.headers), body)


def _debug_response(call: _Call, response: Response) -> None:
    if _wants_bodies(call):
        shown = Response(response.status_code, list(response.fields), response.content[:10_000])
        shown.forget(bytes(call.secret))
        _debug(call, "< %s headers=%s body=%s", shown.status_code, dict(shown.headers), redact(shown.text))
