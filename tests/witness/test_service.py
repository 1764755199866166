"""What the emulator does besides succeeding, seen through the official SDKs and ours alike.

Input is only checked, archiving is refused, jobs succeed in part, queue, run, expire and call back; others' things are
denied; and what the emulator's switches make of an answer can still be read.
"""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from ttd_workflows.emulator import Emulator, Settings
from ttd_workflows.emulator.settings import User

from .clients import CLIENTS, Client
from .contract import EDITIONS, contract
from .journey import Journey
from .recorder import Recorder, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CAMPAIGN = "0391336"
"""One that is there from the beginning, with enabled ad groups."""
INPUT = {
    "advertiser_id": "0012345",
    "name": "Spring",
    "primary_channel": "Display",
    "primary_goal": {"maximize_reach": True},
}
GROUP = {"name": "Berlin", "channel": "Display", "funnel_location": "Awareness"}
SUBMIT_QUERY = "graph_ql_request.submit_graph_ql_bulk_query_job"
QUERY_STATUS = "job_status.get_graph_ql_bulk_job_status"
QUERY = {"query": "query { partners { nodes { id } } }"}
DAY = 24 * 3600
REFUSALS = {
    "0.7.2": {401: "ProblemDetailsError", 403: "ProblemDetailsError", 404: "ProblemDetailsError"},
    "0.13.2": {401: "ProblemDetailsError", 403: "ProblemDetailsError", 404: "ProblemDetailsError"},
    "ours": {401: "Unauthorized", 403: "Forbidden", 404: "NotFound"},
}
has_graphql_jobs = pytest.mark.parametrize("client", ["0.13.2", "ours"], indirect=True)


