"""Collecting results through a job: inline or at a URL that dies, whole or in parts, by row and by input."""

import asyncio
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.plays import answer
from support.server import Server
from ttd_workflows import UnknownResultShape, Workflows, downloads, errors
from ttd_workflows.emulator import Emulator, Settings
from ttd_workflows.jobs.pace import Polling

QUICK = Polling(floor=0.05, ceiling=0.1)
SHAPE = "nodes {id name}"


def client(emulator, ledger=None):
    return Workflows(ttd_auth=emulator.token, server_url=emulator.url, ledger=ledger)


@pytest.fixture(params=[20 * 1024 * 1024, 0], ids=["inline", "at a URL"])
def third_party(request):
    settings = Settings(raw_result_limit=request.param)
    with Emulator(settings=settings, job_seconds=0.2) as emulator, client(emulator) as workflows:
        job = workflows.jobs.third_party_data(partner_id="p1", query_shape=SHAPE)
        yield job.wait(timeout=20, poll=QUICK)


def test_callers_need_not_know_where_a_result_lies(third_party, tmp_path):
    assert third_party.save(tmp_path / "r.json") == tmp_path / "r.json"
    nodes = json.loads((tmp_path / "r.json").read_text())["data"]["partner"]["thirdPartyData"]["nodes"]
    assert list(third_party.rows()) == nodes
    assert third_party.to_arrow().to_pylist() == nodes
    assert third_party.to_polars().to_dicts() == nodes
    assert third_party.to_pandas()["id"].tolist() == [node["id"] for node in nodes]
    assert third_party.to_jsonl(tmp_path / "r.jsonl").rows == len(nodes)
    assert third_party.to_parquet(tmp_path / "r.parquet").rows == len(nodes)


def test_rows_outlive_the_name_of_their_result():
    with Emulator(settings=Settings(raw_result_limit=0), job_seconds=0.1) as emulator, client(emulator) as workflows:
        job = workflows.jobs.third_party_data(partner_id="p1", query_shape=SHAPE)
        assert len(list(job.wait(timeout=20, poll=QUICK).rows())) == 200


def test_the_awaited_forms_come_to_the_same(third_party, tmp_path):
    async def collect():
        await third_party.save_async(tmp_path / "r.json")
        rows = [row async for row in third_party.rows_async()]
        table = await third_party.to_arrow_async()
        written = await third_party.to_parquet_async(tmp_path / "r.parquet")
        return rows, table.num_rows, written.rows

    rows, of_table, of_file = asyncio.run(collect())
    assert rows == list(third_party.rows())
    assert of_table == of_file == len(rows) > 0


def test_a_directory_that_is_not_there_is_said(third_party, tmp_path):
    with pytest.raises(errors.InputError, match="there is no directory"):
        third_party.save(tmp_path / "missing" / "r.json")


def test_items_of_what_is_no_bulk_result_are_refused_and_rows_go_on(third_party):
    with pytest.raises(UnknownResultShape):
        list(third_party.items())
    assert list(third_party.rows())


def status(url, state="Success"):
    return answer(
        200,
        {"id": 5, "createdAtUtc": "2026-11-24T01:02:03Z", "completedAtUtc": "2026-11-24T01:03:03Z", "status": state}
        | ({"url": url} if url else {}),
    )


def test_a_dead_url_is_renewed_by_asking_again(tmp_path):
    body = b'{"data":{"partner":{"thirdPartyData":{"nodes":[{"id":"1"}]}}}}'
    asked = []

    def serve(connection, request):
        if "/status" in request.target:
            asked.append(request)
            status(f"{server.origin}/file?signature=s{len(asked)}")(connection, request)
        elif "s1" in request.target:
            answer(403, b"<Error><Code>AuthenticationFailed</Code></Error>")(connection, request)
        else:
            answer(200, body, ETag='"e"')(connection, request)

    with Server(serve) as server, Workflows(ttd_auth="token", server_url=server.url, ledger=None) as workflows:
        result = workflows.jobs.get(5).result()
        result.save(tmp_path / "r.json")
        assert list(result.rows()) == [{"id": "1"}]
        fetched = [request for request in server.requests if "/file" in request.target]
    assert (tmp_path / "r.json").read_bytes() == body
    assert len(asked) == 2
    assert all("ttd-auth" not in request.headers for request in fetched)


