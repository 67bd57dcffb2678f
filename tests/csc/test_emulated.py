"""The CSC API, both versions, against an emulator of ours: what unlocks a key, what is refused, and what goes wrong."""

import base64
import io
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from pkdocs.content import Role
from pkdocs.errors import CredentialError, PkdocsError, ServiceError, SigningError, UnknownOutcomeError
from pkdocs.messages import LANGUAGES
from pkdocs.outcome import Outcome
from pkdocs.pki import KeyKind
from pkdocs.profile import Zone
from pkdocs.signing import read_form, sign_pdf
from pkdocs.signing.csc import CscSigner, Turn, Version, open_csc, request_token
from pkdocs.signing.csc.value import normalise
from pkdocs.signing.signer import is_signature_by
from pkdocs.transport import Service
from tests.csc.emulator import CLIENT, CODES, CREDENTIAL, PIN, Emulator, Faults, emulating
from tests.factory import MAYOR, root_content
from tests.issued import issued
from tests.signed import AT, signer_of

DATA = tuple(b"atribut %d" % number for number in range(7))
VERSIONS = pytest.mark.parametrize("version", ["v1", "v2"])


class Desk:
    """Somebody who types: PIN and codes, and remembers for what he was asked."""

    def __init__(self, pin: str = PIN, codes: tuple[str, ...] = CODES) -> None:
        self._pin = pin
        self._codes = list(codes)
        self.turns: list[Turn] = []
        self.pins = 0

    def pin(self) -> str:
        self.pins += 1
        return self._pin

    def otp(self, turn: Turn) -> str:
        self.turns.append(turn)
        return self._codes.pop(0)


@contextmanager
def opened(emulator: Emulator, desk: Desk | None = None, *, timeout_s: float = 20) -> Iterator[CscSigner]:
    desk = desk or Desk()
    with emulating(emulator) as address:
        service = Service(address, timeout_s=timeout_s)
        token = request_token(service, client_id=CLIENT[0], client_secret=CLIENT[1])
        yield open_csc(service, version=Version(emulator.version), pin=desk.pin, otp=desk.otp, token=token)


def codes_of(outcomes: list[Outcome[bytes, bytes]]) -> list[str]:
    return ["" if outcome.error is None else outcome.error.code for outcome in outcomes]


def all_good(signer: CscSigner, outcomes: list[Outcome[bytes, bytes]]) -> bool:
    return [outcome.key for outcome in outcomes] == list(DATA) and all(
        outcome.value is not None and is_signature_by(signer.certificate, outcome.value, outcome.key)
        for outcome in outcomes
    )


@VERSIONS
@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("level", ["1", "2"])
def test_batch_is_signed_with_one_pin(version: str, kind: KeyKind, level: str) -> None:
    emulator, desk = Emulator(MAYOR, kind, version, multisign=3, level=level), Desk()
    with opened(emulator, desk) as signer:
        assert all_good(signer, list(signer.sign_each(DATA)))
    assert desk.pins == 1
    assert emulator.asked[2:] == ["credentials/authorize"] * 3 + ["signatures/signHash"] * 3
    assert not emulator.permits


def test_agreement_signed_by_version_2_is_accepted() -> None:
    with opened(Emulator(MAYOR, raw_values=True)) as signer:
        pdf = sign_pdf(issued(root_content()), Role.FIRST, signer, at=AT, zone=Zone.WIB, training=True)
    assert read_form(pdf).signed == (Role.FIRST,)
    assert signer.origin == "CSC v2 (127.0.0.1, http tanpa penyandian)"
    assert signer.chain == signer_of(MAYOR).chain


