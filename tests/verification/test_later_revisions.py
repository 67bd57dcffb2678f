"""What may follow an issued file, made by real programs, and each attack on it as one change."""

import re
from collections.abc import Callable
from functools import cache
from itertools import permutations
from typing import Any

import pytest
from pikepdf import Array, Dictionary, Pdf
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference

from pkdocs.content import Role
from pkdocs.verification import Facts, examine_pdf
from pkdocs.verification.agreement import inspect_agreement
from pkdocs.verification.finding import Keeper
from pkdocs.verification.inspection import Coverage, Integrity
from tests.factory import DIVISION_HEAD, HEAD, head_content
from tests.foreign import sign as sign_by_pyhanko
from tests.issued import SLOTS, issued
from tests.signed import signed, signer_of
from tests.verification.extend import (
    Extension,
    certificates,
    context,
    lists,
    stamped_by_pyhanko,
    stored_by_pyhanko,
    stream,
)
from tests.verification.forge import Beside, Hand, altered, last_size, object_bytes, revision

FIRST, SECOND = Role.FIRST, Role.SECOND
BOX = SLOTS[FIRST.value]
Change = Callable[[bytes], bytes]


def codes(pdf: bytes) -> set[str]:
    return {finding.code for finding in examine_pdf(pdf).findings}


def sound(pdf: bytes) -> Facts:
    facts = examine_pdf(pdf)
    assert [finding.message("en") for finding in facts.findings] == []
    return facts


@cache
def base() -> bytes:
    return issued(head_content())


@cache
def both() -> bytes:
    return signed(head_content())


@cache
def stored() -> bytes:
    return Extension(certificates(), lists()).append(both())


def beside(**errs: Any) -> bytes:
    return Beside(signer_of(HEAD), **errs).append(base())


def number_of(pdf: bytes, mark: bytes) -> int:
    """Return the number of the first object that holds ``mark``."""
    start = pdf.rindex(b" 0 obj\n", 0, pdf.index(mark))
    return int(pdf[pdf.rindex(b"\n", 0, start) + 1 : start])


def replacing(old: bytes, new: bytes) -> Change:
    def change(body: bytes) -> bytes:
        assert old in body
        return body.replace(old, new, 1)

    return change


def adding(entry: bytes) -> Change:
    return lambda body: body.rstrip()[:-2] + entry + b" >>"


# allowed, by our own form


def test_validation_data_and_timestamps_are_read() -> None:
    once = Extension(certificates()[:1], lists()[:1], stamped=True).append(both())
    facts = sound(Extension(certificates()[1:], lists()[1:], stamped=True, name=b"waktu-2").append(once))
    assert [(stamp.field, stamp.end) for stamp in facts.stamps] == [
        ("waktu-1", len(once)),
        ("waktu-2", facts.revisions[-1][0]),
    ]
    assert [one.end for one in facts.evidence] == [len(once), facts.revisions[-1][0]]
    assert (facts.evidence[-1].certificates, facts.evidence[-1].lists) == (certificates(), lists())


@pytest.mark.parametrize(
    "extension",
    [
        Extension(certificates(), lists()),
        Extension(stamped=True),
        Extension(certificates(), lists(), stamped=True),
        Extension(certificates(), stream_change=lambda _: stream(certificates()[0], packed=False)),
    ],
    ids=["data", "timestamp", "both", "unpacked"],
)
@pytest.mark.parametrize("roles", [(), (FIRST,), (FIRST, SECOND)])
def test_they_may_come_at_any_time(extension: Extension, roles: tuple[Role, ...]) -> None:
    facts = sound(extension.append(signed(head_content(), roles)))
    assert tuple(signature.role for signature in facts.signatures) == roles


def test_a_file_renewed_for_ten_years_is_read() -> None:
    pdf = both()
    for year in range(10):
        pdf = Extension(certificates(), lists()).append(pdf)
        pdf = Extension(stamped=True, name=b"waktu-%d" % (year + 1)).append(pdf)
    assert len(sound(pdf).stamps) == 10


def test_a_seal_comes_first_and_is_nobodys_role() -> None:
    sealed = beside(name=b"segel")
    facts = sound(Hand(signer_of(HEAD)).sign(sealed, FIRST))
    assert facts.seal is not None
    assert facts.seal.role is Keeper.SEAL
    assert [signature.role for signature in facts.signatures] == [FIRST]


# allowed, by pyHanko's own habits


def by_pyhanko(pdf: bytes, role: Role, *, shown: bool = False, **options: Any) -> bytes:
    box = SLOTS[role.value] if shown else None
    return sign_by_pyhanko(pdf, f"Tanda {role.name}", role, box=box, **options)


STEPS: dict[str, Change] = {
    "first": lambda pdf: by_pyhanko(pdf, FIRST, shown=True),
    "second": lambda pdf: by_pyhanko(pdf, SECOND),
    "data": stored_by_pyhanko,
    "timestamp": stamped_by_pyhanko,
}


