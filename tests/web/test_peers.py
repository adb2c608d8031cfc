"""Whose tries are counted together."""

import pytest

from tracker.web.peers import household, neighbourhood


@pytest.mark.parametrize(
    ("peer", "house", "block"),
    [
        ("203.0.113.7", "203.0.113.7/32", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.7/32", "203.0.113.0/24"),  # IPv4 on a socket for both
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("testclient", "testclient", "testclient"),
        ("", "", ""),
    ],
)
def test_a_line_is_one_however_many_addresses_it_has(peer: str, house: str, block: str) -> None:
    assert (household(peer), neighbourhood(peer)) == (house, block)
