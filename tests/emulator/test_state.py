"""The world in a file and as a document: whole after a kill at any instant, and nothing accepted that is not in it."""

import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from ttd_workflows.emulator import Emulator, Settings
from ttd_workflows.emulator.problems import NotKept
from ttd_workflows.emulator.world.export import WrongDocument
from ttd_workflows.emulator.world.state import StateError, StateFile

JOB_SECONDS = 10.0
QUERY = {"query": '{ campaigns(where: {name: {in: ["early", "late"]}}) { nodes { name } } }'}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "world.state"


@pytest.fixture
def kept(path, calling):
    """Starts an emulator on the file, and ends the one before."""
    running = []

    def start(**settings):
        while running:
            running.pop().__exit__()
        settings = {"job_seconds": JOB_SECONDS, **settings}
        running.append(Emulator(settings=Settings(**settings), state=path).__enter__())
        return calling(running[0])

    yield start
    while running:
        running.pop().__exit__()


def test_the_next_emulator_goes_on_where_the_last_one_ended(kept, campaign_input):
    call = kept()
    call.emulator.clock.advance(3600)
    call.emulator.clock.speed(2)
    call.emulator.plans.add(outcome="Failure", times=2)
    campaign = call("POST", "/campaign", campaign_input(name="kept")).json["campaign"]["id"]
    job = call.submit("thirdpartydata", {"partnerId": "p1"})
    path = "/_emulator/" + call.status(412651)["url"].partition("/_emulator/")[2]
    before = call.emulator.export()
    call = kept()
    after = call.emulator.export()
    assert after["world"] == before["world"]
    assert (after["clock"]["speed"], call.emulator.clock.ahead >= 3600) == (2, True)
    assert call("GET", f"/campaign/{campaign}/version").status == 200
    assert call.raw("GET", path).status == 200
    assert [plan.used for plan in call.emulator.plans] == [1]
    assert call.finished(job)["status"] == "Failure"
    assert call.submit("thirdpartydata", {"partnerId": "p1"}) == job + 1


def test_a_job_ends_while_nobody_is_there(kept, campaign_input):
    call = kept(job_seconds=60, results_lifetime=1e12)
    call.emulator.clock.speed(1_000_000)
    call.emulator.clock.freeze()
    job = call.submit("campaign/bulk", {"input": [campaign_input(name="meanwhile")]})
    call.emulator.clock.resume()
    call = kept(job_seconds=60, results_lifetime=1e12)
    assert call.status(job)["status"] == "Success"
    assert json.loads(call.status(job)["rawResult"])[0]["campaign"]["name"] == "meanwhile"


def test_a_result_is_the_same_after_a_restart_though_the_world_has_changed(kept, campaign_input):
    call = kept()
    early = call("POST", "/campaign", campaign_input(name="early")).json["campaign"]["id"]
    submitted = call("POST", "/graphqlbulkqueryjob", QUERY).json["payload"]["data"]["id"]
    bulk = call.submit("campaign/bulk", {"input": [campaign_input(name="B")]})
    data = call.submit("thirdpartydata", {"partnerId": "p1"})
    call.emulator.clock.freeze()
    call.emulator.clock.advance(11)

    def urls(call):
        graphql = call("GET", f"/graphqlbulkjob/{submitted}").json["job"]
        assert json.loads(graphql["rawResult"])["data"]["campaigns"]["nodes"] == [{"name": "early"}]
        return [graphql["url"], call.status(bulk)["url"], call.status(data)["url"]]

    call("POST", "/campaign", campaign_input(name="late"))
    call("PATCH", "/campaign", {"id": early, "primaryInput": {"name": "late"}})
    tags = [call.download(url).headers["ETag"] for url in urls(call)]
    call = kept()
    call("PATCH", "/campaign", {"id": early, "primaryInput": {"name": "later still"}})
    assert [call.download(url).headers["ETag"] for url in urls(call)] == tags


def test_the_past_is_forgotten_once_no_result_needs_it(own, campaign_input):
    call = own()
    call("POST", "/campaign", campaign_input(name="early"))
    graphql = call("POST", "/graphqlbulkqueryjob", QUERY).json["payload"]["data"]["id"]
    call.emulator.clock.advance(11)
    jobs, world = call.emulator.service.jobs, call.emulator.world
    jobs._forget_at = 5
    for _ in range(20):
        call("POST", "/campaign", campaign_input(name="late"))
    kept = world.remembered
    assert kept >= 20  # the result is not written yet
    raw = call("GET", f"/graphqlbulkjob/{graphql}").json["job"]["rawResult"]
    assert json.loads(raw)["data"]["campaigns"]["nodes"] == [{"name": "early"}]
    jobs._forget_at = 5
    call("POST", "/campaign", campaign_input(name="late"))
    assert world.remembered == 0


