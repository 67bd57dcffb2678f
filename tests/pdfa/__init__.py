"""Whether a PDF is what it claims to be, as far as that can be told here: ISO 19005-3 level B, and tagged.

A rule is a function that yields what breaks it, named after the clause; ``violations`` asks all of them. What is
not asked: JPEG 2000, halftones, separations, optional content and other things that no file of ours has are
refused where the standard would allow them.
"""

from collections.abc import Callable, Iterator
from typing import Final

from tests.pdfa import file, fonts, graphics, interactive, metadata, structure
from tests.pdfa.opened import Opened, opened

RULES: Final[tuple[Callable[[Opened], Iterator[str]], ...]] = (
    *file.RULES,
    *metadata.RULES,
    *graphics.RULES,
    *fonts.RULES,
    *interactive.RULES,
    *structure.RULES,
)


def violations(pdf: bytes) -> list[str]:
    """Return what is wrong, each with the name of its rule."""
    with opened(pdf) as document:
        return [f"{rule.__name__}: {wrong}" for rule in RULES for wrong in rule(document)]


__all__ = ["RULES", "violations"]
