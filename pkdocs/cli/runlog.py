"""The log of one run: a file to whose end lines are written, whatever else happens."""

import errno
import json
import logging
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast
from uuid import uuid4

import click

from pkdocs import __version__
from pkdocs.errors import PkdocsError
from pkdocs.log import SCHEMA, Event, Line, Occurrence, codes_of, codes_of_error, counted, counts_of, text_of
from pkdocs.schema import to_json

META: Final = "pkdocs.log"
"""Where the context of a call has it."""


class RunLog(logging.Handler):
    """Writes to the end of ``file``, or nowhere; also what modules of pkdocs tell ``logging`` in this run.

    A line is one write to a file that is opened for appending, so that runs at the same time do not mix theirs, nor
    do the processes of one run. Where that fails, ``unwritable`` is told once and the run goes on without a log.
    """

    def __init__(self, file: Path | None, unwritable: Callable[[Path, OSError], None]) -> None:
        super().__init__(logging.WARNING)
        self._file = file
        self._unwritable = unwritable
        self._run = uuid4().hex
        self._began = time.monotonic()
        self.command: str | None = None
        self._has_begun = False
        self._counts: dict[str, int] = {}
        self._occurred: list[Occurrence] = []

    def start(self, options: Sequence[str]) -> None:
        """Note that the command begins, with the names of the options that were given."""
        self._has_begun = True
        self._write(Event.START, options=tuple(options))

    def gave(self, value: object) -> None:
        """Remember the counts and codes of what the command gives (its JSON)."""
        self._counts |= dict(counts_of(value))
        self._occurred += codes_of(value)

    def stopped(self, error: PkdocsError) -> None:
        """Remember what stopped the command."""
        self._occurred += codes_of_error(error)

    def end(self, exit_code: int, fault: BaseException | None = None) -> None:
        """Note how the run ended; one that only asked for help has not begun."""
        if not self._has_begun and exit_code == 0:
            return
        self._write(
            Event.END,
            exit=exit_code,
            duration_ms=int((time.monotonic() - self._began) * 1000),
            counts=self._counts or None,
            codes=counted(self._occurred),
            fault=type(fault).__name__ if fault else None,
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Note what a module has to say."""
        self._write(Event.RECORD, level=record.levelname, logger=record.name, text=text_of(record))

    def _write(self, event: Event, **more: Any) -> None:
        if self._file is None:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = Line(SCHEMA, now, self._run, __version__, event, self.command, **more)
        try:
            _append(self._file, json.dumps(to_json(line)).encode("ascii") + b"\n")
        except OSError as fault:
            self._unwritable(self._file, fault)
            self._file = None


def run_log(ctx: click.Context) -> RunLog | None:
    """Return the log of this run; None before there is one."""
    return cast(RunLog | None, ctx.meta.get(META))


def _append(file: Path, line: bytes) -> None:
    # without O_NONBLOCK a pipe would wait for a reader
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
    try:
        if os.write(handle, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))
    finally:
        os.close(handle)
