"""How what shops state, by request or by file, is taken in: the one place where readers of orders meet the steps."""