@VERSIONS
@pytest.mark.parametrize("is_sent", [False, True])
def test_each_authorisation_has_a_code_of_its_own(version: str, *, is_sent: bool) -> None:
    emulator = Emulator(MAYOR, version=version, multisign=4, factors=("PIN", "OTP"), code_is_sent=is_sent)
    desk = Desk()
    with opened(emulator, desk) as signer:
        assert all_good(signer, list(signer.sign_each(DATA)))
    assert [(turn.number, turn.total) for turn in desk.turns] == [(1, 2), (2, 2)]
    assert desk.pins == 1
    asked = {"v1": "credentials/sendOTP", "v2": "credentials/getChallenge"}[version]
    assert emulator.asked.count(asked) == (2 if is_sent else 0)
    if version == "v2" and is_sent:
        assert desk.turns[0].challenge == "Nama ibu ?kandung??"


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_key_that_nothing_unlocks_is_used_without_asking_anybody(version: str) -> None:
    emulator, desk = Emulator(MAYOR, version=version, factors=()), Desk()
    with opened(emulator, desk) as signer:
        assert all_good(signer, list(signer.sign_each(DATA)))
    assert (desk.pins, desk.turns) == (0, [])
    assert "authData" not in emulator.questions[2]


def test_nothing_to_sign_asks_for_nothing() -> None:
    emulator, desk = Emulator(MAYOR), Desk()
    with opened(emulator, desk) as signer:
        assert list(signer.sign_each([])) == []
    assert desk.pins == 0
    assert emulator.asked == ["credentials/list", "credentials/info"]


@VERSIONS
def test_wrong_pin_is_tried_once(version: str) -> None:
    emulator, desk = Emulator(MAYOR, version=version, multisign=2), Desk(pin="141421")
    code = {"v1": "CSC_PIN", "v2": "CSC_PIN_OR_OTP"}[version]
    with opened(emulator, desk) as signer:
        outcomes = list(signer.sign_each(DATA))
        assert codes_of(outcomes) == [code] * len(DATA)
        assert all(isinstance(outcome.error, CredentialError) for outcome in outcomes)
        with pytest.raises(CredentialError, match=code):
            signer.sign_raw(DATA)
    assert (emulator.wrong, desk.pins) == (1, 1)
    assert "signatures/signHash" not in emulator.asked


@VERSIONS
def test_wrong_code_in_the_middle_signs_nothing(version: str) -> None:
    emulator = Emulator(MAYOR, version=version, multisign=3, factors=("OTP",))
    with opened(emulator, Desk(codes=(CODES[0], CODES[0]))) as signer:
        outcomes = list(signer.sign_each(DATA))
    assert set(codes_of(outcomes)) == {{"v1": "CSC_OTP", "v2": "CSC_PIN_OR_OTP"}[version]}
    assert emulator.asked.count("credentials/authorize") == 2
    assert "signatures/signHash" not in emulator.asked


def test_locked_key_is_called_so() -> None:
    with opened(Emulator(MAYOR, wrong=3)) as signer, pytest.raises(CredentialError, match="CSC_LOCKED"):
        signer.sign_raw(DATA)


def test_refusal_of_an_authorisation_without_a_known_cause_is_final_too() -> None:
    refusal = {"error": "invalid_request", "error_description": f"not {PIN} today <b>"}
    emulator = Emulator(MAYOR, faults=Faults("credentials/authorize", refusal=refusal))
    with opened(emulator) as signer:
        outcomes = list(signer.sign_each(DATA))
        assert codes_of(list(signer.sign_each(DATA))) == ["CSC_AUTHORISATION"] * len(DATA)
    assert emulator.asked.count("credentials/authorize") == 1
    error = outcomes[0].error
    assert isinstance(error, CredentialError)
    assert "(HTTP 400: invalid_request not ... today ?b?)" in error.message("id")


