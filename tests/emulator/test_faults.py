"""Each kind of fault as bytes on a socket, and what a client that is ours makes of it: never twice, and by name."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from zlib import decompress

import pytest

from support.raw import SUBMISSION, Raw, ask
from ttd_workflows import Workflows, errors
from ttd_workflows.emulator import Emulator, Settings
from ttd_workflows.utils import BackoffStrategy, RetryConfig

STATUS = "get_job_status"
SUBMIT = "get_third_party_data_job"
AT_ONCE = RetryConfig("backoff", BackoffStrategy(1, 1, 1.0, 100), retry_connection_errors=True)


@pytest.fixture(scope="module")
def running():
    with Emulator(settings=Settings(job_seconds=0.01)) as emulator:
        yield emulator


@pytest.fixture
def emulator(running):
    """Without rules, and with an empty journal."""
    running.faults.clear()
    running.journal.clear()
    yield running
    running.faults.clear()


@pytest.fixture
def workflows(emulator, tmp_path):
    with Workflows(
        ttd_auth=emulator.token, server_url=emulator.url, retry_config=AT_ONCE, ledger=tmp_path / "ledger"
    ) as client:
        yield client


def jobs(emulator):
    return len(emulator.world.jobs["standard"])


def submit(workflows):
    return workflows.dmp.get_third_party_data_job(request={"partner_id": "p1"})


def test_a_status_is_answered_and_nothing_is_done(emulator, workflows):
    emulator.faults.add(SUBMIT, status=503, times=1, retry_after=7)
    before = jobs(emulator)
    raw = Raw(emulator, SUBMISSION)
    assert (raw.status, raw.body, raw.headers["retry-after"], raw.end) == (503, b"", "7", "open")
    assert jobs(emulator) == before
    emulator.faults.add(SUBMIT, status=500)
    with pytest.raises(errors.OutcomeUnknown) as unknown:
        submit(workflows)
    assert unknown.value.status_code == 500
    assert len(emulator.journal.requests(SUBMIT)) == 2
    assert emulator.journal.duplicates() == []


@pytest.mark.parametrize(
    ("words", "body", "kind"),
    [
        ({"status": 502}, b"", None),
        ({"status": 429}, b'{"message":"API rate limit exceeded"}', "application/json; charset=utf-8"),
        ({"status": 503, "body": "busy"}, b"busy", "text/plain; charset=utf-8"),
        ({"status": 400, "body": {"title": "No"}}, b'{"title":"No"}', "application/json; charset=utf-8"),
        ({"status": 200, "body": ""}, b"", None),
    ],
)
def test_what_an_answer_of_a_rule_says(emulator, words, body, kind):
    emulator.faults.add(STATUS, **words)
    raw = Raw(emulator, ask())
    assert (raw.status, raw.body, raw.headers.get("content-type")) == (words["status"], body, kind)
    assert "retry-after" not in raw.headers


@pytest.mark.parametrize("kind", ["status", "accept_then_status"])
def test_a_redirect_leads_where_the_rule_says(emulator, kind):
    emulator.faults.add(STATUS, **{kind: 307}, location="https://elsewhere.example/a?b=c", times=1)
    raw = Raw(emulator, ask())
    assert (raw.status, raw.headers["location"]) == (307, "https://elsewhere.example/a?b=c")


def test_a_location_is_one_line_of_text(emulator):
    for location in (5, "/a\r\nSet-Cookie: b", "/ü"):
        with pytest.raises(ValueError, match="location must be a text of printable ASCII"):
            emulator.faults.add(STATUS, status=307, location=location)


def test_a_refusal_is_a_problem_as_the_settings_have_it(own):
    call = own(problem_content_type="application/problem+json")
    call.emulator.faults.add(STATUS, status=404)
    answer = call("GET", "/standardjob/412651/status")
    assert (answer.status, answer.json["status"]) == (404, 404)
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"


def test_retry_after_is_seconds_a_date_or_anything(emulator):
    emulator.faults.add(STATUS, status=503, retry_date=100, times=1)
    told = Raw(emulator, ask()).headers["retry-after"]
    assert 95 < parsedate_to_datetime(told).timestamp() - time.time() < 101
    for retry_after, shown in (("soon", "soon"), (0.5, "0.5"), (2.0, "2")):
        emulator.faults.add(STATUS, status=503, retry_after=retry_after, times=1)
        assert Raw(emulator, ask()).headers["retry-after"] == shown


def test_a_reading_call_is_repeated_until_the_fault_is_over(emulator, workflows):
    emulator.faults.add(STATUS, status=503, times=2)
    assert workflows.job_status.get_job_status(id=412651).status == "Success"
    assert [entry.status for entry in emulator.journal] == [503, 503, 200]


def test_a_declined_submission_is_sent_again(emulator, workflows):
    before = jobs(emulator)
    emulator.faults.add(SUBMIT, status=429, times=2)
    submit(workflows)
    assert [entry.status for entry in emulator.journal] == [429, 429, 202]
    assert jobs(emulator) == before + 1
    assert emulator.journal.duplicates() == []


def test_reset_is_a_reset_before_anything_is_done(emulator, workflows):
    rule = emulator.faults.add([SUBMIT, STATUS], reset=True)
    before = jobs(emulator)
    raw = Raw(emulator, SUBMISSION)
    assert (raw.bytes, raw.end) == (b"", "reset")
    assert jobs(emulator) == before
    with pytest.raises(errors.OutcomeUnknown):
        submit(workflows)
    with pytest.raises(errors.NoResponseError):
        workflows.job_status.get_job_status(id=1, retries=None)
    entries = list(emulator.journal)
    assert [(entry.status, entry.fault) for entry in entries] == [(None, rule.id)] * 3
    assert entries[0].note == "the connection was reset before anything was done"


def test_accept_then_drop_does_it_and_says_nothing(emulator, workflows):
    emulator.faults.add(SUBMIT, accept_then_drop=True)
    before = jobs(emulator)
    raw = Raw(emulator, SUBMISSION)
    assert (raw.bytes, raw.end) == (b"", "closed")
    assert jobs(emulator) == before + 1
    with pytest.raises(errors.OutcomeUnknown) as unknown:
        submit(workflows)
    assert isinstance(unknown.value, errors.NoResponseError)
    assert jobs(emulator) == before + 2
    assert [entry.status for entry in emulator.journal] == [None, None]
    assert [entry.id for entry in emulator.journal.duplicates()] == [list(emulator.journal)[1].id]


def test_accept_then_status_does_it_and_says_it_failed(emulator, workflows):
    emulator.faults.add(SUBMIT, accept_then_status=504, retry_after=1)
    before = jobs(emulator)
    raw = Raw(emulator, SUBMISSION)
    assert (raw.status, raw.body, raw.headers["retry-after"], raw.end) == (504, b"", "1", "open")
    with pytest.raises(errors.OutcomeUnknown):
        submit(workflows)
    assert jobs(emulator) == before + 2


def test_accept_then_delay_does_it_at_once(emulator, workflows):
    emulator.faults.add(SUBMIT, accept_then_delay=30, times=1)
    before = jobs(emulator)
    with pytest.raises(errors.OutcomeUnknown):
        workflows.dmp.get_third_party_data_job(request={"partner_id": "p1"}, timeout_ms=300)
    assert jobs(emulator) == before + 1
    emulator.faults.add(SUBMIT, accept_then_delay=0.05)
    assert submit(workflows).id


def test_latency_comes_before_anything_is_done(emulator, workflows):
    emulator.faults.add(STATUS, latency=0.15, times=1)
    assert Raw(emulator, ask(), patience=0.05).status == 200
    assert next(iter(emulator.journal)).milliseconds > 150
    emulator.faults.add(STATUS, latency=30, times=1)
    with pytest.raises(errors.NoResponseError):
        workflows.job_status.get_job_status(id=412651, timeout_ms=200, retries=None)


def test_truncate_cuts_the_body_and_closes(emulator, workflows):
    emulator.faults.add(STATUS, truncate=10, times=1)
    emulator.faults.add(STATUS, truncate=True)
    raw = Raw(emulator, ask())
    assert (raw.status, len(raw.body), raw.end) == (200, 10, "closed")
    assert raw.length > 100
    half = Raw(emulator, ask())
    assert (len(half.body), half.end) == (half.length // 2, "closed")
    with pytest.raises(errors.NoResponseError):
        workflows.job_status.get_job_status(id=412651, retries=None)


def test_a_truncated_receipt_leaves_the_outcome_unknown(emulator, workflows):
    emulator.faults.add(SUBMIT, truncate=3)
    before = jobs(emulator)
    with pytest.raises(errors.OutcomeUnknown):
        submit(workflows)
    assert jobs(emulator) == before + 1


def test_nothing_is_cut_from_a_body_that_is_shorter(emulator):
    emulator.faults.add(STATUS, truncate=1_000_000)
    raw = Raw(emulator, ask())
    assert (len(raw.body), raw.end) == (raw.length, "open")
    assert json.loads(raw.body)["id"] == 412651


def test_drip_takes_its_time_and_is_whole(emulator, workflows):
    emulator.faults.add(STATUS, drip=20_000)
    raw = Raw(emulator, ask())
    assert json.loads(raw.body)["id"] == 412651
    (entry,) = emulator.journal
    assert entry.milliseconds > raw.length / 20_000 * 1000 * 0.8
    assert workflows.job_status.get_job_status(id=412651).status == "Success"


def test_drip_stops_when_the_caller_is_gone(emulator):
    emulator.faults.add(STATUS, drip=20)
    raw = Raw(emulator, ask(), patience=0.02)
    assert len(raw.body) < 10
    deadline = time.monotonic() + 5
    while not next(iter(emulator.journal)).ended and time.monotonic() < deadline:
        time.sleep(0.01)
    assert next(iter(emulator.journal)).note == "the caller left"


@pytest.mark.parametrize(("by", "end"), [(20, "closed"), (-20, "open"), (-10_000, "open")])
def test_wrong_length_lies_in_the_header_only(emulator, workflows, by, end):
    true = Raw(emulator, ask()).length
    emulator.faults.add(STATUS, wrong_length=by)
    raw = Raw(emulator, ask())
    assert (raw.length, len(raw.body), raw.end) == (max(0, true + by), true, end)
    with pytest.raises((errors.NoResponseError, errors.ResponseValidationError)):
        workflows.job_status.get_job_status(id=412651, retries=None)
    emulator.faults.clear()
    assert workflows.job_status.get_job_status(id=412651).status == "Success"


def test_malformed_body_keeps_status_and_length(emulator, workflows):
    true = Raw(emulator, ask()).length
    emulator.faults.add([STATUS, SUBMIT], malformed_body=True)
    raw = Raw(emulator, ask())
    assert (raw.status, raw.length, len(raw.body), raw.end) == (200, true, true, "open")
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(raw.body)
    with pytest.raises(errors.ResponseValidationError):
        workflows.job_status.get_job_status(id=412651)
    before = jobs(emulator)
    with pytest.raises(errors.OutcomeUnknown):
        submit(workflows)
    assert jobs(emulator) == before + 1


def test_empty_body_keeps_the_status(emulator, workflows):
    emulator.faults.add(STATUS, empty_body=True)
    raw = Raw(emulator, ask())
    assert (raw.status, raw.length, raw.body, raw.end) == (200, 0, b"", "open")
    with pytest.raises(errors.ResponseValidationError):
        workflows.job_status.get_job_status(id=412651)


def test_gzip_is_packed_whoever_asked_for_it(emulator, workflows):
    emulator.faults.add(STATUS, gzip=True)
    raw = Raw(emulator, ask())
    assert (raw.headers["content-encoding"], raw.headers["transfer-encoding"]) == ("gzip", "chunked")
    size, _, rest = raw.body.partition(b"\r\n")
    packed = rest[: int(size, 16)]
    while (rest := rest[int(size, 16) + 2 :]) and (size := rest.partition(b"\r\n")[0]) != b"0":
        rest = rest.partition(b"\r\n")[2]
        packed += rest[: int(size, 16)]
    assert json.loads(decompress(packed, wbits=31))["id"] == 412651
    assert workflows.job_status.get_job_status(id=412651).status == "Success"


@pytest.mark.parametrize("status", [401, 403])
def test_an_expired_token_is_refused_as_the_settings_have_it(own, status):
    emulator = own(expired_token=status).emulator
    emulator.faults.add("*", expired_token=True)
    raw = Raw(emulator, ask())
    assert raw.status == status
    with (
        Workflows(ttd_auth=emulator.token, server_url=emulator.url) as workflows,
        pytest.raises((errors.Unauthorized, errors.Forbidden)) as refused,
    ):
        workflows.job_status.get_job_status(id=412651)
    assert refused.value.status_code == status
    assert len(emulator.journal) == 2  # it is not repeated


def test_an_expired_token_is_refused_by_rest_in_its_own_words(own):
    call = own()
    call.emulator.faults.add("*", expired_token=True)
    answer = call.rest("GET", "partner/p1")
    assert (answer.status, list(answer.json)) == (403, ["Message"])
    assert "expired" in answer.json["Message"]


def test_faults_that_do_not_exclude_each_other_may_come_together(emulator):
    emulator.faults.add(STATUS, status=500, body="x" * 1000, latency=0.1, truncate=100)
    raw = Raw(emulator, ask())
    assert (raw.status, raw.body, raw.end) == (500, b"x" * 100, "closed")
    (entry,) = emulator.journal
    assert entry.milliseconds > 100
    assert (entry.bytes_sent, entry.note) == (100, f"fault {entry.fault}: latency and truncate and status")


def test_after_a_fault_the_connection_is_used_on(emulator):
    emulator.faults.add(STATUS, wrong_length=-5, times=1)
    emulator.faults.add(STATUS, malformed_body=True, times=1)
    raw = Raw(emulator, ask() + ask() + ask())
    assert raw.bytes.count(b"HTTP/1.1 200 OK") == 3
    assert raw.bytes.count(b"not JSON") == 1
    lengths = [int(part.split(b"\r\n")[0]) for part in raw.bytes.split(b"content-length: ")[1:]]
    assert lengths == [lengths[1] - 5, lengths[1], lengths[1]]


def test_how_often_a_rule_fires(emulator):
    def statuses(n, **words):
        emulator.faults.clear()
        emulator.faults.add(STATUS, status=500, **words)
        return [Raw(emulator, ask(Connection="close")).status for _ in range(n)]

    assert statuses(4, times=2) == [500, 500, 200, 200]
    assert statuses(6, every=3) == [200, 200, 500, 200, 200, 500]
    assert statuses(4, skip=2) == [200, 200, 500, 500]
    assert statuses(6, skip=1, every=2, times=2) == [200, 200, 500, 200, 500, 200]
    assert statuses(3, probability=0) == [200, 200, 200]
    assert statuses(3, enabled=False) == [200, 200, 200]


def test_chance_is_the_same_each_time():
    def drawn(seed):
        with Emulator(seed=seed) as emulator:
            emulator.faults.add(STATUS, status=500, probability=0.5)
            return [Raw(emulator, ask(Connection="close")).status for _ in range(20)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert set(drawn(1)) == {200, 500}


def test_rules_follow_one_another(emulator):
    emulator.faults.add(STATUS, status=503, times=1)
    emulator.faults.add("*", status=502, times=1)
    rule = emulator.faults.add(STATUS, status=500)
    assert [Raw(emulator, ask()).status for _ in range(3)] == [503, 502, 500]
    assert [one.hits for one in emulator.faults] == [1, 1, 1]
    emulator.faults.disable(rule.id)
    assert Raw(emulator, ask()).status == 200
    emulator.faults.enable(rule.id)
    assert Raw(emulator, ask()).status == 500
    emulator.faults.remove(rule.id)
    assert Raw(emulator, ask()).status == 200
    with pytest.raises(KeyError, match=f"no fault rule {rule.id}"):
        emulator.faults.remove(rule.id)


def test_only_the_operations_named_are_met(emulator):
    emulator.faults.add(["get_job_status", "download"], status=500)
    assert Raw(emulator, ask()).status == 500
    assert Raw(emulator, ask("/graphqlbulkjob/1")).status == 404
    assert len(emulator.faults) == 1


def test_a_token_that_is_not_known_meets_faults_too(emulator):
    emulator.faults.add(STATUS, status=503)
    assert Raw(emulator, ask(**{"TTD-Auth": "other"})).status == 503


@pytest.mark.parametrize(
    ("operation", "words", "message"),
    [
        (STATUS, {"stauts": 500}, "there is no 'stauts'; did you mean status?"),
        (STATUS, {"status": 500, "tims": 1}, "there is no 'tims'; did you mean times?"),
        (STATUS, {"status": "500"}, "status must be a whole number from 200 to 599, not '500'"),
        (STATUS, {"status": True}, "status must be a whole number from 200 to 599, not True"),
        (STATUS, {"latency": float("inf")}, "latency must be a number of 0 or more, not inf"),
        (STATUS, {"latency": float("nan")}, "latency must be a number of 0 or more, not nan"),
        (STATUS, {"reset": False}, "reset must be true, not False"),
        (STATUS, {"retry_after": 1}, "retry_after belongs to status or accept_then_status"),
        (STATUS, {"reset": True, "retry_after": 1}, "belongs to status or accept_then_status, not to reset"),
        (STATUS, {"status": 503, "retry_after": "a\r\nb"}, "retry_after must be seconds, or a text"),
        (STATUS, {"status": 503, "reset": True}, "reset and status exclude each other"),
        (STATUS, {"dead_url": True}, "dead_url happens to download only, not to job_status.get_job_status"),
        (STATUS, {}, "say what is to happen: one of latency, "),
        (STATUS, {"reset": True, "times": 0}, "times must be a whole number of 1 or more, not 0"),
        (STATUS, {"reset": True, "probability": 2}, "probability must be a number from 0 to 1, not 2"),
        ("callback", {"truncate": 1}, "truncate cannot happen to a callback; there are latency, "),
        ("get_jobstatus", {"reset": True}, "did you mean job_status.get_job_status?"),
        ("create", {"reset": True}, "'create' may be campaign.create or ad_groups.create"),
        ([], {"reset": True}, "operation must be a name or a list of names, not []"),
        (7, {"reset": True}, "operation must be a name or a list of names, not 7"),
        ([7], {"reset": True}, "operation must be a name or a list of names, not [7]"),
    ],
)
def test_a_wrong_rule_is_refused_by_name(call, operation, words, message):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the message is compared below
        call.emulator.faults.add(operation, **words)
    assert message in str(refused.value)
    if not any(isinstance(value, float) for value in words.values()):
        answer = call.raw("POST", "/_emulator/faults", {"operation": operation, **words})
        assert answer.status == 400
        assert message in next(iter(answer.json["errors"].values()))[0]
    assert len(call.emulator.faults) == 0


def test_rules_over_http(own):
    call = own()
    answer = call.raw("POST", "/_emulator/faults", {"operation": STATUS, "status": 503, "times": 2})
    rule = answer.json
    assert rule == {
        "id": 1,
        "operation": STATUS,
        "status": 503,
        "times": 2,
        "every": 1,
        "probability": 1.0,
        "skip": 0,
        "enabled": True,
        "hits": 0,
    }
    assert call("GET", "/standardjob/412651/status").status == 503
    assert call.raw("GET", "/_emulator/faults").json == {"faults": [rule | {"hits": 1}]}
    assert call.raw("PATCH", "/_emulator/faults/1", {"enabled": False}).json["enabled"] is False
    assert call("GET", "/standardjob/412651/status").status == 200
    assert call.raw("PATCH", "/_emulator/faults/1", {"times": 5}).status == 400
    assert call.raw("DELETE", "/_emulator/faults/1").status == 204
    for method, body in (("DELETE", None), ("PATCH", {"enabled": True})):
        assert call.raw(method, "/_emulator/faults/1", body).json["detail"] == "There is no fault rule 1."
    call.raw("POST", "/_emulator/faults", {"operation": "*", "reset": True})
    assert call.raw("DELETE", "/_emulator/faults").status == 204
    assert call.raw("GET", "/_emulator/faults").json == {"faults": []}
    assert call.raw("POST", "/_emulator/faults", {"status": 503}).json["errors"]["$.operation"] == [
        'operation is missing: name one, or "*"'
    ]


def test_the_kinds_describe_themselves(call):
    told = call.raw("GET", "/_emulator/faults/kinds").json
    kinds = {kind["kind"]: kind for kind in told["kinds"]}
    assert len(kinds) == 16
    for kind in kinds.values():
        assert kind["meaning"].endswith(".")
        assert kind["parameters"][0]["name"] == kind["kind"]
        assert kind["parameters"][0]["required"]
    assert kinds["dead_url"]["only"] == "download"
    assert [one["name"] for one in told["frequency"]] == ["times", "every", "probability", "skip", "enabled"]
    assert {"*", "campaign.create", "download", "callback"} <= set(told["operations"])


def test_a_page_of_another_origin_adds_no_fault(call):
    rule = {"operation": "*", "reset": True}
    assert call.raw("POST", "/_emulator/faults", rule, {"Origin": "http://evil.example"}).status == 403
    assert len(call.emulator.faults) == 0


def test_many_threads_add_and_remove_while_requests_run(emulator):
    def change(n):
        rule = emulator.faults.add(STATUS, status=503, probability=0)
        assert Raw(emulator, ask(Connection="close")).status == 200
        emulator.faults.remove(rule.id)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(change, range(40)))
    assert len(emulator.faults) == 0
