"""Process edge: real processes, real signals."""
