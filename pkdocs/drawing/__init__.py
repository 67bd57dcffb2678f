"""PDF written by hand: text and tables on tagged, archival sheets, whose bytes follow from what is said alone."""

from pkdocs.drawing.archival import add_intent, archival_catalog, describe
from pkdocs.drawing.attached import attach, attaching, naming, signing
from pkdocs.drawing.lettering import embed_font
from pkdocs.drawing.pdf import HEADER, Objects, ref, refs
from pkdocs.drawing.sheets import LEFT, RIGHT, Column, Made, Row, Sheets, Side, Text
from pkdocs.drawing.slots import Slot

__all__ = [
    "HEADER",
    "LEFT",
    "RIGHT",
    "Column",
    "Made",
    "Objects",
    "Row",
    "Sheets",
    "Side",
    "Slot",
    "Text",
    "add_intent",
    "archival_catalog",
    "attach",
    "attaching",
    "describe",
    "embed_font",
    "naming",
    "ref",
    "refs",
    "signing",
]
