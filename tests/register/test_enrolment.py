"""Whose certificates are: the training PKI's list, or a table of real ones."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.errors import CredentialError
from pkdocs.persons import TRIAL_KEY, pseudonym
from pkdocs.pipeline.enrolling import read_enrolment
from pkdocs.pki import ENROLMENT_SCHEMA
from pkdocs.register import Enrolled, parse_enrolment
from tests.factory import HEAD, MAYOR
from tests.register.test_lines import DAY
from tests.signed import NUMBER, signer_of


def pem(der: bytes) -> str:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode("ascii")


def entry(**changes: Any) -> dict[str, Any]:
    enrolled = Enrolled(HEAD.person, signer_of(HEAD).certificate, "pki-uji")
    written = {
        "person": HEAD.person,
        "sha256": enrolled.digest,
        "enrolled": "pki-uji",
        "certificate": pem(enrolled.certificate),
    }
    return written | changes


def listed(*entries: object, schema: str = ENROLMENT_SCHEMA) -> bytes:
    return json.dumps({"schema": schema, "certificates": list(entries)}).encode()


def test_the_list_of_the_pki_is_read() -> None:
    (one,) = parse_enrolment(listed(entry(registrar=True)))
    assert one == Enrolled(HEAD.person, signer_of(HEAD).certificate, "pki-uji", registrar=True)
    line = one.line(DAY)
    assert (line.person, line.certificate, line.enrolled) == (HEAD.person, one.digest, "pki-uji")
    assert line.begins < line.ends


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"x", "ENROLMENT_UNREADABLE"),
        (b"[]", "ENROLMENT_UNREADABLE"),
        (json.dumps({"schema": ENROLMENT_SCHEMA}).encode(), "ENROLMENT_UNREADABLE"),
        (listed(entry(), schema="pkdocs-enrolment/2"), "SCHEMA_NEWER"),
        (listed("x"), "ENROLMENT_ENTRY"),
        (listed(entry(person="nobody")), "ENROLMENT_ENTRY"),
        (listed(entry(enrolled="")), "ENROLMENT_ENTRY"),
        (listed(entry(sha256="0" * 64)), "ENROLMENT_ENTRY"),
        (
            listed(entry(certificate="-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")),
            "ENROLMENT_ENTRY",
        ),
        (listed(entry(), entry(person=MAYOR.person)), "ENROLMENT_SHARED_KEY"),
    ],
)
def test_what_is_no_enrolment_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(CredentialError) as stop:
        parse_enrolment(data)
    assert stop.value.code == code


def test_what_is_no_certificate_is_refused() -> None:
    with pytest.raises(CredentialError):
        Enrolled(HEAD.person, b"x", "BSrE")


def table(folder: Path, *rows: str, header: str = "NIP;Sertifikat;Cara;Registrar") -> Path:
    (folder / "setda.pem").write_text(pem(signer_of(HEAD).certificate), encoding="ascii")
    (folder / "wali.cer").write_bytes(signer_of(MAYOR).certificate)
    file = folder / "pendaftaran.csv"
    file.write_bytes("\n".join((header, *rows)).encode("utf-8-sig"))
    return file


def test_a_table_of_real_certificates_is_read_and_holds_no_number(tmp_path: Path) -> None:
    file = table(tmp_path, f"'{NUMBER};setda.pem;BSrE;Ya", "KDH-3599;wali.cer;bertemu langsung;")
    first, second = read_enrolment(file, person_key=TRIAL_KEY)
    assert first == Enrolled(pseudonym(TRIAL_KEY, NUMBER), signer_of(HEAD).certificate, "BSrE", registrar=True)
    assert (second.person, second.registrar) == (pseudonym(TRIAL_KEY, "KDH-3599"), False)
    assert NUMBER not in repr((first, second))


def test_commas_do_as_well_and_the_registrars_may_be_absent(tmp_path: Path) -> None:
    file = table(tmp_path, f"{NUMBER},setda.pem,BSrE", header="NIP,Sertifikat,Cara")
    assert [one.how for one in read_enrolment(file, person_key=TRIAL_KEY)] == ["BSrE"]


@pytest.mark.parametrize(
    ("row", "header", "code"),
    [
        (f"{NUMBER};setda.pem", "NIP;Sertifikat", "ENROLMENT_COLUMNS"),
        (";setda.pem;BSrE", "NIP;Sertifikat;Cara", "ENROLMENT_ROW"),
        (f"{NUMBER};tidak-ada.pem;BSrE", "NIP;Sertifikat;Cara", "ENROLMENT_ROW"),
        (f"{NUMBER};pendaftaran.csv;BSrE", "NIP;Sertifikat;Cara", "ENROLMENT_ROW"),
        (f"{NUMBER};setda.pem;", "NIP;Sertifikat;Cara", "ENROLMENT_ROW"),
        ("x" * 200_000, "NIP;Sertifikat;Cara", "ENROLMENT_ROW"),
    ],
)
def test_a_row_that_does_not_do_is_named(tmp_path: Path, row: str, header: str, code: str) -> None:
    with pytest.raises(CredentialError) as stop:
        read_enrolment(table(tmp_path, row, header=header), person_key=TRIAL_KEY)
    assert stop.value.code == code
    assert NUMBER not in stop.value.message("id")


def test_a_file_that_is_no_text_or_absent_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe")
    for name in ("x.csv", "tidak-ada.json"):
        with pytest.raises(CredentialError) as stop:
            read_enrolment(tmp_path / name, person_key=TRIAL_KEY)
        assert stop.value.code == "ENROLMENT_UNREADABLE"