@pytest.mark.parametrize("order", list(permutations(STEPS)), ids="-".join)
def test_every_order_of_pyhankos_revisions_is_read(order: tuple[str, ...]) -> None:
    pdf = base()
    for step in order:
        pdf = STEPS[step](pdf)
    facts = sound(pdf)
    assert {signature.field: signature.role for signature in facts.signatures} == {
        "Tanda FIRST": FIRST,
        "Tanda SECOND": SECOND,
    }
    assert len(facts.stamps) == len(facts.evidence) == 1


def test_pyhanko_may_sign_in_our_fields() -> None:
    facts = sound(sign_by_pyhanko(sign_by_pyhanko(base(), SECOND.value, SECOND), FIRST.value, FIRST))
    assert [signature.role for signature in facts.signatures] == [SECOND, FIRST]


@pytest.mark.parametrize("placement", SigDSSPlacementPreference, ids=lambda one: one.name)
def test_validation_data_may_come_with_the_signature(placement: SigDSSPlacementPreference) -> None:
    settings = DSSContentSettings(include_vri=False, placement=placement)
    options = {"embed_validation_info": True, "validation_context": context(), "dss_settings": settings}
    facts = sound(by_pyhanko(signed(head_content(), (FIRST,)), SECOND, shown=True, **options))
    (signature,) = [one for one in facts.signatures if one.role is SECOND]
    (evidence,) = facts.evidence
    is_together = placement is SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
    assert (evidence.end == signature.end) == is_together
    # what is written with the signature belongs to the signed bytes
    assert signature.end in dict(facts.revisions)


def test_signatures_of_ours_and_of_others_mix() -> None:
    pdf = by_pyhanko(Extension(stamped=True).append(signed(head_content(), (FIRST,))), SECOND, shown=True)
    assert [signature.role for signature in sound(stored_by_pyhanko(pdf)).signatures] == [FIRST, SECOND]


def test_a_writer_that_names_itself_and_rewrites_the_page_is_read() -> None:
    def as_itext(body: bytes) -> bytes:
        return adding(b"/DR << >> /MK << >>")(body)

    defaults = replacing(b"/SigFlags 3", b"/SigFlags 3 /DA (/Helv 0 Tf 0 g ) /DR << >>")
    page_change = re.compile(rb"/Tabs /S").sub
    pdf = beside(
        box=BOX,
        field_change=as_itext,
        catalog_change=defaults,
        page_change=lambda body: page_change(b"/Tabs /R", body),
        comment=b"%iText-Core-8.0.2 (AGPL-version)\n",
    )
    assert [signature.role for signature in sound(pdf).signatures] == [FIRST]


@pytest.mark.parametrize("comment", [b"%startxref 9\n", b"%1 0 obj\n", b"%a\n%b\n", b"% \n"])
def test_other_comments_are_not_read(comment: bytes) -> None:
    assert codes(beside(comment=comment)) == {"FILE_STRUCTURE"}


# the seal


def test_a_second_seal_is_named() -> None:
    found = codes(Beside(signer_of(HEAD), name=b"segel").append(beside(name=b"segel")))
    assert found == {"REVISION_SEAL", "REVISION_OWN_FIELD"}


@pytest.mark.parametrize(
    "before",
    [
        lambda: signed(head_content(), (FIRST,)),
        lambda: Extension(certificates()).append(base()),
        lambda: Extension(stamped=True).append(base()),
    ],
    ids=["signature", "data", "timestamp"],
)
def test_a_seal_after_anything_else_is_named(before: Callable[[], bytes]) -> None:
    assert codes(Beside(signer_of(HEAD), name=b"segel").append(before())) == {"REVISION_SEAL"}


def test_a_seal_that_shows_is_named() -> None:
    assert codes(beside(name=b"segel", box=BOX)) == {"REVISION_SEAL"}


def test_a_seal_that_is_not_intact_is_named() -> None:
    def spoil(pdf: bytearray) -> None:
        pdf[pdf.rindex(b"/M (D:2026") + 8] = ord("5")

    assert codes(beside(name=b"segel", spoil=spoil)) == {"SIGNATURE_DIGEST"}


# another signer's own field


@pytest.mark.parametrize(
    "box",
    [(40, 600, 240, 660), (319.9, 50, 500, 120), (320, 50, 500, 120.1), (60, 50, 500, 120)],
    ids=["over text", "left", "above", "both slots"],
)
def test_a_widget_outside_of_the_slot_is_named(box: tuple[float, float, float, float]) -> None:  # 23, 27
    assert "REVISION_OUTSIDE_SLOT" in codes(beside(box=box))


def test_a_widget_that_another_page_lists_is_named() -> None:  # 23, 27
    first, other = (int(found) for found in re.findall(rb"\n(\d+) 0 obj\n<<[^\n]*/Type /Page >>", base())[:2])
    listing = adding(b"/Annots [%d 0 R]" % last_size(base()))(object_bytes(base(), other))
    unlisted = object_bytes(base(), first)
    changed = codes(beside(box=BOX, page_change=lambda _: unlisted, objects={other: listing}))
    assert changed == {"REVISION_PAGE_CHANGED"}


