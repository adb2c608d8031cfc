"""One file per arrow; each a function of ids and ports."""
