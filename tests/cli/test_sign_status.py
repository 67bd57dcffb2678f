"""``pkdocs sign`` and ``pkdocs status``."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from pkdocs.cli import secret
from pkdocs.cli import sign as sign_command
from pkdocs.persons import TRIAL_KEY
from pkdocs.pipeline.ceremony import execution
from pkdocs.pipeline.enrolment import issue_for_workbook
from pkdocs.pki import init_pki
from tests.city import KEYS, Town, number_of, snapshot, touched
from tests.cli.runner import Run, pkdocs

IRBAN, AUDITOR = "PK-2026-INSP.IRBAN1-1", "PK-2026-INSP.IRBAN1.AUDITOR-1"


def credential(town: Town, key: str) -> tuple[str | Path, ...]:
    return "--p12", town.p12(key), "--passphrase-file", town.p12(key).with_suffix(".pass")


def sign(town: Town, key: str, *more: str | Path, language: str = "id") -> Run:
    paths = [part for part in more if isinstance(part, Path)] or [town.out]
    options = [part for part in more if isinstance(part, str)]
    return pkdocs("--lang", language, "sign", *paths, *credential(town, key), *options, "--yes", "--json")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits at the terminal."""
    for module in (sign_command, secret):
        monkeypatch.setattr(module, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))


