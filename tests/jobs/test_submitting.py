"""One wish, one job: keys, refusals, unknowns and the ledger's own troubles."""

import asyncio
import os
import sqlite3
import stat
import threading

import pytest

from support.emulators import received
from support.plays import answer, drop
from support.server import Server, refusing_address
from ttd_workflows import Workflows, errors

SHAPE = {"partner_id": "p1", "query_shape": "nodes {id}"}


def client(server, place, **settings):
    return Workflows(
        ttd_auth="token",
        server_url=server if isinstance(server, str) else server.url,
        ledger=place,
        retry_config=None,
        **settings,
    )


def entries(workflows):
    return workflows.jobs.entries()


def test_the_same_key_gives_the_same_job_and_sends_nothing(workflows, emulator):
    first = workflows.jobs.third_party_data(**SHAPE, key="night")
    again = workflows.jobs.third_party_data(**SHAPE, key="night")
    assert first.reference == again.reference
    assert received(emulator) == 1


def test_the_same_key_tomorrow_from_another_client(emulator, place):
    references = []
    for _ in range(2):
        with Workflows(ttd_auth=emulator.token, server_url=emulator.url, ledger=place) as workflows:
            references.append(workflows.jobs.third_party_data(**SHAPE, key="night").reference)
    assert references[0] == references[1]


def test_both_forms_share_one_record(workflows, emulator):
    first = workflows.jobs.third_party_data(**SHAPE, key="night")
    again = asyncio.run(workflows.jobs.third_party_data_async(**SHAPE, key="night"))
    assert first.reference == again.reference


def test_without_a_key_each_is_a_job_of_its_own_and_is_recorded(workflows):
    first, second = (workflows.jobs.third_party_data(**SHAPE) for _ in range(2))
    assert first.reference != second.reference
    assert [entry.job for entry in entries(workflows)] == [str(second.reference), str(first.reference)]
    assert asyncio.run(workflows.jobs.entries_async()) == entries(workflows)


def test_another_body_under_a_key_is_refused_with_the_difference(workflows):
    workflows.jobs.third_party_data(**SHAPE, key="night")
    with pytest.raises(errors.KeyReused, match='partnerId was "p1", is "p2"'):
        workflows.jobs.third_party_data(partner_id="p2", query_shape="nodes {id}", key="night")


def test_another_operation_under_a_key_is_refused(workflows):
    workflows.jobs.third_party_data(**SHAPE, key="night")
    with pytest.raises(errors.KeyReused, match=r"then dmp\.get_third_party_data_job, now graph_ql_request"):
        workflows.jobs.graphql_bulk_query("query { partners { nodes { id } } }", key="night")


def test_scopes_keep_keys_apart(emulator, place):
    jobs = []
    for scope in ("east", "west"):
        with Workflows(ttd_auth=emulator.token, server_url=emulator.url, ledger=place, ledger_scope=scope) as workflows:
            jobs.append(workflows.jobs.third_party_data(**SHAPE, key="night").reference)
    assert jobs[0] != jobs[1]


def test_a_refusal_frees_the_key(place):
    with Server(answer(400, {"title": "no"}), answer(202, {"id": 5})) as server, client(server, place) as workflows:
        with pytest.raises(errors.BadRequest):
            workflows.jobs.third_party_data(**SHAPE, key="night")
        assert workflows.jobs.third_party_data(**SHAPE, key="night").id == 5
        assert [entry.state for entry in entries(workflows)] == ["accepted", "refused"]


def test_what_never_left_frees_the_key(place):
    with refusing_address() as address, client(address, place) as workflows:
        for _ in range(2):
            with pytest.raises(errors.NotSent):
                workflows.jobs.third_party_data(**SHAPE, key="night")
        assert [entry.state for entry in entries(workflows)] == ["unsent", "unsent"]


def test_declined_with_429_frees_the_key(place):
    with Server(answer(429), answer(202, {"id": 5})) as server, client(server, place) as workflows:
        with pytest.raises(errors.RateLimited):
            workflows.jobs.third_party_data(**SHAPE, key="night")
        assert workflows.jobs.third_party_data(**SHAPE, key="night").id == 5


def test_unknown_is_said_and_sent_again_only_on_the_callers_word(place):
    with Server(drop, answer(202, {"id": 5})) as server, client(server, place) as workflows:
        with pytest.raises(errors.SubmissionUnknown) as first:
            workflows.jobs.third_party_data(**SHAPE, key="night")
        with pytest.raises(errors.SubmissionUnknown, match="not known whether the service took it on") as second:
            workflows.jobs.third_party_data(**SHAPE, key="night")
        assert len(server.requests) == 1
        assert first.value.entry.key == "night"
        job = second.value.resubmit()
        assert (job.id, job.key) == (5, "night")
        assert workflows.jobs.third_party_data(**SHAPE, key="night").id == 5
        assert [(entry.attempt, entry.state) for entry in entries(workflows)] == [(2, "accepted"), (1, "given up")]


def test_an_unknown_comes_first_in_the_record(place):
    with Server(drop, answer(202, {"id": 5})) as server, client(server, place) as workflows:
        with pytest.raises(errors.SubmissionUnknown):
            workflows.jobs.third_party_data(**SHAPE)
        workflows.jobs.third_party_data(**SHAPE)
        assert [entry.state for entry in entries(workflows)] == ["unknown", "accepted"]


