"""REST v3 behind the passthrough: logins, strict mode, flights, data, advertisers, and answers without a body."""

import json

import pytest

from ttd_workflows.emulator.callers import EXPIRED

INVALID = "The request failed validation. Please check your request and try again."
PATHS = ("/v3/authentication", "/workflows/v3/authentication")


def reasons(answer):
    assert (answer.status, answer.json["Message"]) == (400, INVALID), answer.body
    return {detail["Property"]: detail["Reasons"] for detail in answer.json["ErrorDetails"]}


@pytest.mark.parametrize("path", PATHS)
def test_a_login_gives_a_token_for_a_while(own, path):
    call = own()
    answer = call.raw("POST", path, {"Login": "emulator", "password": "emulator", "TokenExpirationInMinutes": 30})
    assert (answer.status, answer.json.keys()) == (200, {"Token", "ExpirationDate"})
    token = answer.json["Token"]
    assert call("GET", "/standardjob/412651/status", TTD_Auth=token).status == 200
    assert token not in str(call.emulator.world.to_json())
    call.emulator.clock.advance(30 * 60)
    rest = call("POST", "/restrequest", {"methodType": "GET", "endpoint": "partner/p1"}, TTD_Auth=token)
    assert (rest.status, rest.json) == (403, {"Message": EXPIRED})
    assert call("GET", "/standardjob/412651/status", TTD_Auth=token).status == 401


def test_a_login_lasts_a_day_and_sees_what_its_user_sees(own):
    call = own(users=({"name": "ann", "password": "secret", "partners": ["p2"]},))
    token = call.raw("POST", PATHS[0], {"Login": "ann", "Password": "secret"}).json["Token"]
    call.emulator.clock.advance(1440 * 60 - 1)
    seen = call("POST", "/graphqlrequest", {"request": "{ me { id } partners { nodes { id } } }"}, TTD_Auth=token)
    assert seen.json["data"] == {"me": {"id": "ann"}, "partners": {"nodes": [{"id": "p2"}]}}
    call.emulator.clock.advance(1)
    assert call("GET", "/standardjob/1/status", TTD_Auth=token).status == 401
    again = call.rest("POST", "authentication", {"Login": "ann", "Password": "secret"})
    assert (again.status, again.json["Token"] != token) == (200, True)


def test_a_login_may_be_wrong(own):
    call = own(users=({"name": "ann", "token": "t"},))
    for given in (("emulator", "wrong"), ("nobody", "emulator"), ("ann", "t")):
        answer = call.raw("POST", PATHS[0], {"Login": given[0], "Password": given[1]})
        assert (answer.status, answer.json) == (401, "Invalid credentials. Please check them and try again.")
    assert call.rest("POST", "authentication", {"Login": "x", "Password": "y"}).status == 401
    for minutes in (0, 1441, "5", True):
        body = {"Login": "emulator", "Password": "emulator", "TokenExpirationInMinutes": minutes}
        assert list(reasons(call.raw("POST", PATHS[0], body))) == ["TokenExpirationInMinutes"]
    assert list(reasons(call.raw("POST", PATHS[0], {"Password": "x"}))) == ["Login"]
    assert call.raw("POST", PATHS[0], b"{").status == 400
    assert call.raw("GET", PATHS[0]).status == 405


def test_strict_mode_refuses_what_cannot_be_set(call):
    sent = {"AdvertiserId": "0012345", "CampaignName": "x", "Surprise": 1, "CreatedAtUTC": "2026-01-01"}
    assert call.rest("POST", "campaign", sent).status == 200
    body = {"methodType": "POST", "endpoint": "campaign", "dataBody": json.dumps(sent)}
    found = reasons(call("POST", "/restrequest", body, TTD_Strict_Mode="true"))
    assert found == {name: [f"The property '{name}' is unknown or read-only."] for name in ("Surprise", "CreatedAtUTC")}


