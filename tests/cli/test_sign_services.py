"""``pkdocs sign`` with keys at remote services: what unlocks them, what they refuse, and what the receipt says."""

from pathlib import Path

import pytest

from tests.bsre import emulator as bsre
from tests.bsre.bodies import Fault
from tests.city import Town, snapshot, touched
from tests.cli.keys import bsre_service, csc_service, ids, receipt, seal_options, sign, with_option, written
from tests.cli.runner import pkdocs
from tests.csc import emulator as csc

IRBAN = "INSP.IRBAN1"
SECRETS = (csc.PIN, csc.CLIENT[1], bsre.NIK, bsre.PASSPHRASE, bsre.ACCOUNT, bsre.ACCOUNT.partition(":")[2])


def sealed(town: Town) -> Town:
    assert pkdocs("seal", town.out, *seal_options(town), "--yes", "--json").exit == 0
    return town


def written_anywhere(town: Town) -> bytes:
    return b"".join(file.read_bytes() for file in town.out.rglob("*") if file.is_file())


class TestCsc:
    """CSC services."""

    @pytest.mark.parametrize("version", ["v1", "v2"])
    def test_all_is_signed_with_one_authorisation(self, town: Town, tmp_path: Path, version: str) -> None:
        with csc_service(town, IRBAN, tmp_path, version=version) as (service, options):
            run = sign(town, *options, "--any-order")
        assert (len(ids(run)), run.exit) == (2, 0)
        assert service.asked.count("credentials/authorize") == 1
        assert run.json["plan"]["origin"] == receipt(run)["origin"]
        assert receipt(run)["origin"].startswith("CSC")
        assert "http tanpa penyandian" in receipt(run)["origin"]
        assert not [secret for secret in SECRETS if secret in run.out + run.err]
        assert not [secret for secret in SECRETS if secret.encode() in written_anywhere(town)]

    def test_a_token_is_had_by_oauth(self, town: Town, tmp_path: Path) -> None:
        with csc_service(town, IRBAN, tmp_path) as (_, options):
            address = str(options[1])
            secret = written(tmp_path, "klien", csc.CLIENT[1])
            oauth = ("--oauth", address, "--client-id", csc.CLIENT[0], "--client-secret-file", secret)
            run = sign(town, *options[: options.index("--access-token-file")], *oauth)
        assert (len(ids(run)), run.exit) == (1, 0)

    def test_oauth_needs_a_client(self, town: Town, tmp_path: Path) -> None:
        with csc_service(town, IRBAN, tmp_path) as (service, options):
            assert sign(town, *options, "--oauth", str(options[1])).error == ("CLIENT_ID_NEEDED", 2)
        assert service.asked == []

    def test_after_a_wrong_pin_nothing_is_tried_again(self, town: Town, tmp_path: Path) -> None:
        before = snapshot(town.out)
        with csc_service(town, IRBAN, tmp_path, multisign=1) as (service, options):
            wrong = written(tmp_path, "salah", "000000")
            run = sign(town, *with_option(options, "--passphrase-file", wrong), "--any-order")
        assert (ids(run), run.exit) == ([], 6)
        assert [one["code"] for one in run.json["refused"]][1:] == ["SIGN_NOT_REACHED"]
        assert service.wrong == 1
        assert not any(name.endswith(".pdf") and "tanda-terima" not in name for name in touched(before, town.out))

    def test_without_a_token_it_says_so(self, town: Town, tmp_path: Path) -> None:
        with csc_service(town, IRBAN, tmp_path) as (_, options):
            run = sign(town, *options[: options.index("--access-token-file")])
        assert run.error[1] == 6


