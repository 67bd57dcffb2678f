"""What BSrE has signed, in its own field and with a certificate that names nobody, is a signature to every command."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.persons import TRIAL_KEY
from pkdocs.pipeline.registering import HeadWishes, build_register
from pkdocs.pki import open_services, serving
from pkdocs.pki.authority import Authority, make_crl
from pkdocs.trust import Anchor, Purpose, read_trust, render_trust
from tests.bsre.authority import certificate_of, der, key_of
from tests.bsre.emulator import Emulator
from tests.bsre.habits import Habits
from tests.city import AT, KEYS, Town, ignore, number_of, snapshot, touched
from tests.cli.keys import Options, bsre_service, by_file, ids, seal_options, sign, written
from tests.cli.runner import pkdocs

AUDITOR = "INSP.IRBAN1.AUDITOR"
ID = f"PK-2026-{AUDITOR}-1"


@pytest.fixture(params=[True, False], ids=["own field", "our field"])
def enrolled(town: Town, tmp_path: Path, request: pytest.FixtureRequest) -> Options:
    """The auditor has signed at BSrE; return who that is."""
    assert pkdocs("seal", town.out, *seal_options(town), "--yes", "--json").exit == 0
    with bsre_service(town, AUDITOR, tmp_path, Emulator(habits=Habits(own_field=request.param))) as (_, options):
        assert ids(sign(town, *options)) == [ID]
    place = options.index("--enrolment")
    return options[place : place + 2]


def trusting(town: Town, folder: Path) -> Path:
    """Return a trust file with the authority behind the emulator beside that of the city."""
    trust = read_trust(town.trust.read_bytes())
    above = Authority(certificate_of("authority"), key_of("authority"))
    lists = make_crl(above, (), number=1, at=datetime.now(UTC)).public_bytes(Encoding.DER)
    anchor = Anchor(der("authority"), frozenset({Purpose.PERSONS}), training=True)
    both = replace(trust, anchors=(*trust.anchors, anchor), crls=(*trust.crls, lists))
    (folder / "trust.toml").write_bytes(render_trust(both))
    return folder / "trust.toml"


@pytest.mark.usefixtures("enrolled")
class TestOthers:
    """Commands that judge no certificate."""

    def test_status_shows_whom_it_waits_for(self, town: Town) -> None:
        (one,) = [entry for entry in pkdocs("status", town.out, "--json").json["agreements"] if entry["id"] == ID]
        assert (one["signed"], one["awaits"]["role"]) == (["pihak-pertama"], "pihak-kedua")

    def test_a_new_generation_keeps_it(self, town: Town) -> None:
        before = snapshot(town.out)
        done = town.generate()
        assert (done.made, done.failed) == (0, ())
        assert not any(name.endswith(".pdf") for name in touched(before, town.out))

    def test_it_can_be_rejected(self, town: Town) -> None:
        run = pkdocs("reject", ID, "--in", town.out, "--as", number_of("INSP.IRBAN1"), "--reason", "target", "--json")
        assert run.exit == 0, run.err

    def test_it_is_in_the_bundle(self, town: Town, tmp_path: Path) -> None:
        run = pkdocs("bundle", town.out, "--out", tmp_path / "pk.zip", "--json")
        assert run.exit == 0
        assert ID in {one["id"] for one in run.json["agreements"]}

    def test_a_seal_comes_no_more(self, town: Town) -> None:
        run = pkdocs("seal", town.out, *seal_options(town), "--yes", "--json")
        assert (run.exit, run.json["sealed"], run.json["refused"]) == (0, [], [])


def test_the_superior_signs_where_it_is_known_whose_it_is(town: Town, enrolled: Options) -> None:
    superior = (*by_file(town, "INSP.IRBAN1"), "--role", "pihak-kedua")
    unknown = sign(town, *superior)
    assert [one["code"] for one in unknown.json["refused"]] == ["SIGN_OWNER_UNKNOWN"]
    assert ids(sign(town, *superior, *enrolled)) == [ID]


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_it_is_brought_up_where_it_is_known_whose_it_is(
    town: Town, enrolled: Options, tmp_path: Path, *, known: bool
) -> None:
    trust = trusting(town, tmp_path)
    with serving(open_services(town.pki, datetime.now(UTC))) as address:
        services = ("--tsa", address + "/tsa", "--trust", trust)
        run = pkdocs("augment", town.pdf(AUDITOR), "--level", "lta", *services, *(enrolled if known else ()), "--json")
    if known:
        assert (run.exit, [one["own_timestamps"] for one in run.json["files"]]) == (0, [False])
    else:
        assert [one["code"] for one in run.json["refused"]] == ["SIGN_OWNER_UNKNOWN"]


@pytest.mark.usefixtures("enrolled")
def test_a_table_says_whose_certificates_are_too(town: Town, tmp_path: Path) -> None:
    (tmp_path / "auditor.cer").write_bytes(der("person"))
    row = f"{number_of(AUDITOR)};auditor.cer;KTP dilihat"
    table = written(tmp_path, "pejabat.csv", f"NIP;Sertifikat;Cara\n{row}\n")
    assert ids(sign(town, *by_file(town, "INSP.IRBAN1"), "--role", "pihak-kedua", "--enrolment", table)) == [ID]


def test_the_set_passes_by_the_register(town: Town, enrolled: Options, tmp_path: Path) -> None:
    for key in reversed(KEYS):
        if key != AUDITOR:
            assert ids(sign(town, *by_file(town, key), *enrolled))
    listed = json.loads(town.enrolment.read_bytes())
    listed["certificates"] += json.loads(Path(enrolled[1]).read_bytes())["certificates"]
    everybody = written(tmp_path, "semua.json", json.dumps(listed))
    build_register(town.out, town.workbook, everybody, HeadWishes(person_key=TRIAL_KEY), at=AT, progress=ignore)
    town.sign_register()
    options = ("--trust", trusting(town, tmp_path), "--register", town.head)
    run = pkdocs("verify", town.out, *options, "--json")
    heavy = [one["code"] for entry in run.json["agreements"] for one in entry["findings"] if one["weight"] != "note"]
    assert (run.exit, run.json["summary"]["TOTAL-PASSED"]) == (0, len(KEYS)), heavy
