"""One unit's unsigned agreements for the printer: pages alone, nothing signed, nothing to take for an agreement."""

import io
from itertools import accumulate
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.content import Content, Role
from pkdocs.errors import ConflictError, DocumentError, SigningError, UsageError
from pkdocs.issue import BEGINNING_BYTES, Companion, companion_kind, join_pages
from pkdocs.picture import draw_pages
from pkdocs.pipeline import printing
from pkdocs.pipeline.beside import companion_at
from pkdocs.pipeline.ceremony import Wishes, plan_signing
from pkdocs.pipeline.looking import examine_file
from pkdocs.pipeline.printing import Print, print_unit
from pkdocs.pipeline.sources import Source
from pkdocs.signing import Keyed, read_form
from tests.city import ignore
from tests.desk import ALL, DIVISION, HALF, HEAD, PAPER, ROOT, UNIT, Desk, lay
from tests.issued import issued
from tests.pipeline.test_bundling import pack, verdicts
from tests.signed import AT, signed, signer_of


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return lay(tmp_path / "pk")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "cetak.pdf"


def made(desk: Desk, out: Path, *, unit: str = UNIT, everyone: bool = False, duplex: bool = False) -> Print:
    return print_unit(desk.folder, unit, out, everyone=everyone, duplex=duplex, progress=ignore)


def texts(pdf: bytes) -> list[str]:
    with pdfium.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def printed(found: Print) -> list[str]:
    return [entry.id for entry in found.printed]


def reasons(found: Print) -> dict[str, str]:
    return {absent.entry.id: absent.error.code for absent in found.left_out}


def test_those_are_joined_in_which_somebody_signs_on_paper(desk: Desk, out: Path) -> None:
    found = made(desk, out)
    assert [(entry.id, entry.paper) for entry in found.printed] == [(HALF.id, (Role.FIRST,)), (PAPER.id, tuple(Role))]
    assert reasons(found) == {HEAD.id: "PRINT_ELECTRONIC", DIVISION.id: "PRINT_ELECTRONIC"}
    assert found.is_whole
    assert texts(out.read_bytes()) == [*texts(issued(HALF)), *texts(issued(PAPER))]


def test_all_that_nobody_has_signed_are_joined_if_that_is_asked_for(desk: Desk, out: Path) -> None:
    found = made(desk, out, everyone=True)
    assert (printed(found), reasons(found)) == ([HEAD.id, DIVISION.id, HALF.id, PAPER.id], {})


def test_another_unit_has_no_part_in_it(desk: Desk, out: Path) -> None:
    assert printed(made(desk, out, unit="pemerintah-kota-wanasari", everyone=True)) == [ROOT.id]


@pytest.mark.parametrize("everyone", [True, False])
def test_a_signed_file_is_never_joined(desk: Desk, out: Path, everyone: bool) -> None:
    desk.sign(HEAD, Role.FIRST)
    desk.sign(HALF, Role.SECOND)
    found = made(desk, out, everyone=everyone)
    assert (reasons(found)[HEAD.id], reasons(found)[HALF.id]) == ("PRINT_SIGNED", "PRINT_SIGNED")
    assert not {HEAD.id, HALF.id} & set(printed(found))
    assert found.is_whole


def test_what_was_changed_or_is_missing_is_named_and_not_joined(desk: Desk, out: Path) -> None:
    desk.pdf(HALF).write_bytes(desk.pdf(HALF).read_bytes() + b"\n")
    desk.pdf(DIVISION).unlink()
    found = made(desk, out)
    assert (reasons(found)[HALF.id], reasons(found)[DIVISION.id]) == ("LISTED_CHANGED", "STATUS_NO_PDF")
    assert (printed(found), found.is_whole) == ([PAPER.id], False)


def test_what_the_review_holds_is_not_joined(desk: Desk, out: Path) -> None:
    desk.change(HALF, held=True)
    found = made(desk, out)
    assert (reasons(found)[HALF.id], printed(found), found.is_whole) == ("SIGN_HELD", [PAPER.id], True)


def test_where_nothing_is_to_be_printed_that_is_said_and_nothing_written(desk: Desk, out: Path) -> None:
    with pytest.raises(UsageError, match="PRINT_NOTHING") as stopped:
        made(desk, out, unit=ROOT.position.unit)
    assert "--all" in stopped.value.message()
    assert not out.exists()


def test_each_begins_on_a_new_sheet_if_both_sides_are_printed(desk: Desk, out: Path) -> None:
    odd = [content for content in (HALF, PAPER) if len(texts(issued(content))) % 2]
    found = made(desk, out, duplex=True)
    assert [entry.page % 2 for entry in found.printed] == [1, 1]
    assert len(texts(out.read_bytes())) == sum(entry.pages for entry in found.printed)
    assert texts(out.read_bytes()).count("") == len(odd)


def test_pages_are_numbered_from_the_first_of_the_print(desk: Desk, out: Path) -> None:
    found = made(desk, out, everyone=True)
    counts = [len(texts(issued(content))) for content in (HEAD, DIVISION, HALF, PAPER)]
    assert [entry.pages for entry in found.printed] == counts
    assert [entry.page for entry in found.printed] == [1, *(1 + end for end in accumulate(counts[:-1]))]