def test_a_url_that_dies_after_the_results_expired_says_so(tmp_path):
    answers = iter(["Success", "ResultsExpired"])

    def serve(connection, request):
        if "/status" in request.target:
            state = next(answers)
            status(f"{server.origin}/file?signature=s" if state == "Success" else None, state)(connection, request)
        else:
            answer(403, b"<Error/>")(connection, request)

    with Server(serve) as server, Workflows(ttd_auth="token", server_url=server.url, ledger=None) as workflows:
        result = workflows.jobs.get(5).result()
        with pytest.raises(errors.ResultsExpired, match="its results are gone: run it again"):
            result.save(tmp_path / "r.json")


def test_what_was_saved_is_not_fetched_again_to_be_read(tmp_path):
    body = b'{"data":{"partner":{"thirdPartyData":{"nodes":[{"id":"1"}]}}}}'

    def serve(connection, request):
        if "/status" in request.target:
            status(f"{server.origin}/file?signature=s")(connection, request)
        else:
            answer(200, body, ETag='"e"')(connection, request)

    with Server(serve) as server, Workflows(ttd_auth="token", server_url=server.url, ledger=None) as workflows:
        result = workflows.jobs.get(5).result()
        result.save(tmp_path / "r.json")
        fetched = len(server.requests)
        assert list(result.rows()) == [{"id": "1"}]
        assert len(server.requests) == fetched
        (tmp_path / "r.json").write_text("changed since")
        assert list(result.rows()) == [{"id": "1"}]


@pytest.fixture
def campaign(workflows):
    made = workflows.campaign.create(
        request={
            "primary_input": {
                "advertiser_id": "adv0001",
                "name": "Spring",
                "primary_channel": "Display",
                "primary_goal": {"maximize_reach": True},
            }
        }
    )
    return made.campaign.id


def ad_group(campaign, name="a", channel="Display"):
    return {
        "campaign_id": campaign,
        "primary_input": {"name": name, "channel": channel, "funnel_location": "Awareness"},
    }


def test_each_input_learns_what_became_of_it(workflows, campaign):
    inputs = [ad_group(campaign, "one"), ad_group("missing", "two"), ad_group(campaign, "three")]
    result = workflows.jobs.create_ad_groups(inputs, key="sheet").wait(timeout=20, poll=QUICK)
    assert result.partial
    items = list(result.items())
    assert [(item.index, item.ok) for item in items] == [(0, True), (1, False), (2, True)]
    assert [item.input for item in items] == inputs
    assert items[0].entity["name"] == "one"
    assert "missing" in items[1].message


def test_many_inputs_are_split_and_read_as_one(workflows, campaign, tmp_path):
    inputs = [ad_group(campaign, f"g{number}") for number in range(5)]
    inputs[3] = ad_group("missing", "g3")
    job = workflows.jobs.create_ad_groups(inputs, key="sheet", per_job=2)
    assert len(job.parts) == 3
    assert [part.key for part in job.parts] == ["sheet", "sheet#2", "sheet#3"]
    result = job.wait(timeout=20, poll=QUICK)
    assert (result.partial, job.last.percent) == (True, 100.0)
    items = list(result.items())
    assert [(item.index, item.ok) for item in items] == [(0, True), (1, True), (2, True), (3, False), (4, True)]
    assert [item.input for item in items] == inputs
    assert len(list(result.rows())) == 5
    result.save(tmp_path / "parts")
    assert sorted(path.name for path in (tmp_path / "parts").glob("part*")) == [
        f"part-{number:04}.json" for number in (1, 2, 3)
    ]
    again = workflows.jobs.create_ad_groups(inputs, key="sheet", per_job=2)
    assert [part.reference for part in again.parts] == [part.reference for part in job.parts]


