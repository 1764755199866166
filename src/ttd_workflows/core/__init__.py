"""Declaring an operation, deciding whether to repeat it, sending it."""