def test_a_widget_that_names_another_page_is_named() -> None:  # 27
    first, other = (int(found) for found in re.findall(rb"\n(\d+) 0 obj\n<<[^\n]*/Type /Page >>", base())[:2])

    def moved(number: int) -> set[str]:
        return codes(beside(box=BOX, field_change=replacing(b"/P %d 0" % first, b"/P %d 0" % number)))

    assert moved(other) >= {"REVISION_OUTSIDE_SLOT"}
    assert moved(1) >= {"REVISION_OWN_FIELD"}


@pytest.mark.parametrize(
    "change",
    [
        replacing(b"(Tanda1)", b"(pihak-kedua)"),
        replacing(b"(Tanda1)", b"(pihak.kedua)"),
        replacing(b"(Tanda1)", b"<FEFF0054>"),
        replacing(b"/FT /Sig", b"/FT /Tx"),
        replacing(b"/F 132", b"/F 2"),
        replacing(b"/Widget", b"/Stamp"),
        adding(b"/AA << >>"),
        adding(b"/A << /S /JavaScript /JS (1) >>"),
        adding(b"/Kids [ ]"),
        adding(b"/Parent 4 0 R"),
        adding(b"/MK << /CA (sah) >>"),
        adding(b"/Lock << /Type /SigFieldLock /Action /All >>"),
        adding(b"/AP << /N 4 0 R >>"),
        adding(b"/TU 7"),
        adding(b"/StructParent /X"),
        lambda body: re.sub(rb"/V \d+ 0 R", b"/V 4 0 R", body),
        lambda body: re.sub(rb"/V \d+ 0 R", b"/V (x)", body),
        lambda body: re.sub(rb"/Rect \[[^\]]*\]", b"/Rect [500 120 320 50]", body),
        lambda body: b"[%s]" % body,
    ],
)
def test_a_field_of_another_form_is_named(change: Change) -> None:  # 18, 25, 30
    assert "REVISION_OWN_FIELD" in codes(beside(box=BOX, field_change=change))


def test_a_signature_of_before_in_a_new_field_is_named() -> None:  # 18
    one = signed(head_content(), (FIRST,))
    old = number_of(one, b"/Type /Sig\n")
    again = Beside(signer_of(HEAD), field_change=lambda body: re.sub(rb"/V \d+ 0 R", b"/V %d 0 R" % old, body))
    assert "REVISION_OWN_FIELD" in codes(again.append(one))


def test_a_role_signed_twice_is_named() -> None:
    one = signed(head_content(), (FIRST,))
    assert codes(Beside(signer_of(HEAD), box=BOX).append(one)) == {"REVISION_ROLE_TWICE"}
    assert codes(Beside(signer_of(HEAD)).append(one)) == {"REVISION_ROLE_TWICE"}


def test_our_field_filled_after_one_in_its_slot_is_named() -> None:
    assert codes(Hand(signer_of(HEAD)).sign(beside(box=BOX), FIRST)) == {"REVISION_ROLE_TWICE"}


def test_a_signature_without_size_by_no_party_is_named() -> None:
    assert codes(Beside(signer_of(DIVISION_HEAD)).append(base())) == {"REVISION_STRANGER"}


def test_a_slot_that_another_persons_signature_takes_is_that_roles() -> None:
    facts = sound(Beside(signer_of(DIVISION_HEAD), box=BOX).append(base()))
    assert facts.signature(FIRST) is not None  # whose it is, the chain judges: PERSON_OTHER


def test_whose_a_certificate_in_earnest_is_others_must_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkdocs.verification.attribution.is_training", lambda _: False)
    facts = sound(beside())
    (signature,) = facts.signatures
    assert signature.role is None
    assert {finding.code for finding in facts.attributed({}).findings} == {"SIGNATURE_UNASSIGNED"}
    known = facts.attributed({signer_of(HEAD).certificate: HEAD.person})
    assert (known.findings, known.signature(FIRST) is not None) == ((), True)
    assert known.attributed({}) is known


def test_a_picture_may_be_a_photograph() -> None:
    number = last_size(base()) + 2
    picture = b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8"
    picture += b" /Filter /DCTDecode /Length 0 >>\nstream\n\nendstream"
    shown = APPEARANCE % b"/Resources << /XObject << /I %d 0 R >> >>" % (number + 1)

    def drawn(body: bytes) -> bytes:
        return adding(b"/AP << /N %d 0 R >>" % number)(body)

    for side, found in ((600, set()), (60_000, {"REVISION_APPEARANCE"})):
        objects = {-1: shown, -2: picture % (side, side)}
        assert codes(beside(box=BOX, field_change=drawn, objects=objects)) == found


APPEARANCE = b"<< /Type /XObject /Subtype /Form /BBox [0 0 180 70] %s /Length 0 >>\nstream\n\nendstream"


