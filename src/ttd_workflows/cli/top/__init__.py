"""``ttdw top``: the ledger live in the terminal, read and never written."""
