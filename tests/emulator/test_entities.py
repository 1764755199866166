"""Campaigns and ad groups: made, changed, archived, and the same to every route."""

import json

import pytest


def create(call, body):
    answer = call("POST", "/campaign", body)
    assert answer.status == 201, answer.body
    return answer.json["campaign"]


def group_of(answer, status=200):
    assert answer.status == status, answer.body
    return answer.json["adGroup"]


def named(call, name):
    """How many campaigns and ad groups have this name."""
    world = call.emulator.world
    return sum(one.primary["name"] == name for one in (*world.campaigns.values(), *world.ad_groups.values()))


def refused(answer, path, status=400):
    assert answer.status == answer.json["status"] == status
    assert answer.json["title"] == "One or more validation errors occurred."
    assert path in answer.json["errors"], answer.json
    return answer.json["errors"][path][0]


def test_a_campaign_needs_neither_budget_nor_flights(call, campaign_input):
    made = create(call, campaign_input())
    assert (made["name"], made["primaryGoal"], made["primaryChannel"]) == ("Frühling", "MaximizeReach", "TV")
    assert made["flights"] == []
    assert made["seedId"] == call.emulator.world.advertisers["0012345"].default_seed_id
    assert "advertiserId" not in made


def test_two_equal_creates_make_two_campaigns(call, campaign_input):
    assert create(call, campaign_input())["id"] != create(call, campaign_input())["id"]


def test_a_campaign_is_the_same_everywhere(call, campaign_input, group_input):
    id = create(call, campaign_input(name="Überall"))["id"]
    assert call("GET", f"/campaign/{id}/version").json == {"Id": id, "version": "Kokai", "budgetingVersion": "Kokai"}
    seen = call.graphql("query($id: ID!) { campaign(id: $id) { id name advertiser { id } } }", id=id)
    assert seen == {"data": {"campaign": {"id": id, "name": "Überall", "advertiser": {"id": "0012345"}}}}
    listed = call.graphql('{ advertiser(id: "0012345") { campaigns(first: 1000) { nodes { id } } } }')
    assert {"id": id} in listed["data"]["advertiser"]["campaigns"]["nodes"]
    got = call.rest("GET", f"campaign/{id}").json
    assert (got["CampaignId"], got["CampaignName"], got["AdvertiserId"]) == (id, "Überall", "0012345")
    assert (
        call("PATCH", "/campaign", {"id": id, "primaryInput": {"name": "Anders"}}).json["campaign"]["name"] == "Anders"
    )
    call.finished(call.submit("adgroup/bulk", {"input": [group_input(id)]}))
    groups = call.rest("POST", "adgroup/query/campaign", {"CampaignId": id}).json["Result"]
    assert [group["AdGroupName"] for group in groups] == ["Group"]
    query = f'query {{ campaign(id: "{id}") {{ name adGroups {{ nodes {{ name }} }} }} }}'
    job = call("POST", "/graphqlbulkqueryjob", {"query": query}).json["payload"]["data"]["id"]
    call.emulator.clock.advance(10)
    raw = call("GET", f"/graphqlbulkjob/{job}").json["job"]["rawResult"]
    assert json.loads(raw) == {"data": {"campaign": {"name": "Anders", "adGroups": {"nodes": [{"name": "Group"}]}}}}


def test_flights_have_one_number_in_two_types(call, campaign_input):
    body = campaign_input(startDateInUtc="2026-03-01T00:00:00Z")
    flight = {"startDateInclusiveUTC": "2026-03-01T00:00:00Z", "budgetInAdvertiserCurrency": 99.5}
    body["advancedInput"] = {"flights": [flight, {**flight, "endDateExclusiveUTC": "2026-09-01T00:00:00Z"}]}
    share = {"budgetInAdvertiserCurrency": 7, "allocationType": "Fixed"}
    primary = {"name": "G", "channel": "TV", "funnelLocation": "None"}
    body["adGroups"] = [{"primaryInput": primary, "advancedInput": {"flights": [share]}}]
    answer = call("POST", "/campaign", body).json
    flights, [group] = answer["campaign"]["flights"], answer["adGroups"]
    assert [one["endDateExclusiveUTC"] for one in flights] == [None, "2026-09-01T00:00:00Z"]
    assert [int(one["id"]) for one in flights] == [one["campaignFlightId"] for one in group["flights"]]
    assert [one["budgetInAdvertiserCurrency"] for one in group["flights"]] == [7, 0]
    assert [one["allocationType"] for one in group["flights"]] == ["Fixed", "Minimum"]


def test_a_budget_makes_a_flight(call, own, campaign_input):
    budget = {"pacingMode": "PaceAhead", "budgetInAdvertiserCurrency": 500}
    [flight] = create(call, campaign_input(budget=budget, startDateInUtc="2026-03-01T00:00:00Z"))["flights"]
    assert flight["budgetInAdvertiserCurrency"] == 500
    assert flight["startDateInclusiveUTC"] == "2026-03-01T00:00:00Z"
    assert create(own(flight_from_budget=False), campaign_input(budget=budget))["flights"] == []


