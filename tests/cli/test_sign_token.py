"""``pkdocs sign --pkcs11``: keys in a token (SoftHSM2)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.city import Town, snapshot, touched
from tests.cli.keys import Options, ids, key_of, receipt, sign, with_option, written
from tests.signing.softtoken import LABEL, MODULE, PIN, SoftToken, soft_tokens

IRBAN = "INSP.IRBAN1"


@pytest.fixture
def token(town: Town, tmp_path: Path) -> Iterator[SoftToken]:
    """A token with one key and its certificates."""
    with soft_tokens(tmp_path) as tokens:
        tokens.add()
        key, *certificates = key_of(town, IRBAN)
        tokens.put(key, certificates[0], label="kunci-irban")
        yield tokens


@pytest.fixture
def options(token: SoftToken) -> Options:
    """What chooses it."""
    return "--pkcs11", MODULE, "--passphrase-file", written(token.folder, "pin", PIN)


def test_one_pin_is_for_all(town: Town, options: Options) -> None:
    run = sign(town, *options, "--any-order")
    assert (len(ids(run)), run.exit) == (2, 0)
    assert receipt(run)["origin"].startswith("PKCS#11")
    assert PIN not in run.out + run.err + receipt(run)["origin"]


def test_token_and_key_may_be_named(town: Town, options: Options) -> None:
    assert len(ids(sign(town, *options, "--token", LABEL, "--key", "kunci-irban"))) == 1


def test_certificates_above_come_from_a_file(town: Town, options: Options, tmp_path: Path) -> None:
    above = b"".join(one.public_bytes(Encoding.PEM) for one in key_of(town, IRBAN)[2:])
    (tmp_path / "atas.pem").write_bytes(above)
    run = sign(town, *options, "--chain", tmp_path / "atas.pem")
    assert (len(ids(run)), "--chain" in run.err) == (1, False)


def test_certificates_that_are_missing_above_are_worth_a_word(town: Town, options: Options) -> None:
    assert "--chain" in sign(town, *options).err


class TestRefused:
    """What ends with 6, and nothing is signed."""

    @pytest.fixture(autouse=True)
    def nothing_signed(self, town: Town) -> object:
        before = snapshot(town.out)
        yield
        assert touched(before, town.out) == set()

    def test_a_wrong_pin_is_tried_once(self, town: Town, options: Options, tmp_path: Path) -> None:
        wrong = written(tmp_path, "salah", "000000")
        run = sign(town, *with_option(options, "--passphrase-file", wrong))
        assert run.error == ("TOKEN_PIN_WRONG", 6)

    @pytest.mark.parametrize("more", [("--token", "tidak ada"), ("--key", "tidak ada")], ids=["token", "key"])
    def test_what_is_not_there(self, town: Town, options: Options, more: tuple[str, str]) -> None:
        assert sign(town, *options, *more).error[1] == 6

    def test_a_module_that_is_none(self, town: Town, options: Options, tmp_path: Path) -> None:
        none = written(tmp_path, "modul.so", "bukan modul")
        assert sign(town, *with_option(options, "--pkcs11", none)).error[1] == 6

    def test_a_chain_that_is_none(self, town: Town, options: Options, tmp_path: Path) -> None:
        run = sign(town, *options, "--chain", written(tmp_path, "atas.pem", "bukan sertifikat"))
        assert run.error == ("CHAIN_FILE", 6)

    def test_a_level_that_lacks_something_is_refused_before_the_pin_is_tried(
        self, town: Town, options: Options, tmp_path: Path
    ) -> None:
        wrong = with_option(options, "--passphrase-file", written(tmp_path, "salah", "000000"))
        assert sign(town, *wrong, "--level", "t").error == ("LEVEL_NEEDS_TSA", 2)
