"""What is under ``/_emulator/`` besides results: how an emulator is watched, moved and broken over HTTP.

Each room declares its routes with :func:`~ttd_workflows.emulator.control.request.controls`; ``app`` serves them all.
"""

PREFIX = "/_emulator/"
