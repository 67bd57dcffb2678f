"""What papers of ``foreign_raw`` are made of: their form and pages, the ways to sign, and what is done later."""

from collections.abc import Callable

from tests.foreign_raw import CATALOG, CHECK, FORM, NAME, PAGE, PREPARED, TOTAL, Paper, first, shape, stream

Change = Callable[[Paper], Paper]
STAMP = b"q 0.8 0.9 1 rg 0 0 200 60 re f Q BT /F1 9 Tf 4 40 Td (Ditandatangani secara elektronik) Tj ET"
WHITE = b"1 1 1 rg 0 0 200 60 re f 0 g BT /F1 14 Tf 2 5 Td (Rp 9.000.000) Tj ET"
OVER = "70 745 330 780"
"""Where the text of the first page stands."""
FREE = "300 300 500 360"
FONTS = b"/DR << /Font << /F1 5 0 R >> >>"


def form(*more: int, extra: bytes = b"", fonts: bytes = FONTS, flags: int = 3) -> bytes:
    listed = b" ".join(b"%d 0 R" % one for one in (NAME, PREPARED, CHECK, TOTAL, *more))
    return b"<< /Fields [%s] /SigFlags %d /DA (/F1 0 Tf 0 g) %s %s >>" % (listed, flags, fonts, extra)


def page(*more: int, extra: bytes = b"", contents: bytes = b"4 0 R", without: int = 0, resources: bytes = b"") -> bytes:
    listed = b" ".join(b"%d 0 R" % one for one in (NAME, PREPARED, CHECK, TOTAL, *more) if one != without)
    used = resources or b"<< /Font << /F1 5 0 R >> >>"
    head = b"<< /Type /Page /Parent 2 0 R /Contents %s /Resources %s " % (contents, used)
    return head + b"/Annots [%s] %s >>" % (listed, extra)


def catalog(extra: bytes = b"", metadata: bytes = b"10 0 R", pages: int = 2, acroform: bytes = b"6 0 R") -> bytes:
    known = b"/AcroForm %s" % acroform if acroform else b""
    return b"<< /Type /Catalog /Pages %d 0 R %s /Metadata %s %s >>" % (pages, known, metadata, extra)


def signed_field(name: str, value: int, rect: str = "0 0 0 0", extra: bytes = b"") -> bytes:
    said = (name.encode(), value, rect.encode(), extra)
    return b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /V %d 0 R /F 132 /Rect [%s] /P 3 0 R %s >>" % said


def text_field(name: str, value: str, rect: str, appearance: int) -> bytes:
    said = (name.encode(), value.encode(), rect.encode(), appearance)
    head = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (%s) /V (%s) /F 4 /Rect [%s] /P 3 0 R " % said[:3]
    return head + b"/AP << /N %d 0 R >> >>" % appearance


def note(kind: str, rect: str, extra: bytes = b"") -> bytes:
    return b"<< /Type /Annot /Subtype /%s /Rect [%s] /F 4 /Contents (x) /P 3 0 R %s >>" % (
        kind.encode(),
        rect.encode(),
        extra,
    )


def mdp(permission: int) -> bytes:
    parameters = b"<< /Type /TransformParams /V /1.2 /P %d >>" % permission
    return b"/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams %s >>]" % parameters


def field_mdp(action: str, *names: str) -> bytes:
    fields = b"/Fields [%s]" % b" ".join(b"(%s)" % one.encode() for one in names) if names else b""
    parameters = b"<< /Type /TransformParams /V /1.2 /Action /%s %s >>" % (action.encode(), fields)
    return b"/Reference [<< /Type /SigRef /TransformMethod /FieldMDP /TransformParams %s >>]" % parameters


def begun(style: str, **objects: bytes) -> Paper:
    return Paper(style=style).write(first(**objects))


def approved(style: str, *, entries: bytes = b"", rect: str = "0 0 0 0", **objects: bytes) -> Paper:
    """Return a paper signed by the first, visibly if there is room for it."""
    made: dict[int, bytes] = {FORM: form(30), PAGE: page(30), 30: signed_field("pihak1", 31, rect)}
    if not rect.startswith("0 0 0"):
        made |= {30: signed_field("pihak1", 31, rect, b"/AP << /N 32 0 R >>")} | layers(32)
    base = begun(style, **objects)
    return base.sign(made, 31, entries=entries)


