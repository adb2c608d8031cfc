"""FedEx Track v1 as it speaks: thirty numbers a call, derived codes that lie, several lives under one number."""
