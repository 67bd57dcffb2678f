"""One worker process, as its parent sees it."""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Final

from pkdocs.errors import OfficeError
from pkdocs.messages import reason_of
from pkdocs.office.locate import INSTALL, Office, environment
from pkdocs.office.profile import write_profile
from pkdocs.office.worker import DOCUMENT, RESULT
from pkdocs.temporary import new_folder, sweep_folders

_MAX_ANSWER: Final = 4096
_FOLDER: Final = "pkdocs-worker-"
_ROOM_BYTES: Final = 8_000_000
"""What LibreOffice may need beside a document; usual is below 1 MB."""


class WorkerLostError(Exception):
    """The worker has ended, or says what no worker says."""


def sweep_homes() -> None:
    """Remove the folders of workers that were killed together with their parents; any other worker removes its own."""
    sweep_folders(_FOLDER)


class Process:
    """A worker with its own folder and profile; both are gone after ``end``.

    Raises:
        OfficeError: no process can be started, or there is no room for its files.
    """

    def __init__(self, office: Office) -> None:
        self._heard = b""
        with contextlib.ExitStack() as undo:
            try:
                handle, self._home = new_folder(_FOLDER)
                undo.callback(os.close, handle)
                undo.callback(shutil.rmtree, self._home, ignore_errors=True)
                self._process = self._start(office)
            except OSError as fault:
                raise OfficeError("OFFICE_NOT_STARTED", reason=reason_of(fault), command=INSTALL) from fault
            self._undo = undo.pop_all()

    def _start(self, office: Office) -> subprocess.Popen[bytes]:
        write_profile(self._home / "profile", office.installed.replacements())
        (self._home / "tmp").mkdir()
        jobs_end, self._jobs = os.pipe()
        self._answers, answers_end = os.pipe()
        try:
            # a session of its own: Ctrl-C in the terminal reaches the parent alone, which then ends its workers
            return subprocess.Popen(  # noqa: S603  no shell, and the command is the package's own
                [*office.worker, str(office.program), str(self._home)],
                stdin=jobs_end,
                stdout=answers_end,
                stderr=subprocess.DEVNULL,
                cwd=self._home,
                env=environment(self._home),
                start_new_session=True,
            )
        except OSError:
            os.close(self._jobs)
            os.close(self._answers)
            raise
        finally:
            os.close(jobs_end)
            os.close(answers_end)

    def fileno(self) -> int:
        """Return the descriptor to wait on for an answer."""
        return self._answers

    def send(self, document: bytes) -> None:
        """Give the worker a Word document; it must be waiting for one.

        Raises:
            OfficeError: there is no room for the file.
        """
        try:
            (self._home / DOCUMENT).write_bytes(document)
        except OSError as fault:
            raise self._no_room(fault) from fault
        # a worker that has ended shows when its answer is read
        with contextlib.suppress(BrokenPipeError):
            os.write(self._jobs, b".")

    def answer(self) -> str | None:
        """Return the line that the worker said; None if it is not whole yet. Call it when ``fileno`` is readable.

        Raises:
            WorkerLostError: the worker has ended, or talks nonsense.
        """
        said = os.read(self._answers, _MAX_ANSWER)
        self._heard += said
        if not said or len(self._heard) > _MAX_ANSWER:
            raise WorkerLostError
        line, end, rest = self._heard.partition(b"\n")
        if not end:
            return None
        if rest:
            raise WorkerLostError
        self._heard = b""
        return line.decode(errors="replace")

    def result(self) -> bytes:
        """Return the PDF that the worker made; empty if there is none."""
        with contextlib.suppress(FileNotFoundError):
            return (self._home / RESULT).read_bytes()
        return b""

    def demand_room(self) -> None:
        """Pass where LibreOffice has room for its files: on a full disk it makes no PDF of the best document.

        Raises:
            OfficeError: there is none.
        """
        try:
            with (self._home / "room").open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, _ROOM_BYTES)
        except OSError as fault:
            raise self._no_room(fault) from fault
        finally:
            (self._home / "room").unlink(missing_ok=True)

    def _no_room(self, fault: OSError) -> OfficeError:
        return OfficeError("OFFICE_NO_ROOM", folder=self._home.parent, reason=reason_of(fault))

    def memory_bytes(self) -> int:
        """Return what the worker holds in memory now (resident); 0 once it has ended."""
        try:
            resident = Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1]
        except (OSError, IndexError):
            return 0
        return int(resident) * resource.getpagesize()

    def end(self) -> None:
        """Kill the worker and whatever it started, and remove its files."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._jobs)
        os.close(self._answers)
        self._undo.close()
