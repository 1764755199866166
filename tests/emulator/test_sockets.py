"""What comes over a socket that is no good request, and requests that come before their turn."""

import socket

import pytest

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
    raw = Raw(emulator, PLAIN[:-2] + b"X: " + b"a" * 65536)
    assert (raw.status, raw.body) == (400, b"The head of the request is longer than 65536 bytes.")


def test_a_protocol_that_is_offered_is_not_taken(emulator):
    raw = Raw(emulator, ask(Connection="Upgrade", Upgrade="websocket"))
    assert raw.status == 200


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
