"""Code tables longer than a screen: code, milestone, reason, note."""