@pytest.mark.parametrize("more", [b"/OC << >>", b"/Resources << /Properties << >> >>", b"/Ref << >>"])
def test_an_appearance_of_its_own_may_only_draw(more: bytes) -> None:  # 20, 23
    def drawn(body: bytes) -> bytes:
        return adding(b"/AP << /N %d 0 R >>" % (last_size(base()) + 2))(body)

    assert codes(beside(box=BOX, field_change=drawn, objects={-1: APPEARANCE % b"/Resources << >>"})) == set()
    assert codes(beside(box=BOX, field_change=drawn, objects={-1: APPEARANCE % more})) == {"REVISION_APPEARANCE"}


def test_a_drawing_in_postscript_is_named() -> None:  # 20
    number = last_size(base()) + 2
    shown = APPEARANCE % (b"/Resources << /XObject << /I %d 0 R >> >>" % (number + 1))

    def drawn(body: bytes) -> bytes:
        return adding(b"/AP << /N %d 0 R >>" % number)(body)

    for kind in (b"/Type /XObject /Subtype /PS", b"/Subtype /PS"):
        objects = {-1: shown, -2: b"<< %s /Length 0 >>\nstream\n\nendstream" % kind}
        assert codes(beside(box=BOX, field_change=drawn, objects=objects)) == {"REVISION_APPEARANCE"}


def test_an_appearance_swapped_later_is_named() -> None:  # 20
    pdf = by_pyhanko(base(), FIRST, shown=True)
    number = number_of(pdf, b"/FormType") if b"/FormType" in pdf[len(base()) :] else number_of(pdf, b"/BBox [ 0 70")
    swapped = Extension(certificates(), objects={number: APPEARANCE % b""}).append(pdf)
    assert codes(swapped) == {"REVISION_OBJECT_CHANGED"}


def test_a_field_of_another_signer_changed_later_is_named() -> None:  # 25
    pdf = by_pyhanko(base(), FIRST, shown=True)
    number = number_of(pdf, b"(Tanda FIRST)")
    hidden = object_bytes(pdf, number).replace(b"/F 132", b"/F 2")
    assert codes(Extension(certificates(), objects={number: hidden}).append(pdf)) == {"REVISION_OBJECT_CHANGED"}


# form, pages, tags


@pytest.mark.parametrize(
    "change",
    [
        lambda body: re.sub(rb"/Fields \[ (\d+ 0 R) (\d+ 0 R)", rb"/Fields [ \1", body),
        lambda body: re.sub(rb"/Fields \[ (\d+ 0 R) (\d+ 0 R)", rb"/Fields [ \2 \1", body),
        lambda body: re.sub(rb"/Fields \[ (\d+ 0 R)", rb"/Fields [ \1 \1", body),
        lambda body: re.sub(rb"(\d+ 0 R) \](?= /SigFlags)", rb"\1 \1 ]", body),
        replacing(b"/SigFlags 3", b"/SigFlags 1"),
        replacing(b"/SigFlags 3", b"/SigFlags 3 /NeedAppearances true"),
        replacing(b"/SigFlags 3", b"/SigFlags 3 /XFA [ ]"),
        replacing(b"/SigFlags 3", b"/SigFlags 3 /DA 7"),
        replacing(b"/SigFlags 3", b"/SigFlags 3 /DR 7"),
        lambda body: re.sub(rb"/AcroForm << .*? >>", b"/AcroForm 7", body),
    ],
)
def test_a_form_that_loses_or_does_more_is_named(change: Change) -> None:  # 25, 29, 30
    assert "REVISION_FORM" in codes(beside(box=BOX, catalog_change=change))
    assert "REVISION_FORM" in codes(
        Extension(certificates(), lists(), stamped=True, catalog_change=change).append(both())
    )


def test_an_object_that_serves_another_purpose_cannot_be_the_list_of_fields() -> None:  # 13, 28
    page = object_bytes(base(), number_of(base(), b"/Annots ["))
    drawing = int(re.findall(rb"/Contents (\d+) 0 R", page)[0])
    other = int(re.findall(rb"/DestOutputProfile (\d+)", base())[0])
    for number, code in ((drawing, "REVISION_PAGE_CHANGED"), (other, "REVISION_OBJECT_CHANGED")):
        listed: list[bytes] = []

        def moved(body: bytes, number: int = number, listed: list[bytes] = listed) -> bytes:
            listed += re.findall(rb"/Fields (\[[^\]]*\])", body)
            return re.sub(rb"/Fields \[[^\]]*\]", b"/Fields %d 0 R" % number, body)

        beside(catalog_change=moved)
        assert codes(beside(catalog_change=moved, objects={number: listed[0]})) == {code}


def test_an_object_that_serves_another_purpose_cannot_be_validation_data() -> None:  # 28
    listing = number_of(base(), b"/Type /Pages")
    named = Extension(certificates(), store_change=adding(b"/VRI %d 0 R" % listing))
    assert codes(named.append(both())) == {"DSS_SHAPE"}
    replaced = Extension(certificates(), store_change=adding(b"/VRI %d 0 R" % listing), objects={listing: b"<< >>"})
    assert codes(replaced.append(both())) >= {"DSS_SHAPE", "REVISION_OBJECT_CHANGED"}


