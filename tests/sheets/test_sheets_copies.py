"""The copy of a sheet: everything as it was, what became of each row beside it, and nothing that calculates."""

import csv
import io
import os
from contextlib import suppress

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sheets_rows import GOOD, HEADINGS

from ttd_workflows import sheets
from ttd_workflows.errors import InputError
from ttd_workflows.results import Item
from ttd_workflows.sheets import KINDS, Outcome, outcomes

HEAD, ROW = ",".join(HEADINGS), ",".join(GOOD)


def test_all_columns_and_rows_stay_in_their_order(csv_of, tmp_path):
    text = f'{HEAD}\r\n{ROW}\r\n\r\n"0391336","a\r\nb, ""c""",Display,Awareness\r\n'
    sheet = csv_of(text.encode("utf-8-sig"))
    path = sheet.save_copy(tmp_path / "copy.csv", {2: Outcome("created", "abc1234"), 4: Outcome("unknown", error="?")})
    assert path.read_bytes().decode() == (
        f"\ufeff{HEAD},outcome,id,error\r\n{ROW},created,abc1234,\r\n,,,,,,\r\n"
        '0391336,"a\r\nb, ""c""",Display,Awareness,unknown,,?\r\n'
    )


def test_an_update_has_its_ids_already(csv_of, tmp_path):
    sheet = csv_of("id;name\n0391336;x\n", "update_campaigns")
    path = sheet.save_copy(tmp_path / "copy.csv", {2: Outcome("updated", "0391336")})
    assert path.read_text() == "id;name;outcome;error\n0391336;x;updated;\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", '=HYPERLINK("http://x")'])
