"""``python -m ttd_workflows`` is ``ttdw``."""

from ttd_workflows.cli import main

main()