def test_two_fields_at_once_are_named() -> None:  # 29
    number = last_size(base())
    twice = replacing(b"%d 0 R ]" % number, b"%d 0 R %d 0 R ]" % (number, number + 2))
    more = {-1: b"<< /FT /Sig /T (Lain) /Subtype /Widget /Rect [0 0 0 0] >>"}
    found = codes(beside(catalog_change=twice, objects=more))
    assert found == {"REVISION_FIELDS", "REVISION_FOREIGN_OBJECT"}


@pytest.mark.parametrize(
    "change",
    [
        lambda body: re.sub(rb"/Annots \[ \d+ 0 R", b"/Annots [", body),
        lambda body: re.sub(rb"/Annots \[", b"/Annots [ 4 0 R", body),
        lambda body: re.sub(rb"/Tabs /S", b"/Tabs (S)", body),
        lambda body: re.sub(rb"/Contents \d+ 0 R", b"/Contents [ ]", body),
        lambda body: re.sub(rb"/MediaBox \[ 0 0", b"/MediaBox [ 0 9", body),
        adding(b"/AA << >>"),
    ],
)
def test_a_page_that_changes_by_more_than_the_field_is_named(change: Change) -> None:  # 13, 26, 27
    assert codes(beside(box=BOX, page_change=change)) == {"REVISION_PAGE_CHANGED"}


def _tags(pdf: bytes, **change: Change) -> dict[int, bytes]:
    """Return one element more for the field that comes next: a kid of the first, and in the tree of parents."""
    parent = int(re.findall(rb"/K \[ (\d+) 0 R", object_bytes(pdf, number_of(pdf, b"/Type /StructTreeRoot")))[0])
    field = last_size(pdf)
    element = field + 2
    numbers = re.compile(rb"( 4 \d+ 0 R) \]")
    (tree,) = (number for number in range(1, field) if numbers.search(object_bytes(pdf, number)))
    grown = numbers.sub(rb"\1 99 %d 0 R ]" % element, object_bytes(pdf, tree))
    made = {
        -1: b"<< /Type /StructElem /S /Form /P %d 0 R /K << /Type /OBJR /Obj %d 0 R >> >>" % (parent, field),
        parent: re.sub(rb"(/K \[[^\]]*?) ?\]", rb"\1 %d 0 R ]" % element, object_bytes(pdf, parent)),
        tree: grown.replace(b"/Limits [ 0 4 ]", b"/Limits [ 0 99 ]").replace(b"NextKey 5", b"NextKey 100"),
    }
    changes = {-1: change.get("element"), parent: change.get("parent"), tree: change.get("tree")}
    return {number: (changes.get(number) or bytes)(body) for number, body in made.items()}


def tree_apart(document: Pdf) -> None:
    root = document.Root.StructTreeRoot
    root.ParentTree = document.make_indirect(root.ParentTree)


def numbers_apart(document: Pdf) -> None:
    tree = document.Root.StructTreeRoot.ParentTree
    tree.Nums = document.make_indirect(tree.Nums)


def leaf(document: Pdf) -> None:
    root = document.Root.StructTreeRoot
    node = document.make_indirect(Dictionary(Nums=root.ParentTree.Nums, Limits=Array([0, 4])))
    root.ParentTree = Dictionary(Kids=Array([node]))


TREES = {"inside": lambda _: None, "apart": tree_apart, "numbers apart": numbers_apart, "leaf": leaf}


@pytest.mark.parametrize("change", TREES.values(), ids=TREES)
def test_a_tag_may_be_listed_however_the_tree_is_made(change: Callable[[Pdf], None]) -> None:
    pdf = altered(base(), change)

    def added(**errs: Change) -> set[str]:
        hand = Beside(signer_of(HEAD), box=BOX, field_change=NUMBERED, objects=_tags(pdf, **errs))
        return codes(hand.append(pdf))

    assert added() == codes(pdf) == set()
    assert added(tree=lambda body: re.sub(rb" 3 (\d+) 0 R", b"", body)) == {"REVISION_OBJECT_CHANGED"}
    # the number of the first page: its text would be the signature's tag
    taken = {number: re.sub(rb"\b99 (\d+ 0 R) \]", rb"0 \1 ]", body) for number, body in _tags(pdf).items()}
    hand = Beside(signer_of(HEAD), box=BOX, field_change=adding(b"/StructParent 0"), objects=taken)
    assert codes(hand.append(pdf)) == {"REVISION_TAGS"}


NUMBERED = adding(b"/StructParent 99")


