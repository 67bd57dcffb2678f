"""``pkdocs register`` and ``verify --register``: what officials and auditors see."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pkdocs.numerals import MONTHS
from pkdocs.persons import TRIAL_KEY, pseudonym
from tests.city import KEYS, REGISTRARS, Town, number_of, sheets, without
from tests.cli.runner import pkdocs


def build(town: Town, *more: str) -> tuple[str, ...]:
    sources = ("--workbook", str(town.workbook), "--enrolment", str(town.enrolment))
    return ("register", "build", str(town.out), *sources, *more)


def sign(town: Town, key: str, *more: str) -> tuple[str, ...]:
    p12 = town.p12(key)
    secret = ("--passphrase-file", str(p12.with_suffix(".pass")))
    return ("register", "sign", str(town.head), "--p12", str(p12), *secret, *more)


def verify(town: Town) -> tuple[str, ...]:
    return ("verify", str(town.out), "--trust", str(town.trust), "--register", str(town.head))


def test_the_whole_way_in_json(signed_town: Town) -> None:
    built = pkdocs(*build(signed_town, "--json"))
    assert built.exit == 0
    said = json.loads(built.out)
    assert (said["version"], said["added"]) == (1, said["size"])
    assert said["agreements"] == {"issued": 0, "partial": 0, "complete": len(KEYS), "superseded": 0}
    for count, key in enumerate(REGISTRARS, 1):
        run = pkdocs(*sign(signed_town, key, "--yes", "--json"))
        assert (run.exit, len(json.loads(run.out)["signed"])) == (0, count)
    run = pkdocs(*verify(signed_town), "--json")
    judged = json.loads(run.out)
    assert (run.exit, judged["set"]["result"]) == (0, "TOTAL-PASSED")
    assert judged["register"] == {"version": 1, "digest": said["digest"], "dated": judged["register"]["dated"]}
    shown = json.loads(pkdocs("register", "show", str(signed_town.head), "--json").out)
    assert {line["id"] for line in shown["lines"]} == {one["id"] for one in judged["agreements"]}
    run = pkdocs("inspect", str(signed_town.head), "--trust", str(signed_town.trust), "--json")
    (head,) = json.loads(run.out)
    assert (run.exit, head["integrity"], [one["field"] for one in head["signatures"]]) == (
        0,
        "intact",
        ["registrar-1", "registrar-2"],
    )


@pytest.mark.parametrize("language", ["id", "en"])
def test_people_are_told_in_their_language(signed_town: Town, language: str) -> None:
    run = pkdocs("--lang", language, *build(signed_town))
    assert run.exit == 0
    assert {"id": "menunggu tanda tangan 2", "en": "awaits the signatures of 2"}[language] in run.out
    again = pkdocs("--lang", language, *sign(signed_town, "INSP", "--yes"))
    assert {"id": "1 dari 2", "en": "1 of 2"}[language] in again.out
    pkdocs(*sign(signed_town, "BKPSDM", "--yes"))
    same = pkdocs("--lang", language, *build(signed_town))
    assert {"id": "tidak ada yang baru", "en": "nothing new"}[language] in same.out


def test_all_of_one_person_is_shown_by_number_or_pseudonym_and_no_number_is_said(signed_town: Town) -> None:
    signed_town.build_register(closed=True)
    number = number_of("INSP")
    by_number = pkdocs("register", "show", str(signed_town.head), "--person", number)
    by_person = pkdocs("register", "show", str(signed_town.head), "--person", pseudonym(TRIAL_KEY, number))
    assert by_number.out == by_person.out
    assert number not in by_number.out
    for word in ("INSP", "PK-", "ditutup", "sertifikat"):
        assert word in by_number.out


@pytest.mark.parametrize(("language", "words"), [("id", "Tidak ada baris"), ("en", "No line")])
def test_a_number_that_nobody_has_is_said_to_be_nobodys(signed_town: Town, language: str, words: str) -> None:
    signed_town.build_register(closed=True)
    show = ("--lang", language, "register", "show", str(signed_town.head))
    for nobody in ("197005301995031990", "A" * 16):
        run = pkdocs(*show, "--person", nobody)
        assert (run.exit, words in run.out + run.err) == (0, True)
    assert words not in pkdocs(*show).out
    # days are written as each language has them
    assert (f"{MONTHS[datetime.now(UTC).month - 1]} 20" in pkdocs(*show).out) == (language == "id")


def test_all_of_one_person_has_roles_what_was_taken_back_and_the_register_itself(town: Town) -> None:
    town.build_register()
    town.sign_register()
    town.write(without(sheets(), "INSP.IRBAN1.AUDITOR"))
    town.build_register()
    person = ("register", "show", str(town.head), "--person")
    auditor, above, keeper = (pkdocs(*person, number_of(key)) for key in ("INSP.IRBAN1.AUDITOR", "INSP.IRBAN1", "INSP"))
    assert auditor.out.count("ditarik kembali") == 2
    assert "pihak pertama" in above.out.lower()
    assert "pihak kedua" in above.out.lower()
    assert "belum menandatangani" in keeper.out
    assert pkdocs(*person, number_of("INSP"), "--json").json["registrar"] is True
    town.sign_register("INSP")
    assert "sudah menandatangani" in pkdocs(*person, number_of("INSP")).out


def test_who_is_no_registrar_signs_nothing(signed_town: Town) -> None:
    signed_town.build_register()
    before = signed_town.head.read_bytes()
    assert pkdocs(*sign(signed_town, "WALIKOTA", "--yes")).exit == 6
    assert signed_town.head.read_bytes() == before


def test_nobody_signs_twice(signed_town: Town) -> None:
    signed_town.build_register()
    assert pkdocs(*sign(signed_town, "INSP", "--yes")).exit == 0
    assert pkdocs(*sign(signed_town, "INSP", "--yes")).exit == 7


def test_without_anybody_to_ask_consent_must_be_given(signed_town: Town) -> None:
    signed_town.build_register()
    assert pkdocs(*sign(signed_town, "INSP")).exit == 2


def test_a_workbook_with_errors_ends_with_3(town: Town) -> None:
    city = sheets()
    city["Pejabat"][1]["NIP"] = "1"
    town.write(city)
    assert pkdocs(*build(town)).exit == 3


def test_an_enrolment_that_is_none_ends_with_6(town: Town, tmp_path: Path) -> None:
    other = Town(town.workbook, town.out, tmp_path)
    other.enrolment.write_text("x", encoding="ascii")
    run = pkdocs(*build(other, "--json"))
    assert (run.exit, json.loads(run.out)["error"]["code"]) == (6, "ENROLMENT_UNREADABLE")


def test_a_folder_without_index_ends_with_8(town: Town) -> None:
    (town.out / "index.json").unlink()
    assert pkdocs(*build(town)).exit == 8


def test_what_is_no_head_cannot_be_shown(town: Town) -> None:
    assert pkdocs("register", "show", str(town.pdf("INSP"))).exit == 8


def test_a_missing_agreement_and_a_changed_list_change_the_exit(signed_town: Town) -> None:
    signed_town.build_register()
    signed_town.sign_register()
    signed_town.pdf("BKPSDM.PKP.ANALIS").unlink()
    run = pkdocs(*verify(signed_town))
    assert run.exit == 10
    assert "SET_MISSING" in run.out
    file = signed_town.out / "register.jsonl"
    file.write_bytes(file.read_bytes().replace(b"Inspektur", b"Direktur.", 1))
    assert pkdocs(*verify(signed_town)).exit == 9


def test_a_head_alone_is_inspected_with_and_without_trust(signed_town: Town) -> None:
    signed_town.build_register()

    def inspected(*more: str) -> tuple[int, dict[str, object]]:
        run = pkdocs("inspect", str(signed_town.head), "--json", *more)
        return run.exit, json.loads(run.out)[0]

    assert inspected()[0] == 10
    signed_town.sign_register("INSP")
    assert inspected()[1]["integrity"] == "intact"
    code, judged = inspected("--trust", str(signed_town.trust))
    assert (code, judged["result"]) == (10, "INDETERMINATE")
    assert "HEAD_THRESHOLD" in str(judged["reasons"])
    signed_town.head.write_bytes(signed_town.head.read_bytes()[:-10] + b"x" * 10)
    assert inspected()[0] != 0


def test_a_register_of_one_keeper_is_warned_of(town: Town) -> None:
    run = pkdocs(*build(town, "--threshold", "1"))
    assert run.exit == 0
    assert "dari unit yang berbeda" in run.err
    assert "dari unit yang berbeda" not in pkdocs(*build(town)).err
