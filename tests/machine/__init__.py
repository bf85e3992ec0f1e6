"""Tests of what the machine has to give: sandboxes, limits, processes, environments."""
