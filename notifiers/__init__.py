"""Notifiers speak Message: one file per provider hands rendered text over. Knows nothing of parcels."""
