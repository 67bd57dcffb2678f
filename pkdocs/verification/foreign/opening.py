"""Opening a PDF as readers do: what stands before its header, and encryption that asks nobody for a password."""

import io
import itertools
import re
from typing import Final

from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from pkdocs.verification.finding import Step, Weight
from pkdocs.verification.foreign.fault import InspectionError

_START: Final = re.compile(rb"startxref[\0\t\n\f\r ]+(\d{1,12})")
_HEADER: Final = b"%PDF-"
_MAX_BEFORE: Final = 1024
"""Readers look for the header so far (ISO 32000-1, annex H.3, implementation note 13)."""


class Opened:
    """A PDF that was opened: ``pdf`` is the file, ``before`` how many bytes precede its header.

    ``shift`` is what must be added to the places that its cross-references name: they are counted from the header by
    some writers, from the file's first byte by others.

    Raises:
        InspectionError: it is no PDF, its cross-references cannot be read, or a password would be needed.
    """

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        self.before = pdf.find(_HEADER, 0, _MAX_BEFORE + len(_HEADER))
        if self.before < 0:
            raise InspectionError("INSPECT_NOT_PDF", Step.FILE, Weight.UNKNOWN, {})
        self.shift = 0
        self.reader = self._reader()

    def body(self, end: int) -> bytes:
        """Return the file up to ``end`` for a reader that counts from the header."""
        if self.shift or not self.before:
            return self.pdf[self.shift : end]
        # as long as it was, and with its header in front
        return b"%PDF-1.7\n".ljust(self.before, b"%")[: self.before] + self.pdf[self.before : end]

    def _reader(self) -> PdfFileReader:
        for shift, end in itertools.product(dict.fromkeys((0, self.before)), (b"", self._end())):
            self.shift = shift
            try:
                # lenient with files in old forms; whatever is ambiguous in them is looked at elsewhere
                reader = PdfFileReader(io.BytesIO(self.body(len(self.pdf)) + end), strict=False)
                if reader.encrypted:
                    _decrypt(reader)
                # the first thing that anybody needs
                _ = reader.root
            except (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as fault:
                last = fault
            else:
                return reader
        raise InspectionError("INSPECT_CROSS_REFERENCES", Step.FILE, Weight.UNKNOWN, {}) from last

    def _end(self) -> bytes:
        """Return the end that a file should have, saying where its last cross-references are, for a reader to begin at.

        Readers look for that place backwards (ISO 32000-1, annex H.3, note 18); the library reads the last lines alone.
        """
        found = _START.search(self.pdf, max(self.pdf.rfind(b"startxref"), 0))
        return b"\nstartxref\n%s\n%%%%EOF\n" % found[1] if found else b""


def _decrypt(reader: PdfFileReader) -> None:
    try:
        status = reader.decrypt("").status
    except (PdfError, ValueError, TypeError, KeyError, NotImplementedError) as fault:
        raise InspectionError("INSPECT_ENCRYPTED", Step.FILE, Weight.UNKNOWN, {}) from fault
    if status == AuthStatus.FAILED:
        raise InspectionError("INSPECT_ENCRYPTED", Step.FILE, Weight.UNKNOWN, {})
