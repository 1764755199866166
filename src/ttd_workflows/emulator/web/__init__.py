"""The web side: requests come in, over a socket or within the process, are entered, routed and read; answers go out."""