def test_queued_jobs_and_owed_callbacks_are_kept(kept):
    call = kept(active_limit=1)
    call.emulator.clock.freeze()
    callback = {"callbackUrl": "http://127.0.0.1:9/"}
    for _ in range(3):
        call("POST", "/graphqlbulkqueryjob", {**QUERY, "callbackInput": callback})
    start = call.emulator.clock.now()
    call = kept(active_limit=1)
    assert (call.emulator.service.jobs.active("graphql"), call.emulator.service.jobs.queued("graphql")) == (1, 2)
    call.emulator.clock.advance(1000)
    ended = [round(job.completed_at - start, 3) for job in call.emulator.jobs if job.kind == "graphql"]
    assert ended == [10, 20, 30]
    assert len(call.emulator.world.calling) == 3


def test_one_emulator_has_the_file(kept, path):
    call = kept()
    with pytest.raises(StateError, match=r"world\.state is in use by another emulator: stop it"):
        Emulator(state=path)
    assert call.submit("thirdpartydata", {"partnerId": "p1"})
    call = kept()
    assert call.submit("thirdpartydata", {"partnerId": "p1"}) == 412654


def test_an_emulator_is_left_and_entered_again(path, calling):
    emulator = Emulator(state=path)
    with emulator:
        calling(emulator).submit("thirdpartydata", {"partnerId": "p1"})
    with emulator:
        assert len(emulator.jobs) == 3


def test_a_file_that_is_not_ours_is_refused_and_left_alone(path, tmp_path):
    path.write_bytes(b"Dear diary, " * 100)
    with pytest.raises(StateError, match=r"world\.state is no state of an emulator: choose another file"):
        Emulator(state=path)
    assert path.read_bytes() == b"Dear diary, " * 100
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as file:
        file.execute("CREATE TABLE mine (x)")
    file.close()
    before = other.read_bytes()
    with pytest.raises(StateError, match="another program's database"):
        Emulator(state=other)
    assert other.read_bytes() == before


def test_a_later_version_is_refused(kept, path):
    kept().emulator.__exit__()
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version = 99")
    file.close()
    with pytest.raises(StateError, match="later version of the emulator"):
        Emulator(state=path)
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version = 1")
    file.close()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    for place in (tmp_path / "missing" / "x.state", tmp_path):
        with pytest.raises(StateError, match="in a directory you may write to"):
            Emulator(state=place)


def test_an_empty_file_is_a_beginning(kept, path):
    path.touch()
    assert kept().status(412651)["status"] == "Success"


def full(call):
    """No further page can be written: what SQLite meets on a full disk."""
    file = call.emulator.service.state._held
    file.execute(f"PRAGMA max_page_count = {file.execute('PRAGMA page_count').fetchone()[0]}")


def has_room(call):
    call.emulator.service.state._held.execute("PRAGMA max_page_count = 1000000")


def test_nothing_is_accepted_on_a_full_disk(kept, campaign_input):
    call = kept()
    call.emulator.plans.add(outcome="Failure", times=1000, operation="standard")
    full(call)
    before = call.emulator.export()["world"]
    large = campaign_input(description="x" * 200_000)
    answers = [
        call("POST", "/standardjob/campaign/bulk", {"input": [large]}),
        call("POST", "/campaign", large),
        call("POST", "/graphqlbulkqueryjob", {"query": QUERY["query"] + " " * 200_000}),
    ]
    for answer in answers:
        assert answer.status == 500
        assert "full. Nothing was done" in answer.json["detail"]
    assert call.emulator.export()["world"] | {"changes": 0} == before | {"changes": 0}
    has_room(call)
    assert call("POST", "/campaign", large).status == 201
    world = call.emulator.export()["world"]
    assert kept().emulator.export()["world"] == world


