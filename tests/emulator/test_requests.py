"""What every route has in common: the token, both editions' paths, wrong bodies, and answers to the lost."""

import pytest

from ttd_workflows.core.operation import EDITIONS
from ttd_workflows.emulator.handlers.serving import SERVED
from ttd_workflows.operations import RESOURCES

DECLARED = {
    f"{resource.attribute}.{name}": value
    for resource in RESOURCES
    for name, value in vars(resource).items()
    if hasattr(value, "bodiless")
}


def routes():
    for operation in DECLARED.values():
        for edition in EDITIONS:
            if path := operation.path(edition):
                yield operation.method, path.replace("{id}", "412652")


def test_every_operation_is_served_once():
    assert sorted(str(served.operation) for served in SERVED) == sorted(DECLARED)
    assert len(DECLARED) == 18


@pytest.mark.parametrize(("method", "path"), sorted(set(routes())))
def test_every_route_is_there_twice_and_wants_the_token(call, method, path):
    for prefix in ("/workflows", ""):
        for headers in ({}, {"TTD-Auth": "other"}, {"TTD-Auth": ""}):
            answer = call.raw(method, prefix + path, headers=headers)
            assert (answer.status, answer.json) == (401, {"message": "Unauthorized"})
        answer = call.raw(method, prefix + path, headers={"TTD-Auth": "emulator"})
        known = 404 if "campaign/412652" in path or "graphqlbulkjob" in path else 200
        assert answer.status == (known if method == "GET" else 400)
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert answer.headers["x-ttd-request-id"]


def test_both_editions_see_the_same_job(call):
    job = call("POST", "/typebasedjob/thirdpartydata", {"partnerId": "p1"}).json["id"]
    created = {call("GET", f"/{word}/{job}/status").json["createdAtUtc"] for word in ("typebasedjob", "standardjob")}
    assert len(created) == 1


def test_request_ids_differ(call):
    assert len({call("GET", "/standardjob/1/status").headers["x-ttd-request-id"] for _ in range(3)}) == 3


def test_a_problem_has_its_shape(call):
    answer = call("POST", "/standardjob/firstpartydata", {"nameFilter": 5})
    assert answer.status == 400
    problem = answer.json
    assert problem.keys() == {"type", "title", "status", "traceId", "errors"}
    assert problem["errors"].keys() == {"$.advertiserId", "$.nameFilter"}
    assert problem["errors"]["$.advertiserId"] == ["The advertiserId field is required."]
    assert problem["traceId"].startswith("00-")


def test_settings_change_how_refusals_look(own):
    call = own(unauthorized_body="problem", problem_content_type="application/problem+json")
    answer = call.raw("GET", "/standardjob/412651/status")
    assert (answer.status, answer.json["status"]) == (401, 401)
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"


@pytest.mark.parametrize("body", [None, b"", b"  ", b"null"])
def test_a_body_is_required(call, body):
    answer = call("POST", "/adgroup", body)
    assert (answer.status, answer.json["errors"]) == (400, {"": ["A non-empty request body is required."]})


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[" * 5000,
        b"\xff",
        b'{"a": NaN}',
        b"{'a': 1}",
        b'{"a": 1e999}',
        b'{"a": 1%s}' % (b"0" * 400),
        rb'{"a": "\ud800"}',
    ],
)
def test_a_body_must_be_json(call, body):
    answer = call("POST", "/adgroup", body)
    assert (answer.status, list(answer.json["errors"])) == (400, ["$"])


@pytest.mark.parametrize("body", [[], "x", 5, True])
def test_a_body_must_be_an_object(call, body):
    assert list(call("POST", "/adgroup", body).json["errors"]) == ["$"]


def test_a_body_must_say_that_it_is_json(call):
    assert call("POST", "/standardjob/thirdpartydata", {"partnerId": "p1"}, Content_Type="text/plain").status == 415
    for kind in ("text/json", "application/json; charset=utf-8", "application/vnd.x+json"):
        assert call("POST", "/standardjob/thirdpartydata", {"partnerId": "p1"}, Content_Type=kind).status == 202


def test_a_body_may_be_too_large(own):
    call = own(body_limit=100)
    assert call("POST", "/standardjob/thirdpartydata", {"partnerId": "p1", "queryShape": "n" * 100}).status == 413


def test_words_must_be_exact(call, campaign_input):
    answer = call("POST", "/campaign", campaign_input(primaryChannel="display"))
    assert "Display" in answer.json["errors"]["$.primaryInput.primaryChannel"][0]
    body = {"input": [campaign_input(), campaign_input(primaryChannel="Zap")]}
    answer = call("POST", "/standardjob/campaign/bulk", body)
    assert list(answer.json["errors"]) == ["$.input[1].primaryInput.primaryChannel"]


