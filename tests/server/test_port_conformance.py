"""What every engine behind the port does the same, on real sockets, in both forms.

One exemption: a caller's blocking client bounds each read alone, so header fields that drip for ever hold it as long as
they come; its body is bounded between reads.
"""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from support.calls import EXAMPLES, STATUS, SUBMIT, TOKEN
from support.plays import (
    answer,
    drip_body,
    drip_head,
    drop,
    keep_then_close,
    reset,
    say,
    silent,
    soon_closed,
    truncate,
    whole,
)
from support.proxy import Proxy
from support.server import Play, Server, deaf_address, refusing_address
from support.trust import another_authority, authority
from support.ways import ASYNC, BLOCKING, BUILT_IN, WAYS, Way
from ttd_workflows import Workflows
from ttd_workflows.errors import ConfigurationError, NoResponseError, NotSent
from ttd_workflows.utils import BackoffStrategy, RetryConfig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

by_way = pytest.mark.parametrize("way", WAYS, ids=str)
by_own = pytest.mark.parametrize("way", BUILT_IN, ids=str)
both_kinds = pytest.mark.parametrize("name", [STATUS, SUBMIT])
OK = answer(200, EXAMPLES[STATUS].answer)
JOB = answer(202, {"id": 412651})
BRIEF = RetryConfig("backoff", BackoffStrategy(10, 10, 1, 50), retry_connection_errors=True)
ALONE: dict[str, Any] = {"retry_config": None}


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


# Timeouts: one attempt, whole


@by_way
@pytest.mark.parametrize(("name", "certain"), [(SUBMIT, NotSent), (STATUS, NoResponseError)])
def test_connecting_is_bounded_and_a_creating_call_knows_that_nothing_was_sent(
    way: Way, name: str, certain: type[Exception]
):
    with deaf_address() as url, way.open(url, timeout_ms=200, **ALONE) as call, _within(1.5), pytest.raises(certain):
        call(name)


@by_way
@pytest.mark.parametrize("play", [silent, drip_body, drip_head], ids=lambda play: play.__name__)
def test_an_attempt_is_bounded_as_a_whole(server: Server, way: Way, play: Play):
    if play is drip_head and way.library is not None and not way.is_async:
        pytest.skip("a caller's blocking client bounds each read alone")
    server.script(play)
    with (
        way.open(server.url, timeout_ms=250, **ALONE) as call,
        _within(1.5),
        pytest.raises(NoResponseError, match=r"0\.25 s"),
    ):
        call(STATUS)


@by_way
def test_a_calls_own_bound_counts(server: Server, way: Way):
    server.script(silent)
    with way.open(server.url, timeout_ms=60_000, **ALONE) as call, _within(1.5), pytest.raises(NoResponseError):
        call(STATUS, timeout_ms=150)


# Breaking off


@by_way
@pytest.mark.parametrize("play", [drop, reset, truncate(200, b'{"id": 4')], ids=["drop", "reset", "truncate"])
def test_a_reading_call_gets_over_what_breaks_off(server: Server, way: Way, play: Play):
    server.script(play, OK)
    with way.open(server.url) as call:
        assert call(STATUS).id == 412651
    assert len(server.requests) == 2


@by_way
@pytest.mark.parametrize("name", [STATUS, SUBMIT])
def test_refusal_says_that_nothing_was_sent(way: Way, name: str):
    with refusing_address() as url, way.open(url, **ALONE) as call, pytest.raises(NotSent):
        call(name)


@by_way
@both_kinds
def test_a_host_that_nobody_knows_is_said_soon(way: Way, name: str):
    with way.open("https://api.thetradedesk.example/workflows") as call, _within(6), pytest.raises(NotSent):
        call(name, retries=BRIEF)


# Connections


@by_way
def test_a_connection_is_used_again(server: Server, way: Way):
    server.script(OK)
    with way.open(server.url) as call:
        for _ in range(5):
            call(STATUS)
    assert {request.connection for request in server.requests} == {1}


@by_way
def test_a_connection_that_the_server_closed_hurts_no_creating_call(server: Server, way: Way):
    server.script(keep_then_close(202, {"id": 412651}))
    with way.open(server.url, **ALONE) as call:
        for _ in range(20):
            assert call(SUBMIT).id == 412651
            time.sleep(0.005)
    assert len(server.requests) == 20


@by_own
def test_a_connection_that_closes_while_idle_hurts_no_creating_call(server: Server, way: Way):
    server.script(soon_closed(0.02, 202, {"id": 412651}))
    with way.open(server.url, **ALONE) as call:
        for _ in range(10):
            assert call(SUBMIT).id == 412651
            time.sleep(0.04)
    assert len(server.requests) == 10


