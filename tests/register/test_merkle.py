"""The Merkle root over a list is that of RFC 6962."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.register import merkle_root

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
"""Of the test vectors of Certificate Transparency."""


@pytest.mark.parametrize(
    ("size", "root"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_the_published_roots_come_out(size: int, root: str) -> None:
    assert merkle_root(LEAVES[:size]).hex() == root


def by_the_text(entries: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if len(entries) <= 1:
        return hashlib.sha256(b"\x00" + entries[0] if entries else b"").digest()
    split = 1
    while 2 * split < len(entries):
        split *= 2
    return hashlib.sha256(b"\x01" + by_the_text(entries[:split]) + by_the_text(entries[split:])).digest()


@given(st.lists(st.binary(max_size=4), max_size=40))
def test_the_root_is_that_of_the_definition(entries: list[bytes]) -> None:
    assert merkle_root(entries) == by_the_text(entries)
