"""What a PDF must be before it is issued: fresh, tagged, archival, and free of everything that acts."""

import contextlib
import tempfile
from typing import Final

import pikepdf
from pikepdf import AccessMode, Array, Dictionary, Name, Object, Pdf

from pkdocs.errors import DocumentError

NOT_THE_SHAPE: Final = (
    *(pikepdf.PdfError, pikepdf.PasswordError),
    *(AttributeError, ArithmeticError, LookupError, RuntimeError, TypeError, ValueError),
)
"""What pikepdf raises where a damaged file lacks an entry, or has another kind of object in its place."""

_KEPT: Final = frozenset(
    {"/Type", "/Pages", "/MarkInfo", "/Metadata", "/OutputIntents", "/StructTreeRoot", "/ViewerPreferences"}
)
_DROPPED: Final = frozenset({"/OpenAction", "/PageMode", "/PageLayout", "/Version", "/Lang"})
_PAGE: Final = frozenset(
    {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Resources", "/Contents", "/StructParents", "/Tabs", "/Group"}
    | {"/Rotate"}
)
_PAGES: Final = _PAGE | {"/Kids", "/Count"}
_RESOURCES: Final = frozenset({"/Font", "/ProcSet", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading"})
_DRAWING: Final = frozenset({"/OC", "/OPI", "/Ref", "/PS", "/AF"})


def open_source(pdf: bytes, agreement: str) -> Pdf:
    """Return the opened PDF of ``agreement`` (its id); the caller closes it.

    Raises:
        DocumentError: encrypted, of several revisions, or not a tagged PDF/A-3.
        PdfError: damaged (pikepdf).
        OSError: no temporary file can be written.
    """
    if (revisions := pdf.count(b"startxref")) > 1:
        raise DocumentError("ISSUE_REVISIONS", id=agreement, count=revisions)
    document = open_pdf(pdf)
    with contextlib.ExitStack() as undo:
        undo.callback(document.close)
        _demand_archival(document, agreement)
        undo.pop_all()
    return document


def open_pdf(pdf: bytes) -> Pdf:
    """Return the opened PDF, damaged or not; the caller closes it.

    Raises:
        PdfError: beyond repair (pikepdf).
        OSError: no temporary file can be written.
    """
    # in a file without a name: of a BytesIO qpdf asks for each token through Python, which takes three times as long
    with tempfile.TemporaryFile() as file:
        file.write(pdf)
        file.flush()
        # with recovery, and damage read off the warnings: without it qpdf crashes on a wrong cross-reference entry
        return pikepdf.open(file, suppress_warnings=True, access_mode=AccessMode.mmap)


def _demand_archival(document: Pdf, agreement: str) -> None:
    if document.is_encrypted:
        raise DocumentError("ISSUE_UNREADABLE", id=agreement, reason="encrypted")
    demand_undamaged(document, agreement)
    for key in ("/StructTreeRoot", "/OutputIntents", "/Metadata"):
        if key not in document.Root:
            raise DocumentError("ISSUE_NOT_ARCHIVAL", id=agreement, lacks=key)
    if b"<pdfaid:part>3</pdfaid:part>" not in document.Root.Metadata.read_bytes():
        raise DocumentError("ISSUE_NOT_ARCHIVAL", id=agreement, lacks="pdfaid:part 3")


def demand_undamaged(document: Pdf, agreement: str) -> None:
    """Demand that nothing read so far had to be repaired.

    Raises:
        DocumentError: something had.
    """
    if warnings := document.get_warnings():
        raise DocumentError("ISSUE_UNREADABLE", id=agreement, reason=str(warnings[0]).partition(": ")[2])


def close_catalog(document: Pdf, agreement: str) -> None:
    """Leave in the catalog what the pages need.

    Raises:
        DocumentError: it names scripts, layers, forms, attachments or anything else unknown.
    """
    if not isinstance(document.Root.get("/OpenAction", Array()), Array):
        raise DocumentError("ISSUE_FOREIGN", id=agreement, what="/OpenAction")
    _demand_keys(document.Root, _KEPT | _DROPPED, agreement)
    for key in _DROPPED.intersection(document.Root.keys()):
        del document.Root[key]


def demand_plain_pages(document: Pdf, agreement: str) -> None:
    """Demand that pages and resources hold only what is known, so that no action or layer can hide in them.

    Raises:
        DocumentError: they hold something else; ``/Annots`` counts, so anchors are taken first.
    """
    nodes = [document.Root.Pages]
    while nodes:
        node = nodes.pop()
        if node.get("/Type") == Name.Pages:
            _demand_keys(node, _PAGES, agreement)
            nodes.extend(node.Kids)
        else:
            _demand_keys(node, _PAGE, agreement)
        _demand_plain_resources(node.get("/Resources", Dictionary()), agreement)


def _demand_plain_resources(resources: Object, agreement: str) -> None:
    _demand_keys(resources, _RESOURCES, agreement)
    for drawn in resources.get("/XObject", Dictionary()).as_dict().values():
        if drawn.get("/Subtype") not in {Name.Image, Name.Form} or _DRAWING.intersection(drawn.keys()):
            raise DocumentError("ISSUE_FOREIGN", id=agreement, what="/XObject")
        _demand_plain_resources(drawn.get("/Resources", Dictionary()), agreement)


def _demand_keys(holder: Object, allowed: frozenset[str], agreement: str) -> None:
    if foreign := sorted(set(holder.keys()) - allowed):
        raise DocumentError("ISSUE_FOREIGN", id=agreement, what=", ".join(foreign))
