"""The GraphQL schema of the emulated graph. graphql-core is loaded here, at the first query and not before.

The text is written with two abbreviations: a nullable list of one of the connected types stands for its connection,
and enums are those of the Workflows API in GraphQL's spelling.
"""

from functools import cache

from graphql import GraphQLSchema, build_schema

from ttd_workflows.emulator.graph.schema_text import CONNECTIONS, MUTATIONS, QUERIES
from ttd_workflows.emulator.graph.spelling import upper_snake
from ttd_workflows.models import enums

_PAGE = "first: Int, after: String, last: Int, before: String"
_ENUMS = (
    enums.AdGroupChannel,
    enums.AdGroupFunnelLocation,
    enums.AllocationType,
    enums.BulkJobStatus,
    enums.CampaignChannelType,
    enums.CampaignPacingMode,
    enums.MarketType,
)


@cache
def graph_schema() -> GraphQLSchema:
    """The schema."""
    text = QUERIES + MUTATIONS
    for kind in _ENUMS:
        words = " ".join(upper_snake(word) for word in kind)
        name = kind.__name__
        text += f"enum {name} {{ {words} }}\ninput {name}Operators {{ eq: {name} in: [{name}!] }}\n"
    for name, filters in CONNECTIONS.items():
        asked = f"{_PAGE}, where: {name}WhereInput, order: [{name}OrderInput!]"
        text = text.replace(f": [{name}]\n", f"({asked}): {name}Connection!\n")
        text += _connection(name, filters)
    return build_schema(text)


def _connection(name: str, filters: dict[str, str]) -> str:
    where = "\n".join(f"{field}: {operators}" for field, operators in filters.items())
    order = "\n".join(f"{field}: SortDirection" for field, kind in filters.items() if kind.endswith("Operators"))
    return f"""
        type {name}Connection {{ nodes: [{name}!]! edges: [{name}Edge!]! pageInfo: PageInfo! totalCount: Long! }}
        type {name}Edge {{ cursor: String! node: {name}! }}
        input {name}WhereInput {{ {where} and: [{name}WhereInput!] or: [{name}WhereInput!] }}
        input {name}OrderInput {{ {order} }}
    """