@pytest.mark.parametrize(
    ("description", "code"),
    [
        ("The PIN is invalid", "CSC_PIN"),
        ("The OTP is invalid", "CSC_OTP"),
        ("PIN locked", "CSC_LOCKED"),
        ("The access token is not valid", "CSC_TOKEN"),
        ("Numbers of signatures is too high", "CSC_AUTHORISATION"),
    ],
)
def test_refusal_is_understood_where_the_service_has_one_error_for_all(description: str, code: str) -> None:
    refusal = {"error": "invalid_request", "error_description": description}
    emulator = Emulator(MAYOR, version="v1", faults=Faults("credentials/authorize", refusal=refusal))
    with opened(emulator) as signer, pytest.raises(CredentialError, match=f"^{code}:"):
        signer.sign_raw(DATA)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Faults(silent=True), "SERVICE_SILENT"),
        (Faults(slow_s=1.0), "SERVICE_SILENT"),
        (Faults(status=500), "CSC_UNREADABLE"),
        (Faults(status=503, body=b"busy"), "CSC_UNREADABLE"),
        (Faults(status=200, body=b"<html>"), "CSC_UNREADABLE"),
        (Faults(status=200, body=b"[]"), "CSC_UNREADABLE"),
        (Faults(status=200, body=b""), "CSC_SIGNATURES_LOST"),
        (Faults(status=200, body=b'{"signatures": "x"}'), "CSC_SIGNATURES_LOST"),
        (Faults(status=200, body=b'{"signatures": ["?", "?", "?"]}'), "CSC_SIGNATURES_LOST"),
        (Faults(status=200, body=b'{"responseID": "1"}'), "CSC_SIGNATURES_LOST"),
        (Faults(short=True), "CSC_SIGNATURES_LOST"),
    ],
)
def test_signatures_that_do_not_come_leave_their_group_unknown_and_nothing_is_asked_again(
    fault: Faults, code: str
) -> None:
    emulator = Emulator(MAYOR, multisign=3, faults=replace(fault, after=1))
    with opened(emulator, timeout_s=0.4) as signer:
        outcomes = list(signer.sign_each(DATA))
        assert codes_of(outcomes) == ["", "", "", code, code, code, "CSC_NOT_ASKED"]
        assert all(isinstance(outcome.error, UnknownOutcomeError) for outcome in outcomes[3:6])
        assert isinstance(outcomes[6].error, ServiceError)
        with pytest.raises(UnknownOutcomeError):
            signer.sign_raw(DATA[3:6])
    assert emulator.asked.count("signatures/signHash") == 3


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        ({"error": "invalid_request", "error_description": "SAD expired"}, 400, "CSC_SAD_EXPIRED"),
        ({"error": "invalid_request", "error_description": "Invalid digest value length"}, 400, "CSC_REFUSED"),
        ({"error": "invalid_request"}, 200, "CSC_REFUSED"),
        ({"error": "temporarily_unavailable"}, 503, "CSC_REFUSED"),
        ({}, 429, "CSC_REFUSED"),
        ({}, 302, "CSC_REFUSED"),
        ({"error": "invalid_otp"}, 400, "CSC_OTP"),
        ({"error": "expired_token"}, 400, "CSC_TOKEN"),
        ({"error": "access_denied"}, 403, "CSC_DENIED"),
        ({}, 401, "CSC_TOKEN"),
    ],
)
def test_refusal_to_sign_says_that_nothing_was_signed(refusal: dict[str, str], status: int, code: str) -> None:
    emulator = Emulator(MAYOR, multisign=4, faults=Faults(refusal=refusal, refusal_status=status))
    with opened(emulator) as signer:
        outcomes = list(signer.sign_each(DATA))
    assert codes_of(outcomes) == [code] * 4 + ["CSC_NOT_ASKED"] * 3
    assert not any(isinstance(outcome.error, UnknownOutcomeError) for outcome in outcomes)
    assert emulator.asked.count("signatures/signHash") == 1


def test_authorisation_that_expires_before_its_turn_is_called_so() -> None:
    moments = iter([0.0, 0.0, 1.0, 301.0])
    emulator = Emulator(MAYOR, multisign=4, clock=partial(next, moments))
    with opened(emulator) as signer:
        assert codes_of(list(signer.sign_each(DATA))) == [""] * 4 + ["CSC_SAD_EXPIRED"] * 3