class TestBsre:
    """BSrE's client service."""

    @pytest.mark.parametrize("version", ["v1", "v2"])
    def test_sealed_files_are_signed(self, town: Town, tmp_path: Path, version: str) -> None:
        sealed(town)
        with bsre_service(town, IRBAN, tmp_path) as (service, options):
            run = sign(town, *options, "--bsre-version", version, "--any-order")
        assert (len(ids(run)), run.exit) == (2, 0)
        assert service.signed == 2
        assert receipt(run)["origin"].startswith(f"BSrE {version}")
        assert "http tanpa penyandian" in receipt(run)["origin"]
        assert not [secret for secret in SECRETS if secret in run.out + run.err]
        assert not [secret for secret in SECRETS if secret.encode() in written_anywhere(town)]

    def test_an_unsealed_file_is_not_sent_unless_the_service_appends(self, town: Town, tmp_path: Path) -> None:
        with bsre_service(town, IRBAN, tmp_path) as (service, options):
            run = sign(town, *options)
            assert (ids(run), run.exit, service.signed) == ([], 7, 0)
            assert len(ids(sign(town, *options, "--bsre-appends"))) == 1

    def test_a_level_that_cannot_be_promised_is_refused_before_anything_is_asked(
        self, town: Town, tmp_path: Path
    ) -> None:
        with bsre_service(town, IRBAN, tmp_path) as (service, options):
            assert sign(town, *options, "--level", "t").error == ("LEVEL_NOT_PROMISED", 2)
        assert service.asked == []

    def test_whose_key_it_is_must_be_said(self, town: Town, tmp_path: Path) -> None:
        with bsre_service(town, IRBAN, tmp_path) as (service, options):
            assert sign(town, *options[: options.index("--as")]).error == ("SIGN_NEEDS_AS", 2)
            enrolled_nobody = options[: options.index("--enrolment")]
            assert sign(town, *enrolled_nobody).error == ("BSRE_NOT_ENROLLED", 6)
        assert service.signed == 0

    def test_after_a_wrong_pass_phrase_nothing_is_sent_again(self, town: Town, tmp_path: Path) -> None:
        sealed(town)
        with bsre_service(town, IRBAN, tmp_path) as (service, options):
            wrong = written(tmp_path, "salah", "bukan ini")
            run = sign(town, *with_option(options, "--passphrase-file", wrong), "--files-a-call", "1", "--any-order")
        assert (ids(run), run.exit, service.wrong) == ([], 6, 1)
        assert "bukan ini" not in run.out + run.err

    def test_a_certificate_that_is_not_issued_is_refused_before_the_plan(self, town: Town, tmp_path: Path) -> None:
        with bsre_service(town, IRBAN, tmp_path, bsre.Emulator(state="EXPIRED")) as (service, options):
            assert sign(town, *options).error[1] == 6
        assert service.signed == 0

    def test_a_file_that_is_kept_at_the_service_is_fetched_later(self, town: Town, tmp_path: Path) -> None:
        sealed(town)
        faults = bsre.Emulator(faults=[None, Fault.CUT_UNDER_A_NUMBER])
        with bsre_service(town, IRBAN, tmp_path, faults) as (service, options):
            run = sign(town, *options, "--bsre-version", "v1")
            assert (ids(run), run.exit) == ([], 7)
            assert [one["code"] for one in run.json["unknown"]] == ["BSRE_KEPT"]
            assert sign(town, *options, "--bsre-version", "v1").json["refused"][0]["code"] == "SIGN_OUTCOME_UNKNOWN"
            settled = pkdocs("sign", town.out, *options, "--resolve", "--json")
        assert (settled.exit, settled.json["signed"], service.signed) == (0, ["PK-2026-INSP.IRBAN1-1"], 1)

    def test_what_is_kept_nowhere_stays_open_until_somebody_has_looked(self, town: Town, tmp_path: Path) -> None:
        sealed(town)
        faults = bsre.Emulator(faults=[None, Fault.SILENT])
        with bsre_service(town, IRBAN, tmp_path, faults) as (_, options):
            assert [one["id"] for one in sign(town, *options).json["unknown"]] == ["PK-2026-INSP.IRBAN1-1"]
            left = pkdocs("sign", town.out, *options, "--resolve", "--json")
            assert (left.exit, left.json["open"]) == (7, ["PK-2026-INSP.IRBAN1-1"])
            unsigned = ("--not-signed", "PK-2026-INSP.IRBAN1-1")
            seen = pkdocs("sign", town.out, *options, "--resolve", *unsigned, "--json")
            assert (seen.exit, seen.json["unsigned"]) == (0, ["PK-2026-INSP.IRBAN1-1"])
            assert len(ids(sign(town, *options))) == 1


@pytest.mark.parametrize("service", ["--csc", "--bsre"])
def test_plain_http_is_for_this_machine_alone(town: Town, tmp_path: Path, service: str) -> None:
    with bsre_service(town, IRBAN, tmp_path) as (_, options):
        run = sign(town, service, "http://layanan.example", *options[2:])
    assert run.error == ("SERVICE_PLAIN_HTTP", 2)


def test_a_token_is_asked_for_in_the_clear_only_where_receipts_say_so(town: Town, tmp_path: Path) -> None:
    secret = written(tmp_path, "klien", csc.CLIENT[1])
    oauth = ("--oauth", "http://masuk.example", "--client-id", "pemda", "--client-secret-file", secret)
    run = sign(town, "--csc", "https://layanan.example", *oauth, "--unsafe-plain-http")
    assert run.error == ("SERVICE_PLAIN_HTTP", 2)
