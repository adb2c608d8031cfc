"""DHL Shipment Tracking Unified: an API key, one number per question, answers read through codes/dhl.tsv."""
