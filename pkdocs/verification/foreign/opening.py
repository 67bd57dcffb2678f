"""Opening a PDF as readers do: what stands before its header, and encryption that asks nobody for a password."""

import io
import re
from collections.abc import Iterator
from typing import Final

from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from pkdocs.verification.finding import Step, Weight
from pkdocs.verification.foreign.fault import InspectionError
from pkdocs.verification.foreign.mending import found_again

_START: Final = re.compile(rb"startxref[\0\t\n\f\r ]+(\d{1,12})")
_HEADER: Final = b"%PDF-"
_MAX_BEFORE: Final = 1024
"""Readers look for the header so far (ISO 32000-1, annex H.3, implementation note 13)."""


_FAULTS: Final = (
    PdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    AssertionError,
    NotImplementedError,
    RecursionError,
)
"""What the library raises for damaged files."""


class Opened:
    """A PDF that was opened: ``pdf`` is the file, ``before`` how many bytes precede its header.

    ``shift`` is what must be added to the places that its cross-references name: they are counted from the header by
    some writers, from the file's first byte by others. ``is_mended`` tells that they are damaged, and that the objects
    were found by searching for them as readers do: what those show is certain only where every byte was signed.

    Raises:
        InspectionError: it is no PDF, its cross-references cannot be read, or a password would be needed.
    """

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        self.before = pdf.find(_HEADER, 0, _MAX_BEFORE + len(_HEADER))
        if self.before < 0:
            raise InspectionError("INSPECT_NOT_PDF", Step.FILE, Weight.UNKNOWN, {})
        self.shift = 0
        self.is_mended = False
        self.reader = self._reader()

    def body(self, end: int) -> bytes:
        """Return the file up to ``end`` for a reader that counts from the header."""
        if self.shift or not self.before:
            return self.pdf[self.shift : end]
        # as long as it was, and with its header in front
        return b"%PDF-1.7\n".ljust(self.before, b"%")[: self.before] + self.pdf[self.before : end]

    def _reader(self) -> PdfFileReader:
        code = "INSPECT_CROSS_REFERENCES"
        for shift, end in self._attempts():
            self.shift = shift
            try:
                # lenient with files in old forms; whatever is ambiguous in them is looked at elsewhere
                reader = PdfFileReader(io.BytesIO(self.body(len(self.pdf)) + end), strict=False)
                if reader.encrypted:
                    _decrypt(reader)
                # what anybody needs first
                _ = reader.root
                code = "INSPECT_FIELDS"
                self.fields = list(enumerate_sig_fields(reader, filled_status=True))
            except _FAULTS as fault:
                last = fault
            else:
                return reader
        raise InspectionError(code, Step.FILE, Weight.UNKNOWN, {}) from last

    def _attempts(self) -> Iterator[tuple[int, bytes]]:
        """Yield from where to count, and what to append for the library so that it reads the file as others do."""
        for shift in dict.fromkeys((0, self.before)):
            yield shift, b""
            yield shift, self._end()
        self.is_mended = True
        yield 0, found_again(self.pdf)

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
