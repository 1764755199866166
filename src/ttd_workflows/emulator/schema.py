"""The GraphQL schema of the emulated graph. graphql-core is loaded here, at the first query and not before."""

from functools import cache

from graphql import GraphQLSchema, build_schema

_PAGE = "first: Int, after: String, last: Int, before: String"
_CONNECTIONS = {
    "Partner": "",
    "Advertiser": "",
    "Campaign": "",
    "AdGroup": "",
    "Creative": "vettingStatus: StringOperators",
    "FirstPartyData": "",
    "ThirdPartyData": "provider: ProviderWhereInput, buyable: BooleanOperators",
    "ThirdPartyDataProvider": "",
}
_TYPES = """
scalar Long
scalar Decimal
scalar DateTime

type Query {
  partner(id: ID!): Partner
  partners: [Partner]
  advertiser(id: ID!): Advertiser
  advertisers: [Advertiser]
  campaign(id: ID!): Campaign
  campaigns: [Campaign]
  adGroup(id: ID!): AdGroup
  adGroups: [AdGroup]
}
type Partner {
  id: ID!
  name: String!
  advertisers: [Advertiser]
  thirdPartyData: [ThirdPartyData]
  thirdPartyDataProviders: [ThirdPartyDataProvider]
}
type Advertiser {
  id: ID!
  name: String!
  description: String
  currency: Currency!
  partner: Partner!
  defaultSeed: Seed
  seeds: [Seed!]!
  vettingStatus: String!
  isArchived: Boolean!
  campaigns: [Campaign]
  adGroups: [AdGroup]
  firstPartyData: [FirstPartyData]
  creatives: [Creative]
  industryCategory: String
}
type Creative { id: ID! name: String! vettingStatus: String! isArchived: Boolean! }
type Currency { id: ID! name: String! }
type Seed { id: ID! name: String! status: String! }
type Campaign {
  id: ID!
  name: String!
  description: String
  advertiser: Advertiser!
  adGroups: [AdGroup]
  channelType: String!
  primaryGoal: String
  pacingMode: String
  budget: CampaignBudget!
  flights: [CampaignFlight!]!
  currentFlight: CampaignFlight
  seed: Seed
  timeZone: String
  startDateInUtc: DateTime
  endDateInUtc: DateTime
  version: String!
  isArchived: Boolean!
  createdAtUtc: DateTime!
  lastUpdatedAtUtc: DateTime!
}
type CampaignBudget { total: Decimal! pacingMode: String version: String! usesImpressionBudgets: Boolean! }
type CampaignFlight {
  id: Long!
  startDateInclusiveUTC: DateTime!
  endDateExclusiveUTC: DateTime
  budgetInAdvertiserCurrency: Decimal!
  budgetInImpressions: Long
  dailyTargetInAdvertiserCurrency: Decimal
  dailyTargetInImpressions: Long
}
type AdGroup {
  id: ID!
  name: String!
  description: String
  campaign: Campaign!
  advertiser: Advertiser!
  channel: String!
  funnelLocation: String!
  isEnabled: Boolean!
  isArchived: Boolean!
  baseBidCPMInAdvertiserCurrency: Decimal
  maxBidCPMInAdvertiserCurrency: Decimal
  marketType: String!
  budget: AdGroupBudget!
  adGroupFlights: [AdGroupFlight!]!
  creativeIds: [ID!]!
  createdAtUtc: DateTime!
  lastUpdatedAtUtc: DateTime!
}
type AdGroupBudget { total: Decimal! allocationType: String! }
type AdGroupFlight { campaignFlightId: Long! budgetInAdvertiserCurrency: Decimal! allocationType: String! }
type FirstPartyData { id: Long! name: String! activeUniques: ActiveUniques advertiser: Advertiser! }
type ThirdPartyDataProvider { id: ID! name: String! }
type ThirdPartyData {
  id: ID!
  name: String!
  providerId: String!
  providerElementId: String!
  description: String
  buyable: Boolean!
  fullPath: String
  hierarchyString: String
  parentId: ID
  importEnabled: Boolean!
  thirdPartyDataProvider: ThirdPartyDataProvider!
  activeUniques: ActiveUniques
}
type ActiveUniques {
  householdCount: Long
  idsConnectedTvCount: Long
  idsCount: Long
  idsInAppCount: Long
  idsWebCount: Long
  personsCount: Long
  thirdPartyDataOverlapCount: Long
  lastUpdated: DateTime
}
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
input IdOperators { eq: ID in: [ID!] }
input StringOperators { eq: String in: [String!] contains: String }
input BooleanOperators { eq: Boolean }
input ProviderWhereInput { id: IdOperators }
"""


@cache
def graph_schema() -> GraphQLSchema:
    """The schema. In the text above a nullable list of one of the connected types stands for its connection."""
    text = _TYPES
    for name, further in _CONNECTIONS.items():
        text = text.replace(f": [{name}]\n", f"({_PAGE}, where: {name}WhereInput): {name}Connection!\n")
        text += f"""
            type {name}Connection {{ nodes: [{name}!]! edges: [{name}Edge!]! pageInfo: PageInfo! totalCount: Long! }}
            type {name}Edge {{ cursor: String! node: {name}! }}
            input {name}WhereInput {{
              id: IdOperators
              name: StringOperators
              {further}
              and: [{name}WhereInput!]
              or: [{name}WhereInput!]
            }}
        """
    return build_schema(text)
