"""The report as a PDF: archival, says what its JSON says and nothing else, and can be signed once."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pytest

from pkdocs.chain import Expected, SetVerdict
from pkdocs.issue import BEGINNING_BYTES, Companion, companion_kind
from pkdocs.messages import LANGUAGES
from pkdocs.profile import Zone
from pkdocs.report import FORMS
from pkdocs.report.json import render_json
from pkdocs.report.pdf import FIELD, examine_report, render_pdf
from pkdocs.signing import Stamp, append_signature
from pkdocs.verification import Step, Weight, find
from pkdocs.verification.basis import Basis, Use
from pkdocs.verification.finding import Keeper
from tests.factory import HEAD, head_content, root_content
from tests.pdfa import violations
from tests.report.test_tree import AT, MISSING, SET, verdict, whole
from tests.report.test_xlsx import borne
from tests.signed import signer_of

JUDGED = replace(
    SET,
    sources=(Basis(Use.TRUST, "trust.toml", "f" * 64),),
    expected=(Expected("PK-2026-X-1", "Dinas X", None, "X"),),
)


@cache
def made(language: Any = "id") -> bytes:
    return FORMS[".pdf"].render(JUDGED, language)


@cache
def signed() -> bytes:
    stamp = Stamp("Citra", "Pemeriksa", AT.astimezone(Zone.WIB.info), Zone.WIB, training=True)
    return append_signature(made(), FIELD, signer_of(HEAD), stamp, location=None, reason="Laporan")


def text_of(pdf: bytes) -> str:
    with pdfium.PdfDocument(pdf) as document:
        return " ".join("\n".join(page.get_textpage().get_text_range() for page in document).split())


def codes(pdf: bytes) -> list[str]:
    return [finding.code for finding in examine_report(pdf).findings]


@pytest.mark.parametrize("make", [made, signed], ids=["unsigned", "signed"])
def test_it_is_archival_and_tagged_before_and_after_its_signature(make: Callable[[], bytes]) -> None:
    assert violations(make()) == []
    assert companion_kind(make()[:BEGINNING_BYTES]) is Companion.REPORT


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_was_judged_by_what_and_what_came_of_it(language: str) -> None:
    shown = text_of(made(language))
    for word in ("PK-2026-X-1", "trust.toml", "SIGNATURE_MISSING", "x/aneh.pdf", JUDGED.policy, "TOTAL-FAILED"):
        assert word in shown
    assert {"id": "Laporan verifikasi", "en": "Verification report"}[language] in shown
    with pikepdf.open(io.BytesIO(made(language))) as document:
        assert document.Root.Lang == {"id": "id-ID", "en": "en-GB"}[language]
        assert document.attachments["laporan.json"].get_file().read_bytes() == render_json(JUDGED, language)  # type: ignore[arg-type]


def test_signatures_are_told_with_level_and_proven_time() -> None:
    one = replace(
        verdict(head_content(), MISSING),
        borne=(borne(None, signer=None), borne(Keeper.SEAL)),
        completed=AT.replace(day=25),
    )
    shown = text_of(FORMS[".pdf"].render(whole(one), "en"))
    for words in (
        "Seal: Arum",
        "B-T, proven since 2026-01-22 09:15:00 WIB",
        "not intact",
        "First party: no intact",
        "late",
    ):
        assert words in shown


def test_long_lists_are_cut_short_and_say_so() -> None:
    expected = tuple(Expected(f"PK-2026-A{number}-1", "Dinas", None, "A") for number in range(203))
    judged = replace(whole(*(verdict(head_content(), MISSING) for _ in range(25))), expected=expected)
    shown = text_of(FORMS[".pdf"].render(judged, "en"))
    assert "… and 3 more, all of them in the attachment" in shown
    assert "… and 5 more, all of them in the attachment" in shown


def test_without_causes_and_remarks_it_says_so() -> None:
    assert "None." in text_of(FORMS[".pdf"].render(whole(verdict(root_content())), "en"))


def test_what_others_wrote_is_shown_as_it_is() -> None:
    finding = find("FILE_TWICE", Step.SET, Weight.WARNING, file="a\u202efdp.pdf")
    assert "\\u202e" in text_of(FORMS[".pdf"].render(whole(verdict(root_content(), finding)), "en"))


def test_an_unsigned_report_and_a_signed_one_are_sound() -> None:
    assert codes(made()) == []
    facts = examine_report(signed())
    assert (facts.findings, facts.written) == ((), render_json(JUDGED, "id"))
    (signature,) = facts.filled.signatures
    assert (signature.role, signature.certificate) == (Keeper.AUDITOR, signer_of(HEAD).certificate)


def test_a_signed_report_is_never_replaced() -> None:
    assert FORMS[".pdf"].is_earlier(made())
    assert not FORMS[".pdf"].is_earlier(signed())


def judged_otherwise() -> SetVerdict:
    return replace(JUDGED, organisation="Pemerintah Kota Wanasara")


def swap(find_: bytes, put: bytes) -> Callable[[bytes], bytes]:
    def change(pdf: bytes) -> bytes:
        assert find_ in pdf
        return pdf.replace(find_, put, 1)

    return change


def test_pages_that_say_something_else_than_the_attachment_are_told() -> None:
    written = render_json(JUDGED, "id")
    other = render_json(judged_otherwise(), "id")
    assert len(written) == len(other)
    honest, forged = render_pdf(written), render_pdf(other)
    start, end = forged.index(b"3 0 obj"), forged.index(b"4 0 obj")
    mixed = forged[:start] + honest[honest.index(b"3 0 obj") : honest.index(b"4 0 obj")] + forged[end:]
    assert codes(shifted(mixed)) == ["REPORT_PAGES_OTHER"]


def shifted(pdf: bytes) -> bytes:
    """Return the file with the offsets of its objects as they are now."""
    body, _, _ = pdf.partition(b"xref\n0 ")
    offsets = [int(one.start(1)) for one in re.finditer(rb"(?:^|\n)(\d+ 0 obj\n)", body)]
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
    table += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = pdf[pdf.index(b"trailer\n") : pdf.index(b"startxref\n")]
    return body + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(body)


@pytest.mark.parametrize(
    "change",
    [
        lambda pdf: pdf[: len(pdf) // 2],
        lambda pdf: pdf + b" ",
        swap(b"/Lang (id-ID)", b"/Lang (en-GB)"),
        swap(b"/MediaBox [0 0 595 842]", b"/MediaBox [0 0 595 142]"),
        lambda _: b"",
        lambda _: b'{\n "schema": "pkdocs-verdict/1"}',
        lambda _: b'{\n "schema": "pkdocs-verdict/1" ' + b"[" * 100_000,
        lambda _: render_json(JUDGED, "id").replace(b'"at": "2026-01-22', b'"at": "2026-99-99', 1),
        lambda _: render_json(JUDGED, "id").replace(b'"at": "2026-01-22', b'"at": "9999-12-31', 1),
    ],
    ids=["cut", "longer", "language", "page", "empty", "short JSON", "deep JSON", "no day", "last year"],
)
def test_another_file_is_told(change: Callable[[bytes], bytes]) -> None:
    assert set(codes(change(made()))) & {"REPORT_UNREADABLE", "REPORT_PAGES_OTHER"}


def test_a_report_of_another_version_of_pkdocs_cannot_be_made_again() -> None:
    report = json.loads(render_json(JUDGED, "id")) | {"program": "pkdocs 99"}
    written = json.dumps(report, ensure_ascii=False, indent=1).encode()
    facts = examine_report(render_pdf(written))
    assert [(one.code, one.weight) for one in facts.findings] == [("REPORT_PAGES_UNKNOWN", Weight.UNKNOWN)]


def test_what_is_changed_after_the_signature_is_told() -> None:
    assert codes(signed().replace(b"/Name ", b"/Nama ", 1)) != []
    assert codes(signed() + made()) != []
