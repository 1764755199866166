"""Asking an emulator that runs: its controls over HTTP, and what is said when it does not answer or refuses."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.emulator import DEFAULT_PORT
from ttd_workflows.cli.failures import Trouble
from ttd_workflows.core.port import LOOPBACK_HOSTS

_PATIENCE = 30.0
_URL = f"{__name__}.url"
_USUAL = f"http://127.0.0.1:{DEFAULT_PORT}"
_HTTP_ERRORS = 400

F = TypeVar("F", bound=Callable[..., Any])


def _keep(context: click.Context, _option: click.Parameter, value: str) -> None:
    context.meta[_URL] = value


def url_option(function: F) -> F:
    """``--url``: which emulator is meant."""
    return click.option(
        "--url",
        metavar="URL",
        default=usual_url,
        expose_value=False,
        callback=_keep,
        help=f"Where the emulator is. Left out, WORKFLOWS_SERVER_URL where that is on this machine, else {_USUAL}.",
    )(function)


def usual_url() -> str:
    """The emulator that clients are led to from here, else the one at the usual port."""
    address = os.environ.get("WORKFLOWS_SERVER_URL", "")
    try:
        parts = urlsplit(address)
    except ValueError:
        return _USUAL
    is_here = parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS
    return f"http://{parts.netloc}" if is_here else _USUAL


def ask(method: str, path: str, body: Any = None, /, **query: Any) -> Any:
    """What the emulator's controls answer: JSON, or ``None`` where there is nothing to say.

    Args:
        method: The HTTP method.
        path: The control, such as ``clock``.
        body: JSON, or bytes that are sent as they are.
        query: Parameters; those that are ``None`` are left out.
    """
    from http.client import HTTPConnection, HTTPException  # noqa: PLC0415 - --help asks nobody

    url: str = click.get_current_context().meta[_URL]
    host, port = _address(url)
    given = urlencode({name: value for name, value in query.items() if value is not None})
    target = f"/_emulator/{path}" + (f"?{given}" if given else "")
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    connection = HTTPConnection(host, port, timeout=_PATIENCE)
    try:
        connection.request(method, target, content, {"Content-Type": "application/json"} if content else {})
        answer = connection.getresponse()
        status, text = answer.status, answer.read()
    except (OSError, HTTPException) as error:
        raise Trouble(
            f"No emulator answers at {url}.",
            str(error) or type(error).__name__,
            "Start one with ttdw emulator, or say where it is with --url.",
        ) from None
    finally:
        connection.close()
    if status >= _HTTP_ERRORS:
        raise _refused(url, status, text)
    return _json(url, text) if text else None


def words(pairs: tuple[str, ...]) -> dict[str, Any]:
    """``status=503 times=2 reset`` as names and values, these read as YAML; a name alone is true."""
    from ttd_workflows.emulator.yaml_documents import NotYaml, load  # noqa: PLC0415 - --help reads none

    found: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not name or name in found:
            raise click.UsageError(f"{pair!r} is no NAME=VALUE" if not name else f"{name} is there twice.")
        try:
            found[name] = load(value) if sign else True
        except NotYaml:
            found[name] = value
    return found


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url if "//" in url else f"//{url}")
    try:
        port = parts.port or 80
    except ValueError:
        port = 0
    if not parts.hostname or not port or parts.scheme not in {"", "http"}:
        raise click.UsageError(f"--url: {url!r} is no address of an emulator; it is like http://127.0.0.1:8917")
    return parts.hostname, port


def _json(url: str, text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise _stranger(url) from None


def _refused(url: str, status: int, text: bytes) -> Trouble:
    try:
        problem = json.loads(text)
    except ValueError:
        return _stranger(url)
    if not isinstance(problem, Mapping):
        return _stranger(url)
    errors = problem.get("errors") or {}
    reasons = [one if path.startswith("$") else f"{path}: {one}" for path, told in errors.items() for one in told]
    why = "; ".join(reasons) or problem.get("detail") or f"It answered with status {status}."
    return Trouble("The emulator refuses.", why, "Correct what is named; nothing was changed.", exits.ERROR)


def _stranger(url: str) -> Trouble:
    return Trouble(
        f"What answers at {url} is no emulator.",
        "Its answer is not one that an emulator gives.",
        "Say where the emulator is with --url.",
    )
