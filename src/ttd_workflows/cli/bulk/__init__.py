"""``ttdw submit create-campaigns`` and its three sisters: a sheet goes in, and comes back with what became of each row.

``commands`` has their options and their course, ``plan`` what is shown and asked before anything is sent, ``shares``
the jobs that take the rows and what becomes of them, ``report`` what is told at the end.
"""
