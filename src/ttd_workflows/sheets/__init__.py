"""Sheets of campaigns and ad groups: rows of CSV, Excel and JSON as inputs, and a copy with what became of each.

::

    sheet = sheets.read("ad-groups.csv", "create_ad_groups")
    sheet.check()
    result = workflows.jobs.create_ad_groups(sheet.inputs, key="spring").wait()
    became = sheet.outcomes_of(result.items())
    sheet.save_copy(sheet.place_of_copy(became), became)
"""

from ttd_workflows.sheets.kinds import KINDS, Kind
from ttd_workflows.sheets.outcomes import Outcome
from ttd_workflows.sheets.reading import read
from ttd_workflows.sheets.sheet import Row, Sheet

__all__ = ["KINDS", "Kind", "Outcome", "Row", "Sheet", "read"]
