"""What a drawn file carries and where it is signed: one attachment, and a form of empty signature fields."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from pkdocs.drawing.pdf import Objects, ref, refs, text_string
from pkdocs.issue import pdf_date

_EXTENSIONS: Final = (
    "<< /ESIC << /Type /DeveloperExtensions /BaseVersion /1.7 /ExtensionLevel 1 >>"
    " /ISO_ [<< /Type /DeveloperExtensions /BaseVersion /2.0 /ExtensionLevel 32002 /ExtensionRevision (:2022)"
    " /URL (https://www.iso.org/standard/45875.html) >>] >>"
)
"""What a PAdES signature with P-256 needs, so that it leaves the catalog alone."""


def naming(name: str) -> str:
    """Return with what the object that names an attachment begins."""
    return f"<< /Type /Filespec /F ({name}) /UF ({name})"


def attach(objects: Objects, name: str, data: bytes, *, described: str, day: date) -> int:
    """Attach ``data``, JSON, in the next two objects, and return the number of the first, which names it."""
    named = objects.reserve()
    known = f"/Params << /Size {len(data)} /ModDate ({pdf_date(day)}) >>"
    attached = objects.add_stream(data, f"/Type /EmbeddedFile /Subtype /application#2Fjson {known}")
    objects.fill(
        named,
        f"{naming(name)} /Desc {text_string(described)} /AFRelationship /Data"
        f" /EF << /F {ref(attached)} /UF {ref(attached)} >> >>",
    )
    return named


def attaching(name: str, named: int) -> str:
    """Return the catalog's entries for the attachment that object ``named`` names."""
    return f"/Names << /EmbeddedFiles << /Names [({name}) {ref(named)}] >> >> /AF [{ref(named)}]"


def signing(fields: Sequence[int]) -> str:
    """Return the catalog's entries for signature ``fields``."""
    return f"/AcroForm << /Fields {refs(list(fields))} /SigFlags 3 >> /Extensions {_EXTENSIONS}"
