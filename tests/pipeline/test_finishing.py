"""Processes that issue, judge and write."""

import os
import signal
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from pkdocs.content import Content
from pkdocs.document import load_template
from pkdocs.files import digest
from pkdocs.office import find_office
from pkdocs.pipeline import finishing
from pkdocs.pipeline.finishing import Finished, Finishers, Piece, finish
from pkdocs.pipeline.fonts import Faces, Fonts
from pkdocs.pipeline.shelf import entry_of
from tests.document.word import template
from tests.factory import division_content, head_content, root_content
from tests.issued import TOOLCHAIN, source_pdf


@cache
def faces() -> Faces:
    return Fonts(find_office().installed).of(load_template(template(), "umum.docx"))


def piece(folder: Path, content: Content | None = None) -> Piece:
    said = content or head_content()
    entry = replace(entry_of(said, template="umum.docx"), pdf=f"unit/{said.id}.pdf", docx=f"unit/{said.id}.docx")
    return Piece(folder, entry, said, "7" * 64, TOOLCHAIN, "", docx=b"PK", faces=faces(), pdf=source_pdf(said))


def finished(*pieces: Piece) -> list[Finished]:
    with Finishers(2) as finishers:
        done = [outcome for one in pieces for outcome in finishers.give(one)]
        return done + list(finishers.rest())


def codes(outcomes: list[Finished]) -> dict[str, str | None]:
    return {outcome.key: outcome.error.code if outcome.error else None for outcome in outcomes}


def test_each_piece_is_on_disk_with_its_digest(tmp_path: Path) -> None:
    (outcome,) = finished(piece(tmp_path))
    assert outcome.value is not None
    entry, is_new = outcome.value
    assert is_new
    assert digest((tmp_path / str(entry.pdf)).read_bytes()) == entry.issue_digest
    assert (tmp_path / str(entry.docx)).read_bytes() == b"PK"


def test_processes_give_what_this_one_would(tmp_path: Path) -> None:
    (outcome,) = finished(piece(tmp_path / "a"))
    assert outcome.value == finish(piece(tmp_path / "b")).value


def test_what_is_not_fit_is_not_written(tmp_path: Path) -> None:
    bad = replace(piece(tmp_path), pdf=b"%PDF-1.7 none")
    assert codes(finished(bad, piece(tmp_path, division_content()))) == {
        bad.entry.id: "ISSUE_UNREADABLE",
        division_content().id: None,
    }
    assert not (tmp_path / str(bad.entry.pdf)).exists()


def test_what_somebody_made_meanwhile_stands(tmp_path: Path) -> None:
    one = piece(tmp_path)
    file = tmp_path / str(one.entry.pdf)
    file.parent.mkdir()
    file.write_bytes(b"theirs")
    assert codes(finished(one)) == {one.entry.id: "FILE_CHANGED"}
    assert file.read_bytes() == b"theirs"


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of an agreement that kills whoever issues it."""
    real, victim = finishing.issue_pdf, head_content().id

    def issue(pdf: bytes, content: Content, **more: object) -> bytes:
        if content.id == victim:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(pdf, content, **more)  # type: ignore[arg-type]  # as given

    monkeypatch.setattr(finishing, "issue_pdf", issue)
    return victim


def test_one_that_kills_its_process_twice_is_reported_and_the_rest_goes_on(tmp_path: Path, deadly: str) -> None:
    assert codes(finished(piece(tmp_path), piece(tmp_path, division_content()), piece(tmp_path, root_content()))) == {
        deadly: "ISSUE_LOST",
        division_content().id: None,
        root_content().id: None,
    }


def test_pieces_wait_no_further_ahead_than_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finishing, "_AHEAD", 0)
    with Finishers(1) as finishers:
        (outcome,) = finishers.give(piece(tmp_path))
        assert outcome.value
        assert not list(finishers.rest())


def test_after_a_death_more_pieces_are_taken(tmp_path: Path, deadly: str) -> None:
    with Finishers(1) as finishers:
        done = [*finishers.give(piece(tmp_path)), *finishers.rest()]
        done += [*finishers.give(piece(tmp_path, division_content())), *finishers.rest()]
    assert codes(done) == {deadly: "ISSUE_LOST", division_content().id: None}
