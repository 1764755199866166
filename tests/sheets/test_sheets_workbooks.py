"""Excel's workbooks: what a cell is, decides; formulas, errors, merged cells and hidden rows are not guessed at."""

from datetime import UTC, date, datetime, time

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font
from sheets_rows import GOOD, HEADINGS

from ttd_workflows import sheets
from ttd_workflows.errors import InputError

NOON = datetime(2026, 12, 1, 12)  # noqa: DTZ001 - workbooks know no zones
AMOUNT = "budget.budgetInAdvertiserCurrency"


def said(row):
    (fault,) = row.faults
    return fault


def test_cells_are_read_as_what_they_are(workbook_of):
    headings = [*HEADINGS, "isEnabled", AMOUNT, "budget.budgetInImpressions", "creativeIds"]
    (row,) = workbook_of([headings, [*GOOD, True, 1234.5, 7.0, "abcdefg|hijklmn"]]).rows
    primary = row.input.primary_input
    assert row.input.campaign_id == "0391336"
    assert (primary.is_enabled, primary.creative_ids) == (True, ["abcdefg", "hijklmn"])
    assert (primary.budget.budget_in_advertiser_currency, primary.budget.budget_in_impressions) == (1234.5, 7)


@pytest.mark.parametrize(
    ("when", "hour"), [(NOON, 12), (date(2026, 12, 1), 0), ("2026-12-01", 0), ("2026-12-01T12:00:00Z", 12)]
)
def test_dates_are_in_utc(workbook_of, when, hour):
    (row,) = workbook_of([["id", "startDateInUtc"], ["0391336", when]], "update_campaigns").rows
    assert row.input.primary_input.start_date_in_utc == datetime(2026, 12, 1, hour, tzinfo=UTC)


@pytest.mark.parametrize("number", [391336, 8391336, 391336.5])
def test_an_id_that_is_a_number_is_refused_with_its_place_and_what_to_do(workbook_of, number):
    (row,) = workbook_of([HEADINGS, [number, *GOOD[1:]]]).rows
    assert said(row) == (
        "column A (campaignId)",
        (
            f"text is expected, and this cell is the number {number}; as a number it may "
            "have lost its zeros: format the column as text, and type or paste the value again"
        ),
    )


@pytest.mark.parametrize(
    ("heading", "cell", "message"),
    [
        ("name", 2026, "text is expected, and this cell is the number 2026"),
        ("description", True, "text is expected, and this cell is the logical value TRUE"),
        ("description", NOON, "text is expected, and this cell is the date 2026-12-01T12:00:00"),
        (AMOUNT, True, "a number is expected, and this cell is the logical value TRUE"),
        (AMOUNT, NOON, "a number is expected, and this cell is the date 2026-12-01T12:00:00"),
        (AMOUNT, "1.234,50", "'1.234,50' is not a number in plain form"),
        ("budget.budgetInImpressions", 1.5, "a whole number is expected, and this cell is the number 1.5"),
        ("isEnabled", 1, "yes or no is expected, and this cell is the number 1"),
        ("description", "=A1", "E2 is a formula; copy the column and paste it as values"),
        ("description", "#REF!", "E2 is the error #REF!"),
        ("flights", 5, "a list in JSON is expected, and this cell is the number 5"),
        ("creativeIds", 391336, "text is expected, and this cell is the number 391336"),
        (AMOUNT, time(18, 30), "a number is expected, and this cell is a time"),
    ],
)
def test_a_cell_of_another_kind_is_refused(workbook_of, heading, cell, message):
    headings, row = (HEADINGS, GOOD) if heading not in HEADINGS else (HEADINGS[:1] + HEADINGS[2:], GOOD[:1] + GOOD[2:])
    (read,) = workbook_of([[*headings, heading], [*row, cell]]).rows
    assert said(read).message.startswith(message)


def test_a_percentage_is_refused(workbook_of):
    def as_percentage(sheet):
        sheet["B2"].number_format = "0.0%"

    (row,) = workbook_of([["id", "roiGoal.ctrInPercent"], ["0391336", 0.05]], "update_ad_groups", as_percentage).rows
    assert said(row).message.startswith("B2 is the number 0.05 and is shown as a percentage")


def test_merged_cells_are_refused_by_their_range(workbook_of):
    with pytest.raises(InputError, match=r"A2:A3: these cells are merged"):
        workbook_of([HEADINGS, GOOD, GOOD], change=lambda sheet: sheet.merge_cells("A2:A3"))