def test_a_field_may_have_a_tag_of_its_own() -> None:
    assert sound(beside(box=BOX, field_change=NUMBERED, objects=_tags(base()))).signature(FIRST) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"element": adding(b"/ActualText (150 persen)")},
        {"element": adding(b"/Alt (150 persen)")},
        {"element": replacing(b"/S /Form", b"/S /P")},
        {"element": replacing(b"/Type /OBJR", b"/Type /MCR")},
        {"element": lambda body: re.sub(rb"/Obj \d+", b"/Obj 4", body)},
        {"element": lambda body: re.sub(rb"/P \d+ 0 R", b"/P 4 0 R", body)},
        {"parent": lambda body: re.sub(rb"/K \[ \d+ 0 R", b"/K [", body)},
        {"parent": lambda body: re.sub(rb"/S /\w+", b"/S /Artifact", body)},
    ],
    ids=["text", "alternative", "role", "kind", "object", "parent", "kids", "artifact"],
)
def test_tags_that_say_more_are_named(change: dict[str, Change]) -> None:  # 28
    found = codes(beside(box=BOX, field_change=NUMBERED, objects=_tags(base(), **change)))
    assert found <= {"REVISION_TAGS", "REVISION_OBJECT_CHANGED", "REVISION_FOREIGN_OBJECT"}
    assert found & {"REVISION_TAGS", "REVISION_OBJECT_CHANGED"}


# validation data


def test_objects_smuggled_in_beside_validation_data_are_named() -> None:  # 11, 21
    assert codes(Extension(certificates(), objects={-1: b"(x)"}).append(both())) == {"REVISION_FOREIGN_OBJECT"}
    assert codes(Extension(stamped=True, objects={-1: b"(x)"}).append(both())) == {"REVISION_FOREIGN_OBJECT"}


@pytest.mark.parametrize(
    "change",
    [
        adding(b"/OpenAction << /S /JavaScript /JS (1) >>"),
        adding(b"/Perms << >>"),
        adding(b"/Version /1.4"),
        adding(b"/Outlines << >>"),
        replacing(b"/Marked true", b"/Marked false"),
        lambda body: re.sub(rb"/Metadata \d+", b"/Metadata 4", body),
        lambda body: re.sub(rb"/Names <<.*?>> >>", b"", body),
        lambda body: re.sub(rb"/Extensions << .*? >> >>", b"", body),
        lambda body: re.sub(rb"/Extensions <<", b"/Extensions << /X 7", body),
        lambda body: re.sub(rb"/Extensions <<", b"/Extensions << /X << /JS (1) >>", body),
        lambda body: re.sub(rb"/ExtensionLevel \d+", b"/ExtensionLevel 77", body),
    ],
)
def test_a_catalog_entry_changed_along_is_named(change: Change) -> None:  # 24, 28, 30, 31
    for extension in (Extension(certificates(), lists()), Extension(stamped=True)):
        extension.catalog_change = change
        assert codes(extension.append(both())) == {"REVISION_CATALOG"}
    assert codes(beside(catalog_change=change)) == {"REVISION_CATALOG"}


def test_an_extension_more_may_be_declared() -> None:
    declared = b"/Extensions << /ADBE << /Type /DeveloperExtensions /BaseVersion /1.7 /ExtensionLevel 8 >>"
    extension = Extension(stamped=True, catalog_change=replacing(b"/Extensions <<", declared))
    sound(extension.append(both()))


@pytest.mark.parametrize("key", [b"Certs", b"CRLs"])
def test_validation_data_that_is_lost_is_named(key: bytes) -> None:  # 33
    def drop(body: bytes) -> bytes:
        return re.sub(rb"/%s \[ \d+ 0 R" % key, b"/%s [" % key, body)

    kept = {"certificates": certificates()[1:]} if key == b"Certs" else {"lists": lists()[1:]}
    assert codes(Extension(**kept, store_change=drop).append(stored())) == {"DSS_LOST"}


def test_validation_data_replaced_by_other_is_named() -> None:  # 33
    fewer = Extension(certificates()[:1], store_change=lambda body: re.sub(rb"\[ \d+ 0 R \d+ 0 R", b"[", body))
    assert "DSS_LOST" in codes(fewer.append(stored()))


def test_a_store_taken_away_is_named() -> None:  # 33
    gone = Extension(stamped=True, catalog_change=lambda body: re.sub(rb"/DSS \d+ 0 R", b"", body))
    assert codes(gone.append(stored())) == {"DSS_SHAPE"}


def test_a_certificate_swapped_in_its_place_is_named() -> None:  # 33
    number = number_of(stored(), b"/Type /DSS") - 1
    swapped = Extension(stamped=True, objects={number: stream(lists()[0])}).append(stored())
    assert codes(swapped) == {"REVISION_OBJECT_CHANGED"}


def test_validation_data_written_anew_with_the_same_meaning_is_the_same() -> None:
    anew = Extension(certificates(), lists(), store_change=lambda body: re.sub(rb"\[ \d+ 0 R \d+ 0 R", b"[", body))
    sound(anew.append(stored()))


@pytest.mark.parametrize(
    "change",
    [
        adding(b"/OCSPs [ 7 ]"),
        adding(b"/OCSPs 7"),
        adding(b"/Extra 1"),
        replacing(b"/Type /DSS", b"/Type /Catalog"),
        adding(b"/VRI << /%s << /Cert [ 4 0 R ] >> >>" % (b"A" * 40)),
        adding(b"/VRI << /%s << /Cert 7 >> >>" % (b"A" * 40)),
        adding(b"/VRI << /%s << /TS 4 0 R >> >>" % (b"A" * 40)),
        adding(b"/VRI << /lain << >> >>"),
        lambda _: b"[ ]",
    ],
)
def test_a_store_of_another_form_is_named(change: Change) -> None:  # 33
    assert "DSS_SHAPE" in codes(Extension(certificates(), store_change=change).append(both()))


