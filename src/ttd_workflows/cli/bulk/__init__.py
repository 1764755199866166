"""``ttdw submit create-campaigns`` and its three sisters: a sheet goes in, and comes back with what became of each row.

``commands`` has their options, ``course`` the course they run. On it, ``plan`` is what is shown and asked before
anything is sent, ``past`` what was sent before, ``shares`` the jobs that take the rows and what becomes of them, and
``report`` what is told at the end.
"""