def test_a_bulk_job_that_cannot_be_written_ends_once_there_is_room(kept, campaign_input):
    call = kept()
    job = call.submit("campaign/bulk", {"input": [campaign_input(name=f"N{i}" * 50) for i in range(200)]})
    before = len(call.emulator.world.campaigns)
    full(call)
    with pytest.raises(NotKept, match="full"):
        call.emulator.clock.advance(JOB_SECONDS)
    assert call("GET", f"/standardjob/{job}/status").status == 500
    assert len(call.emulator.world.campaigns) == before
    has_room(call)
    assert call.status(job)["status"] == "Success"
    assert len(call.emulator.world.campaigns) == before + 200


def test_a_torn_tail_is_dropped(path):
    """The log of a killed process may end in the middle of a change."""
    process = started(path)
    port = address_of(process)
    ids = [submit(port) for _ in range(5)]
    process.kill()
    process.communicate()
    log = path.with_name(path.name + "-wal")
    log.write_bytes(log.read_bytes()[:-100])
    emulator = Emulator(state=path)
    assert list(emulator.world.standard) == [412651, 412652, *ids[:-1]]
    emulator.service.close()


def started(path, seconds=0.05):
    code = f"from ttd_workflows.emulator import serve; serve(0, job_seconds={seconds}, state={str(path)!r})"
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def address_of(process):
    line = process.stdout.readline()
    match = re.search(r":(\d+)/workflows", line)
    assert match, line + process.stderr.read()
    return int(match[1])


