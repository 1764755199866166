"""GraphQL requests and REST v3, as they are passed through."""

import json

import pytest

INVALID = "The request failed validation. Please check your request and try again."


def test_variables_and_aliases(call):
    query = """query Two($a: ID!, $n: Int) {
        one: advertiser(id: $a) { n: name partner { id } firstPartyData(first: $n) { nodes { id } totalCount } } }"""
    one = call.graphql(query, a="0012345", n=3)["data"]["one"]
    assert (one["partner"], one["firstPartyData"]["totalCount"]) == ({"id": "p1"}, 40)
    assert [type(node["id"]) for node in one["firstPartyData"]["nodes"]] == [int] * 3


def test_a_page_has_ten_nodes(call, own):
    query = '{ partner(id: "p1") { thirdPartyData { nodes { id } pageInfo { hasNextPage } } } }'
    page = call.graphql(query)["data"]["partner"]["thirdPartyData"]
    assert (len(page["nodes"]), page["pageInfo"]) == (10, {"hasNextPage": True})
    assert len(own(page_size=3).graphql(query)["data"]["partner"]["thirdPartyData"]["nodes"]) == 3


def test_pages_follow_one_another(call):
    query = """query($after: String) { partner(id: "p2") { thirdPartyData(first: 70, after: $after) {
        edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
    ids, after, more = [], None, True
    while more:
        page = call.graphql(query, after=after)["data"]["partner"]["thirdPartyData"]
        info, edges = page["pageInfo"], page["edges"]
        assert (info["startCursor"], info["endCursor"]) == (edges[0]["cursor"], edges[-1]["cursor"])
        assert info["hasPreviousPage"] == bool(ids)
        ids += [edge["node"]["id"] for edge in edges]
        after, more = info["endCursor"], info["hasNextPage"]
    assert len(set(ids)) == len(ids) == 200


def test_pages_backwards(call):
    query = """query($before: String) { partners(last: 2, before: $before) {
        nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor } } }"""
    last = call.graphql(query)["data"]["partners"]
    first = call.graphql(query, before=last["pageInfo"]["startCursor"])["data"]["partners"]
    assert [node["id"] for node in first["nodes"] + last["nodes"]] == list(call.emulator.world.partners)
    assert (first["pageInfo"]["hasPreviousPage"], first["pageInfo"]["hasNextPage"]) == (False, True)


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ({"name": {"contains": "LOYAL"}}, lambda row: "Loyal" in row["name"]),
        ({"provider": {"id": {"eq": "lotame"}}}, lambda row: row["providerId"] == "lotame"),
        ({"provider": {"id": {"in": ["lotame", "eyeota"]}}}, lambda row: row["providerId"] in {"lotame", "eyeota"}),
        ({"buyable": {"eq": False}}, lambda row: not row["buyable"]),
        ({"id": {"in": ["1000003|experian", "nope"]}}, lambda row: row["id"] == "1000003|experian"),
        (
            {
                "or": [{"name": {"contains": "Loyal"}}, {"buyable": {"eq": False}}],
                "and": [{"provider": {"id": {"eq": "lotame"}}}],
            },
            lambda row: ("Loyal" in row["name"] or not row["buyable"]) and row["providerId"] == "lotame",
        ),
    ],
)
def test_where_chooses(call, where, wanted):
    query = """query($where: ThirdPartyDataWhereInput) { partner(id: "p1") { thirdPartyData(first: 999, where: $where) {
        totalCount nodes { id name providerId buyable } } } }"""
    every = call.graphql(query)["data"]["partner"]["thirdPartyData"]["nodes"]
    chosen = call.graphql(query, where=where)["data"]["partner"]["thirdPartyData"]
    assert chosen["nodes"] == [row for row in every if wanted(row)] != []
    assert chosen["totalCount"] == len(chosen["nodes"])


def test_errors_come_with_status_200_and_a_code(call):
    def code(request, **variables):
        return call.graphql(request, **variables)["errors"][0]["extensions"]["code"]

    assert code('{ partner(id: "nobody") { id } }') == "NOT_FOUND"
    assert code("{ partner { id } }") == "GRAPHQL_VALIDATION_FAILED"
    assert code("{ partner(") == "GRAPHQL_PARSE_FAILED"
    assert code("{ partners(first: -1) { nodes { id } } }") == "VALIDATION_FAILURE"
    assert code('{ partners(after: "nonsense") { nodes { id } } }') == "VALIDATION_FAILURE"
    assert code("query($id: ID!) { partner(id: $id) { id } }") == "VALIDATION_FAILURE"
    assert code("query A { partners { totalCount } } query B { partners { totalCount } }") == "BAD_REQUEST"


def test_one_error_leaves_the_rest(call):
    answer = call.graphql('{ good: partner(id: "p1") { id } bad: partner(id: "nobody") { id } }')
    assert answer["data"] == {"good": {"id": "p1"}, "bad": None}
    assert answer["errors"][0]["path"] == ["bad"]


def test_introspection(call):
    kind = call.graphql('{ __type(name: "FirstPartyData") { fields { name } } }')["data"]["__type"]
    assert {"name": "activeUniques"} in kind["fields"]


def test_every_field_of_the_graph_can_be_read(call):
    """A query that selects all there is, with connections one level deep, meets no error."""
    deep = "name kind ofType { name kind ofType { name kind ofType { name kind } } }"
    kinds = call.graphql(f"{{ __schema {{ types {{ name fields {{ name type {{ {deep} }} }} }} }} }}")
    kinds = {kind["name"]: kind["fields"] or [] for kind in kinds["data"]["__schema"]["types"]}

    def selection(kind, seen=()):
        parts = []
        for field in kinds[kind]:
            inner = field["type"]
            while inner.get("ofType"):
                inner = inner["ofType"]
            if inner["kind"] != "OBJECT":
                parts.append(field["name"])
            elif inner["name"] not in seen:
                parts.append(f"{field['name']} {selection(inner['name'], (*seen, kind, inner['name']))}")
        return "{ " + " ".join(parts or ["__typename"]) + " }"

    for root, id in (("partner", "p1"), ("advertiser", "adv0001")):
        answer = call.graphql(f'{{ {root}(id: "{id}") {selection(root.capitalize())} }}')
        assert "errors" not in answer
    campaign = next(iter(call.emulator.world.campaigns))
    assert "errors" not in call.graphql(f'{{ campaign(id: "{campaign}") {selection("Campaign")} }}')


def test_enums_are_spelt_as_graphql_spells_them(call, campaign_input):
    budget = {"pacingMode": "PaceAsSoonAsPossible", "budgetInAdvertiserCurrency": 7}
    group = {"primaryInput": {"name": "G", "channel": "NativeVideo", "funnelLocation": "None"}}
    body = {**campaign_input(primaryChannel="NativeVideo", budget=budget), "adGroups": [group]}
    id = call("POST", "/campaign", body).json["campaign"]["id"]
    seen = call.graphql(f'{{ campaign(id: "{id}") {{ channelType pacingMode budget {{ total }} }} }}')["data"][
        "campaign"
    ]
    assert seen == {"channelType": "NATIVE_VIDEO", "pacingMode": "PACE_AS_SOON_AS_POSSIBLE", "budget": {"total": 7}}


@pytest.mark.parametrize("endpoint", ["campaign/{}", "/campaign/{}", "v3/campaign/{}", "/v3/CAMPAIGN/{}"])
def test_rest_finds_its_way(call, campaign, endpoint):
    assert call.rest("GET", endpoint.format(campaign)).json["CampaignId"] == campaign


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example/campaign",
        "//evil.example/x",
        "../workflows/campaign",
        "campaign/../../x",
        "a%2f..%2fb",
        "",
        "/",
        "v3",
    ],
)
def test_rest_does_not_leave_v3(call, endpoint):
    answer = call.rest("GET", endpoint)
    assert (answer.status, list(answer.json["errors"])) == (400, ["$.endpoint"])


def test_rest_makes_and_changes(call):
    sent = {
        "advertiserid": "0012345",
        "CAMPAIGNNAME": "Via REST",
        "PrimaryGoal": {"CPAInAdvertiserCurrency": {"Amount": 2.5, "CurrencyCode": "USD"}},
        "Budget": {"Amount": 100, "CurrencyCode": "USD"},
        "StartDate": "2026-03-01T00:00:00",
    }
    made = call.rest("POST", "campaign", sent)
    assert made.status == 200, made.body
    id = made.json["CampaignId"]
    assert made.json["PrimaryGoal"] == sent["PrimaryGoal"]
    assert made.json["Budget"]["Amount"] == 100
    assert call("PATCH", "/campaign", {"id": id}).json["campaign"]["primaryGoal"] == "CpaInAdvertiserCurrency"
    changed = call.rest("PUT", "campaign", {"campaignId": id, "description": "new", "SeedId": "0seed123"}).json
    assert (changed["CampaignName"], changed["Description"], changed["SeedId"]) == ("Via REST", "new", "0seed123")

    group = call.rest(
        "POST", "adgroup", {"CampaignId": id, "AdGroupName": "G", "RTBAttributes": {"MaxBidCPM": {"Amount": 4}}}
    ).json
    assert group["RTBAttributes"]["MaxBidCPM"] == {"Amount": 4, "CurrencyCode": "USD"}
    changed = call.rest("PUT", f"adgroup/{group['AdGroupId']}", {"description": "d"}).json
    assert (changed["Description"], changed["AdGroupName"]) == ("d", "G")
    seen = call("PATCH", "/adgroup", {"id": group["AdGroupId"]}).json["adGroup"]
    assert (seen["maxBidCPMInAdvertiserCurrency"], seen["description"]) == (4, "d")


def test_rest_refuses_in_its_own_words(call):
    answer = call.rest("POST", "campaign", {"AdvertiserId": "0012345"})
    reasons = [{"Property": "CampaignName", "Reasons": ["This property is required when creating."]}]
    assert (answer.status, answer.json) == (400, {"Message": INVALID, "ErrorDetails": reasons})
    answer = call.rest("POST", "campaign", {"AdvertiserId": "0012345", "CampaignName": "x", "PrimaryChannel": "Zap"})
    assert (answer.status, answer.json["Message"]) == (400, INVALID)
    assert call.rest("POST", "campaign", {"AdvertiserId": "nobody", "CampaignName": "x"}).json["Message"] == INVALID
    for method, endpoint in (
        ("GET", "campaign/nobody"),
        ("GET", "nowhere"),
        ("DELETE", "campaign/x"),
        ("PUT", "campaign/x"),
    ):
        answer = call.rest(method, endpoint, {})
        assert answer.status == 403
        assert list(answer.json) == ["Message"]


def test_rest_wants_an_object_as_text(call):
    for body in (None, "{", "[]", "5", "[" * 5000, '{"Name": NaN}', '{"Name": "\\ud800"}'):
        sent = {"methodType": "POST", "endpoint": "campaign", "dataBody": body}
        assert list(call("POST", "/restrequest", sent).json["errors"]) == ["$.dataBody"]
    assert list(call("POST", "/restrequest", {"methodType": "PATCH", "endpoint": "x"}).json["errors"]) == [
        "$.methodType"
    ]


@pytest.mark.parametrize(
    ("endpoint", "body", "member", "count"),
    [
        ("partner/query", {}, "PartnerId", 4),
        ("advertiser/query/partner", {"PartnerId": "p2"}, "AdvertiserId", 6),
        ("campaign/query/advertiser", {"AdvertiserId": "adv0002"}, "CampaignId", 5),
        ("adgroup/query/advertiser", {"AdvertiserId": "adv0002"}, "AdGroupId", 15),
    ],
)
def test_rest_queries_in_pages(own, endpoint, body, member, count):
    call = own()
    every = call.rest("POST", endpoint, body).json
    assert every["ResultCount"] == every["TotalFilteredCount"] == len({row[member] for row in every["Result"]}) == count
    page = call.rest("POST", endpoint, {**body, "PageStartIndex": 1, "pageSize": 2}).json
    assert (page["Result"], page["ResultCount"], page["TotalFilteredCount"]) == (every["Result"][1:3], 2, count)
    assert call.rest("POST", endpoint, {**body, "PageSize": 0}).json["Result"] == []
    assert call.rest("POST", endpoint, {**body, "PageSize": -1}).status == 400


def test_rest_shows_single_advertisers_and_partners(call):
    assert call.rest("GET", "advertiser/0012345").json["PartnerId"] == "p1"
    assert json.dumps(call.rest("GET", "partner/p1").json)
