"""A signature with the local government's words and picture: shown, accepted, archival."""

import re
from dataclasses import replace
from io import BytesIO
from subprocess import run

import pikepdf
import pytest
from PIL import Image

from pkdocs.content import Role
from pkdocs.profile import Zone
from pkdocs.signing import Emblem, Stamp, load_emblem
from pkdocs.signing.appearance import appearance_objects
from pkdocs.signing.keyed import append_signature
from pkdocs.verification import examine_pdf
from tests.factory import HEAD, head_content
from tests.issued import issued
from tests.pdfa import violations
from tests.signed import AT, signer_of

STAMP = Stamp("Elok Larasasih", "Kepala Dinas Komunikasi dan Informatika", AT, Zone.WIB, training=True)


def emblem(width: int = 60, height: int = 80) -> Emblem:
    written = BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(written, "PNG")
    return load_emblem(written.getvalue(), "lambang.png")


def signed(stamp: Stamp) -> bytes:
    return append_signature(issued(head_content()), Role.FIRST.value, signer_of(HEAD), stamp, location=None, reason="x")


def test_words_and_picture_are_in_the_appearance_and_nothing_is_found_wrong() -> None:
    pdf = signed(replace(STAMP, words="Disetujui secara elektronik oleh:", emblem=emblem()))
    facts = examine_pdf(pdf)
    assert facts.findings == ()
    with pikepdf.open(BytesIO(pdf)) as opened:
        field = next(one for one in opened.Root.AcroForm.Fields if Role.FIRST.value == one.T)
        drawn = field.AP.N
        assert (drawn.Resources.XObject.Im0.Width, drawn.Resources.XObject.Im0.Height) == (60, 80)
        assert b"/Im0 Do" in drawn.read_bytes()
    assert violations(pdf) == []


@pytest.mark.parametrize(("width", "height"), [(60, 80), (160, 10), (10, 160)])
def test_picture_stays_inside_and_keeps_its_shape(width: int, height: int) -> None:
    body = b"".join(
        piece
        for piece in appearance_objects(replace(STAMP, emblem=emblem(width, height)), 156, 62)[-1]
        if isinstance(piece, bytes)
    )
    found = re.search(rb"q ([\d.]+) 0 0 ([\d.]+) ([\d.]+) ([\d.]+) cm /Im0 Do Q", body)
    assert found
    wide, high, left, bottom = map(float, found.groups())
    assert 0 <= left <= left + wide <= 156 * 0.3
    assert 0 <= bottom <= bottom + high <= 62
    assert wide / high == pytest.approx(width / height, rel=0.1)


def test_pdfsig_finds_it_valid(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("pdf") / "a.pdf"
    file.write_bytes(signed(replace(STAMP, emblem=emblem())))
    said = run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