def layers(number: int) -> dict[int, bytes]:
    """Return an appearance in layers, as Acrobat and iText draw them, with a picture as a QR."""
    inner = b"<< /XObject << /FRM %d 0 R >> >>" % (number + 1)
    parts = b"<< /XObject << /n0 %d 0 R /n2 %d 0 R >> >>" % (number + 2, number + 3)
    picture = stream(
        bytes([0, 255, 255, 0]),
        b"/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8",
    )
    drawn = STAMP + b" q 40 0 0 40 150 5 cm /QR Do Q"
    used = b"<< /Font << /F1 5 0 R >> /XObject << /QR %d 0 R >> >>" % (number + 4)
    return {
        number: shape(b"q 1 0 0 1 0 0 cm /FRM Do Q", resources=inner),
        number + 1: shape(b"q /n0 Do Q q /n2 Do Q", resources=parts),
        number + 2: shape(b"% DSBlank"),
        number + 3: shape(drawn, resources=used),
        number + 4: picture,
    }


def certified(style: str, permission: int, *, entries: bytes = b"", **objects: bytes) -> Paper:
    made = {FORM: form(30), PAGE: page(30), 30: signed_field("penerbit", 31)}
    made[CATALOG] = catalog(b"/Perms << /DocMDP 31 0 R >>")
    return begun(style, **objects).sign(made, 31, entries=mdp(permission) + entries)


def second(paper: Paper, rect: str = FREE, drawing: bytes = STAMP, number: int = 40, **options: object) -> Paper:
    """Sign again in a new field."""
    made = {
        FORM: form(30, number),
        PAGE: page(30, number),
        number: signed_field(f"baru{number}", number + 1, rect, b"/AP << /N %d 0 R >>" % (number + 2)),
    }
    return paper.sign(made | {number + 2: shape(drawing)}, number + 1, **options)  # type: ignore[arg-type]


def prepared(paper: Paper, number: int = 50, *, layered: bool = True, **options: object) -> Paper:
    """Sign in the field that was there for it."""
    body = signed_field("pihak2", number, "300 100 500 160", b"/AP << /N %d 0 R >>" % (number + 1))
    drawn = layers(number + 1) if layered else {number + 1: shape(STAMP)}
    return paper.sign({PREPARED: body} | drawn, number, **options)  # type: ignore[arg-type]


def filled(paper: Paper, name: str = "Siti", drawing: bytes = b"BT /F1 12 Tf 2 5 Td (Siti) Tj ET") -> Paper:
    body = text_field("nama", name, "72 600 272 620", 60)
    return paper.write({NAME: body, 60: shape(drawing, "200 20")})


def checked(paper: Paper) -> Paper:
    body = first()[CHECK].replace(b"/AS /Off", b"/AS /Ya /V /Ya /AP << /N << /Ya 61 0 R >> >>")
    return paper.write({CHECK: body, 61: shape(b"0 0 m 12 12 l 0 12 m 12 0 l S", "12 12")})


def stored(paper: Paper, number: int = 70, extra: bytes = b"") -> Paper:
    """Add a document security store with what belongs to one signature."""
    store = b"<< /Type /DSS /Certs [%d 0 R] /CRLs [%d 0 R] /VRI << /AB << /Cert [%d 0 R] >> >> >>" % (
        number + 1,
        number + 2,
        number + 1,
    )
    said = b"/DSS %d 0 R /Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 5 >> >> %s" % (number, extra)
    return paper.write({CATALOG: catalog(said), number: store, number + 1: stream(b"cert"), number + 2: stream(b"crl")})


def perms(paper: Paper) -> bytes:
    return b"/Perms << /DocMDP 31 0 R >>" if b"/DocMDP" in paper.pdf else b""


def write(objects: dict[int, bytes], **options: object) -> Change:
    return lambda paper: paper.write(objects, **options)  # type: ignore[arg-type]


def raw(text: bytes) -> Change:
    """Append bytes as they are."""
    return lambda paper: Paper(paper.pdf + text, paper.size, paper.previous, paper.root, paper.style)


def annotated(kind: str, rect: str, drawing: bytes = WHITE, extra: bytes = b"") -> Change:
    body = note(kind, rect, b"/AP << /N 81 0 R >> " + extra)
    return write({PAGE: page(30, 80), 80: body, 81: shape(drawing)})


LINK = (
    b"<< /Type /Annot /Subtype /Link /Rect [72 650 172 660] /Border [0 0 0] /A << /S /URI /URI (https://a.id) >> %s >>"
)


def made(style: str, change: Change) -> bytes:
    """Return an approved paper with a change behind it."""
    return change(approved(style)).pdf
