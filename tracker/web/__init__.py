"""The HTTP edge: parse, call, format."""
