"""Tokens that are kept, each under a name: what ``ttdw login`` writes, and a client without a token reads."""
