"""GraphQL beyond paging: filters and order, mutations, bulk jobs submitted and cancelled, limits and introspection."""

import json

import pytest

CREATE = """mutation ($input: AdGroupCreateInput!) {
    adGroupCreate(input: $input) { data { id name channel } userErrors { field message } } }"""


def errors_of(call, request, **variables):
    answer = call.graphql(request, **variables)
    return [(error["extensions"]["code"], error["message"]) for error in answer["errors"]]


def test_me(own):
    call = own(users=({"name": "ann", "token": "t"},))
    assert call.graphql("{ me { id } }") == {"data": {"me": {"id": "emulator"}}}
    seen = call("POST", "/graphqlrequest", {"request": "{ me { id } }"}, TTD_Auth="t")
    assert seen.json == {"data": {"me": {"id": "ann"}}}


def test_beta_features_are_taken(call):
    body = {"request": "{ me { id } }", "betaFeatures": "one,two"}
    answer = call("POST", "/graphqlrequest", body)
    assert (answer.status, answer.json) == (200, {"data": {"me": {"id": "emulator"}}})
    assert call("POST", "/graphqlrequest", {**body, "betaFeatures": 5}).status == 400


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("{audienceSize: {gte: 40000000, lt: 80000000}}",
         lambda row: 40_000_000 <= (row["audienceSize"] or 0) < 80_000_000),
        ("{audienceSize: {gt: 0}, buyable: {eq: true}}", lambda row: (row["audienceSize"] or 0) > 0 and row["buyable"]),
        ("{audienceSize: {eq: null}}", lambda row: row["audienceSize"] is None),
        ('{description: {contains: "LOYAL"}}', lambda row: "loyal" in row["description"]),
        ('{and: [{providerId: {in: ["lotame"]}}, {buyable: {eq: true}}]}',
         lambda row: row["providerId"] == "lotame" and row["buyable"]),
    ],
)  # fmt: skip
def test_where_has_all_operators(call, where, wanted):
    query = """{ partner(id: "p1") { every: thirdPartyData(first: 999) { nodes { ...Row } }
        some: thirdPartyData(first: 999, where: WHERE) { totalCount nodes { ...Row } } } }
        fragment Row on ThirdPartyData { id audienceSize buyable description providerId }"""
    found = call.graphql(query.replace("WHERE", where))["data"]["partner"]
    assert found["some"]["nodes"] == [row for row in found["every"]["nodes"] if wanted(row)] != []
    assert found["some"]["totalCount"] == len(found["some"]["nodes"])


def test_dates_are_compared_as_moments(own, campaign_input):
    call = own()
    query = "{ campaigns(first: 999, where: {startDateInUtc: {OP}}) { nodes { name } } }"
    call("POST", "/campaign", campaign_input(name="old", startDateInUtc="2001-01-01T00:00:00Z"))
    for operator, found in (
        ('lte: "2001-01-01T00:00:00.000Z"', True),
        ('lt: "2001-01-01T00:00:00.000Z"', False),
        ('lt: "2001-01-01T01:00:00+02:00"', False),
        ('eq: "2001-01-01T02:00:00+02:00"', True),
    ):
        nodes = call.graphql(query.replace("OP", operator))["data"]["campaigns"]["nodes"]
        assert ({"name": "old"} in nodes) == found, operator


def test_what_cannot_be_compared_is_said(call):
    query = '{ partner(id: "p1") { thirdPartyData(where: {audienceSize: {gt: "many"}}) { totalCount } } }'
    [(code, message)] = errors_of(call, query)
    assert (code, '"many" cannot be compared' in message) == ("VALIDATION_FAILURE", True)


def test_order_sorts_by_one_after_the_other(call):
    query = """{ partner(id: "p1") { thirdPartyData(first: 999, order: [{providerId: DESC}, {audienceSize: ASC}]) {
        nodes { providerId audienceSize } } } }"""
    rows = call.graphql(query)["data"]["partner"]["thirdPartyData"]["nodes"]
    assert len(rows) == 200
    providers = [row["providerId"] for row in rows]
    assert providers == sorted(providers, reverse=True)
    for provider in set(providers):
        sizes = [row["audienceSize"] for row in rows if row["providerId"] == provider]
        there = [size for size in sizes if size is not None]
        assert sizes == sorted(there) + [None] * (len(sizes) - len(there))
    assert errors_of(call, "{ partners(order: [{name: UP}]) { totalCount } }")[0][0] == "GRAPHQL_VALIDATION_FAILED"


