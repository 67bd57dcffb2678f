"""What other writers do to the papers of ``foreign_raw``, and must be intact, each by name."""

from collections.abc import Iterator
from functools import partial

from cryptography.hazmat.primitives import hashes

from tests.foreign_raw import (
    CATALOG,
    CHECK,
    FONT,
    FORM,
    INFO,
    NAME,
    PAGE,
    PAGES,
    PREPARED,
    ROOM,
    SECOND,
    TEXT,
    TOTAL,
    XMP,
    Paper,
    first,
    sealed,
    shape,
    stream,
)
from tests.foreign_raw_parts import (
    FREE,
    LINK,
    STAMP,
    WHITE,
    Change,
    approved,
    begun,
    catalog,
    certified,
    checked,
    field_mdp,
    filled,
    form,
    page,
    perms,
    prepared,
    raw,
    second,
    signed_field,
    stored,
    text_field,
    write,
)

_PUSHED = b"/MediaBox [0 0 595 842] /CropBox [0 0 595 842] /Rotate 0"
GOOD_LATER: dict[str, Change] = {
    "nothing": lambda paper: paper,
    "second-visible": second,
    "second-visible-hidden-page2": partial(second, rect="0 0 0 0", drawing=b""),
    "prepared": prepared,
    "prepared-plain": partial(prepared, layered=False),
    "three": lambda paper: second(prepared(paper)),
    "filled": filled,
    "checked": checked,
    "filled-and-signed": lambda paper: prepared(checked(filled(paper))),
    "dss": stored,
    "dss-thrice": lambda paper: stored(stored(stored(paper), 75), 90),
    "dss-direct": write({CATALOG: catalog(b"/DSS << /Certs [71 0 R] >>"), 71: stream(b"cert")}),
    "signed-dss": lambda paper: stored(prepared(paper)),
    "metadata": write(
        {
            INFO: b"<< /Producer (B) /ModDate (D:20270101000000Z) >>",
            XMP: stream(b"<x/>", b"/Type /Metadata"),
            CATALOG: catalog(b"/Version /2.0"),
        }
    ),
    "metadata-new-object": write({CATALOG: catalog(metadata=b"71 0 R"), 71: stream(b"<x/>", b"/Type /Metadata")}),
    "empty-revision": write({}),
    "rewritten-objects": lambda paper: paper.write(
        {PAGES: first()[PAGES], FONT: first()[FONT], TEXT: first()[TEXT], PAGE: page(30)}
    ),
    "inherited-pushed-down": lambda paper: second(
        paper.write({PAGE: page(30, extra=_PUSHED), SECOND: first()[SECOND][:-2] + b"/MediaBox [0 0 595 842] >>"})
    ),
    "rounding": write({PAGES: first()[PAGES].replace(b"595 842", b"595.0 842.00")}),
    "two-startxref": lambda paper: raw(b"startxref\n%d\n%%%%EOF\n" % paper.previous)(paper),
    "white-space": raw(b"\r\n\0\0\0 \n\n"),
    "comments": raw(b"% saved by a viewer\r\n%%EOF\r\n"),
    "form-moved-into-catalog": lambda paper: paper.write({CATALOG: catalog(perms(paper), acroform=form(30))}),
    "form-settings": write({FORM: form(30, extra=b"/NeedAppearances false /Q 0")}),
    "form-more-fonts": write(
        {
            FORM: form(
                30,
                fonts=b"/DR << /Font << /F1 5 0 R /He 71 0 R /Za 72 0 R >> /Encoding << /PDFDocEncoding 73 0 R >> >>",
            ),
            71: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding 73 0 R >>",
            72: b"<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>",
            73: b"<< /Type /Encoding /Differences [24 /breve] >>",
        }
    ),
    "appearance-again": write(
        {
            TOTAL: text_field("jumlah", "100", "72 500 272 520", 71),
            71: shape(b"/Tx BMC q BT /F1 12 Tf 2 5 Td (100) Tj ET Q EMC", "200 20"),
        }
    ),
    "page-private": write(
        {
            PAGE: page(
                30, extra=b"/PieceInfo << /A << /LastModified (D:2026) /Private 1 >> >> /Tabs /S /LastModified (D:2026)"
            )
        }
    ),
    "annotations-own-object": write(
        {
            PAGE: page(30).replace(b"/Annots [", b"/Annots 71 0 R /X [").split(b"/X")[0] + b">>",
            71: b"[7 0 R 8 0 R 11 0 R 12 0 R 30 0 R]",
        }
    ),
    "contents-as-array": write({PAGE: page(30, contents=b"[4 0 R]")}),
    "new-field-first": lambda paper: paper.sign(
        {
            FORM: form(30).replace(b"/Fields [", b"/Fields [40 0 R "),
            PAGE: page(30).replace(b"/Annots [", b"/Annots [40 0 R "),
            40: signed_field("depan", 41, FREE, b"/AP << /N 42 0 R >>"),
            42: shape(STAMP),
        },
        41,
    ),
    "new-field-below-another": lambda paper: paper.sign(
        {
            FORM: form(30, 43),
            PAGE: page(30, 40),
            43: b"<< /T (para) /Kids [40 0 R] >>",
            42: shape(STAMP),
            40: signed_field("pihak", 41, FREE, b"/AP << /N 42 0 R >> /Parent 43 0 R"),
        },
        41,
    ),
    "new-field-apart-from-widget": lambda paper: paper.sign(
        {
            FORM: form(30, 43),
            PAGE: page(30, 40),
            43: b"<< /FT /Sig /T (terpisah) /V 41 0 R /Kids [40 0 R] >>",
            42: shape(STAMP),
            40: b"<< /Type /Annot /Subtype /Widget /Rect [300 300 500 360] /AP << /N 42 0 R >> /Parent 43 0 R >>",
        },
        41,
    ),
    "no-end-of-file-mark-white": raw(b"\n" * 2000),
    "locks-others": write({NAME: first()[NAME][:-2] + b"/Ff 1 >>", TOTAL: first()[TOTAL].replace(b"/F 4", b"/F 132")}),
    "usage-rights": write(
        {CATALOG: catalog(b"/Perms << /UR3 71 0 R >>"), 71: b"<< /Type /Sig /Filter /Adobe.PPKLite >>"}
    ),
    "empty-field-new": lambda paper: paper.write({FORM: form(30, 40), 40: b"<< /FT /Sig /T (kosong) >>"}),
    "empty-field-new-widget": lambda paper: paper.write(
        {
            FORM: form(30, 40),
            PAGE: page(30, 40),
            40: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (kosong) /F 4 /Rect [300 300 500 360] /P 3 0 R >>",
        }
    ),
}
"""What may be done to a paper that somebody approved."""