def test_absent_stays_and_null_clears(call, campaign_input):
    made = create(call, campaign_input(description="old", timeZone="Europe/Berlin", customCPAClickWeight=0.5))
    change = {"id": made["id"], "primaryInput": {"description": None, "name": "new"}}
    changed = call("PATCH", "/campaign", change).json["campaign"]
    assert changed == {**made, "description": None, "name": "new"}


def test_an_ad_group_too(call, campaign, group_input):
    body = group_input(campaign, description="old", maxBidCPMInAdvertiserCurrency=5, budget={"budgetInImpressions": 9})
    made = group_of(call("POST", "/adgroup", body), 201)
    assert made["budget"]["allocationType"] == "Minimum"
    primary = {"description": None, "isEnabled": True, "budget": {"allocationType": "Fixed"}}
    changed = group_of(call("PATCH", "/adgroup", {"id": made["id"], "primaryInput": primary}))
    expected_budget = {**made["budget"], "allocationType": "Fixed"}
    assert changed == {**made, "description": None, "isEnabled": True, "budget": expected_budget}
    assert changed["budget"]["budgetInImpressions"] == 9


def test_nested_objects_may_be_replaced_instead(own, campaign_input, group_input):
    call = own(nested_update="replace")
    campaign = create(call, campaign_input())["id"]
    made = group_of(call("POST", "/adgroup", group_input(campaign, budget={"budgetInImpressions": 9})), 201)
    change = {"id": made["id"], "primaryInput": {"budget": {"allocationType": "Fixed"}}}
    assert group_of(call("PATCH", "/adgroup", change))["budget"]["budgetInImpressions"] is None


def test_updates_are_the_editions(own, campaign_input):
    flight = {"startDateInclusiveUTC": "2026-03-01T00:00:00Z", "budgetInAdvertiserCurrency": 9}
    budget = {"pacingMode": "PaceEvenly", "budgetInAdvertiserCurrency": 7}
    for edition, flights in (("0.7.2", 1), ("0.13.2", 0), ("both", 1)):
        call = own(editions=edition)
        id = create(call, campaign_input())["id"]
        change = {"id": id, "primaryInput": {"budget": budget}, "advancedInput": {"flights": [flight]}}
        assert len(call("PATCH", "/campaign", change).json["campaign"]["flights"]) == flights
        kept = call.emulator.world.campaigns[id].primary["budget"]
        assert ("budgetInAdvertiserCurrency" in kept) == bool(flights)
        strict = call("PATCH", "/campaign", change, TTD_Strict_Mode="true")
        assert strict.status == (200 if flights else 400)


def test_a_goal_takes_the_place_of_another(call, campaign_input, group_input):
    made = create(call, campaign_input(primaryGoal={"cpaInAdvertiserCurrency": 3.5}))
    assert made["primaryGoal"] == "CpaInAdvertiserCurrency"
    group = group_of(call("POST", "/adgroup", group_input(made["id"])), 201)
    assert {name: value for name, value in group["roiGoal"].items() if value is not None} == {
        "cpaInAdvertiserCurrency": 3.5
    }
    change = {"id": made["id"], "primaryInput": {"primaryGoal": {"ctrInPercent": 1}}}
    assert call("PATCH", "/campaign", change).json["campaign"]["primaryGoal"] == "CtrInPercent"


def test_ids_with_leading_zeros_survive(call, campaign_input, group_input):
    ids = [create(call, campaign_input())["id"] for _ in range(8)]
    [zero] = [id for id in ids if id.isdigit()][:1]
    assert zero.startswith("0")
    assert call("GET", f"/campaign/{zero}/version").json["Id"] == zero
    assert group_of(call("POST", "/adgroup", group_input(zero)), 201)["campaignId"] == zero
    assert call.rest("GET", f"/v3/campaign/{zero}").json["CampaignId"] == zero
    assert call("POST", "/campaign/archive", [zero]).json == [zero]
    assert call("GET", f"/campaign/{int(zero)}/version").status == 404


def test_checking_a_campaign_stores_nothing(call, campaign_input):
    answer = call("POST", "/campaign", {**campaign_input(name="checked"), "validateInputOnly": True})
    assert answer.status == 200
    assert (answer.json["campaign"]["name"], answer.json["campaign"]["id"]) == ("checked", None)
    assert named(call, "checked") == 0
    wrong = {**campaign_input(advertiserId="nobody"), "validateInputOnly": True}
    refused(call("POST", "/campaign", wrong), "$.primaryInput.advertiserId")


def test_checking_an_ad_group_answers_nothing(call, campaign, group_input):
    answer = call("POST", "/adgroup", {**group_input(campaign, name="checked group"), "validateInputOnly": True})
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "0")
    assert answer.headers["Content-Type"] is None
    assert named(call, "checked group") == 0


def test_checking_an_update_changes_nothing(call, campaign):
    answer = call(
        "PATCH", "/campaign", {"id": campaign, "primaryInput": {"name": "would be"}, "validateInputOnly": True}
    )
    assert (answer.status, answer.json["campaign"]["name"], answer.json["campaign"]["id"]) == (
        200,
        "would be",
        campaign,
    )
    assert call.rest("GET", f"campaign/{campaign}").json["CampaignName"] == "Frühling"