def test_rules_are_told_in_v3s_words(call, campaign):
    assert list(reasons(call.rest("POST", "campaign", {"AdvertiserId": "0012345", "CampaignName": "n" * 257}))) == [
        "CampaignName"
    ]
    group = {
        "CampaignId": campaign,
        "AdGroupName": "G",
        "ChannelId": "TV",
        "RTBAttributes": {"MaxBidCPM": {"Amount": 0.01}},
    }
    assert list(reasons(call.rest("POST", "adgroup", group))) == ["RTBAttributes.MaxBidCPM"]
    assert list(reasons(call.rest("POST", "adgroup", {**group, "RTBAttributes": {}, "ChannelId": "Audio"}))) == [
        "ChannelId"
    ]


def test_availability_archives(call, campaign):
    shown = call.rest("PUT", f"campaign/{campaign}", {"Availability": "Archived"})
    assert (shown.status, shown.json["Availability"]) == (200, "Archived")
    assert call("PATCH", "/campaign", {"id": campaign}).status == 400


@pytest.mark.parametrize(("switch", "status", "body"), [(240, 240, b""), (200, 200, b"{}")])
def test_a_flight_is_deleted_without_a_word(own, campaign_input, switch, status, body):
    call = own(rest_empty=switch)
    flight = {"startDateInclusiveUTC": "2026-01-01T00:00:00Z", "budgetInAdvertiserCurrency": 5}
    made = call("POST", "/campaign", {**campaign_input(), "advancedInput": {"flights": [flight, flight]}}).json[
        "campaign"
    ]
    first, last = (one["id"] for one in made["flights"])
    assert call.rest("GET", f"campaignflight/{first}").json["CampaignId"] == made["id"]
    answer = call.rest("DELETE", f"campaignflight/{first}")
    assert (answer.status, answer.body) == (status, body)
    assert call.rest("GET", f"campaignflight/{first}").status == 403
    assert list(reasons(call.rest("DELETE", f"campaignflight/{last}"))) == ["CampaignFlightId"]


def test_advertisers_are_made_and_changed(call):
    made = call.rest("POST", "advertiser", {"PartnerId": "p2", "AdvertiserName": "Neu"}).json
    assert call.rest("GET", f"advertiser/{made['AdvertiserId']}").json == made
    changed = call.rest("PUT", "advertiser", {"AdvertiserId": made["AdvertiserId"], "AdvertiserName": "Älter"}).json
    assert changed["AdvertiserName"] == "Älter"
    for wrong in ("", None, "n" * 257, 5):
        answer = call.rest("PUT", f"advertiser/{made['AdvertiserId']}", {"AdvertiserName": wrong})
        assert "no less than 1 and no greater than 256" in reasons(answer)["AdvertiserName"][0]
    assert call.rest("POST", "advertiser", {"PartnerId": "nobody", "AdvertiserName": "x"}).status == 403


@pytest.mark.parametrize(
    ("party", "member", "kind"), [("firstparty", "FirstPartyDataId", int), ("thirdparty", "ThirdPartyDataId", str)]
)
def test_data_is_looked_up_by_terms_in_pages(call, party, member, kind):
    every = call.rest("POST", f"dmp/{party}/advertiser", {"AdvertiserId": "0012345"}).json
    assert all(type(row[member]) is kind for row in every["Result"])
    asked = {"AdvertiserId": "0012345", "SearchTerms": ["LOYAL"], "PageSize": 2}
    page = call.rest("POST", f"dmp/{party}/advertiser", asked).json
    loyal = [row for row in every["Result"] if "loyal" in row["Name"].lower()]
    assert (page["Result"], page["TotalFilteredCount"]) == (loyal[:2], len(loyal))
    assert list(reasons(call.rest("POST", f"dmp/{party}/advertiser", {**asked, "SearchTerms": "x"}))) == ["SearchTerms"]
    assert call.rest("POST", "dmp/other/advertiser", asked).status == 403