_CERTIFIED_GOOD: dict[str, tuple[int, Change]] = {
    "p1-dss": (
        1,
        lambda paper: paper.write({CATALOG: catalog(perms(paper) + b" /DSS << /Certs [71 0 R] >>"), 71: stream(b"c")}),
    ),
    "p1-nothing": (1, lambda paper: paper),
    "p2-filled": (2, filled),
    "p2-filled-signed": (2, lambda paper: prepared(checked(filled(paper)))),
    "p2-changed-value": (
        2,
        write(
            {
                TOTAL: text_field("jumlah", "250", "72 500 272 520", 71),
                71: shape(b"BT /F1 12 Tf 2 5 Td (250) Tj ET", "200 20"),
            }
        ),
    ),
    "p2-prepared": (2, prepared),
    "p2-invisible": (2, partial(second, rect="0 0 0 0", drawing=b"")),
    "p3-filled": (3, filled),
    "p3-prepared": (3, prepared),
}


def good_alone(style: str) -> Iterator[tuple[str, bytes]]:
    yield "visible", approved(style, rect="300 200 500 260").pdf
    yield "visible-then-prepared", prepared(approved(style, rect="300 200 500 260")).pdf
    yield "in-one-save", _one_save(style)
    yield "sha512", begun(style).sign({FORM: form(30), 30: signed_field("p", 31)}, 31, digest=hashes.SHA512()).pdf
    yield "usage-rights-before", approved(style, catalog=catalog(b"/Perms << /UR3 71 0 R >>")).pdf
    for action, names in (("All", ()), ("Include", ("jumlah",)), ("Exclude", ("nama", "pihak2"))):
        yield f"field-mdp-{action.lower()}", approved(style, entries=field_mdp(action, *names)).pdf
        if action != "All":
            yield (
                f"field-mdp-{action.lower()}-then",
                prepared(filled(approved(style, entries=field_mdp(action, *names)))).pdf,
            )
    for name, (permission, change) in _CERTIFIED_GOOD.items():
        yield name, change(certified(style, permission)).pdf
    yield "certified-p2-field-mdp", filled(certified(style, 2)).pdf
    needs = first()[FORM].replace(b"/DA", b"/NeedAppearances true /DA")
    yield "needs-appearances-before", approved(style, form=needs).pdf
    signed = begun(
        style, form=needs, total=first()[NAME].replace(b"nama", b"jumlah").replace(b"600 272 620", b"500 272 520")
    ).sign({FORM: form(30, extra=b"/NeedAppearances true"), 30: signed_field("p", 31)}, 31)
    yield "needs-appearances-gone", signed.write({FORM: form(30)}).pdf
    link = begun(style, page=page(80)).write({80: LINK % b""})
    signed = link.sign({FORM: form(30), PAGE: page(80, 30), 30: signed_field("p", 31)}, 31)
    yield "link-named-again", signed.write({80: LINK % b"/NM (x1) /M (D:2026) /P 3 0 R"}).pdf
    yield "link-kept", prepared(signed).pdf
    line = stream(
        first()[TEXT].split(b"stream\n")[1].split(b"\nendstream")[0] + b" 310 320 m 490 320 l S 310 305 m 490 305 l S"
    )
    yield "signed-over-a-line", second(approved(style, text=line)).pdf
    yield "signed-over-a-line-white", second(approved(style, text=line), drawing=WHITE).pdf
    label = stream(b"BT /F1 14 Tf 72 760 Td (Teks) Tj ET BT /F1 8 Tf 302 350 Td (Tanda tangan) Tj ET")
    yield (
        "signed-over-a-label-clear",
        second(approved(style, text=label), drawing=b"BT /F1 9 Tf 4 10 Td (Siti) Tj ET").pdf,
    )
    combs = stream(b"BT /F1 14 Tf 72 760 Td (Teks) Tj ET 72 600 200 20 re S 92 600 m 92 620 l S 112 600 m 112 620 l S")
    yield "filled-in-combs", filled(approved(style, text=combs)).pdf
    yield (
        "filled-in-combs-white",
        filled(approved(style, text=combs), drawing=b"1 g 0 0 200 20 re f 0 g BT /F1 12 Tf 2 5 Td (Siti) Tj ET").pdf,
    )
    box = stream(b"BT /F1 14 Tf 72 760 Td (Teks) Tj ET 72 560 12 12 re S")
    yield "checked-in-box", checked(approved(style, text=box)).pdf
    blank = first()[NAME][:-2] + b"/V () /AP << /N 71 0 R >> >>"
    yield (
        "filled-blank-appearance",
        filled(
            begun(style, name=blank)
            .write({71: shape(b"/Tx BMC EMC", "200 20")})
            .sign({FORM: form(30), PAGE: page(30), 30: signed_field("p", 31)}, 31)
        ).pdf,
    )
    direct = begun(style).write({FORM: form(30), PAGE: page(30)})
    value = (
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 %s] /Contents <%s> >>"
        % (b"*" * 40, b"0" * ROOM)
    )
    yield "value-in-field", sealed(direct.write({30: signed_field("p", 31).replace(b"31 0 R", value)}).pdf)
    tagged = catalog(b"/StructTreeRoot 75 0 R /MarkInfo << /Marked true >>")
    tree = {
        75: b"<< /Type /StructTreeRoot /K [76 0 R] /ParentTree << /Nums [0 [76 0 R]] >> >>",
        76: b"<< /Type /StructElem /S /Document /P 75 0 R /K [] >>",
    }
    grown = {
        75: tree[75].replace(b"[76 0 R]]", b"[76 0 R] 1 77 0 R]"),
        76: tree[76].replace(b"/K []", b"/K [77 0 R]"),
        77: b"<< /Type /StructElem /S /Form /P 76 0 R /K << /Type /OBJR /Obj 40 0 R >> >>",
    }
    base = (
        begun(style, catalog=tagged).write(tree).sign({FORM: form(30), PAGE: page(30), 30: signed_field("p", 31)}, 31)
    )
    made = {
        FORM: form(30, 40),
        PAGE: page(30, 40),
        40: signed_field("q", 41, FREE, b"/AP << /N 42 0 R >> /StructParent 1"),
        42: shape(STAMP),
    }
    yield "tagged", base.sign(made | grown, 41).pdf
    no_form = {CATALOG: catalog(acroform=b""), PAGE: page().replace(b"/Annots [7 0 R 8 0 R 11 0 R 12 0 R]", b"")}
    bare = Paper(style=style).write(
        {
            number: body
            for number, body in (first() | no_form).items()
            if number not in {FORM, NAME, PREPARED, CHECK, TOTAL}
        }
    )
    own = {
        CATALOG: catalog(),
        FORM: b"<< /Fields [30 0 R] /SigFlags 3 >>",
        30: signed_field("p", 31),
        PAGE: no_form[PAGE][:-2] + b"/Annots [30 0 R] >>",
    }
    yield "no-form-before", bare.sign(own, 31).pdf
    more = {
        FORM: b"<< /Fields [30 0 R 40 0 R] /SigFlags 3 /DR << >> /DA () >>",
        PAGE: no_form[PAGE][:-2] + b"/Annots [30 0 R 40 0 R] >>",
        40: signed_field("q", 41, FREE, b"/AP << /N 42 0 R >>"),
        42: shape(STAMP),
    }
    yield "no-form-before-twice", bare.sign(own, 31).sign(more, 41).pdf


def _one_save(style: str) -> bytes:
    """Signed while it is first written, without a revision before."""
    made = first(form=form(30), page=page(30)) | {30: signed_field("p", 31)}
    return Paper(style=style).sign(made, 31).pdf
