"""The program of one worker: LibreOffice inside this process, one Word document after the other to PDF.

``python -I worker.py PROGRAM HOME``; PROGRAM is LibreOffice's folder of libraries, HOME a folder that is the
worker's own: profile in ``profile/``, temporary files in ``tmp/``, the document in ``job.docx``, its PDF in
``job.pdf``. For each byte on standard input one document is converted; standard output says ``ready``, then for
each document ``made`` or ``failed`` with a reason, a line each. When standard input closes, HOME is removed and
the process ends, whatever LibreOffice is doing. Runs on the standard library alone.
"""

import contextlib
import ctypes
import json
import os
import resource
import select
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from ctypes import c_char_p, c_int, c_size_t, c_void_p
from pathlib import Path
from typing import Final

DOCUMENT: Final = "job.docx"
RESULT: Final = "job.pdf"
READY: Final = "ready"
MADE: Final = "made"
FAILED: Final = "failed"

_LIBRARIES: Final = ("libmergedlo.so", "libsofficeapp.so")
_LOAD_OPTIONS: Final = b"Batch=true,EnableMacrosExecution=false,MacroSecurityLevel=3"
_EXPORT_OPTIONS: Final[dict[str, int | bool]] = {
    "SelectPdfVersion": 3,  # PDF/A-3b
    "UseTaggedPDF": True,
    "PDFUACompliance": True,
    "ExportFormFields": False,
    "ExportBookmarks": False,
    "ExportBookmarksToPDFDestination": True,  # of agreements laid out together, to tell them apart
    "ExportNotes": False,
    "ReduceImageResolution": False,
    "UseLosslessCompression": True,
}
_ZIP: Final = b"PK\x03\x04"
_MAX_FILE_BYTES: Final = 500_000_000
# the largest picture that LibreOffice shows takes 1.05 GB; what it has no memory for it leaves out without a word
_MAX_DATA_BYTES: Final = 2_000_000_000
_REMOVALS: Final = 100
_PAUSE_S: Final = 0.1
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000


class _OfficeClass(ctypes.Structure):
    """The beginning of ``LibreOfficeKitClass`` (LibreOfficeKit.h; stable since LibreOffice 5.2)."""

    _fields_ = (
        ("size", c_size_t),
        ("destroy", ctypes.CFUNCTYPE(None, c_void_p)),
        ("document_load", c_void_p),
        ("get_error", ctypes.CFUNCTYPE(c_void_p, c_void_p)),
        ("document_load_with_options", ctypes.CFUNCTYPE(c_void_p, c_void_p, c_char_p, c_char_p)),
        ("free_error", ctypes.CFUNCTYPE(None, c_void_p)),
    )


class _DocumentClass(ctypes.Structure):
    """The beginning of ``LibreOfficeKitDocumentClass``."""

    _fields_ = (
        ("size", c_size_t),
        ("destroy", ctypes.CFUNCTYPE(None, c_void_p)),
        ("save_as", ctypes.CFUNCTYPE(c_int, c_void_p, c_char_p, c_char_p, c_char_p)),
    )


class _Office(ctypes.Structure):
    _fields_ = (("functions", ctypes.POINTER(_OfficeClass)),)


class _Document(ctypes.Structure):
    _fields_ = (("functions", ctypes.POINTER(_DocumentClass)),)


class ConversionError(Exception):
    """LibreOffice did not make a PDF; says what LibreOffice said."""


