"""What sends requests: the built-in engine, and a caller's own client."""
