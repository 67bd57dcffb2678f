"""The picture that the service puts into a slot: the look of our own signatures, with what BSrE's have beside it."""

from dataclasses import dataclass
from io import BytesIO
from typing import Final

from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject, NameObject, NumberObject, StreamObject
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from pkdocs.picture import draw_pages
from pkdocs.signing.appearance import Stamp, appearance_objects
from pkdocs.signing.emblem import Emblem
from pkdocs.signing.font import Face, cut_subset, font_objects, load_face
from pkdocs.signing.writer import add_objects

FOOTER: Final = (
    "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang diterbitkan oleh BSrE."
)
"""What stands below a signature with a certificate of BSrE; convention, no regulation words it."""

DPI: Final = 216
_SIZE: Final = 4.5
_LEADING: Final = 1.2
_GAP: Final = 2.0
_LOGO_HEIGHT: Final = 14.0
_LARGEST_SHARE: Final = 0.4


@dataclass(frozen=True, slots=True)
class Appearance:
    """How a signature of BSrE shows: at all or not, with which footer (empty: none), with which logo.

    The logo is the local government's own file; none is shipped.
    """

    is_visible: bool = True
    footer: str = FOOTER
    logo: Emblem | None = None


@dataclass(frozen=True, slots=True)
class _Band:
    """The strip below the stamp: its height, its lines of text, the logo and how wide that is."""

    height: float
    lines: tuple[str, ...]
    logo: Emblem | None
    logo_width: float


def draw_stamp(stamp: Stamp, appearance: Appearance, *, width: float, height: float) -> bytes:
    """Return the picture of ``stamp`` for a slot of ``width`` by ``height`` points, PNG without transparency.

    Under a training certificate there is neither footer nor logo: it is not BSrE who vouches for that.
    """
    face = load_face()
    band = _Band(0, (), None, 0) if stamp.training else _fit_band(appearance, face, width, height)
    writer = PdfFileWriter(stream_xrefs=False)
    shown = add_objects(writer, appearance_objects(stamp, width, height - band.height))
    _add_page(writer, shown, band, face, width=width, height=height)
    output = BytesIO()
    writer.write(output)
    return next(draw_pages(output.getvalue(), dpi=DPI))


def _fit_band(appearance: Appearance, face: Face, width: float, height: float) -> _Band:
    """Return the strip; one that would take too much of the slot is left out, since the signer's name comes first."""
    logo = appearance.logo
    logo_width = _LOGO_HEIGHT * logo.width / logo.height + _GAP if logo else 0.0
    lines = tuple(face.wrap(appearance.footer, _SIZE, max(width - logo_width, 1)))
    needed = max(_LOGO_HEIGHT if logo else 0.0, len(lines) * _SIZE * _LEADING)
    if not needed or needed + _GAP > _LARGEST_SHARE * height:
        return _Band(0, (), None, 0)
    return _Band(needed + _GAP, lines, logo, logo_width)


def _add_page(
    writer: PdfFileWriter, shown: IndirectObject, band: _Band, face: Face, *, width: float, height: float
) -> None:
    objects = DictionaryObject({NameObject("/Stamp"): shown})
    resources = DictionaryObject({NameObject("/XObject"): objects})
    drawn = [f"q 1 0 0 1 0 {band.height:.2f} cm /Stamp Do Q"]
    if band.logo:
        objects[NameObject("/Logo")] = _add_logo(writer, band.logo)
        side = band.logo_width - _GAP
        drawn.append(f"q {side:.2f} 0 0 {_LOGO_HEIGHT} 0 0 cm /Logo Do Q")
    if band.lines:
        drawn.append(_draw_lines(writer, resources, band, face))
    contents = writer.add_object(StreamObject(stream_data="\n".join(drawn).encode("ascii")))
    writer.insert_page(PageObject(contents=contents, media_box=(0, 0, width, height), resources=resources))


def _draw_lines(writer: PdfFileWriter, resources: DictionaryObject, band: _Band, face: Face) -> str:
    subset = cut_subset(frozenset("".join(band.lines)))
    resources[NameObject("/Font")] = DictionaryObject({NameObject("/F1"): add_objects(writer, font_objects(subset))})
    rows = []
    for number, line in enumerate(reversed(band.lines)):
        base = number * _SIZE * _LEADING - face.descent * _SIZE / 1000
        rows.append(f"1 0 0 1 {band.logo_width:.2f} {base:.2f} Tm {subset.show(line)}")
    return "\n".join(("BT 0.2 g", f"/F1 {_SIZE} Tf", *rows, "ET"))


def _add_logo(writer: PdfFileWriter, logo: Emblem) -> IndirectObject:
    entries = {
        "/Type": NameObject("/XObject"),
        "/Subtype": NameObject("/Image"),
        "/Width": NumberObject(logo.width),
        "/Height": NumberObject(logo.height),
        "/ColorSpace": NameObject("/DeviceRGB"),
        "/BitsPerComponent": NumberObject(8),
        "/Filter": NameObject("/FlateDecode"),
    }
    return writer.add_object(StreamObject(entries, encoded_data=logo.pixels))
