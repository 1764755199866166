"""The way to the host: redirects, TLS, proxies, and what is shown of an address."""

from __future__ import annotations

import logging
import pickle
import random

import pytest
from downloads_host import QUICK, Host, changed, reset_after, says, short_by_closing

from support.proxy import Proxy
from support.trust import another_authority, authority
from ttd_workflows.downloads import DownloadFailed, NoSpace, UrlDied, fetch
from ttd_workflows.downloads.addresses import Address


@pytest.mark.parametrize(
    ("begin", "location", "followed"),
    [
        ("https://a.com/x?s=1", "https://b.com/y", True),
        ("https://a.com/x?s=1", "/z?t=2", True),
        ("https://a.com/x?s=1", "//b.com/y", True),
        ("https://a.com/x", "http://a.com/x", False),
        ("https://a.com/x", "http://b.com/x", False),
        ("https://a.com/x", "http://127.0.0.1/x", False),
        ("https://a.com/x", "https://localhost/x", False),
        ("https://a.com/x", "https://[::1]/x", False),
        ("https://127.0.0.1/x", "http://127.0.0.1/x", False),
        ("http://a.com/x", "https://a.com/x", True),
        ("http://a.com/x", "http://a.com/y", True),
        ("http://a.com/x", "http://b.com/y", False),
        ("http://a.com/x", "http://127.0.0.1/y", False),
        ("http://127.0.0.1:1/x", "http://127.0.0.1:2/y", True),
        ("http://127.0.0.1:1/x", "http://localhost:2/y", True),
        ("http://127.0.0.1:1/x", "https://a.com/y", True),
        ("http://127.0.0.1:1/x", "http://a.com/y", False),
        ("https://a.com/x", "ftp://a.com/y", False),
        ("https://a.com/x", "file:///etc/passwd", False),
        ("https://a.com/x", "https://a.com:nonsense/", False),
        ("https://a.com/x", "", True),
    ],
)
def test_which_redirects_are_followed(begin, location, followed):
    assert (Address.parse(begin).redirected(location) is not None) is followed


def test_an_address_shows_nothing_of_its_permission():
    address = Address.parse("https://user:password@a.com/x/y?signature=SECRET#fragment")
    assert str(address) == "https://a.com/x/y"
    assert address.url == "https://a.com/x/y?signature=SECRET"
    assert "SECRET" not in repr(address)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_with_the_range(host, target, content, status):
    with Host(content) as store:
        host.faults.extend([says(status, Location=store.file)] * 9)
        store.faults.append(reset_after(1_000_000))
        fetch(host.file, target, patience=QUICK)
        assert target.read_bytes() == content
        assert len(host.requests) == len(store.requests) == 2
        assert store.requests[1].headers["if-range"] == '"v1"'
        assert {"referer", "cookie", "ttd-auth", "authorization"} & store.requests[0].headers.keys() == set()


def test_redirects_have_an_end(host, target):
    host.faults.extend([says(302, Location="/again")] * 9)
    with pytest.raises(DownloadFailed, match="more than 5 redirects"):
        fetch(host.file, target)
    assert len(host.requests) == 6


def test_a_redirect_elsewhere_is_refused(host, target):
    host.faults.append(says(302, Location="http://example.com/?signature=OTHER"))
    with pytest.raises(DownloadFailed, match="redirects to a place that is not followed") as caught:
        fetch(host.file, target)
    assert "OTHER" not in str(caught.value)
    assert len(host.requests) == 1


def test_https_is_trusted_as_the_calls_are(content, target, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority().write_to(tmp_path)))
    with Host(content, tls=authority().server_context("127.0.0.1")) as host:
        host.faults.append(reset_after(1_000_000))
        fetch(host.file, target, patience=QUICK)
        assert target.read_bytes() == content
    with Host(content, tls=another_authority().server_context("127.0.0.1")) as host:
        with pytest.raises(DownloadFailed, match=r"certificate was refused.*SSL_CERT_FILE"):
            fetch(host.file, target)
        assert host.requests == []


def test_a_certificate_for_another_name_is_refused(content, target, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority().write_to(tmp_path)))
    with Host(content, tls=authority().server_context("other.example")) as host:
        with pytest.raises(DownloadFailed, match="certificate was refused"):
            fetch(host.file, target)
        assert host.requests == []


