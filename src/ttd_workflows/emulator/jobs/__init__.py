"""Jobs: planned, taken on, queued, carried out, ended, told to their callers, and expired with their results."""
