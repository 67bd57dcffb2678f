"""What attackers do to the papers of ``foreign_raw``, and must not be intact, each by name."""

import re
from collections.abc import Iterator
from functools import partial

from tests.foreign_corpus import Specimen
from tests.foreign_raw import (
    CATALOG,
    FONT,
    FORM,
    NAME,
    PAGE,
    PAGES,
    PREPARED,
    ROOM,
    SECOND,
    TEXT,
    TOTAL,
    Paper,
    first,
    shape,
    stream,
)
from tests.foreign_raw_good import GOOD_LATER, good_alone
from tests.foreign_raw_parts import (
    FONTS,
    FREE,
    LINK,
    OVER,
    WHITE,
    Change,
    annotated,
    approved,
    begun,
    catalog,
    certified,
    field_mdp,
    filled,
    form,
    made,
    note,
    page,
    prepared,
    raw,
    second,
    signed_field,
    text_field,
    write,
)

_OBJECT_AGAIN = stream(b"BT /F1 14 Tf 72 760 Td (Perjanjian: dibayar Rp 9.000.000) Tj ET")
_EVIL_PAGE = page(30, contents=b"91 0 R")
_APPROVAL_KINDS = (
    "FreeText",
    "Stamp",
    "Redact",
    "Highlight",
    "Ink",
    "FileAttachment",
    "Text",
    "Square",
    "Line",
    "Widget",
)


def _swap(paper: Paper, one: bytes, other: bytes) -> Paper:
    return Paper(paper.pdf.replace(one, other), paper.size, paper.previous, paper.root, paper.style)


def _pages_again(contents: bytes = b"91 0 R") -> dict[int, bytes]:
    return {
        92: b"<< /Type /Pages /Kids [93 0 R 13 0 R] /Count 2 /MediaBox [0 0 595 842] >>",
        91: _OBJECT_AGAIN,
        93: page(30, contents=contents).replace(b"2 0 R", b"92 0 R", 1),
    }


