"""What comes over a socket that is no good request, and requests that come before their turn."""

import gc
import socket
import time

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from support.raw import SUBMISSION, Raw, ask
from ttd_workflows.emulator import Emulator, Settings

HOST = b"Host: 127.0.0.1\r\n"
PLAIN = ask()


@pytest.fixture(scope="module")
def emulator():
    with Emulator(settings=Settings(job_seconds=0.01)) as running:
        yield running


@pytest.fixture(autouse=True)
def clean(emulator):
    emulator.journal.clear()
    yield
    emulator.faults.clear()
    assert Raw(emulator, PLAIN, patience=0.02).status == 200


NOT_REQUESTS = {
    "no host": PLAIN.replace(HOST, b""),
    "two hosts": PLAIN.replace(HOST, HOST + b"Host: elsewhere.example\r\n"),
    "no HTTP": b"\0\1\2 hello\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 10,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "tunnel": b"CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example:443\r\n\r\n",
    "path beyond ASCII": PLAIN.replace(b"/status", b"/\xff\xfe"),
    "no method": PLAIN.replace(b"GET", b"FROB"),
    "length not a number": PLAIN.replace(b"Length: 0", b"Length: x"),
    "two lengths": PLAIN.replace(b"Content-Length: 0", b"Content-Length: 3\r\nTransfer-Encoding: chunked"),
}


@pytest.mark.parametrize("sent", NOT_REQUESTS.values(), ids=NOT_REQUESTS)
def test_what_is_no_request_is_refused_and_asks_nobody(emulator, sent):
    raw = Raw(emulator, sent)
    assert (raw.status, raw.body, raw.end) == (400, b"Invalid HTTP request received.", "closed")
    assert list(emulator.journal) == []


def test_chunks_that_are_none_end_the_connection(emulator):
    head = SUBMISSION.partition(b"\r\n\r\n")[0].replace(b"Content-Length: 18", b"Transfer-Encoding: chunked")
    raw = Raw(emulator, head + b"\r\n\r\nzz\r\n\r\n")
    assert raw.end == "closed"
    assert raw.bytes.endswith(b"Invalid HTTP request received.")


def test_http_1_0_needs_no_host_and_is_closed(emulator):
    raw = Raw(emulator, PLAIN.replace(HOST, b"").replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert (raw.status, raw.end) == (200, "closed")


def test_a_head_without_an_end_does_not_fill_the_memory(emulator):
    with socket.create_connection(("127.0.0.1", emulator.port), timeout=5) as sock:
        sock.sendall(PLAIN[:-2] + b"X: ")
        with pytest.raises(ConnectionError):
            sock.sendall(b"a" * 64_000_000)


def test_a_long_head_is_told_its_limit(emulator):
    raw = Raw(emulator, PLAIN[:-2] + b"X: " + b"a" * 1_000_000)
    assert (raw.status, raw.body) == (400, b"The head of the request is longer than 65536 bytes.")


OFFER = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__"}
"""What Java's client has in every request to an http address."""


def test_a_protocol_that_is_offered_is_not_taken(emulator):
    offering = ask("/standardjob/thirdpartydata", "POST", b'{"partnerId":"p1"}', **OFFER)
    raw = Raw(emulator, ask(**OFFER) + offering + offering + PLAIN)
    assert [int(part[:3]) for part in raw.bytes.split(b"HTTP/1.1 ")[1:]] == [200, 202, 202, 200]
    assert [entry.status for entry in emulator.journal] == [200, 202, 202, 200]


def test_a_protocol_may_be_offered_in_pieces(emulator):
    offering = ask("/standardjob/thirdpartydata", "POST", b'{"partnerId":"p1"}', **OFFER)
    with socket.create_connection(("127.0.0.1", emulator.port), timeout=5) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(offering), 7):
            sock.sendall(offering[at : at + 7])
            time.sleep(0.001)
        assert sock.recv(12) == b"HTTP/1.1 202"


def test_white_space_after_a_value_is_none_of_it(emulator):
    assert Raw(emulator, PLAIN.replace(b"TTD-Auth: emulator", b"TTD-Auth: \t emulator \t ")).status == 200


def test_fields_after_the_body_are_nobodys(emulator):
    head = SUBMISSION.partition(b"\r\n\r\n")[0].replace(b"Content-Length: 18", b"Transfer-Encoding: chunked")
    raw = Raw(emulator, head + b'\r\n\r\n12\r\n{"partnerId":"p1"}\r\n0\r\nX-Late: 1\r\n\r\n')
    assert raw.status == 202
    assert ["x-late" in entry.request_headers for entry in emulator.journal] == [False]


def test_a_long_body_is_not_the_next_head(emulator):
    submission = ask("/standardjob/thirdpartydata", "POST", b'{"partnerId":"p1"}' + b" " * 100_000)
    raw = Raw(emulator, submission + PLAIN[:40])
    assert (raw.status, raw.end) == (202, "open")


@pytest.mark.parametrize("bad", [PLAIN.replace(HOST, b""), b"\0\1\2\r\n\r\n"], ids=["no host", "no HTTP"])
def test_what_was_asked_before_a_mistake_is_answered(emulator, bad):
    raw = Raw(emulator, SUBMISSION + bad)
    assert (raw.status, raw.end) == (202, "closed")


def test_an_answered_request_leaves_nothing_to_the_garbage_collector(emulator):
    gc.collect()
    gc.disable()
    try:
        raw = Raw(emulator, PLAIN * 50)
        assert raw.bytes.count(b"HTTP/1.1 200") == 50
        left = sum(type(thing) is RequestResponseCycle for thing in gc.get_objects())
    finally:
        gc.enable()
    assert left < 10


def test_requests_ahead_of_their_turn_are_answered_in_turn(emulator):
    raw = Raw(emulator, SUBMISSION + PLAIN + ask("/nowhere"))
    parts = raw.bytes.split(b"HTTP/1.1 ")[1:]
    assert [int(part[:3]) for part in parts] == [202, 200, 404]


@pytest.mark.parametrize(("fault", "end"), [("reset", "reset"), ("accept_then_drop", "closed")])
def test_a_fault_meets_its_own_request_though_others_are_read_already(emulator, fault, end):
    emulator.faults.add("get_third_party_data_job", **{fault: True})
    raw = Raw(emulator, PLAIN + SUBMISSION + PLAIN)
    assert raw.end == end
    told = [(entry.operation, entry.fault is not None) for entry in emulator.journal]
    assert told == [("job_status.get_job_status", False), ("dmp.get_third_party_data_job", True)]


def test_a_change_is_made_to_its_own_answer_though_others_are_read_already(emulator):
    emulator.faults.add("get_third_party_data_job", malformed_body=True)
    raw = Raw(emulator, PLAIN + SUBMISSION + PLAIN)
    assert [b"not JSON" in part for part in raw.bytes.split(b"HTTP/1.1 ")[1:]] == [False, True, False]
