"""DHL Shipment Tracking - Unified as it speaks: a key, a division for every parcel, not found as a 404."""