def test_data_rates_creatives_and_audiences(call, campaign, group_input):
    rates = call.graphql(
        '{ partner(id: "p1") { thirdPartyData { nodes { dataRates { nodes { rateType amount } } } } } }'
    )
    assert all(node["dataRates"]["nodes"] for node in rates["data"]["partner"]["thirdPartyData"]["nodes"])
    query = '{ advertiser(id: "0012345") { audiences { nodes { id name } } creatives { nodes { id } } } }'
    seen = call.graphql(query)["data"]["advertiser"]
    audience, creative = seen["audiences"]["nodes"][0], seen["creatives"]["nodes"][0]["id"]
    assert call.graphql(f'{{ audience(id: "{audience["id"]}") {{ id name }} }}')["data"]["audience"] == audience
    body = group_input(campaign, audienceTargeting={"audienceId": audience["id"]}, creativeIds=[creative, "other"])
    group = call("POST", "/adgroup", body).json["adGroup"]["id"]
    query = f'{{ adGroup(id: "{group}") {{ audience {{ id name }} creatives {{ nodes {{ id }} }} creativeIds }} }}'
    shown = call.graphql(query)["data"]["adGroup"]
    assert shown == {
        "audience": audience,
        "creatives": {"nodes": [{"id": creative}]},
        "creativeIds": [creative, "other"],
    }
    assert errors_of(call, '{ audience(id: "nobody") { id } }')[0][0] == "NOT_FOUND"


def test_a_campaign_made_by_mutation_is_everywhere(call):
    query = """mutation ($input: CampaignCreateInput!) { campaignCreate(input: $input) {
        data { id name channelType pacingMode primaryGoal flights { budgetInAdvertiserCurrency } }
        errors { message } } }"""
    given = {
        "advertiserId": "0012345",
        "name": "Per Mutation",
        "primaryChannel": "NATIVE_VIDEO",
        "primaryGoal": {"cpaInAdvertiserCurrency": 2.5},
        "budget": {"pacingMode": "PACE_TO_DAILY_CAP", "budgetInAdvertiserCurrency": 70},
    }
    made = call.graphql(query, input=given)["data"]["campaignCreate"]
    assert made["errors"] == []
    id = made["data"].pop("id")
    assert made["data"] == {
        "name": "Per Mutation",
        "channelType": "NATIVE_VIDEO",
        "pacingMode": "PACE_TO_DAILY_CAP",
        "primaryGoal": "CpaInAdvertiserCurrency",
        "flights": [{"budgetInAdvertiserCurrency": 70}],
    }
    assert call.rest("GET", f"campaign/{id}").json["PrimaryChannel"] == "NativeVideo"
    change = 'mutation ($id: ID!) { campaignUpdate(input: {id: $id, name: "Neu"}) { data { name } } }'
    assert call.graphql(change, id=id)["data"] == {"campaignUpdate": {"data": {"name": "Neu"}}}
    archive = """mutation ($id: ID!, $force: Boolean) {
        campaignsArchive(input: {ids: [$id], forceArchive: $force}) { data errors } }"""
    refused = call.graphql(archive, id=id)["data"]["campaignsArchive"]
    assert refused["data"] is None
    assert "forceArchive" in refused["errors"][0]
    assert call.graphql(archive, id=id, force=True)["data"] == {"campaignsArchive": {"data": [id], "errors": []}}


def test_a_mutation_says_what_is_wrong_by_field(call, campaign):
    given = {"campaignId": campaign, "name": "", "channel": "AUDIO", "funnelLocation": "CONVERSION"}
    answer = call.graphql(CREATE, input=given)
    assert "errors" not in answer
    payload = answer["data"]["adGroupCreate"]
    assert payload["data"] is None
    assert [error["field"] for error in payload["userErrors"]] == [["name"], ["channel"]]
    query = CREATE.replace(
        "userErrors { field message }", "errors { __typename ... on MutationError { message field } }"
    )
    [error, _] = call.graphql(query, input=given)["data"]["adGroupCreate"]["errors"]
    assert error == {"__typename": "InvalidInputError", "message": "The name field is required.", "field": ["name"]}
    unknown = call.graphql(CREATE, input={**given, "campaignId": "nobody"})["data"]["adGroupCreate"]["userErrors"]
    assert unknown[0]["field"] == ["campaignId"]


