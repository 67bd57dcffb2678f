"""A head with timestamps and validation data: read with its signatures; fields of others have no place on it."""

from functools import cache

from pkdocs.register import examine_head, render_head
from tests.factory import HEAD, MAYOR
from tests.register.heads import kept_head, sign
from tests.signed import signer_of
from tests.verification.extend import Extension, certificates, lists, stamped_by_pyhanko, stored_by_pyhanko
from tests.verification.forge import Beside


@cache
def signed() -> bytes:
    return sign(render_head(kept_head()), signer_of(HEAD))


def codes(pdf: bytes) -> set[str]:
    return {finding.code for finding in examine_head(pdf).findings}


def test_validation_data_and_timestamps_of_a_head_are_read() -> None:
    by_hand = Extension(certificates(), lists()[:1], stamped=True).append(signed())
    facts = examine_head(stamped_by_pyhanko(stored_by_pyhanko(by_hand)))
    assert facts.findings == ()
    assert (len(facts.signatures), len(facts.stamps), len(facts.evidence)) == (1, 2, 2)
    assert facts.evidence[-1].lists == lists()


def test_a_registrar_may_sign_after_a_timestamp() -> None:
    facts = examine_head(sign(Extension(stamped=True).append(signed()), signer_of(MAYOR)))
    assert (facts.findings, len(facts.signatures)) == ((), 2)


def test_nobody_signs_a_head_in_a_field_of_his_own() -> None:
    for name in (b"Tanda1", b"segel"):
        assert "REVISION_OWN_FIELD" in codes(Beside(signer_of(MAYOR), name=name).append(signed()))
