"""Carriers speak TrackingEvent: one file per carrier turns its words into plain data. Knows nothing of orders."""
