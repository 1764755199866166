"""What each field of the graph is: a function of the object it stands on, the graph and the field's arguments.

A field that is not named here is the member of the same name. Nothing here needs graphql-core.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from ttd_workflows.emulator.clock import timestamp
from ttd_workflows.emulator.graph.connections import Connection, connect
from ttd_workflows.emulator.graph.spelling import upper_snake
from ttd_workflows.emulator.world import synthetic
from ttd_workflows.emulator.world.documents import ad_group_document, goal_word
from ttd_workflows.emulator.world.entities import flight_under_way
from ttd_workflows.emulator.world.scene import Scene, T
from ttd_workflows.emulator.world.world import AdGroup, Advertiser, Campaign, Partner

if TYPE_CHECKING:
    from ttd_workflows.emulator.service import Call

Resolver = Callable[[Any, "Graph", Mapping[str, Any]], Any]


class NotFound(Exception):
    """Something that was asked for by id is not there, or not visible."""


@dataclass(frozen=True)
class Graph(Scene):
    """A scene as a graph. ``whole``: connections show all their rows, whatever page is asked for."""

    whole: bool = False
    call: "Call | None" = None
    """The call that asks, where bulk jobs can be submitted and asked for."""
    refused: list[str] = field(default_factory=list)
    """What mutations refused, whether the request selects that or not."""

    @classmethod
    def of(cls, scene: Scene, *, whole: bool = False, call: "Call | None" = None) -> Self:
        """The graph of a scene."""
        return cls(scene.world, scene.settings, scene.now, scene.user, whole, call)

    def connect(self, kind: str, rows: Sequence[Any], arguments: Mapping[str, Any]) -> Connection:
        """The page of ``rows``, things of one type, that ``arguments`` ask for."""
        return connect(
            rows,
            arguments,
            lambda row, field: resolve(kind, field)(row, self, {}),
            page_size=None if self.whole else self.settings.page_size,
            ignoring_case=self.settings.name_filter == "ignoring_case",
        )

    def third_party_data(self, partner: Partner) -> synthetic.Segments:
        """All third-party segments of a partner."""
        few, many = self.settings.third_party_segments, self.settings.large_third_party_segments
        count = few if partner.id in synthetic.SMALL_PARTNERS else many
        return synthetic.Segments(synthetic.third_party_segment, self.world.seed, partner.id, count, self.world.born_at)

    def first_party_data(self, advertiser: Advertiser) -> synthetic.Segments:
        """All first-party segments of an advertiser."""
        few, many = self.settings.first_party_segments, self.settings.large_first_party_segments
        count = few if advertiser.partner_id in synthetic.SMALL_PARTNERS else many
        return synthetic.Segments(
            synthetic.first_party_segment, self.world.seed, advertiser.id, count, self.world.born_at
        )

    def advertisers_of(self, partner: Partner) -> list[Advertiser]:
        """The advertisers of a partner."""
        return [one for one in self.all(Advertiser) if one.partner_id == partner.id]


def resolve(kind: str, field: str) -> Resolver:
    """How a field of a type gets its value."""
    if kind.endswith("Connection"):
        return _OF_CONNECTIONS[field]
    return _OF.get((kind, field)) or _member(field)


def _member(name: str) -> Resolver:
    def of(source: Any, graph: Graph, arguments: Mapping[str, Any]) -> Any:
        if isinstance(source, dict):
            return source.get(name)
        return getattr(source, name) if hasattr(source, name) else source.primary.get(name)

    return of


def _one(kind: type[T]) -> Resolver:
    def of(source: Any, graph: Graph, arguments: Mapping[str, Any]) -> Any:
        thing = graph.find(kind, arguments["id"])
        if thing is None:
            raise NotFound(f"{kind.__name__} '{arguments['id']}' isn't found, or you are not authorized to see it.")
        return thing

    return of


def _connection(kind: str, rows: Callable[[Any, Graph], Sequence[Any]]) -> Resolver:
    return lambda source, graph, arguments: graph.connect(kind, rows(source, graph), arguments)


def _value(of: Callable[[Any, Graph], Any]) -> Resolver:
    return lambda source, graph, arguments: of(source, graph)


def _advertiser_of(source: Campaign | AdGroup, graph: Graph) -> Advertiser:
    return graph.advertiser_of(source)


def _default_seed(advertiser: Advertiser) -> dict[str, str] | None:
    id = advertiser.default_seed_id
    return {"id": id, "name": f"{advertiser.name} default seed", "status": "READY"} if id else None


def _campaign_seed(campaign: Campaign, graph: Graph) -> dict[str, Any] | None:
    default, id = _default_seed(graph.advertiser_of(campaign)), campaign.primary.get("seedId")
    if default and id == default["id"]:
        return default
    return {"id": id, "name": f"Seed {id}", "status": "READY"} if id else None


def _campaign_budget(campaign: Campaign, graph: Graph) -> dict[str, Any]:
    return {
        "total": sum(flight["budgetInAdvertiserCurrency"] for flight in campaign.flights),
        "pacingMode": _pacing(campaign),
        "allocationMode": "MINIMUM",
        "version": "Kokai",
        "usesImpressionBudgets": any(flight.get("budgetInImpressions") for flight in campaign.flights),
    }


def _pacing(campaign: Campaign) -> str | None:
    return upper_snake((campaign.primary.get("budget") or {}).get("pacingMode"))


def _ad_group_budget(group: AdGroup, graph: Graph) -> dict[str, Any]:
    shown = ad_group_document(graph.world, group)
    budget, running = shown["budget"], flight_under_way(graph.world.campaigns[group.campaign_id], graph.now)
    share = next((one for one in shown["flights"] if running and one["campaignFlightId"] == running["id"]), None)
    return {
        "total": budget["budgetInAdvertiserCurrency"],
        "currentFlightBudget": share and share["budgetInAdvertiserCurrency"],
        "isFluid": True,
        "spendPriority": 1,
        "allocationType": upper_snake(budget["allocationType"]),
    }


def _ad_group_flights(group: AdGroup, graph: Graph) -> list[dict[str, Any]]:
    flights = ad_group_document(graph.world, group)["flights"]
    return [{**flight, "allocationType": upper_snake(flight["allocationType"])} for flight in flights]


def _all_ad_groups_of(advertiser: Advertiser, graph: Graph) -> list[AdGroup]:
    campaigns = {campaign.id for campaign in graph.world.campaigns_of(advertiser.id)}
    return [group for group in graph.world.ad_groups.values() if group.campaign_id in campaigns]


def _reporting_columns(campaign: Campaign, graph: Graph) -> list[dict[str, Any]]:
    columns = campaign.primary.get("campaignConversionReportingColumns") or ()
    return [
        {"reportingColumnId": column["reportingColumnId"], "trackingTag": {"id": column["trackingTagId"]}}
        for column in columns
    ]


def _creatives_of(group: AdGroup, graph: Graph) -> list[dict[str, Any]]:
    chosen = set(group.primary.get("creativeIds") or ())
    return [one for one in synthetic.creatives(graph.world.seed, graph.advertiser_of(group).id) if one["id"] in chosen]


def _find_audience(id: str | None, graph: Graph) -> dict[str, Any] | None:
    audiences = (
        audience
        for advertiser in graph.all(Advertiser)
        for audience in synthetic.audiences(graph.world.seed, advertiser.id, graph.world.born_at)
    )
    return next((audience for audience in audiences if audience["id"] == id), None)


def _audience(source: Any, graph: Graph, arguments: Mapping[str, Any]) -> dict[str, Any]:
    found = _find_audience(arguments["id"], graph)
    if found is None:
        raise NotFound(f"Audience '{arguments['id']}' isn't found, or you are not authorized to see it.")
    return found


def _audience_of(group: AdGroup, graph: Graph, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
    id = (group.primary.get("audienceTargeting") or {}).get("audienceId")
    return None if id is None else _find_audience(id, graph)


_OF_CONNECTIONS: dict[str, Resolver] = {
    "nodes": _value(lambda page, _: page.nodes),
    "edges": _value(lambda page, _: page.edges),
    "pageInfo": _value(lambda page, _: page.page_info),
    "totalCount": _value(lambda page, _: len(page.rows)),
}
_PROVIDERS = [{"id": id, "name": name} for id, name in synthetic.PROVIDERS]

_OF: dict[tuple[str, str], Resolver] = {
    ("Query", "me"): _value(lambda _, graph: {"id": graph.user.name, "name": graph.user.name}),
    ("Query", "audience"): _audience,
    ("Query", "partner"): _one(Partner),
    ("Query", "partners"): _connection("Partner", lambda _, graph: graph.all(Partner)),
    ("Query", "advertiser"): _one(Advertiser),
    ("Query", "advertisers"): _connection("Advertiser", lambda _, graph: graph.all(Advertiser)),
    ("Query", "campaign"): _one(Campaign),
    ("Query", "campaigns"): _connection("Campaign", lambda _, graph: graph.all(Campaign)),
    ("Query", "adGroup"): _one(AdGroup),
    ("Query", "adGroups"): _connection("AdGroup", lambda _, graph: graph.all(AdGroup)),
    ("Partner", "idInteger"): _value(lambda partner, graph: next(synthetic.draws(graph.world.seed, partner.id))),
    ("Partner", "isPurchaseOrderNumberRequired"): _value(lambda *_: False),
    ("Partner", "advertisers"): _connection("Advertiser", lambda partner, graph: graph.advertisers_of(partner)),
    ("Partner", "thirdPartyData"): _connection(
        "ThirdPartyData", lambda partner, graph: graph.third_party_data(partner)
    ),
    ("Partner", "thirdPartyDataProviders"): _connection("ThirdPartyDataProvider", lambda *_: _PROVIDERS),
    ("Advertiser", "description"): _value(lambda advertiser, _: f"Synthetic advertiser {advertiser.name}"),
    ("Advertiser", "currency"): _value(lambda *_: {"id": "USD", "name": "US Dollar"}),
    ("Advertiser", "partner"): _value(lambda advertiser, graph: graph.world.partners[advertiser.partner_id]),
    ("Advertiser", "defaultSeed"): _value(lambda advertiser, _: _default_seed(advertiser)),
    ("Advertiser", "seeds"): _value(lambda advertiser, _: [seed for seed in [_default_seed(advertiser)] if seed]),
    ("Advertiser", "vettingStatus"): _value(lambda *_: "APPROVED"),
    ("Advertiser", "isArchived"): _value(lambda *_: False),
    ("Advertiser", "useImpressionsOnlyBudgeting"): _value(lambda *_: False),
    ("Advertiser", "totalCampaignChannelCount"): _value(
        lambda one, graph: len({campaign.primary["primaryChannel"] for campaign in graph.world.campaigns_of(one.id)})
    ),
    ("Advertiser", "totalFunnelLocationCount"): _value(
        lambda one, graph: len({group.primary["funnelLocation"] for group in _all_ad_groups_of(one, graph)})
    ),
    ("Advertiser", "audiences"): _connection(
        "Audience", lambda one, graph: synthetic.audiences(graph.world.seed, one.id, graph.world.born_at)
    ),
    ("Advertiser", "campaigns"): _connection(
        "Campaign", lambda advertiser, graph: graph.world.campaigns_of(advertiser.id)
    ),
    ("Advertiser", "adGroups"): _connection("AdGroup", _all_ad_groups_of),
    ("Advertiser", "firstPartyData"): _connection(
        "FirstPartyData", lambda advertiser, graph: graph.first_party_data(advertiser)
    ),
    ("Advertiser", "industryCategory"): _value(lambda advertiser, _: advertiser.industry_category),
    ("Advertiser", "creatives"): _connection(
        "Creative", lambda one, graph: synthetic.creatives(graph.world.seed, one.id)
    ),
    ("FirstPartyData", "advertiser"): _value(lambda row, graph: graph.world.advertisers[row["advertiserId"]]),
    ("Campaign", "advertiser"): _value(_advertiser_of),
    ("Campaign", "adGroups"): _connection("AdGroup", lambda campaign, graph: graph.world.ad_groups_of(campaign.id)),
    ("Campaign", "channelType"): _value(lambda campaign, _: upper_snake(campaign.primary["primaryChannel"])),
    ("Campaign", "primaryGoal"): _value(lambda campaign, _: goal_word(campaign.primary.get("primaryGoal"))),
    ("Campaign", "secondaryGoal"): _value(lambda campaign, _: goal_word(campaign.primary.get("secondaryGoal"))),
    ("Campaign", "tertiaryGoal"): _value(lambda campaign, _: goal_word(campaign.primary.get("tertiaryGoal"))),
    ("Campaign", "budgetMigrationStatus"): _value(lambda *_: {"currentBudgetingVersion": "Kokai"}),
    ("Campaign", "conversionReportingColumns"): _connection("ConversionReportingColumn", _reporting_columns),
    ("Campaign", "timeZoneIANA"): _value(lambda campaign, _: campaign.primary.get("timeZone") or "Etc/UTC"),
    ("Campaign", "pacingMode"): _value(lambda campaign, _: _pacing(campaign)),
    ("Campaign", "budget"): _value(_campaign_budget),
    ("Campaign", "currentFlight"): _value(lambda campaign, graph: flight_under_way(campaign, graph.now)),
    ("Campaign", "seed"): _value(_campaign_seed),
    ("Campaign", "timeZone"): _value(lambda campaign, _: campaign.primary.get("timeZone") or "UTC"),
    ("Campaign", "version"): _value(lambda *_: "Kokai"),
    ("AdGroup", "campaign"): _value(lambda group, graph: graph.world.campaigns[group.campaign_id]),
    ("AdGroup", "advertiser"): _value(_advertiser_of),
    ("AdGroup", "channel"): _value(lambda group, _: upper_snake(group.primary["channel"])),
    ("AdGroup", "funnelLocation"): _value(lambda group, _: upper_snake(group.primary["funnelLocation"])),
    ("AdGroup", "isEnabled"): _value(lambda group, _: bool(group.primary.get("isEnabled"))),
    ("AdGroup", "marketType"): _value(lambda group, _: upper_snake(group.primary.get("marketType") or "OpenMarket")),
    ("AdGroup", "budget"): _value(_ad_group_budget),
    ("AdGroup", "adGroupFlights"): _value(_ad_group_flights),
    ("AdGroup", "isVisible"): _value(lambda group, _: not group.is_archived),
    ("AdGroup", "audience"): _audience_of,
    ("AdGroup", "creatives"): _connection("Creative", _creatives_of),
    ("Audience", "advertiser"): _value(lambda row, graph: graph.world.advertisers[row["advertiserId"]]),
    ("ThirdPartyData", "provider"): _value(lambda row, _: row["thirdPartyDataProvider"]),
    ("ThirdPartyData", "dataRates"): _connection("DataRate", lambda row, _: row["dataRates"]),
    ("AdGroup", "creativeIds"): _value(lambda group, _: group.primary.get("creativeIds") or []),
}
for _kind in ("Campaign", "AdGroup"):
    _OF[_kind, "isArchived"] = _value(lambda entity, _: entity.is_archived)
    _OF[_kind, "createdAtUtc"] = _value(lambda entity, _: timestamp(entity.created_at))
    _OF[_kind, "lastUpdatedAtUtc"] = _value(lambda entity, _: timestamp(entity.updated_at))