def test_what_is_not_there_cannot_be_meant(call, campaign_input, group_input):
    assert "nobody" in refused(
        call("POST", "/campaign", campaign_input(advertiserId="nobody")), "$.primaryInput.advertiserId"
    )
    refused(call("PATCH", "/campaign", {"id": "nobody"}), "$.id")
    refused(call("PATCH", "/adgroup", {"id": None}), "$.id")
    refused(call("POST", "/adgroup", group_input("nobody")), "$.campaignId")
    refused(call("POST", "/adgroup", group_input(None)), "$.campaignId")
    refused(call("POST", "/campaign/archive", ["nobody"]), "$[0]")
    assert call("GET", "/campaign/nobody/version").status == 404


def test_names_are_required(call, campaign, group_input):
    refused(call("POST", "/adgroup", group_input(campaign, name=None)), "$.primaryInput.name")
    refused(call("PATCH", "/campaign", {"id": campaign, "primaryInput": {"name": None}}), "$.primaryInput.name")


def test_a_bad_nested_ad_group_leaves_no_campaign(call, campaign_input):
    body = campaign_input(name="with a bad group")
    body["adGroups"] = [{"primaryInput": {"name": None, "channel": "TV", "funnelLocation": "None"}}]
    refused(call("POST", "/campaign", body), "$.adGroups[0].primaryInput.name")
    assert named(call, "with a bad group") == 0


def test_a_flight_must_be_the_campaigns(call, campaign, group_input):
    body = {**group_input(campaign), "advancedInput": {"flights": [{"campaignFlightId": 1}]}}
    refused(call("POST", "/adgroup", body), "$.advancedInput.flights[0].campaignFlightId")


def test_archived_is_for_ever(call, campaign, group_input):
    group = group_of(call("POST", "/adgroup", group_input(campaign)), 201)["id"]
    assert call("POST", "/campaign/archive", [campaign]).json == [campaign]
    assert call("POST", "/campaign/archive?forceArchive=true", [campaign]).json == [campaign]
    assert "archived" in refused(call("PATCH", "/campaign", {"id": campaign}), "$.id")
    assert "archived" in refused(call("PATCH", "/adgroup", {"id": group}), "$.id")
    assert "archived" in refused(call("POST", "/adgroup", group_input(campaign)), "$.campaignId")
    assert call("POST", "/adgroup/archive", [group]).json == [group]
    assert call.graphql(f'{{ adGroup(id: "{group}") {{ isArchived }} }}') == {"data": {"adGroup": {"isArchived": True}}}


def test_active_campaigns_are_spared_unless_forced(call, own, campaign_input, group_input):
    id = create(call, campaign_input())["id"]
    group = group_of(call("POST", "/adgroup", group_input(id, isEnabled=True)), 201)["id"]
    other = create(call, campaign_input())["id"]
    assert group in refused(call("POST", "/campaign/archive?forceArchive=false", [other, id]), "$[1]")
    assert call.rest("GET", f"campaign/{other}").json["Availability"] == "Available"  # all, or none
    assert call("POST", "/campaign/archive?forceArchive=True", [other, id]).json == [other, id]

    free = own(archive_spares_active=False)
    first = next(iter(free.emulator.world.campaigns))
    assert free("POST", "/campaign/archive", [first]).json == [first]


@pytest.mark.parametrize("members", [{"isEnabled": True, "creativeIds": ["c1"], "marketType": "PrivateMarketOnly"}])
def test_an_ad_group_shows_what_it_was_given(call, campaign, group_input, members):
    nielsen = {"gender": "Male", "startAge": "Eighteen", "endAge": "SixtyFourPlus", "countries": ["US"]}
    targeting = {"audienceId": "aud1", "crossDeviceVendorListForAudience": [10, 11]}
    bids = [{"bidListId": "b1"}]
    body = group_input(campaign, audienceTargeting=targeting, associatedBidLists=bids, **members)
    body["advancedInput"] = {
        "nielsenTrackingAttributes": nielsen,
        "comscoreSettings": {"isEnabled": True, "populationId": 5},
        "dimensionalBiddingAutoOptimizationSettings": [["HasAdFormatId", "HasOsId"]],
        "isUseClicksAsConversionsEnabled": True,
    }
    made = group_of(call("POST", "/adgroup", body), 201)
    assert members.items() <= made.items()
    assert made["nielsenTrackingAttributes"] == {**nielsen, "enhancedReportingOption": "None"}
    assert targeting.items() <= made["audienceTargeting"].items()
    assert made["associatedBidLists"] == [{"bidListId": "b1", "isEnabled": True, "isDefaultForDimension": False}]
    assert (made["comscoreSettings"]["isEnabled"], made["comscoreSettings"]["populationId"]) == (True, 5)
    assert made["dimensionalBiddingAutoOptimizationSettings"] == [["HasAdFormatId", "HasOsId"]]
    assert made["isUseClicksAsConversionsEnabled"] is True