def test_a_check_only_claims_no_key(workflows):
    ad_group = {
        "campaign_id": "missing",
        "primary_input": {"name": "a", "channel": "Display", "funnel_location": "Awareness"},
    }
    job = workflows.jobs.create_ad_groups([ad_group], validate_input_only=True, key="night")
    assert job.reference is not None
    assert entries(workflows) == []


def test_a_campaign_instead_of_a_job_is_a_job_already_ended(place):
    with Server(answer(200, {"campaign": {"id": "abc1234"}})) as server, client(server, place) as workflows:
        job = workflows.jobs.update_campaigns([{"id": "abc1234"}], key="night")
        assert job.reference is None
        assert job.wait(timeout=0).partial is False
        assert job.payload.campaign.id == "abc1234"
        again = workflows.jobs.update_campaigns([{"id": "abc1234"}], key="night")
        assert (again.reference, len(server.requests)) == (None, 1)


def test_neither_token_nor_callback_secret_nor_signed_url_is_in_the_file(emulator, place):
    with Workflows(ttd_auth=emulator.token, server_url=emulator.url, ledger=place) as workflows:
        job = workflows.jobs.third_party_data(
            **SHAPE,
            key="night",
            callback_input={"callback_url": "http://127.0.0.1:1/x", "callback_headers": {"X-Secret": "hush-hush"}},
        )
        result = job.wait(timeout=10)
    held = b"".join(path.read_bytes() for path in place.parent.iterdir())
    assert b"callbackUrl" in held
    assert b"hush-hush" not in held
    assert emulator.token.encode() not in held.replace(b"/emulator", b"")
    assert result.snapshot.url.partition("?")[2].encode() not in held


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_only_the_owner_reads_the_file(workflows, place):
    workflows.jobs.third_party_data(**SHAPE)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_without_a_ledger_there_are_no_keys(emulator):
    with Workflows(ttd_auth=emulator.token, server_url=emulator.url, ledger=None) as workflows:
        assert workflows.jobs.third_party_data(**SHAPE).id
        with pytest.raises(errors.ConfigurationError, match="ledger=None"):
            workflows.jobs.third_party_data(**SHAPE, key="night")


@pytest.mark.parametrize(
    ("spoil", "hint"),
    [
        (lambda place: place.write_bytes(b"this is no database" * 100), "damaged"),
        (lambda place: sqlite3.connect(place).execute("PRAGMA user_version = 99").connection.close(), "later version"),
        (lambda place: place.mkdir(), "cannot be used"),
    ],
    ids=["damaged", "from the future", "a directory"],
)
def test_a_file_that_cannot_be_used_is_said_before_anything_is_sent(emulator, place, spoil, hint):
    place.parent.mkdir()
    spoil(place)
    with (
        Workflows(ttd_auth=emulator.token, server_url=emulator.url, ledger=place) as workflows,
        pytest.raises(errors.LedgerError, match=f"(?s){hint}.*Nothing was sent|Nothing was sent.*{hint}"),
    ):
        workflows.jobs.third_party_data(**SHAPE, key="night")
    assert received(emulator) == 0


def test_the_default_ledger_may_fail_for_a_submission_without_a_key(emulator, place, monkeypatch, caplog):
    place.parent.mkdir()
    place.write_bytes(b"this is no database" * 100)
    monkeypatch.setenv("WORKFLOWS_LEDGER", str(place))
    with Workflows(ttd_auth=emulator.token, server_url=emulator.url) as workflows:
        assert workflows.jobs.third_party_data(**SHAPE).id
        assert workflows.jobs.third_party_data(**SHAPE).id
        assert [r.levelname for r in caplog.records if "without a record" in r.message] == ["WARNING"]
        with pytest.raises(errors.LedgerError):
            workflows.jobs.third_party_data(**SHAPE, key="night")


def test_a_ledger_that_fails_at_the_mark_keeps_the_request_from_leaving(place, monkeypatch):
    with Server(answer(202, {"id": 5})) as server, client(server, place) as workflows:
        ledger = workflows.jobs.ledger
        monkeypatch.setattr(type(ledger), "on_wire", fail)
        with pytest.raises(errors.LedgerError):
            workflows.jobs.third_party_data(**SHAPE, key="night")
        assert server.requests == []


def test_a_ledger_that_fails_after_acceptance_does_not_lose_the_id(place, monkeypatch, caplog):
    with Server(answer(202, {"id": 5})) as server, client(server, place) as workflows:
        monkeypatch.setattr(type(workflows.jobs.ledger), "accepted", fail)
        assert workflows.jobs.third_party_data(**SHAPE, key="night").id == 5
        assert "standard:5 was taken on" in caplog.text


def fail(*_, **__):
    raise errors.LedgerError("the disk is full")


def test_threads_with_one_key_share_one_job(workflows, emulator):
    references = []
    barrier = threading.Barrier(16)

    def submit():
        barrier.wait()
        references.append(workflows.jobs.third_party_data(**SHAPE, key="night").reference)

    threads = [threading.Thread(target=submit) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(references), len(set(references))) == (16, 1)
    assert received(emulator) == 1


def test_a_cancelled_submission_is_unknown_once_it_left(place):
    async def give_up(workflows):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await workflows.jobs.third_party_data_async(**SHAPE, key="night")

    with Server(silent) as server, client(server, place) as workflows:
        asyncio.run(give_up(workflows))
        with pytest.raises(errors.SubmissionUnknown):
            workflows.jobs.third_party_data(**SHAPE, key="night")
        assert len(server.requests) == 1


def silent(connection, _):
    connection.wait_for_peer()
