"""The command line: parse, call, print; no rule, no SQL."""
