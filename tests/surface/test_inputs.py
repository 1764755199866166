"""What is sent for which input, and what is refused before anything is sent, saying where and what would be right."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.calls import EXAMPLES, STATUS, SUBMIT
from support.plays import answer
from support.server import Received, Server
from support.ways import WAYS
from ttd_workflows import models
from ttd_workflows.errors import InputError
from ttd_workflows.types import UNSET

CREATE = "campaign.create"
BULK_STATUS = "job_status.get_graph_ql_bulk_job_status"
Send = Callable[..., Received]


@pytest.fixture
def send(server: Server) -> Send:
    """Make a call and give the request that came of it, if one did."""

    def send(name: str, *, edition: str = "0.13.2", **arguments: Any) -> Received:
        example = EXAMPLES[name]
        server.script(answer(example.status, example.answer))
        server.requests.clear()
        with WAYS[0].open(server.url, edition=edition) as call:
            call.run(name, **arguments)
        (request,) = server.requests
        return request

    return send


def _primary(**changes: Any) -> dict[str, Any]:
    goal = {"maximize_reach": True}
    return {"advertiser_id": "a", "name": "n", "primary_channel": "Video", "primary_goal": goal} | changes


def _campaign(**changes: Any) -> dict[str, Any]:
    return {"primary_input": _primary(**changes)}


def _body(request: Received) -> Any:
    return json.loads(request.body)


NAIVE = datetime(2026, 11, 24, 8)  # noqa: DTZ001 - that is the point

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "misspelt-member": (_campaign(nmae="x"), r"primary_input\.nmae: there is no such member; did you mean name\?"),
    "misspelt-wire-name": (_campaign(primaryChanel="x"), r"primaryChanel: .*did you mean primary_channel\?"),
    "misspelt-at-the-top": ({"primary_imput": {}}, r"primary_imput: .*did you mean primary_input\?"),
    "nothing-near": (_campaign(zzzzzz=1), r"primary_input\.zzzzzz: there is no such member$"),
    "missing-member": ({"primary_input": {"name": "x"}}, r"primary_input\.advertiser_?[iI]d: this member is required"),
    "nan": (_campaign(custom_cpa_click_weight=math.nan), r"NaN and infinity cannot be sent"),
    "infinity": (_campaign(custom_cpa_click_weight=math.inf), r"NaN and infinity cannot be sent"),
    "nan-as-text": (_campaign(custom_cpa_click_weight="nan"), r"NaN and infinity cannot be sent"),
    "true-as-number": (_campaign(custom_cpa_click_weight=True), r"a number is expected here, not True"),
    "true-as-integer": (_campaign(campaign_group_id=True), r"a number is expected here, not True"),
    "naive-date": (_campaign(start_date_in_utc=NAIVE), r"start_?[dD]ate_?[iI]n_?[uU]tc: this date has no time zone"),
    "naive-date-as-text": (_campaign(start_date_in_utc="2026-11-24T08:00:00"), r"no time zone"),
    "number-as-date": (_campaign(start_date_in_utc=1_764_000_000), r"a date and time is expected here, not a number"),
    "word-outside": (_campaign(primary_channel="Vidoe"), r"no CampaignChannelType 'Vidoe'; did you mean Video\?"),
    "word-in-lower-case": (_campaign(primary_channel="video"), r"there is no .* 'video'; did you mean Video\?"),
    "word-far-outside": (_campaign(primary_channel="Zzz"), r"there is no .* 'Zzz'; it is one of None, Display"),
    "empty-where-text-is-needed": (_campaign(advertiser_id=""), r"advertiser_?[iI]d: .*at least 1 character"),
    "null-where-required": (_campaign(name=None), r"name: this should be a valid string"),
    "wrong-type-inside": (_campaign(primary_goal=[1]), r"primary_?[gG]oal"),
    "list-item": (
        {
            "primary_input": _primary(),
            "ad_groups": [{"primary_input": {"name": "g", "channel": "Tv", "funnel_location": "None"}}],
        },
        r"ad_?[gG]roups\[0\]\.primary_?[iI]nput\.channel: there is no AdGroupChannel 'Tv'; did you mean TV\?",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_fault_is_refused_by_its_path_before_anything_is_sent(server: Server, case: str):
    request, told = REFUSED[case]
    with WAYS[0].open(server.url) as call, pytest.raises(InputError, match=told) as caught:
        call(CREATE, request=request)
    assert server.requests == []
    assert caught.value.operation == CREATE
    assert caught.value.faults
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("case", REFUSED)
def test_a_model_refuses_it_when_it_is_made(case: str):
    request, told = REFUSED[case]
    with pytest.raises(InputError, match=told):
        models.CampaignCreateWorkflowInputWithValidation(**request)


def test_every_fault_is_told_at_once(send: Send):
    with pytest.raises(InputError) as caught:
        send(CREATE, request=_campaign(nmae=1, primary_channel="Vidoe", start_date_in_utc=NAIVE))
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize("names", ["python", "wire", "mixed"])
def test_a_dict_may_use_either_names(send: Send, names: str):
    request = {
        "python": {
            "partner_id": "p",
            "callback_input": {"callback_url": "https://me/", "callback_headers": {"a_b": "c"}},
        },
        "wire": {"partnerId": "p", "callbackInput": {"callbackUrl": "https://me/", "callbackHeaders": {"a_b": "c"}}},
        "mixed": {"partnerId": "p", "callback_input": {"callbackUrl": "https://me/", "callback_headers": {"a_b": "c"}}},
    }[names]
    assert _body(send(SUBMIT, request=request)) == {
        "partnerId": "p",
        "callbackInput": {"callbackUrl": "https://me/", "callbackHeaders": {"a_b": "c"}},
    }


def test_a_model_and_its_dict_send_the_same(send: Send):
    as_model = models.ThirdPartyDataInput(partner_id="p", query_shape="nodes {id}")
    assert send(SUBMIT, request=as_model).body == send(SUBMIT, request=as_model.model_dump(exclude_unset=True)).body


@pytest.mark.parametrize("edition", ["0.7.2", "0.13.2"])
def test_an_offset_is_sent_in_utc(send: Send, edition: str):
    east = datetime(2026, 11, 24, 8, tzinfo=timezone(timedelta(hours=5)))
    body = _body(
        send(
            CREATE,
            edition=edition,
            request=_campaign(start_date_in_utc=east, end_date_in_utc="2026-12-01T00:00:00-02:00"),
        )
    )
    assert body["primaryInput"]["startDateInUtc"] == "2026-11-24T03:00:00Z"
    assert body["primaryInput"]["endDateInUtc"] == "2026-12-01T02:00:00Z"


# None, UNSET and absence


def test_none_clears_a_nullable_member_and_leaves_another_out(send: Send):
    body = _body(send(CREATE, request=_campaign(description=None, custom_cpa_type=None)))
    assert body["primaryInput"]["description"] is None
    assert "customCPAType" not in body["primaryInput"]
    assert "seedId" not in body["primaryInput"]


@pytest.mark.parametrize("as_model", [False, True], ids=["dict", "model"])
def test_unset_counts_as_left_out(send: Send, *, as_model: bool):
    given = _campaign(
        description=UNSET, custom_cpa_type=UNSET, primaryGoal={"maximize_reach": True, "ctr_in_percent": UNSET}
    )
    del given["primary_input"]["primary_goal"]
    request = models.CampaignCreateWorkflowInputWithValidation(**given, ad_groups=UNSET) if as_model else given
    sent = _body(send(CREATE, request=request))
    assert sent == {
        "primaryInput": {
            "advertiserId": "a",
            "name": "n",
            "primaryChannel": "Video",
            "primaryGoal": {"maximizeReach": True},
        }
    }


def test_unset_where_a_member_is_required_is_a_missing_member():
    with pytest.raises(InputError, match="this member is required"):
        models.ThirdPartyDataInput(partner_id=UNSET)


# Changed after it was made

_MADE = models.CampaignCreateWorkflowInputWithValidation


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: setattr(r.primary_input, "custom_cpa_click_weight", math.nan), "NaN"),
        (lambda r: setattr(r.primary_input.primary_goal, "ctr_in_percent", math.inf), "NaN"),
        (lambda r: setattr(r.primary_input, "start_date_in_utc", NAIVE), "time zone"),
        (lambda r: setattr(r.primary_input, "primary_channel", "Vidoe"), "there is no CampaignChannelType 'Vidoe'"),
        (lambda r: setattr(r, "primary_input", None), "primary_?[iI]nput"),
        (lambda r: r.ad_groups.append({"primary_imput": 1}), "primary_imput: there is no such member"),
    ],
    ids=["nan", "nan-inside", "naive-date", "word", "none", "item-added"],
)
def test_a_model_changed_later_is_checked_again(server: Server, change: Callable[[Any], None], told: str):
    request = _MADE(**_campaign(), ad_groups=[])
    change(request)
    with WAYS[0].open(server.url) as call, pytest.raises(InputError, match=told):
        call(CREATE, request=request)
    assert server.requests == []


def test_a_good_change_is_sent_and_nothing_else_with_it(send: Send):
    request = _MADE(**_campaign())
    request.primary_input.description = None
    request.primary_input.seed_id = UNSET
    body = _body(send(CREATE, request=request))
    assert body == {
        "primaryInput": {
            "advertiserId": "a",
            "name": "n",
            "primaryChannel": "Video",
            "primaryGoal": {"maximizeReach": True},
            "description": None,
        }
    }
    assert request.primary_input.seed_id is UNSET  # what the caller has stays as it is


# Editions


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        (
            "campaign.create",
            {"request": _campaign(secondary_goal={"maximize_reach": True})},
            r"primary_input\.secondary_goal: edition 0\.7\.2 does not have it",
        ),
        ("campaign.create", {"request": _campaign(is_managed_by_ttd=None)}, r"is_managed_by_ttd: edition 0\.7\.2"),
        (
            "graph_ql_request.submit_graph_ql_request",
            {"request": {"request": "x", "beta_features": "b"}},
            "beta_features",
        ),
        (
            "graph_ql_request.submit_graph_ql_bulk_query_job",
            {"request": {"query": "x"}},
            r"exists in edition 0\.13\.2 only",
        ),
        (BULK_STATUS, {"id": "1"}, r"exists in edition 0\.13\.2 only; this client speaks 0\.7\.2"),
        (
            "campaigns.update",
            {"request": {"id": "c", "primary_input": {"budget": {"pacing_mode": "PaceAhead"}}}},
            r"budget_in_advertiser_currency: edition 0\.7\.2 requires it",
        ),
    ],
)
def test_what_the_seed_edition_lacks_is_refused_by_name(
    server: Server, name: str, arguments: dict[str, Any], told: str
):
    with WAYS[0].open(server.url, edition="0.7.2") as call, pytest.raises(InputError, match=told):
        call.run(name, **arguments)
    assert server.requests == []


@pytest.mark.parametrize(
    ("advanced", "told"),
    [({"flights": []}, "flights"), ({"purchase_order_number": "7"}, None)],
    ids=["flights", "number"],
)
def test_what_the_newest_edition_lacks_is_refused_by_name(send: Send, advanced: dict[str, Any], told: str | None):
    request = {"id": "c", "advanced_input": advanced}
    if told is None:
        assert _body(send("campaigns.update", request=request))["advancedInput"] == {"purchaseOrderNumber": "7"}
        return
    with pytest.raises(InputError, match=rf"{told}: edition 0\.13\.2 does not have it, only 0\.7\.2 does"):
        send("campaigns.update", request=request)


@pytest.mark.parametrize(
    ("edition", "path"), [("0.7.2", "/typebasedjob/412651/status"), ("0.13.2", "/standardjob/412651/status")]
)
def test_the_edition_chooses_the_path(send: Send, edition: str, path: str):
    assert send(STATUS, edition=edition, id=412651).target == f"/workflows{path}"


def test_a_seed_editions_model_serves_where_it_was_split(send: Send):
    budget = models.CampaignWorkflowBudgetInput(pacing_mode="PaceAhead", budget_in_advertiser_currency=5)
    body = _body(send("campaigns.update", edition="0.7.2", request={"id": "c", "primary_input": {"budget": budget}}))
    assert body["primaryInput"]["budget"] == {"pacingMode": "PaceAhead", "budgetInAdvertiserCurrency": 5}


# Ids


class _Index:
    def __index__(self) -> int:
        return 412651


@pytest.mark.parametrize("value", [412651, "412651", " 412651 ", "000412651", _Index(), 2**63 - 1, 1])
def test_a_number_or_its_text_is_a_job_id(send: Send, value: Any):
    number = int(value) if not isinstance(value, _Index) else 412651
    assert send(STATUS, id=value).target == f"/workflows/standardjob/{number}/status"


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        0,
        -1,
        7.5,
        7.0,
        2**63,
        10**5_000,
        "9" * 5_000,
        "",
        " ",
        "0",
        "-1",
        "+5",
        "7.5",
        "1_000",
        "0x10",
        "abc",
        "\u0664\u0661",
        "\u00b2",
        None,
        b"412651",
        [412651],
        "412651/../1",
        math.nan,
    ],
    ids=lambda value: repr(value)[:12] if not isinstance(value, int) or value < 2**64 else "huge",
)
def test_nothing_else_is(server: Server, value: Any):
    with WAYS[0].open(server.url) as call, pytest.raises(InputError, match=r"is no id.*from 1 to 2\*\*63 - 1"):
        call.run(STATUS, id=value)
    assert server.requests == []


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("2989826", "2989826"),
        ("007", "007"),
        ("../campaign/archive", "..%2Fcampaign%2Farchive"),
        ("a?b", "a%3Fb"),
        ("a#b", "a%23b"),
        ("a%2Fb", "a%252Fb"),
        ("a b", "a%20b"),
        (" a", "%20a"),
        ("\u00e9\u4e2d", "%C3%A9%E4%B8%AD"),
        ("a;b=c&d", "a%3Bb%3Dc%26d"),
        ("...", "..."),
        ("a-b_c.d~e", "a-b_c.d~e"),
        ("%2e%2e", "%252e%252e"),
        ("\u00a0", "%C2%A0"),
    ],
)
def test_a_text_id_is_quoted_and_sent_as_it_is(send: Send, value: str, quoted: str):
    assert send(BULK_STATUS, id=value).target == f"/workflows/graphqlbulkjob/{quoted}"
    assert send("campaign.get_version", id=value).target == f"/workflows/campaign/{quoted}/version"


@pytest.mark.parametrize(
    "value", ["", ".", "..", "a\nb", "a\0", "\x7f", "\t", "\x85", "\ud800", 7, None, True, b"x"], ids=repr
)
def test_what_no_id_can_be_is_refused(server: Server, value: Any):
    with WAYS[0].open(server.url) as call, pytest.raises(InputError, match="is no id"):
        call.run(BULK_STATUS, id=value)
    assert server.requests == []


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=20))
def test_no_id_leaves_its_place_in_the_path(send: Send, value: str):
    try:
        target = send(BULK_STATUS, id=value).target
    except InputError:
        return
    head, _, last = target.rpartition("/")
    assert head == "/workflows/graphqlbulkjob"
    assert last not in {"", ".", ".."}
    assert not set(last) & set("/?#")
    assert last.isascii()


# Bodies


@pytest.mark.parametrize(
    "name", [name for name, e in EXAMPLES.items() if e.arguments.keys() & {"request", "request_body"}]
)
def test_no_request_sends_no_body_and_says_so(send: Send, name: str):
    argument = "request_body" if "request_body" in EXAMPLES[name].arguments else "request"
    for request in (send(name, **{argument: None}), send(name)):
        assert request.body == b""
        assert request.headers["content-length"] == "0"
        assert "content-type" not in request.headers


@pytest.mark.parametrize("name", [STATUS, BULK_STATUS, "campaign.get_version"])
def test_a_get_has_no_body(send: Send, name: str):
    request = send(name, **EXAMPLES[name].arguments)
    assert request.method == "GET"
    assert not request.headers.keys() & {"content-length", "content-type", "transfer-encoding"}


@pytest.mark.parametrize(
    "value", [7, "text", b"bytes", [1], (), models.AdGroupPayload(), object()], ids=lambda v: type(v).__name__
)
def test_a_body_of_another_type_is_refused(server: Server, value: Any):
    with WAYS[0].open(server.url) as call, pytest.raises(InputError):
        call.run(SUBMIT, request=value)
    assert server.requests == []


def test_a_model_of_another_schema_is_refused_by_its_members(server: Server):
    with WAYS[0].open(server.url) as call, pytest.raises(InputError, match="advertiser_id: there is no such member"):
        call.run(SUBMIT, request=models.FirstPartyDataInput(advertiser_id="a"))
    assert server.requests == []


@pytest.mark.parametrize("value", ["c1", b"c1", [1], ["a", None], {"a": 1}, {"a"}, 7, [["a"]]], ids=repr)
def test_ids_to_archive_are_a_list_of_text(server: Server, value: Any):
    with WAYS[0].open(server.url) as call, pytest.raises(InputError):
        call.run("campaigns.archive", request_body=value)
    assert server.requests == []


@pytest.mark.parametrize(
    ("force", "query"),
    [(True, "?forceArchive=true"), (False, "?forceArchive=false"), (None, ""), (UNSET, "?forceArchive=false")],
)
def test_force_archive_is_a_query(send: Send, force: Any, query: str):
    given = {} if force is UNSET else {"force_archive": force}
    assert send("campaigns.archive", request_body=["a"], **given).target == f"/workflows/campaign/archive{query}"


@pytest.mark.parametrize("force", ["true", 1, 0, "yes"])
def test_force_archive_is_true_or_false(server: Server, force: Any):
    with WAYS[0].open(server.url) as call, pytest.raises(InputError, match="neither True nor False"):
        call.run("campaigns.archive", request_body=["a"], force_archive=force)
    assert server.requests == []


def test_variables_arrive(send: Send):
    variables = {"input": {"a_b": [1, None, {"c": True}], "when": datetime(2026, 1, 1, tzinfo=UTC)}}
    body = _body(send("graph_ql_request.submit_graph_ql_request", request={"request": "q", "variables": variables}))
    assert body == {
        "request": "q",
        "variables": {"input": {"a_b": [1, None, {"c": True}], "when": "2026-01-01T00:00:00Z"}},
    }


@pytest.mark.parametrize("value", [math.nan, [math.inf], {"x": {"y": math.nan}}, object(), {1: object()}], ids=repr)
def test_variables_that_are_no_json_are_refused(server: Server, value: Any):
    request = {"request": "q", "variables": {"a": value}}
    with WAYS[0].open(server.url) as call, pytest.raises(InputError, match="variables"):
        call.run("graph_ql_request.submit_graph_ql_request", request=request)
    assert server.requests == []


def test_a_variable_that_became_nan_later_is_refused(server: Server):
    variables = {"budget": 1.0}
    request = models.GraphQLRequestInput(request="q", variables=variables)
    request.variables["budget"] = math.nan
    with WAYS[0].open(server.url) as call, pytest.raises(InputError, match="NaN"):
        call.run("graph_ql_request.submit_graph_ql_request", request=request)
    assert server.requests == []


@pytest.mark.parametrize(("arguments", "told"), [({}, "missing.*'id'"), ({"id": 1, "ids": 2}, "unexpected.*'ids'")])
def test_arguments_are_those_of_a_function(server: Server, arguments: dict[str, Any], told: str):
    with WAYS[0].open(server.url) as call, pytest.raises(TypeError, match=told):
        call.run(STATUS, **arguments)
    assert server.requests == []
