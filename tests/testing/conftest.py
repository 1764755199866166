"""The sample project is run by a test, in a process of its own."""

collect_ignore = ["sample_project"]
