"""The clock: moved, stopped and made faster, and what is due happens without anybody asking."""

import asyncio
import threading

import pytest

from ttd_workflows.emulator import Emulator
from ttd_workflows.emulator.clock import Clock
from ttd_workflows.emulator.home import Home


class Real:
    def __init__(self, now=50.0):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def real():
    return Real()


@pytest.fixture
def clock(real):
    return Clock(real=real)


def test_a_frozen_clock_stands_and_can_still_be_moved(clock, real):
    clock.freeze()
    real.now += 1000
    assert (clock.now(), clock.frozen, clock.ahead) == (50, True, -1000)
    assert clock.advance(5) == 55
    clock.resume()
    real.now += 2
    assert clock.now() == 57


def test_speed_changes_what_comes_and_not_what_was(clock, real):
    real.now += 10
    clock.speed(60)
    assert clock.now() == 60
    real.now += 2
    assert clock.now() == 180
    assert clock.real_seconds_until(240) == 1
    assert clock.real_seconds_until(0) == 0
    clock.speed(0.5)
    real.now += 10
    assert clock.now() == 185
    clock.freeze()
    assert clock.real_seconds_until(240) is None


@pytest.mark.parametrize("factor", [0, -1, float("nan"), float("inf"), 1_000_001])
def test_a_wrong_speed_changes_nothing(clock, factor):
    with pytest.raises(ValueError, match="the speed is more than 0"):
        clock.speed(factor)
    assert clock.speed_factor == 1


def test_dates_do_not_end(clock):
    with pytest.raises(ValueError, match="year 9999"):
        clock.advance(1e12)
    with pytest.raises(ValueError, match="year 9999"):
        clock.advance(10**400)  # no float is so large
    assert clock.now() == 50


def test_a_move_is_whole_or_not_at_all(clock):
    with pytest.raises(ValueError, match="speed"):
        clock.move(advance=10, freeze=True, speed=-1)
    assert (clock.now(), clock.frozen) == (50, False)


def test_it_goes_on_where_it_was_written_down(clock, real):
    clock.speed(10)
    real.now += 1
    later = Clock(real=real)
    later.restore(clock.to_json())
    assert later.now() == clock.now() == 60
    picture = clock.picture()
    real.now += 100
    later.restore(later.resumed(picture))
    assert (later.now(), later.speed_factor) == (60, 10)
    later.reset()
    assert (later.now(), later.speed_factor, later.ahead) == (151, 1, 0)


def test_many_threads_move_one_clock(clock):
    threads = [threading.Thread(target=lambda: [clock.advance(1) for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() == 50 + 2000


def test_it_is_moved_over_http(own):
    call = own()

    def move(body):
        return call.raw("POST", "/_emulator/clock", body)

    assert call.raw("GET", "/_emulator/clock").json | {"now": ""} == {
        "now": "",
        "ahead": 0,
        "speed": 1,
        "frozen": False,
    }
    told = move({"freeze": True, "advance": 3600, "speed": 2}).json
    assert (told["ahead"] > 3599, told["speed"], told["frozen"]) == (True, 2, True)
    assert move({"advance": 0}).json["now"] == told["now"]
    assert move({"freeze": False}).json["frozen"] is False


@pytest.mark.parametrize(
    ("body", "path", "words"),
    [
        ({}, "$.advance", "required"),
        ({"advance": "1"}, "$.advance", "must be a number, not '1'"),
        ({"advance": True}, "$.advance", "must be a number"),
        ({"advance": -1}, "$.advance", "forward only"),
        ({"speed": 0, "advance": 5}, "$.speed", "more than 0"),
        ({"freeze": 1}, "$.freeze", "true or false"),
        ({"back": 1}, "$.back", "advance, speed, freeze"),
    ],
)
def test_a_wrong_move_is_refused_by_name(call, body, path, words):
    before = call.emulator.clock.ahead
    answer = call.raw("POST", "/_emulator/clock", body)
    assert answer.status == 400
    assert words in answer.json["errors"][path][0]
    assert call.emulator.clock.ahead == before


def test_what_is_due_happens_without_a_request(own, campaign_input):
    call = own(job_seconds=0.05)
    ended = threading.Event()
    service = call.emulator.service
    carried = service.settle

    def settle():
        now = carried()
        if any(campaign.primary["name"] == "unasked" for campaign in service.world.campaigns.values()):
            ended.set()
        return now

    service.settle = settle
    call.submit("campaign/bulk", {"input": [campaign_input(name="unasked")]})
    assert ended.wait(5)


def test_moving_the_clock_lets_things_happen_before_it_returns(own, campaign_input):
    call = own()
    call.submit("campaign/bulk", {"input": [campaign_input(name="by then")]})
    call.emulator.clock.advance(11)
    assert any(campaign.primary["name"] == "by then" for campaign in call.emulator.world.campaigns.values())


def test_a_clock_that_nobody_lives_by_can_be_moved():
    emulator = Emulator()
    emulator.clock.advance(10)
    assert emulator.clock.ahead == 10
    with emulator:
        emulator.clock.advance(10)
    emulator.clock.advance(10)
    with emulator:
        assert emulator.clock.advance(10) == pytest.approx(emulator.clock.now(), abs=5)
    assert emulator.clock.ahead == 40


def test_home_brings_back_what_went_wrong():
    home, opened, leave = Home(), threading.Event(), threading.Event()

    async def live():
        home.open()
        opened.set()
        await asyncio.to_thread(leave.wait)
        home.close()

    thread = threading.Thread(target=asyncio.run, args=(live(),))
    thread.start()
    assert opened.wait(5)
    assert home.do(threading.get_ident) == thread.ident
    with pytest.raises(ZeroDivisionError):
        home.do(lambda: 1 / 0)
    leave.set()
    thread.join()
    assert home.do(threading.get_ident) == threading.get_ident()
