"""How patient a download is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """The bounds of a download. Times are in seconds."""

    attempts: int = 8
    """Faults in a row, none of them after new bytes, that end it."""
    restarts: int = 5
    """How often it may begin again from the first byte."""
    first_pause: float = 0.5
    """The longest pause after a first fault; it doubles with each further one in a row, and is drawn at random."""
    longest_pause: float = 30.0
    longest_asked: float = 120.0
    """The longest pause that a host may ask for by Retry-After."""
    connect: float = 10.0
    read: float = 60.0
    """The longest silence of the host."""
    slow_bytes: int = 1024
    slow_seconds: float = 30.0
    """A connection that brings less than ``slow_bytes`` a second for so long is given up, and the next one goes on."""
