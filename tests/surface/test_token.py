"""The token goes to the service alone: no log, repr, error, traceback, pickle, redirect or download has it."""

from __future__ import annotations

import asyncio
import copy
import pickle
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from support.calls import EXAMPLES, ONCE, STATUS, SUBMIT, TOKEN
from support.plays import answer, deaf, drop, reset, reset_before_body, silent
from support.scan import chain, everything_logged, holds, places, places_of_error
from support.server import Play, Server, refusing_address
from support.ways import BLOCKING, WAYS, Sender, Way
from ttd_workflows import Workflows
from ttd_workflows.errors import InputError, WorkflowsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

by_way = pytest.mark.parametrize("way", WAYS, ids=str)
LARGE = {"partner_id": "p", "query_shape": "x" * 8_000_000}
ECHO = {"message": f"unknown token {TOKEN}", "errors": {"TTD-Auth": [TOKEN]}}


class DebugLogger:
    """What official code passes as ``debug_logger``."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def debug(self, msg: str, *args: Any, **_: Any) -> None:
        self.lines.append(msg % args)


def _caught(call: Callable[[], Any]) -> BaseException:
    try:
        call()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


FAILURES: dict[str, tuple[Play, str, dict[str, Any]]] = {
    "reset": (reset, SUBMIT, {}),
    "reset-while-sending-a-large-body": (reset_before_body, SUBMIT, {"request": LARGE}),
    "dropped": (drop, SUBMIT, {}),
    "silent": (silent, SUBMIT, {"timeout_ms": 150}),
    "silent-status": (silent, STATUS, {"timeout_ms": 150}),
    "500": (answer(500, {"title": "oh"}), SUBMIT, {}),
    "500-echoing-it": (answer(500, ECHO, X_Echo=TOKEN), STATUS, {}),
    "401-echoing-it": (answer(401, ECHO, WWW_Authenticate=f'TTD token="{TOKEN}"'), SUBMIT, {}),
    "401-echoing-it-in-text": (answer(401, f"no {TOKEN}".encode()), STATUS, {}),
    "200-echoing-it": (answer(200, f"<html>{TOKEN}".encode(), X_Echo=TOKEN), SUBMIT, {}),
    "200-echoing-it-where-it-cannot-be": (answer(200, {"id": TOKEN}), STATUS, {}),
    "200-too-large-echoing-it": (answer(200, b" " * 9_000 + TOKEN.encode() + b" " * 9_000), STATUS, {}),
    "input": (drop, "campaign.create", {"request": {"primary_imput": 1}}),
    "input-id": (drop, STATUS, {"id": 0}),
    "no-http": (answer(200), SUBMIT, {"http_headers": {"X": "a\nb"}}),
    "edition": (drop, SUBMIT, {"repeat": "always"}),
}


@by_way
@pytest.mark.parametrize("failure", FAILURES)
def test_no_error_has_it(server: Server, way: Way, failure: str):
    play, name, options = FAILURES[failure]
    server.script(play)
    with way.open(server.url, retry_config=None, body_limit=15_000) as call:
        error = _caught(lambda: call(name, **options))
        assert isinstance(error, WorkflowsError)
        assert places_of_error(error) == []
        if not isinstance(error, InputError):  # which is said again by the argument's name
            assert list(chain(error)) == [error]  # no frame below ours hangs on it


@by_way
def test_no_error_of_a_refused_connection_has_it(way: Way):
    with refusing_address() as url, way.open(url, retry_config=None) as call:
        assert places_of_error(_caught(lambda: call(SUBMIT))) == []


@pytest.mark.parametrize("way", BLOCKING, ids=str)
@pytest.mark.parametrize(
    ("play", "options"),
    [(silent, {}), (deaf, {"request": LARGE}), (deaf, {"http_headers": {"X-Large": "x" * 8_000_000}})],
    ids=["reading", "writing-the-body", "writing-the-head"],
)
def test_no_interrupted_call_has_it(server: Server, way: Way, play: Play, options: dict[str, Any]):
    server.script(play)
    with way.open(server.url, timeout_ms=5_000) as call, _alarm(0.15 if play is silent else 0.6):
        error = _caught(lambda: call(SUBMIT, **options))
    if isinstance(error, KeyboardInterrupt):
        assert places_of_error(error) == []
    else:
        pytest.fail(f"not interrupted: {error!r}")


@pytest.mark.parametrize("way", [way for way in WAYS if way.is_async], ids=str)
def test_no_cancelled_call_has_it(server: Server, way: Way):
    server.script(silent)

    async def cancel(call: Sender) -> BaseException:
        task = asyncio.ensure_future(call.client.dmp.get_third_party_data_job_async(request={"partner_id": "p"}))
        await asyncio.sleep(0.15)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            return error
        raise AssertionError

    with way.open(server.url) as call:
        assert call._runner is not None
        assert places_of_error(call._runner.run(cancel(call))) == []


@pytest.mark.parametrize("token", [f"{TOKEN}\nmore", f"{TOKEN}\u00e9"], ids=["newline", "accent"])
@pytest.mark.parametrize("called", [False, True], ids=["text", "function"])
def test_no_error_about_the_token_itself_has_it(server: Server, token: str, *, called: bool):
    with WAYS[0].open(server.url, ttd_auth=(lambda: token) if called else token) as call:
        error = _caught(lambda: call(STATUS))
    assert isinstance(error, WorkflowsError)
    lines = [place for place in places_of_error(error) if "token = " not in place]  # this test's own local
    assert lines == []


def _build(**settings: Any) -> BaseException:
    try:
        Workflows(TOKEN, **settings)
    except WorkflowsError as error:
        error.__traceback__ = error.__traceback__.tb_next  # type: ignore[union-attr] # this frame has the settings
        return error
    raise AssertionError


@pytest.mark.parametrize("settings", [{"server": "x"}, {"edition": "x"}], ids=lambda s: next(iter(s)))
def test_no_error_of_setting_up_has_it(settings: dict[str, Any]):
    assert places_of_error(_build(**settings)) == []


@by_way
@pytest.mark.parametrize("name", [STATUS, SUBMIT, "campaigns.archive", "rest_request.submit_rest_request"])
def test_no_log_has_it(server: Server, way: Way, name: str):
    example, ours = EXAMPLES[name], DebugLogger()
    ok = answer(example.status, example.answer)
    server.script(answer(429, {"title": "slow", "echo": TOKEN}, Retry_After="0"), ok, answer(401, ECHO), drop)
    with everything_logged() as lines, way.open(server.url, debug_logger=ours) as call:
        call(name)
        for _ in range(2):
            _caught(lambda: call(name, retries=None))
    assert any(line.startswith("ttd_workflows DEBUG: >") for line in lines)
    assert any("TTD-Auth" in line or "ttd-auth" in line for line in ours.lines)
    assert [line for line in [*lines, *ours.lines] if holds(line)] == []


@by_way
def test_nothing_that_hangs_on_the_client_shows_it(server: Server, way: Way):
    server.script(answer(200, EXAMPLES[STATUS].answer))
    with way.open(server.url) as call:
        call(STATUS)
        client = call.client
        for thing in (client, client._exchange, client._exchange.settings, client.job_status):
            assert not holds(repr(thing) + str(thing) + repr(vars(thing) if hasattr(thing, "__dict__") else ""))
        own = {k: v for k, v in vars(client._exchange).items() if k not in {"blocking", "awaiting"}}
        assert places(own) == []
        assert places([client.job_status, client.dmp]) == []


@pytest.mark.parametrize("what", [pickle.dumps, copy.deepcopy])
def test_a_client_gives_no_copy_of_it_away(what: Callable[[Any], Any]):
    try:
        made = what(Workflows(TOKEN))
    except TypeError:
        return
    assert not holds(made)
    assert places(made) == []


@by_way
@pytest.mark.parametrize("name", [STATUS, *ONCE[:3], "campaigns.archive", "graph_ql_request.submit_graph_ql_request"])
def test_no_answer_has_it(server: Server, way: Way, name: str):
    example = EXAMPLES[name]
    server.script(answer(example.status, example.answer, X_Echo=TOKEN))
    with way.open(server.url) as call:
        answered = call(name)
    meta = answered.http_meta
    assert meta.response.status_code == example.status
    assert meta.request.headers["ttd-auth"] == "***"
    assert meta.response.headers["x-echo"] == "***"
    for thing in (answered, meta, meta.request, meta.response):
        assert places(thing) == []
        assert not holds(pickle.dumps(thing))
    assert not meta.request.content
    assert not meta.response.content


@by_way
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["same", "other"])
def test_no_redirect_is_followed(server: Server, way: Way, status: int, where: str):
    loud = {
        "follow_redirects": True,
        "auth": ("user", "secret"),
        "headers": {"Authorization": "Bearer x", "X-Mine": "1", "Cookie": "a=b"},
        "cookies": {"session": "s"},
    }
    with Server(answer(200, EXAMPLES[STATUS].answer)) as other:
        target = server.url if where == "same" else other.url
        server.script(answer(status, b"", Location=f"{target}/elsewhere", Set_Cookie="c=d"))
        with way.open(server.url, own=loud, retry_config=None) as call:
            for name in (STATUS, SUBMIT):
                error = _caught(lambda name=name: call(name))
                assert f"answered {status}, a redirect" in str(error)
                assert places_of_error(error) == []
        assert other.requests == []
    assert len(server.requests) == 2
    for request in server.requests:
        assert not request.headers.keys() & {"authorization", "cookie", "x-mine"}


def test_an_input_errors_values_are_not_repeated():
    with pytest.raises(InputError) as caught:
        Workflows(TOKEN).dmp.get_third_party_data_job(request={"partner_id": "p", "callback_input": {"headers": TOKEN}})
    assert not holds(str(caught.value))
