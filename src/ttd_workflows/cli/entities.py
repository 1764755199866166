"""``ttdw campaign`` and ``ttdw ad-group``: one campaign or ad group made, changed, archived or asked about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from ttd_workflows.cli import calls, exits
from ttd_workflows.cli.asking import confirm, yes_option
from ttd_workflows.cli.calls import body_option, json_only, validate_option
from ttd_workflows.cli.commands import Room, command, group
from ttd_workflows.cli.options import connection_options
from ttd_workflows.cli.output import print_document

if TYPE_CHECKING:
    from collections.abc import Callable

campaign = group(
    "Create, change or archive campaigns, one call each.",
    {
        "Commands": {
            "create": Room("entities:create_campaign", "Create a campaign, with its ad groups."),
            "update": Room("entities:update_campaign", "Change a campaign: only what is given changes."),
            "archive": Room("entities:archive_campaigns", "Archive campaigns, for ever."),
            "version": Room("entities:campaign_version", "Ask which generation of the platform a campaign belongs to."),
        }
    },
    epilog="""\b
Examples:
  ttdw campaign create --body campaign.json
  ttdw campaign version 0391336

Many at once go into one job: ttdw submit --help
""",
)

ad_group = group(
    "Create, change or archive ad groups, one call each.",
    {
        "Commands": {
            "create": Room("entities:create_ad_group", "Create an ad group in a campaign."),
            "update": Room("entities:update_ad_group", "Change an ad group: only what is given changes."),
            "archive": Room("entities:archive_ad_groups", "Archive ad groups, for ever."),
        }
    },
    epilog="""\b
Examples:
  ttdw ad-group create --campaign 0391336 --name Spring --channel Display \\
      --funnel Awareness
  ttdw ad-group archive 0aaaaaa 0bbbbbb --yes

Many at once go into one job: ttdw submit --help
""",
)


class GoalType(click.ParamType[dict[str, Any]]):
    """Reads a goal: ``maximizeReach``, or one with an amount, ``cpaInAdvertiserCurrency=2.5``."""

    name = "goal"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        """The goal as a request has it."""
        if isinstance(value, dict):
            return value
        name, equals, amount = str(value).partition("=")
        try:
            return {name: float(json.loads(amount)) if equals else True}
        except (ValueError, TypeError):
            self.fail(f"{value!r}: an amount is a number, like 2.5.", param, ctx)


CREATE_CAMPAIGN = {
    "advertiser": "primaryInput.advertiserId",
    "name": "primaryInput.name",
    "channel": "primaryInput.primaryChannel",
    "goal": "primaryInput.primaryGoal",
}
UPDATE_CAMPAIGN = {"campaign": "id", "name": "primaryInput.name"}
CREATE_AD_GROUP = {
    "campaign": "campaignId",
    "name": "primaryInput.name",
    "channel": "primaryInput.channel",
    "funnel": "primaryInput.funnelLocation",
}
UPDATE_AD_GROUP = {"ad_group": "id", "name": "primaryInput.name"}
"""Where in a request the options stand. Everything else that a request may have goes into ``--body``."""

SENT_ONCE = """\b
This is sent once. If no answer comes, the exit code is 6: look in the
platform before you run it again.
"""


@command(
    epilog=f"""\b
Examples:
  ttdw campaign create --advertiser adv0001 --name Spring --channel Video \\
      --goal maximizeReach
  ttdw campaign create --body campaign.json --validate-only
  ttdw campaign create --body template.json --name 'Spring 2027'

{SENT_ONCE}""",
    operations=("campaign.create",),
)
@click.option("--advertiser", metavar="ID", help="The advertiser that it is for.")
@click.option("--name", metavar="TEXT", help="Its name.")
@click.option("--channel", metavar="WORD", help="Its primary channel: Display, Video, Audio, …")
@click.option(
    "--goal",
    type=GoalType(),
    metavar="NAME[=N]",
    help="Its primary goal: maximizeReach, cpaInAdvertiserCurrency=2.5, …",
)
@body_option
@validate_option
@json_only
@connection_options
def create_campaign(body: str | None, *, validate_only: bool, **members: Any) -> int:
    """Create a campaign, with its ad groups.

    The options are the members that a campaign must have; everything else goes into --body.
    """
    return _send("campaign.create", CREATE_CAMPAIGN, members, body, validate_only=validate_only)


@command(
    epilog=f"""\b
