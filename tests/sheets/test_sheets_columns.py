"""What a heading may be called, and what a sheet must have."""

import pytest
from sheets_rows import GOOD, HEADINGS

from ttd_workflows.core.operation import NEWEST_EDITION
from ttd_workflows.errors import InputError
from ttd_workflows.sheets import KINDS
from ttd_workflows.sheets.columns import Column, Columns


@pytest.fixture(params=KINDS)
def columns(request):
    return Columns(KINDS[request.param].model, NEWEST_EDITION)


def test_every_member_is_found_by_each_of_its_whole_names(columns):
    assert len(columns.by_path) > 30
    for column in columns.by_path.values():
        dotted = ".".join(column.path)
        for heading in (dotted, column.wire, dotted.upper(), dotted.replace("_", " "), column.wire.replace(".", " . ")):
            assert columns.find(heading) is column


def test_a_name_is_found_by_its_end_unless_it_may_mean_two(columns):
    for column in columns.by_path.values():
        found = columns.find(column.name)
        if isinstance(found, Column):
            assert found.name == column.name
            assert len(found.path) <= len(column.path)
        else:
            assert " may mean " in found
            assert column.wire in found or len(column.path) > found.count(".")


@pytest.mark.parametrize(
    ("operation", "heading", "wire"),
    [
        ("create_ad_groups", "campaignId", "campaignId"),
        ("create_ad_groups", "name", "primaryInput.name"),
        ("create_ad_groups", "Is Enabled", "primaryInput.isEnabled"),
        ("create_ad_groups", "roiGoal.maximizeReach", "primaryInput.roiGoal.maximizeReach"),
        ("create_ad_groups", "comscore_settings.is_enabled", "advancedInput.comscoreSettings.isEnabled"),
        ("create_campaigns", "primary_input.budget.pacing_mode", "primaryInput.budget.pacingMode"),
        ("create_campaigns", "ROASConfig", None),
        ("create_campaigns", "customCPAType", "primaryInput.customCPAType"),
        ("create_campaigns", "NewBuyerTargetValue", None),
        ("update_campaigns", "ID", "id"),
    ],
)
def test_headings(operation, heading, wire):
    found = Columns(KINDS[operation].model, NEWEST_EDITION).find(heading)
    assert (found.wire if isinstance(found, Column) else None) == wire


@pytest.mark.parametrize(
    ("headings", "operation", "told"),
    [
        (
            "campaingId",
            "create_ad_groups",
            "column A (campaingId): there is no member 'campaingId'; did you mean campaignId?",
        ),
        ("primaryInput.chanel", "create_ad_groups", "did you mean primaryInput.channel?"),
        (
            "maximizeReach",
            "create_campaigns",
            (
                "'maximizeReach' may mean primaryInput.secondaryGoal.maximizeReach or "
                "primaryInput.tertiaryGoal.maximizeReach or primaryInput.primaryGoal.maximizeReach: write it out"
            ),
        ),
        ("name,name", "update_ad_groups", "column B (name): this says primaryInput.name, and so does column A (name)"),
        (
            "name,Primary Input.Name",
            "update_ad_groups",
            "column B (Primary Input.Name): this says primaryInput.name, and so does column A (name)",
        ),
        ("budget,budget.pacingMode", "update_campaigns", "and so does column A (budget)"),
    ],
)
def test_a_heading_that_is_not_sure_is_refused(csv_of, headings, operation, told):
    with pytest.raises(InputError) as refused:
        csv_of(f"{headings}\n1,2\n", operation)
    assert told in str(refused.value)


def test_all_that_is_wrong_with_the_headings_is_told_at_once(csv_of):
    with pytest.raises(InputError) as refused:
        csv_of("nmae,chanel,channel,channel\n1,2,3,4\n")
    assert len(refused.value.faults) == 3


@pytest.mark.parametrize(
    ("headings", "operation", "lacking"),
    [
        ("campaignId,name", "create_ad_groups", ["primaryInput.channel", "primaryInput.funnelLocation"]),
        ("name", "update_ad_groups", ["id"]),
        (
            "advertiserId",
            "create_campaigns",
            ["primaryInput.name", "primaryInput.primaryChannel", "primaryInput.primaryGoal"],
        ),
        (
            "advertiserId,primaryInput.name,primaryChannel,primaryGoal.maximizeReach,budget.pacingMode",
            "create_campaigns",
            ["primaryInput.budget.budgetInAdvertiserCurrency"],
        ),
        ("campaignId,name,channel,funnelLocation,counterName", "create_ad_groups", None),
    ],
)
def test_columns_that_are_required_are_named(csv_of, headings, operation, lacking):
    with pytest.raises(InputError) as refused:
        csv_of(f"{headings}\n1,2,3,4,5\n", operation)
    wanted = [f"there is no column for {wire}, which is required" for wire in lacking or ()]
    told = [fault.message for fault in refused.value.faults]
    assert told == wanted if lacking else "there is no member" in told[0]


def test_headings_may_stand_in_any_order_and_below_blank_lines(csv_of):
    (row,) = csv_of("\n,,,\n" + ",".join(HEADINGS[::-1]) + "\n" + ",".join(GOOD[::-1]) + "\n").rows
    assert row.number == 4
    assert row.input.campaign_id == "0391336"