class TestSign:
    """Signing all that waits."""

    def test_all_signed_ends_with_0(self, town: Town) -> None:
        run = sign(town, "INSP.IRBAN1")
        assert run.exit == 0
        assert run.json.keys() == {"batch", "signed", "waiting", "refused", "unknown", "receipt", "plan"}
        (signed,) = run.json["signed"]
        assert signed.keys() == {"id", "file", "role", "sha256"}
        assert (signed["id"], signed["file"], signed["role"]) == (IRBAN, str(town.pdf("INSP.IRBAN1")), "pihak-pertama")
        assert run.json["waiting"] == [{"id": AUDITOR, "for": "pihak-pertama"}]
        assert run.json["refused"] == []

    @pytest.mark.parametrize(
        ("language", "plan", "done"),
        [
            ("id", "1 perjanjian akan ditandatangani oleh Rosmaida", "1 ditandatangani, 1 menunggu"),
            ("en", "1 agreements will be signed by Rosmaida", "1 signed, 1 waiting"),
        ],
    )
    def test_the_plan_comes_first_and_the_result_last(self, town: Town, language: str, plan: str, done: str) -> None:
        run = sign(town, "INSP.IRBAN1", language=language)
        assert run.err.index(plan) < run.err.index(done)
        assert IRBAN in run.err

    def test_nothing_waits_ends_with_0(self, town: Town) -> None:
        sign(town, "BKPSDM.PKP.ANALIS")
        again = sign(town, "BKPSDM.PKP.ANALIS", language="en")
        assert (again.exit, again.json["signed"]) == (0, [])
        assert "No agreement waits" in again.err

    def test_a_key_that_no_agreement_names_is_warned_of(self, town: Town) -> None:
        run = sign(town, "BKPSDM.PKP.ANALIS", town.out / "inspektorat-daerah", language="en")
        assert (run.exit, "Not one agreement there names" in run.err) == (0, True)

    def test_only_waiting_for_the_other_party_ends_with_0(self, town: Town) -> None:
        run = sign(town, "INSP.IRBAN1", town.pdf("INSP.IRBAN1.AUDITOR"))
        assert (run.exit, run.json["signed"], len(run.json["waiting"])) == (0, [], 1)

    def test_the_superior_may_sign_first_if_wished(self, town: Town) -> None:
        run = sign(town, "INSP.IRBAN1", "--any-order", "--role", "pihak-kedua")
        assert [entry["id"] for entry in run.json["signed"]] == [AUDITOR]

    def test_some_refused_ends_with_1(self, town: Town) -> None:
        sign(town, "INSP.IRBAN1.AUDITOR")
        file = town.pdf("INSP.IRBAN1.AUDITOR")
        file.write_bytes(file.read_bytes() + b" ")
        run = sign(town, "INSP.IRBAN1", language="en")
        assert run.exit == 1
        (refused,) = run.json["refused"]
        assert (refused["id"], refused["code"], refused.keys()) == (AUDITOR, "SIGN_ALTERED", {"id", "code", "message"})
        assert refused["message"] in run.err

    def test_nothing_signed_ends_with_7(self, town: Town) -> None:
        sign(town, "INSP.IRBAN1")
        run = sign(town, "INSP.IRBAN1", town.pdf("INSP.IRBAN1"))
        assert (run.exit, run.json["refused"][0]["code"]) == (7, "SIGN_ALREADY")

    def test_a_wrong_person_ends_with_6(self, town: Town) -> None:
        before = snapshot(town.out)
        run = sign(town, "BKPSDM", town.pdf("INSP.IRBAN1"))
        assert (run.exit, run.json["refused"][0]["code"]) == (6, "SIGN_WRONG_PERSON")
        assert touched(before, town.out) == set()

    def test_a_file_that_somebody_else_changed_ends_with_8(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        real = execution.put_signed

        def meanwhile(file: Path, before: bytes, after: bytes) -> None:
            file.write_bytes(b"theirs")
            real(file, before, after)

        monkeypatch.setattr(execution, "put_signed", meanwhile)
        run = sign(town, "INSP.IRBAN1")
        assert (run.exit, run.json["refused"][0]["code"]) == (8, "FILE_CHANGED")

    def test_every_agreement_of_the_plan_is_listed(self, town: Town) -> None:
        run = sign(town, "INSP.IRBAN1", "--any-order")
        planned = run.err[: run.err.index(run.json["plan"]["digest"])]
        assert all(entry["id"] in planned for entry in run.json["signed"])


class TestKey:
    """What ends with 6, and nothing is signed."""

    @pytest.fixture(autouse=True)
    def nothing_signed(self, town: Town) -> object:
        before = snapshot(town.out)
        yield
        assert touched(before, town.out) == set()

    def test_a_wrong_passphrase(self, town: Town, tmp_path: Path) -> None:
        (tmp_path / "frasa").write_text("salah\n", encoding="utf-8")
        run = pkdocs("sign", town.out, "--p12", town.p12("INSP"), "--passphrase-file", tmp_path / "frasa", "--json")
        assert run.error == ("P12_PASSPHRASE", 6)

    def test_a_passphrase_file_that_is_no_text(self, town: Town, tmp_path: Path) -> None:
        (tmp_path / "frasa").write_bytes(b"\xff\xfe")
        run = pkdocs("sign", town.out, "--p12", town.p12("INSP"), "--passphrase-file", tmp_path / "frasa", "--json")
        assert run.error == ("PASSPHRASE_FILE", 6)

    @pytest.mark.parametrize("wanted", [number_of("BKPSDM"), "A" * 16])
    def test_the_key_of_somebody_else(self, town: Town, wanted: str) -> None:
        run = pkdocs("sign", town.out, *credential(town, "INSP"), "--as", wanted, "--yes", "--json")
        assert run.error == ("SIGNER_IS_ANOTHER", 6)
        assert wanted not in run.out + run.err

    def test_a_certificate_that_has_lapsed(self, town: Town, tmp_path: Path) -> None:
        long_ago = datetime.now(UTC) - timedelta(days=1000)
        init_pki(tmp_path / "lama", at=long_ago)
        issue_for_workbook(tmp_path / "lama", town.workbook, person_key=TRIAL_KEY, at=long_ago, renew=False)
        run = sign(Town(town.workbook, town.out, tmp_path / "lama"), "INSP")
        assert run.error == ("SIGNER_EXPIRED", 6)

    @pytest.mark.parametrize("damage", [lambda data: data[:0], lambda data: data[:-1], lambda data: data[500:]])
    def test_a_damaged_key_file(self, town: Town, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
        (tmp_path / "kunci.p12").write_bytes(damage(town.p12("INSP").read_bytes()))
        passphrase = town.p12("INSP").with_suffix(".pass")
        run = pkdocs("sign", town.out, "--p12", tmp_path / "kunci.p12", "--passphrase-file", passphrase, "--json")
        assert run.error[1] == 6


class TestConsent:
    """Passphrase and consent."""

    def test_without_a_terminal_the_passphrase_cannot_be_asked_for(self, town: Town) -> None:
        assert pkdocs("sign", town.out, "--p12", town.p12("INSP"), "--json").error == ("PASSPHRASE_NEEDED", 2)

    def test_without_a_terminal_consent_must_be_given_beforehand(self, town: Town) -> None:
        before = snapshot(town.out)
        run = pkdocs("sign", town.out, *credential(town, "INSP"), "--json")
        assert run.error == ("SIGN_NEEDS_YES", 2)
        assert "PK-2026-INSP-1" in run.err
        assert touched(before, town.out) == set()

    def test_where_nothing_waits_no_consent_is_needed(self, town: Town) -> None:
        town.sign("BKPSDM.PKP.ANALIS")
        assert pkdocs("sign", town.out, *credential(town, "BKPSDM.PKP.ANALIS"), "--json").exit == 0

    @pytest.mark.usefixtures("terminal")
    def test_at_a_terminal_both_are_asked_for(self, town: Town) -> None:
        passphrase = town.p12("INSP").with_suffix(".pass").read_text(encoding="ascii")
        run = pkdocs("sign", town.out, "--p12", town.p12("INSP"), "--json", typed=f"{passphrase}y\n")
        assert (run.exit, len(run.json["signed"])) == (0, 1)
        assert passphrase.strip() not in run.out + run.err

    @pytest.mark.usefixtures("terminal")
    @pytest.mark.parametrize("typed", ["n\n", ""])
    def test_without_consent_nothing_is_signed(self, town: Town, typed: str) -> None:
        before = snapshot(town.out)
        run = pkdocs("sign", town.out, *credential(town, "INSP"), "--json", typed=typed)
        assert run.error == ("SIGN_DECLINED", 7)
        assert touched(before, town.out) == set()

    @pytest.mark.usefixtures("terminal")
    def test_without_a_passphrase_nothing_is_signed(self, town: Town) -> None:
        run = pkdocs("sign", town.out, "--p12", town.p12("INSP"), "--json", typed="")
        assert run.error == ("SIGN_DECLINED", 7)


class TestStatus:
    """Who has signed, who is awaited."""

    def test_everybody_is_awaited_at_first(self, town: Town) -> None:
        run = pkdocs("status", town.out, "--json")
        assert (run.exit, len(run.json["agreements"])) == (0, len(KEYS))
        for entry in run.json["agreements"]:
            assert entry.keys() == {"id", "unit", "signed", "awaits"}
            assert (entry["signed"], entry["awaits"]["role"]) == ([], "pihak-pertama")
            assert entry["awaits"].keys() == {"role", "person", "name"}

    def test_complete_ones_are_said(self, signed_town: Town) -> None:
        run = pkdocs("--lang", "en", "status", signed_town.out, "--json")
        assert {entry["awaits"] for entry in run.json["agreements"]} == {None}
        assert f"{len(KEYS)} agreements: {len(KEYS)} complete, 0 not yet" in run.err

    def test_those_that_wait_alone(self, town: Town) -> None:
        town.sign("WALIKOTA")
        assert len(pkdocs("status", town.out, "--waiting", "--json").json["agreements"]) == len(KEYS) - 1

    def test_one_unit_alone(self, town: Town) -> None:
        run = pkdocs("status", town.out, "--unit", "Inspektorat Daerah", "--json")
        assert len(run.json["agreements"]) == 3

    @pytest.mark.parametrize("as_number", [True, False])
    def test_one_person_alone(self, town: Town, *, as_number: bool) -> None:
        wanted = number_of("INSP.IRBAN1") if as_number else town.signer("INSP.IRBAN1").person
        run = pkdocs("status", town.out, "--person", wanted, "--json")
        assert [entry["id"] for entry in run.json["agreements"]] == [IRBAN]
        assert number_of("INSP.IRBAN1") not in run.out + run.err

    def test_a_damaged_file_is_shown(self, town: Town) -> None:
        town.pdf("INSP").write_bytes(b"nothing")
        run = pkdocs("--lang", "en", "status", town.out, "--waiting")
        assert (run.exit, "! PK-2026-INSP-1: The file is not an intact PDF" in run.out) == (0, True)

    def test_a_folder_without_index_ends_with_8(self, tmp_path: Path) -> None:
        assert pkdocs("status", tmp_path, "--json").error == ("INDEX_MISSING", 8)