def test_unknown_members_are_overlooked_or_refused(call, own, campaign_input):
    body = {**campaign_input(surprise=1, primaryGoal={"maximizeReach": True, "more": 2}), "extra": {}}
    assert call("POST", "/campaign", body).status == 201
    strict = own(unknown_members="refused")("POST", "/campaign", body)
    assert strict.json["errors"].keys() == {"$.extra", "$.primaryInput.surprise", "$.primaryInput.primaryGoal.more"}


def test_one_request_may_be_strict(call, campaign_input):
    body = campaign_input(surprise=1)
    answer = call("POST", "/campaign", body, TTD_Strict_Mode="true")
    assert answer.json["errors"] == {"$.primaryInput.surprise": ["The JSON member 'surprise' is not known."]}
    assert call("POST", "/campaign", body, TTD_Strict_Mode="false").status == 201


def test_the_case_of_names_is_overlooked_or_not(call, own):
    body = {"PARTNERID": "p1", "CallbackInput": {"callbackURL": "http://127.0.0.1:1/x"}}
    assert call("POST", "/standardjob/thirdpartydata", body).status == 202
    both = {"partnerId": "p1", "PartnerId": "p2"}
    assert call("POST", "/standardjob/thirdpartydata", both, TTD_Strict_Mode="true").status == 400
    exact = own(member_case="exact")("POST", "/standardjob/thirdpartydata", body)
    assert exact.json["errors"] == {"$.partnerId": ["The partnerId field is required."]}


def test_a_null_that_is_not_allowed_counts_as_absent_or_is_refused(call, own, campaign_input):
    body = campaign_input(budget=None, description=None)
    assert call("POST", "/campaign", body).status == 201
    answer = own(null_members="refused")("POST", "/campaign", body)
    assert answer.json["errors"] == {"$.primaryInput.budget": ["The budget field must not be null."]}


@pytest.mark.parametrize(
    ("edition", "lost"),
    [
        ("0.7.2", ["/standardjob/412651/status", "/graphqlbulkjob/1"]),
        ("0.13.2", ["/typebasedjob/412651/status"]),
    ],
)
def test_an_edition_alone_has_its_paths_only(own, edition, lost):
    call = own(editions=edition)
    word = "typebasedjob" if edition == "0.7.2" else "standardjob"
    assert call("GET", f"/{word}/412651/status").status == 200
    assert {call("GET", path).status for path in lost} == {404}


def test_an_edition_alone_has_its_members_only(own, campaign_input):
    new = campaign_input(secondaryGoal={"maximizeReach": True})
    old = own(editions="0.7.2")
    made = old("POST", "/campaign", new).json["campaign"]
    assert made["secondaryGoal"] is None
    strict = old("POST", "/campaign", new, TTD_Strict_Mode="true").json["errors"]
    assert strict == {
        "$.primaryInput.secondaryGoal": ["The JSON member 'secondaryGoal' is not known in edition 0.7.2."]
    }
    change = {"id": made["id"], "primaryInput": {"budget": {"pacingMode": "PaceEvenly"}}}
    assert list(old("PATCH", "/campaign", change).json["errors"]) == [
        "$.primaryInput.budget.budgetInAdvertiserCurrency"
    ]


