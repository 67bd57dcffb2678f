"""A PDF to the issued PDF: the closed form in which it is signed (docs/chain.md, section 2).

What the result holds, beside the pages as LibreOffice made them:

- header ``%PDF-1.7``, one revision, a classic cross-reference table, no object streams; ``/ID`` is the
  beginning of the content digest, and a digest of the file;
- catalog: ``/Type /Pages /MarkInfo /StructTreeRoot /OutputIntents /ViewerPreferences /Lang (id-ID)``, and
  ours: ``/Metadata`` (XMP, uncompressed), ``/Names`` with nothing but ``/EmbeddedFiles``, ``/AF``,
  ``/AcroForm << /Fields [...] /SigFlags 3 >>``, ``/Extensions`` (ESIC 1, ISO/TS 32002);
- the attachment ``agreement.json``: exactly the canonical content, ``/AFRelationship /Data``;
- for each role whose party signs electronically one field merged with its widget, named after the role:
  ``/Type /Annot /Subtype /Widget /FT /Sig /T /TU /F 132 /Rect /P /StructParent``, ``/Lock`` on itself
  alone, ``/AP`` with a blank ``/N``; it is in ``/Annots`` of its page (which has ``/Tabs /S``) and, as ``/Form``,
  in the structure tree.

No other annotation, no action, script or layer. All dates are the content's.
"""

import tempfile
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from pkdocs.content import Content
from pkdocs.errors import DocumentError
from pkdocs.issue.batch import part_batch
from pkdocs.issue.companion import BEGINNING_BYTES, Companion, companion_kind, piece_info
from pkdocs.issue.draft import draft_pdf, is_draft
from pkdocs.issue.fields import FIELD_FLAGS, electronic_roles, place_fields, take_anchors
from pkdocs.issue.fonts import fonts_in
from pkdocs.issue.metadata import NAMESPACE, PROPERTIES, Toolchain, describe, pdf_date
from pkdocs.issue.objects import IrregularError
from pkdocs.issue.printing import join_pages
from pkdocs.issue.source import (
    NOT_THE_SHAPE,
    close_catalog,
    demand_plain_pages,
    demand_undamaged,
    open_pdf,
    open_source,
)

__all__ = [
    "ATTACHMENT",
    "BEGINNING_BYTES",
    "FIELD_FLAGS",
    "LANGUAGE",
    "NAMESPACE",
    "PROPERTIES",
    "Companion",
    "IrregularError",
    "Toolchain",
    "companion_kind",
    "draft_pdf",
    "electronic_roles",
    "fonts_in",
    "is_draft",
    "issue_pdf",
    "join_pages",
    "part_batch",
    "pdf_date",
    "piece_info",
]

ATTACHMENT: Final = "agreement.json"
LANGUAGE: Final = "id-ID"


def issue_pdf(pdf: bytes, content: Content, *, template_digest: str, toolchain: Toolchain) -> bytes:
    """Return the issued form of ``pdf``, which LibreOffice made of the agreement ``content``.

    The same arguments give the same bytes, and so do two conversions of one document by one LibreOffice.
    The text of the pages is neither read nor compared with the content.

    Raises:
        DocumentError: the PDF is unreadable or not a fresh tagged PDF/A-3, an anchor is missing, doubled or
            one too many, or the PDF holds what an issued file must not have.
        OSError: no temporary file can be written.
    """
    try:
        with open_source(pdf, content.id) as document:
            close_catalog(document, content.id)
            anchors = take_anchors(document, content)
            demand_plain_pages(document, content.id)
            fields = place_fields(document, content, anchors)
            _complete_catalog(document, content, fields)
            describe(document, content, template_digest=template_digest, toolchain=toolchain)
            issued = _save(document, content)
            demand_undamaged(document, content.id)
        _check(issued, content)
    except NOT_THE_SHAPE as fault:
        raise DocumentError("ISSUE_UNREADABLE", id=content.id, reason=f"{type(fault).__name__}: {fault}") from fault
    return issued


def _complete_catalog(document: Pdf, content: Content, fields: list[pikepdf.Object]) -> None:
    attachment = _attachment(document, content)
    catalog = document.Root
    catalog.Lang = String(LANGUAGE)
    catalog.AcroForm = Dictionary(Fields=Array(fields), SigFlags=3)
    catalog.AF = Array([attachment])
    catalog.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String(ATTACHMENT), attachment])))
    catalog.Extensions = _extensions()


def _attachment(document: Pdf, content: Content) -> pikepdf.Object:
    data = content.canonical
    stream = Stream(document, data)
    stream.Type = Name.EmbeddedFile
    stream.Subtype = Name("/application/json")
    stream.Params = Dictionary(Size=len(data), ModDate=String(pdf_date(content.dated)))
    return document.make_indirect(
        Dictionary(
            Type=Name.Filespec,
            F=String(ATTACHMENT),
            UF=String(ATTACHMENT),
            Desc=String("Isi perjanjian dalam bentuk kanonis"),
            AFRelationship=Name.Data,
            EF=Dictionary(F=stream, UF=stream),
        )
    )


def _extensions() -> Dictionary:
    """What a PAdES signature with P-256 needs, as pyHanko would add it: a later signature leaves the catalog alone."""
    esic = Dictionary(Type=Name.DeveloperExtensions, BaseVersion=Name("/1.7"), ExtensionLevel=1)
    curves = Dictionary(
        Type=Name.DeveloperExtensions,
        BaseVersion=Name("/2.0"),
        ExtensionLevel=32002,
        ExtensionRevision=String(":2022"),
        URL=String("https://www.iso.org/standard/45875.html"),
    )
    return Dictionary({"/ESIC": esic, "/ISO_": Array([curves])})


def _save(document: Pdf, content: Content) -> bytes:
    for key in set(document.trailer.keys()) - {"/Root", "/Info", "/Size"}:
        del document.trailer[key]
    document.trailer.ID = Array([String(bytes.fromhex(content.digest)[:16])] * 2)
    # qpdf writes token by token, into a file without going through Python
    with tempfile.TemporaryFile() as output:
        document.save(
            output,
            force_version="1.7",
            fix_metadata_version=False,
            preserve_pdfa=True,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            deterministic_id=True,
        )
        output.seek(0)
        return output.read()


def _check(issued: bytes, content: Content) -> None:
    """Read the result again: nothing else than what was meant leaves this module."""
    with open_pdf(issued) as document:
        fields = [(str(field.T), field.FT) for field in document.Root.AcroForm.Fields]
        widgets = [annotation.objgen for page in document.pages for annotation in page.get("/Annots", Array())]
        findings = {
            "fields": fields == [(role.value, Name.Sig) for role in electronic_roles(content)],
            "annotations": sorted(widgets) == sorted(field.objgen for field in document.Root.AcroForm.Fields),
            "attachment": list(document.attachments) == [ATTACHMENT]
            and document.attachments[ATTACHMENT].get_file().read_bytes() == content.canonical,
            "revisions": issued.count(b"startxref") == 1 and issued.startswith(b"%PDF-1.7\n"),
            "syntax": not document.get_warnings(),
        }
    if wrong := [name for name, right in findings.items() if not right]:
        raise DocumentError("ISSUE_SELF_CHECK", id=content.id, what=", ".join(wrong))
