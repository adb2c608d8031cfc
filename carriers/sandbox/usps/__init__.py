"""USPS Tracking v3 as it speaks: local times, GMT dates that do not roll, not found as a 400, sixty calls an hour."""