@pytest.mark.parametrize("kind", KeyKind)
def test_signature_that_does_not_fit_is_not_used(kind: KeyKind) -> None:
    emulator = Emulator(MAYOR, kind, faults=Faults(wrong_signature=True))
    with opened(emulator) as signer:
        outcomes = list(signer.sign_each(DATA))
    assert codes_of(outcomes) == ["CSC_WRONG_SIGNATURE"] * len(DATA)
    assert all(type(outcome.error) is SigningError for outcome in outcomes)


@pytest.mark.parametrize("method", ["credentials/list", "credentials/info", "credentials/authorize"])
@pytest.mark.parametrize("fault", [Faults(silent=True), Faults(status=500), Faults(status=200, body=b"?")])
def test_silence_before_anything_is_signed_leaves_nothing_unknown(method: str, fault: Faults) -> None:
    with (
        pytest.raises(ServiceError, match="CSC_SILENT"),
        opened(Emulator(MAYOR, faults=replace(fault, at=method))) as signer,
    ):
        signer.sign_raw(DATA)


@VERSIONS
@pytest.mark.parametrize(
    ("described", "kind", "code"),
    [
        ({"key": {"status": "disabled", "algo": []}}, CredentialError, "CSC_KEY_DISABLED"),
        ({"key": {}}, CredentialError, "CSC_KEY_DISABLED"),
        ({"key": []}, CredentialError, "CSC_KEY_DISABLED"),
        ({"key": {"status": 1}}, ServiceError, "CSC_ANSWER"),
        ({"key": {"status": "enabled", "algo": ["1.2.840.113549.1.1.10"]}}, CredentialError, "CSC_ALGORITHM"),
        ({"key": {"status": "enabled"}}, ServiceError, "CSC_ANSWER"),
        ({"key": {"status": "enabled", "algo": [1]}}, ServiceError, "CSC_ANSWER"),
        ({"cert": {"status": "revoked"}}, CredentialError, "CSC_CERTIFICATE_STATUS"),
        ({"cert": {"status": "valid", "certificates": []}}, ServiceError, "CSC_ANSWER"),
        ({"cert": {"certificates": ["?"]}}, ServiceError, "CSC_ANSWER"),
        ({"cert": {"certificates": ["MAA="]}}, ServiceError, "CSC_ANSWER"),
        ({"multisign": 0}, ServiceError, "CSC_ANSWER"),
        ({"multisign": True}, ServiceError, "CSC_ANSWER"),
        ({"multisign": None}, ServiceError, "CSC_ANSWER"),
        ({"SCAL": "3"}, ServiceError, "CSC_ANSWER"),
        ({"authMode": "oauth2code", "auth": {"mode": "oauth2code"}}, CredentialError, "CSC_AUTH_MODE"),
        ({"authMode": None, "auth": {}}, CredentialError, "CSC_AUTH_MODE"),
    ],
)
def test_credential_that_cannot_sign_is_refused_at_the_start(
    version: str, described: dict[str, object], kind: type[PkdocsError], code: str
) -> None:
    with pytest.raises(kind, match=code), opened(Emulator(MAYOR, version=version, described=described)):
        pass


PASSWORD = {"type": "Password", "id": "PIN"}


@pytest.mark.parametrize(
    "auth",
    [
        {"objects": [{"type": "PasswordOOB", "id": "SMS"}]},
        {"objects": [{"type": "Password"}]},
        {"objects": [PASSWORD, {"type": "Password", "id": "PIN2"}]},
        {"objects": [PASSWORD, {"type": "Password", "id": "OTP"}], "expression": "PIN XOR OTP"},
    ],
)
def test_proofs_that_cannot_be_typed_here_are_refused(auth: dict[str, object]) -> None:
    described = {"auth": {"mode": "explicit", **auth}}
    with pytest.raises(CredentialError, match="CSC_AUTH_OBJECTS"), opened(Emulator(MAYOR, described=described)):
        pass


@pytest.mark.parametrize("objects", [{}, ["PIN"]])
def test_proofs_that_are_no_list_of_objects_are_refused(objects: object) -> None:
    described = {"auth": {"mode": "explicit", "objects": objects}}
    with pytest.raises(ServiceError, match="CSC_ANSWER"), opened(Emulator(MAYOR, described=described)):
        pass


