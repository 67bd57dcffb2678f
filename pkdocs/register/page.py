"""The head as a PDF to sign: all that it says is printed, and its bytes depend on nothing else.

The same head gives the same bytes in every release, so judging makes the first revision again and compares: nothing
can be hidden in a head's file. Another page therefore needs another number of the schema. The form is that of an
issued agreement (``pkdocs.issue``), with ``register.json`` attached and a field for each registrar.
"""

from typing import Final

from pkdocs.drawing import (
    HEADER,
    Made,
    Objects,
    Sheets,
    add_intent,
    archival_catalog,
    describe,
    embed_font,
    ref,
    refs,
)
from pkdocs.issue import pdf_date
from pkdocs.register.head import Head
from pkdocs.register.wording import title_of, write_head
from pkdocs.signing.font import load_face

ATTACHED: Final = 2
"""The object of the attachment. It and what names it come first, so that a head is known by its beginning."""

ATTACHMENT: Final = "register.json"
_NAMED: Final = f"<< /Type /Filespec /F ({ATTACHMENT}) /UF ({ATTACHMENT})"
_BEGINNING: Final = HEADER + f"1 0 obj\n{_NAMED} ".encode("ascii")
_EXTENSIONS: Final = (
    "<< /ESIC << /Type /DeveloperExtensions /BaseVersion /1.7 /ExtensionLevel 1 >>"
    " /ISO_ [<< /Type /DeveloperExtensions /BaseVersion /2.0 /ExtensionLevel 32002 /ExtensionRevision (:2022)"
    " /URL (https://www.iso.org/standard/45875.html) >>] >>"
)
"""What a PAdES signature with P-256 needs, so that it leaves the catalog alone."""


def is_head(pdf: bytes) -> bool:
    """Tell by its first bytes whether ``pdf`` would be a head's file; cheap, and no judgement.

    Nobody gains by a file that only looks like one: it is examined as a head, and what is none is reported as that. An
    issued agreement never begins so, and one whose beginning is changed is no agreement to anybody.
    """
    return pdf.startswith(_BEGINNING)


def render_head(head: Head) -> bytes:
    """Return the file of ``head`` as it is signed: one revision, with an empty field for each registrar.

    Letters that the font lacks stand as their base letters, else as question marks; the attachment has them all.
    """
    objects = Objects()
    named = _attach(objects, head)
    title = title_of(head)
    information, metadata = describe(objects, title=title, author=head.organisation.name, day=head.dated)
    intent = add_intent(objects)
    sheets = Sheets(objects, load_face(), embed_font(objects))
    write_head(head, sheets)
    made = sheets.close(lambda number, count: f"{title} · halaman {number} dari {count}")
    catalog = objects.add(_catalog(made, named, metadata, intent))
    return objects.render(catalog=catalog, information=information, identity=bytes.fromhex(head.digest)[:16])


def _attach(objects: Objects, head: Head) -> int:
    """Attach the canonical bytes and return the number of what names them."""
    data = head.canonical
    named = objects.reserve()
    known = f"/Params << /Size {len(data)} /ModDate ({pdf_date(head.dated)}) >>"
    attached = objects.add_stream(data, f"/Type /EmbeddedFile /Subtype /application#2Fjson {known}")
    objects.fill(
        named,
        f"{_NAMED} /Desc (Isi daftar dalam bentuk kanonis) /AFRelationship /Data"
        f" /EF << /F {ref(attached)} /UF {ref(attached)} >> >>",
    )
    return named


def _catalog(made: Made, named: int, metadata: int, intent: int) -> str:
    attached = f"/Names << /EmbeddedFiles << /Names [({ATTACHMENT}) {ref(named)}] >> >> /AF [{ref(named)}]"
    form = f"/AcroForm << /Fields {refs(made.fields)} /SigFlags 3 >> /Extensions {_EXTENSIONS}"
    return archival_catalog(made, metadata, intent, attached, form)
