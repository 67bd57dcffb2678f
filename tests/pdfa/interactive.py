"""ISO 19005-3, 6.3 to 6.5 and 6.8 to 6.11: nothing acts, and what is attached is said to be."""

import re
from collections.abc import Iterator
from typing import Final

from pikepdf import Array, Dictionary, Name, NameTree, Stream

from tests.pdfa.opened import Opened

_PRINT: Final = 4
_NEVER: Final = 1 | 2 | 32 | 256
"""Invisible, Hidden, NoView, ToggleNoView."""
_RELATIONS: Final = frozenset({"/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified"})
_TYPE: Final = re.compile(r"/[a-z]+/[a-z0-9.+-]+")


def clause_6_3_annotations(opened: Opened) -> Iterator[str]:
    for annotation in opened.annotations:
        # of all the standard allows, this is what ours have
        if annotation.get("/Subtype") != Name.Widget or annotation.get("/FT") != Name.Sig:
            yield f"an annotation {annotation.get('/Subtype')}"
        flags = int(annotation.get("/F", 0))
        if not flags & _PRINT or flags & _NEVER:
            yield f"an annotation that is not printed or not seen ({flags})"
        appearance = annotation.get("/AP", {})
        if set(appearance.keys()) != {"/N"} or not isinstance(appearance.get("/N"), Stream):
            yield "an annotation without its one appearance"


def clause_6_4_1_forms(opened: Opened) -> Iterator[str]:
    form = opened.document.Root.get("/AcroForm", {})
    if bool(form.get("/NeedAppearances", False)) or "/XFA" in form or "/NeedsRendering" in opened.document.Root:
        yield "a form that is drawn by the reader"
    # a timestamp over the document has a field without size, which stands on no page
    listed = {field.objgen for field in form.get("/Fields", Array()) if any(map(float, field.get("/Rect", [1])))}
    if {annotation.objgen for annotation in opened.annotations} != listed:
        yield "fields and annotations differ"


def clause_6_4_3_signatures(opened: Opened) -> Iterator[str]:
    signatures = [field.V for field in opened.document.Root.get("/AcroForm", {}).get("/Fields", []) if "/V" in field]
    ends = []
    for signature in signatures:
        start, first, second, rest = map(int, signature.ByteRange)
        ends.append(second + rest)
        held = opened.data[first:second]
        if start != 0 or not re.fullmatch(rb"<[0-9A-Fa-f]*>", held):
            yield "a signature leaves out more than itself"
        for reference in signature.get("/Reference", []):
            if {"/DigestLocation", "/DigestMethod", "/DigestValue"}.intersection(reference.keys()):
                yield "a reference with a digest"
        if not opened.data[: ends[-1]].rstrip(b"\r\n").endswith(b"%%EOF"):
            yield "a signature ends within a revision"
    # validation data may follow, which need no signature of their own
    if ends and max(ends) != len(opened.data) and "/DSS" not in opened.document.Root:
        yield "no signature covers the file"


def clause_6_5_actions(opened: Opened) -> Iterator[str]:
    for found in opened.dictionaries:
        acting = {"/A", "/AA", "/OpenAction", "/PA", "/JS", "/JavaScript"}.intersection(found.keys())
        # attributes of structure elements have the name of an action
        if acting and (acting != {"/A"} or found.get("/Type") != Name.StructElem):
            yield f"{found.objgen} acts: {sorted(acting)}"


def clause_6_8_embedded_files(opened: Opened) -> Iterator[str]:
    root = opened.document.Root
    named = root.get("/Names", {}).get("/EmbeddedFiles")
    listed = dict(NameTree(named).items()) if named is not None else {}
    associated = {entry.objgen for entry in root.get("/AF", Array())}
    for found in (entry for entry in opened.dictionaries if "/EF" in entry):
        if found.objgen not in associated or found.objgen not in {entry.objgen for entry in listed.values()}:
            yield "a file that belongs to nothing"
        if not {"/F", "/UF"} <= set(found.keys()) or str(found.get("/AFRelationship")) not in _RELATIONS:
            yield "a file without names or relation"
        held = found.EF.get("/F")
        if not isinstance(held, Stream) or not _TYPE.fullmatch(str(held.get("/Subtype", "")).replace("//", "/")):
            yield "a file without type"
        elif "/ModDate" not in held.get("/Params", {}) or int(held.Params.get("/Size", -1)) != len(held.read_bytes()):
            yield "a file without date or size"


def clause_6_9_to_6_11_catalog(opened: Opened) -> Iterator[str]:
    root = opened.document.Root
    if refused := {"/OCProperties", "/Requirements", "/Collection", "/URI", "/Threads"}.intersection(root.keys()):
        yield f"{sorted(refused)}"
    if refused := set(root.get("/Names", {}).keys()) - {"/EmbeddedFiles"}:
        yield f"{sorted(refused)}"
    for page in opened.document.pages:
        if refused := {"/PresSteps", "/Trans", "/Dur"}.intersection(page.obj.keys()):
            yield f"a page with {sorted(refused)}"
    if not isinstance(root.get("/ViewerPreferences", Dictionary()), Dictionary):
        yield "no preferences"


RULES: Final = (
    clause_6_3_annotations,
    clause_6_4_1_forms,
    clause_6_4_3_signatures,
    clause_6_5_actions,
    clause_6_8_embedded_files,
    clause_6_9_to_6_11_catalog,
)