def test_consent_elsewhere_is_not_waited_for() -> None:
    elsewhere = Faults("credentials/authorize", status=202, body=b'{"handle": "8782"}')
    with opened(Emulator(MAYOR, faults=elsewhere)) as signer, pytest.raises(ServiceError, match="CSC_ELSEWHERE"):
        signer.sign_raw(DATA)
    without = Faults("credentials/authorize", status=200, body=b"{}")
    with opened(Emulator(MAYOR, faults=without)) as signer, pytest.raises(ServiceError, match="CSC_ANSWER"):
        signer.sign_raw(DATA)


@pytest.mark.parametrize(("factor", "code"), [("PIN", "CSC_PIN_NEEDED"), ("OTP", "CSC_OTP_NEEDED")])
def test_key_that_needs_what_nobody_gives_is_refused_at_the_start(factor: str, code: str) -> None:
    emulator = Emulator(MAYOR, factors=(factor,), needs_token=False)
    with emulating(emulator) as address, pytest.raises(CredentialError, match=code):
        open_csc(Service(address, timeout_s=20))
    assert "credentials/authorize" not in emulator.asked


@pytest.mark.parametrize(
    ("listed", "code"), [([], "CSC_NO_CREDENTIAL"), ([CREDENTIAL, "HX0224685"], "CSC_CREDENTIALS")]
)
def test_one_credential_is_needed(listed: list[str], code: str) -> None:
    with pytest.raises(CredentialError, match=code), opened(Emulator(MAYOR, credentials=listed)):
        pass


def test_list_with_more_pages_is_not_taken_for_one_credential() -> None:
    body = b'{"credentialIDs": ["GX0112348"], "nextPageToken": "2"}'
    faults = Faults("credentials/list", status=200, body=body)
    with pytest.raises(CredentialError, match="CSC_CREDENTIALS"), opened(Emulator(MAYOR, version="v1", faults=faults)):
        pass


@pytest.mark.parametrize(("token", "code"), [(None, "CSC_TOKEN"), ("habis", "CSC_TOKEN"), ("a\nb", "CSC_TOKEN_FORM")])
def test_token_is_demanded_and_has_a_form(token: str | None, code: str) -> None:
    with emulating(Emulator(MAYOR)) as address, pytest.raises(CredentialError, match=f"^{code}:") as caught:
        open_csc(Service(address, timeout_s=20), token=token)
    assert (token or "habis") not in str(caught.value)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_version_is_found_by_asking(version: str) -> None:
    emulator = Emulator(MAYOR, version=version, needs_token=False, factors=())
    with emulating(emulator) as address:
        assert open_csc(Service(address, timeout_s=20)).origin == f"CSC {version} (127.0.0.1, http tanpa penyandian)"


def test_version_is_not_guessed_where_the_service_is_silent() -> None:
    with (
        emulating(Emulator(MAYOR, faults=Faults("info", silent=True))) as address,
        pytest.raises(ServiceError, match="CSC_SILENT"),
    ):
        open_csc(Service(address, timeout_s=20))


@pytest.mark.parametrize(
    ("body", "status", "kind", "code"),
    [
        (b'{"error": "invalid_client"}', 401, CredentialError, "CSC_CLIENT"),
        (b"{}", 200, ServiceError, "CSC_ANSWER"),
        (b"?", 200, ServiceError, "CSC_ANSWER"),
        (b'{"access_token": "x"}', 503, ServiceError, "CSC_ANSWER"),
    ],
)
def test_oauth_server_without_a_token_is_an_error(body: bytes, status: int, kind: type[PkdocsError], code: str) -> None:
    faults = Faults("/oauth2/token", after=-1, status=status, body=body)
    with emulating(Emulator(MAYOR, faults=faults)) as address, pytest.raises(kind, match=code):
        request_token(Service(address, timeout_s=20), client_id=CLIENT[0], client_secret=CLIENT[1])


