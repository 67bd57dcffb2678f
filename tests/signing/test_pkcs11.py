"""Keys in tokens, with SoftHSM2: one login for a batch, the right key or none, and a PIN that is tried once."""

import copy
import gc
import os
import pickle
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pkcs11 import Mechanism, TokenFlag
from pkcs11.exceptions import (
    DeviceRemoved,
    FunctionFailed,
    PinExpired,
    PinIncorrect,
    PinLocked,
    PKCS11Error,
    SessionHandleInvalid,
    UserPinNotInitialized,
)

from pkdocs.content import Role
from pkdocs.errors import CredentialError
from pkdocs.messages import LANGUAGES
from pkdocs.pki import KeyKind
from pkdocs.pki.authority import Subject, certify
from pkdocs.profile import Zone
from pkdocs.signing import read_form, sign_pdf
from pkdocs.signing.pkcs11 import TokenSigner, open_token
from pkdocs.signing.signer import is_signature_by
from tests.factory import HEAD, MAYOR, head_content
from tests.issued import issued
from tests.signed import AT, BEGUN, answering, authorities, credential, signer_of
from tests.signing.softtoken import LABEL, MODULE, PIN, SoftToken, library, restart, soft_tokens
from tests.signing.test_pkcs12 import own_certificate, usage

READER = TokenFlag.USER_PIN_INITIALIZED | TokenFlag.PROTECTED_AUTHENTICATION_PATH
"""What a token says whose reader has keys of its own."""
SECRETIVE = "197111021996032992"
"""A key's label: somebody's number."""


@pytest.fixture
def token(tmp_path: Path) -> Iterator[SoftToken]:
    with soft_tokens(tmp_path) as tokens:
        tokens.add()
        yield tokens


def put_head(token: SoftToken, kind: KeyKind = KeyKind.P256, **more: Any) -> None:
    token.put(*credential(HEAD, kind), label=SECRETIVE, **more)


def refused(code: str, pin: str = PIN, module: Path = MODULE, **choice: Any) -> CredentialError:
    with pytest.raises(CredentialError) as caught:
        open_token(module, pin, **choice)
    error = caught.value
    assert error.code == code
    for language in LANGUAGES:
        assert PIN not in error.message(language)
        assert SECRETIVE not in error.message(language)
    return error


