"""Stories with their expected ends and messages; the only importer of the two sandboxes."""
