"""Before a batch at BSrE: who may sign, over which connection; and that no secret is seen."""

import pickle
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.errors import CredentialError, ServiceError, UsageError
from pkdocs.messages import LANGUAGES
from pkdocs.signing import Level
from pkdocs.signing.bsre import Version, read_account
from pkdocs.signing.bsre.account import Signatory
from pkdocs.signing.bsre.holder import origin_of
from pkdocs.transport import Service
from tests.bsre.authority import certificate_of, der
from tests.bsre.bodies import Fault
from tests.bsre.emulator import ACCOUNT, NIK, PASSPHRASE, Emulator, emulating
from tests.bsre.kit import TASKS, V1, V2, at_work, codes, open_at, service_at
from tests.factory import HEAD
from tests.signed import AT, BEGUN


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    "state",
    ["EXPIRED", "RENEW", "WAITING_FOR_VERIFICATION", "NEW", "NO_CERTIFICATE", "NOT_REGISTERED", "SUSPEND", "REVOKE"],
)
def test_certificate_that_may_not_sign_is_refused_before_the_batch(version: Version, state: str) -> None:
    with emulating(Emulator(state=state)) as emulator:
        with pytest.raises(CredentialError) as caught:
            open_at(emulator, version)
        assert caught.value.code == f"BSRE_STATE_{state}"
        assert emulator.signed == 0


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ([], "BSRE_STATE_UNCLEAR"),
        ([Fault.HTML], "BSRE_STATE_UNCLEAR"),
        ([Fault.GATEWAY], "BSRE_STATE_UNCLEAR"),
        ([Fault.SILENT], "BSRE_STATE_SILENT"),
    ],
)
def test_state_that_is_not_known_never_passes(version: Version, faults: list[Fault], code: str) -> None:
    with emulating(Emulator(state="AKTIF", faults=[*faults])) as emulator, pytest.raises(ServiceError, match=code):
        open_at(emulator, version)


@pytest.mark.parametrize("version", Version)
def test_who_is_not_registered_is_told_so(version: Version) -> None:
    with emulating(Emulator()) as emulator, pytest.raises(CredentialError, match="BSRE_STATE_NOT_REGISTERED"):
        open_at(emulator, version, nik=NIK[:-1] + "2")


@pytest.mark.parametrize("version", Version)
def test_account_that_is_refused_stops_before_the_batch(version: Version) -> None:
    with emulating(Emulator()) as emulator, pytest.raises(CredentialError, match="BSRE_ACCOUNT"):
        open_at(emulator, version, account=read_account("lain:lain"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"nik": "12345"}, "BSRE_NIK"),
        ({"nik": NIK + "\n"}, "BSRE_NIK"),
        ({"nik": "٩" * 16}, "BSRE_NIK"),
        ({"passphrase": ""}, "BSRE_PASSPHRASE_EMPTY"),
        ({"certificates": []}, "BSRE_NOT_ENROLLED"),
        ({"certificates": [b"rusak"]}, "BSRE_CERTIFICATE_DAMAGED"),
    ],
)
def test_what_cannot_sign_is_refused_before_anything_is_sent(change: dict[str, Any], code: str) -> None:
    with emulating(Emulator()) as emulator:
        with pytest.raises(CredentialError, match=code):
            open_at(emulator, V2, **change)
        assert emulator.asked == []


@pytest.mark.parametrize("text", ["", "tanpa-sandi", ":sandi", "nama:", "nama:sandi\nlagi"])
def test_account_of_another_form_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(CredentialError, match="BSRE_ACCOUNT_FORM") as caught:
        read_account(text)
    assert "sandi\n" not in str(caught.value.args)


def test_holder_shows_the_newest_enrolled_certificate_that_is_in_date() -> None:
    renewed, future = (
        certificate_of("person", began).public_bytes(Encoding.DER)
        for began in (BEGUN + timedelta(days=1), AT + timedelta(days=1))
    )
    for enrolled in [der("person"), renewed, future], [future, renewed, der("person")]:
        with at_work(V1, certificates=enrolled) as (holder, _):
            assert holder.certificate == renewed
    with at_work(V1, certificates=[future]) as (holder, _):
        assert holder.certificate == future


def test_holder_says_of_itself_what_a_batch_must_know() -> None:
    with at_work(V1) as (holder, _):
        assert (holder.person, holder.friendly_name, holder.chain, holder.is_remote) == (HEAD.person, "", (), True)
        assert holder.highest_level is Level.B


def test_https_is_verified_and_plain_http_is_named(tmp_path: Path) -> None:
    authorities = tmp_path / "ca.pem"
    authorities.write_bytes(certificate_of("authority").public_bytes(Encoding.PEM))
    with emulating(Emulator(), tls=True) as emulator:
        holder = open_at(emulator, V2, service=service_at(emulator, authorities=authorities))
        assert holder.origin == "BSrE v2 (127.0.0.1)"
        assert codes(holder.sign(TASKS)) == [None, None]
        with pytest.raises(ServiceError, match="SERVICE_CERTIFICATE"):
            open_at(emulator, V2, service=service_at(emulator))
    with at_work(V1) as (holder, _):
        assert holder.origin == "BSrE v1 (127.0.0.1, http tanpa penyandian)"
    with pytest.raises(UsageError, match="SERVICE_PLAIN_HTTP"):
        Service("http://esign.example", timeout_s=1)
    unsafe = Service("http://esign.example", timeout_s=1, unsafe_plain_http=True)
    assert origin_of(unsafe, V2) == "BSrE v2 (esign.example, http tanpa penyandian)"


@pytest.mark.parametrize("version", Version)
def test_secrets_are_nowhere_to_be_seen(version: Version, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING")
    shown: list[str] = []
    account = read_account(ACCOUNT)
    with at_work(version, account=account, files_a_call=1) as (holder, emulator):
        shown += [repr(holder), str(holder), holder.origin, repr(account), repr(Signatory(NIK, PASSPHRASE))]
        emulator.faults = [fault for fault in Fault if "BUSY" not in fault.name and fault is not Fault.PLAIN_WORDS]
        outcomes = list(holder.sign(TASKS[:1] * len(Fault)))
        wrong = open_at(emulator, version, passphrase="frasa sandi salah")
        outcomes += wrong.sign(TASKS[:1])
        for outcome in outcomes:
            shown += [repr(outcome), repr(outcome.error), str(outcome.error)]
            shown += [outcome.error.message(language) for language in LANGUAGES if outcome.error]
            shown += traceback.format_exception(outcome.error) if outcome.error else []
        emulator.faults = [Fault.SILENT]
        with pytest.raises(ServiceError) as caught:
            open_at(emulator, version)
        shown += traceback.format_exception(caught.value)
    shown.append(caplog.text)
    for secret in NIK, PASSPHRASE, "frasa sandi salah", ACCOUNT, account.authorization:
        assert not [text for text in shown if secret in text]


def test_secrets_are_not_handed_to_other_processes() -> None:
    with at_work(V1) as (holder, _):
        for secret in holder, Signatory(NIK, PASSPHRASE), read_account(ACCOUNT):
            with pytest.raises(TypeError, match="not handed"):
                pickle.dumps(secret)
