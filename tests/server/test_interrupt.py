"""Ctrl-C in a program of its own: the call ends within a second, as KeyboardInterrupt, and so does the program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from support.calls import TOKEN
from support.plays import silent

if TYPE_CHECKING:
    from support.server import Server

PROGRAM = """
import asyncio, sys
from ttd_workflows import Workflows
client = Workflows("{token}", server_url="{url}")
if "{form}" == "blocking":
    client.{call}
else:
    asyncio.run(client.{call_async})
"""
CALLS = {"status": "job_status.get_job_status{}(id=1)", "submit": "dmp.get_third_party_data_job{}(request=None)"}


@pytest.mark.parametrize("form", ["blocking", "async"])
@pytest.mark.parametrize("kind", CALLS)
def test_ends_the_call_and_the_program(server: Server, form: str, kind: str):
    server.script(silent)
    call, call_async = CALLS[kind].format(""), CALLS[kind].format("_async")
    program = PROGRAM.format(token=TOKEN, url=server.url, form=form, call=call, call_async=call_async)
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-X", "dev", "-c", program],
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        text=True,
    ) as process:
        end = time.monotonic() + 20
        while not server.requests and time.monotonic() < end:
            time.sleep(0.02)
        assert server.requests
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
        assert time.monotonic() - started < 1
    assert process.returncode in {-signal.SIGINT, 130}
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert TOKEN not in said
    assert "Warning" not in said
    assert len(server.requests) == 1
