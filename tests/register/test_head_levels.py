"""Heads with timestamps and validation data: signed so, brought up later, and judged at the time that is proven."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.content import Party
from pkdocs.errors import SigningError
from pkdocs.pipeline.augmenting import Raising, augment_paths
from pkdocs.pki.authority import make_crl
from pkdocs.profile import Zone
from pkdocs.register import Head, HeadVerdict, examine_head, judge_head, preserve_head, render_head, sign_head
from pkdocs.signing.gathering import Gatherer
from pkdocs.signing.level import Level
from pkdocs.verification import Weight
from pkdocs.verification.inspection import Level as Reached
from tests.city import ignore
from tests.factory import DIVISION_HEAD, HEAD, MAYOR
from tests.register.heads import kept_head, pinning
from tests.signed import AT, authorities, signer_of, training_trust
from tests.signing.stamping import MemoryService, timestamper

TRUST = pinning(HEAD, DIVISION_HEAD, MAYOR)
FIRST, SECOND = AT + timedelta(minutes=1), AT + timedelta(minutes=5)
LAPSED = AT + timedelta(days=740)
"""The registrars' certificates have ended by then, those of the authority have not."""

SHOWN = SECOND + timedelta(seconds=1)
"""The second moment, with what the authority's clock may be off."""


def sign(pdf: bytes, party: Party, at: datetime, *, stamped: bool = True) -> bytes:
    asking = timestamper(MemoryService(at=at)) if stamped else None
    return sign_head(pdf, signer_of(party), at=at, zone=Zone.WIB, training=True, stamper=asking)


def head(**changes: object) -> Head:
    return replace(kept_head(), **({"closed": True} | changes))  # type: ignore[arg-type]  # names of fields


@cache
def bare() -> bytes:
    return sign(sign(render_head(head()), HEAD, FIRST, stamped=False), MAYOR, SECOND, stamped=False)


@cache
def stamped() -> bytes:
    return sign(sign(render_head(head()), HEAD, FIRST), MAYOR, SECOND)


def raised(file: Path, pdf: bytes, level: Level, at: datetime) -> Raising:
    file.write_bytes(pdf)

    def nothing(address: str, _body: bytes | None, _limit: int) -> bytes:
        raise AssertionError(address)

    gatherer = Gatherer(training_trust(), fetch=nothing)
    return augment_paths([file.parent], level, gatherer, timestamper(MemoryService(at=at)), at=at, progress=ignore)


def judged(pdf: bytes, at: datetime) -> HeadVerdict:
    """Judge with lists of revoked certificates of that day."""
    lists = (make_crl(one, (), number=9, at=at) for one in authorities())
    trust = replace(TRUST, crls=tuple(one.public_bytes(Encoding.DER) for one in lists))
    return judge_head(examine_head(pdf), trust, at)


def weighty(verdict: HeadVerdict) -> set[str]:
    return {finding.code for finding in verdict.findings if finding.weight in {Weight.FAIL, Weight.UNKNOWN}}


def test_a_head_is_proven_when_the_last_signature_that_is_needed_was_there() -> None:
    verdict = judged(stamped(), SECOND + timedelta(hours=1))
    assert (verdict.believed, verdict.proven) == (True, SHOWN)
    more = sign(stamped(), DIVISION_HEAD, SECOND + timedelta(minutes=9))
    assert judged(more, SECOND + timedelta(hours=1)).proven == SHOWN
    assert judged(bare(), SECOND + timedelta(hours=1)).proven is None


def test_after_the_registrars_certificates_have_ended_only_a_proven_head_is_believed(tmp_path: Path) -> None:
    assert weighty(judged(bare(), LAPSED)) >= {"HEAD_THRESHOLD"}
    raising = raised(tmp_path / "register.pdf", bare(), Level.LTA, SECOND)
    assert (raising.refused, raising.raised[0].id) == ((), "Daftar Perjanjian Kinerja Tahun 2026, versi 3")
    kept = (tmp_path / "register.pdf").read_bytes()
    assert kept.startswith(bare())
    verdict = judged(kept, LAPSED)
    assert (weighty(verdict), verdict.believed, verdict.proven) == (set(), True, SHOWN)


@pytest.mark.parametrize("level", [Level.LT, Level.LTA])
def test_a_stamped_head_is_brought_up(tmp_path: Path, level: Level) -> None:
    raising = raised(tmp_path / "register.pdf", stamped(), level, SECOND)
    assert [(one.level, one.changed) for one in raising.raised] == [(Reached(f"B-{level.upper()}"), True)]
    again = raised(tmp_path / "register.pdf", (tmp_path / "register.pdf").read_bytes(), level, SECOND)
    assert [one.changed for one in again.raised] == [False]


def test_a_head_that_nobody_has_signed_is_left_alone(tmp_path: Path) -> None:
    raising = raised(tmp_path / "register.pdf", render_head(head()), Level.LTA, SECOND)
    assert (raising.raised, raising.refused) == ((), ())
    with pytest.raises(SigningError) as stop:
        preserve_head(b"x")
    assert stop.value.code == "HEAD_NOT_SIGNABLE"


def test_a_head_that_is_proven_only_after_the_next_was_due_is_named() -> None:
    late = head(dated=date(2026, 1, 2), next_by=date(2026, 1, 3))
    pdf = sign(sign(render_head(late), HEAD, FIRST), MAYOR, SECOND)
    verdict = judged(pdf, SECOND + timedelta(hours=1))
    found = {finding.code: finding for finding in verdict.findings}
    assert verdict.believed
    assert dict(found["HEAD_PROVEN_LATE"].params) == {"version": 3, "dated": "2026-01-02", "proven": "2026-01-22"}
