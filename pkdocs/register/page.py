"""The head as a PDF to sign: all that it says is printed, and its bytes depend on nothing else.

The same head gives the same bytes in every release, so judging makes the first revision again and compares: nothing
can be hidden in a head's file. Another page therefore needs another number of the schema. The form is that of an
issued agreement (``pkdocs.issue``), with ``register.json`` attached and a field for each registrar.
"""

from typing import Final

from pkdocs.drawing import (
    HEADER,
    Objects,
    Sheets,
    add_intent,
    archival_catalog,
    attach,
    attaching,
    describe,
    embed_font,
    naming,
    signing,
)
from pkdocs.register.head import Head
from pkdocs.register.wording import title_of, write_head
from pkdocs.signing.font import load_face

ATTACHED: Final = 2
"""The object of the attachment. It and what names it come first, so that a head is known by its beginning."""

ATTACHMENT: Final = "register.json"
_BEGINNING: Final = HEADER + f"1 0 obj\n{naming(ATTACHMENT)} ".encode("ascii")


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
    described = "Isi daftar dalam bentuk kanonis"
    named = attach(objects, ATTACHMENT, head.canonical, described=described, day=head.dated)
    title = title_of(head)
    information, metadata = describe(objects, title=title, author=head.organisation.name, day=head.dated)
    intent = add_intent(objects)
    sheets = Sheets(objects, load_face(), embed_font(objects))
    write_head(head, sheets)
    made = sheets.close(lambda number, count: f"{title} · halaman {number} dari {count}")
    catalog = objects.add(archival_catalog(made, metadata, intent, attaching(ATTACHMENT, named), signing(made.fields)))
    return objects.render(catalog=catalog, information=information, identity=bytes.fromhex(head.digest)[:16])
