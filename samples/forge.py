"""Forge one signed agreement of a folder: draw a softer target over the first one, as a well-formed revision.

Usage: python samples/forge.py DIR        prints the id of the agreement that was forged
"""

import json
import sys
from io import BytesIO
from pathlib import Path

import pypdfium2
from pyhanko.pdf_utils.generic import DictionaryObject, NameObject, StreamObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from pkdocs.numerals import format_number, parse_number


def find_target(pdf: bytes, written: str) -> tuple[int, tuple[float, float, float, float]]:
    """Return page and rectangle of the first place in the attachment where ``written`` stands."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(1, len(document)):
            text = document[number].get_textpage()
            if place := text.search(written, match_whole_word=True).get_next():
                text.count_rects(place[0], place[1])
                return number, text.get_rect(0)
    finally:
        document.close()
    raise SystemExit(f"{written} is not on the page")


def draw_over(pdf: bytes, page: int, place: tuple[float, float, float, float], written: str) -> bytes:
    """Return ``pdf`` with ``written`` on white over ``place``: nothing of the old bytes changes."""
    left, bottom, right, top = place
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    box = f"{left - 1:.2f} {bottom - 2:.2f} {right - left + 2:.2f} {top - bottom + 4:.2f}"
    drawn = f"q 1 1 1 rg {box} re f 0 g BT /Palsu 10 Tf {left:.2f} {bottom:.2f} Td ({written}) Tj ET Q"
    font = DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Font"),
            pdf_name("/Subtype"): pdf_name("/Type1"),
            pdf_name("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    resources = DictionaryObject({pdf_name("/Font"): DictionaryObject({pdf_name("/Palsu"): font})})
    writer.add_stream_to_page(page, writer.add_object(StreamObject(stream_data=drawn.encode())), resources)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def main(folder: Path) -> None:
    """Forge the second agreement of the index: the first below the head of the region."""
    entry = json.loads((folder / "index.json").read_text(encoding="utf-8"))["agreements"][1]
    file = folder / entry["pdf"]
    with pypdfium2.PdfDocument(file) as document:
        content = json.loads(bytes(document.get_attachment(0).get_data()))
    promises = (promise for goal in content["goals"] for promise in goal["indicators"])
    target = next(promise["target"]["number"] for promise in promises if "number" in promise["target"])
    value = parse_number(target.replace(".", ","))
    assert value is not None, target  # noqa: S101  # the content is the sample's own
    softer = format_number((value / 2).quantize(value))
    page, place = find_target(file.read_bytes(), format_number(value))
    file.write_bytes(draw_over(file.read_bytes(), page, place, softer))
    sys.stdout.write(f"{entry['id']}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