BAD_LATER: dict[str, Change] = (
    {
        "content": write({TEXT: _OBJECT_AGAIN}),
        "content-new": write({PAGE: _EVIL_PAGE, 91: _OBJECT_AGAIN}),
        "content-added": write({PAGE: page(30, contents=b"[4 0 R 91 0 R]"), 91: _OBJECT_AGAIN}),
        "content-freed": write({}, free=(TEXT,)),
        "font-swapped": write({FONT: b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"}),
        "font-encoding": write({FONT: first()[FONT][:-2] + b"/Encoding << /Differences [49 /nine] >> >>"}),
        "font-in-resources": write(
            {
                PAGE: page(30, resources=b"<< /Font << /F1 91 0 R >> >>"),
                91: b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
            }
        ),
        "pages-other": write({CATALOG: catalog(pages=92)} | _pages_again()),
        "catalog-other": lambda paper: paper.write({90: catalog(pages=92)} | _pages_again(), root=90),
        "pages-swapped": write({PAGES: first()[PAGES].replace(b"3 0 R 13 0 R", b"13 0 R 3 0 R")}),
        "page-removed": write(
            {PAGES: first()[PAGES].replace(b"3 0 R 13 0 R", b"13 0 R").replace(b"Count 2", b"Count 1")}
        ),
        "page-twice": write(
            {PAGES: first()[PAGES].replace(b"3 0 R 13", b"3 0 R 3 0 R 13").replace(b"Count 2", b"Count 3")}
        ),
        "page-added": write(
            {
                PAGES: first()[PAGES].replace(b"13 0 R", b"13 0 R 93 0 R").replace(b"Count 2", b"Count 3"),
                93: first()[SECOND],
            }
        ),
        "page-box": write({PAGE: page(30, extra=b"/CropBox [0 0 595 700]")}),
        "page-box-inherited": write({PAGES: first()[PAGES].replace(b"595 842", b"595 700")}),
        "page-turned": write({PAGE: page(30, extra=b"/Rotate 180")}),
        "page-unit": write({PAGE: page(30, extra=b"/UserUnit 2")}),
        "page-action": write({PAGE: page(30, extra=b"/AA << /O << /S /JavaScript /JS (app.alert(1)) >> >>")}),
        "pages-count": write({PAGES: first()[PAGES].replace(b"Count 2", b"Count 1")}),
        "open-action": write({CATALOG: catalog(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>")}),
        "names-javascript": write(
            {CATALOG: catalog(b"/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (1) >>] >> >>")}
        ),
        "embedded-file": write(
            {
                CATALOG: catalog(b"/Names << /EmbeddedFiles << /Names [(a) 91 0 R] >> >>"),
                91: b"<< /Type /Filespec /F (a) >>",
            }
        ),
        "layers": write(
            {
                CATALOG: catalog(b"/OCProperties << /OCGs [91 0 R] /D << /OFF [91 0 R] >> >>"),
                91: b"<< /Type /OCG /Name (x) >>",
            }
        ),
        "portfolio": write({CATALOG: catalog(b"/Collection << /View /D >>")}),
        "xfa": write({FORM: form(30, extra=b"/XFA 91 0 R"), 91: stream(b"<xdp:xdp/>")}),
        "needs-appearances": write({FORM: form(30, extra=b"/NeedAppearances true")}),
        "form-order": write({FORM: form(30, extra=b"/CO [12 0 R]")}),
        "value": write(
            {
                TOTAL: text_field("jumlah", "900", "72 500 272 520", 91),
                91: shape(b"BT /F1 12 Tf 2 5 Td (900) Tj ET", "200 20"),
            }
        ),
        "value-only": write({TOTAL: text_field("jumlah", "900", "72 500 272 520", 15)}),
        "appearance-only": write(
            {
                TOTAL: text_field("jumlah", "100", "72 500 272 520", 91),
                91: shape(b"BT /F1 12 Tf 2 5 Td (900) Tj ET", "200 20"),
            }
        ),
        "appearance-object": write({15: shape(b"BT /F1 12 Tf 2 5 Td (900) Tj ET", "200 20")}),
        "appearance-gone": write({TOTAL: first()[TOTAL].replace(b"/AP << /N 15 0 R >>", b"")}),
        "value-gone": write({TOTAL: first()[TOTAL].replace(b"/V (100)", b"").replace(b"/AP << /N 15 0 R >>", b"")}),
        "field-hidden": write({TOTAL: first()[TOTAL].replace(b"/F 4", b"/F 2")}),
        "field-moved": write({TOTAL: first()[TOTAL].replace(b"72 500 272 520", b"70 750 270 770")}),
        "field-removed": write({FORM: form(30).replace(b"12 0 R", b""), PAGE: page(30, without=TOTAL)}),
        "field-off-page": write({PAGE: page(30, without=TOTAL)}),
        "field-renamed": write({TOTAL: first()[TOTAL].replace(b"jumlah", b"lain")}),
        "field-kind": write({TOTAL: first()[TOTAL].replace(b"/FT /Tx", b"/FT /Ch")}),
        "field-script": write({TOTAL: first()[TOTAL][:-2] + b"/AA << /F << /S /JavaScript /JS (1) >> >> >>"}),
        "field-new-text": write(
            {FORM: form(30, 40), PAGE: page(30, 40), 40: text_field("x", "9", OVER, 91), 91: shape(WHITE)}
        ),
        "field-moved-and-filled": write({NAME: text_field("nama", "Rp 9", OVER, 91), 91: shape(WHITE)}),
        "sign-over-content": partial(second, rect=OVER, drawing=WHITE),
        "sign-over-all": partial(second, rect="0 0 595 842", drawing=WHITE),
        "sign-over-prepared-moved": lambda paper: paper.sign(
            {PREPARED: signed_field("pihak2", 50, OVER, b"/AP << /N 51 0 R >>"), 51: shape(WHITE)}, 50
        ),
        "empty-sign-field-drawn": write(
            {
                FORM: form(30, 40),
                PAGE: page(30, 40),
                91: shape(WHITE),
                40: b"<< /Subtype /Widget /FT /Sig /T (k) /Rect [70 745 330 780] /P 3 0 R /AP << /N 91 0 R >> >>",
            }
        ),
        "empty-sign-field-coloured": write(
            {
                FORM: form(30, 40),
                PAGE: page(30, 40),
                40: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (k) /F 4 /Rect [70 745 330 780] /P 3 0 R"
                b" /MK << /BG [1 1 1] /BC [0 0 0] /CA (x) >> >>",
            }
        ),
        "prepared-drawn-unsigned": write(
            {PREPARED: first()[PREPARED][:-2] + b"/AP << /N 91 0 R >> >>", 91: shape(WHITE)}
        ),
        "sign-field-coloured": lambda paper: paper.sign(
            {FORM: form(30, 40), PAGE: page(30, 40), 40: signed_field("q", 41, OVER, b"/MK << /BG [1 1 1] /CA (9) >>")},
            41,
        ),
        "sign-field-under-the-mouse": lambda paper: paper.sign(
            {
                FORM: form(30, 40),
                PAGE: page(30, 40),
                40: signed_field("q", 41, OVER, b"/AP << /N 92 0 R /R 91 0 R >>"),
                91: shape(WHITE),
                92: shape(b""),
            },
            41,
        ),
        "sign-field-acting-above": lambda paper: paper.sign(
            {
                FORM: form(30, 43),
                43: b"<< /T (x) /Kids [40 0 R] /AA << /K << /S /JavaScript /JS (1) >> >> >>",
                40: signed_field("q", 41, extra=b"/Parent 43 0 R"),
            },
            41,
        ),
        "signature-removed": write({30: signed_field("pihak1", 31).replace(b"/V 31 0 R", b"")}),
        "signature-value-swapped": write(
            {30: signed_field("pihak1", 91), 91: b"<< /Type /Sig /ByteRange [0 1 2 3] >>"}
        ),
        "signature-dictionary-again": write(
            {31: b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached >>"}
        ),
        "signature-moved": write({30: signed_field("pihak1", 31, OVER, b"/AP << /N 91 0 R >>"), 91: shape(WHITE)}),
        "annotations-gone": write({PAGE: page(30).replace(b"/Annots", b"/Annot_")}),
        "structure": write({CATALOG: catalog(b"/StructTreeRoot << /Type /StructTreeRoot >>")}),
        "two-keys": write({PAGE: page(30, extra=b"/Contents 91 0 R"), 91: _OBJECT_AGAIN}),
        "dss-is-content": write({CATALOG: catalog(b"/DSS << /Certs [4 0 R] >>"), TEXT: _OBJECT_AGAIN}),
        "piece-is-content": write({PAGE: page(30, extra=b"/PieceInfo << /A 4 0 R >>"), TEXT: _OBJECT_AGAIN}),
        "no-prev": lambda paper: paper.write(first() | {TEXT: _OBJECT_AGAIN}, prev=-1),
        "loose-object": raw(b"4 0 obj\n" + _OBJECT_AGAIN + b"\nendobj\n"),
        "loose-object-end": raw(b"4 0 obj\n" + _OBJECT_AGAIN + b"\nendobj\n%%EOF\n"),
        "loose-object-startxref": raw(b"4 0 obj\n" + _OBJECT_AGAIN + b"\nendobj\nstartxref\n0\n%%EOF\n"),
        "loose-trailer": raw(b"4 0 obj\n" + _OBJECT_AGAIN + b"\nendobj\ntrailer\n<< /Root 1 0 R /Size 99 >>\n%%EOF\n"),
        "loose-in-comment": raw(b"%x\r4 0 obj\n" + _OBJECT_AGAIN + b"\nendobj\n"),
        "loose-file": raw(begun("table").pdf),
        "loose-before-startxref": lambda paper: paper.write({}, tail=b"4 0 obj\n" + _OBJECT_AGAIN + b"\nendobj\n"),
        "wrong-offset": lambda paper: _swap(
            paper.write({TEXT: _OBJECT_AGAIN}), b"\n4 0 obj\n" + _OBJECT_AGAIN, b"\n9 9 obj\n" + _OBJECT_AGAIN
        ),
    }
    | {f"annotation-{kind.lower()}": annotated(kind, OVER) for kind in _APPROVAL_KINDS}
    | {
        "annotation-redact-plain": write(
            {PAGE: page(30, 80), 80: note("Redact", OVER, b"/IC [0 0 0] /OverlayText (x)")}
        ),
        "annotation-free-blank": annotated("FreeText", FREE),
        "annotation-link": write({PAGE: page(30, 80), 80: LINK % b""}),
        "annotation-inline": write(
            {PAGE: page(30).replace(b"30 0 R]", b"30 0 R " + note("Square", OVER, b"/IC [1 1 1]") + b"]")}
        ),
        "annotation-second-page": write(
            {SECOND: first()[SECOND][:-2] + b"/Annots [80 0 R] >>", 80: note("FreeText", FREE)}
        ),
    }
)
"""What may not be done to a paper that somebody approved; on one that was certified neither."""


def _shadow_over(style: str) -> bytes:
    """An empty field over the sum is filled in: its white ground hides what was signed."""
    body = first()[NAME].replace(b"72 600 272 620", b"70 745 330 780")
    return write({NAME: text_field("nama", "Rp 9", "70 745 330 780", 91), 91: shape(WHITE)})(
        approved(style, name=body)
    ).pdf


def _shadow_hide(style: str) -> bytes:
    """A picture that hid the sum when it was signed is taken away."""
    hidden = page(30, contents=b"[4 0 R 94 0 R]", resources=b"<< /Font << /F1 5 0 R >> /XObject << /C 95 0 R >> >>")
    base = begun(style).write({PAGE: hidden, 94: stream(b"q 1 0 0 1 70 745 cm /C Do Q"), 95: shape(WHITE)})
    signed = base.sign({FORM: form(30), 30: signed_field("pihak1", 31)}, 31)
    return signed.write({}, free=(95,)).pdf


def _shadow_unused(style: str) -> bytes:
    """Objects that lay ready, unused and signed, are switched on (hide and replace)."""
    base = begun(style).write({90: catalog(pages=92)} | _pages_again())
    signed = base.sign({FORM: form(30), PAGE: page(30), 30: signed_field("pihak1", 31)}, 31)
    return signed.write({}, root=90).pdf


def _shadow_offset(style: str) -> bytes:
    """Only the cross-references change: they name another object of that number that lies in the signed part."""
    ready = b"4 0 obj\n%s\nendobj\n" % _OBJECT_AGAIN
    base = Paper(style=style)
    base = Paper(base.pdf + b"%\n" + ready, base.size, base.previous, base.root, style)
    place = len(Paper().pdf) + 2
    signed = base.write(first()).sign({FORM: form(30), PAGE: page(30), 30: signed_field("pihak1", 31)}, 31)
    start = len(signed.pdf)
    table = b"xref\n4 1\n%010d 00000 n \ntrailer\n<< /Size 99 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    return signed.pdf + table % (place, signed.previous, start)


def _signature_forgery(style: str) -> Iterator[tuple[str, bytes]]:
    """USF: what the signature says of itself is missing or senseless."""
    pdf = approved(style).pdf
    contents = re.compile(rb"/Contents <[0-9a-f]{%d}>" % ROOM)
    byte_range = re.compile(rb"/ByteRange \[[^\]]*\]")
    for name, text in {
        "gone": b"",
        "null": b"/Contents null",
        "empty": b"/Contents <>",
        "zero": b"/Contents <00>",
        "zeros": b"/Contents <" + b"0" * ROOM + b">",
        "string": b"/Contents ()",
    }.items():
        yield f"usf-contents-{name}", contents.sub(text, pdf)
    for name, text in {
        "gone": b"",
        "null": b"/ByteRange null",
        "empty": b"/ByteRange []",
        "negative": b"/ByteRange [0 -1 0 -1]",
        "all": b"/ByteRange [0 %d %d 0]" % (len(pdf), len(pdf)),
        "one": b"/ByteRange [0 10 20 30]",
        "text": b"/ByteRange [a b c d]",
        "zeros": b"/ByteRange [0 0 0 0]",
        "huge": b"/ByteRange [0 99999999999 999999999999 9999999999999]",
    }.items():
        yield f"usf-range-{name}", byte_range.sub(text.ljust(len(byte_range.search(pdf)[0])), pdf)  # type: ignore[index]
    yield "usf-subfilter", pdf.replace(b"/adbe.pkcs7.detached", b"/adbe.pkcs9.detached")
    yield "usf-subfilter-gone", pdf.replace(b"/SubFilter /adbe.pkcs7.detached", b"/SubFilte_ /adbe.pkcs7.detached")
    yield "usf-filled-by-nonsense", contents.sub(b"/Contents <" + b"31" * (ROOM // 2) + b">", pdf)


def _wrapped(style: str) -> Iterator[tuple[str, bytes]]:
    """SWA: the covered second part is moved, and something else stands in between."""
    pdf = approved(style).pdf
    opening = pdf.rindex(b"/Contents <") + len(b"/Contents ")
    closing = opening + ROOM + 2
    evil = b"4 0 obj\n%s\nendobj\n" % _OBJECT_AGAIN
    for name, wrapping in {
        "object": evil,
        "stream": b"/X (" + evil + b")",
        "blank": b" " * 300,
        "copy": begun("table").pdf,
    }.items():
        shifted = [0, opening, closing + len(wrapping), len(pdf) - closing]
        listed = (b"/ByteRange [" + b" ".join(b"%d" % one for one in shifted)).ljust(55) + b"]"
        head = re.sub(rb"/ByteRange \[[^\]]*\]", lambda _, listed=listed: listed, pdf[:closing])
        yield f"swa-{name}", head + wrapping + pdf[closing:]
        yield f"swa-{name}-unmoved", pdf[:closing] + wrapping + pdf[closing:]


def bad_alone(style: str) -> Iterator[tuple[str, bytes]]:
    yield "shadow-over", _shadow_over(style)
    yield "shadow-hide", _shadow_hide(style)
    yield "shadow-unused", _shadow_unused(style)
    if style == "table":
        yield "shadow-offset", _shadow_offset(style)
    yield from _signature_forgery(style)
    yield from _wrapped(style)
    for permission in (1, 2, 3):
        for kind in _APPROVAL_KINDS:
            yield f"eaa-p{permission}-{kind.lower()}", annotated(kind, OVER)(certified(style, permission)).pdf
        yield f"ssa-p{permission}", second(certified(style, permission), OVER, WHITE).pdf
        yield f"ssa-p{permission}-unsigned", BAD_LATER["empty-sign-field-drawn"](certified(style, permission)).pdf
        yield f"certified-p{permission}-content", write({TEXT: _OBJECT_AGAIN})(certified(style, permission)).pdf
        yield (
            f"certified-p{permission}-removed",
            write({CATALOG: catalog(), TEXT: _OBJECT_AGAIN})(certified(style, permission)).pdf,
        )
        yield f"certified-p{permission}-new-field", BAD_LATER["field-new-text"](certified(style, permission)).pdf
    yield "p1-filled", filled(certified(style, 1)).pdf
    yield "p1-signed", prepared(certified(style, 1)).pdf
    for action, names in (("All", ()), ("Include", ("nama",)), ("Exclude", ("jumlah",))):
        yield f"field-mdp-{action.lower()}-filled", filled(approved(style, entries=field_mdp(action, *names))).pdf
    pdf = approved(style).pdf
    yield "flipped", pdf.replace(b"1.000.000", b"9.000.000") if style == "table" else pdf.replace(b"%\xe2", b"%\xe3")
    yield "truncated", pdf[: len(pdf) - 200]
    yield "unsigned", begun(style).pdf
    yield "twice", approved(style).write({FORM: form(30, 40), 40: signed_field("lagi", 31)}).pdf
    fonts = first()[FORM].replace(b"5 0 R", b"96 0 R")
    base = begun(style, form=fonts).write(
        {
            15: stream(b"BT /F1 12 Tf 2 5 Td (100) Tj ET", b"/Type /XObject /Subtype /Form /BBox [0 0 200 20]"),
            96: first()[FONT],
        }
    )
    kept = FONTS.replace(b"5 0 R", b"96 0 R")
    signed = base.sign({FORM: form(30, fonts=kept), PAGE: page(30), 30: signed_field("p", 31)}, 31)
    yield "form-font-object-swapped", signed.write({96: b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"}).pdf
    yield (
        "form-font-swapped",
        signed.write(
            {
                FORM: form(30, fonts=FONTS.replace(b"5 0 R", b"97 0 R")),
                97: b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>",
            }
        ).pdf,
    )


def raw_specimens(*styles: str) -> Iterator[Specimen]:
    """Yield every paper of both kinds, in both styles of writing if none is named."""
    for style in styles or ("table", "stream"):
        for is_good, changes in ((True, GOOD_LATER), (False, BAD_LATER)):
            for name, change in changes.items():
                yield Specimen(f"raw-{style}-{name}", is_good, partial(made, style, change))
        for is_good, alone in ((True, good_alone), (False, bad_alone)):
            for name, pdf in alone(style):
                yield Specimen(f"raw-{style}-{name}", is_good, partial(bytes, pdf))
