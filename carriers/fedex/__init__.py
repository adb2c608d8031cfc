"""FedEx Track v1: OAuth, thirty numbers per question, scans read through codes/fedex.tsv, never by derived codes."""
