"""The report as a file: where it may be written, and that nothing but an earlier report gives way to it."""

import errno
import os
from pathlib import Path
from typing import Final

from pkdocs.chain import SetVerdict
from pkdocs.errors import ConflictError, UsageError
from pkdocs.files import digest, read_regular, replace_unchanged
from pkdocs.messages import Language, reason_of
from pkdocs.report import FORMS, Form

MAX_REPORT_BYTES: Final = 1_000_000_000
"""Of an earlier report; 50,000 agreements make a tenth."""


def demand_place(file: Path) -> None:
    """Pass a file that a report may be written to.

    Raises:
        UsageError: its suffix names no form.
        ConflictError: it exists, and is no report of that form; or nothing can be written there, which is said before
            anything is judged.
        OSError: it exists and cannot be read.
    """
    _replaceable(file, _form(file))
    folder = next(above for above in file.absolute().parents if above.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        refused = OSError(errno.EACCES if folder.is_dir() else errno.ENOTDIR, "")
        raise ConflictError("REPORT_NO_PLACE", file=str(file), reason=reason_of(refused))


def write_report(verdict: SetVerdict, file: Path, language: Language) -> None:
    """Write the report whole, in the form that the suffix of ``file`` names; an earlier report gives way.

    Raises:
        UsageError, ConflictError: as ``demand_place``; also if somebody else wrote the file meanwhile (theirs stands),
            or the file system refuses.
    """
    form = _form(file)
    try:
        replace_unchanged(file, form.render(verdict, language), expected=_replaceable(file, form))
    except OSError as fault:
        raise ConflictError("REPORT_NOT_WRITTEN", file=str(file), reason=reason_of(fault)) from fault


def _form(file: Path) -> Form:
    form = FORMS.get(file.suffix.lower())
    if form is None:
        raise UsageError("REPORT_SUFFIX", file=str(file), known=", ".join(FORMS))
    return form


def _replaceable(file: Path, form: Form) -> str:
    """Return the digest of the report that is there, nothing if there is no file."""
    if not file.exists():
        return ""
    data = read_regular(file, limit=MAX_REPORT_BYTES)
    if not form.is_earlier(data):
        raise ConflictError("REPORT_IN_THE_WAY", file=str(file))
    return digest(data)
