"""REST v3, which stands behind the passthrough, over the same world."""
