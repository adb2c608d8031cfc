"""The only SQL; returns domain values, never rows."""
