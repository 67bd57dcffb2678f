"""Persons as pseudonyms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.content import PersonScheme
from pkdocs.errors import CredentialError
from pkdocs.persons import KEY_BYTES, PSEUDONYM, TRIAL_KEY, person_scheme, pseudonym, read_person_key

NUMBER = "197111021996032992"
KEY = bytes(range(32))


@given(st.binary(min_size=32, max_size=32), st.from_regex(r"[0-9A-Za-z-]{1,40}", fullmatch=True))
def test_a_pseudonym_has_the_form_of_one_and_is_always_the_same(key: bytes, number: str) -> None:
    assert PSEUDONYM.fullmatch(pseudonym(key, number))
    assert pseudonym(key, number) == pseudonym(key, number)


def test_pseudonyms_are_hmac_sha256_in_base32() -> None:
    assert pseudonym(KEY, NUMBER) == "T56PF2RFOV7KWDWQ"
    assert pseudonym(TRIAL_KEY, NUMBER) != pseudonym(KEY, NUMBER)
    assert pseudonym(KEY, "197111021996032993") != pseudonym(KEY, NUMBER)


def test_only_the_public_key_makes_contents_for_trials() -> None:
    assert person_scheme(TRIAL_KEY) is PersonScheme.TRIAL
    assert person_scheme(KEY) is PersonScheme.KEYED


def test_a_key_of_32_bytes_is_a_person_key() -> None:
    assert read_person_key(KEY) == KEY


@pytest.mark.parametrize("data", [b"", KEY[:-1], KEY + b"\n"])
def test_a_key_of_another_length_is_refused_and_not_shown(data: bytes) -> None:
    with pytest.raises(CredentialError) as stop:
        read_person_key(data)
    assert (stop.value.code, stop.value.params) == (
        "PERSON_KEY_DAMAGED",
        {"length": len(data), "expected": KEY_BYTES},
    )
