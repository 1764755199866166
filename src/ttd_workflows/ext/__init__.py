"""Ways into other tools: pytest. Each is loaded by its tool, and only there."""
