"""USPS Tracking v3: OAuth, one number per question, codes and sentences read through codes/usps.tsv."""