def test_it_has_nothing_to_sign_nothing_attached_and_no_claim(desk: Desk, out: Path) -> None:
    made(desk, out, duplex=True)
    with pikepdf.open(out) as document:
        assert document.Root.keys() == {"/Type", "/Pages", "/Lang", "/PieceInfo", "/ViewerPreferences"}
        assert document.Root.ViewerPreferences.PrintScaling == "/None"
        assert document.Root.ViewerPreferences.Duplex == "/DuplexFlipLongEdge"
        assert not document.attachments
        assert all("/Annots" not in page and "/StructParents" not in page for page in document.pages)
        assert not document.check_pdf_syntax()
    data = out.read_bytes()
    assert data.startswith(b"%PDF-1.7")
    assert companion_kind(data[:BEGINNING_BYTES]) is Companion.PRINT
    assert all(mark not in data for mark in (b"pdfaid", b"/Sig", b"/ByteRange", b"agreement.json"))


def test_it_looks_as_the_agreements_do(desk: Desk, out: Path) -> None:
    made(desk, out)
    expected = [*draw_pages(issued(HALF)), *draw_pages(issued(PAPER))]
    assert list(draw_pages(out.read_bytes())) == expected


def test_nobody_signs_it(desk: Desk, out: Path) -> None:
    made(desk, out)
    with pytest.raises(SigningError, match="SIGN_NOT_ISSUED"):
        read_form(out.read_bytes())
    party = HEAD.party(Role.FIRST)
    assert party is not None
    inside = desk.folder / "cetak.pdf"
    inside.write_bytes(out.read_bytes())
    plan = plan_signing([desk.folder], Keyed(signer_of(party)), Wishes(any_order=True), at=AT)
    assert (inside not in {one.file for one in plan.candidates}, plan.refused) == (True, ())


def test_verify_leaves_it_aside_in_a_folder_and_takes_it_for_no_agreement(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = desk.folder / "cetak.pdf"
    made(desk, inside)
    assert len(verdicts(desk.folder, monkeypatch).agreements) == len(ALL)
    assert examine_file(Source.of(inside)).content is None
    assert pack(desk, desk.folder.with_name("b.zip")).unlisted == ()


def test_what_cannot_be_read_says_nothing_of_itself(tmp_path: Path) -> None:
    assert companion_at(tmp_path / "absent.pdf") is None
    assert companion_at(tmp_path) is None


def test_the_same_folder_gives_the_same_print(desk: Desk, out: Path) -> None:
    made(desk, out, everyone=True)
    first = out.read_bytes()
    made(desk, out, everyone=True)
    assert out.read_bytes() == first


def test_joined_in_parts_it_has_the_same_pages(desk: Desk, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = made(desk, out, everyone=True, duplex=True)
    pages = texts(out.read_bytes())
    monkeypatch.setattr(printing, "_AT_ONCE", 1)
    assert made(desk, out, everyone=True, duplex=True) == whole
    assert texts(out.read_bytes()) == pages


def test_only_an_earlier_print_gives_way(desk: Desk, out: Path) -> None:
    made(desk, out)
    made(desk, out, everyone=True)
    for foreign in (b"", b"%PDF-1.7 skripsi", issued(HEAD)):
        out.write_bytes(foreign)
        with pytest.raises(ConflictError, match="PRINT_IN_THE_WAY"):
            made(desk, out)
        assert out.read_bytes() == foreign
    with pytest.raises(ConflictError, match="PRINT_IN_THE_WAY"):
        made(desk, desk.pdf(HALF))
    out.unlink()
    out.mkdir()
    with pytest.raises(ConflictError, match="PRINT_IN_THE_WAY"):
        made(desk, out)


def test_a_print_is_called_pdf(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="PRINT_SUFFIX"):
        made(desk, tmp_path / "cetak.zip")


def test_a_full_disk_leaves_nothing(desk: Desk, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        made(desk, out)
    assert [file.name for file in out.parent.iterdir()] == ["pk"]


def join(*sources: bytes, duplex: bool) -> tuple[bytes, tuple[int, ...]]:
    target = io.BytesIO()
    taken = join_pages(map(io.BytesIO, sources), target, title="Uji", day=HEAD.dated, duplex=duplex)
    return target.getvalue(), taken


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from(ALL), min_size=1, max_size=4), st.integers(1, 3), st.booleans())
def test_parts_joined_again_have_the_pages_of_all_joined_at_once(
    contents: list[Content], size: int, duplex: bool
) -> None:
    files = [issued(content) for content in contents]
    parts = [join(*files[start : start + size], duplex=duplex) for start in range(0, len(files), size)]
    whole, taken = join(*files, duplex=duplex)
    again, _ = join(*(part for part, _ in parts), duplex=duplex)
    assert texts(again) == texts(whole)
    assert tuple(count for _, counts in parts for count in counts) == taken


def test_what_is_no_pdf_cannot_be_joined() -> None:
    with pytest.raises(DocumentError, match="PRINT_UNREADABLE"):
        join(b"nothing", duplex=False)


@pytest.mark.parametrize("content", ALL, ids=lambda content: content.id)
def test_no_agreement_says_that_it_lies_beside_agreements(content: Content) -> None:
    assert companion_kind(issued(content)) is None
    assert companion_kind(signed(content, content.roles[:0])) is None
