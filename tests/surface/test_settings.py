"""How a client is set up: the token, the server, the header fields, and the end."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from support.calls import EXAMPLES, STATUS, SUBMIT, TOKEN
from support.plays import answer
from support.ways import BUILT_IN, WAYS, Way
from ttd_workflows import SERVER_PROD, SERVER_SANDBOX, SERVERS, Workflows
from ttd_workflows.errors import ConfigurationError, InputError
from ttd_workflows.utils import BackoffStrategy, RetryConfig

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.server import Server

by_way = pytest.mark.parametrize("way", WAYS, ids=str)
both_forms = pytest.mark.parametrize("way", BUILT_IN, ids=str)


@pytest.fixture
def willing(server: Server) -> Server:
    """A server that answers every status call."""
    server.script(answer(200, EXAMPLES[STATUS].answer))
    return server


# The token


@by_way
@pytest.mark.parametrize("token", [TOKEN, f"  {TOKEN}\n", f"\t{TOKEN}\r\n"], ids=["plain", "from-a-file", "tabs"])
@pytest.mark.parametrize("called", [False, True], ids=["text", "function"])
def test_the_token_is_sent_without_white_space_around_it(willing: Server, way: Way, token: str, *, called: bool):
    with way.open(willing.url, ttd_auth=(lambda: token) if called else token) as call:
        call(STATUS)
    assert willing.requests[0].headers["ttd-auth"] == TOKEN


def test_a_function_is_asked_at_each_call(willing: Server):
    tokens = iter(["first", "second"])
    with WAYS[0].open(willing.url, ttd_auth=lambda: next(tokens)) as call:
        call(STATUS)
        call(STATUS)
    assert [request.headers["ttd-auth"] for request in willing.requests] == ["first", "second"]


@both_forms
@pytest.mark.parametrize(
    "token",
    [
        "",
        " \n",
        "to\nken",
        "to\r\nX-Evil: 1",
        "tok\u00e9n",
        "to\0ken",
        "to\tken",
        lambda: None,
        lambda: "",
        lambda: "a\nb",
    ],
    ids=lambda value: repr(value) if isinstance(value, str) else "function",
)
def test_a_token_that_is_none_is_refused_before_any_request(willing: Server, way: Way, token: Any):
    with way.open(willing.url, ttd_auth=token) as call, pytest.raises(ConfigurationError, match="token"):
        call(STATUS)
    assert willing.requests == []


@both_forms
def test_left_out_it_comes_from_the_environment(willing: Server, way: Way, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKFLOWS_TTD_AUTH", "from-the-environment\n")
    with way.open(willing.url, ttd_auth=None) as call:
        call(STATUS)
    assert willing.requests[0].headers["ttd-auth"] == "from-the-environment"


def test_an_explicit_token_beats_the_environment(willing: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKFLOWS_TTD_AUTH", "other")
    with WAYS[0].open(willing.url) as call:
        call(STATUS)
    assert willing.requests[0].headers["ttd-auth"] == TOKEN


def test_no_token_anywhere_is_refused(willing: Server):
    with (
        WAYS[0].open(willing.url, ttd_auth=None) as call,
        pytest.raises(ConfigurationError, match="WORKFLOWS_TTD_AUTH"),
    ):
        call(STATUS)


def test_what_a_token_function_raises_goes_to_the_caller(willing: Server):
    with WAYS[0].open(willing.url, ttd_auth=lambda: {}["vault"]) as call, pytest.raises(KeyError):
        call(STATUS)


def test_the_environments_token_is_never_sent_to_the_emulator(monkeypatch: pytest.MonkeyPatch, willing: Server):
    monkeypatch.setenv("WORKFLOWS_TTD_AUTH", TOKEN)
    monkeypatch.setitem(SERVERS, "emulator", willing.url)
    with Workflows(server="emulator") as client:
        client.job_status.get_job_status(id=1)
    assert willing.requests[0].headers["ttd-auth"] == "emulator"


# The server


def test_the_addresses_of_the_named_servers():
    assert SERVERS[SERVER_PROD] == "https://api.thetradedesk.com/workflows"
    assert SERVERS[SERVER_SANDBOX] == "https://ext-api.sb.thetradedesk.com/workflows"
    assert SERVERS["emulator"] == "http://127.0.0.1:8917/workflows"


@pytest.mark.parametrize(
    ("settings", "environment", "shown"),
    [
        ({}, None, "https://api.thetradedesk.com/workflows"),
        ({}, "http://localhost:5/w", "http://localhost:5/w"),
        ({"server": "sandbox"}, "http://localhost:5/w", "https://ext-api.sb.thetradedesk.com/workflows"),
        ({"server_url": "https://me/w"}, "http://localhost:5/w", "https://me/w"),
        ({"server_url": "https://me/w", "server": "sandbox"}, None, "https://me/w"),
        ({"server_url": "https://{who}/{what}", "url_params": {"who": "me", "what": "w"}}, None, "https://me/w"),
    ],
)
def test_which_address_counts(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], environment: str | None, shown: str
):
    if environment:
        monkeypatch.setenv("WORKFLOWS_SERVER_URL", environment)
    assert shown in repr(Workflows("t", **settings))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"server": "sandbx"}, "did you mean 'sandbox'"),
        ({"server": "production"}, "prod"),
        ({"server": "zzz"}, "there are prod, sandbox, emulator"),
        ({"edition": "0.13"}, "there are 0.7.2, 0.13.2"),
    ],
)
def test_an_unknown_name_is_refused_with_the_known_ones(settings: dict[str, Any], told: str):
    with pytest.raises(ConfigurationError, match=told):
        Workflows("t", **settings)


@both_forms
@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://api.thetradedesk.com/workflows", "allow_http=True"),
        ("HTTP://API.thetradedesk.com/workflows", "allow_http=True"),
        ("http://127.0.0.1.example.com/", "allow_http=True"),
        ("http://localhost.example.com/", "allow_http=True"),
        ("http://0.0.0.0/", "allow_http=True"),
        ("http://[::2]/", "allow_http=True"),
        ("http://10.0.0.1/", "allow_http=True"),
        ("http://127.0.0.1@example.com/", "no user"),
        ("https://user:pw@example.com/", "no user"),
        ("https://:pw@example.com/", "no user"),
        ("https://example.com/?token=1", "no user, query"),
        ("https://example.com/#x", "fragment"),
        ("ftp://example.com/", "no server address"),
        ("file:///etc/passwd", "no server address"),
        ("example.com/workflows", "no server address"),
        ("https://", "no server address"),
        ("https://example.com:99999/", "Port out of range"),
        ("https://exam ple.com/", "no server address"),
        ("https://[::1/", "no server address"),
    ],
)
@pytest.mark.parametrize("where", ["client", "call"])
def test_an_address_the_token_must_not_go_to_is_refused(willing: Server, way: Way, url: str, told: str, where: str):
    address, options = (url, {}) if where == "client" else (willing.url, {"server_url": url})
    with pytest.raises(ConfigurationError, match=told), way.open(address) as call:
        call(STATUS, **options)
    assert willing.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_plain_http_is_for_this_machine(willing: Server, host: str):
    with WAYS[0].open(willing.url.replace("127.0.0.1", host)) as call:
        call(STATUS)
    assert willing.requests[0].headers["host"] == f"{host.lower()}:{willing.port}"


def test_plain_http_elsewhere_needs_the_explicit_word(monkeypatch: pytest.MonkeyPatch, willing: Server):
    monkeypatch.setenv("HTTP_PROXY", willing.origin)  # somebody who takes the request, wherever it is for
    with WAYS[0].open("http://service.test/workflows", allow_http=True) as call:
        call(STATUS)
    assert willing.requests[0].target == "http://service.test:80/workflows/standardjob/412651/status"


@by_way
def test_a_call_may_go_to_another_address(willing: Server, way: Way):
    with way.open("https://nowhere.invalid/workflows") as call:
        call(STATUS, server_url=f"{willing.origin}/other base/caf\u00e9/")
    assert willing.requests[0].target == "/other%20base/caf%C3%A9/standardjob/412651/status"


def test_an_unicode_host_is_sent_in_ascii():
    from ttd_workflows.core.request import server_at  # noqa: PLC0415

    assert server_at("https://b\u00fccher.example/", allow_http=False).origin.host == "xn--bcher-kva.example"


# Header fields


@by_way
def test_what_every_request_says(willing: Server, way: Way):
    with way.open(willing.url) as call:
        call(STATUS)
    headers = willing.requests[0].headers
    assert headers["accept"] == "application/json"
    assert headers["accept-encoding"] == "gzip"
    assert headers["user-agent"].startswith("ttdw/")
    assert headers["ttd-auth"] == TOKEN
    assert set(headers) <= {"host", "accept", "accept-encoding", "user-agent", "ttd-auth", "connection"}


@by_way
def test_a_callers_fields_are_added_or_replace(willing: Server, way: Way):
    given = {"X-Trace": "7", "user-agent": "me/1", "ACCEPT": "text/plain", "X-Blank": ""}
    with way.open(willing.url) as call:
        call(STATUS, http_headers=given)
    fields = [(name.lower(), value) for name, value in willing.requests[0].fields]
    assert {("x-trace", "7"), ("user-agent", "me/1"), ("accept", "text/plain"), ("x-blank", "")} <= set(fields)
    assert len(dict(fields)) == len(fields)


def test_the_user_agent_is_settable(willing: Server):
    with WAYS[0].open(willing.url, user_agent="agency/7") as call:
        call(STATUS)
    assert willing.requests[0].headers["user-agent"] == "agency/7"


@both_forms
@pytest.mark.parametrize(
    "headers",
    [
        {"X": "a\r\nEvil: 1"},
        {"X": "a\nb"},
        {"X": "a\0"},
        {"X\r\nEvil": "1"},
        {"X Y": "1"},
        {"": "1"},
        {"X:": "1"},
        {"\u00dcber": "1"},
        {"Host": "evil"},
        {"content-length": "0"},
        {"Transfer-Encoding": "chunked"},
        {"Connection": "close"},
        {"X": 7},
        {"X": None},
        {"X": b"1"},
        {7: "1"},
        {"X": "a\x01b"},
        {"X": "a\x7fb"},
        {"X": "\ud800"},
        {"-": "\x1f"},
        [("X", "1")],
        "X: 1",
    ],
    ids=repr,
)
def test_fields_that_would_break_the_request_are_refused(willing: Server, way: Way, headers: Any):
    with way.open(willing.url) as call, pytest.raises(InputError, match="http_headers"):
        call(STATUS, http_headers=headers)
    assert willing.requests == []


def test_a_user_agent_that_would_break_the_request_is_refused(willing: Server):
    with (
        pytest.raises(ConfigurationError, match="user_agent"),
        WAYS[0].open(willing.url, user_agent="me\r\nEvil: 1") as call,
    ):
        call(STATUS)
    assert willing.requests == []


@both_forms
@pytest.mark.parametrize("value", [0, -1, True, "300", float("nan"), float("inf"), [1]], ids=repr)
@pytest.mark.parametrize("where", ["client", "call"])
def test_a_timeout_is_a_positive_number(willing: Server, way: Way, value: Any, where: str):
    settings, options = ({"timeout_ms": value}, {}) if where == "client" else ({}, {"timeout_ms": value})
    with pytest.raises((InputError, ConfigurationError), match="timeout_ms"), way.open(willing.url, **settings) as call:
        call(STATUS, **options)
    assert willing.requests == []


async def _token_later() -> str:
    return TOKEN


class _TokenLater:
    async def __call__(self) -> str:
        return TOKEN


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"ttd_auth": TOKEN.encode()}, "ttd_auth is a text, or a function that returns one; bytes was given"),
        ({"ttd_auth": 7}, "int was given"),
        ({"ttd_auth": _TokenLater}, "the class _TokenLater was given"),
        ({"ttd_auth": _token_later}, "cannot be async"),
        ({"ttd_auth": partial(_token_later)}, "cannot be async"),
        ({"ttd_auth": _TokenLater()}, "cannot be async"),
        ({"retry_config": "backoff"}, "retry_config is a RetryConfig, or None to never repeat; str was given"),
        ({"retry_config": False}, "bool was given"),
        ({"retry_config": RetryConfig}, "the class RetryConfig was given"),
        ({"retry_config": RetryConfig("backoff", (1, 2, 3, 4))}, "its backoff is a BackoffStrategy; tuple was given"),
        ({"retry_config": RetryConfig("none", None)}, "its backoff is a BackoffStrategy"),
        ({"retry_config": RetryConfig(backoff=BackoffStrategy(exponent="2"))}, "exponent='2': a number is expected"),
        ({"server_url": b"https://me/w"}, "server_url is a text, not bytes"),
        ({"server_url": 0}, "server_url is a text, not int"),
        ({"server": 3}, "server is the name of one"),
        ({"server_url": "https://{who}/w"}, r"\{who\}, and url_params has no value"),
        ({"server_url": "https://{who}/{w}", "url_params": {"who": "me"}}, r"\{w\}, and url_params"),
        ({"server_url": "https://{who}/w", "url_params": {"who": 7}}, "the value of 'who' is a text, not int"),
        ({"server_url": "https://me/w", "url_params": ["who"]}, "url_params is a mapping, not list"),
        ({"user_agent": b"me"}, "user_agent is a text, not bytes"),
        ({"user_agent": None}, "user_agent is a text, not NoneType"),
        ({"debug_logger": True}, "debug_logger has a method debug"),
        ({"body_limit": 0}, "body_limit=0: a positive number of bytes"),
        ({"body_limit": "1"}, "body_limit='1'"),
        ({"body_limit": None}, "body_limit=None"),
        ({"timeout_ms": "300"}, "timeout_ms='300': a positive number of milliseconds"),
        ({"client": httpx.AsyncClient()}, "AsyncClient is an async client; give it as async_client="),
        ({"async_client": httpx.Client()}, "Client is a blocking client; give it as client="),
        ({"client": httpx.Client}, "client is a client of httpx or httpx2; the class Client was given"),
        ({"client": "https://proxy"}, "client is a client of httpx or httpx2; str was given"),
    ],
    ids=lambda value: re.sub(" at 0x[0-9a-f]+", "", repr(value)),  # the same in every process
)
def test_a_wrong_setting_is_told_where_it_is_given(settings: dict[str, Any], told: str):
    with pytest.raises(ConfigurationError, match=told) as caught:
        Workflows(**{"ttd_auth": TOKEN} | settings)
    assert TOKEN not in str(caught.value)


@both_forms
@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"retries": "none"}, "retries is a RetryConfig"),
        ({"retries": RetryConfig("backoff", None)}, "retries: its backoff"),
        ({"server_url": b"https://me/w"}, "server_url is a text, not bytes"),
    ],
    ids=repr,
)
def test_a_wrong_option_of_a_call_is_refused(willing: Server, way: Way, options: dict[str, Any], told: str):
    with way.open(willing.url) as call, pytest.raises(InputError, match=told):
        call(STATUS, **options)
    assert willing.requests == []


@both_forms
def test_an_enormous_timeout_is_taken(willing: Server, way: Way):
    with way.open(willing.url, timeout_ms=10**15) as call:
        assert call(STATUS).id == 412651


# The end


def _closed_by_with() -> Workflows:
    with Workflows(TOKEN) as client:
        pass
    return client


def _closed_by_async_with() -> Workflows:
    async def main() -> Workflows:
        async with Workflows(TOKEN) as client:
            pass
        return client

    return asyncio.run(main())


def _closed_by_close() -> Workflows:
    client = Workflows(TOKEN)
    client.close()
    client.close()
    return client


def _closed_by_aclose() -> Workflows:
    client = Workflows(TOKEN)
    asyncio.run(client.aclose())
    return client


@pytest.mark.parametrize("closed", [_closed_by_with, _closed_by_async_with, _closed_by_close, _closed_by_aclose])
def test_use_after_the_end_is_said_clearly(closed: Callable[[], Workflows]):
    client = closed()
    with pytest.raises(ConfigurationError, match="this client is closed"):
        client.job_status.get_job_status(id=1)
    with pytest.raises(ConfigurationError, match="this client is closed"):
        asyncio.run(client.dmp.get_first_party_data_job_async(request=None))


@pytest.mark.parametrize("name", [STATUS, SUBMIT])
def test_a_client_may_be_used_without_keeping_it(server: Server, name: str):
    example = EXAMPLES[name]
    server.script(answer(example.status, example.answer))
    attribute, method = name.split(".")
    resource = getattr(Workflows(TOKEN, server_url=server.url), attribute)
    assert getattr(resource, method)(**example.arguments).id == 412651