@pytest.mark.parametrize("way", [way for way in WAYS if way.library is None], ids=str)
def test_an_answer_longer_than_it_says_is_not_the_next_calls_answer(server: Server, way: Way):
    """What lies beyond Content-Length belongs to no answer. A caller's own client is left to its own reading of it."""
    server.script(say(whole(200, EXAMPLES[STATUS].answer) + whole(202, {"id": 666})), JOB)
    with way.open(server.url, **ALONE) as call:
        call(STATUS)
        assert call(SUBMIT).id == 412651


# Threads, loops, processes


@pytest.mark.parametrize("way", BLOCKING, ids=str)
def test_32_threads_share_one_client(server: Server, way: Way):
    server.script(OK)
    with way.open(server.url, timeout_ms=10_000) as call, ThreadPoolExecutor(32) as pool:
        assert [r.id for r in pool.map(lambda _: call(STATUS), range(160))] == [412651] * 160
    assert len(server.requests) == 160


def test_32_threads_share_one_new_client_at_once(server: Server):
    server.script(OK)
    barrier = threading.Barrier(32)
    with Workflows(TOKEN, server_url=server.url) as client, ThreadPoolExecutor(32) as pool:

        def call(_: int) -> int:
            barrier.wait()
            return client.job_status.get_job_status(id=1).id

        assert list(pool.map(call, range(32))) == [412651] * 32


@pytest.mark.parametrize("way", ASYNC, ids=str)
def test_100_calls_at_once_on_one_loop(server: Server, way: Way):
    server.script(OK)

    async def many(client: Workflows) -> list[Any]:
        return await asyncio.gather(*(client.job_status.get_job_status_async(id=1) for _ in range(100)))

    with way.open(server.url, timeout_ms=20_000) as call:
        assert call._runner is not None
        assert len(call._runner.run(many(call.client))) == 100
    assert len(server.requests) == 100


def test_one_client_serves_one_loop_after_another(server: Server):
    server.script(OK)
    client = Workflows(TOKEN, server_url=server.url)
    for _ in range(4):
        assert asyncio.run(client.job_status.get_job_status_async(id=1)).id == 412651
        assert client.job_status.get_job_status(id=1).id == 412651
    client.close()
    gc.collect()
    assert len(server.requests) == 8


def test_one_client_serves_many_loops_side_by_side(server: Server):
    server.script(OK)
    client = Workflows(TOKEN, server_url=server.url)

    def run(_: int) -> int:
        return asyncio.run(client.job_status.get_job_status_async(id=1)).id

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(run, range(96))) == [412651] * 96
    client.close()
    gc.collect()


@pytest.mark.parametrize("is_async", [False, True], ids=["blocking", "async"])
def test_a_forked_child_and_its_parent_both_go_on(server: Server, *, is_async: bool):
    server.script(OK)
    client = Workflows(TOKEN, server_url=server.url)

    def call() -> int:
        if is_async:
            return asyncio.run(client.job_status.get_job_status_async(id=1)).id
        return client.job_status.get_job_status(id=1).id

    assert call() == 412651
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if call() == call() == 412651 else 1)
        except BaseException:
            os._exit(2)
    assert call() == 412651
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert call() == 412651
    client.close()
    gc.collect()
    if not is_async:
        assert len({r.connection for r in server.requests}) == 2  # the child made its own, the parent kept its own


# Ends


def test_a_cancelled_call_ends_at_once_and_the_client_goes_on(server: Server):
    server.script(silent, OK)

    async def main() -> None:
        async with Workflows(TOKEN, server_url=server.url) as client:
            task = asyncio.ensure_future(client.dmp.get_third_party_data_job_async(request=None))
            assert await asyncio.to_thread(_soon, lambda: server.requests)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await client.job_status.get_job_status_async(id=1)).id == 412651

    with _within(1.5):
        asyncio.run(main())


@pytest.mark.parametrize("way", ASYNC, ids=str)
def test_an_outer_timeout_is_the_callers_own(server: Server, way: Way):
    server.script(silent)

    async def impatient(client: Workflows) -> None:
        async with asyncio.timeout(0.1):
            await client.job_status.get_job_status_async(id=1)

    with way.open(server.url) as call:
        assert call._runner is not None
        with pytest.raises(TimeoutError):
            call._runner.run(impatient(call.client))


def test_a_blocking_with_closes_the_async_side_too(server: Server):
    server.script(OK)
    with asyncio.Runner() as runner:
        with Workflows(TOKEN, server_url=server.url) as client:
            runner.run(client.job_status.get_job_status_async(id=1))
            client.job_status.get_job_status(id=1)
        gc.collect()
        assert _soon(lambda: not _alive(server))


