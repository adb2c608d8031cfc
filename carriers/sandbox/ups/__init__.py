"""UPS Track v1 as it speaks: tokens by Basic, one number a call, not found inside a 200."""
