"""The heart that knows both leaves.

SOURCE               EVENT                 STATE              OUTBOX              CHANNEL
a carrier answers ─▶ TrackingEvent ──────▶ Transition ──────▶ Notification ─────▶ Message ─▶ phone, inbox
carriers/ups.py      pipeline/ingest.py    domain/ decides    store/outbox.py     render/, notifiers/smtp.py
reads their words    plain data            pure functions     same transaction    pipeline/dispatch.py hands over
"""
