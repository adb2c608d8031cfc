"""What each of Twilio's error codes means for a notification."""

from collections.abc import Mapping
from types import MappingProxyType

from notifiers.message import Verdict

RETRY, REJECT, SUPPRESS, HALT = Verdict.RETRY, Verdict.REJECT, Verdict.SUPPRESS, Verdict.HALT

# Twilio splits and renames codes (July 2024: 21211, 21212, 21606, 21614), so this is a table with a default per range.
# A code that says "not this way to this person" is REJECT: the text is final, another channel may do.
CODES: Mapping[int, tuple[Verdict, str]] = MappingProxyType(
    {
        20003: (HALT, "the account SID or the auth token is wrong"),
        20005: (HALT, "the account is not active"),
        20008: (HALT, "test credentials cannot do this"),
        20404: (HALT, "the account or the address of the API does not exist"),
        20429: (RETRY, "too many requests at once; not processed"),
        21211: (SUPPRESS, "not a phone number"),
        21212: (HALT, "the sender is not a phone number"),
        21265: (SUPPRESS, "the recipient is a short code"),
        21266: (SUPPRESS, "the recipient is the sender"),
        21268: (SUPPRESS, "the recipient is a premium number"),
        21408: (REJECT, "texts to this country are switched off in the account"),
        21602: (REJECT, "the text is missing"),
        21603: (HALT, "the sender is missing"),
        21604: (REJECT, "the recipient is missing"),
        21606: (HALT, "the sender cannot send texts or is not ours"),
        21608: (HALT, "a trial account writes to verified numbers only"),
        21609: (REJECT, "the status callback is not an address Twilio can reach"),
        21610: (SUPPRESS, "the recipient has opted out"),
        21611: (RETRY, "the sender's queue is full"),
        21612: (REJECT, "no route from this sender to this recipient"),
        21614: (SUPPRESS, "not a mobile number"),
        21617: (REJECT, "the text is too long"),
        21619: (REJECT, "the text is missing"),
        21635: (SUPPRESS, "a landline"),
        21659: (HALT, "the sender is not a number of this account"),
        21660: (HALT, "the sender does not belong to this account"),
        21661: (HALT, "the sender cannot send texts"),
        21701: (HALT, "the messaging service does not exist"),
        21703: (HALT, "the messaging service has no sender"),
        21704: (HALT, "the messaging service has no sender"),
        21705: (HALT, "the messaging service cannot be used"),
        30001: (RETRY, "the queue overflowed"),
        30002: (HALT, "the account is suspended"),
        30003: (RETRY, "the handset cannot be reached now"),
        30004: (REJECT, "blocked by the recipient or the network"),
        30005: (SUPPRESS, "an unknown handset"),
        30006: (SUPPRESS, "a landline, or a network that takes no texts"),
        30007: (REJECT, "filtered by the network"),
        30008: (RETRY, "the network gave no reason"),
        30010: (REJECT, "dearer than the price allowed"),
        30019: (REJECT, "too large for the network"),
        30022: (RETRY, "more than the campaign may send a second"),
        30023: (RETRY, "more than the brand may send a day"),
        30032: (HALT, "the toll-free number is not verified"),
        30034: (HALT, "the number is not registered for 10DLC"),
        30036: (REJECT, "the validity period ran out"),
        30039: (REJECT, "taken for a loop between machines"),
        30047: (RETRY, "put off for quiet hours, then not sent"),
        30410: (REJECT, "the network did not answer Twilio in time; Twilio does not try again, to send nothing twice"),
        30450: (REJECT, "blocked as likely fraud"),
        30453: (REJECT, "blocked as likely fraud"),
        30454: (REJECT, "more than is usual to this country"),
        30610: (RETRY, "blocked for quiet hours"),
        35114: (REJECT, "a schedule that Twilio cannot keep"),
        35115: (REJECT, "a schedule that Twilio cannot keep"),
        35116: (REJECT, "a schedule that Twilio cannot keep"),
        35117: (REJECT, "a schedule that Twilio cannot keep"),
        35125: (REJECT, "a schedule that Twilio cannot keep"),
        63003: (SUPPRESS, "not on this channel"),
        63014: (SUPPRESS, "blocked by the recipient"),
        63016: (REJECT, "free text outside of the window for answers"),
        63017: (RETRY, "more than the account may send a second"),
        63018: (RETRY, "more than the channel may send a second"),
        63021: (REJECT, "the channel refuses the content"),
        63024: (SUPPRESS, "not a recipient on this channel"),
        63032: (REJECT, "the channel chose not to deliver"),
        63038: (HALT, "the account's limit for a day is reached"),
        63049: (REJECT, "the channel chose not to deliver"),
        90007: (REJECT, "a validity period that Twilio does not allow"),
    }
)
RANGES = {20: HALT, 21: REJECT, 30: REJECT, 63: REJECT}  # by the first two of five digits


def is_known(code: int) -> bool:
    """Whether the table has a row of its own for it; one that has not should be counted and looked up."""
    return code in CODES


def meaning(code: int) -> tuple[Verdict, str]:
    """The verdict, and a sentence without a number or a text in it."""
    if code in CODES:
        return CODES[code]
    return RANGES.get(code // 1000, REJECT), "a code that is not in our table"