@pytest.mark.parametrize(
    "body",
    [
        stream(lists()[0]),
        stream(certificates()[0] + b"\0"),
        stream(b""),
        stream(bytes(40_000_000)),
        b"<< /Length 0 /F (x) >>\nstream\n\nendstream",
        b"(x)",
    ],
    ids=["list", "longer", "nothing", "endless", "outside", "no stream"],
)
def test_a_certificate_that_is_none_is_named(body: bytes) -> None:  # 33, 39
    found = codes(Extension(certificates()[:1], stream_change=lambda _: body).append(both()))
    assert found == {"DSS_STREAM", "REVISION_FOREIGN_OBJECT"}


def test_a_store_with_endless_lists_is_named() -> None:  # 39
    endless = adding(b"/OCSPs [ %s ]" % (b"4 0 R " * 1001))
    assert "DSS_SHAPE" in codes(Extension(certificates(), store_change=endless).append(both()))


def test_validation_data_that_fills_a_field_is_named() -> None:  # 29
    one = signed(head_content(), (FIRST,))
    number = number_of(one, b"(pihak-kedua)")
    filled = object_bytes(one, number).replace(b"/F 132", b"/F 132 /V 4 0 R")
    found = codes(Extension(certificates(), objects={number: filled}).append(one))
    assert found == {"REVISION_NOT_SIGNED"}


def test_a_timestamp_that_comes_with_a_roles_field_is_named() -> None:  # 29
    one = signed(head_content(), (FIRST,))
    number = number_of(one, b"(pihak-kedua)")
    found = codes(Extension(stamped=True, objects={number: object_bytes(one, number)}).append(one))
    assert "REVISION_FIELDS" in found


# document timestamps


def test_a_page_changed_along_with_a_timestamp_is_named() -> None:  # 13, 27
    number = number_of(base(), b"/Annots [")
    body = object_bytes(base(), number)
    note = b"<< /Type /Annot /Subtype /FreeText /Rect [40 600 240 660] >>"
    noted = re.sub(rb"/Annots \[", b"/Annots [ %d 0 R" % (last_size(both()) + 2), body)
    for objects in ({number: noted, -1: note}, {number: re.sub(rb"/Annots \[ \d+ 0 R", b"/Annots [", body)}):
        assert "REVISION_PAGE_CHANGED" in codes(Extension(stamped=True, objects=objects).append(both()))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (replacing(b"[0 0 0 0]", b"[320 50 500 120]"), "REVISION_OUTSIDE_SLOT"),
        (replacing(b"(waktu-1)", b"(pihak-pertama)"), "REVISION_OWN_FIELD"),
        (adding(b"/AA << >>"), "REVISION_OWN_FIELD"),
    ],
)
def test_a_timestamp_in_another_field_is_named(change: Change, code: str) -> None:
    assert code in codes(Extension(stamped=True, field_change=change).append(both()))


@pytest.mark.parametrize(
    "change",
    [
        replacing(b"/SubFilter /ETSI.RFC3161", b"/SubFilter /ETSI.CAdES.detached"),
        adding(b"/Name (x)"),
        replacing(b"/ByteRange", b"/ByteRanges"),
    ],
)
def test_a_timestamp_of_another_form_is_named(change: Change) -> None:  # 34, 35
    assert codes(Extension(stamped=True, value_change=change).append(both())) == {"TIMESTAMP_DICTIONARY"}


def test_a_timestamp_of_another_kind_is_named() -> None:
    other = replacing(b"/Type /DocTimeStamp", b"/Type /Catalog")
    assert "REVISION_OWN_FIELD" in codes(Extension(stamped=True, value_change=other).append(both()))


def test_a_timestamp_of_another_file_is_named() -> None:  # 34
    pdf = Extension(stamped=True).append(both())
    other = Extension(stamped=True).append(signed(head_content(), (SECOND, FIRST)))
    container = re.compile(rb"/ETSI.RFC3161 /Contents <([0-9a-f]+)>")
    own, copied = (container.search(one) for one in (pdf, other))
    assert own
    assert copied
    assert codes(pdf[: own.start(1)] + copied[1] + pdf[own.end(1) :]) & {"TIMESTAMP_IMPRINT", "TIMESTAMP_DIGEST"}


def test_a_timestamps_value_rewritten_later_is_named() -> None:  # 17
    pdf = Extension(stamped=True).append(both())
    number = number_of(pdf, b"/Type /DocTimeStamp")
    again = Extension(certificates(), objects={number: object_bytes(pdf, number)}).append(pdf)
    assert codes(again) == {"REVISION_SIGNATURE_CHANGED"}


