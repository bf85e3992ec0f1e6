"""The files that learning platforms export and take back. Knows no gradebook."""
