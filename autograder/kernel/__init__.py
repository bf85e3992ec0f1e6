"""A notebook runs in a kernel, cell by cell, and the kernel answers requests."""
