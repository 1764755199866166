"""CSV as spreadsheet programs write it: encodings, delimiters, quotes, and what is refused."""

import csv
import io

import pytest
from sheets_rows import GOOD, HEADINGS

from ttd_workflows.errors import InputError

HEAD = ",".join(HEADINGS)
ROW = ",".join(GOOD)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_dialect_says_the_same(csv_of, delimiter, line_end, encoding):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=line_end).writerows(
        [HEADINGS, ["0391336", 'Früh, "jahr";\nneu', "Display", "Awareness"]]
    )
    (row,) = csv_of(file.getvalue().encode(encoding)).rows
    assert row.faults == ()
    assert row.input.campaign_id == "0391336"
    assert row.input.primary_input.name == 'Früh, "jahr";\nneu'


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_cell_may_be_quoted(csv_of, delimiter):
    lines = [delimiter.join(f'"{cell}"' for cell in cells) for cells in (HEADINGS, GOOD)]
    assert csv_of("\n".join(lines)).rows[0].input.campaign_id == "0391336"


def test_text_beyond_latin_is_kept(csv_of):
    (row,) = csv_of(f"{HEAD}\n0391336,春 🌱 \u202ex,Display,Awareness\n").rows
    assert row.input.primary_input.name == "春 🌱 \u202ex"


def test_an_empty_cell_leaves_its_member_out(csv_of):
    (row,) = csv_of(f"{HEAD},budget.budgetInAdvertiserCurrency,description\n{ROW},,  \n").rows
    assert row.input.wire() == (
        b'{"primaryInput":{"name":"Spring","channel":"Display","funnelLocation":"Awareness"},"campaignId":"0391336"}'
    )


def test_blank_rows_are_left_out_and_counted(csv_of):
    sheet = csv_of(f"{HEAD}\n{ROW}\n\n,,,\n{ROW}\n,,,\n\n")
    assert [row.number for row in sheet.rows] == [2, 5]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", ",,,\n,,,\n"])
def test_an_empty_file_is_refused(csv_of, content):
    with pytest.raises(InputError, match=r"sheet\.csv is empty"):
        csv_of(content)


@pytest.mark.parametrize("content", [HEAD, HEAD + "\n", HEAD + "\n\n,,,\n"])
def test_headings_alone_are_refused(csv_of, content):
    with pytest.raises(InputError, match=r"sheet\.csv has no rows"):
        csv_of(content)


def test_another_delimiter_is_refused_by_the_headings(csv_of):
    with pytest.raises(InputError, match=r"column A \(campaignId\|name\|channel\|funnelLocation\): there is no member"):
        csv_of(f"{HEAD}\n{ROW}\n".replace(",", "|"))


def test_a_file_that_two_delimiters_cut_alike_is_refused(csv_of):
    with pytest.raises(InputError, match="equally many by commas and semicolons"):
        csv_of("campaignId,name;channel\n1,2;3\n")


def test_bytes_that_are_no_text_are_refused_with_the_line(csv_of):
    with pytest.raises(InputError, match=r"line 2 has the byte 0x81"):
        csv_of(HEAD.encode() + b"\n\x81\xfe\n")


def test_nul_and_other_controls_are_refused_with_the_cell(csv_of):
    sheet = csv_of(f"{HEAD}\n0391336,a\0b,Display,Awareness\n")
    assert sheet.rows[0].faults == (
        ("column B (name)", "there is the control character U+0000 in it; type the cell again"),
    )


@pytest.mark.parametrize("line", ['0391336,"Spring,Display,Awareness', '0391336,"a"b,Display,Awareness'])
def test_a_stray_quotation_mark_is_refused_with_the_line(csv_of, line):
    with pytest.raises(InputError, match=r"line 3: it cannot be cut into cells"):
        csv_of(f"{HEAD}\n{ROW}\n{line}\n")


def test_cells_below_no_heading_are_refused(csv_of):
    good, bad = csv_of(f"{HEAD}\n{ROW}\n{ROW},x\n").rows
    assert good.faults == ()
    assert bad.faults == (("column E", "'x' stands below no heading"),)


def test_a_short_row_lacks_its_last_cells(csv_of):
    (row,) = csv_of(f"{HEAD}\n0391336,Spring,Display\n").rows
    assert row.faults == (("column D (funnelLocation)", "this member is required"),)


def test_a_file_whose_name_says_nothing_is_refused(csv_of):
    with pytest.raises(InputError, match=r"sheet\.xls is in no form that is read, going by its name: save it as CSV"):
        csv_of(b"\xd0\xcf\x11\xe0", name="sheet.xls")


def test_text_has_no_worksheets(csv_of):
    with pytest.raises(InputError, match="has no worksheets"):
        csv_of(HEAD, sheet="Tabelle1")


def test_an_operation_without_sheets_is_refused(csv_of):
    with pytest.raises(InputError, match="'archive' takes no sheet; these do: create_campaigns"):
        csv_of(HEAD, "archive")