def test_problems_may_be_text(own):
    call = own(problem_content_type="text/plain")
    answer = call("POST", "/standardjob/thirdpartydata", {"partnerId": ""})
    assert (answer.status, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert answer.body.decode() == "Bad Request\n$.partnerId: The partnerId field is required."


def test_names_are_the_wires(call):
    answer = call("POST", "/standardjob/thirdpartydata", {"partner_id": "p1"})
    assert answer.json["errors"] == {"$.partnerId": ["The partnerId field is required."]}


def test_dates_without_a_zone_are_utc_or_refused(call, own, campaign_input):
    body = campaign_input(startDateInUtc="2026-03-01T08:00:00")
    assert call("POST", "/campaign", body).json["campaign"]["startDate"] == "2026-03-01T08:00:00Z"
    strict = own(dates_without_zone="refused")("POST", "/campaign", body)
    assert list(strict.json["errors"]) == ["$.primaryInput.startDateInUtc"]


def test_callback_headers_are_a_map_or_a_list_by_job_kind(call):
    as_map = {"callbackUrl": "http://x", "callbackHeaders": {"a": "b"}}
    as_list = {"callbackUrl": "http://x", "callbackHeaders": [{"key": "a", "value": "b"}]}
    for path, body, right, wrong in (
        ("/standardjob/thirdpartydata", {"partnerId": "p1"}, as_map, as_list),
        ("/graphqlbulkqueryjob", {"query": "{ partners { nodes { id } } }"}, as_list, as_map),
    ):
        assert call("POST", path, {**body, "callbackInput": right}).status in {200, 202}
        answer = call("POST", path, {**body, "callbackInput": wrong})
        assert list(answer.json["errors"]) == ["$.callbackInput.callbackHeaders"]


@pytest.mark.parametrize("id", ["x", "0", "-1", "1.5", "9223372036854775808", "%D9%A3", "%20", "1e3"])
def test_an_id_must_be_a_number(call, id):
    for path in (f"/standardjob/{id}/status", f"/graphqlbulkjob/{id}"):
        answer = call("GET", path)
        assert (answer.status, list(answer.json["errors"])) == (400, ["id"])


@pytest.mark.parametrize("id", ["1", "9223372036854775807"])
def test_a_job_must_be_there(call, id):
    for path in (f"/standardjob/{id}/status", f"/graphqlbulkjob/{id}"):
        answer = call("GET", path)
        assert (answer.status, answer.json["detail"]) == (404, f"There is no job {id}.")


def test_archiving_takes_ids_and_a_flag(call):
    assert list(call("POST", "/campaign/archive", {"id": "x"}).json["errors"]) == ["$"]
    assert list(call("POST", "/campaign/archive", ["x", 7]).json["errors"]) == ["$[1]"]
    assert list(call("POST", "/campaign/archive?forceArchive=maybe", ["x"]).json["errors"]) == ["forceArchive"]
    assert call("POST", "/campaign/archive", []).json == []


def test_the_lost_are_told_the_way(call):
    answer = call("GET", "/standardjob/412651/state")
    assert answer.status == 404
    assert "nearest is GET /standardjob/{id}/status" in answer.json["detail"]
    answer = call("PUT", "/campaign", {})
    assert (answer.status, answer.headers["Allow"]) == (405, "POST, PATCH")
    assert call("GET", "/standardjob/412651/status/").status == 404  # and no redirect


def test_calls_are_counted(own):
    call = own()
    for _ in range(2):
        call("POST", "/campaign", {})
    call.submit("thirdpartydata", {"partnerId": "p1"})
    assert call.raw("GET", "/_emulator/requests").json == {"campaign.create": 2, "dmp.get_third_party_data_job": 1}
    assert call.raw("DELETE", "/_emulator/requests").status == 204
    assert call.raw("GET", "/_emulator/requests").json == {}


def test_the_clock_is_moved_over_http(own):
    call = own()
    job = call.submit("thirdpartydata", {"partnerId": "p1"})
    answer = call.raw("POST", "/_emulator/clock", {"advance": 12.5})
    assert (answer.status, answer.json["ahead"]) == (200, 12.5)
    assert call.raw("GET", "/_emulator/clock").json["ahead"] == 12.5
    assert call.status(job)["status"] == "Success"
    for wrong in ({}, {"advance": -1}, {"advance": "1"}, {"advance": True}, [1]):
        assert call.raw("POST", "/_emulator/clock", wrong).status == 400
    assert call.raw("GET", "/_emulator/health").json["status"] == "ok"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "["},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "http://["},
        {"Origin": "null"},
    ],
)
def test_controls_answer_to_this_machine_only(call, headers):
    for method, path in (("GET", "health"), ("GET", "clock"), ("POST", "clock"), ("DELETE", "requests")):
        assert call.raw(method, f"/_emulator/{path}", {"advance": 1}, headers).status == 403
    for own in ({"Host": "localhost:1", "Origin": "http://localhost:1"}, {"Host": "[::1]:5"}):
        assert call.raw("GET", "/_emulator/health", headers=own).status == 200
    assert call.raw("GET", "/_emulator/nothing").status == 404


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"isManagedByTTD": 0}, "$.primaryInput.isManagedByTTD"),
        ({"campaignGroupId": "5"}, "$.primaryInput.campaignGroupId"),
        ({"campaignGroupId": 5.0}, "$.primaryInput.campaignGroupId"),
        ({"customCPAClickWeight": "0.5"}, "$.primaryInput.customCPAClickWeight"),
        ({"primaryGoal": {"maximizeReach": "true"}}, "$.primaryInput.primaryGoal.maximizeReach"),
    ],
)
def test_what_has_another_json_type_is_refused_or_converted(call, own, campaign_input, change, path):
    refused = call("POST", "/campaign", campaign_input(**change))
    assert refused.status == 400
    assert list(refused.json["errors"]) == [path]
    assert own(loose_types="converted")("POST", "/campaign", campaign_input(**change)).status == 201


def test_a_whole_number_is_a_number(call, campaign_input):
    assert call("POST", "/campaign", campaign_input(customCPAClickWeight=1)).status == 201
