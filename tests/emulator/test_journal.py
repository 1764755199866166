"""The journal: what was asked and answered, which of it twice, none of it secret, all of it bounded."""

import json

import pytest

from ttd_workflows.emulator.clock import Clock
from ttd_workflows.emulator.entries import Entry
from ttd_workflows.emulator.events import Events
from ttd_workflows.emulator.journal import Journal

SECRET = "hush-4711"


def scope(method="GET", path="/x", query=b"", headers=()):
    return {"method": method, "path": path, "query_string": query, "headers": list(headers)}


@pytest.fixture
def caller(own):
    return own()


def read(caller, query=""):
    answer = caller.raw("GET", f"/_emulator/journal{query}")
    assert answer.status == 200, answer.body
    return answer.json


def whole(caller, entry):
    return caller.raw("GET", f"/_emulator/journal/{entry['id']}").json


def test_an_entry_has_the_request_and_its_answer(caller):
    job = caller.submit("thirdpartydata", {"partnerId": "p1"})
    caller.status(job)
    first, second = read(caller)["entries"]
    assert (first["operation"], first["method"], first["status"]) == ("dmp.get_third_party_data_job", "POST", 202)
    assert first["path"] == "/workflows/standardjob/thirdpartydata"
    assert first["job"] == second["job"] == f"standard:{job}"
    assert second["operation"] == "job_status.get_job_status"
    assert first["milliseconds"] > 0
    assert (first["fault"], first["duplicateOf"], first["note"]) == (None, None, None)
    assert "requestBody" not in first
    entry = whole(caller, first)
    assert json.loads(entry["requestBody"]) == {"partnerId": "p1"}
    assert json.loads(entry["responseBody"]) == {"id": job}
    assert entry["responseHeaders"]["content-type"] == "application/json; charset=utf-8"
    assert entry["requestBytes"] == len(entry["requestBody"])


def test_python_reads_the_same(caller):
    caller("GET", "/standardjob/412651/status")
    (entry,) = caller.emulator.journal.requests("get_job_status")
    assert entry.document() == whole(caller, read(caller)["entries"][0])
    assert list(caller.emulator.journal) == [entry]
    assert repr(entry) == "<1: job_status.get_job_status GET /workflows/standardjob/412651/status -> 200>"
    with pytest.raises(ValueError, match=r"did you mean job_status\.get_job_status"):
        caller.emulator.journal.requests("get_job_statu")
    with pytest.raises(ValueError, match=r"campaign\.create or ad_groups\.create"):
        caller.emulator.journal.requests("create")


def test_a_request_is_seen_while_it_has_no_answer_yet():
    journal = Journal(Clock(), Events())
    entry = journal.begin(scope())
    assert (journal[1].status, journal[1].milliseconds) == (None, None)
    assert repr(entry).endswith("no answer>")


def test_a_result_is_entered_with_its_beginning_only(own):
    caller = own(third_party_segments=3000, raw_result_limit=0)
    url = caller.finished(caller.submit("thirdpartydata", {"partnerId": "p1"}))["url"]
    size = len(caller.download(url).body)
    (entry,) = caller.emulator.journal.requests("download")
    assert entry.bytes_sent == size
    assert entry.response_body.endswith(f"… ({size} bytes in all)")
    assert entry.kept < 70_000
    assert entry.job == "standard:412653"


def test_controls_are_not_entered(caller):
    caller.raw("GET", "/_emulator/health")
    assert read(caller)["total"] == 0


def test_what_matches_no_route_is_entered_with_the_nearest(caller):
    caller("POST", "/standardjob/thirdparty", {"partnerId": "p1"})
    caller("PUT", "/campaign")
    first, second = read(caller)["entries"]
    assert (first["operation"], first["status"]) == (None, 404)
    assert first["note"].endswith("the nearest is POST /standardjob/thirdpartydata.")
    assert json.loads(whole(caller, first)["requestBody"]) == {"partnerId": "p1"}
    assert (second["status"], second["note"]) == (405, "/workflows/campaign does not take PUT, only POST, PATCH.")


def test_entries_are_filtered_and_paged(caller, campaign_input):
    caller("POST", "/campaign", campaign_input(name="Needle"))
    caller("POST", "/campaign", {})
    caller("GET", "/standardjob/412651/status")
    caller("GET", "/standardjob/7/status")

    def ids(query):
        return [entry["id"] for entry in read(caller, query)["entries"]]

    assert ids("?operation=campaign.create") == [1, 2]
    assert ids("?operation=get_job_status&status=404") == [4]
    assert ids("?status=4xx") == [2, 4]
    assert ids("?status=none") == []
    assert caller.raw("GET", "/_emulator/journal?status=bad").json["errors"] == {
        "status": ["A status is a number such as 503, a class such as 5xx, or none, not 'bad'."]
    }
    assert ids("?method=post") == [1, 2]
    assert ids("?text=nEEDLE") == [1]
    assert ids("?limit=2") == [3, 4]
    assert ids("?limit=2&after=1") == [2, 3]
    assert ids("?after=4") == []
    assert read(caller, "?limit=0") == {"entries": [], "total": 4, "duplicates": 0}
    for wrong in ("?after=x", "?limit=-1", "?operation=nothing"):
        assert caller.raw("GET", f"/_emulator/journal{wrong}").status == 400
    assert caller.raw("GET", "/_emulator/journal/99").status == 404


