"""Signing: what is appended and nothing else, what other programs say of it, and who may not sign what."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from subprocess import run

import pikepdf
import pytest
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from pkdocs.content import Content, Parties, Party, Role
from pkdocs.errors import CredentialError, SigningError
from pkdocs.messages import LANGUAGES
from pkdocs.pki import KeyKind
from pkdocs.profile import Zone
from pkdocs.roster import Means
from pkdocs.signing import FileSigner, read_form, sign_pdf
from tests.factory import DIVISION_HEAD, HEAD, MAYOR, division_content, head_content, root_content, second
from tests.issued import issued
from tests.signed import AT, BEGUN, NUMBER, PASSPHRASE, signed, signer_of, training_trust

FIRST, SECOND = Role.FIRST, Role.SECOND


def sign(pdf: bytes, role: Role, signer: FileSigner, at: datetime = AT) -> bytes:
    return sign_pdf(pdf, role, signer, at=at, zone=Zone.WIB, training=True)


def refused(code: str, pdf: bytes, role: Role, signer: FileSigner, at: datetime = AT) -> None:
    with pytest.raises((SigningError, CredentialError)) as caught:
        sign(pdf, role, signer, at)
    assert caught.value.code == code
    assert caught.value.exit_code == (6 if isinstance(caught.value, CredentialError) else 7)
    for language in LANGUAGES:
        assert NUMBER not in caught.value.message(language)


def written(pdf: bytes, revision: int) -> list[int]:
    """Return the numbers of the objects that a revision writes."""
    reader = PdfFileReader(BytesIO(pdf))
    return sorted(ref.idnum for ref in reader.xrefs.explicit_refs_in_revision(revision))


def entries(pdf: bytes, position: int) -> dict[str, bytes]:
    """Return the entries of a field, as they are written in a file."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        field = opened.Root.AcroForm.Fields[position]
        return {name: value.unparse() for name, value in field.items() if isinstance(value, pikepdf.Object)}


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("roles", [(FIRST,), (SECOND,), (FIRST, SECOND), (SECOND, FIRST)])
def test_what_was_there_stays_the_beginning(roles: tuple[Role, ...], kind: KeyKind) -> None:
    versions = [signed(head_content(), roles[:count], kind) for count in range(len(roles) + 1)]
    for before, after in pairwise(versions):
        assert after.startswith(before)
    assert read_form(versions[-1]).signed == roles


@pytest.mark.parametrize("revision", [1, 2])
def test_a_revision_holds_the_field_its_appearance_with_font_and_the_signature(revision: int) -> None:
    pdf = signed(head_content(), (FIRST, SECOND)[:revision])
    with pikepdf.open(BytesIO(pdf)) as opened:
        field = opened.Root.AcroForm.Fields[revision - 1]
        appearance = field.AP.N
        font = appearance.Resources.Font.F1
        (descendant,) = font.DescendantFonts
        descriptor = descendant.FontDescriptor
        parts = [field, field.V, appearance, font, font.ToUnicode, descendant, descriptor, descriptor.FontFile2]
        expected = sorted(part.objgen[0] for part in parts)
    assert written(pdf, revision) == expected


@pytest.mark.parametrize("position", [0, 1])
def test_the_field_gains_its_value_and_appearance_alone(position: int) -> None:
    before, after = entries(issued(head_content()), position), entries(signed(head_content()), position)
    assert after.keys() - before.keys() == {"/V"}
    assert {name for name in before if before[name] != after[name]} == {"/AP"}


def test_the_trailer_keeps_its_entries_and_the_first_identifier() -> None:
    readers = [PdfFileReader(BytesIO(pdf)) for pdf in (issued(head_content()), signed(head_content()))]
    issued_trailer, signed_trailer = (reader.trailer.flatten() for reader in readers)
    assert signed_trailer.keys() - issued_trailer.keys() == {"/Prev"}
    for entry in ("/Root", "/Info"):
        assert signed_trailer.raw_get(entry).idnum == issued_trailer.raw_get(entry).idnum
    identifiers = [trailer["/ID"] for trailer in (issued_trailer, signed_trailer)]
    assert identifiers[0][0] == identifiers[1][0]
    assert identifiers[0][1] != identifiers[1][1]


def test_pyhanko_still_has_the_habit_that_is_switched_off() -> None:
    assert callable(IncrementalPdfFileWriter._update_meta)


def test_the_signature_says_who_why_where_and_when() -> None:
    with pikepdf.open(BytesIO(signed(division_content()))) as opened:
        values = [field.V for field in opened.Root.AcroForm.Fields]
        assert [str(value.Name) for value in values] == [DIVISION_HEAD.name, HEAD.name]
        assert [str(value.Reason) for value in values] == [
            "PK-2026-KOMINFO.APTIKA-1 sebagai PIHAK PERTAMA",
            "PK-2026-KOMINFO.APTIKA-1 sebagai PIHAK KEDUA",
        ]
        for value in values:
            assert str(value.Location) == "Wanasari"
            assert str(value.M) == "D:20260122091500+07'00'"
            assert value.SubFilter == "/ETSI.CAdES.detached"
            assert value.Reference[0].TransformMethod == "/FieldMDP"
            assert "/P" not in value.Reference[0].TransformParams


