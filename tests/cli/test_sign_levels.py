"""``pkdocs sign --level``: given whole, or refused before the first signature."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pkdocs.errors import ServiceError
from pkdocs.files import digest
from pkdocs.pipeline import augmenting
from pkdocs.pki import open_services, serving
from tests.city import Town, made, number_of, snapshot, touched
from tests.cli.keys import bsre_service, by_file, csc_service, ids, receipt, seal_options, sign
from tests.cli.runner import Run, pkdocs

IRBAN = "INSP.IRBAN1"


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The timestamp authority of the small city's PKI."""
    pki = made(tmp_path_factory.getbasetemp()).pki
    with serving(open_services(pki, datetime.now(UTC))) as address:
        yield address + "/tsa"


def raised(town: Town, level: str, tsa: str, *more: str | Path) -> Run:
    trust = () if level == "t" else ("--trust", town.trust)
    return sign(town, *by_file(town, IRBAN), "--level", level, "--tsa", tsa, *trust, *more)


def level_of(town: Town, key: str) -> str:
    run = pkdocs("inspect", town.pdf(key), "--json")
    (signature,) = run.json[0]["signatures"]
    return str(signature["level"])


@pytest.mark.parametrize("level", ["t", "lt", "lta"])
def test_a_level_is_reached_by_all(town: Town, tsa: str, level: str) -> None:
    run = raised(town, level, tsa, "--any-order")
    assert (len(ids(run)), run.exit, run.json["plan"]["level"]) == (2, 0, level)
    assert {level_of(town, IRBAN), level_of(town, f"{IRBAN}.AUDITOR")} == {f"B-{level.upper()}"}
    written = receipt(run)
    assert written["level"] == level
    for one in run.json["signed"]:
        assert one["sha256"] == digest(Path(one["file"]).read_bytes())
        assert one["sha256"] in {document["after"] for document in written["documents"]}


def test_a_key_at_a_service_reaches_it_too(town: Town, tsa: str, tmp_path: Path) -> None:
    with csc_service(town, IRBAN, tmp_path) as (_, options):
        run = sign(town, *options, "--level", "t", "--tsa", tsa)
    assert (len(ids(run)), run.exit, level_of(town, IRBAN)) == (1, 0, "B-T")


def test_what_an_enrolled_certificate_has_signed_is_read_when_it_is_brought_up(
    town: Town, tsa: str, tmp_path: Path
) -> None:
    assert pkdocs("seal", town.out, *seal_options(town), "--yes", "--json").exit == 0
    with bsre_service(town, f"{IRBAN}.AUDITOR", tmp_path) as (_, options):
        assert len(ids(sign(town, *options))) == 1
    enrolment = options[options.index("--enrolment") + 1]
    run = raised(town, "lta", tsa, "--role", "pihak-kedua", "--enrolment", enrolment)
    # the root above that certificate is not in the trust file
    causes = {one["outcome"]: one["code"] for one in receipt(run)["documents"]}
    assert (len(ids(run)), run.exit, causes) == (1, 1, {"signed": "EVIDENCE_PATH"})


class TestRefused:
    """What ends before the first signature."""

    @pytest.fixture(autouse=True)
    def nothing_signed(self, town: Town) -> object:
        before = snapshot(town.out)
        yield
        assert touched(before, town.out) == set()

    def test_a_timestamp_needs_an_authority_and_the_passphrase_is_not_tried(self, town: Town) -> None:
        p12 = by_file(town, IRBAN)[:2]
        assert sign(town, *p12, "--level", "t").error == ("LEVEL_NEEDS_TSA", 2)

    def test_validation_data_need_a_trust_file(self, town: Town, tsa: str) -> None:
        run = sign(town, *by_file(town, IRBAN), "--level", "lt", "--tsa", tsa)
        assert run.error == ("LEVEL_NEEDS_TRUST", 2)

    def test_an_authority_that_does_not_answer(self, town: Town) -> None:
        run = raised(town, "t", "http://127.0.0.1:9/tsa")
        assert run.error[1] == 7

    def test_an_authority_of_another_pki(self, town: Town, tmp_path: Path) -> None:
        assert pkdocs("pki", "init", tmp_path / "lain", "--json").exit == 0
        with serving(open_services(tmp_path / "lain", datetime.now(UTC))) as address:
            run = raised(town, "lt", address + "/tsa")
        assert run.error[1] == 7

    def test_a_seal_has_no_long_level(self, town: Town, tsa: str) -> None:
        run = pkdocs("seal", town.out, *seal_options(town), "--level", "lt", "--tsa", tsa, "--yes", "--json")
        assert run.error == ("SEAL_LEVEL", 2)


class Killed(BaseException):
    """The process ends here."""


def test_a_run_that_was_killed_before_the_level_was_reached_goes_on(
    town: Town, tsa: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_given: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(augmenting, "replace_unchanged", die)
        with pytest.raises(Killed):
            raised(town, "lt", tsa)
    assert level_of(town, IRBAN) == "B-T"
    run = raised(town, "lt", tsa)
    assert (ids(run), run.exit, level_of(town, IRBAN)) == ([], 0, "B-LT")
    (document,) = receipt(run)["documents"]
    assert (document["outcome"], document["after"]) == ("signed", digest(town.pdf(IRBAN).read_bytes()))


def test_what_could_not_be_brought_up_is_signed_and_says_so(
    town: Town, tsa: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        raise ServiceError("TIMESTAMP_FAILED", host="tsa.example", reason="-")

    monkeypatch.setattr(augmenting, "fill_all", fail)
    run = raised(town, "lta", tsa)
    assert (len(ids(run)), run.exit) == (1, 1)
    assert [one["code"] for one in run.json["refused"]] == ["SIGN_LEVEL_LATER"]
    assert "pkdocs augment" in run.err
    (document,) = receipt(run)["documents"]
    assert (document["outcome"], document["code"]) == ("signed", "TIMESTAMP_FAILED")
    monkeypatch.undo()
    options = ("--level", "lta", "--trust", town.trust, "--tsa", tsa)
    assert pkdocs("augment", town.pdf(IRBAN), *options, "--json").exit == 0


def test_a_seal_may_be_timestamped(town: Town, tsa: str) -> None:
    run = pkdocs("seal", town.out, *seal_options(town), "--level", "t", "--tsa", tsa, "--yes", "--json")
    assert run.exit == 0
    assert raised(town, "lta", tsa).exit == 0


def test_the_person_may_be_named_too(town: Town, tsa: str) -> None:
    assert raised(town, "t", tsa, "--as", number_of(IRBAN)).exit == 0
