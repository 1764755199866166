"""Events over HTTP: told as they happen, bounded for who does not listen, and no burden for anybody else."""

import asyncio
import http.client
import json
import threading
import time

import pytest

from ttd_workflows.emulator import Emulator
from ttd_workflows.emulator.events import Events, frame


class Stream:
    """One listener over HTTP."""

    def __init__(self, emulator):
        self.connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=10)
        self.connection.request("GET", "/_emulator/events")
        self.response = self.connection.getresponse()
        assert self.response.readline() == b": here\n"
        self.response.readline()

    def next(self):
        kind, data, empty = (self.response.readline().decode().rstrip("\n") for _ in range(3))
        assert empty == ""
        return kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))


@pytest.fixture
def listen(request):
    def start(emulator):
        stream = Stream(emulator)
        request.addfinalizer(stream.connection.close)
        return stream

    return start


def test_events_are_told_to_all_in_order_from_any_thread(own, listen):
    emulator = own().emulator
    streams = [listen(emulator), listen(emulator)]
    teller = threading.Thread(target=lambda: [emulator.events.publish("job", {"n": n}) for n in range(5)])
    teller.start()
    teller.join()
    for stream in streams:
        assert stream.response.headers["Content-Type"] == "text/event-stream"
        told = [stream.next() for _ in range(5)]
        assert told == [("job", {"n": n}) for n in range(5)]


def test_a_page_of_another_origin_hears_nothing(call):
    assert call.raw("GET", "/_emulator/events", headers={"Origin": "http://evil.example"}).status == 403


def test_who_has_gone_is_forgotten(own, listen):
    emulator = own().emulator
    stream = listen(emulator)
    assert emulator.events.listeners == 1
    stream.connection.sock.close()
    stream.response.close()
    deadline = time.monotonic() + 5
    while emulator.events.listeners and time.monotonic() < deadline:
        time.sleep(0.005)
    assert emulator.events.listeners == 0


def test_stopping_ends_the_stream_properly():
    with Emulator() as emulator:
        stream = Stream(emulator)
    assert stream.response.read() == b""
    stream.connection.close()


def test_what_nobody_hears_is_not_even_made():
    def never():
        raise AssertionError("made for nobody")

    Events().publish("job", never)


def test_a_slow_listener_loses_events_and_is_told_how_many():
    async def listen():
        events = Events()
        with events.listening(capacity=2) as listener:
            for n in range(5):
                events.publish("job", lambda n=n: {"n": n})
            first = await listener.heard()
            events.publish("job", {"n": 5})
            return first, await listener.heard()

    first, second = asyncio.run(listen())
    assert first == frame("job", {"n": 0}) + frame("job", {"n": 1}) + frame("lost", {"events": 3})
    assert second == frame("job", {"n": 5})


def test_an_event_is_one_line_whatever_is_in_it():
    told = frame("job", {"name": "a\nb\u2028 ü"})
    assert told.count(b"\n") == 3
    assert json.loads(told.split(b"data: ")[1]) == {"name": "a\nb\u2028 ü"}