@pytest.fixture(scope="module")
def processes() -> Iterator[dict[str, Client]]:
    """Each client's process; a call says by itself where its emulator is."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(start("http://127.0.0.1:9")) for name, start in CLIENTS.items()}


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    """One of the three clients."""
    return str(request.param)


@pytest.fixture
def at(processes: dict[str, Client], client: str) -> Callable[[Emulator], Journey]:
    """Lets the client go to an emulator."""
    document = contract(client if client in EDITIONS else EDITIONS[-1])
    return lambda emulator: Journey(processes[client], document, server_url=emulator.url)


def refused(journey: Journey, emulator: Emulator, name: str, **arguments: Any) -> tuple[str, int | None]:
    """The error of a call that is refused, and the status it was refused with; 0.7.2 does not tell that itself."""
    outcome = journey.attempt(name, **arguments)
    assert not outcome.ok
    return outcome.type, list(emulator.journal)[-1].status


def things(emulator: Emulator) -> tuple[int, int]:
    return len(emulator.world.campaigns), len(emulator.world.ad_groups)


def test_what_is_only_checked_is_not_made(at: Callable[[Emulator], Journey], client: str) -> None:
    with Emulator(job_seconds=0) as emulator:
        journey, before = at(emulator), things(emulator)
        checked = journey.attempt("campaign.create", request={"primary_input": INPUT, "validate_input_only": True})
        assert checked.ok is (client != "0.7.2"), "0.7.2 knows 201 alone, and a check is answered 200"

        group = {"campaign_id": CAMPAIGN, "primary_input": GROUP, "validate_input_only": True}
        checked = journey.attempt("ad_groups.create", request=group)
        assert checked.ok
        assert not checked.value or not any(checked.value.values())

        change = {"id": CAMPAIGN, "primary_input": {"name": "Summer"}, "validate_input_only": True}
        assert journey.ask("campaigns.update", request=change)["campaign"]["name"] == "Summer"
        assert emulator.world.campaigns[CAMPAIGN].primary["name"] != "Summer"

        bulk = {"input": [{"primary_input": INPUT}], "validate_input_only": True}
        submitted = journey.ask("campaign.create_campaigns_job", request=bulk)
        assert journey.follow("job_status.get_job_status", submitted["id"])["status"] == "Success"
        assert things(emulator) == before


def test_what_is_wrong_is_found_by_a_check(at: Callable[[Emulator], Journey]) -> None:
    with Emulator() as emulator:
        wrong = {"primary_input": {**INPUT, "advertiser_id": "nobody"}, "validate_input_only": True}
        assert refused(at(emulator), emulator, "campaign.create", request=wrong)[1] == 400


def test_what_is_active_is_archived_by_force_alone(at: Callable[[Emulator], Journey]) -> None:
    with Emulator() as emulator:
        journey = at(emulator)
        assert refused(journey, emulator, "campaigns.archive", request_body=[CAMPAIGN])[1] == 400
        assert journey.ask("campaigns.archive", request_body=[CAMPAIGN], force_archive=True) == [CAMPAIGN]
        change = {"id": CAMPAIGN, "primary_input": {"name": "Summer"}}
        assert refused(journey, emulator, "campaigns.update", request=change)[1] == 400


@pytest.mark.parametrize(("names", "status"), [(["0012345", "nobody"], "PartialSuccess"), (["nobody"], "Failure")])
def test_a_bulk_job_tells_what_became_of_each(at: Callable[[Emulator], Journey], names: list[str], status: str) -> None:
    inputs = [{"primary_input": {**INPUT, "advertiser_id": name}} for name in names]
    with Emulator(job_seconds=0) as emulator:
        journey, before = at(emulator), things(emulator)
        submitted = journey.ask("campaign.create_campaigns_job", request={"input": inputs})
        job = journey.follow("job_status.get_job_status", submitted["id"])
        assert job["status"] == status
        assert "nobody" in job["errors"]
        assert things(emulator)[0] - before[0] == names.count("0012345")
        if status == "PartialSuccess":
            good, bad = json.loads(job["rawResult"])
            assert (good["campaign"]["name"], good["errors"], bad["campaign"]) == ("Spring", [], None)


def test_a_job_runs_by_the_clock_and_its_result_expires(at: Callable[[Emulator], Journey], client: str) -> None:
    with Emulator(job_seconds=100) as emulator:
        emulator.clock.freeze()
        journey = at(emulator)
        job_id = journey.ask("dmp.get_third_party_data_job", request={"partner_id": "p1"})["id"]

        def stands() -> tuple[str, float | None]:
            told = journey.ask("job_status.get_job_status", id=job_id)
            return told["status"], told["completionPercentage"]

        assert stands() == ("InProgress", 0)
        emulator.clock.advance(50)
        status, percentage = stands()
        assert status == "InProgress"
        assert percentage is not None
        assert 0 < percentage < 100
        emulator.clock.advance(50)
        assert stands() == ("Success", 100)
        emulator.clock.advance(DAY + 1)
        if client == "0.7.2":
            assert journey.attempt("job_status.get_job_status", id=job_id).type == "ValidationError", (
                "it lacks the word"
            )
        else:
            assert stands() == ("ResultsExpired", 100)


def test_the_old_word_may_stay_when_a_result_expires(at: Callable[[Emulator], Journey]) -> None:
    with Emulator(settings=Settings(expired_status="kept")) as emulator:
        emulator.clock.advance(2 * DAY)
        told = at(emulator).ask("job_status.get_job_status", id=412651)
        assert (told["status"], told["url"], told["rawResult"]) == ("Success", None, None)


@has_graphql_jobs
def test_a_graphql_job_queues_first(at: Callable[[Emulator], Journey]) -> None:
    with Emulator(job_seconds=100) as emulator:
        emulator.clock.freeze()
        journey = at(emulator)
        submitted = journey.ask(SUBMIT_QUERY, request=QUERY)["payload"]["data"]
        seen = [submitted["status"]]
        for _ in range(2):
            emulator.clock.advance(50)
            seen.append(journey.ask(QUERY_STATUS, id=str(submitted["id"]))["job"]["status"])
        assert seen == ["Queued", "InProgress", "Success"]


@has_graphql_jobs
def test_a_graphql_job_is_cancelled_by_a_mutation(at: Callable[[Emulator], Journey]) -> None:
    with Emulator(job_seconds=100) as emulator:
        journey = at(emulator)
        answer = journey.ask(SUBMIT_QUERY, request=QUERY)
        job_id = answer["payload"]["data"]["id"]
        cancel = {"request": f"mutation {{ cancelBulkJob(input: {{jobId: {job_id}}}) {{ data {{ id }} }} }}"}
        journey.ask("graph_ql_request.submit_graph_ql_request", request=cancel)
        job = journey.ask(QUERY_STATUS, id=str(job_id))["job"]
        assert job["status"] == "Cancelled"


@has_graphql_jobs
def test_a_full_queue_is_told_in_the_payload(at: Callable[[Emulator], Journey]) -> None:
    with Emulator(settings=Settings(active_limit=1, queue_limit=1, job_seconds=100)) as emulator:
        journey = at(emulator)
        payloads = [journey.ask(SUBMIT_QUERY, request=QUERY)["payload"] for _ in range(3)]
        assert [payload["data"] is not None for payload in payloads[:2]] == [True, True]
        assert payloads[2].get("data") is None
        assert payloads[2]["errors"][0]["message"]


def test_a_job_calls_back(at: Callable[[Emulator], Journey]) -> None:
    came = threading.Event()

    def thanks(_: object) -> Reply:
        came.set()
        return Reply(200)

    with Recorder(thanks) as receiver, Emulator(job_seconds=0.01) as emulator:
        callback = {"callback_url": receiver.url, "callback_headers": {"x-key": "abc"}}
        request = {"partner_id": "p1", "callback_input": callback}
        job_id = at(emulator).ask("dmp.get_third_party_data_job", request=request)["id"]
        assert came.wait(20)
        [told] = receiver.requests
        assert told.headers["x-key"] == "abc"
        assert (told.json()["jobId"], told.json()["status"]) == (job_id, "Success")


def test_an_unknown_token_is_refused(at: Callable[[Emulator], Journey], client: str) -> None:
    with Emulator(settings=Settings(token="another")) as emulator:
        journey = at(emulator)
        for name, arguments in (
            ("job_status.get_job_status", {"id": 412651}),
            ("campaign.get_version", {"id": CAMPAIGN}),
        ):
            assert refused(journey, emulator, name, **arguments) == (REFUSALS[client][401], 401)


def test_what_belongs_to_others_is_denied(at: Callable[[Emulator], Journey], client: str) -> None:
    narrow = User(name="ann", token="emulator", partners=("p2",))
    with Emulator(settings=Settings(token="another", users=(narrow,))) as emulator:
        journey, before = at(emulator), things(emulator)
        for name, arguments, status in (
            ("job_status.get_job_status", {"id": 412651}, 404),
            ("campaign.create", {"request": {"primary_input": INPUT}}, 403),
            ("campaign.get_version", {"id": CAMPAIGN}, 404),
            ("dmp.get_third_party_data_job", {"request": {"partner_id": "p1"}}, 404),
        ):
            assert refused(journey, emulator, name, **arguments) == (REFUSALS[client][status], status)
        assert things(emulator) == before
        assert journey.ask("dmp.get_third_party_data_job", request={"partner_id": "p2"})["id"]


@pytest.mark.parametrize("served", EDITIONS)
def test_an_emulator_of_one_edition_is_for_that_alone(
    at: Callable[[Emulator], Journey], client: str, served: Any
) -> None:
    spoken = client if client in EDITIONS else EDITIONS[-1]
    with Emulator(settings=Settings(editions=served)) as emulator:
        journey = at(emulator)
        if spoken == served:
            assert journey.ask("job_status.get_job_status", id=412651)["status"] == "Success"
        else:
            error = refused(journey, emulator, "job_status.get_job_status", id=412651)
            assert error == (REFUSALS[client][404], 404)


PROBLEMS = {
    "application/json": {"0.7.2": "ProblemDetailsError", "0.13.2": "ProblemDetailsError", "ours": "BadRequest"},
    "application/problem+json": {"0.7.2": "APIError", "0.13.2": "APIError", "ours": "BadRequest"},
    "text/plain": dict.fromkeys(CLIENTS, "APIError"),
}


@pytest.mark.parametrize("content_type", PROBLEMS)
def test_a_problem_by_its_content_type(at: Callable[[Emulator], Journey], client: str, content_type: Any) -> None:
    request = {"primary_input": {**INPUT, "advertiser_id": "nobody"}}
    with Emulator(settings=Settings(problem_content_type=content_type)) as emulator:
        error = refused(at(emulator), emulator, "campaign.create", request=request)
        assert error == (PROBLEMS[content_type][client], 400)


@pytest.mark.parametrize(
    "switch",
    [
        {"timestamps": "ticks"},
        {"timestamps": "bare"},
        {"job_ids": "large"},
        {"job_ids": "colliding"},
        {"empty_members": "absent"},
        {"percentage_at_start": None},
        {"raw_result_beside_url": False},
        {"raw_result_limit": 0},
        {"unknown_members": "refused"},
        {"null_members": "refused"},
        {"member_case": "exact"},
        {"dates_without_zone": "refused"},
    ],
    ids=lambda switch: "-".join(map(str, next(iter(switch.items())))),
)
def test_a_switch_leaves_answers_and_requests_readable(at: Callable[[Emulator], Journey], switch: Any) -> None:
    dated = {**INPUT, "start_date_in_utc": {"$datetime": "2026-03-01T00:00:00+00:00"}}
    with Emulator(settings=Settings(job_seconds=100, **switch)) as emulator:
        emulator.clock.freeze()
        journey = at(emulator)
        assert journey.ask("campaign.create", request={"primary_input": dated})["campaign"]["name"] == "Spring"
        job_id = journey.ask("dmp.get_third_party_data_job", request={"partner_id": "p1"})["id"]
        assert journey.ask("job_status.get_job_status", id=job_id)["status"] == "InProgress"
        emulator.clock.advance(100)
        job = journey.ask("job_status.get_job_status", id=job_id)
        assert (job["id"], job["status"]) == (job_id, "Success")
        assert job.get("rawResult") or job.get("url")


def test_rest_may_have_nothing_to_say(at: Callable[[Emulator], Journey], client: str) -> None:
    """REST v3 documents 240 for that; the official SDKs know 200 alone, and raise for what was done."""
    with Emulator() as emulator:
        journey = at(emulator)
        start = {"$datetime": "2026-01-01T00:00:00+00:00"}
        flights = [{"start_date_inclusive_utc": start, "budget_in_advertiser_currency": 5.0}] * 2
        request = {"primary_input": INPUT, "advanced_input": {"flights": flights}}
        made = journey.ask("campaign.create", request=request)["campaign"]["id"]
        first = emulator.world.campaigns[made].flights[0]["id"]
        delete = {"method_type": "DELETE", "endpoint": f"campaignflight/{first}"}
        outcome = journey.attempt("rest_request.submit_rest_request", request=delete)
        assert (outcome.ok, outcome.status) == ((True, None) if client == "ours" else (False, 240))
        assert len(emulator.world.campaigns[made].flights) == 1


@has_graphql_jobs
def test_what_a_mutation_makes_is_found_by_rest(at: Callable[[Emulator], Journey]) -> None:
    """Asked of those alone that give back what is passed through; 0.7.2 loses it, and variables too."""
    mutation = """mutation ($input: CampaignCreateInput!) { campaignCreate(input: $input) {
        data { id name channelType } userErrors { field message } } }"""
    given = {
        "advertiserId": "0012345",
        "name": "By mutation",
        "primaryChannel": "NATIVE_VIDEO",
        "primaryGoal": {"maximizeReach": True},
    }
    page = {"AdvertiserId": "0012345", "PageStartIndex": 0, "PageSize": 100}
    query = {"method_type": "POST", "endpoint": "campaign/query/advertiser", "data_body": json.dumps(page)}
    with Emulator() as emulator:
        journey = at(emulator)
        for name, errors in (("By mutation", []), ("", [["name"]])):
            request = {"request": mutation, "variables": {"input": {**given, "name": name}}}
            made = journey.ask("graph_ql_request.submit_graph_ql_request", request=request)["data"]["campaignCreate"]
            assert [error["field"] for error in made["userErrors"]] == errors
        found = journey.ask("rest_request.submit_rest_request", request=query)
        assert [one["PrimaryChannel"] for one in found["Result"] if one["CampaignName"] == "By mutation"] == [
            "NativeVideo"
        ]
