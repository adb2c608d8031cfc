"""Local servers that speak the carriers' own APIs: an independent witness that imports nothing of what it tests."""
