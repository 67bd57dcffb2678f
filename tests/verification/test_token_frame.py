"""Tokens read by what an authority writes alike into all: the quick reading is what the whole one says."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from itertools import product

import pytest
from asn1crypto import cms, tsp
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.pki.authority import Authority, KeyKind
from pkdocs.signing.timestamp import build_request
from pkdocs.verification import token as reading
from pkdocs.verification.frame import Filling, Frame, take_apart
from pkdocs.verification.mould import Mould
from pkdocs.verification.token import Token, TokenError, read_token, read_whole
from tests.signed import AT, answering, services
from tests.stamping import STAMPED, Clock, sign

DATA = b"the value of a signature"
DIGEST = hashlib.sha256(DATA).digest()


def hashed(algorithm: str) -> bytes:
    return hashlib.new(algorithm, DATA).digest()


def trained(kind: KeyKind) -> bytes:
    """Return a token of the training authority, with a nonce."""
    answer = services(kind=kind).timestamps.answer(build_request(DIGEST, 1 << 62), at=AT)
    token: bytes = tsp.TimeStampResp.load(answer)["time_stamp_token"].dump()
    return token


KINDS: dict[str, Callable[[], tuple[bytes, Authority]]] = {
    "training, P-256": lambda: (trained(KeyKind.P256), answering()[0]),
    "training, RSA": lambda: (trained(KeyKind.RSA2048), answering(KeyKind.RSA2048)[0]),
    "another": lambda: (Clock().stamp(DATA), answering()[0]),
    "with all that may be there": lambda: (Clock(info=with_more).stamp(DATA), answering()[0]),
    "SHA-512 over a SHA-256": lambda: (Clock(digest="sha512", info=over_sha256).stamp(DATA), answering()[0]),
}
FORMS = tuple(KINDS)


TIMES = (
    b"20260122021503Z",
    b"20260122021560Z",
    b"20260122241500Z",
    b"20261322021500Z",
    b"00000122021500Z",
    b"2026012202150Z",
    b"20260122021503.5Z",
    b"202601220215+3Z",
    b"20260122021503+0700",
    b"20260122021503",
    b"19260122021503Z",
    b"20960122021503Z",
    b"202601220215Z",
    b"",
)


def with_more(info: dict[str, object]) -> None:
    info |= {"accuracy": {"seconds": 2, "millis": 500}, "ordering": True, "nonce": -99}


def over_sha256(info: dict[str, object]) -> None:
    info["message_imprint"] = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": DIGEST}


@cache
def known(form: str) -> tuple[bytes, Authority]:
    """Return a token of that form, whose frame has been seen, and who gives it."""
    encoded, by = KINDS[form]()
    read_token(encoded, hashed)
    return encoded, by


def outcome(read: Callable[[bytes, Callable[[str], bytes]], Token], encoded: bytes) -> object:
    """Return the token, or what is said of it."""
    try:
        return read(encoded, hashed)
    except TokenError as fault:
        return fault.code, fault.sub, fault.weight, fault.params


def agree(encoded: bytes) -> object:
    """Return what both readings say, which is the same."""
    said = outcome(read_token, encoded)
    assert said == outcome(read_whole, encoded)
    return said


def resigned(encoded: bytes, by: Authority, change: Callable[[Frame, Filling], bytes]) -> bytes:
    """Return the token with what ``change`` gives as what it says, signed anew."""
    parts = take_apart(encoded)
    assert parts is not None
    frame, _ = parts
    stamped = change(*parts)
    digest = "sha512" if len(parts[1].digest) == 64 else "sha256"
    attributes = frame.attributes(hashlib.new(digest, stamped).digest())
    return frame.join(stamped, attributes, sign(by, attributes, digest))


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Count what is read as a whole."""
    read: list[bytes] = []

    def counting(encoded: bytes, hashed: Callable[[str], bytes]) -> Token:
        read.append(encoded)
        return read_whole(encoded, hashed)

    monkeypatch.setattr(reading, "read_whole", counting)
    return read


@pytest.mark.parametrize("form", FORMS)
def test_a_second_token_of_an_authority_is_read_quickly_and_says_the_same(form: str, whole: list[bytes]) -> None:
    first, _ = known(form)
    second, _ = KINDS[form]()
    whole.clear()
    assert isinstance(agree(second), Token)
    assert isinstance(agree(first), Token)
    assert whole == []


def test_another_time_serial_number_and_nonce_are_read_quickly(whole: list[bytes]) -> None:
    known("another")
    whole.clear()
    for later in (timedelta(0), timedelta(seconds=1), timedelta(days=300)):
        token = agree(Clock(at=STAMPED + later, info=lambda info: info.update(serial_number=2**90)).stamp(DATA))
        assert isinstance(token, Token)
        assert token.time == STAMPED + later
    assert whole == []


