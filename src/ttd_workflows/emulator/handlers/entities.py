"""Handlers of campaigns and ad groups: made, changed, archived, and asked for their version."""

from __future__ import annotations

from typing import Unpack

from ttd_workflows import models
from ttd_workflows.core.operation import Body, CallOptions
from ttd_workflows.emulator.handlers.serving import sent_members, serves
from ttd_workflows.emulator.jobs.bulk import unborn
from ttd_workflows.emulator.problems import Refusal
from ttd_workflows.emulator.service import Call
from ttd_workflows.emulator.world import entities
from ttd_workflows.emulator.world.documents import ad_group_document, campaign_document
from ttd_workflows.emulator.world.world import Campaign as StoredCampaign
from ttd_workflows.models.bodies import ArchivedIds
from ttd_workflows.operations import AdGroups, Campaign, Campaigns


@serves(Campaign.create, status=201)
def create_campaign(
    call: Call, /, *, request: Body[models.CampaignCreateWorkflowInputWithValidation] = None, **_: Unpack[CallOptions]
) -> models.CampaignPayload:
    sent = sent_members(request)
    world = call.world.picture() if sent.get("validateInputOnly") else call.world
    campaign, groups = entities.create_campaign(call.scene.on(world), sent)
    document = {"campaign": campaign_document(campaign), "adGroups": [ad_group_document(world, g) for g in groups]}
    return models.CampaignPayload.model_validate(unborn(document, call.world, world))


@serves(Campaigns.update)
def update_campaign(
    call: Call, /, *, request: Body[models.CampaignUpdateWorkflowInputWithValidation] = None, **_: Unpack[CallOptions]
) -> models.CampaignPayload:
    sent = sent_members(request)
    world = call.world.picture() if sent.get("validateInputOnly") else call.world
    campaign = entities.update_campaign(call.scene.on(world), sent)
    groups = [ad_group_document(world, group) for group in world.ad_groups_of(campaign.id)]
    return models.CampaignPayload.model_validate({"campaign": campaign_document(campaign), "adGroups": groups})


@serves(Campaigns.archive)
def archive_campaigns(
    call: Call,
    /,
    *,
    request_body: list[str] | None = None,
    force_archive: bool | None = False,
    **_: Unpack[CallOptions],
) -> ArchivedIds:
    ids = request_body or []
    return ArchivedIds(entities.archive_campaigns(call.scene, ids, bool(force_archive)))


@serves(Campaign.get_version)
def get_campaign_version(call: Call, /, *, id: str, **_: Unpack[CallOptions]) -> models.CampaignVersionWorkflow:
    if call.scene.find(StoredCampaign, id) is None:
        raise Refusal(404, f"There is no campaign '{id}', or the token may not see it.")
    return models.CampaignVersionWorkflow(id=id, version="Kokai", budgeting_version="Kokai")


@serves(AdGroups.create, status=201)
def create_ad_group(
    call: Call, /, *, request: Body[models.AdGroupCreateWorkflowInputWithValidation] = None, **_: Unpack[CallOptions]
) -> models.AdGroupPayload:
    sent = sent_members(request)
    if sent.get("validateInputOnly"):
        entities.create_ad_group(call.scene.on(call.world.picture()), sent)
        return models.AdGroupPayload()
    group = entities.create_ad_group(call.scene, sent)
    return models.AdGroupPayload.model_validate({"adGroup": ad_group_document(call.world, group)})


@serves(AdGroups.update)
def update_ad_group(
    call: Call, /, *, request: Body[models.AdGroupUpdateWorkflowInputWithValidation] = None, **_: Unpack[CallOptions]
) -> models.AdGroupPayload:
    sent = sent_members(request)
    world = call.world.picture() if sent.get("validateInputOnly") else call.world
    group = entities.update_ad_group(call.scene.on(world), sent)
    return models.AdGroupPayload.model_validate({"adGroup": ad_group_document(world, group)})


@serves(AdGroups.archive)
def archive_ad_groups(
    call: Call,
    /,
    *,
    request_body: list[str] | None = None,
    force_archive: bool | None = False,
    **_: Unpack[CallOptions],
) -> ArchivedIds:
    return ArchivedIds(entities.archive_ad_groups(call.scene, request_body or [], bool(force_archive)))
