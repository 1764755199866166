"""The page: a frame, its assets, and the graph for its explorer."""

import asyncio
from functools import cache
from hashlib import blake2b
from typing import Any

from ttd_workflows.emulator.callers import OWNER
from ttd_workflows.emulator.control.request import Answered, Controlling, controls
from ttd_workflows.emulator.graph import answering
from ttd_workflows.emulator.problems import Refusal, invalid
from ttd_workflows.emulator.service import Call
from ttd_workflows.emulator.web.exchange import respond

_TYPES = {
    "html": b"text/html; charset=utf-8",
    "css": b"text/css; charset=utf-8",
    "js": b"text/javascript; charset=utf-8",
    "svg": b"image/svg+xml",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@controls("GET", "")
async def frame(asked: Controlling) -> Answered:
    """The page itself."""
    return await _send_asset(asked, "index.html")


@controls("GET", "page/{name}")
async def asset(asked: Controlling) -> Answered:
    """One of its files."""
    return await _send_asset(asked, asked.path["name"])


@controls("POST", "graphql")
async def graphql(asked: Controlling) -> Any:
    """What the graph answers, without a token."""
    body = await asked.body()
    query, variables = body.get("query"), body.get("variables")
    if not isinstance(query, str):
        raise invalid("$.query", "The query is required.")
    if variables is not None and not isinstance(variables, dict):
        raise invalid("$.variables", "The variables must be a JSON object.")
    service = asked.service
    now = service.settle()
    call = Call(service, asked.incoming.origin, now, service.callers.named(OWNER))
    answer = await answering.answer(call, query, variables)
    service.commit()
    return answer


@controls("GET", "graphql/schema")
async def schema(asked: Controlling) -> Any:
    """The schema, as introspection gives it."""
    return await asyncio.to_thread(_introspected)


def _introspected() -> Any:
    from graphql import introspection_from_schema

    from ttd_workflows.emulator.graph.schema import graph_schema

    return introspection_from_schema(graph_schema(), descriptions=False)


async def _send_asset(asked: Controlling, name: str) -> Answered:
    found = _asset(name)
    if found is None:
        raise Refusal(404, f"The page has no file {name}.")
    body, etag = found
    fields: dict[str, Any] = {
        "etag": etag,
        "cache_control": "no-cache",
        "content_security_policy": _POLICY,
        "x_content_type_options": "nosniff",
        "referrer_policy": "no-referrer",
    }
    if asked.incoming.header(b"if-none-match") == etag:
        await respond(asked.send, asked.incoming, 304, b"", **fields)
    else:
        await respond(asked.send, asked.incoming, 200, body, _TYPES[name.rpartition(".")[2]], **fields)
    return Answered()


@cache
def _asset(name: str) -> tuple[bytes, str] | None:
    """A file of the page and its tag; nothing else that lies in its folder is one."""
    from importlib.resources import files

    folder = files("ttd_workflows.emulator.page")
    if name not in {file.name for file in folder.iterdir()} or name.rpartition(".")[2] not in _TYPES:
        return None
    body = folder.joinpath(name).read_bytes()
    return body, f'"{blake2b(body, digest_size=8).hexdigest()}"'
