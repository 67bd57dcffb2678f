"""Registrars signing a head: what is appended, what other programs say of it, and who may not sign."""

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import permutations

import pikepdf
import pypdfium2 as pdfium
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from pkdocs.content import Role
from pkdocs.errors import CredentialError, PkdocsError, SigningError
from pkdocs.messages import LANGUAGES
from pkdocs.profile import Zone
from pkdocs.register import examine_head, is_head, render_head, sign_head
from pkdocs.register.head import Keepers
from pkdocs.signing import FileSigner, sign_pdf
from tests.factory import DIVISION_HEAD, HEAD, MAYOR, root_content
from tests.issued import issued
from tests.register.heads import KEEPERS, kept_head, plain_head, registrar, sign
from tests.signed import AT, BEGUN, NUMBER, signer_of
from tests.verification.forge import last_size, revision


@cache
def unsigned() -> bytes:
    return render_head(kept_head())


@cache
def by_two() -> bytes:
    return sign(sign(unsigned(), signer_of(DIVISION_HEAD)), signer_of(HEAD))


def refused(error: type[PkdocsError], code: str, pdf: bytes, signer: FileSigner, at: datetime = AT) -> None:
    with pytest.raises(error) as caught:
        sign(pdf, signer, at)
    assert caught.value.code == code
    for language in LANGUAGES:
        assert NUMBER not in caught.value.message(language)


@pytest.mark.parametrize("order", list(permutations(KEEPERS)))
def test_registrars_sign_in_any_order_and_what_was_there_stays_the_beginning(order):
    pdf = unsigned()
    for party in order:
        before, pdf = pdf, sign(pdf, signer_of(party))
        assert pdf.startswith(before)
    facts = examine_head(pdf)
    assert facts.findings == ()
    assert [found for found, _ in facts.signed] == [registrar(party) for party in order]
    assert [signature.certificate for signature in facts.signatures] == [signer_of(p).certificate for p in order]
    assert is_head(pdf)


def test_each_signs_in_the_place_beside_his_name():
    facts = examine_head(by_two())
    assert [signature.field for signature in facts.signatures] == ["registrar-2", "registrar-1"]
    with pikepdf.open(io.BytesIO(by_two())) as document:
        fields = {str(field.T): field for field in document.Root.AcroForm.Fields}
        assert str(fields["registrar-1"].V.Name) == HEAD.name
        assert str(fields["registrar-2"].V.Name) == DIVISION_HEAD.name
        assert "/V" not in fields["registrar-3"]


def test_the_signature_says_who_as_what_why_and_when():
    with pikepdf.open(io.BytesIO(by_two())) as document:
        field = document.Root.AcroForm.Fields[0]
        assert str(field.V.Reason) == "Daftar Perjanjian Kinerja Tahun 2026, versi 3 sebagai petugas registrasi"
        assert str(field.V.M) == "D:20260122091500+07'00'"
        assert "/Location" not in field.V
        box = [float(edge) for edge in field.Rect]
    with pdfium.PdfDocument(by_two()) as document:
        document.init_forms()
        document[0].flatten()
        shown = " ".join(document[0].get_textpage().get_text_bounded(*box).split())
    assert HEAD.name in shown
    assert "Petugas Registrasi, Sekretariat Daerah" in shown
    assert "22 Januari 2026 09.15 WIB" in shown
    assert "TTE tidak tersertifikasi (uji)" in shown


@pytest.mark.parametrize("number", [1, 2])
def test_a_revision_holds_the_field_its_appearance_with_font_and_the_signature(number):
    reader = PdfFileReader(io.BytesIO(by_two()))
    assert reader.xrefs.total_revisions == 3
    written = reader.xrefs.explicit_refs_in_revision(number)
    # field, signature, appearance, font, descendant, descriptor, font program, map to Unicode
    assert len(written) == 8


def test_other_programs_take_it_for_signed(tmp_path):
    file = tmp_path / "head.pdf"
    file.write_bytes(by_two())
    assert subprocess.run(["qpdf", "--check", file], capture_output=True, check=False).returncode == 0
    if shutil.which("pdfsig") is None:
        pytest.skip("poppler-utils is not installed")
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
    assert said.count("Signature Validation: Signature is Valid.") == 2
    assert "Total document signed" in said


def test_who_is_no_registrar_is_refused():
    head = replace(kept_head(), keepers=Keepers((registrar(HEAD),), 1))
    refused(CredentialError, "HEAD_NOT_REGISTRAR", render_head(head), signer_of(MAYOR))
    refused(CredentialError, "HEAD_NOT_REGISTRAR", render_head(plain_head()), signer_of(HEAD))


def test_another_certificate_of_the_same_person_is_refused():
    other = replace(registrar(HEAD), certificate="0" * 64)
    head = replace(kept_head(), keepers=Keepers((other,), 1))
    refused(CredentialError, "HEAD_NOT_REGISTRAR", render_head(head), signer_of(HEAD))


def test_nobody_signs_twice():
    refused(SigningError, "HEAD_SIGNED_ALREADY", by_two(), signer_of(HEAD))


@pytest.mark.parametrize(
    ("at", "code"), [(BEGUN - timedelta(days=1), "SIGNER_NOT_YET_VALID"), (BEGUN + timedelta(731), "SIGNER_EXPIRED")]
)
def test_a_certificate_out_of_date_is_refused(at, code):
    refused(CredentialError, code, unsigned(), signer_of(HEAD), at)


@pytest.mark.parametrize("kind", ["agreement", "garbage", "nothing", "added to", "page of another"])
def test_what_is_no_intact_head_is_refused(kind):
    pdf = {
        "agreement": issued(root_content()),
        "garbage": b"%PDF-1.7\n",
        "nothing": b"",
        "added to": revision(by_two(), {last_size(by_two()): b"(x)"}),
        "page of another": unsigned().replace(b"/MediaBox [0 0 595 842]", b"/MediaBox [0 0 595 843]"),
    }[kind]
    refused(SigningError, "HEAD_NOT_SIGNABLE", pdf, signer_of(MAYOR))


def test_a_head_is_no_agreement_to_sign():
    with pytest.raises(SigningError) as caught:
        sign_pdf(unsigned(), Role.FIRST, signer_of(MAYOR), at=AT, zone=Zone.WIB, training=True)
    assert caught.value.code == "SIGN_NOT_ISSUED"


def test_the_time_is_that_of_the_zone_and_earnest_has_no_mark():
    pdf = sign_head(unsigned(), signer_of(HEAD), at=AT, zone=Zone.WIT, training=False)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert str(document.Root.AcroForm.Fields[0].V.M) == "D:20260122111500+09'00'"