class Kit:
    """LibreOffice, loaded into this process (LibreOfficeKit)."""

    def __init__(self, program: Path, profile: Path) -> None:
        hook = ctypes.CDLL(str(_library(program)), mode=ctypes.RTLD_GLOBAL).libreofficekit_hook_2
        hook.restype, hook.argtypes = c_void_p, (c_char_p, c_char_p)
        self._office = hook(os.fsencode(program), profile.as_uri().encode())
        if not self._office:
            raise ConversionError("LibreOfficeKit does not start")
        self._functions = _Office.from_address(self._office).functions.contents
        if self._functions.size < ctypes.sizeof(_OfficeClass):
            raise ConversionError("LibreOfficeKit is too old")
        self._options = json.dumps(
            {name: {"type": _uno_type(value), "value": value} for name, value in _EXPORT_OPTIONS.items()}
        ).encode()

    def convert(self, source: Path, target: Path) -> None:
        """Write the PDF of ``source`` to ``target``.

        Raises:
            ConversionError: the document is none or could not be loaded, or nothing was written.
        """
        # LibreOffice would print any bytes as plain text
        with source.open("rb") as file:
            if file.read(len(_ZIP)) != _ZIP:
                raise ConversionError("not a Word document")
        document = self._functions.document_load_with_options(self._office, source.as_uri().encode(), _LOAD_OPTIONS)
        if not document:
            raise ConversionError(self._error())
        functions = _Document.from_address(document).functions.contents
        try:
            if not functions.save_as(document, target.as_uri().encode(), b"pdf", self._options):
                raise ConversionError(self._error())
        finally:
            functions.destroy(document)
        # success is claimed for some documents of which nothing was written: only the file counts
        if not target.is_file():
            raise ConversionError("no file was written")

    def _error(self) -> str:
        address = self._functions.get_error(self._office)
        if not address:
            return "no reason given"
        message = ctypes.string_at(address).decode(errors="replace")
        self._functions.free_error(address)
        return message


def _library(program: Path) -> Path:
    return next((program / name for name in _LIBRARIES if (program / name).exists()), program / _LIBRARIES[0])


def _uno_type(value: int | bool) -> str:  # noqa: FBT001  a value, not a switch
    return "boolean" if isinstance(value, bool) else "long"


def leave_network() -> bool:
    """Move this process into a network namespace of its own, without any device; tell whether that worked.

    Must come before the first thread. Without the privilege for it, a user namespace may give it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWNET) == 0:
        return True
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    # who we are outside is only a courtesy to LibreOffice: nobody will do
    with contextlib.suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    return True


def limit_process() -> None:
    """Let this process end before it fills memory or disk: what it asks for beyond is refused."""
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _MAX_FILE_BYTES),
        (resource.RLIMIT_DATA, _MAX_DATA_BYTES),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))


def serve(kit: Kit, home: Path, jobs: int) -> Iterator[str]:
    """Convert HOME's document for each byte read from the descriptor ``jobs``, and yield each answer."""
    source, target = home / DOCUMENT, home / RESULT
    while os.read(jobs, 1):
        target.unlink(missing_ok=True)
        try:
            kit.convert(source, target)
        except ConversionError as fault:
            yield f"{FAILED} {' '.join(str(fault).split())[:300]}"
        else:
            yield MADE


def _end_with_parent(jobs: int, home: Path) -> None:
    """Wait until nobody can send any more, then remove ``home`` and end the process at once."""
    watched = select.poll()
    watched.register(jobs, 0)  # hang-up is always reported
    watched.poll()
    for _ in range(_REMOVALS):
        shutil.rmtree(home, ignore_errors=True)
        if not home.exists():
            break
        # LibreOffice, while it starts, makes files as fast as they go
        time.sleep(_PAUSE_S)
    os._exit(0)


def main(program: Path, home: Path) -> None:
    """Answer on what was standard output, which LibreOffice cannot reach."""
    limit_process()
    jobs, answers, null = os.dup(0), os.dup(1), os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    leave_network()
    watch = threading.Thread(target=_end_with_parent, args=(jobs, home), daemon=True)
    watch.start()
    try:
        for answer in _answers(program, home, jobs):
            os.write(answers, f"{answer}\n".encode())
    finally:
        watch.join()


def _answers(program: Path, home: Path, jobs: int) -> Iterator[str]:
    try:
        kit = Kit(program, home / "profile")
    except (OSError, AttributeError, ConversionError) as fault:
        yield f"{FAILED} {fault}"
    else:
        yield READY
        yield from serve(kit, home, jobs)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