@pytest.fixture
def no_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.usefixtures("no_proxies")
def test_a_proxy_of_the_environment_is_used(host, target, content, monkeypatch):
    with Proxy(host.port, user="me:pass") as proxy:
        monkeypatch.setenv("http_proxy", proxy.address.replace("//", "//me:pass@"))
        fetch("http://store.example/results/1.json?signature=SECRET", target, patience=QUICK)
        assert target.read_bytes() == content
        assert proxy.requests[0].target == "http://store.example/results/1.json?signature=SECRET"
        monkeypatch.setenv("no_proxy", "store.example")
        fetch(host.file, target)
        assert len(proxy.requests) == 1


@pytest.mark.usefixtures("no_proxies")
def test_a_proxy_is_tunnelled_through_for_https(content, target, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority().write_to(tmp_path)))
    tls = authority().server_context("store.example")
    with Host(content, tls=tls) as host, Proxy(host.port, user="me:pass") as proxy:
        monkeypatch.setenv("https_proxy", proxy.address.replace("//", "//me:pass@"))
        fetch("https://store.example/results/1.json?signature=SECRET", target, patience=QUICK)
        assert target.read_bytes() == content
        assert (proxy.requests[0].method, proxy.requests[0].target) == ("CONNECT", "store.example:443")
        assert "proxy-authorization" not in host.requests[0].headers


@pytest.mark.usefixtures("no_proxies")
@pytest.mark.parametrize(
    ("variable", "proxy", "told"),
    [
        ("https_proxy", "socks5://127.0.0.1:1", "'socks5' is not known"),
        ("http_proxy", "https://127.0.0.1:1", "https proxy"),
        ("https_proxy", "http://me:2024/SECRET@127.0.0.1:1", "goes on after its port"),
        ("https_proxy", "http://me:SECRET@pro xy:1", "no host"),
    ],
)
def test_a_proxy_that_is_not_known_is_said_to_be(target, monkeypatch, variable, proxy, told):
    monkeypatch.setenv(variable, proxy)
    with pytest.raises(DownloadFailed, match=told) as caught:
        fetch(f"{variable.partition('_')[0]}://store.example/x", target)
    assert "SECRET" not in str(caught.value)


def test_the_permission_is_in_no_log_and_no_message(host, target, content, caplog):
    caplog.set_level(logging.DEBUG)
    host.faults.extend([reset_after(10), says(302, Location="/x?signature=SECRET"), says(500), changed(content[1:])])
    fetch(host.file, target, patience=QUICK)
    host.faults.extend([says(503)] * 30)
    with pytest.raises(DownloadFailed) as caught:
        fetch(host.file, target, patience=QUICK, receipt=False)
    assert len(caplog.records) > 3
    assert "SECRET" not in caplog.text
    assert "SECRET" not in repr(caught.value) + str(caught.value)
    error = pickle.loads(pickle.dumps(caught.value))
    assert (str(error), error.kept, error.status_code) == (str(caught.value), caught.value.kept, 503)


def test_any_odd_answer_ends_in_our_own_error(target):
    """Bytes that are no HTTP, heads without end, fields that are none."""
    chance = random.Random(1)
    oddities = [b"\0\xff" * 50, b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n"]
    oddities += [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nx",
        chance.randbytes(500),
        b"HTTP/1.1 200 OK\r\nx" * 9000,
    ]
    for odd in oddities:
        with Host(b"x") as host:

            def say(_, connection, __, odd=odd):
                connection.send(odd)
                connection.close()

            host.faults.extend([say] * 30)
            with pytest.raises(DownloadFailed, match="given up after 9 faults"):
                fetch(host.file, target, patience=QUICK)


def test_what_each_error_says(host, target):
    """What happened, what is certain, what to do."""
    host.faults.extend([short_by_closing(1_000_000), says(403)])
    with pytest.raises(UrlDied) as caught:
        fetch(host.file, target, patience=QUICK)
    assert str(caught.value) == (
        f"{host.origin}/results/1.json is not honoured (any more): the host answered 403. What came of the file is "
        "kept; ask for the job's status to have a new address, and go on with it"
    )
    host.faults.extend([says(500)] * 9)
    with pytest.raises(DownloadFailed) as caught:
        fetch(host.file, target, patience=QUICK)
    assert str(caught.value) == (
        f"{host.origin}/results/1.json was given up after 9 faults in a row, the last one: the host answered 500. "
        "1,000,000 bytes are kept; call again to go on from there"
    )
    assert issubclass(NoSpace, DownloadFailed)
