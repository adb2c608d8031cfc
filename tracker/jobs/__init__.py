"""The process edge: workers, the clock, the supervisor."""