def test_aclose_closes_both_sides(server: Server):
    server.script(OK)

    async def main() -> None:
        async with Workflows(TOKEN, server_url=server.url) as client:
            await client.job_status.get_job_status_async(id=1)
            client.job_status.get_job_status(id=1)
        assert _soon(lambda: not _alive(server))

    asyncio.run(main())


def test_close_within_a_running_loop_closes_its_connections(server: Server):
    server.script(OK)

    async def main() -> None:
        with Workflows(TOKEN, server_url=server.url) as client:
            await client.job_status.get_job_status_async(id=1)

    asyncio.run(main())
    gc.collect()
    assert _soon(lambda: not _alive(server))


def test_a_forgotten_client_lets_go_of_its_connections(server: Server):
    server.script(OK)
    client = Workflows(TOKEN, server_url=server.url)
    client.job_status.get_job_status(id=1)
    asyncio.run(client.job_status.get_job_status_async(id=1))
    del client
    gc.collect()
    assert _soon(lambda: not _alive(server))


def test_a_client_forgotten_within_a_loop_lets_go_too(server: Server):
    server.script(OK)

    async def main() -> None:
        client = Workflows(TOKEN, server_url=server.url)
        await client.job_status.get_job_status_async(id=1)
        del client
        gc.collect()
        await asyncio.sleep(0.05)

    asyncio.run(main())
    gc.collect()
    assert _soon(lambda: not _alive(server))


def _alive(server: Server) -> list[Any]:
    """Connections that the client has not closed."""
    return [connection for connection in server._open if connection.open]


def _soon(holds: Any, seconds: float = 1.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("way", [w for w in WAYS if w.library], ids=str)
def test_a_callers_client_stays_the_callers(server: Server, way: Way):
    server.script(OK)
    with way.open(server.url) as call:
        call(STATUS)
        inner = call.client._exchange._async_client if way.is_async else call.client._exchange._client
        call.client.close()
        assert not inner.is_closed


@pytest.mark.parametrize("way", [w for w in WAYS if w.library], ids=str)
@both_kinds
def test_a_callers_closed_client_sends_nothing(server: Server, way: Way, name: str):
    with way.open(server.url, **ALONE) as call:
        if way.is_async:
            assert call._runner is not None
            call._runner.run(call.client._exchange._async_client.aclose())
        else:
            call.client._exchange._client.close()
        with pytest.raises(ConfigurationError, match="client= is closed; nothing was sent"):
            call(name)
    assert server.requests == []


# Trust and proxies


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority().write_to(tmp_path)))


@by_own
def test_a_private_authority_is_trusted_through_the_environment(trusted: None, way: Way):
    with Server(OK, tls=authority().server_context("127.0.0.1")) as server, way.open(server.url) as call:
        assert call(STATUS).id == 412651


@by_own
@both_kinds
@pytest.mark.parametrize(
    ("authority_", "host"), [(another_authority, "127.0.0.1"), (authority, "other.test")], ids=["unknown", "other-name"]
)
def test_a_server_that_cannot_prove_itself_gets_nothing(trusted: None, way: Way, name: str, authority_: Any, host: str):
    with Server(OK, tls=authority_().server_context(host)) as server:
        with way.open(server.url, **ALONE) as call, pytest.raises(NotSent, match=r"(?i)certificate"):
            call(name)
        assert server.requests == []


@by_own
@pytest.mark.parametrize("play", [drip_head, drip_body, silent], ids=lambda play: play.__name__)
def test_an_attempt_over_tls_is_bounded_as_a_whole(trusted: None, way: Way, play: Play):
    with (
        Server(play, tls=authority().server_context("127.0.0.1")) as server,
        way.open(server.url, timeout_ms=400, **ALONE) as call,
        _within(2),
        pytest.raises(NoResponseError),
    ):
        call(STATUS)


@by_own
def test_https_goes_through_a_tunnel_and_the_proxy_sees_no_token(
    trusted: None, monkeypatch: pytest.MonkeyPatch, way: Way
):
    with Server(OK, tls=authority().server_context("service.test")) as server, Proxy(server.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.address)
        with way.open("https://service.test/workflows") as call:
            assert call(STATUS).id == 412651
        assert [(r.method, r.target) for r in proxy.requests] == [("CONNECT", "service.test:443")]
        assert TOKEN not in str(proxy.requests)
        assert server.requests[0].headers["ttd-auth"] == TOKEN


