"""UPS Track v1: OAuth, one number per question, answers whose numbers and codes are read through codes/ups.tsv."""
