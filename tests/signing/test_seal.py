"""The organisation's seal: before all signatures, unseen, and no hindrance to what follows."""

from datetime import UTC, datetime
from functools import cache
from subprocess import run

import pytest

from pkdocs.content import Role
from pkdocs.errors import SigningError
from pkdocs.outcome import demand
from pkdocs.pki import KeyKind
from pkdocs.profile import Zone
from pkdocs.signing import Keyed, read_form, sign_pdf
from pkdocs.signing.seal import seal_task
from pkdocs.verification import examine_pdf
from tests.factory import HEAD, MAYOR, head_content, second
from tests.issued import issued
from tests.pdfa import violations
from tests.signed import AT, sealer, signed, signer_of

CLAIMED = datetime(2026, 1, 21, 3, 0, tzinfo=UTC)


@cache
def sealed(kind: KeyKind = KeyKind.P256) -> bytes:
    pdf = issued(head_content())
    task = seal_task(read_form(pdf), pdf, at=CLAIMED, zone=Zone.WIB, training=True)
    (outcome,) = Keyed(sealer(kind)).sign([task])
    return demand(outcome)


@pytest.mark.parametrize("kind", KeyKind)
def test_issued_bytes_stay_and_nothing_is_found_wrong(kind: KeyKind) -> None:
    pdf = sealed(kind)
    assert pdf.startswith(issued(head_content()))
    facts = examine_pdf(pdf)
    assert facts.findings == ()
    assert facts.signatures == ()
    assert facts.seal is not None
    assert facts.seal.claimed == CLAIMED
    assert read_form(pdf).seal == sealer(kind).certificate


def test_both_parties_sign_after_it_and_it_stays_valid(tmp_path_factory: pytest.TempPathFactory) -> None:
    pdf = sealed()
    for role, party in ((Role.FIRST, HEAD), (Role.SECOND, second(MAYOR))):
        pdf = sign_pdf(pdf, role, signer_of(party), at=AT, zone=Zone.WIB, training=True)
    assert examine_pdf(pdf).findings == ()
    assert violations(pdf) == []
    file = tmp_path_factory.mktemp("pdf") / "a.pdf"
    file.write_bytes(pdf)
    said = run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid") == 3


def test_seal_comes_once_and_first() -> None:
    for pdf, code in ((sealed(), "SEAL_ALREADY"), (signed(head_content(), (Role.FIRST,)), "SEAL_TOO_LATE")):
        with pytest.raises(SigningError, match=code):
            seal_task(read_form(pdf), pdf, at=CLAIMED, zone=Zone.WIB, training=True)


def test_file_that_is_none_is_refused() -> None:
    pdf = issued(head_content())
    task = seal_task(read_form(pdf), pdf[:-40], at=CLAIMED, zone=Zone.WIB, training=True)
    (outcome,) = Keyed(sealer()).sign([task])
    assert outcome.error is not None
    assert outcome.error.code == "SIGN_DAMAGED"