def test_a_split_job_ends_among_others(workflows, campaign):
    split = workflows.jobs.create_ad_groups([ad_group(campaign, f"g{n}") for n in range(3)], per_job=1)
    single = workflows.jobs.third_party_data(partner_id="p1")
    ended = list(workflows.jobs.as_completed([split, single], timeout=20, poll=QUICK, questions_per_second=50))
    assert set(ended) == {split, single}
    assert split.last.state == "Success"


@pytest.mark.parametrize("change", [{"inputs": 3}, {"per_job": 1}, {"inputs": 1}], ids=str)
def test_other_inputs_or_another_split_under_a_key_are_refused(workflows, campaign, change):
    def submit(inputs=2, per_job=2):
        return workflows.jobs.create_ad_groups(
            [ad_group(campaign, f"g{number}") for number in range(inputs)], key="sheet", per_job=per_job
        )

    submit()
    with pytest.raises(errors.KeyReused):
        submit(**change)


def test_a_part_that_is_refused_tells_which_parts_were_taken_on():
    with (
        Server(answer(202, {"id": 5}), answer(400, {"title": "no"})) as server,
        Workflows(ttd_auth="token", server_url=server.url, ledger=None) as workflows,
        pytest.raises(errors.BadRequest) as caught,
    ):
        workflows.jobs.create_ad_groups([ad_group("c"), ad_group("c")], per_job=1)
    assert caught.value.__notes__ == ["taken on before this one: standard:5"]


def test_a_failed_job_is_submitted_again_under_its_key_on_the_callers_word(workflows):
    job = workflows.jobs.create_ad_groups([ad_group("missing")], key="sheet")
    with pytest.raises(errors.JobFailed):
        job.wait(timeout=20, poll=QUICK)
    assert workflows.jobs.create_ad_groups([ad_group("missing")], key="sheet").reference == job.reference
    again = job.resubmit()
    assert (again.key, again.reference != job.reference) == ("sheet", True)
    assert workflows.jobs.create_ad_groups([ad_group("missing")], key="sheet").reference == again.reference
    assert [(entry.attempt, entry.job) for entry in workflows.jobs.entries()] == [
        (2, str(again.reference)),
        (1, str(job.reference)),
    ]


def test_a_job_that_has_not_failed_is_not_submitted_again(workflows):
    job = workflows.jobs.third_party_data(partner_id="p1", key="night")
    with pytest.raises(errors.InputError, match="has not failed"):
        job.resubmit()


def test_callback_headers_are_asked_for_again(workflows):
    callback = {"callback_url": "http://127.0.0.1:1/x", "callback_headers": {"X-Secret": "hush"}}
    job = workflows.jobs.create_ad_groups([ad_group("missing")], key="sheet", callback_input=callback)
    with pytest.raises(errors.JobFailed):
        job.wait(timeout=20, poll=QUICK)
    with pytest.raises(errors.InputError, match="callback headers, which are not kept"):
        job.resubmit()
    assert job.resubmit(callback_input=callback).reference != job.reference


def test_a_stored_job_that_the_service_has_forgotten_says_so(place):
    with (
        Server(answer(202, {"id": 5}), answer(404, {"title": "There is no job 5."})) as server,
        Workflows(ttd_auth="token", server_url=server.url, ledger=place) as workflows,
    ):
        job = workflows.jobs.third_party_data(partner_id="p1", key="night")
        with pytest.raises(errors.NotFound) as caught:
            job.status()
        assert "under the key 'night'" in str(caught.value)
        assert "the service does not know it any more. job.resubmit() sends it again." in str(caught.value)
        server.script(answer(404, {"title": "no"}), answer(202, {"id": 6}))
        assert job.resubmit().id == 6


BODY = b'{"data":{"partner":{"thirdPartyData":{"nodes":[{"id":"1"}]}}}}'


