"""What answers each operation: a function each, tied to the client's declaration of it."""