def test_an_ad_group_by_mutation(call, campaign):
    given = {"campaignId": campaign, "name": "G", "channel": "TV", "funnelLocation": "CONVERSION"}
    made = call.graphql(CREATE, input=given)["data"]["adGroupCreate"]["data"]
    assert (made["name"], made["channel"]) == ("G", "TV")
    change = "mutation ($id: ID!) { adGroupUpdate(input: {id: $id, isEnabled: true}) { data { isEnabled } } }"
    assert call.graphql(change, id=made["id"])["data"] == {"adGroupUpdate": {"data": {"isEnabled": True}}}
    archive = f'mutation {{ adGroupsArchive(input: {{ids: ["{made["id"]}"]}}) {{ data errors }} }}'
    assert call.graphql(archive)["data"] == {"adGroupsArchive": {"data": [made["id"]], "errors": []}}


SUBMIT = """mutation ($query: String!) { createQueryBulk(input: {query: $query}) {
    data { id status createdAt } errors { __typename ... on MutationError { message field }
    ... on BulkJobQueryValidationError { queryErrors } } } }"""
POLL = """query ($id: ID!) { bulkJob(id: $id) { __typename id status completionPercentage url rawResult runtimeErrors
    ... on BulkMutationJob { mutationGqlErrors { error index } } ... on BulkQueryJob { queryGqlErrors } } }"""
CANCEL = "mutation ($id: ID!) { cancelBulkJob(input: {jobId: $id}) { data { id status } errors { message } } }"


def test_a_query_job_by_mutation_is_the_same_job(own):
    call = own()
    made = call.graphql(SUBMIT, query="{ partners { nodes { id } } }")["data"]["createQueryBulk"]
    assert (made["errors"], made["data"]["status"]) == ([], "QUEUED")
    id = made["data"]["id"]
    assert call.graphql(POLL, id=id)["data"]["bulkJob"]["status"] == "QUEUED"
    call.emulator.clock.advance(10)
    done = call.graphql(POLL, id=id)["data"]["bulkJob"]
    assert (done["__typename"], done["status"], done["completionPercentage"]) == ("BulkQueryJob", "SUCCESS", 100)
    assert call.download(done["url"]).body.decode() == done["rawResult"]
    assert call("GET", f"/graphqlbulkjob/{id}").json["job"]["status"] == "Success"
    literal = call.graphql(f"{{ bulkJob(id: {id}) {{ id }} }}")  # written as a number in samples
    assert literal["data"]["bulkJob"]["id"] == id
    assert errors_of(call, POLL, id="1")[0][0] == "NOT_FOUND"


def test_a_query_that_cannot_run_in_bulk_is_said_in_the_payload(call):
    [error] = call.graphql(SUBMIT, query="{ nope }")["data"]["createQueryBulk"]["errors"]
    message = 'Cannot query field "nope" on type "Query".'
    assert error["__typename"] == "BulkJobQueryValidationError"
    assert error["queryErrors"] == [error["message"]]
    assert (error["message"].startswith(message[:-1]), error["field"]) == (True, ["query"])
    [error] = call.graphql(SUBMIT, query='{ bulkJob(id: "1") { id } }')["data"]["createQueryBulk"]["errors"]
    assert "bulkJob cannot be asked for" in error["message"]


def test_a_query_job_can_be_cancelled(own):
    call = own()
    id = call.graphql(SUBMIT, query="{ partners { nodes { id } } }")["data"]["createQueryBulk"]["data"]["id"]
    assert call.graphql(CANCEL, id=id)["data"]["cancelBulkJob"] == {
        "data": {"id": id, "status": "CANCELLED"},
        "errors": [],
    }
    assert call("GET", f"/graphqlbulkjob/{id}").json["job"]["status"] == "Cancelled"
    again = call.graphql(CANCEL, id=id)["data"]["cancelBulkJob"]
    assert again["data"] is None
    assert "ended already" in again["errors"][0]["message"]
    assert errors_of(call, CANCEL, id="1")[0][0] == "NOT_FOUND"


BULK = """mutation ($mutation: String!, $variables: [String!]!) { createMutationBulk(input: {
    mutation: $mutation, mutationVariables: $variables}) {
    data { id } errors { ... on MutationError { message } } } }"""


def mutate_in_bulk(call, inputs, mutation=CREATE):
    return call.graphql(BULK, mutation=mutation, variables=[json.dumps(one) for one in inputs])["data"][
        "createMutationBulk"
    ]


