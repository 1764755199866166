"""What these tests share with others."""

from support.fixtures import bare_environment, no_outside_world, server  # noqa: F401 - fixtures