def submit(port, body=None, path="/standardjob/thirdpartydata"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    fields = {"TTD-Auth": "emulator", "Content-Type": "application/json"}
    try:
        connection.request("POST", path, json.dumps(body or {"partnerId": "p1"}), fields)
        response = connection.getresponse()
        answer = json.loads(response.read())
    finally:
        connection.close()
    assert response.status == 202, answer
    return answer["id"]


def test_killed_under_load_it_has_every_accepted_job_and_no_half_of_one(path, campaign_input):
    accepted = []
    size = 20
    inputs = {"input": [campaign_input(name="bulk") for _ in range(size)]}
    for kill_after in (10, 60, 150):
        process = started(path)
        port = address_of(process)
        enough = threading.Semaphore(0)

        def load(number, port=port, enough=enough):
            with suppress(OSError, http.client.HTTPException, ValueError):
                while True:
                    bulk = number % 2
                    id = submit(port, inputs, "/standardjob/campaign/bulk") if bulk else submit(port)
                    accepted.append(id)
                    enough.release()

        with ThreadPoolExecutor(4) as threads:
            for number in range(4):
                threads.submit(load, number)
            for _ in range(kill_after):
                assert enough.acquire(timeout=20)
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()

    emulator = Emulator(state=path)
    try:
        world = emulator.world
        assert set(accepted) <= world.standard.keys()
        assert len(set(accepted)) == len(accepted)
        ended = [job for job in world.standard.values() if job.operation == "create_campaigns_job" and job.outcome]
        named = sum(campaign.primary["name"] == "bulk" for campaign in world.campaigns.values())
        assert ended
        assert named == size * len(ended)
        made = [item["campaign"]["id"] for job in ended for item in job.outcome.items]
        assert len(set(made)) == len(made) == named
    finally:
        emulator.service.close()


def test_the_command_keeps_its_state_and_says_why_it_cannot(path, tmp_path):
    def run(file):
        command = [sys.executable, "-m", "ttd_workflows", "emulator", "--port", "0", "--state", file]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    first = run(path)
    job = submit(address_of(first))
    refused = run(path)
    out, err = refused.communicate(timeout=30)
    assert (refused.returncode, out) == (1, "")
    assert "is in use by another emulator" in err
    assert "Traceback" not in err
    first.kill()
    first.communicate()
    again = run(path)
    assert submit(address_of(again)) == job + 1
    again.kill()
    again.communicate()


def test_reset_returns_to_the_seed(own, campaign_input):
    call = own()
    beginning = call.emulator.export()["world"]
    call.emulator.clock.freeze()
    call.emulator.clock.advance(10**6)
    call.emulator.plans.add(outcome="Failure")
    call.emulator.faults.add("get_job_status", status=503)
    call("POST", "/campaign", campaign_input())
    call.submit("thirdpartydata", {"partnerId": "p1"})
    began = time.perf_counter()
    assert call.raw("POST", "/_emulator/reset").status == 204
    took = time.perf_counter() - began
    world = call.emulator.export()["world"]
    assert took < 1
    for name in ("partners", "advertisers", "sequences", "plans", "calling", "tokens"):
        assert world[name] == beginning[name]
    assert world["campaigns"].keys() == beginning["campaigns"].keys()
    assert (call.emulator.clock.frozen, abs(call.emulator.clock.ahead) < 1) == (False, True)
    assert list(call.emulator.faults) == []
    assert call.status(412651)["status"] == "Success"
    assert call("GET", "/standardjob/412653/status").status == 404
    assert call.submit("thirdpartydata", {"partnerId": "p1"}) == 412653


def test_a_reset_is_kept_too(kept, campaign_input):
    call = kept()
    call("POST", "/campaign", campaign_input())
    call.emulator.clock.advance(1000)
    call.emulator.reset()
    world = call.emulator.export()["world"]
    call = kept()
    assert call.emulator.export()["world"] == world
    assert call.emulator.clock.ahead < 1000


def test_work_under_way_does_not_reach_the_next_world(own):
    call = own(third_party_segments=50_000)
    job = call.submit("thirdpartydata", {"partnerId": "p1"})
    call.emulator.clock.advance(JOB_SECONDS)
    waiting = threading.Thread(target=lambda: call("GET", f"/standardjob/{job}/status"))
    waiting.start()
    call.emulator.reset()
    waiting.join()
    assert job not in call.emulator.world.standard
    assert call.submit("thirdpartydata", {"partnerId": "p1"}) == job


def test_an_exported_world_is_loaded_elsewhere_at_its_moment(own, campaign_input):
    first, second = own(seed=1), own()
    first.emulator.clock.freeze()
    campaign = first("POST", "/campaign", campaign_input(advertiserId="adv0001")).json["campaign"]["id"]
    job = first.submit("thirdpartydata", {"partnerId": "p1"})
    first.emulator.clock.advance(5)
    document = json.loads(first.raw("GET", "/_emulator/world").body)
    assert document == json.loads(json.dumps(first.emulator.export()))
    assert second.raw("PUT", "/_emulator/world", document).status == 204
    assert second("GET", f"/campaign/{campaign}/version").status == 200
    assert second.status(job)["completionPercentage"] == 50
    assert second.emulator.clock.now() == first.emulator.clock.now()
    assert second.finished(job)["rawResult"] == first.finished(job)["rawResult"]


def broken(document, *path, value):
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    if value is KeyError:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("format",), 2, r"\$\.format: The format must be 1, not 2"),
        (("wurld",), {}, r"\$\.wurld: .*did you mean world"),
        (("world",), KeyError, r"\$\.world"),
        (("world", "seed"), "x", r"\$\.world\.seed"),
        (("world", "campaigns"), [], r"\$\.world\.campaigns"),
        (("world", "standard", "412651", "created_at"), None, r"\$\.world\.standard\.412651\.created_at"),
        (("world", "standard", "412651", "kindd"), "x", r"\$\.world\.standard\.412651\.kindd"),
        (("world", "standard", "412651", "id"), 5, r"\$\.world\.standard\.412651\.id: The id must be 412651"),
        (("world", "sequences", "standard"), 0, r"\$\.world\.sequences\.standard: .*at least \d+"),
        (("world", "partners", "p1"), KeyError, r"\$\.world\.advertisers\..*\.partner_id: 'p1' is not in this world"),
        (("clock", "speed"), -1, r"\$\.clock"),
        (("clock", "point"), 1e30, r"\$\.clock"),
    ],
)
def test_a_wrong_document_is_refused_by_path_and_changes_nothing(call, path, value, said):
    before = call.emulator.export()["world"]
    document = broken(json.loads(json.dumps(call.emulator.export())), *path, value=value)
    with pytest.raises(WrongDocument, match=said):
        call.emulator.load(document)
    answer = call.raw("PUT", "/_emulator/world", document)
    assert (answer.status, all(name.startswith("$") for name in answer.json["errors"])) == (400, True)
    assert call.emulator.export()["world"] == before


def test_what_is_no_object_is_no_world(call):
    with pytest.raises(WrongDocument, match="JSON object"):
        call.emulator.load([])


def test_ten_thousand_jobs_are_read_again(path):
    emulator = Emulator(state=path)
    accept = emulator.service.jobs.accept
    for _ in range(10_000):
        accept("standard", "get_third_party_data_job", {"partnerId": "p1"}, emulator.clock.now(), "emulator")
    emulator.service.close()
    state = StateFile(path)
    state.open()
    world, _ = state.read()
    state.close()
    assert world == emulator.world
