"""The graph behind GraphQL: its schema, what its fields show, and the ways to run a request over it."""
