"""The life of a job: submitted once, followed honestly, collected whole."""
