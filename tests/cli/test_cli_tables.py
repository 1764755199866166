"""Tables as wide as the terminal is, and what is printed where that is too narrow for one."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from ttd_workflows.cli.tables import print_table

TITLES = ("job", "done", "key")
ROWS = (("standard:412651", "100 %", "3pd/東京/2026-11-24"), ("graphql:7", "", "\x1b[31mred\nkey"))


@pytest.fixture
def printed(capsys, monkeypatch):
    """The lines of that table in a terminal of some width; its last column gives way, its second is numbers."""

    def lines(width, rows=ROWS):
        monkeypatch.setenv("COLUMNS", str(width)) if width else monkeypatch.delenv("COLUMNS", raising=False)
        print_table(TITLES, rows, cut={2}, right={1})
        return capsys.readouterr().out.splitlines()

    return lines


def test_where_nobody_looks_on_nothing_is_cut(printed):
    assert printed(None, [("standard:1", "", "k" * 500)])[-1].rstrip().endswith("k" * 500)


def test_what_would_move_the_cursor_is_no_part_of_a_cell(printed):
    assert "\x1b" not in "".join(printed(80))
    assert len(printed(80)) == 2 + len(ROWS)


@pytest.mark.parametrize("width", [34, 40, 45, 80])
def test_the_column_that_gives_way_is_cut_and_the_others_are_whole(printed, width):
    head, _, first, second = printed(width)
    assert max(map(cell_len, (head, first, second))) <= width
    assert head.split() == ["job", "done", "key"]
    assert first.startswith("standard:412651   100 %   3pd/")
    assert ("…" in first) == (width < 45)


@pytest.mark.parametrize("width", [1, 20, 33])
def test_where_it_is_too_narrow_the_rows_stand_below_each_other_and_say_all(printed, width):
    assert printed(width) == [
        "job   standard:412651",
        "done  100 %",
        "key   3pd/東京/2026-11-24",
        "",
        "job   graphql:7",
        "key   [31mred key",
    ]


def test_a_table_of_nothing_has_its_titles(printed):
    assert printed(40, [])[0].split() == list(TITLES)
    assert printed(5, []) == [""]
