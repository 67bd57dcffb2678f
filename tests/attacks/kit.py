"""What the attacks start from: a division head's agreement, issued and signed, with nothing wrong."""

import re
from functools import cache

from pkdocs.content import Role
from pkdocs.verification import examine_pdf
from tests.factory import division_content
from tests.issued import issued
from tests.signed import signed


@cache
def base() -> bytes:
    """Return the issued file."""
    return issued(division_content())


@cache
def first() -> bytes:
    """Return the file that Pihak Pertama has signed."""
    return signed(division_content(), (Role.FIRST,))


@cache
def both() -> bytes:
    """Return the file that both have signed."""
    return signed(division_content())


def found(pdf: bytes) -> set[str]:
    """Return the codes of what examining finds."""
    return {finding.code for finding in examine_pdf(pdf).findings}


def number_of(pdf: bytes, mark: bytes) -> int:
    """Return the number of the first object that holds ``mark``."""
    start = pdf.rindex(b" 0 obj\n", 0, pdf.index(mark))
    return int(pdf[pdf.rindex(b"\n", 0, start) + 1 : start])


def page_number() -> int:
    """Return the number of the first page's object."""
    pages = re.findall(rb"(?:^|\n)(\d+) 0 obj\n(?:(?!endobj)[\s\S])*?/Type /Page[\s/]", base())
    return min(map(int, pages))
