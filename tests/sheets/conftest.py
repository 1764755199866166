"""Sheets in files of their own, in each form."""

import openpyxl
import pytest

from ttd_workflows import sheets


@pytest.fixture
def csv_of(tmp_path):
    """Read a CSV of these bytes or this text."""

    def read(content, operation="create_ad_groups", name="sheet.csv", **settings):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return sheets.read(path, operation, **settings)

    return read


@pytest.fixture
def workbook_of(tmp_path):
    """Read a workbook of these rows, after something was done to its worksheet."""

    def read(rows, operation="create_ad_groups", change=lambda sheet: None, **settings):
        workbook = openpyxl.Workbook()
        for row in rows:
            workbook.active.append(row)
        change(workbook.active)
        workbook.save(tmp_path / "sheet.xlsx")
        return sheets.read(tmp_path / "sheet.xlsx", operation, **settings)

    return read