def test_hidden_rows_are_not_sent_and_said_to_be_hidden(workbook_of):
    def hide(sheet):
        sheet.row_dimensions[3].hidden = True

    sheet = workbook_of([HEADINGS, GOOD, ["wrong"], GOOD], change=hide)
    assert [row.number for row in sheet.to_send] == [2, 4]
    assert sheet.rows[1].outcome == sheets.Outcome("not sent", error="the row is hidden")


def test_rows_that_only_look_like_some_are_left_out(workbook_of):
    def format_below(sheet):
        for number in range(4, 2000):
            sheet.cell(number, 1).number_format = "@"
        sheet["B1999"] = "  "

    assert [row.number for row in workbook_of([HEADINGS, GOOD, [], GOOD], change=format_below).rows] == [2, 4]


def test_of_several_worksheets_one_is_named(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.title = "Spring"
    for title in ("Spring", "Autumn", "Empty"):
        sheet = workbook[title] if title == "Spring" else workbook.create_sheet(title)
        for row in [HEADINGS, [GOOD[0], title, *GOOD[2:]]] if title != "Empty" else []:
            sheet.append(row)
    workbook.save(path := tmp_path / "sheet.xlsx")
    with pytest.raises(InputError, match="several worksheets, 'Spring', 'Autumn': say which"):
        sheets.read(path, "create_ad_groups")
    with pytest.raises(InputError, match="no worksheet 'Winter'; it has 'Spring', 'Autumn', 'Empty'"):
        sheets.read(path, "create_ad_groups", sheet="Winter")
    autumn = sheets.read(path, "create_ad_groups", sheet="Autumn")
    (row,) = autumn.rows
    assert autumn.save_copy(autumn.place_of_copy({}), {}) == autumn.place_of_copy({})  # a copy like it is replaced
    assert row.input.primary_input.name == "Autumn"
    workbook["Autumn"].sheet_state = "hidden"
    workbook.save(path)
    assert sheets.read(path, "create_ad_groups").rows[0].input.primary_input.name == "Spring"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"campaignId,name\n"])
def test_what_is_no_workbook_is_refused(tmp_path, content):
    (tmp_path / "sheet.xlsx").write_bytes(content)
    with pytest.raises(InputError, match=r"sheet\.xlsx is not a workbook that can be read"):
        sheets.read(tmp_path / "sheet.xlsx", "create_ad_groups")


def test_an_empty_workbook_is_refused(workbook_of):
    with pytest.raises(InputError, match=r"sheet\.xlsx is empty"):
        workbook_of([])
    with pytest.raises(InputError, match=r"sheet\.xlsx has no rows"):
        workbook_of([HEADINGS])


def test_a_copy_keeps_formats_widths_comments_and_other_worksheets(workbook_of, tmp_path):
    def adorn(sheet):
        sheet["A2"].font = Font(bold=True)
        sheet["B2"].comment = Comment("ask Anna", "me")
        sheet.column_dimensions["B"].width = 42
        sheet.freeze_panes = "A2"
        other = sheet.parent.create_sheet("Sums")
        other["A1"] = "=SUM(Sheet!E:E)"
        other.sheet_state = "hidden"

    sheet = workbook_of([HEADINGS, GOOD, GOOD], change=adorn)
    path = sheet.save_copy(
        tmp_path / "copy.xlsx", {2: sheets.Outcome("created", "abc1234"), 3: sheets.Outcome("unknown")}
    )
    copy = openpyxl.load_workbook(path)
    assert list(copy["Sheet"].values) == [
        (*HEADINGS, "outcome", "id", "error"),
        (*GOOD, "created", "abc1234", None),
        (*GOOD, "unknown", None, None),
    ]
    assert copy["Sheet"]["A2"].font.bold
    assert copy["Sheet"]["B2"].comment.text == "ask Anna"
    assert copy["Sheet"].column_dimensions["B"].width == 42
    assert copy["Sheet"].freeze_panes == "A2"
    assert copy["Sums"]["A1"].value == "=SUM(Sheet!E:E)"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_what_may_be_a_formula_is_text_in_a_copy(workbook_of, tmp_path, text):
    def as_text(sheet):
        sheet["B2"].value = text
        sheet["B2"].data_type = "s"

    sheet = workbook_of([HEADINGS, GOOD], change=as_text)
    assert sheet.rows[0].input.primary_input.name == text
    path = sheet.save_copy(
        tmp_path / "copy.xlsx", {2: sheets.Outcome("refused by the service", error=text + "\x00\x1b")}
    )
    copy = openpyxl.load_workbook(path).active
    for cell in (copy["B2"], copy["G2"]):
        assert cell.data_type == "s"
        assert cell.value.startswith(text)
