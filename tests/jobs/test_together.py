"""Several users of one ledger in one process, and callers that leave in the middle."""

import asyncio
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.plays import answer
from support.server import Server
from ttd_workflows import Workflows, errors
from ttd_workflows.jobs.ledger import Ledger

SHAPE = {"partner_id": "p1", "query_shape": "nodes {id}"}


def client(server, place, **settings):
    return Workflows(ttd_auth=settings.pop("ttd_auth", "token"), server_url=server.url, ledger=place, **settings)


def late(number=5, seconds=0.5):
    def play(connection, request):
        time.sleep(seconds)
        answer(202, {"id": number})(connection, request)

    return play


def test_a_second_client_waits_for_the_first_ones_submission(place):
    with Server(late()) as server, client(server, place) as first, client(server, place) as second:
        with ThreadPoolExecutor() as pool:
            sending = pool.submit(first.jobs.third_party_data, **SHAPE, key="night")
            while not server.requests:
                time.sleep(0.01)
            assert second.jobs.third_party_data(**SHAPE, key="night").id == 5
            assert sending.result().id == 5
        assert len(server.requests) == 1


def test_many_clients_and_a_slow_token_submit_once(place):
    def slow_token():
        time.sleep(0.2)
        return "token"

    barrier = threading.Barrier(6)

    def submit(server):
        with client(server, place, ttd_auth=slow_token) as workflows:
            barrier.wait()
            return workflows.jobs.third_party_data(**SHAPE, key="night").id

    with Server(late(seconds=0.1)) as server, ThreadPoolExecutor(6) as pool:
        assert {job.result() for job in [pool.submit(submit, server) for _ in range(6)]} == {5}
        assert len(server.requests) == 1


def test_a_client_that_closes_leaves_the_record_to_the_others(place):
    with Server(answer(202, {"id": 1}), answer(202, {"id": 2}), answer(202, {"id": 3})) as server:
        with client(server, place) as first:
            first.jobs.third_party_data(**SHAPE, key="a")
            with client(server, place) as second:
                second.jobs.third_party_data(**SHAPE, key="b")
            other = Ledger(place)  # as another process opens and closes it
            assert len(other.entries()) == 2
            other.close()
            first.jobs.third_party_data(**SHAPE, key="c")
            assert [entry.job for entry in first.jobs.entries()] == ["standard:3", "standard:2", "standard:1"]
        assert not list(place.parent.glob("owner-*"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_is_another_owner(place):
    with Server(answer(202, {"id": 1}), answer(202, {"id": 2})) as server, client(server, place) as workflows:
        workflows.jobs.third_party_data(**SHAPE, key="a")
        child = os.fork()
        if child == 0:
            try:
                same = workflows.jobs.third_party_data(**SHAPE, key="a").id == 1
                os._exit(0 if same and workflows.jobs.third_party_data(**SHAPE, key="b").id == 2 else 1)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert workflows.jobs.third_party_data(**SHAPE, key="b").id == 2
        assert len(server.requests) == 2


def test_a_submission_cancelled_while_it_claims_its_key_frees_it(place, monkeypatch):
    claim = Ledger.claim

    def slowly(ledger, wish):
        time.sleep(0.3)
        return claim(ledger, wish)

    async def give_up(workflows):
        await workflows.jobs.third_party_data_async(**SHAPE)
        monkeypatch.setattr(Ledger, "claim", slowly)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await workflows.jobs.third_party_data_async(**SHAPE, key="night")
        await asyncio.sleep(0.5)
        monkeypatch.setattr(Ledger, "claim", claim)
        async with asyncio.timeout(5):
            return (await workflows.jobs.third_party_data_async(**SHAPE, key="night")).id

    with Server(answer(202, {"id": 1}), answer(202, {"id": 2})) as server, client(server, place) as workflows:
        assert asyncio.run(give_up(workflows)) == 2
        assert len(server.requests) == 2


def test_an_id_that_has_come_is_kept_though_the_caller_has_gone(place, monkeypatch):
    accepted = Ledger.accepted

    def slowly(*arguments):
        time.sleep(0.4)
        accepted(*arguments)

    monkeypatch.setattr(Ledger, "accepted", slowly)

    async def give_up(workflows, server):
        sending = asyncio.create_task(workflows.jobs.third_party_data_async(**SHAPE, key="night"))
        while not server.requests:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        return (await workflows.jobs.third_party_data_async(**SHAPE, key="night")).id

    with Server(answer(202, {"id": 7}), answer(202, {"id": 8})) as server, client(server, place) as workflows:
        assert asyncio.run(give_up(workflows, server)) == 7
        assert len(server.requests) == 1


@pytest.mark.parametrize("key", ["", " ", 5, b"night", ["night"], "a\nb", "\ud800"], ids=repr)
def test_what_is_no_key_is_refused(place, key):
    with Server(answer(202, {"id": 5})) as server, client(server, place) as workflows:
        with pytest.raises(errors.InputError, match="a key is text"):
            workflows.jobs.third_party_data(**SHAPE, key=key)
        assert server.requests == []


def test_after_close_nothing_is_recorded(place):
    with Server(answer(202, {"id": 5})) as server:
        with client(server, place) as workflows:
            jobs = workflows.jobs
        with pytest.raises(errors.ConfigurationError, match="closed"):
            jobs.third_party_data(**SHAPE, key="night")
    assert not place.exists()


def test_a_locked_ledger_does_not_hold_up_a_wait(place):
    done = answer(200, {"id": 5, "createdAtUtc": "2026-11-24T01:02:03Z", "status": "Success", "rawResult": "{}"})
    with Server(answer(202, {"id": 5}), done) as server, client(server, place) as workflows:
        job = workflows.jobs.third_party_data(**SHAPE, key="night")
        other = Ledger(place)
        with other._transaction():
            begin = time.monotonic()
            assert job.wait(timeout=10).snapshot.state == "Success"
            assert time.monotonic() - begin < 5
        other.close()
