"""The version, said once: the build reads it here, and no metadata is read at run time."""

__version__ = "0.1.0"