@pytest.fixture
def fetches():
    """A service with one job, whose result is slow to fetch, and the ranges that were fetched of it."""
    ranges = []

    def serve(connection, request):
        if "/status" in request.target:
            status(f"{server.origin}/file?signature=s")(connection, request)
            return
        ranges.append(request.headers.get("range"))
        if request.headers.get("range") == "bytes=0-0":
            answer(206, BODY[:1], ETag='"e"', **{"Content-Range": f"bytes 0-0/{len(BODY)}"})(connection, request)
        else:
            time.sleep(0.1)
            answer(200, BODY, ETag='"e"')(connection, request)

    with Server(serve) as server:
        server.ranges = ranges
        yield server


def on(server):
    return Workflows(ttd_auth="token", server_url=server.url, ledger=None)


def test_a_finished_file_is_recognised_however_its_job_was_found(fetches, tmp_path):
    with on(fetches) as workflows:
        workflows.jobs.get(5).result().save(tmp_path / "r.json")
        token = workflows.jobs.get(5).token._replace(operation="dmp.get_third_party_data_job", key="night")
    with on(fetches) as workflows:
        workflows.jobs.get(str(token)).result().save(tmp_path / "r.json")
    assert fetches.ranges[1:] == ["bytes=0-0"]


def test_what_was_read_is_not_fetched_again_to_be_saved(fetches, tmp_path):
    with on(fetches) as workflows:
        result = workflows.jobs.get(5).result()
        assert list(result.rows()) == [{"id": "1"}]
        result.save(tmp_path / "r.json")
        with pytest.raises(errors.InputError, match="is not a file that can be replaced"):
            result.save(tmp_path)
    assert (tmp_path / "r.json").read_bytes() == BODY
    assert len(fetches.ranges) == 1


def test_several_first_readers_fetch_once(fetches):
    async def read(result):
        async def rows():
            return [row async for row in result.rows_async()]

        return await asyncio.gather(*(rows() for _ in range(40)))

    with on(fetches) as workflows:
        result = workflows.jobs.get(5).result()
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(lambda _: list(result.rows()), range(4))) == [[{"id": "1"}]] * 4
        assert asyncio.run(read(workflows.jobs.get(5).result())) == [[{"id": "1"}]] * 40
    assert len(fetches.ranges) == 2


def test_connections_are_handed_on(fetches, tmp_path, monkeypatch):
    asked, fetch = [], downloads.fetch
    monkeypatch.setattr(downloads, "fetch", lambda *a, **n: asked.append(n["parallel"]) or fetch(*a, **n))
    with on(fetches) as workflows:
        workflows.jobs.get(5).result().save(tmp_path / "a.json", parallel=4)
        workflows.jobs.get(5).result().save(tmp_path / "b.json")
    assert asked == [4, None]


def collected(result):
    async def collect():
        return [item async for item in result.items_async()], [row async for row in result.rows_async()]

    return asyncio.run(collect())


@pytest.mark.parametrize("per_job", [2, 10], ids=["split", "whole"])
def test_the_awaited_items_and_rows_are_the_same(workflows, campaign, per_job):
    inputs = [ad_group("missing", "g0"), ad_group("missing", "g1"), ad_group(campaign, "g2")]
    result = workflows.jobs.create_ad_groups(inputs, per_job=per_job).wait(timeout=20, poll=QUICK)
    items, rows = collected(result)
    assert items == list(result.items())
    assert [item.ok for item in items] == [False, False, True]
    assert rows == list(result.rows())


def test_items_before_a_fault_come_before_it():
    good = {"index": 0, "adGroup": {"id": "a"}, "errors": []}
    raw = answer(
        200, {"id": 5, "createdAtUtc": "2026-11-24T01:02:03Z", "status": "Success", "rawResult": json.dumps([good, 1])}
    )

    async def collect(result):
        async for item in result.items_async():
            heard.add(item.entity["id"])

    heard = set()
    with Server(raw) as server, on(server) as workflows:
        result = workflows.jobs.get(5).result()
        with pytest.raises(UnknownResultShape):
            asyncio.run(collect(result))
    assert heard == {"a"}


