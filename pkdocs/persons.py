"""Persons as pseudonyms: a NIP holds a birth date, so contents and certificates carry a keyed digest of it."""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Final

from pkdocs.content import PersonScheme
from pkdocs.errors import CredentialError

KEY_BYTES: Final = 32
PSEUDONYM: Final = re.compile(r"[A-Z2-7]{16}")

TRIAL_KEY: Final = hashlib.sha256(b"pkdocs: kunci uji, bukan rahasia").digest()
"""Public, so it hides nothing: for trials only, and contents made with it say so."""


def new_person_key() -> bytes:
    """Return a key that nobody has."""
    return secrets.token_bytes(KEY_BYTES)


def pseudonym(key: bytes, number: str) -> str:
    """Return 16 base32 characters of HMAC-SHA-256 over ``number`` (digits or local id) under ``key``."""
    return base64.b32encode(hmac.digest(key, number.encode(), "sha256")).decode("ascii")[:16]


def person_scheme(key: bytes) -> PersonScheme:
    """Return under which scheme ``key`` names persons."""
    return PersonScheme.TRIAL if hmac.compare_digest(key, TRIAL_KEY) else PersonScheme.KEYED


def read_person_key(data: bytes) -> bytes:
    """Return the key that a ``person.key`` file holds.

    Raises:
        CredentialError: not 32 bytes.
    """
    if len(data) != KEY_BYTES:
        raise CredentialError("PERSON_KEY_DAMAGED", length=len(data), expected=KEY_BYTES)
    return data