# Info and XMP


def _information(change: Change) -> bytes:
    number = number_of(base(), b"/Producer")
    return beside(objects={number: change(object_bytes(base(), number))})


def test_dates_and_producer_may_change() -> None:
    def change(body: bytes) -> bytes:
        dated = re.sub(rb"/ModDate \([^)]*\)", b"/ModDate (D:20260301091500+07'00')", body)
        return dated.replace(b"/Producer (", b"/Producer (lain; ")

    assert change(object_bytes(base(), number_of(base(), b"/Producer"))).count(b"0301") == 1
    sound(_information(change))


@pytest.mark.parametrize(
    "change",
    [
        replacing(b"/Title (", b"/Title (X"),
        replacing(b"/CreationDate (D:2026", b"/CreationDate (D:2025"),
        lambda body: re.sub(rb"/ModDate \([^)]*\)", b"/ModDate (kemarin)", body),
        adding(b"/Trapped /True"),
        lambda body: re.sub(rb"/Producer \(", b"/Producer (" + b"x" * 500, body),
        lambda _: b"[ ]",
    ],
)
def test_other_information_is_named(change: Change) -> None:  # 28
    assert codes(_information(change)) == {"REVISION_METADATA"}


def _packet(change: Change, keys: bytes = b"/Type /Metadata /Subtype /XML") -> bytes:
    number = number_of(base(), b"/Type /Metadata")
    body = object_bytes(base(), number)
    data = body[body.index(b"stream\n") + 7 : body.rindex(b"endstream")].rstrip(b"\n")
    written = change(data)
    return beside(objects={number: b"<< %s /Length %d >>\nstream\n%s\nendstream" % (keys, len(written), written)})


@pytest.mark.parametrize("name", [b"xmp:ModifyDate", b"xmp:MetadataDate", b"pdf:Producer"])
def test_a_packet_may_say_another_date_of_change_and_producer(name: bytes) -> None:
    sound(_packet(lambda data: re.sub(rb"<%s>[^<]*" % name, b"<%s>2026-02-01T00:00:00Z" % name, data)))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: re.sub(rb"<xmp:CreateDate>[^<]*", b"<xmp:CreateDate>2025-01-01T00:00:00Z", data),
        lambda data: re.sub(rb"<pkdocs:id>[^<]*", b"<pkdocs:id>PK-2026-LAIN-1", data),
        lambda data: re.sub(rb"<pdfaid:part>3", b"<pdfaid:part>2", data),
        replacing(b"x-default", b"en"),
        replacing(b"<pkdocs:id>", b"<pkdocs:lain>1</pkdocs:lain><pkdocs:id>"),
        replacing(b"</rdf:RDF>", b"<!-- x --></rdf:RDF>"),
        replacing(b"<x:xmpmeta", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x:xmpmeta"),
        replacing(b"</rdf:RDF>", b"<?x y?></rdf:RDF>"),
        replacing(b"</rdf:RDF>", b"<rdf:Other/></rdf:RDF>"),
        replacing(b"</rdf:RDF>", b""),
        lambda _: b"<x/>",
    ],
)
def test_a_packet_that_says_more_is_named(change: Change) -> None:  # 28
    assert codes(_packet(change)) == {"REVISION_METADATA"}


def test_a_packet_that_is_another_object_is_named() -> None:
    assert codes(_packet(bytes, b"/Type /EmbeddedFile /Subtype /XML")) == {"REVISION_METADATA"}
    assert codes(_packet(bytes, b"/Type /Metadata /Subtype /XML /F (x)")) == {"REVISION_METADATA"}


def test_metadata_changed_in_a_revision_of_their_own_is_named() -> None:
    number = number_of(base(), b"/Producer")
    changed = revision(both(), {number: object_bytes(base(), number)})
    assert codes(changed) == {"REVISION_NOT_SIGNED", "REVISION_OBJECT_CHANGED"}


def test_a_catalog_that_is_no_dictionary_is_named() -> None:
    assert codes(revision(both(), {1: b"[ ]"})) >= {"REVISION_FORM", "REVISION_NOT_SIGNED"}


# one file among others


def test_the_seal_and_signatures_in_fields_of_their_own_are_inspected() -> None:
    facts = examine_pdf(by_pyhanko(beside(name=b"segel"), SECOND))
    inspection = inspect_agreement(facts, head_content(), size=facts.revisions[-1][0])
    assert [signature.field for signature in inspection.signatures] == ["segel", "Tanda SECOND"]
    assert inspection.integrity is Integrity.INTACT
    assert [signature.covers for signature in inspection.signatures] == [Coverage.REVISION, Coverage.FILE]


def test_a_fault_of_the_file_is_no_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkdocs.verification.attribution.is_training", lambda _: False)
    facts = examine_pdf(revision(beside(), {}))
    inspection = inspect_agreement(facts, head_content(), size=facts.revisions[-1][0])
    assert [finding.code for finding in inspection.findings] == ["REVISION_NOT_SIGNED"]
    assert [signature.findings for signature in inspection.signatures] == [()]
