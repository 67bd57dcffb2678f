"""``pkdocs reject`` and ``pkdocs withdraw`` as they are typed."""

import pytest

from tests.city import Town, number_of
from tests.cli.runner import pkdocs

AUDITOR = "PK-2026-INSP.IRBAN1.AUDITOR-1"


def test_party_rejects_and_status_says_so(town: Town) -> None:
    asked = ("reject", AUDITOR, "--in", town.out, "--as", number_of("INSP.IRBAN1"), "--reason", "target terlalu rendah")
    run = pkdocs(*asked, "--json")
    assert run.exit == 0
    assert run.json.keys() == {"id", "file", "decision", "role", "reason", "at"}
    assert (run.json["decision"], run.json["role"]) == ("rejected", "pihak-kedua")
    shown = pkdocs("status", town.out, "--json")
    [entry] = [entry for entry in shown.json["agreements"] if entry["id"] == AUDITOR]
    assert entry["awaits"] is None
    assert entry["decision"]["reason"] == "target terlalu rendah"
    assert pkdocs(*asked, "--json").error == ("DECISION_KNOWN", 7)


@pytest.mark.parametrize(("language", "ended"), [("id", "1 ditolak atau ditarik"), ("en", "1 rejected or withdrawn")])
def test_office_withdraws_and_takes_it_back(town: Town, language: str, ended: str) -> None:
    asked = ("--lang", language, "withdraw", AUDITOR, "--in", town.out, "--reason", "salah unit")
    assert pkdocs(*asked).exit == 0
    assert ended in pkdocs("--lang", language, "status", town.out).out
    assert pkdocs(*asked, "--undo").exit == 0
    assert ended not in pkdocs("--lang", language, "status", town.out).out


def test_reason_is_asked_for(town: Town) -> None:
    assert pkdocs("withdraw", AUDITOR, "--in", town.out).exit == 2