def test_oauth_server_that_refuses_or_is_silent_is_an_error() -> None:
    with emulating(Emulator(MAYOR)) as address, pytest.raises(CredentialError, match="CSC_CLIENT"):
        request_token(Service(address, timeout_s=20), client_id=CLIENT[0], client_secret="salah")
    silent = Faults("/oauth2/token", after=-1, silent=True)
    with emulating(Emulator(MAYOR, faults=silent)) as address, pytest.raises(ServiceError, match="CSC_SILENT"):
        request_token(Service(address, timeout_s=20), client_id=CLIENT[0], client_secret=CLIENT[1])


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [(KeyKind.RSA2048, "1.2.840.113549.1.1.1"), (KeyKind.P256, "1.2.840.10045.2.1")],
)
@VERSIONS
def test_algorithm_that_does_not_say_its_digest_has_it_beside(version: str, kind: KeyKind, algorithm: str) -> None:
    key = {"status": "enabled", "algo": [algorithm]}
    emulator = Emulator(MAYOR, kind, version, described={"key": key})
    with opened(emulator) as signer:
        assert all_good(signer, list(signer.sign_each(DATA)))
    name = {"v1": "hashAlgo", "v2": "hashAlgorithmOID"}[version]
    assert (emulator.questions[-1]["signAlgo"], emulator.questions[-1][name]) == (algorithm, "2.16.840.1.101.3.4.2.1")


def test_sad_serves_once_in_the_emulator() -> None:
    emulator = Emulator(MAYOR)
    with opened(emulator) as signer:
        signer.sign_raw(DATA)
        question = emulator.questions[-1]
        again = signer._client.channel
        with pytest.raises(ServiceError, match="CSC_REFUSED"):
            again.ask_once("signatures/signHash", question)


def test_emulator_signs_only_what_was_authorised() -> None:
    emulator = Emulator(MAYOR)
    with opened(emulator) as signer:
        permit = signer._client.authorise(signer._credential, [bytes(32)], {signer._credential.factors[0]: PIN})
        with pytest.raises(ServiceError, match="CSC_REFUSED"):
            signer._client.sign(signer._credential, permit, [bytes(31) + b"1"])


@pytest.mark.parametrize("kind", KeyKind)
def test_value_is_read_in_every_form_and_nothing_else(kind: KeyKind) -> None:
    signer = signer_of(MAYOR, kind)
    (value,) = signer.sign_raw([b"data"])
    assert normalise(signer.certificate, value, b"data") == value
    assert normalise(signer.certificate, value, b"lain") is None
    for broken in (b"", value[:-1], bytes(64), b"\x30\x00"):
        assert normalise(signer.certificate, broken, b"data") is None
    if kind is KeyKind.P256:
        pair = b"".join(part.to_bytes(32) for part in decode_dss_signature(value))
        assert normalise(signer.certificate, pair, b"data") == value


def test_secrets_are_in_no_repr_log_or_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    emulator = Emulator(MAYOR, factors=("PIN", "OTP"), multisign=3)
    said = io.StringIO()
    with opened(emulator, Desk(codes=(CODES[0], "999999"))) as signer:
        token = next(iter(emulator.tokens))
        shown = (signer, signer._client.channel, signer._credential, signer._prompts)
        for outcome in signer.sign_each(DATA):
            assert outcome.error is not None
            traceback.print_exception(outcome.error, file=said)
            said.writelines(outcome.error.message(language) for language in LANGUAGES)
        permits = [*emulator.permits]
        print(*map(repr, shown), caplog.text, file=said)
    for secret in (PIN, *CODES, "999999", CLIENT[1], token, *permits, base64.b64encode(CLIENT[1].encode()).decode()):
        assert secret not in said.getvalue()
    assert len(permits) == 1


def test_signer_is_not_handed_to_other_processes() -> None:
    with opened(Emulator(MAYOR)) as signer, pytest.raises(TypeError):
        signer.__reduce__()
