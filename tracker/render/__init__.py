"""Notification and brand become Message, page data becomes HTML; no query, no sending."""
