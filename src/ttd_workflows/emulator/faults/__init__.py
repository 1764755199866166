"""Trouble on demand: rules say which requests it meets, effects what happens, and the wire is where bytes go wrong."""
