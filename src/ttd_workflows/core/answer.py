"""Reading an answer: a 2XX becomes the payload, anything else an error that says what is known. Pure."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import UnionType
from typing import TYPE_CHECKING, Any, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from ttd_workflows import errors
from ttd_workflows.core.redaction import redact
from ttd_workflows.core.retry import REDIRECTS, TOO_MANY_REQUESTS, Repeat
from ttd_workflows.models.base import Answer, Model
from ttd_workflows.models.bodies import ArchivedIds, JSONArray, JSONObject

if TYPE_CHECKING:
    from ttd_workflows.core.operation import Operation
    from ttd_workflows.core.port import Response

SUCCESS = range(200, 300)
NOTHING_TO_SAY = {204, 240}
"""Done, and there is no body: as HTTP says it, and as REST v3 does."""
_UTF8_MARK = b"\xef\xbb\xbf"
_EXCERPT = 2_000
_PLACE = re.compile(r"line (\d+) column (\d+)")
_DESCRIBED = {400: errors.BadRequest, 401: errors.Unauthorized, 403: errors.Forbidden, 404: errors.NotFound}
_OTHERS = {409: errors.Conflict, TOO_MANY_REQUESTS: errors.RateLimited}
_IDS = TypeAdapter(list[str])
_LOOK_FIRST = (
    "It may have been carried out. Look first whether it was; to send it again on your own word, pass repeat='safe'."
)


def payload(operation: Operation[Any, Any], response: Response, repeat: Repeat) -> Any:
    """What a 2XX answer carries. Raises :class:`ResponseValidationError`, or for a creating call keeps the id."""
    content = response.content.removeprefix(_UTF8_MARK)
    kinds = _kinds(operation)
    if not content.strip():
        if operation.bodiless:
            return kinds[0].model_construct()
        if JSONObject in kinds and response.status_code in NOTHING_TO_SAY:
            return JSONObject()
    first_fault: ValidationError | None = None
    for kind in kinds:
        try:
            return _read(kind, content)
        except ValidationError as error:
            first_fault = first_fault or error
        except ValueError:
            continue
    return _kept(operation, response, repeat, f"not what was expected{_place(first_fault)}")


def error(operation: Operation[Any, Any], response: Response) -> errors.WorkflowsError:
    """The error that a 3XX, 4XX or 5XX answer stands for."""
    status = response.status_code
    problem = _problem(response)
    kind: type[errors.WorkflowsError]
    said = _said(response, problem)
    if problem is None and _is_lost(response):
        problem = {}  # there is one, but nothing of it was read
    if problem is not None and status in _DESCRIBED:
        kind = _DESCRIBED[status]
    else:
        kind = _OTHERS.get(status, errors.ServerError if status >= 500 else errors.APIError)  # noqa: PLR2004
    return kind(
        f"{operation}: {said}",
        operation=str(operation),
        response=response,
        problem=problem,
        retry_after=retry_after(response),
    )


def unknown_after(operation: Operation[Any, Any], response: Response) -> errors.OutcomeUnknownAfterError:
    """The error for a creating call whose answer, 3XX, 408 or 5XX, does not say that the service did not act."""
    problem = _problem(response)
    return errors.OutcomeUnknownAfterError(
        f"{operation}: {_said(response, problem)}\n{_LOOK_FIRST}",
        operation=str(operation),
        response=response,
        problem=problem,
        retry_after=retry_after(response),
    )


def unanswered(operation: Operation[Any, Any], reason: str, repeat: Repeat, *, sent: bool) -> errors.WorkflowsError:
    """The error for a call that brought no answer."""
    name, reason = str(operation), reason.rstrip(".")
    if not sent:
        return errors.NotSent(f"{name}: {reason}. Nothing was sent; it is safe to try again.", operation=name)
    if repeat is Repeat.SAFE:
        return errors.NoResponseError(f"{name}: {reason}. Nothing was changed by asking.", operation=name)
    return errors.OutcomeUnknownWithoutResponse(
        f"{name}: the request was sent, but {reason}. {_LOOK_FIRST}", operation=name
    )


def part(operation: Operation[Any, Any], response: Response, repeat: Repeat, reason: str) -> Any:
    """What half a 2XX answer carries: for a creating call the id, if that came. Raises otherwise."""
    return _kept(operation, response, repeat, reason)


def retry_after(response: Response) -> float | None:
    """Seconds that a Retry-After header asks for, given as a number or as a date; ``None`` if unreadable."""
    value = response.headers.get("retry-after", "").strip()
    try:
        seconds = float(value) if value.isascii() and "_" not in value else math.nan
    except ValueError:
        try:
            date = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _kinds(operation: Operation[Any, Any]) -> tuple[Any, ...]:
    """The answers an operation may give, the likeliest first."""
    declared = operation.types["return"]
    return get_args(declared) if isinstance(declared, UnionType) else (declared,)


def _read(kind: Any, content: bytes) -> Any:
    if issubclass(kind, Answer):
        return kind.model_validate_json(content)
    if kind is ArchivedIds:
        return ArchivedIds(_IDS.validate_json(content))
    value = from_json(content)
    if isinstance(value, dict):
        return JSONObject(value)
    return JSONArray(value) if isinstance(value, list) else value


def _kept(operation: Operation[Any, Any], response: Response, repeat: Repeat, reason: str) -> Any:
    """The id of a creating call and whatever else can be read of its answer. Raises when there is none."""
    kept = _what_can_be_read(_kinds(operation)[0], response.content.removeprefix(_UTF8_MARK))
    if repeat is Repeat.ONCE and kept is not None and _has_identity(kept):
        return kept
    text = f"{operation}: the service answered {response.status_code}, but {reason.rstrip('.')}."
    excerpt = f"\nIt said: {_excerpt(response)}"
    details = {"operation": str(operation), "response": response, "partial": kept}
    if repeat is Repeat.SAFE:
        raise errors.ResponseValidationError(text + excerpt, **details)
    raise errors.OutcomeUnknownUnreadable(f"{text} {_LOOK_FIRST}{excerpt}", **details)


def _what_can_be_read(kind: Any, content: bytes) -> Any:
    if not issubclass(kind, Answer):
        return None
    value = _up_to_its_fault(content)
    return _lenient(kind, value) if isinstance(value, dict) else None


def _up_to_its_fault(text: bytes) -> Any:
    """What a JSON text says up to where it breaks off or turns to nonsense, at the second try with the rest cut off."""
    for _ in range(2):
        # A number that the text ends in may be a part of a longer one; anything after it proves it whole.
        text = text.rstrip(b"0123456789.eE+-")
        try:
            return from_json(text, allow_partial=True)
        except ValueError as error:
            if (place := _PLACE.search(str(error))) is None:
                return None
            line, column = map(int, place.groups())
            rest = text.split(b"\n", line - 1)[-1]
            text = text[: len(text) - len(rest) + column - 1]
    return None


def _lenient(model: type[Model], value: dict[str, Any]) -> Model:
    """The members of ``value`` that fit, each taken by itself; the others are ``None``."""
    members: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        wire = field.alias or name
        raw = value.get(wire, value.get(name))
        try:
            members[name] = TypeAdapter(field.rebuild_annotation()).validate_python(raw)
        except ValidationError:
            inner: Any = next((t for t in (field.annotation, *get_args(field.annotation)) if _is_model(t)), None)
            members[name] = _lenient(inner, raw) if inner and isinstance(raw, dict) else None
    return model.model_construct(_fields_set={n for n, v in members.items() if v is not None}, **members)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Model)


def _has_identity(answer: Answer) -> bool:
    value: Any = answer
    for step in type(answer).identity:
        value = getattr(value, step, None)
    return value is not None and value is not answer


def _place(fault: ValidationError | None) -> str:
    if fault is None:
        return ""
    first = fault.errors(include_url=False, include_context=False, include_input=False)[0]
    path = ".".join(str(step) for step in first["loc"])
    return f" ({path}: {first['msg']})" if path else f" ({first['msg']})"


def _problem(response: Response) -> dict[str, Any] | None:
    """The problem in the body, whatever content type it came under."""
    if not response.content.lstrip().startswith((b"{", _UTF8_MARK)):
        return None
    try:
        value = json.loads(response.content.removeprefix(_UTF8_MARK))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_lost(response: Response) -> bool:
    """Whether a body was announced as JSON and not a byte of it came, as when a hook closes the answer unread."""
    headers = response.headers
    announced = "json" in headers.get("content-type", "") and headers.get("content-length") != "0"
    return announced and not response.content


def _said(response: Response, problem: dict[str, Any] | None) -> str:
    """The service's words in one readable paragraph, its gateway's and its REST API's included."""
    status = response.status_code
    if status in REDIRECTS:
        return f"the service answered {status}, a redirect; none is followed, so that the token stays where it belongs"
    if problem is None:
        nothing = "(its body was not read)" if _is_lost(response) else "(no body)"
        return f"the service answered {status}: {_excerpt(response) or nothing}"
    told = [str(problem[key]) for key in ("title", "detail", "message", "Message") if problem.get(key)]
    lines = [f"the service answered {status}: {': '.join(told) or _excerpt(response)}"]
    faults = problem.get("errors")
    if isinstance(faults, dict):
        lines += [
            f"  {path}: {' '.join(map(str, said)) if isinstance(said, list) else said}" for path, said in faults.items()
        ]
    return redact("\n".join(lines))


def _excerpt(response: Response) -> str:
    text = response.content[: 2 * _EXCERPT].decode("utf-8-sig", "replace").strip()
    return redact(text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}… ({len(response.content):,} bytes)")