def test_what_may_be_a_formula_is_text_and_is_read_as_it_was(csv_of, tmp_path, text):
    quoted = text.replace('"', '""')
    sheet = csv_of(f'{HEAD}\n0391336,"{quoted}",Display,Awareness\n')
    path = sheet.save_copy(tmp_path / "copy.csv", {2: Outcome("refused by the service", error=text)})
    _, line = csv.reader(io.StringIO(path.read_text(), newline=""))
    assert line[1] == line[-1] == f"'{text}"
    assert sheets.read(path, "create_ad_groups").inputs == sheet.inputs
    assert sheet.inputs[0].primary_input.name == text


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(
    names=st.lists(cells, min_size=1, max_size=5),
    errors=st.lists(cells, min_size=5, max_size=5),
    delimiter=st.sampled_from([",", ";", "\t"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_was_written_is_read(tmp_path, names, errors, delimiter, line_end, encoding):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([HEADINGS, *(["0391336", name, "Display", "Awareness"] for name in names)])
    path = tmp_path / "sheet.csv"
    path.write_bytes(file.getvalue().encode(encoding))
    sheet = sheets.read(path, "create_ad_groups")
    became = {number: Outcome("refused by the service", error=error) for number, error in enumerate(errors, 2)}
    copy = sheets.read(sheet.save_copy(tmp_path / "copy.csv", became), "create_ad_groups")
    assert copy.inputs == sheet.inputs
    assert [row.faults for row in copy.rows] == [row.faults for row in sheet.rows]
    for row, name in zip(sheet.rows, names, strict=True):
        assert row.input is None or row.input.primary_input.name in {name, name[1:]}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(content=st.binary(max_size=300) | st.text(max_size=100).map(lambda text: f"{HEAD}\n{ROW},{text}".encode()))
def test_whatever_the_bytes_are_it_is_a_sheet_or_refused(tmp_path, content):
    for ending in ("csv", "json", "jsonl", "xlsx"):
        path = tmp_path / f"sheet.{ending}"
        path.write_bytes(content)
        with suppress(InputError):
            assert sheets.read(path, "create_ad_groups").rows


def test_a_copy_is_there_whole_or_not_at_all(csv_of, tmp_path, monkeypatch):
    sheet = csv_of(f"{HEAD}\n{ROW}\n")
    (tmp_path / "copy.csv").write_text("before")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        sheet.save_copy(tmp_path / "copy.csv", {})
    assert (tmp_path / "copy.csv").read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.csv", "sheet.csv"]


def test_a_sheet_is_not_replaced_by_its_copy(csv_of, tmp_path):
    sheet = csv_of(f"{HEAD}\n{ROW}\n")
    (tmp_path / "link.csv").symlink_to(sheet.path)
    for name in ("sheet.csv", "link.csv"):
        with pytest.raises(InputError, match="is the sheet itself"):
            sheet.save_copy(tmp_path / name, {})


def test_the_place_of_a_copy(csv_of, tmp_path):
    sheet, done = csv_of(f"{HEAD}\n{ROW}\n"), {2: Outcome("created", "abc1234")}
    assert sheet.place_of_copy({}).name == "sheet.outcome.csv"
    copy = sheets.read(sheet.save_copy(sheet.place_of_copy({}), {}), "create_ad_groups")
    assert copy.place_of_copy({}).name == "sheet.outcome-2.csv"
    sheet.save_copy(sheet.place_of_copy(done), done)
    assert sheet.place_of_copy(done).name == "sheet.outcome.csv"
    assert sheet.place_of_copy({}).name == "sheet.outcome-2.csv"  # which knows less than what is there
    (tmp_path / "sheet.outcome-2.csv").write_text("somebody's notes\nof another matter\n")
    assert sheet.place_of_copy({}).name == "sheet.outcome-3.csv"


@pytest.mark.parametrize("word", ["created", "updated", "Created "])
def test_a_row_that_was_carried_out_is_not_sent_again(csv_of, word):
    sheet = csv_of(f"{HEAD},outcome,id,error\n{ROW},{word},abc1234,\n{ROW},not sent,,\n")
    assert [row.number for row in sheet.to_send] == [3]
    assert sheet.rows[0].outcome.id == "abc1234"


@pytest.mark.parametrize("word", ["unknown", "submitted"])
def test_a_row_of_which_nobody_knows_needs_a_persons_word(csv_of, word):
    (row,) = csv_of(f"{HEAD},outcome,id,error\n{ROW},{word},,\n").rows
    assert row.faults[0].message.startswith(f"{word}: look whether it was created; then write 'created' here")


def test_a_column_of_ones_own_called_outcome_is_refused(csv_of):
    (row,) = csv_of(f"{HEAD},Outcome\n{ROW},good\n").rows
    assert row.faults == (("outcome", "'good' is no outcome; rename the column, or leave it out"),)


def test_items_of_a_result_are_outcomes_of_rows(csv_of):
    sheet = csv_of(f"{HEAD}\n{ROW}\n{ROW},x\n{ROW}\n{ROW}\n")
    items = [
        Item(0, None, {"id": "abc1234"}),
        Item(1, None, None, ({"path": "$.input[1].campaignId", "message": "no such campaign"}, "and more")),
        Item(2, None, {"id": "abc1235"}, ("its flight was refused",)),
    ]
    assert sheet.outcomes_of(items) == {
        2: Outcome("created", "abc1234"),
        4: Outcome("refused by the service", error="campaignId: no such campaign; and more"),
        5: Outcome("created", "abc1235", "its flight was refused"),
    }
    assert sheet.outcomes_of(items[:1] * 3, only_checked=True)[2] == Outcome("valid")


def test_a_failed_job_tells_of_the_inputs_it_names_and_leaves_the_others_open():
    told = list(outcomes.of_failed_job(["$.input[1].name: bad", "$.input[1].id: worse"], 2, "standard:7"))
    assert told == [
        Outcome("unknown", error="job standard:7 failed: it did not say why"),
        Outcome("refused by the service", error="name: bad; id: worse"),
    ]
    assert [o.error for o in outcomes.of_failed_job(["out of memory"], 1, "standard:7")] == [
        "job standard:7 failed: out of memory"
    ]


def test_every_outcome_has_a_word(csv_of):
    assert {kind.done for kind in KINDS.values()} == outcomes.DONE
    assert set(outcomes.WORDS) > outcomes.DONE | outcomes.OPEN


@pytest.mark.parametrize(("ending", "count"), [("csv", 5_000), ("xlsx", 1_000)])
def test_many_rows(tmp_path, ending, count):
    path = tmp_path / f"sheet.{ending}"
    rows = [HEADINGS, *([GOOD[0], f"Store {number}", *GOOD[2:]] for number in range(count))]
    if ending == "csv":
        path.write_text("\n".join(map(",".join, rows)))
    else:
        workbook = openpyxl.Workbook(write_only=True)
        sheet = workbook.create_sheet()
        for row in rows:
            sheet.append(row)
        workbook.save(path)
    sheet = sheets.read(path, "create_ad_groups")
    assert len(sheet.inputs) == count
    copy = sheet.save_copy(tmp_path / f"copy.{ending}", {2: Outcome("created", "abc1234")})
    assert len(sheets.read(copy, "create_ad_groups").inputs) == count - 1