class Counted:
    """Stands between pkdocs and the module: counts what is asked of it, and fails where a test wants that."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **faults: PKCS11Error) -> None:
        self.counts: dict[str, int] = {}
        self.faults = faults
        self.pins: list[Any] = []
        self.flags: TokenFlag | None = None
        self.typed: str | None = None
        self.mechanisms: set[Mechanism] | None = None
        given = pkcs11.lib
        monkeypatch.setattr("pkdocs.signing.pkcs11.pkcs11.lib", lambda so: Double(given(so), self))

    def note(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1
        if name in self.faults:
            raise self.faults[name]


class Double:
    """An object of the module, seen by ``Counted``."""

    def __init__(self, real: Any, seen: Counted) -> None:
        self._real = real
        self._seen = seen

    def __getattr__(self, name: str) -> Any:
        if name == "slot":
            return Double(self._real.slot, self._seen)
        if name == "flags" and self._seen.flags is not None and self._real.flags & TokenFlag.TOKEN_INITIALIZED:
            return self._seen.flags | TokenFlag.TOKEN_INITIALIZED
        return getattr(self._real, name)

    def __getitem__(self, name: Any) -> Any:
        self._seen.note(f"read {name.name}")
        return self._real[name]

    def get_tokens(self) -> Iterator["Double"]:
        self._seen.note("tokens")
        return (Double(entry, self._seen) for entry in self._real.get_tokens())

    def get_token(self) -> "Double":
        self._seen.note("token")
        return Double(self._real.get_token(), self._seen)

    def get_mechanisms(self) -> Any:
        offered = self._real.get_mechanisms()
        return offered if self._seen.mechanisms is None else offered & self._seen.mechanisms

    def open(self, user_pin: Any) -> "Double":
        self._seen.pins.append(user_pin)
        self._seen.note("open")
        return Double(self._real.open(user_pin=self._seen.typed or user_pin), self._seen)

    def get_objects(self, wanted: Any) -> Iterator["Double"]:
        self._seen.note("search")
        return (Double(entry, self._seen) for entry in self._real.get_objects(wanted))

    def sign(self, data: bytes, **more: Any) -> bytes:
        self._seen.note("sign")
        self._seen.pins.append(more["pin"])
        signature: bytes = self._real.sign(data, **more)
        return signature

    def close(self) -> None:
        self._seen.note("close")
        self._real.close()


@pytest.mark.parametrize("kind", KeyKind)
def test_five_hundred_signatures_take_one_session_and_one_login(
    token: SoftToken, kind: KeyKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_head(token, kind)
    seen = Counted(monkeypatch)
    count = 500 if kind is KeyKind.P256 else 50
    data = [f"perjanjian {number}".encode() for number in range(count)]
    with open_token(MODULE, PIN) as signer:
        searches = seen.counts["search"]
        signatures = signer.sign_raw(data[:1]) + [signer.sign_raw([one])[0] for one in data[1:]]
    assert all(
        is_signature_by(signer.certificate, signature, one) for signature, one in zip(signatures, data, strict=True)
    )
    counted = {name: seen.counts[name] for name in ("open", "sign", "close", "search")}
    assert counted == {"open": 1, "sign": count, "close": 1, "search": searches}
    assert [pin for pin in seen.pins if pin is not None] == [PIN]


@pytest.mark.parametrize("kind", KeyKind)
def test_an_agreement_signed_by_a_token_is_accepted(token: SoftToken, kind: KeyKind, tmp_path: Path) -> None:
    put_head(token, kind)
    token.put_certificates(*(authority.certificate for authority in authorities(kind)))
    with open_token(MODULE, PIN) as signer:
        pdf = sign_pdf(issued(head_content()), Role.FIRST, signer, at=AT, zone=Zone.WIB, training=True)
    assert [entry.role for entry in read_form(pdf).signatures] == [Role.FIRST]
    assert signer.chain == signer_of(HEAD, kind).chain
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig (poppler-utils) is not there")
    (tmp_path / "signed.pdf").write_bytes(pdf)
    said = subprocess.run(["pdfsig", "-nocert", tmp_path / "signed.pdf"], capture_output=True, text=True, check=False)
    assert "Signature is Valid" in said.stdout


def test_what_a_token_shows_of_itself_is_no_secret(token: SoftToken) -> None:
    put_head(token)
    with open_token(MODULE, PIN) as signer:
        assert repr(signer) == f"TokenSigner({HEAD.person})"
        assert (signer.person, signer.friendly_name, signer.chain) == (HEAD.person, SECRETIVE, ())
        assert (signer.origin, signer.batch, signer.is_remote) == ("PKCS#11", 1, False)
        for attempt in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError):
                attempt(signer)


def test_the_pin_is_forgotten_after_login(token: SoftToken) -> None:
    put_head(token)
    with open_token(MODULE, "".join(PIN)) as signer:
        assert PIN not in reachable(signer)


def reachable(start: object) -> set[str]:
    """Return every text that can be reached from ``start``, short of modules and classes."""
    known, waiting, texts = set[int](), [start], set[str]()
    while waiting:
        entry = waiting.pop()
        if id(entry) in known or isinstance(entry, type) or type(entry).__name__ in {"module", "function"}:
            continue
        known.add(id(entry))
        if isinstance(entry, str):
            texts.add(entry)
        waiting += gc.get_referents(entry)
    return texts


class TestPin:
    """A PIN is tried once, and not at all where it could do harm."""

    def test_a_wrong_one_is_tried_once(self, token: SoftToken, monkeypatch: pytest.MonkeyPatch) -> None:
        put_head(token)
        seen = Counted(monkeypatch)
        refused("TOKEN_PIN_WRONG", pin="000000")
        assert seen.pins == ["000000"]
        monkeypatch.undo()
        open_token(MODULE, PIN).close()

    @pytest.mark.parametrize(
        ("fault", "left", "code"),
        [
            (PinIncorrect(), TokenFlag.USER_PIN_COUNT_LOW, "TOKEN_PIN_WRONG"),
            (PinIncorrect(), TokenFlag.USER_PIN_FINAL_TRY, "TOKEN_PIN_WRONG_FINAL"),
            (PinIncorrect(), TokenFlag.USER_PIN_LOCKED, "TOKEN_PIN_LOCKED"),
            (PinLocked(), TokenFlag(0), "TOKEN_PIN_LOCKED"),
            (PinExpired(), TokenFlag(0), "TOKEN_PIN_UNSET"),
            (UserPinNotInitialized(), TokenFlag(0), "TOKEN_PIN_UNSET"),
            (DeviceRemoved(), TokenFlag(0), "TOKEN_REFUSED"),
        ],
    )
    def test_what_was_wrong_with_it_is_said(
        self, token: SoftToken, monkeypatch: pytest.MonkeyPatch, fault: PKCS11Error, left: TokenFlag, code: str
    ) -> None:
        put_head(token)
        seen = Counted(monkeypatch, open=fault)
        monkeypatch.setattr("pkdocs.signing.pkcs11._flags", lambda _token: left)
        refused(code)
        assert seen.counts["open"] == 1

    @pytest.mark.usefixtures("token")
    def test_a_token_that_is_gone_after_a_wrong_one_is_not_asked_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Counted(monkeypatch, open=PinIncorrect(), token=DeviceRemoved())
        refused("TOKEN_PIN_WRONG")

    @pytest.mark.parametrize(
        ("flags", "code"),
        [
            (TokenFlag.USER_PIN_LOCKED, "TOKEN_PIN_LOCKED"),
            (TokenFlag.USER_PIN_LOCKED | TokenFlag.USER_PIN_INITIALIZED, "TOKEN_PIN_LOCKED"),
            (TokenFlag(0), "TOKEN_PIN_UNSET"),
            (TokenFlag.USER_PIN_INITIALIZED | TokenFlag.USER_PIN_FINAL_TRY, "TOKEN_PIN_FINAL_TRY"),
        ],
    )
    def test_one_that_could_do_harm_is_not_tried(
        self, token: SoftToken, monkeypatch: pytest.MonkeyPatch, flags: TokenFlag, code: str
    ) -> None:
        put_head(token)
        seen = Counted(monkeypatch)
        seen.flags = flags
        refused(code)
        assert seen.pins == []

    def test_the_last_try_is_made_if_that_is_meant(self, token: SoftToken, monkeypatch: pytest.MonkeyPatch) -> None:
        put_head(token)
        seen = Counted(monkeypatch)
        seen.flags = TokenFlag.USER_PIN_INITIALIZED | TokenFlag.USER_PIN_FINAL_TRY
        open_token(MODULE, PIN, final_try=True).close()

    def test_an_earlier_slip_hinders_nobody(self, token: SoftToken) -> None:
        put_head(token)
        refused("TOKEN_PIN_WRONG", pin="000000")
        assert library().get_token(token_label=LABEL).flags & TokenFlag.USER_PIN_COUNT_LOW
        open_token(MODULE, PIN).close()

    @pytest.mark.usefixtures("token")
    def test_an_empty_one_is_not_tried(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen = Counted(monkeypatch)
        refused("TOKEN_PIN_EMPTY", pin="")
        assert seen.pins == []

    def test_one_that_is_typed_at_the_reader_is_asked_there(
        self, token: SoftToken, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put_head(token)
        seen = Counted(monkeypatch, open=PinIncorrect())
        seen.flags = READER
        refused("TOKEN_PIN_WRONG", pin="")
        assert seen.pins == [pkcs11.PROTECTED_AUTH]

    def test_a_reader_cannot_ask_for_each_signature(self, token: SoftToken, monkeypatch: pytest.MonkeyPatch) -> None:
        put_head(token, ALWAYS_AUTHENTICATE=True)
        seen = Counted(monkeypatch)
        seen.flags = READER
        seen.typed = PIN
        refused("TOKEN_PIN_EACH_TIME", pin="")
        assert seen.counts["close"] == 1

    def test_a_token_is_opened_once(self, token: SoftToken) -> None:
        put_head(token)
        with open_token(MODULE, PIN) as signer:
            refused("TOKEN_IN_USE")
            assert signer.sign_raw([b"x"])
        open_token(MODULE, PIN).close()


class TestChoice:
    """The right token and key, or none."""

    def test_no_module_or_another_file_is_named(self, tmp_path: Path) -> None:
        refused("TOKEN_MODULE_ABSENT", module=tmp_path / "lib.so")
        (tmp_path / "lib.so").write_bytes(b"x")
        refused("TOKEN_MODULE_UNUSABLE", module=tmp_path / "lib.so")

    def test_no_token_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with soft_tokens(tmp_path):
            restart()
            refused("TOKEN_ABSENT")
            Counted(monkeypatch, tokens=FunctionFailed())
            refused("TOKEN_ABSENT")

    def test_of_several_tokens_one_is_chosen_by_its_label(self, token: SoftToken) -> None:
        token.add("Token lain")
        put_head(token)
        token.put(*credential(MAYOR), token="Token lain")
        assert "Token lain, Token uji" in refused("TOKEN_SEVERAL").message("id")
        assert "Token lain, Token uji" in refused("TOKEN_UNKNOWN", token="Token").message("en")
        with open_token(MODULE, PIN, token="Token lain") as signer:
            assert signer.person == MAYOR.person

    def test_two_tokens_of_one_label_are_told_apart_by_nobody(self, token: SoftToken) -> None:
        token.add()
        refused("TOKEN_SAME_LABEL", token=LABEL)

    def test_a_label_cannot_steer_the_terminal(self, token: SoftToken) -> None:
        token.add("\x1b[31mmerah")
        assert "\x1b" not in refused("TOKEN_SEVERAL").message("id")

    def test_a_token_without_key_or_certificate_is_refused(self, token: SoftToken) -> None:
        refused("TOKEN_WITHOUT_KEY")
        token.put(credential(HEAD)[0])
        token.put_certificates(credential(HEAD)[1])
        refused("TOKEN_WITHOUT_KEY")

    def test_of_several_keys_one_is_chosen_by_its_label(self, token: SoftToken) -> None:
        put_head(token)
        token.put(*credential(MAYOR), label="wali", identity=b"\x02")
        assert "2" in refused("TOKEN_SEVERAL_KEYS").message("id")
        refused("TOKEN_KEY_UNKNOWN", key="lain")
        with open_token(MODULE, PIN, key="wali") as signer:
            assert signer.person == MAYOR.person

    def test_the_only_key_that_may_sign_is_taken(self, token: SoftToken) -> None:
        key = KeyKind.P256.make_key()
        token.put(key, own_certificate(key, usage(key_agreement=True)), identity=b"\x02")
        refused("KEY_USAGE")
        put_head(token)
        with open_token(MODULE, PIN) as signer:
            assert signer.person == HEAD.person

    def test_the_key_for_binding_signatures_goes_before_the_one_for_logging_in(self, token: SoftToken) -> None:
        key = KeyKind.P256.make_key()
        token.put(key, own_certificate(key, usage(digital_signature=True)), identity=b"\x02")
        put_head(token)
        with open_token(MODULE, PIN) as signer:
            assert signer.person == HEAD.person

    @pytest.mark.parametrize("which", [0, 1])
    def test_the_key_of_a_service_signs_no_documents(self, token: SoftToken, which: int) -> None:
        service = answering()[which]
        token.put(service.key, service.certificate)
        refused("KEY_USAGE")

    def test_a_certificate_that_cannot_be_read_is_passed_over(self, token: SoftToken) -> None:
        put_head(token)
        token.put_certificates(b"\x30\x00")
        open_token(MODULE, PIN).close()

    def test_a_certificate_that_is_malformed_within_signs_nothing(
        self, token: SoftToken, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def malformed(_certificate: x509.Certificate) -> None:
            raise ValueError("an extension that is none")

        put_head(token)
        monkeypatch.setattr("pkdocs.signing.tokens.check_usage", malformed)
        refused("KEY_USAGE")

    def test_a_chain_that_the_token_lacks_can_be_given(self, token: SoftToken) -> None:
        put_head(token)
        root, issuing = (authority.certificate for authority in authorities())
        token.put_certificates(issuing)
        encoded = [root.public_bytes(Encoding.DER), answering()[0].certificate.public_bytes(Encoding.DER)]
        with open_token(MODULE, PIN, authorities=encoded) as signer:
            assert signer.chain == signer_of(HEAD).chain

    def test_the_newest_certificate_of_a_key_is_taken(self, token: SoftToken) -> None:
        key, old = credential(HEAD)
        subject = Subject(HEAD.person, HEAD.name, "Dinas", "Pemerintah Kota Wanasari")
        new = certify(authorities()[1], subject, key.public_key(), at=BEGUN + timedelta(days=1))
        token.put(key, new, old)
        with open_token(MODULE, PIN) as signer:
            assert signer.certificate == new.public_bytes(Encoding.DER)

    def test_a_certificate_of_another_key_is_found_at_the_first_signature(self, token: SoftToken) -> None:
        token.put(credential(MAYOR)[0], credential(HEAD)[1])
        with open_token(MODULE, PIN) as signer:
            failing(signer, "TOKEN_KEY_MISMATCH")
            failing(signer, "TOKEN_LOST")

    @pytest.mark.parametrize(
        ("kind", "offered", "fits"),
        [
            (KeyKind.RSA2048, {Mechanism.RSA_PKCS}, True),
            (KeyKind.RSA2048, {Mechanism.RSA_PKCS_PSS}, False),
            (KeyKind.P256, {Mechanism.ECDSA_SHA1}, False),
        ],
    )
    def test_a_mechanism_that_is_offered_is_used(
        self, token: SoftToken, monkeypatch: pytest.MonkeyPatch, kind: KeyKind, offered: set[Mechanism], *, fits: bool
    ) -> None:
        put_head(token, kind)
        Counted(monkeypatch).mechanisms = offered
        if not fits:
            refused("TOKEN_MECHANISM")
            return
        with open_token(MODULE, PIN) as signer:
            assert is_signature_by(signer.certificate, signer.sign_raw([b"x"])[0], b"x")

    def test_a_token_that_goes_while_it_is_read_is_said(
        self, token: SoftToken, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put_head(token)
        Counted(monkeypatch, search=DeviceRemoved())
        refused("TOKEN_LOST")

    @pytest.mark.parametrize("unknown", ["read LABEL", "read ALWAYS_AUTHENTICATE"])
    def test_a_module_need_not_know_everything(
        self, token: SoftToken, monkeypatch: pytest.MonkeyPatch, unknown: str
    ) -> None:
        put_head(token)
        Counted(monkeypatch, **{unknown: pkcs11.AttributeTypeInvalid()})
        with open_token(MODULE, PIN) as signer:
            assert signer.sign_raw([b"x"])


def failing(signer: TokenSigner, code: str) -> None:
    with pytest.raises(CredentialError) as caught:
        signer.sign_raw([b"x"])
    assert caught.value.code == code
    assert all(caught.value.message(language) for language in LANGUAGES)


class TestLoss:
    """A token that is gone signs nothing more, and is not asked again."""

    @pytest.mark.parametrize("fault", [DeviceRemoved(), SessionHandleInvalid(), FunctionFailed()])
    def test_it_may_go_in_the_middle(
        self, token: SoftToken, monkeypatch: pytest.MonkeyPatch, fault: PKCS11Error
    ) -> None:
        put_head(token)
        seen = Counted(monkeypatch)
        with open_token(MODULE, PIN) as signer:
            assert signer.sign_raw([b"x"])
            seen.faults["sign"] = fault
            failing(signer, "TOKEN_LOST")
            seen.faults.clear()
            failing(signer, "TOKEN_LOST")
            assert seen.counts["sign"] == 2

    def test_a_session_that_the_module_has_ended_is_lost(self, token: SoftToken) -> None:
        put_head(token)
        with open_token(MODULE, PIN) as signer:
            restart()
            failing(signer, "TOKEN_LOST")

    def test_closing_ends_it_even_if_the_token_is_gone(self, token: SoftToken) -> None:
        put_head(token)
        signer = open_token(MODULE, PIN)
        restart()
        signer.close()
        signer.close()
        failing(signer, "TOKEN_LOST")

    def test_another_process_cannot_use_it(self, token: SoftToken, monkeypatch: pytest.MonkeyPatch) -> None:
        put_head(token)
        seen = Counted(monkeypatch)
        with open_token(MODULE, PIN) as signer:
            own = os.getpid()
            monkeypatch.setattr(os, "getpid", lambda: own + 1)
            failing(signer, "TOKEN_FORKED")
            assert "sign" not in seen.counts


class TestPinForEachSignature:
    """Some keys demand the PIN each time (CKA_ALWAYS_AUTHENTICATE)."""

    def test_it_is_given_each_time(self, token: SoftToken, monkeypatch: pytest.MonkeyPatch) -> None:
        put_head(token, ALWAYS_AUTHENTICATE=True)
        seen = Counted(monkeypatch)
        with open_token(MODULE, PIN) as signer:
            signatures = [signer.sign_raw([b"%d" % number])[0] for number in range(5)]
            assert PIN not in repr(signer)
        assert all(is_signature_by(signer.certificate, one, b"%d" % number) for number, one in enumerate(signatures))
        assert seen.pins == [PIN] * 6
        assert seen.counts["open"] == 1

    def test_one_that_is_refused_in_the_middle_is_not_given_again(
        self, token: SoftToken, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put_head(token, ALWAYS_AUTHENTICATE=True)
        seen = Counted(monkeypatch)
        with open_token(MODULE, PIN) as signer:
            seen.faults["sign"] = PinIncorrect()
            failing(signer, "TOKEN_PIN_WRONG")
            seen.faults.clear()
            failing(signer, "TOKEN_LOST")
            assert PIN not in reachable(signer)
