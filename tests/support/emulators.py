"""What an emulator received, asked of it over its own socket."""

import json
from urllib.request import ProxyHandler, build_opener


def received(emulator, operation="dmp.get_third_party_data_job"):
    """How many requests of an operation came in."""
    address = f"{emulator.url.removesuffix('/workflows')}/_emulator/requests"
    with build_opener(ProxyHandler({})).open(address, timeout=5) as answer:
        return json.load(answer).get(operation, 0)
