"""What people read of a result."""
