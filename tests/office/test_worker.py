"""The worker's own part, with a library that is made of Python functions."""

import ctypes
import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from pkdocs.office import worker
from pkdocs.office.worker import ConversionError, Kit

WORD = b"PK\x03\x04"


class Library:
    """What ``libreofficekit_hook_2`` gives, as far as the worker uses it; each answer can be changed."""

    def __init__(self) -> None:
        self.said = b"out of paper"
        self.loads, self.starts, self.size = True, True, ctypes.sizeof(worker._OfficeClass)
        self.options: list[bytes] = []
        self.destroyed = 0
        self.save: Callable[[Path], int] = lambda target: target.write_bytes(b"%PDF-")
        self._text = ctypes.create_string_buffer(b"")
        self._document = worker._Document(ctypes.pointer(self._document_class()))
        self._office = worker._Office(ctypes.pointer(self._office_class()))

    def _document_class(self) -> worker._DocumentClass:
        functions = worker._DocumentClass(size=ctypes.sizeof(worker._DocumentClass))
        kinds = dict(worker._DocumentClass._fields_)
        functions.destroy = kinds["destroy"](self._destroy)
        functions.save_as = kinds["save_as"](self._save)
        return functions

    def _office_class(self) -> worker._OfficeClass:
        functions = worker._OfficeClass()
        kinds = dict(worker._OfficeClass._fields_)
        functions.get_error = kinds["get_error"](self._error)
        functions.free_error = kinds["free_error"](lambda _: None)
        functions.document_load_with_options = kinds["document_load_with_options"](self._load)
        return functions

    def _destroy(self, _: int) -> None:
        self.destroyed += 1

    def _save(self, _: int, target: bytes, kind: bytes, options: bytes) -> int:
        self.options = [kind, options]
        return self.save(Path(target.decode().removeprefix("file://")))

    def _error(self, _: int) -> int | None:
        self._text = ctypes.create_string_buffer(self.said)
        return ctypes.addressof(self._text) if self.said else None

    def _load(self, _: int, __: bytes, ___: bytes) -> int | None:
        return ctypes.addressof(self._document) if self.loads else None

    @property
    def libreofficekit_hook_2(self) -> SimpleNamespace:
        self._office.functions.contents.size = self.size
        address = ctypes.addressof(self._office) if self.starts else None

        class Hook(SimpleNamespace):
            def __call__(self, *_: object) -> int | None:
                return address

        return Hook()


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    made = Library()
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: made)
    return made


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / worker.DOCUMENT
    file.write_bytes(WORD)
    return file


def convert(source: Path) -> None:
    Kit(Path("/nowhere"), source.parent).convert(source, source.with_name(worker.RESULT))


def test_a_document_is_exported_as_archival_pdf(library: Library, source: Path) -> None:
    convert(source)
    assert source.with_name(worker.RESULT).read_bytes() == b"%PDF-"
    assert library.options[0] == b"pdf"
    assert b'"SelectPdfVersion": {"type": "long", "value": 3}' in library.options[1]
    assert b'"UseTaggedPDF": {"type": "boolean", "value": true}' in library.options[1]
    assert library.destroyed == 1


def test_why_a_document_does_not_load_is_told(library: Library, source: Path) -> None:
    library.loads = False
    with pytest.raises(ConversionError, match="out of paper"):
        convert(source)


def test_a_library_without_words_is_quoted_as_such(library: Library, source: Path) -> None:
    library.loads, library.said = False, b""
    with pytest.raises(ConversionError, match="no reason given"):
        convert(source)


@pytest.mark.parametrize("save", [lambda _: 0, lambda _: 1], ids=["fails", "lies"])
def test_an_export_without_a_file_fails_and_closes_the_document(
    library: Library, source: Path, save: Callable[[Path], int]
) -> None:
    library.save = save
    with pytest.raises(ConversionError):
        convert(source)
    assert library.destroyed == 1


def test_a_library_that_does_not_start_or_is_too_old_is_refused(library: Library, source: Path) -> None:
    library.size = 8
    with pytest.raises(ConversionError, match="too old"):
        convert(source)
    library.starts = False
    with pytest.raises(ConversionError, match="does not start"):
        convert(source)


@pytest.mark.parametrize("name", worker._LIBRARIES)
def test_the_library_has_one_of_two_names(name: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    assert worker._library(tmp_path) == tmp_path / name


@pytest.fixture
def jobs() -> Iterator[Callable[[int], int]]:
    """Give a descriptor on which that many jobs wait, and then the end."""
    opened = []

    def make(number: int) -> int:
        reading, writing = os.pipe()
        os.write(writing, b"." * number)
        os.close(writing)
        opened.append(reading)
        return reading

    yield make
    for descriptor in opened:
        os.close(descriptor)


def test_each_job_has_an_answer_of_one_line(library: Library, source: Path, jobs: Callable[[int], int]) -> None:
    answers = worker.serve(Kit(Path("/nowhere"), source.parent), source.parent, jobs(3))
    assert next(answers) == "made"
    library.loads, library.said = False, b"first\nsecond  line"
    assert next(answers) == "failed first second line"
    source.write_bytes(b"plain text")
    assert next(answers) == "failed not a Word document"
    assert list(answers) == []


def test_a_result_is_never_that_of_the_document_before(
    library: Library, source: Path, jobs: Callable[[int], int]
) -> None:
    answers = worker.serve(Kit(Path("/nowhere"), source.parent), source.parent, jobs(2))
    assert next(answers) == "made"
    library.save = lambda _: 1
    assert next(answers) == "failed no file was written"


def test_a_library_that_cannot_be_loaded_is_the_only_answer(tmp_path: Path, jobs: Callable[[int], int]) -> None:
    (answer,) = worker._answers(tmp_path, tmp_path, jobs(0))
    assert answer.startswith("failed ")


def test_a_library_that_starts_is_ready_first(library: Library, source: Path, jobs: Callable[[int], int]) -> None:
    assert list(worker._answers(Path("/nowhere"), source.parent, jobs(1))) == ["ready", "made"]


def test_when_nobody_can_send_any_more_the_folder_goes(
    tmp_path: Path, jobs: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    worker._end_with_parent(jobs(1), home)
    assert ended == [0]
    assert not home.exists()


@pytest.mark.parametrize(("hard", "allowed"), [(resource.RLIM_INFINITY, 2_000_000_000), (1_000_000, 1_000_000)])
def test_a_bound_is_never_above_the_one_that_is_there(hard: int, allowed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bounds: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "getrlimit", lambda _: (hard, hard))
    monkeypatch.setattr(resource, "setrlimit", bounds.__setitem__)
    worker.limit_process()
    assert bounds[resource.RLIMIT_DATA] == (allowed, allowed)
    assert bounds[resource.RLIMIT_CORE] == (0, 0)


@pytest.mark.parametrize(("refused", "left"), [(0, True), (1, True), (2, False)])
def test_the_network_is_left_with_the_privileges_at_hand(
    refused: int,
    left: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[int] = []

    def unshare(flags: int) -> int:
        calls.append(flags)
        return -1 if len(calls) <= refused else 0

    written: list[str] = []
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: SimpleNamespace(unshare=unshare))
    monkeypatch.setattr(Path, "write_text", lambda self, *_, **__: written.append(str(self)))
    assert worker.leave_network() is left
    assert len(written) == (3 if refused == 1 else 0)
