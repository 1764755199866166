"""Wrong settings are told where they are given, and not by an ``AttributeError`` at the first call. Light to import."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ttd_workflows.core.retry import BackoffStrategy, RetryConfig
from ttd_workflows.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ttd_workflows.core.exchange import Settings
    from ttd_workflows.errors import WorkflowsError

_LEFT_NAME = re.compile(r"\{[^{}/]*\}")


def settings(given: Settings, client: Any, async_client: Any) -> None:
    """Refuse what a client cannot work with. Raises :class:`ConfigurationError`."""
    values: Any = given  # the annotations say what it should be; this looks what it is
    if not isinstance(values.user_agent, str):
        raise ConfigurationError(f"user_agent is a text, not {_kind(values.user_agent)}")
    if values.timeout_ms is not None and not is_positive(values.timeout_ms):
        raise ConfigurationError(f"timeout_ms={values.timeout_ms!r}: a positive number of milliseconds is expected")
    if not is_positive(values.body_limit):
        raise ConfigurationError(f"body_limit={values.body_limit!r}: a positive number of bytes is expected")
    if values.debug_logger is not None and not callable(getattr(values.debug_logger, "debug", None)):
        raise ConfigurationError(f"debug_logger has a method debug, as a logging.Logger; {_told(values.debug_logger)}")
    retries("retry_config", values.retries, ConfigurationError)
    _callers_client("client", client, is_async=False)
    _callers_client("async_client", async_client, is_async=True)


def token_fault(given: Any) -> str | None:
    """What is wrong with ``ttd_auth``; never with its value, which may be a token all the same."""
    if given is None or isinstance(given, str):
        return None
    if not callable(given) or isinstance(given, type):
        return f"ttd_auth is a text, or a function that returns one; {_told(given)}"
    if _is_async(given) or _is_async(type(given).__call__):
        return "ttd_auth is asked by blocking calls too, so its function cannot be async; give one that blocks"
    return None


def address(given: Any, params: Any = None) -> str:
    """A server's address with its ``{names}`` filled in. Raises :class:`ConfigurationError`."""
    if not isinstance(given, str):
        raise ConfigurationError(f"server_url is a text, not {_kind(given)}")
    if params is not None and not isinstance(params, Mapping):
        raise ConfigurationError(f"url_params is a mapping, not {_kind(params)}")
    url = given
    for name, value in (params or {}).items():
        if not isinstance(value, str):
            raise ConfigurationError(f"url_params: the value of {name!r} is a text, not {_kind(value)}")
        url = url.replace(f"{{{name}}}", value)
    if left := _LEFT_NAME.search(url):
        raise ConfigurationError(f"server_url has {left[0]}, and url_params has no value for it")
    return url


def retries(name: str, given: Any, error: Callable[[str], WorkflowsError]) -> None:
    """Refuse what is no policy of repeating."""
    if given is None:
        return
    if not isinstance(given, RetryConfig):
        raise error(f"{name} is a RetryConfig, or None to never repeat; {_told(given)}")
    if not isinstance(given.backoff, BackoffStrategy):
        raise error(f"{name}: its backoff is a BackoffStrategy; {_told(given.backoff)}")
    for member, value in given.backoff._asdict().items():
        if not _is_number(value):
            raise error(f"{name}: {member}={value!r}: a number is expected")


def is_positive(value: Any) -> bool:
    """Whether it is a number to bound something with."""
    return _is_number(value) and 0 < value < math.inf


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and not math.isnan(value)


def _callers_client(name: str, given: Any, *, is_async: bool) -> None:
    if given is None:
        return
    send = getattr(given, "send", None)
    if isinstance(given, type) or not callable(send) or not callable(getattr(given, "build_request", None)):
        raise ConfigurationError(f"{name} is a client of httpx or httpx2; {_told(given)}")
    if _is_async(send) != is_async:
        other, kind = ("async_client", "an async") if not is_async else ("client", "a blocking")
        raise ConfigurationError(f"{name}: {_kind(given)} is {kind} client; give it as {other}=")


def _is_async(function: Any) -> bool:
    from inspect import iscoroutinefunction  # noqa: PLC0415 - only where a function was given

    return iscoroutinefunction(function)


def _kind(value: Any) -> str:
    return value.__name__ if isinstance(value, type) else type(value).__name__


def _told(value: Any) -> str:
    return f"the class {value.__name__} was given" if isinstance(value, type) else f"{_kind(value)} was given"
