"""How personal data, links and secrets are kept: sealed, or as a keyed hash that cannot be turned back."""

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from notifiers.message import Channel
from tracker.store.errors import StoreUnfit

SHORTEST_SECRET = 16  # bytes
PAGE_TOKEN_CHARACTERS = 24  # 144 bits
HMAC_BYTES = 16
CHANNEL_LETTERS = {Channel.EMAIL: b"e", Channel.SMS: b"s"}
CHANNELS = {letter: channel for channel, letter in CHANNEL_LETTERS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribed:
    """Whom an unsubscribe link speaks for; the address itself is not in it, so it works after an erase too."""

    channel: Channel
    contact_hmac: str
    brand: str


class Purpose(StrEnum):
    """What a signed word is good for; one is never taken for another."""

    INVITATION = "invitation"  # of a recipient's id: whoever has it got our mail
    PROOF = "proof"  # of a page's token and an hour: whoever has it has proven whose order it is


class Vault:
    """Keys derived from SECRET_KEY, one per purpose."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < SHORTEST_SECRET:
            raise StoreUnfit(f"SECRET_KEY has {len(secret)} bytes; it needs at least {SHORTEST_SECRET}")
        self._fernet = Fernet(urlsafe_b64encode(_derive(secret, b"wismo seal")))
        self._contact_key = _derive(secret, b"wismo contact")
        self._page_key = _derive(secret, b"wismo page")
        self._unsubscribe_key = _derive(secret, b"wismo unsubscribe")
        self._word_key = _derive(secret, b"wismo word")
        self._report_key = _derive(secret, b"wismo report")
        self._throttle_key = _derive(secret, b"wismo throttle")

    def seal(self, plain: object) -> bytes:
        """Encrypt anything JSON can say."""
        return self._fernet.encrypt(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode())

    def unseal(self, sealed: bytes) -> object:
        """Raises StoreUnfit when it was sealed with another key."""
        try:
            plain: object = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise StoreUnfit(
                "stored personal data cannot be read with this SECRET_KEY; set the one the database was filled with"
            ) from None
        return plain

    def contact_hmac(self, channel: Channel, address: str) -> str:
        """The same address gives the same hash; without the key nobody can try addresses against it."""
        said = f"{channel.value}:{address.strip().casefold()}".encode()
        return hmac.digest(self._contact_key, said, "sha256")[:HMAC_BYTES].hex()

    def throttle_name(self, kind: str, whom: str) -> str:
        """What counts somebody's tries without saying who it is."""
        return f"{kind}:{hmac.digest(self._throttle_key, f'{kind}:{whom}'.encode(), 'sha256')[:HMAC_BYTES].hex()}"

    def page_token(self, token_id: str) -> str:
        """Derived from the row's id, so that a stolen database opens no page."""
        digest = hmac.digest(self._page_key, f"page:{token_id}".encode(), "sha256")
        return urlsafe_b64encode(digest)[:PAGE_TOKEN_CHARACTERS].decode()

    def page_path(self, token_id: str) -> str:
        """Where the page of that token row is; an order's own row has the order's id."""
        return f"/t/{self.page_token(token_id)}"

    def report_mark(self, notification_id: str, n: int) -> str:
        """What a provider's report about one attempt must carry; nobody else can make it."""
        digest = hmac.digest(self._report_key, f"{notification_id}/{n}".encode(), "sha256")
        return urlsafe_b64encode(digest[:HMAC_BYTES]).rstrip(b"=").decode()

    def unsubscribe_token(self, who: Unsubscribed) -> str:
        """Signed and self-contained: it needs no row to be honoured."""
        said = CHANNEL_LETTERS[who.channel] + bytes.fromhex(who.contact_hmac) + who.brand.encode()
        return urlsafe_b64encode(self._sign(said) + said).rstrip(b"=").decode()

    def unsubscribe_path(self, who: Unsubscribed) -> str:
        """Where the way out of these messages is."""
        return f"/u/{self.unsubscribe_token(who)}"

    def read_unsubscribe_token(self, token: str) -> Unsubscribed | None:
        """None for anything we did not sign."""
        try:
            raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            return None
        signature, said = raw[:HMAC_BYTES], raw[HMAC_BYTES:]
        if not hmac.compare_digest(signature, self._sign(said)):
            return None
        contact, brand = said[1 : 1 + HMAC_BYTES], said[1 + HMAC_BYTES :]
        return Unsubscribed(channel=CHANNELS[said[:1]], contact_hmac=contact.hex(), brand=brand.decode())

    def signed(self, purpose: Purpose, word: str) -> str:
        """A word that we know again as ours; anybody can read it."""
        said = word.encode()
        return urlsafe_b64encode(self._sign_word(purpose, said) + said).rstrip(b"=").decode()

    def read_signed(self, purpose: Purpose, token: str) -> str | None:
        """None for anything we did not sign for this purpose."""
        try:
            raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            return None
        signature, said = raw[:HMAC_BYTES], raw[HMAC_BYTES:]
        return said.decode() if hmac.compare_digest(signature, self._sign_word(purpose, said)) else None

    def invitation_path(self, recipient_id: str) -> str:
        """Where somebody agrees to the messages a reader wants them to have."""
        return f"/i/{self.signed(Purpose.INVITATION, recipient_id)}"

    def _sign_word(self, purpose: Purpose, said: bytes) -> bytes:
        return hmac.digest(self._word_key, f"{purpose}:".encode() + said, "sha256")[:HMAC_BYTES]

    def _sign(self, said: bytes) -> bytes:
        return hmac.digest(self._unsubscribe_key, said, "sha256")[:HMAC_BYTES]


def fingerprint(secret: str) -> str:
    """How a random secret (page token, API key) is stored and found; it has too many bits to be guessed back."""
    return sha256(secret.encode()).hexdigest()


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)