@pytest.mark.parametrize(
    ("at", "zone", "written_time"),
    [
        (AT.replace(microsecond=9), Zone.WIT, "D:20260122111500+09'00'"),
        (AT.astimezone(Zone.WITA.info), Zone.WITA, "D:20260122101500+08'00'"),
    ],
)
def test_the_time_is_that_of_the_zone(at: datetime, zone: Zone, written_time: str) -> None:
    pdf = sign_pdf(issued(root_content()), FIRST, signer_of(MAYOR), at=at, zone=zone, training=False)
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert str(opened.Root.AcroForm.Fields[0].V.M) == written_time


def validated(pdf: bytes, kind: KeyKind = KeyKind.P256) -> list[PdfSignatureStatus]:
    trust = training_trust(kind)
    context = ValidationContext(
        trust_roots=[Certificate.load(anchor.certificate) for anchor in trust.anchors],
        crls=list(trust.crls),
        allow_fetching=False,
        revocation_mode="hard-fail",
        moment=AT,
    )
    reader = PdfFileReader(BytesIO(pdf))
    return [validate_pdf_signature(embedded, context) for embedded in reader.embedded_regular_signatures]


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize(
    ("content", "roles"),
    [
        (root_content(), (FIRST,)),
        (head_content(), (FIRST,)),
        (head_content(), (FIRST, SECOND)),
        (head_content(), (SECOND, FIRST)),
    ],
)
def test_pyhanko_finds_every_signature_valid_trusted_and_the_rest_untouched(
    content: Content, roles: tuple[Role, ...], kind: KeyKind
) -> None:
    statuses = validated(signed(content, roles, kind), kind)
    assert len(statuses) == len(roles)
    for status in statuses:
        assert status.bottom_line
        assert status.docmdp_ok is True
        assert status.has_seed_values is False


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("roles", [(FIRST,), (FIRST, SECOND)])
def test_poppler_and_qpdf_accept_it(roles: tuple[Role, ...], kind: KeyKind, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(signed(division_content(), roles, kind))
    seen = run(["pdfsig", "signed.pdf"], cwd=tmp_path, env={"HOME": "."}, capture_output=True, text=True, check=False)
    assert seen.stdout.count("Signature is Valid.") == len(roles)
    assert seen.stdout.count("Signature Type: ETSI.CAdES.detached") == len(roles)
    assert "Total document signed" in seen.stdout
    checked = run(["qpdf", "--check", "signed.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("signer", [MAYOR, DIVISION_HEAD])
def test_somebody_else_cannot_sign(signer: Party) -> None:
    refused("SIGN_WRONG_PERSON", issued(head_content()), FIRST, signer_of(signer))


def test_a_certificate_without_person_cannot_sign() -> None:
    nobody = replace(signer_of(HEAD), person="")
    refused("SIGN_WRONG_PERSON", issued(head_content()), FIRST, nobody)


def test_a_role_is_signed_once() -> None:
    refused("SIGN_ALREADY", signed(head_content(), (FIRST,)), FIRST, signer_of(HEAD))
    refused("SIGN_ALREADY", signed(head_content()), SECOND, signer_of(MAYOR))


def test_a_role_that_is_not_there_is_not_signed() -> None:
    refused("SIGN_NO_FIELD", issued(root_content()), SECOND, signer_of(MAYOR))


def test_who_signs_on_paper_has_no_field() -> None:
    content = replace(head_content(), parties=Parties(replace(HEAD, means=Means.PAPER), second(MAYOR)))
    refused("SIGN_NO_FIELD", issued(content), FIRST, signer_of(HEAD))


def test_one_key_does_not_sign_for_two_persons(monkeypatch: pytest.MonkeyPatch) -> None:
    one = signed(head_content(), (FIRST,))
    borrowed = replace(signer_of(HEAD), person=MAYOR.person)
    refused("SIGN_BOTH_SIDES", one, SECOND, borrowed)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (BEGUN - timedelta(days=1), "SIGNER_NOT_YET_VALID"),
        (datetime(2028, 1, 22, 2, 15, tzinfo=UTC), "SIGNER_EXPIRED"),
    ],
)
def test_a_certificate_out_of_date_signs_nothing(at: datetime, code: str) -> None:
    refused(code, issued(head_content()), FIRST, signer_of(HEAD), at)


def without_lock(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.AcroForm.Fields[0].Lock


def without_rectangle(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.Fields[0].Rect = pikepdf.Array([1, 2])


@pytest.mark.parametrize("change", [without_lock, without_rectangle])
def test_a_field_that_is_not_ours_is_not_signed(change: Callable[[pikepdf.Pdf], None]) -> None:
    output = BytesIO()
    with pikepdf.open(BytesIO(issued(head_content()))) as opened:
        change(opened)
        opened.save(output, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    refused("SIGN_ALTERED", output.getvalue(), FIRST, signer_of(HEAD))


@pytest.mark.parametrize(
    ("pdf", "code"),
    [(b"", "SIGN_DAMAGED"), (issued(head_content())[:-1] + b"%", "SIGN_ALTERED"), (b"PK\x03\x04", "SIGN_DAMAGED")],
)
def test_a_damaged_file_is_not_signed(pdf: bytes, code: str) -> None:
    refused(code, pdf, FIRST, signer_of(HEAD))


def test_nothing_secret_stands_in_the_file_or_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    pdf = sign(issued(root_content()), FIRST, signer_of(MAYOR))
    assert PASSPHRASE.encode() not in pdf
    assert NUMBER.encode() not in pdf
    assert NUMBER not in caplog.text
    assert PASSPHRASE not in caplog.text
