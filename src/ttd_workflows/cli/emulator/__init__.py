"""``ttdw emulator``: starting the local service, and watching, moving and breaking one that runs."""

DEFAULT_PORT = 8917