def test_a_bulk_mutation_tells_which_inputs_failed(own, campaign_input):
    call = own()
    campaign = call("POST", "/campaign", campaign_input()).json["campaign"]["id"]
    good = {"campaignId": campaign, "name": "B", "channel": "TV", "funnelLocation": "CONVERSION"}
    inputs = [{"input": {**good, "name": "A"}}, {"input": {**good, "channel": "AUDIO"}}, {"input": 5}, {"input": good}]
    id = mutate_in_bulk(call, inputs)["data"]["id"]
    before = len(call.emulator.world.ad_groups)
    call.emulator.clock.advance(10)
    done = call.graphql(POLL, id=id)["data"]["bulkJob"]
    assert (done["__typename"], done["status"]) == ("BulkMutationJob", "PARTIAL_SUCCESS")
    assert [error["index"] for error in done["mutationGqlErrors"]] == [1, 2]
    assert len(call.emulator.world.ad_groups) == before + 2
    answers = json.loads(done["rawResult"])
    assert [bool(answer["data"]) for answer in answers] == [True, False, False, True]
    assert answers[3]["data"]["adGroupCreate"]["data"]["name"] == "B"
    polled = call("GET", f"/graphqlbulkjob/{id}").json["job"]
    assert (polled["status"], len(polled["runtimeErrors"])) == ("PartialSuccess", 2)


def test_a_bulk_mutation_that_fails_whole_and_cannot_be_cancelled(own):
    call = own()
    id = mutate_in_bulk(call, [{"input": {}}])["data"]["id"]
    assert "only query jobs" in call.graphql(CANCEL, id=id)["data"]["cancelBulkJob"]["errors"][0]["message"]
    call.emulator.clock.advance(10)
    done = call.graphql(POLL, id=id)["data"]["bulkJob"]
    assert (done["status"], done["url"]) == ("FAILURE", None)
    assert {error["index"] for error in done["mutationGqlErrors"]} == {0}


@pytest.mark.parametrize(
    ("mutation", "inputs", "reason"),
    [
        (CREATE, [], "1 to 1000 inputs, not 0"),
        (CREATE, [{}] * 1001, "1 to 1000 inputs, not 1001"),
        (CREATE, [[]], "mutationVariables[0] must be the text of a JSON object"),
        ("{ me { id } }", [{}], "exactly one mutation operation"),
        ('mutation { a: cancelBulkJob(input: {jobId: "1"}) { data { id } } }', [{}], "not cancelBulkJob"),
        (CREATE + CREATE.replace("mutation", "mutation B"), [{}], "anonymous operation must be the only"),
        (CREATE.replace("adGroupCreate", "adGroupCreated"), [{}], "Cannot query field"),
        ("mutation { adGroupsArchive(input: {ids: [" + '"x" ' * 15_000 + "]}) { data } }", [{}], "fewer than 15000"),
        ('mutation { adGroupsArchive(input: {ids: ["x"]}) { data } b: adGroupsArchive(input: {ids: ["x"]}) { data } }',
         [{}], "exactly one mutation field"),
    ],
)  # fmt: skip
def test_some_mutations_are_not_taken_on(call, mutation, inputs, reason):
    payload = mutate_in_bulk(call, inputs, mutation)
    assert payload["data"] is None
    assert reason in payload["errors"][0]["message"]


def test_a_request_may_be_too_complex(own):
    call = own(complexity_limit=1000)
    query = """query ($n: Int) { partners(first: $n) { nodes { ...P } } }
        fragment P on Partner { advertisers { nodes { id } } }"""
    assert "errors" not in call.graphql(query, n=80)
    [(code, message)] = errors_of(call, query, n=100)
    assert (code, "the limit is 1000" in message) == ("RESOURCE_LIMIT_EXCEEDED", True)
    assert errors_of(call, "{ partners(last: 10000) { edges { node { name advertisers { totalCount } } } } }")
    assert "errors" not in own(complexity_limit=None).graphql(query, n=10**9)


def test_messages_are_quoted_as_on_the_platform(call):
    [(code, message)] = errors_of(call, "query ($id: String!) { partner(id: $id) { id } }", id="p1")
    assert code == "GRAPHQL_VALIDATION_FAILED"
    assert message == 'Variable "$id" of type "String!" used in position expecting type "ID!".'


def test_introspection_may_be_null(own):
    call = own(introspection="null")
    query = '{ __schema { types { name } } t: __type(name: "Partner") { name } me { id } }'
    assert call.graphql(query) == {"data": {"__schema": None, "t": None, "me": {"id": "emulator"}}}
