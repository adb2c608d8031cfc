"""Personal data and links can be read with the right key only, and opt-outs outlive the data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.message import Channel
from tests.store.builders import SECRET
from tracker.store.errors import StoreUnfit
from tracker.store.vault import Unsubscribed, Vault

VAULT, OTHER = Vault(SECRET), Vault(SECRET + b"!")
WHO = Unsubscribed(
    channel=Channel.EMAIL, contact_hmac=VAULT.contact_hmac(Channel.EMAIL, "ada@example.com"), brand="northwind"
)


def test_what_is_sealed_opens_with_the_same_secret_only() -> None:
    sealed = VAULT.seal({"name": "Ada"})

    assert Vault(SECRET).unseal(sealed) == {"name": "Ada"}
    with pytest.raises(StoreUnfit, match="SECRET_KEY"):
        OTHER.unseal(sealed)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(StoreUnfit, match="at least 16"):
        Vault(b"short")


def test_an_address_has_one_hash_per_channel_and_secret() -> None:
    hashes = {
        VAULT.contact_hmac(Channel.EMAIL, "ada@example.com"),
        VAULT.contact_hmac(Channel.EMAIL, " Ada@Example.COM "),
        VAULT.contact_hmac(Channel.SMS, "ada@example.com"),
        OTHER.contact_hmac(Channel.EMAIL, "ada@example.com"),
    }

    assert len(hashes) == 3


def test_a_page_token_is_long_fits_a_path_and_depends_on_the_secret() -> None:
    token = VAULT.page_token("0" * 32)

    assert len(token) * 6 >= 128
    assert token.replace("-", "").replace("_", "").isalnum()
    assert len({token, VAULT.page_token("1" * 32), OTHER.page_token("0" * 32)}) == 3


def test_an_unsubscribe_link_names_its_address_without_showing_it() -> None:
    token = VAULT.unsubscribe_token(WHO)

    assert VAULT.read_unsubscribe_token(token) == WHO
    assert OTHER.read_unsubscribe_token(token) is None
    assert "ada" not in token


@given(st.integers(min_value=0, max_value=10_000), st.sampled_from("abcXYZ019-_"))
def test_a_changed_unsubscribe_link_is_not_ours(place: int, letter: str) -> None:
    token = VAULT.unsubscribe_token(WHO)
    place %= len(token) - 1  # the last letter carries bits that are not used
    changed = token[:place] + letter + token[place + 1 :]

    assert VAULT.read_unsubscribe_token(changed) == (WHO if changed == token else None)


@given(st.text(max_size=200))
def test_rubbish_is_no_unsubscribe_link(text: str) -> None:
    assert VAULT.read_unsubscribe_token(text) is None
