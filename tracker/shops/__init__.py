"""One file per order source; pure read(payload) -> NewOrder."""
