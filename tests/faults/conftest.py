"""Databases with all tables, and how the tests of this folder get a shop on them."""
