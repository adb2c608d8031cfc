"""The suite: run by `make test`."""
