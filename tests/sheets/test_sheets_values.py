"""What a cell may say: each kind of member, what is read, and what is refused rather than guessed."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sheets_rows import GOOD, HEADINGS

from ttd_workflows.errors import InputError

AMOUNT = "budget.budgetInAdvertiserCurrency"
CAMPAIGN = ["advertiserId", "primaryInput.name", "primaryChannel", "primaryGoal.maximizeReach"]
CAMPAIGN_ROW = ["0012345", "Spring", "Video", "yes"]


@pytest.fixture
def cell(csv_of):
    """The row of a sheet with this cell in a column of this heading, beside what is required."""

    def read(heading, text, operation="create_ad_groups"):
        headings, row = {
            "create_ad_groups": (HEADINGS, GOOD),
            "create_campaigns": (CAMPAIGN, CAMPAIGN_ROW),
            "update_ad_groups": (["id"], ["0391336"]),
            "update_campaigns": (["id"], ["0391336"]),
        }[operation]
        quoted = text.replace('"', '""')
        (row,) = csv_of(f'{",".join(headings)},{heading}\n{",".join(row)},"{quoted}"\n', operation).rows
        return row

    return read


def said(row):
    (fault,) = row.faults
    return fault.message


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234.50", 1234.5),
        ("1234", 1234),
        (" 0.125 ", 0.125),
        ("-1.5", -1.5),
        ("+2", 2),
        ("1.2340", 1.234),
        ("0.500", 0.5),
    ],
)
def test_plain_numbers(cell, text, amount):
    assert cell(AMOUNT, text).input.primary_input.budget.budget_in_advertiser_currency == amount


@pytest.mark.parametrize(
    "text",
    [
        "1.234,50",
        "1,234.50",
        "1234,50",
        "1 234.50",
        "1'234.50",
        "€12",
        "12 %",
        "1e5",
        ".5",
        "5.",
        "٣",
        "inf",
        "NaN",
        "0x10",
    ],
)
def test_other_numbers_are_refused(cell, text):
    assert said(cell(AMOUNT, text)) == (
        f"{text!r} is not a number in plain form: write it like 1234.50, with nothing but digits and a point"
    )


def test_an_amount_that_may_be_thousands_is_refused(cell):
    assert said(cell(AMOUNT, "1.234")) == "'1.234' may mean 1234 or 1.2340: write one of these"
    assert cell("ctrInPercent", "1.234").input.primary_input.roi_goal.ctr_in_percent == 1.234


@pytest.mark.parametrize("text", ["1.5", "1.0", "1,000", "one", "9" * 30])
def test_whole_numbers_are_whole(cell, text):
    assert "is not a whole number in plain form" in said(cell("budget.budgetInImpressions", text))


@pytest.mark.parametrize(("text", "flag"), [("true", True), ("YES", True), ("False", False), (" no ", False)])
def test_flags(cell, text, flag):
    assert cell("primaryInput.isEnabled", text).input.primary_input.is_enabled is flag


@pytest.mark.parametrize("text", ["1", "0", "ja", "wahr", "on", "x"])
def test_other_flags_are_refused(cell, text):
    assert said(cell("isEnabled", text)) == f"{text!r} is neither yes nor no: write true, false, yes or no"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01", datetime(2026, 12, 1, tzinfo=UTC)),
        ("2026-12-01 18:30", datetime(2026, 12, 1, 18, 30, tzinfo=UTC)),
        ("2026-12-01T18:30:05Z", datetime(2026, 12, 1, 18, 30, 5, tzinfo=UTC)),
        ("2026-12-01T18:30+02:00", datetime(2026, 12, 1, 18, 30, tzinfo=timezone(timedelta(hours=2)))),
    ],
)
def test_dates(cell, text, moment):
    assert cell("startDateInUtc", text, "create_campaigns").input.primary_input.start_date_in_utc == moment


@pytest.mark.parametrize("text", ["01.12.2026", "12/01/2026", "1 Dec 2026", "2026-12", "20261201", "46357", "2026-1-2"])
def test_other_dates_are_refused(cell, text):
    assert said(cell("startDateInUtc", text, "create_campaigns")) == (
        f"{text!r} is not a date in the form 2026-11-24 or 2026-11-24T18:30:00Z"
    )


@pytest.mark.parametrize("text", ["2026-02-30", "2026-12-01T25:00Z", "0000-01-01"])
def test_dates_that_there_are_not_are_refused(cell, text):
    assert said(cell("startDateInUtc", text, "create_campaigns")).startswith(f"there is no such date as {text!r}")


@pytest.mark.parametrize("text", ["391336", "1", "012345"])
@pytest.mark.parametrize("operation", ["update_campaigns", "update_ad_groups"])
def test_an_id_that_may_have_lost_its_zeros_is_refused(csv_of, text, operation):
    (row,) = csv_of(f"id,name\n{text},x\n", operation).rows
    assert row.faults == (
        (
            "column A (id)",
            (
                f"{text!r} may have lost its zeros: these ids have 7 characters. "
                "Format the column as text, and type or paste the value again"
            ),
        ),
    )


def test_ids_of_other_things_may_be_short(cell):
    assert cell("audienceId", "123").input.primary_input.audience_targeting.audience_id == "123"


def test_ids_lose_the_space_around_them_and_names_keep_theirs(csv_of):
    (row,) = csv_of(f"{','.join(HEADINGS)}\n 0391336\u00a0, Spring ,Display ,Awareness\n").rows
    assert row.input.campaign_id == "0391336"
    assert row.input.primary_input.name == " Spring "


@pytest.mark.parametrize("text", ["abcdefg|hijklmn", " abcdefg | hijklmn ", '["abcdefg", "hijklmn"]'])
def test_lists(cell, text):
    assert cell("creativeIds", text).input.primary_input.creative_ids == ["abcdefg", "hijklmn"]


def test_lists_of_numbers(cell):
    row = cell("crossDeviceVendorListForAudience", "10|11")
    assert row.input.primary_input.audience_targeting.cross_device_vendor_list_for_audience == [10, 11]


@pytest.mark.parametrize("text", ["a|", "|", "abcdefg||hijklmn"])
def test_a_list_with_an_empty_place_is_refused(cell, text):
    assert said(cell("creativeIds", text)) == f"{text!r} has an empty place between its bars: write a list like a|b"


def test_an_empty_list_is_a_list(cell):
    assert cell("creativeIds", "[]").input.primary_input.creative_ids == []


def test_objects_and_lists_of_them_are_json(cell):
    flights = [{"campaignFlightId": 7, "budgetInImpressions": 5}]
    row = cell("flights", json.dumps(flights))
    assert [flight.campaign_flight_id for flight in row.input.advanced_input.flights] == [7]
    row = cell("budget", '{"budgetInAdvertiserCurrency": 5, "allocation_type": "Fixed"}')
    assert row.input.primary_input.budget.budget_in_advertiser_currency == 5


@pytest.mark.parametrize(
    ("heading", "text", "message"),
    [
        ("flights", "7", "a list in JSON is expected here, beginning with ["),
        ("flights", "[7", "this is not a list in JSON"),
        ("flights", "[NaN]", "this is not a list in JSON: NaN is not a number that can be sent"),
        ("budget", '{"a": 1, "a": 2}', "this is not an object in JSON: the member 'a' is given twice"),
        ("flights", '[{"campaignFlightIt": 7}]', "[0].campaignFlightIt: there is no such member; did you mean"),
    ],
)
def test_json_that_is_none_is_refused(cell, heading, text, message):
    assert any(message in fault.message for fault in cell(heading, text).faults)


def test_a_word_that_is_not_listed_is_refused_with_the_nearest(csv_of):
    (row,) = csv_of(f"{','.join(HEADINGS)}\n0391336,Spring,Displai,awareness\n").rows
    assert row.faults == (
        ("column C (channel)", "there is no AdGroupChannel 'Displai'; did you mean Display?"),
        ("column D (funnelLocation)", "there is no AdGroupFunnelLocation 'awareness'; did you mean Awareness?"),
    )


def test_null_clears_in_an_update(cell):
    row = cell("description", "null", "update_campaigns")
    assert json.loads(row.input.wire()) == {"id": "0391336", "primaryInput": {"description": None}}


def test_null_is_refused_where_a_member_cannot_be_cleared(cell):
    assert said(cell("channel", "null", "update_ad_groups")).startswith("this member cannot be cleared")


def test_null_is_refused_where_something_is_created(cell):
    assert said(cell("description", "null")).startswith(
        "null clears a member, and what is created has nothing to clear"
    )


def test_a_member_that_the_edition_lacks_is_no_member(csv_of):
    text = f"{','.join(HEADINGS)},marketType\n{','.join(GOOD)},Open\n"
    with pytest.raises(InputError, match="there is no member 'marketType'"):
        csv_of(text, edition="0.7.2")


def test_what_an_edition_requires_is_required(csv_of):
    headings, row = "id,budget.pacingMode", "0391336,PaceEvenly"
    assert csv_of(f"{headings}\n{row}\n", "update_campaigns").rows[0].faults == ()
    (old,) = csv_of(f"{headings}\n{row}\n", "update_campaigns", edition="0.7.2").rows
    assert old.faults == (("primaryInput.budget.budgetInAdvertiserCurrency", "edition 0.7.2 requires it"),)


def test_every_fault_of_every_row_is_told_at_once(csv_of):
    sheet = csv_of(f"{','.join(HEADINGS)},{AMOUNT}\n391336,,Displai,Awareness,1.234\n0391336,,Display,,x\n")
    places = [(row.number, fault.path) for row in sheet.rows for fault in row.faults]
    assert sorted(places) == [
        (2, "column A (campaignId)"),
        (2, "column B (name)"),
        (2, "column C (channel)"),
        (2, f"column E ({AMOUNT})"),
        (3, "column B (name)"),
        (3, "column D (funnelLocation)"),
        (3, f"column E ({AMOUNT})"),
    ]
