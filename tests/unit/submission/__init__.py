"""A submission as it came in: its folder, its time, its cells; nothing is run."""