@pytest.mark.parametrize("form", FORMS)
def test_a_token_of_the_same_lengths_is_not_even_taken_apart(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded, _ = known(form)
    monkeypatch.setattr(reading, "_moulds", {})
    read_token(encoded, hashed)

    def refusing(_encoded: bytes) -> None:
        raise AssertionError(form)

    monkeypatch.setattr(reading, "take_apart", refusing)
    assert isinstance(read_token(encoded, hashed), Token)


@pytest.mark.parametrize("form", FORMS)
def test_a_mould_gives_what_taking_apart_gives_and_nothing_of_another_token(form: str) -> None:
    encoded, _ = known(form)
    parts = take_apart(encoded)
    assert parts is not None
    mould = Mould.of(encoded, *parts)
    assert mould is not None
    assert mould.filling(encoded) == parts[1]
    assert mould.filling(encoded[:-1]) is None
    for place in range(len(encoded)):
        changed = encoded[:place] + bytes((encoded[place] ^ 1,)) + encoded[place + 1 :]
        inside = any(value.start <= place < value.stop for value in mould.values)
        assert (mould.filling(changed) is not None) == inside


def test_a_token_with_an_empty_value_has_no_mould() -> None:
    encoded, _ = known("training, P-256")
    parts = take_apart(encoded)
    assert parts is not None
    frame, filling = parts[0], replace(parts[1], signature=b"")
    assert Mould.of(frame.join(filling.stamped, filling.attributes, b""), frame, filling) is None


def test_what_is_not_plain_is_read_as_a_whole(whole: list[bytes]) -> None:
    for clock in (Clock(at=STAMPED.replace(microsecond=250000)), Clock(digest="sha384")):
        encoded = clock.stamp(DATA)
        assert read_token(encoded, hashed) == read_token(encoded, hashed)
        assert whole == [encoded, encoded]
        whole.clear()


def test_only_so_many_frames_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_frames", {})
    monkeypatch.setattr(reading, "_moulds", {})
    monkeypatch.setattr(reading, "_FRAMES_KEPT", 1)
    for form in FORMS:
        assert isinstance(agree(KINDS[form]()[0]), Token)
    assert len(reading._frames) == 1


@pytest.mark.parametrize("form", FORMS)
def test_every_byte_that_may_differ_and_does_is_judged_alike(form: str) -> None:
    encoded, _ = known(form)
    certificates = cms.ContentInfo.load(encoded)["content"]["certificates"].dump()
    begins = encoded.index(certificates)
    for place in (*range(begins + 4), *range(begins + len(certificates), len(encoded))):
        for flip in (0x01, 0x80):
            changed = encoded[:place] + bytes((encoded[place] ^ flip,)) + encoded[place + 1 :]
            said = agree(changed)
            # what nobody asks, such as a version, is the authority's matter
            assert not isinstance(said, Token) or said == read_token(encoded, hashed)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FORMS), st.data())
def test_bytes_put_in_or_left_out_anywhere_are_judged_alike(form: str, data: st.DataObject) -> None:
    encoded, _ = known(form)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(encoded))] * 2)))
    agree(encoded[:start] + data.draw(st.binary(max_size=4)) + encoded[min(end, start + 3) :])


@pytest.mark.parametrize("form", ["training, P-256", "with all that may be there"])
def test_every_byte_of_what_is_signed_may_differ_and_is_judged_alike(form: str) -> None:
    encoded, by = known(form)
    assert isinstance(agree(resigned(encoded, by, lambda _frame, filling: filling.stamped)), Token)
    parts = take_apart(encoded)
    assert parts is not None
    for place, flip in product(range(len(parts[1].stamped)), (0x01, 0x80)):
        agree(resigned(encoded, by, partial(flipped, place, flip)))


def flipped(place: int, flip: int, _frame: Frame, filling: Filling) -> bytes:
    changed = bytearray(filling.stamped)
    changed[place] ^= flip
    return bytes(changed)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FORMS), st.data())
def test_other_values_in_what_is_signed_are_judged_alike(form: str, data: st.DataObject) -> None:
    def change(frame: Frame, filling: Filling) -> bytes:
        other = replace(
            filling,
            serial=data.draw(st.binary(max_size=4)),
            time=data.draw(st.sampled_from(TIMES)),
            nonce=None if filling.nonce is None else data.draw(st.binary(max_size=4)),
        )
        return frame.stamped(other)

    encoded, by = known(form)
    agree(resigned(encoded, by, change))
