"""What people read is true, complete and theirs to read."""
