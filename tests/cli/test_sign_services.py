"""``pkdocs sign`` with keys at remote services."""

from pathlib import Path

import pytest

from tests.bsre import emulator as bsre
from tests.city import Town, snapshot, touched
from tests.cli.keys import bsre_service, csc_service, ids, receipt, seal_options, sign, written
from tests.cli.runner import pkdocs
from tests.csc import emulator as csc

IRBAN = "INSP.IRBAN1"


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_key_at_a_csc_service_signs(town: Town, tmp_path: Path, version: str) -> None:
    with csc_service(town, IRBAN, tmp_path, version=version) as (service, options):
        run = sign(town, *options, "--any-order")
    assert (len(ids(run)), run.exit) == (2, 0), run.out + run.err
    assert service.asked.count("credentials/authorize") == 1
    assert receipt(run)["origin"].startswith("CSC")
    assert csc.PIN not in run.out + run.err


def test_bsre_signs(town: Town, tmp_path: Path) -> None:
    assert pkdocs("seal", town.out, *seal_options(town), "--yes", "--json").exit == 0
    with bsre_service(town, IRBAN, tmp_path) as (service, options):
        run = sign(town, *options, "--any-order")
    assert (len(ids(run)), run.exit) == (2, 0), run.out + run.err
    assert receipt(run)["origin"].startswith("BSrE")
