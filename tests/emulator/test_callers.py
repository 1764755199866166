"""Users and their tokens: who is let in, for how long, and what each sees."""

import pytest

from ttd_workflows.emulator import Settings
from ttd_workflows.emulator.callers import EXPIRED
from ttd_workflows.emulator.settings import User

ANN = {"name": "ann", "token": "ann's", "partners": ["p1"]}
BEN = {"name": "ben", "token": "ben's", "advertisers": ["adv0002"]}
UNAUTHORIZED = {"message": "Unauthorized"}


@pytest.fixture
def both(own):
    """An emulator with two users, and how each calls it."""
    call = own(users=(ANN, BEN))

    def as_user(token):
        return lambda method, path, body=None: call(method, path, body, TTD_Auth=token)

    return call, as_user("ann's"), as_user("ben's")


def test_each_user_has_a_token(both):
    _, ann, ben = both
    for who in (ann, ben):
        assert who("GET", "/standardjob/1/status").status == 404


def test_only_the_submitter_sees_a_job(own):
    call = own(users=(ANN,))
    job = call("POST", "/standardjob/thirdpartydata", {"partnerId": "p1"}, TTD_Auth="ann's").json["id"]
    assert call("GET", f"/standardjob/{job}/status", TTD_Auth="ann's").status == 200
    answer = call("GET", f"/standardjob/{job}/status")
    assert (answer.status, answer.json["detail"]) == (404, f"There is no job {job}.")
    query = {"query": "{ partners { nodes { id } } }"}
    bulk = call("POST", "/graphqlbulkqueryjob", query, TTD_Auth="ann's").json["payload"]["data"]["id"]
    assert call("GET", f"/graphqlbulkjob/{bulk}").status == 404
    assert call("GET", f"/graphqlbulkjob/{bulk}", TTD_Auth="ann's").status == 200
    strict = own(users=(ANN,), foreign_job=403)
    job = strict.submit("thirdpartydata", {"partnerId": "p1"})
    assert strict("GET", f"/standardjob/{job}/status", TTD_Auth="ann's").status == 403


def test_what_is_foreign_is_told_apart_from_what_is_not_there(both, campaign_input, group_input):
    call, ann, ben = both
    campaign = call("POST", "/campaign", campaign_input()).json["campaign"]["id"]
    assert ann("PATCH", "/campaign", {"id": campaign}).status == 200
    for answer, path in (
        (ben("PATCH", "/campaign", {"id": campaign}), "$.id"),
        (ben("POST", "/campaign", campaign_input()), "$.primaryInput.advertiserId"),
        (ben("POST", "/adgroup", group_input(campaign)), "$.campaignId"),
        (ben("POST", "/campaign/archive", [campaign]), "$[0]"),
    ):
        assert (answer.status, list(answer.json["errors"])) == (403, [path])
        assert "may not see it" in answer.json["errors"][path][0]
    assert ben("PATCH", "/campaign", {"id": "nobody"}).status == 400
    assert ben("GET", f"/campaign/{campaign}/version").status == 404
    assert ben("POST", "/standardjob/thirdpartydata", {"partnerId": "p1"}).status == 404
    assert ben("POST", "/standardjob/firstpartydata", {"advertiserId": "0012345"}).status == 404
    assert ben("POST", "/standardjob/firstpartydata", {"advertiserId": "adv0002"}).status == 202


def test_a_foreign_id_is_not_found_by_graphql_and_denied_by_rest(both):
    _, ann, ben = both
    seen = ann("POST", "/graphqlrequest", {"request": "{ partners { nodes { id } totalCount } }"}).json
    assert seen == {"data": {"partners": {"nodes": [{"id": "p1"}], "totalCount": 1}}}
    seen = ben("POST", "/graphqlrequest", {"request": "{ advertisers { nodes { id } } }"}).json
    assert seen == {"data": {"advertisers": {"nodes": [{"id": "adv0002"}]}}}
    [error] = ben("POST", "/graphqlrequest", {"request": '{ advertiser(id: "0012345") { id } }'}).json["errors"]
    assert error["extensions"]["code"] == "NOT_FOUND"
    assert ben("POST", "/restrequest", {"methodType": "GET", "endpoint": "advertiser/0012345"}).status == 403
    assert ben("POST", "/restrequest", {"methodType": "GET", "endpoint": "advertiser/adv0002"}).status == 200


def test_a_job_sees_what_its_submitter_sees(both, campaign_input):
    call, ann, _ = both
    body = {"input": [campaign_input(advertiserId="adv0002"), campaign_input()]}
    job = ann("POST", "/standardjob/campaign/bulk", body).json["id"]
    call.emulator.clock.advance(10)
    assert ann("GET", f"/standardjob/{job}/status").json["status"] == "PartialSuccess"


def test_a_token_expires(own):
    call = own(users=({**ANN, "token_seconds": 60},))

    def answers():
        yield call("GET", "/standardjob/412651/status", TTD_Auth="ann's")
        yield call("POST", "/graphqlrequest", {"request": "{ partners { totalCount } }"}, TTD_Auth="ann's")
        yield call("POST", "/restrequest", {"methodType": "GET", "endpoint": "partner/p1"}, TTD_Auth="ann's")

    assert [answer.status for answer in answers()] == [404, 200, 200]
    call.emulator.clock.advance(60)
    status, graphql, rest = answers()
    assert (status.status, status.json) == (graphql.status, graphql.json) == (401, UNAUTHORIZED)
    assert (rest.status, rest.json) == (403, {"Message": EXPIRED})


def test_what_an_expired_token_meets_is_a_switch(own):
    call = own(users=({**ANN, "token_seconds": 0},), expired_token=403, expired_token_in_graphql="error")
    answer = call("GET", "/standardjob/412651/status", TTD_Auth="ann's")
    assert (answer.status, answer.json["detail"]) == (403, EXPIRED)
    answer = call("POST", "/graphqlrequest", {"request": "{ partners { totalCount } }"}, TTD_Auth="ann's")
    assert answer.status == 200
    assert answer.json["errors"][0]["extensions"]["code"] == "AUTHENTICATION_FAILURE"


def test_no_token_is_kept_in_clear(both):
    call, *_ = both
    assert "ann's" not in str(call.emulator.world.to_json())
    assert "'emulator's" not in str(call.emulator.world.tokens)


def test_a_user_is_written_in_either_way():
    assert Settings(users=(ANN,)) == Settings(users=(User(name="ann", token="ann's", partners=("p1",)),))


@pytest.mark.parametrize(
    ("user", "wrong"),
    [
        ({"name": "ann", "tokens": ["x"]}, "a user has no tokens; it has name, token"),
        ({"token": "x"}, "a user needs a name"),
        ({"name": "ann", "token": 5}, "token of a user must be a text, not 5"),
        ({"name": "ann", "partners": "p1"}, "partners of a user must be a list of ids, not 'p1'"),
        ({"name": "ann", "token_seconds": True}, "token_seconds of a user must be a number of seconds, not True"),
        (5, "a user has names and values"),
    ],
)
def test_a_user_that_cannot_be_is_refused_by_name(user, wrong):
    with pytest.raises(ValueError, match=wrong):
        Settings(users=(user,))
