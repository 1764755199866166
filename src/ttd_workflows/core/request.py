"""Building a request from an operation's arguments. Pure: what cannot be sent is refused here, before any request."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import quote, urlsplit

from pydantic import TypeAdapter, ValidationError

from ttd_workflows.core.port import DEFAULT_PORTS, LARGEST_ID, LOOPBACK_HOSTS, Origin, Request
from ttd_workflows.core.secrets import SecretBytes
from ttd_workflows.errors import ConfigurationError, Fault, InputError
from ttd_workflows.models.base import Input, Model, beyond_edition, given, refusal

if TYPE_CHECKING:
    from ttd_workflows.core.operation import Operation

_WHOLE_NUMBER = re.compile(r"\d{1,100}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NO_HOST = re.compile(r"[\s\x00-\x1f\x7f\\<>^|%]")
_FIELD_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
FIELD_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
_FRAMING = {"host", "content-length", "transfer-encoding", "connection"}


class Server(NamedTuple):
    """Where the service is: its origin and the path before its operations' paths."""

    origin: Origin
    prefix: str


@lru_cache(maxsize=64)
def server_at(url: str, *, allow_http: bool) -> Server:
    """Read a server's address; refuse one the token must not be sent to."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise ConfigurationError(f"{url!r} is no server address: {error}") from None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or _NO_HOST.search(parts.hostname):
        raise ConfigurationError(f"{url!r} is no server address; it looks like https://host/workflows")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigurationError("a server address has no user, query or fragment; the token goes into ttd_auth")
    host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
    if parts.scheme == "http" and host not in LOOPBACK_HOSTS and not allow_http:
        raise ConfigurationError(
            f"the token would travel unencrypted to {host}; use https, or say allow_http=True if that is what you want"
        )
    origin = Origin(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme])
    return Server(origin, quote(parts.path.rstrip("/"), safe="/%"))


def build(
    operation: Operation[Any, Any],
    arguments: Mapping[str, Any],
    *,
    server: Server,
    edition: str,
    fields: list[tuple[bytes, bytes]],
) -> Request:
    """The request that a call means. Raises :class:`InputError` for arguments that cannot be sent."""
    if (path := operation.path(edition)) is None:
        raise InputError(
            f"{operation} exists in edition {operation.only} only; this client speaks {edition}",
            operation=str(operation),
        )
    _check_names(operation, arguments)
    query, content = "", None
    for name, parameter in operation.parameters.items():
        value = arguments.get(name, None if parameter.default is parameter.empty else parameter.default)
        try:
            if f"{{{name}}}" in path:
                path = path.replace(f"{{{name}}}", _path_id(value, operation.types[name]))
            elif name in {"request", "request_body"}:
                content = _body(value, operation.types[name], edition)
            elif value is not None:
                query = f"?{_wire_name(name)}={_flag(value)}"
        except InputError as error:
            raise _named(error, operation, name) from None
    if operation.method != "GET":
        fields.append((b"Content-Length", b"%d" % len(content or b"")))
    if content is not None:
        fields.append((b"Content-Type", b"application/json"))
    return Request(operation.method, server.origin, f"{server.prefix}{path}{query}", fields, content)


def header_fields(headers: Mapping[str, str] | None, own: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """``own`` with a caller's header fields added or put in their place; a caller's values count as secret."""
    if not headers:
        return own
    if not isinstance(headers, Mapping):
        raise InputError(f"http_headers: a mapping is expected, not {type(headers).__name__}")
    for name, value in headers.items():
        if not isinstance(name, str) or not _FIELD_NAME.fullmatch(name) or name.lower() in _FRAMING:
            raise InputError(f"http_headers: {name!r} is not a header field that can be set")
        if not isinstance(value, str) or not FIELD_VALUE.fullmatch(value) or not _has_bytes(value):
            raise InputError(f"http_headers: the value of {name!r} must be text in one line")
    replaced = {name.lower().encode() for name in headers}
    kept = [field for field in own if field[0].lower() not in replaced]
    return kept + [(name.encode(), SecretBytes(value.strip().encode())) for name, value in headers.items()]


def _check_names(operation: Operation[Any, Any], arguments: Mapping[str, Any]) -> None:
    if unknown := [name for name in arguments if name not in operation.parameters]:
        raise TypeError(f"{operation}() got an unexpected keyword argument {unknown[0]!r}")
    required = [n for n, p in operation.parameters.items() if p.default is p.empty]
    if missing := [name for name in required if name not in arguments]:
        raise TypeError(f"{operation}() missing a required keyword argument: {missing[0]!r}")


def _path_id(value: Any, kind: type) -> str:
    return str(_integer_id(value)) if kind is int else _text_id(value)


def _integer_id(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and _WHOLE_NUMBER.fullmatch(value.strip()):
        value = int(value)
    try:
        number: int = -1 if isinstance(value, bool) else operator.index(cast("Any", value))
    except TypeError:
        number = -1
    if not 1 <= number <= LARGEST_ID:
        shown = "that number" if number > LARGEST_ID else repr(value)
        raise InputError(f"{shown} is no id: ids are whole numbers from 1 to 2**63 - 1")
    return number


def _text_id(value: Any) -> str:
    if not isinstance(value, str):
        raise InputError(f"{value!r} is no id: ids are text, and as a number one may have lost its leading zeros")
    if value in {"", ".", ".."} or _CONTROL.search(value) or not _has_bytes(value):
        raise InputError(f"{value!r} is no id: an id is neither empty, '.' nor '..' and has no control characters")
    return quote(value, safe="")


def _has_bytes(text: str) -> bool:
    """Whether a text can be sent at all: half a character cannot."""
    return text.isascii() or text.encode(errors="ignore").decode() == text


def _flag(value: Any) -> str:
    if not isinstance(value, bool):
        raise InputError(f"{value!r} is neither True nor False")
    return "true" if value else "false"


def _wire_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _body(value: Any, annotation: Any, edition: str) -> bytes | None:
    if value is None:
        return None
    model = next((t for t in annotation.__args__ if isinstance(t, type) and issubclass(t, Input)), None)
    return _model_body(value, model, edition) if model else _list_body(value)


def _model_body(value: Any, model: type[Input], edition: str) -> bytes:
    if not isinstance(value, (Mapping, Model)):
        raise InputError(f"a {model.__name__} or a dict is expected, not {type(value).__name__}")
    try:
        checked = model.model_validate(given(dict(value) if isinstance(value, Mapping) else value))
    except ValidationError as error:
        problem = refusal(model, error)
    else:
        if beyond := list(beyond_edition(checked, edition)):
            raise InputError.of(model.__name__, beyond)
        return checked.wire()
    raise problem


def _list_body(value: Any) -> bytes:
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise InputError(f"a list of ids is expected, not {type(value).__name__}")
    try:
        return json.dumps(TypeAdapter(list[str]).validate_python(list(value))).encode()
    except ValidationError as error:
        faults = [Fault(f"[{fault['loc'][0]}]", "ids are text") for fault in error.errors(include_url=False)]
    raise InputError.of("the list of ids", faults)


def _named(error: InputError, operation: Operation[Any, Any], argument: str) -> InputError:
    """The same fault, said with the operation's and the argument's name."""
    named = InputError(f"{operation}: {argument}: {error.message}", operation=str(operation))
    named.faults = error.faults
    return named
