"""The emulators that ours is held against, each in an environment of its own, made once below ``.witness/rivals``.

moto's server comes from the package index; Prism from npm, where node is there. What cannot be had is left out by name.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
KEPT = HERE.parent / ".witness" / "rivals"
MOTO = "moto[server]==5.1.16"
PRISM = "@stoplight/prism-cli@5.16.0"
JOB_PATH = "/workflows/standardjob/412651/status"


@dataclass(frozen=True)
class Emulator:
    """One emulator: how a process of it is started on a port, and the request that asks it how something stands."""

    name: str
    command: Callable[[int], list[str]]
    request: bytes


def ours() -> Emulator:
    """This tree's emulator, asked for the status of a job."""
    code = "import sys; from ttd_workflows.emulator import serve; serve(int(sys.argv[1]))"
    return Emulator("ours", lambda port: [sys.executable, "-c", code, str(port)], _get(JOB_PATH, "TTD-Auth: emulator"))


def moto() -> Emulator:
    """The server of moto, asked for the state of a batch job; it knows none, which makes its answer a short one."""
    place = KEPT / "moto"
    server = place / ("Scripts" if sys.platform == "win32" else "bin") / "moto_server"
    if not server.exists():
        shutil.rmtree(place, ignore_errors=True)
        _run(sys.executable, "-m", "venv", str(place))
        _run(str(server.with_name("python")), "-m", "pip", "install", "--quiet", MOTO)
    credential = "k/20260101/us-east-1/batch/aws4_request"  # by which it knows which of its services is meant
    fields = (
        "Content-Type: application/json",
        f"Authorization: AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=s",
    )
    body = b'{"jobs":["412651"]}'
    return Emulator(
        "moto", lambda port: [str(server), "-H", "127.0.0.1", "-p", str(port)], _post("/v1/describejobs", body, *fields)
    )


def prism() -> Emulator | None:
    """Prism on a small OpenAPI document with the same status call; ``None`` where there is no npm."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        return None
    place = KEPT / "prism"
    script = place / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    if not script.exists():
        place.mkdir(parents=True, exist_ok=True)
        _run(npm, "install", "--prefix", str(place), "--silent", "--no-audit", "--no-fund", PRISM)
    document = place / "status.json"
    document.write_text(json.dumps(_openapi()), "utf-8")
    command = [node, str(script), "mock", "--host", "127.0.0.1", "--verboseLevel", "silent"]
    return Emulator("Prism", lambda port: [*command, "--port", str(port), str(document)], _get(JOB_PATH))


def _openapi() -> dict[str, object]:
    example = {
        "id": 412651,
        "createdAtUtc": "2026-01-01T00:00:00Z",
        "completedAtUtc": None,
        "completionPercentage": 42.5,
        "status": "InProgress",
    }
    answer = {"description": "", "content": {"application/json": {"example": example, "schema": {"type": "object"}}}}
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    path = JOB_PATH.replace("412651", "{id}")
    return {
        "openapi": "3.0.3",
        "info": {"title": "Status", "version": "1"},
        "paths": {path: {"get": {"parameters": [parameter], "responses": {"200": answer}}}},
    }


def _get(path: str, *fields: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *fields, "", ""]).encode()


def _post(path: str, body: bytes, *fields: str) -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", *fields, "", ""]
    return "\r\n".join(head).encode() + body


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