def test_forgetting(caller):
    caller("GET", "/standardjob/412651/status")
    assert caller.raw("DELETE", "/_emulator/journal").status == 204
    assert read(caller)["total"] == 0
    assert caller.raw("GET", "/_emulator/requests").json == {}
    caller("GET", "/standardjob/412651/status")
    assert [entry["id"] for entry in read(caller)["entries"]] == [2]


def test_what_was_done_twice_is_linked(caller, campaign_input):
    for name in ("one", "two", "one", "one"):
        assert caller("POST", "/campaign", campaign_input(name=name)).status == 201
    entries = read(caller)
    assert [entry["duplicateOf"] for entry in entries["entries"]] == [None, None, 1, 1]
    assert entries["duplicates"] == 2
    assert [entry.id for entry in caller.emulator.journal.duplicates()] == [3, 4]


def test_what_did_nothing_is_no_duplicate(caller, campaign_input):
    for _ in range(2):
        caller("POST", "/campaign", {})  # refused
        caller.raw("POST", "/campaign", campaign_input())  # no token
        caller("POST", "/campaign", campaign_input() | {"validateInputOnly": True})
        caller("POST", "/graphqlrequest", {"request": "{ partners { nodes { id } } }"})
        caller("POST", "/restrequest", {"methodType": "GET", "endpoint": "partner/p1"})
        caller("POST", "/campaign/archive", [])
    assert caller.emulator.journal.duplicates() == []
    caller.submit("thirdpartydata", {"partnerId": "p1"})
    caller.submit("thirdpartydata", {"partnerId": "p2"})
    assert caller.emulator.journal.duplicates() == []


def test_no_secret_is_shown(caller):
    callback = {"callbackUrl": f"http://127.0.0.1:9/x?signature={SECRET}"}
    caller.submit(
        "thirdpartydata",
        {"partnerId": "p1", "callbackInput": {**callback, "callbackHeaders": {"X": f'a"]}} {SECRET}'}}},
    )
    caller("GET", "/standardjob/412651/status", Authorization=f"Bearer {SECRET}", Cookie=SECRET)
    login = json.dumps({"Login": "me", "Password": f'a"b\\{SECRET}', "x": 1})
    caller("POST", "/restrequest", {"methodType": "POST", "endpoint": "authentication", "dataBody": login})
    bulk = f'mutation {{ x(callbackHeaders: [{{key: "a", value: "]{SECRET}"}}]) }}'
    caller("POST", "/graphqlrequest", {"request": bulk})
    url = caller.finished(412651)["url"]
    caller.download(url)
    caller.raw("GET", f"/workflows/nowhere?token={SECRET}&x=1")
    for entry in caller.emulator.journal:
        shown = json.dumps(entry.document())
        assert SECRET not in shown, shown
        assert caller.emulator.token not in entry.request_headers.values()
        assert url.rpartition("=")[2] not in shown
    assert entry.query == "token=***&x=1"


def test_a_broken_body_shows_no_secret_either():
    entry = Entry(1, 0.0, scope("POST"))
    for body in (
        f'{{"callbackHeaders": {{"a": "{SECRET}',
        f'{{"callbackHeaders": [{{"key": "a", "value": "{SECRET}"',
        f'{{"Password": "{SECRET}',
        f'{{"dataBody": "{{\\"Password\\": \\"{SECRET}\\"',
    ):
        entry.received(body.encode())
        assert SECRET not in entry.request_body, entry.request_body


def test_bodies_that_are_no_text_are_shown_all_the_same():
    entry = Entry(1, 0.0, scope("POST"))
    entry.received(b"\xff\x00{")
    assert entry.request_body == "\ufffd\x00{"


def test_it_is_bounded_in_entries_and_bytes():
    journal = Journal(Clock(), Events(), kept_entries=10, kept_bytes=5_000)
    under_way = journal.begin(scope())
    for _ in range(100):
        entry = journal.begin(scope("POST"))
        entry.received(b"x" * 1_000)
        journal.end(entry)
        assert len(journal) <= 10
        assert sum(entry.kept for entry in journal) <= 5_000
    journal.end(under_way)
    assert [entry.id for entry in journal] == [97, 98, 99, 100, 101]
    assert journal[99].id == 99
    for gone in (1, 96, 102):
        with pytest.raises(KeyError):
            journal[gone]
    journal.clear()
    assert list(journal) == []


def test_what_is_known_of_duplicates_is_bounded_too():
    journal = Journal(Clock(), Events(), kept_entries=3)
    for n in range(10):
        entry = journal.begin(scope("POST"))
        entry.received(b"%d" % n)
        journal.carried_out(entry)
    assert len(journal._carried_out) == 3


def test_requests_are_told_as_events():
    journal = Journal(Clock(), events := Events())
    told = []
    events.publish = lambda kind, make: told.append((kind, make()))
    entry = journal.begin(scope())
    journal.end(entry)
    assert told == [("request", entry.summary())]