@by_own
@pytest.mark.parametrize(
    "user", ["me:secret", "m%40e:s%2Fcret", "m%C3%A9:%E2%82%AC"], ids=["plain", "quoted", "Unicode"]
)
def test_a_proxy_is_told_who_asks(trusted: None, monkeypatch: pytest.MonkeyPatch, way: Way, user: str):
    from urllib.parse import unquote  # noqa: PLC0415

    with (
        Server(OK, tls=authority().server_context("service.test")) as server,
        Proxy(server.port, user=unquote(user)) as proxy,
    ):
        monkeypatch.setenv("https_proxy", proxy.address.replace("://", f"://{user}@"))
        with way.open("https://service.test/workflows") as call:
            assert call(STATUS).id == 412651
        assert "proxy-authorization" not in server.requests[0].headers


@by_own
@both_kinds
def test_a_proxy_that_refuses_has_sent_nothing(trusted: None, monkeypatch: pytest.MonkeyPatch, way: Way, name: str):
    with Server(OK) as server, Proxy(server.port, user="me:secret") as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.address)
        with way.open("https://service.test/workflows", **ALONE) as call, pytest.raises(NotSent, match="407"):
            call(name)
        assert server.requests == []


@by_own
@pytest.mark.parametrize(
    ("proxy", "told"),
    [
        ("socks5://me:secret@127.0.0.1:1", "'socks5'"),
        ("http://me:sec/ret@127.0.0.1:1", "cannot be read"),
        ("http://me:2024/secret@127.0.0.1:1", "goes on after its port"),
        ("http://me:2024#secret@127.0.0.1:1", "goes on after its port"),
        ("http://me:2024?secret@127.0.0.1:1", "goes on after its port"),
        ("http://me:secret@pröxy:3128", "no host that can be looked up"),
        ("http://me:secret@pro xy:3128", "no host that can be looked up"),
        ("http://me:secret@127.0.0.1:port", "cannot be read"),
        ("http://[me:secret@::1", "cannot be read"),
        ("http://me:secret@:3128", "no host"),
    ],
)
def test_a_proxy_that_is_none_is_refused_at_once(monkeypatch: pytest.MonkeyPatch, way: Way, proxy: str, told: str):
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with (
        _within(2),
        way.open("https://service.test/workflows", retry_config=BRIEF) as call,
        pytest.raises(ConfigurationError, match=told) as caught,
    ):
        call(STATUS)
    assert "Write it as http://host:port" in str(caught.value)
    assert "sec" not in "".join(traceback.format_exception(caught.value))


@by_own
def test_trust_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: Way):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))
    with way.open("https://service.test/workflows") as call, pytest.raises(ConfigurationError, match="SSL_CERT_FILE"):
        call(STATUS)


@by_own
@both_kinds
def test_a_proxy_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch, way: Way, name: str):
    with refusing_address() as url:
        proxy = url.removesuffix("/workflows")
        monkeypatch.setenv("HTTPS_PROXY", proxy.replace("//", "//me:secret@"))
        with way.open("https://service.test/workflows", **ALONE) as call, pytest.raises(NotSent) as caught:
            call(name)
    assert f"no connection through the proxy {proxy}: " in str(caught.value)
    assert "secret" not in str(caught.value)


@by_own
def test_plain_http_is_forwarded(monkeypatch: pytest.MonkeyPatch, server: Server, way: Way):
    server.script(OK)
    with Proxy(server.port) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.address)
        with way.open("http://service.test/workflows", allow_http=True) as call:
            assert call(STATUS).id == 412651
        assert len(proxy.requests) == 1


@by_own
@pytest.mark.parametrize("no_proxy", ["service.test", ".test", "*", "other,service.test"])
def test_no_proxy_is_heeded(monkeypatch: pytest.MonkeyPatch, server: Server, way: Way, no_proxy: str):
    with Proxy(server.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.address)
        monkeypatch.setenv("NO_PROXY", no_proxy)
        with way.open("https://service.test/workflows", **ALONE) as call, pytest.raises(NotSent):
            call(STATUS)  # nobody knows the name but the proxy
        assert proxy.requests == []


@by_own
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_never_proxied(monkeypatch: pytest.MonkeyPatch, server: Server, way: Way, host: str):
    server.script(OK)
    with Proxy(server.port) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        with way.open(f"http://{host}:{server.port}/workflows") as call:
            assert call(STATUS).id == 412651
        assert proxy.requests == []


def test_the_whole_helper_is_what_a_server_would_say():
    assert whole(200, {"a": 1}).endswith(b'Content-Length: 8\r\n\r\n{"a": 1}')