def test_a_split_result_says_what_it_can_and_what_to_use_instead(workflows, campaign, tmp_path):
    job = workflows.jobs.create_ad_groups([ad_group(campaign, f"g{n}") for n in range(2)], per_job=1)
    result = job.wait(timeout=20, poll=QUICK)
    assert repr(result) == f"<Result of {job.parts[0].name} to {job.parts[1].name} (2 jobs)>"
    for table in (
        result.to_arrow,
        result.to_polars,
        result.to_pandas,
        lambda: result.to_jsonl(tmp_path / "x"),
        lambda: result.to_parquet(tmp_path / "x"),
        lambda: asyncio.run(result.to_arrow_async()),
    ):
        with pytest.raises(errors.InputError, match="a document for each part: go through rows"):
            table()
    assert [part.result().to_arrow().num_rows for part in job.parts] == [1, 1]
    (tmp_path / "file").write_text("mine")
    with pytest.raises(errors.InputError, match="is a file, and several documents need a directory"):
        result.save(tmp_path / "file")
    with pytest.raises(errors.InputError, match="there is no directory"):
        result.save(tmp_path / "missing" / "parts")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_split_job_has_a_name_for_each_part_and_none_for_all(workflows, campaign):
    job = workflows.jobs.create_ad_groups([ad_group(campaign, f"g{n}") for n in range(2)], per_job=1)
    for name in ("id", "token"):
        with pytest.raises(errors.NotReady, match=rf"go through job\.parts \({job.parts[0].name}, "):
            getattr(job, name)
    with pytest.raises(errors.NotReady, match="has not ended"):
        job.result()
    job.wait(timeout=20, poll=QUICK)
    assert len(list(job.result().rows())) == 2


AT_ONCE = answer(200, {"data": {"id": "c"}, "errors": []})
CHANGES = [{"id": "a", "primary_input": {"name": "A"}}, {"id": "b", "primary_input": {"name": "B"}}]
RESULT = {
    "id": 5,
    "createdAtUtc": "2026-11-24T01:02:03Z",
    "status": "Success",
    "completionPercentage": 100,
    "rawResult": "[]",
}


def test_parts_that_were_done_at_once_went_well(tmp_path):
    answers = (AT_ONCE, AT_ONCE, AT_ONCE, answer(202, {"id": 5}), answer(200, RESULT))
    with Server(*answers) as server, on(server) as workflows:
        job = workflows.jobs.update_campaigns(CHANGES, per_job=1)
        assert job.wait(timeout=5).partial is False
        job.result().save(tmp_path / "parts")
        assert json.loads((tmp_path / "parts" / "part-0002.json").read_text())["data"]["id"] == "c"
        with pytest.raises(errors.NotReady, match="acted at once"):
            job.status()
        mixed = workflows.jobs.update_campaigns(CHANGES, per_job=1)
        (result,) = workflows.jobs.wait_all(job for job in [mixed])
        assert (mixed.last.state, mixed.last.percent, result.partial) == ("Success", 100.0, False)


def test_a_generator_of_jobs_is_waited_for(workflows):
    jobs = [workflows.jobs.third_party_data(partner_id="p1") for _ in range(2)]

    async def ended():
        generator = (job for job in jobs)
        return [job async for job in workflows.jobs.as_completed_async(generator, timeout=20, poll=QUICK)]

    assert len(workflows.jobs.wait_all((job for job in jobs), timeout=20, poll=QUICK)) == 2
    assert set(workflows.jobs.as_completed((job for job in jobs), timeout=20, poll=QUICK)) == set(jobs)
    assert set(asyncio.run(ended())) == set(jobs)


def test_coming_back_to_a_job_loads_nothing():
    script = (
        "import sys\nfrom ttd_workflows import Workflows\n"
        "with Workflows(ttd_auth='t', ledger=None, server_url='https://h.example/workflows/') as workflows:\n"
        "    workflows.jobs.get(5)\n"
        "    workflows.jobs.get({'ttdw': 1, 'job': '5', 'server': 'https://h.example/workflows'})\n"
        "print('pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"