Examples:
  ttdw campaign update --campaign 0391336 --name 'Spring, prolonged'
  ttdw campaign update --campaign 0391336 --body changes.json

{SENT_ONCE}""",
    operations=("campaigns.update",),
)
@click.option("--campaign", metavar="ID", help="The campaign that is to change.")
@click.option("--name", metavar="TEXT", help="Its new name.")
@body_option
@validate_option
@json_only
@connection_options
def update_campaign(body: str | None, *, validate_only: bool, **members: Any) -> int:
    """Change a campaign: only what is given changes."""
    return _send("campaigns.update", UPDATE_CAMPAIGN, members, body, validate_only=validate_only)


@command(
    epilog=f"""\b
Examples:
  ttdw ad-group create --campaign 0391336 --name Spring --channel Display \\
      --funnel Awareness
  ttdw ad-group create --body ad-group.json --validate-only

{SENT_ONCE}""",
    operations=("ad_groups.create",),
)
@click.option("--campaign", metavar="ID", help="The campaign that it belongs to.")
@click.option("--name", metavar="TEXT", help="Its name.")
@click.option("--channel", metavar="WORD", help="Its channel: Display, Video, Audio, …")
@click.option("--funnel", metavar="WORD", help="Its place in the funnel: Awareness, Consideration, Conversion.")
@body_option
@validate_option
@json_only
@connection_options
def create_ad_group(body: str | None, *, validate_only: bool, **members: Any) -> int:
    """Create an ad group in a campaign.

    The options are the members that an ad group must have; everything else goes into --body.
    """
    return _send("ad_groups.create", CREATE_AD_GROUP, members, body, validate_only=validate_only)


@command(
    epilog=f"""\b
Examples:
  ttdw ad-group update --ad-group 0aaaaaa --name Retargeting
  ttdw ad-group update --body changes.json

{SENT_ONCE}""",
    operations=("ad_groups.update",),
)
@click.option("--ad-group", metavar="ID", help="The ad group that is to change.")
@click.option("--name", metavar="TEXT", help="Its new name.")
@body_option
@validate_option
@json_only
@connection_options
def update_ad_group(body: str | None, *, validate_only: bool, **members: Any) -> int:
    """Change an ad group: only what is given changes."""
    return _send("ad_groups.update", UPDATE_AD_GROUP, members, body, validate_only=validate_only)


@command(
    epilog="""\b
Examples:
  ttdw campaign version 0391336
""",
    operations=("campaign.get_version",),
)
@click.argument("campaign")
@json_only
@connection_options
def campaign_version(campaign: str) -> int:
    """Ask which generation of the platform a campaign belongs to."""
    print_document(calls.call("campaign.get_version", id=campaign))
    return exits.SUCCESS


def _archiving(operation: str, things: str, example: str) -> Callable[..., Any]:
    """The command that archives things of a kind; it asks first, as there is no way back."""

    def archive(ids: tuple[str, ...], *, force: bool, yes: bool) -> int:
        confirm(f"Archive {things} for ever: {', '.join(ids)}?", yes=yes)
        print_document(calls.call(operation, request_body=list(ids), force_archive=force))
        return exits.SUCCESS

    archive.__doc__ = f"Archive {things}, for ever."
    for option in (
        connection_options,
        json_only,
        yes_option,
        click.option("--force", is_flag=True, help="Archive also what the service would rather keep."),
        click.argument("ids", metavar="ID...", nargs=-1, required=True),
    ):
        archive = option(archive)
    epilog = f"\b\nExamples:\n  {example} 0aaaaaa\n  {example} 0aaaaaa 0bbbbbb --yes\n\nArchiving twice does no harm."
    return command(epilog=epilog, operations=(operation,))(archive)


archive_campaigns = _archiving("campaigns.archive", "campaigns", "ttdw campaign archive")
archive_ad_groups = _archiving("ad_groups.archive", "ad groups", "ttdw ad-group archive")


def _send(
    operation: str, places: dict[str, str], members: dict[str, Any], body: str | None, *, validate_only: bool
) -> int:
    if body is None and all(value is None for value in members.values()):
        options = ", ".join(f"--{name.replace('_', '-')}" for name in places)
        raise click.UsageError(f"Nothing was given: {options}, or --body.", click.get_current_context())
    at_place = {places[name]: value for name, value in members.items()}
    return calls.send(operation, body, at_place, validate_only=validate_only)
