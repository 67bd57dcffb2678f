"""The small frame: errors, sentences, outcomes, problems, the profile."""

import errno
import pickle
from datetime import date
from pathlib import Path

import pytest

from pkdocs import errors, messages
from pkdocs.errors import ConflictError, PkdocsError, UsageError
from pkdocs.messages import Language, Said, reason_of, text
from pkdocs.outcome import Outcome
from pkdocs.problem import EVERYTHING, Place, Severity, error, note, warning
from pkdocs.profile import Kind, Profile, Zone


@pytest.mark.parametrize(
    ("kind", "exit_code"),
    [
        ("PkdocsError", 1),
        ("DocumentError", 1),
        ("UsageError", 2),
        ("WorkbookError", 3),
        ("TemplateError", 4),
        ("OfficeError", 5),
        ("CredentialError", 6),
        ("TrustError", 6),
        ("SigningError", 7),
        ("ConflictError", 8),
    ],
)
def test_each_branch_of_the_errors_has_the_exit_code_of_the_contract(kind: str, exit_code: int) -> None:
    assert getattr(errors, kind).exit_code == exit_code


def test_an_error_speaks_both_languages() -> None:
    stop = ConflictError("FILE_CHANGED", file="a.pdf")
    assert stop.message().startswith("a.pdf diubah orang lain")
    assert stop.message("en").startswith("a.pdf was changed by somebody else")
    assert str(stop) == f"FILE_CHANGED: {stop.message('en')}"


def test_the_cause_of_an_error_is_said_in_the_same_language() -> None:
    stop = errors.OfficeError("NOTHING_CONVERTED", reason=ConflictError("FILE_CHANGED", file="a.pdf"))
    assert stop.message("en").startswith("Not one document could be converted to PDF: a.pdf was changed by")
    assert "a.pdf diubah orang lain" in stop.message("id")


def test_an_error_is_rebuilt_from_its_arguments() -> None:
    stop = UsageError("USAGE", {"reason": "x"}, more=1)
    again = UsageError(*stop.args)
    assert (again.code, again.params) == ("USAGE", {"reason": "x", "more": 1})


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_cause_of_the_system_is_said_in_both_languages(language: Language) -> None:
    stop = PkdocsError("SYSTEM", file="a", reason=reason_of(OSError(errno.ENOSPC, "No space left on device", "a")))
    assert stop.message(language).startswith(f"a: {text('SYSTEM_ENOSPC', language)}.")
    assert pickle.loads(pickle.dumps(stop)).message(language) == stop.message(language)  # noqa: S301 - made here


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (OSError(errno.EDEADLK, "Resource deadlock avoided"), "Resource deadlock avoided"),
        (OSError("a sentence"), "OSError"),
        (OSError(99999, "Something new"), "Something new"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_a_cause_that_the_catalogue_lacks_is_said_in_the_systems_own_words(fault: OSError, said: str) -> None:
    assert reason_of(fault) == said


def test_a_part_of_a_sentence_has_values_of_its_own() -> None:
    stop = errors.OfficeError("OFFICE_NOT_STARTED", reason=Said("OFFICE_SILENT", (("seconds", 7),)), command="x")
    assert "(no answer within 7 seconds)" in stop.message("en")
    assert "(tidak menjawab dalam 7 detik)" in stop.message("id")


def test_values_of_a_sentence_are_put_in_as_they_are() -> None:
    assert text("SYSTEM", "en", {"file": "{reason}", "reason": "{0.__class__}"}).startswith("{reason}: {0.__class__}.")


def test_a_sentence_that_does_not_exist_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        text("NO_SUCH_SENTENCE", "id")


def test_a_field_that_is_not_given_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        PkdocsError("FILE_CHANGED").message()


def test_a_code_that_two_files_say_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text('[TWICE]\nid = "a"\nen = "b"\n', encoding="utf-8")
    (tmp_path / "c.txt").write_text("not a catalogue", encoding="utf-8")
    monkeypatch.setattr(messages, "files", lambda _package: tmp_path)
    with pytest.raises(ValueError, match=r"b\.toml: said twice: \['TWICE'\]"):
        messages.catalogue.__wrapped__()


def test_an_outcome_is_a_value_or_an_error() -> None:
    stop = PkdocsError("USAGE", reason="x")
    assert Outcome("a", value=1).value == 1
    assert Outcome("a", error=stop).error is stop


@pytest.mark.parametrize("both", [{}, {"value": 1, "error": PkdocsError("USAGE", reason="x")}])
def test_an_outcome_is_never_both_nor_neither(both: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="either a value or an error"):
        Outcome("a", **both)


def test_a_place_names_its_cell() -> None:
    assert Place("Pejabat", 7, file="a.xlsx").at("NIP") == Place("Pejabat", 7, "NIP", "a.xlsx")


def test_only_errors_touch_agreements() -> None:
    place = Place("Pejabat", 7)
    said = {"reason": "x", "command": "pkdocs"}
    stops = error("USAGE", place, ("KOMINFO",), **said)
    assert (stops.severity, stops.touches, stops.place) == (Severity.ERROR, frozenset({"KOMINFO"}), place)
    assert error("USAGE", place, EVERYTHING, **said).touches is not None
    warned, noted = warning("USAGE", place, **said), note("USAGE", place, **said)
    assert (warned.severity, noted.severity) == (Severity.WARNING, Severity.NOTE)
    assert warned.touches == noted.touches == frozenset()
    assert noted.message("en") == "x See `pkdocs --help`."


PROFILE = Profile("Pemerintah Kota Wanasari", 2026, "Wanasari", date(2026, 1, 22))


@pytest.mark.parametrize(
    ("kind", "heading", "title"),
    [
        (Kind.ORIGINAL, "", "PERJANJIAN KINERJA TAHUN 2026"),
        (Kind.AMENDMENT, "", "PERJANJIAN KINERJA PERUBAHAN TAHUN 2026"),
        (Kind.AMENDMENT, "PERUBAHAN PERJANJIAN KINERJA", "PERUBAHAN PERJANJIAN KINERJA TAHUN 2026"),
    ],
)
def test_the_title_follows_the_kind_unless_the_wording_is_local(kind: Kind, heading: str, title: str) -> None:
    profile = Profile(PROFILE.organisation, 2026, "Wanasari", PROFILE.agreement_date, kind=kind, heading=heading)
    assert profile.title == title


@pytest.mark.parametrize(
    ("zone", "name"), [("WIB", "Asia/Jakarta"), ("WITA", "Asia/Makassar"), ("WIT", "Asia/Jayapura")]
)
def test_each_zone_is_known(zone: str, name: str) -> None:
    assert Zone(zone).info.key == name
