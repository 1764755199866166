"""Killed at any instant, then run again: nothing is submitted twice, and what is not known is said to be so."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from submitter import INSTANTS

from support.emulators import received
from support.plays import answer
from support.server import Server

SCRIPT = Path(__file__).parent / "submitter.py"
NOT_SENT = {"before the intent", "after the intent", "before the mark"}
RECORDED = {"after the accepted row"}


def start(**order):
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), json.dumps(order)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def run(**order):
    process = start(**order)
    out, err = process.communicate(timeout=60)
    return process.returncode, dict(json.loads(line) for line in out.splitlines()), err


def creating_posts(server):
    return [request for request in server.requests if request.method == "POST"]


@pytest.mark.parametrize("instant", INSTANTS)
def test_killed_at_an_instant_then_run_again(instant, place):
    with Server(answer(202, {"id": 7})) as server:
        order = {"url": server.url, "ledger": str(place), "keys": ["night"]}
        code, _, _ = run(**order, die=instant)
        assert code == -signal.SIGKILL
        sent = len(creating_posts(server))
        code, outcomes, err = run(**order)
        assert code == 0, err
        if instant in NOT_SENT:
            assert (sent, len(creating_posts(server)), outcomes) == (0, 1, {"night": "standard:7"})
        elif instant in RECORDED:
            assert (sent, len(creating_posts(server)), outcomes) == (1, 1, {"night": "standard:7"})
        else:
            assert len(creating_posts(server)) == sent <= 1
            assert outcomes == {"night": "unknown"}


def test_an_intent_that_a_dead_process_left_frees_the_key_for_another_body(place):
    with Server(answer(202, {"id": 7})) as server:
        order = {"url": server.url, "ledger": str(place), "keys": ["night"]}
        run(**order, die="after the intent")
        _, outcomes, err = run(**order, partner_by_key=True)
        assert outcomes == {"night": "standard:7"}, err
        assert b'"partnerId":"night"' in creating_posts(server)[0].body


def test_killed_after_the_bytes_left(place):
    processes = []

    def kill_the_sender(connection, _):
        processes[0].kill()
        connection.wait_for_peer()

    with Server(kill_the_sender, answer(202, {"id": 8})) as server:
        order = {"url": server.url, "ledger": str(place), "keys": ["night"]}
        processes.append(start(**order))
        processes[0].communicate(timeout=60)
        _, outcomes, err = run(**order)
        assert outcomes == {"night": "unknown"}, err
        assert len(creating_posts(server)) == 1


def test_two_processes_with_the_same_keys_hold_the_same_jobs(emulator, place):
    order = {"url": emulator.url, "ledger": str(place), "keys": [f"k{n}" for n in range(25)], "threads": 4}
    processes = [start(**order), start(**{**order, "keys": order["keys"][::-1]})]
    said = [process.communicate(timeout=120) for process in processes]
    jobs = [dict(json.loads(line) for line in out.splitlines()) for out, _ in said]
    assert jobs[0] == jobs[1], said
    assert set(jobs[0]) == set(order["keys"])
    assert "unknown" not in jobs[0].values()
    assert received(emulator) == len(order["keys"])


def test_killed_at_random_nothing_is_doubled_or_lost(place):
    rng = random.Random(20261124)
    keys, threads, kills = [f"k{n}" for n in range(40)], 4, 5
    numbers = iter(range(1, 10_000))

    def late(connection, request):
        time.sleep(0.02)
        answer(202, {"id": next(numbers)})(connection, request)

    with Server(late) as server:
        order = {"url": server.url, "ledger": str(place), "keys": keys, "threads": threads}
        for _ in range(kills):
            process = start(**order)
            process.stdout.readline()
            time.sleep(rng.uniform(0, 0.15))
            process.kill()
            process.communicate()
        code, outcomes, err = run(**order)
        assert code == 0, err
        posts = creating_posts(server)
        unknown = [key for key, outcome in outcomes.items() if outcome == "unknown"]
        assert set(outcomes) == set(keys)
        assert len(posts) <= len(keys)
        assert len(unknown) <= kills * threads
        known = [outcome for outcome in outcomes.values() if outcome != "unknown"]
        assert len(set(known)) == len(known)
