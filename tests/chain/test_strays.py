"""One stray file beside a genuine set: it keeps its own result, and fails nobody else."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.chain import Exhibit
from pkdocs.content import Amendment, Goal, Parties, Reference, Role, Value
from pkdocs.pki.authority import KeyKind, Subject, certify, make_root
from pkdocs.profile import Ground
from pkdocs.signing import FileSigner
from pkdocs.verification import Result, Weight, examine_pdf
from tests.chain.kit import (
    AT,
    DIVISION_HEAD,
    HEAD,
    LEAF,
    MAYOR,
    MIDDLE,
    ROOT,
    amended,
    codes,
    judge,
    second,
    signed_by,
    verdict,
)
from tests.issued import TOOLCHAIN, issued, source_pdf
from tests.signed import signer_of, training_trust

ALL = (ROOT, MIDDLE, LEAF)
USURPER = replace(DIVISION_HEAD, position=MAYOR.position, office=MAYOR.office)
GROUNDS = [ground for ground in Ground if ground is not Ground.WITHDRAWAL]
"""Why something else is promised."""


def unsigned(content, name="a-stray.pdf"):
    return Exhibit(name, examine_pdf(issued(content)))


def by(content, **signers):
    """Return a file of ``content`` under a name of its own, signed by whoever comes."""
    return replace(signed_by(content, **signers), file="a-stray.pdf")


def own_results(judged, *contents):
    return {verdict(judged, content).result for content in contents}


def weights(judged, content):
    return {finding.code: finding.weight for finding in verdict(judged, content).findings}


def self_made(person, key):
    """Return a signer with a certificate for ``person`` that nobody issued but himself."""
    own = make_root(KeyKind.P256, at=AT - timedelta(days=5))
    certificate = certify(own, Subject(person, "Siapa Saja", "x", "x"), key.public_key(), at=AT - timedelta(days=5))
    chain = (own.certificate.public_bytes(Encoding.DER),)
    return FileSigner(certificate.public_bytes(Encoding.DER), chain, person, "", key)


# drafts and copies that nobody signed


def test_an_unsigned_draft_beside_the_signed_amendment_is_a_warning():  # 64, 65
    later = amended(LEAF)
    draft = replace(later, place="Lainnya")
    judged = judge(*ALL, later, unsigned(draft))
    assert own_results(judged, *ALL, later) == {Result.PASSED}
    assert codes(verdict(judged, later)) == {"AMENDED_TWICE", "ID_TWICE"}
    assert verdict(judged, draft).own is Result.INCOMPLETE


def test_a_half_signed_draft_beside_the_signed_amendment_is_a_warning():  # 64, 65
    later = amended(LEAF)
    draft = replace(later, place="Lainnya")
    judged = judge(*ALL, later, by(draft, first=signer_of(DIVISION_HEAD)))
    assert own_results(judged, *ALL, later) == {Result.PASSED}


def test_an_unsigned_successor_above_is_a_warning_below():  # 56
    judged = judge(*ALL, unsigned(amended(ROOT, first_day=date(2026, 1, 1))))
    assert own_results(judged, *ALL) == {Result.PASSED}
    assert weights(judged, MIDDLE)["PARENT_SUPERSEDED"] is Weight.WARNING
    assert "SUPERSEDED" not in weights(judged, ROOT)


def test_an_unsigned_softer_successor_above_makes_nothing_stale():  # 62
    goal = MIDDLE.goals[0]
    softer = Goal(goal.text, (replace(goal.indicators[0], target=Value(number="1")),))
    judged = judge(*ALL, unsigned(amended(MIDDLE, goals=(softer,))))
    assert codes(verdict(judged, LEAF)) == set()


def test_an_unsigned_issue_of_a_content_that_is_signed_is_a_warning():  # 89
    from pkdocs.issue import issue_pdf

    again = issue_pdf(source_pdf(ROOT), ROOT, template_digest="8" * 64, toolchain=TOOLCHAIN)
    judged = judge(*ALL, Exhibit("z-stray.pdf", examine_pdf(again)))
    assert own_results(judged, *ALL) == {Result.PASSED}
    assert weights(judged, ROOT)["ISSUED_TWICE"] is Weight.WARNING
    assert {one.result for one in judged.agreements if one.file == "z-stray.pdf"} == {Result.INCOMPLETE}


def test_an_unsigned_version_does_not_contradict_an_amendment_without_its_base():  # 65
    later = amended(LEAF)
    judged = judge(ROOT, MIDDLE, later, unsigned(replace(LEAF, place="Lainnya")))
    assert codes(verdict(judged, later)) == {"AMENDMENT_BASE_ABSENT"}


def test_an_unsigned_agreement_without_parent_is_no_second_root():
    position, first = replace(ROOT.position, key="BUPATI"), replace(MAYOR, position="BUPATI")
    stray = replace(ROOT, position=position, id="PK-2026-BUPATI-1", parties=Parties(first))
    judged = judge(*ALL, unsigned(stray), trust=replace(training_trust(), root_position=""))
    assert own_results(judged, *ALL) == {Result.PASSED}
    assert verdict(judged, stray).result is Result.INDETERMINATE
    assert {f.code: f.weight for f in judged.findings}["SET_ROOTS"] is Weight.WARNING


# what one person signs


def test_a_rival_of_the_root_by_another_person_needs_the_register():  # 64, 82, 90
    rival = replace(ROOT, parties=Parties(USURPER))
    judged = judge(*ALL, by(rival, first=signer_of(DIVISION_HEAD)))
    assert own_results(judged, *ALL, rival) == {Result.INDETERMINATE}
    assert weights(judged, ROOT)["ID_TWICE"] is weights(judged, rival)["ID_TWICE"] is Weight.UNKNOWN
    assert {f.code: f.weight for f in judged.findings}["SET_IDS_TWICE"] is Weight.UNKNOWN


def test_what_hangs_on_a_disputed_root_contradicts_nothing():  # 64, 82, 90
    root = replace(ROOT, parties=Parties(USURPER))
    rival = replace(MIDDLE, parties=Parties(HEAD, second(USURPER)), parent=Reference(root.id, root.digest))
    files = (
        by(root, first=signer_of(DIVISION_HEAD)),
        replace(by(rival, first=signer_of(HEAD), second=signer_of(DIVISION_HEAD)), file="b-stray.pdf"),
    )
    judged = judge(*ALL, *files)
    assert weights(judged, MIDDLE)["ID_TWICE"] is Weight.WARNING
    assert verdict(judged, MIDDLE).own is Result.PASSED


def test_a_rival_that_lacks_the_superiors_signature_is_a_warning():  # 64, 90
    rival = replace(MIDDLE, place="Lainnya")
    judged = judge(*ALL, by(rival, first=signer_of(HEAD)))
    assert own_results(judged, *ALL) == {Result.PASSED}
    assert verdict(judged, rival).own is Result.INCOMPLETE


def test_two_amendments_by_one_person_still_fail():  # 64, 65
    one, other = amended(LEAF), amended(LEAF, place="Lainnya")
    judged = judge(*ALL, one, by(other, first=signer_of(DIVISION_HEAD), second=signer_of(HEAD)))
    assert weights(judged, one)["AMENDED_TWICE"] is Weight.FAIL
    assert own_results(judged, one, other) == {Result.FAILED}
    assert own_results(judged, *ALL) == {Result.PASSED}


def test_a_key_in_a_certificate_of_ones_own_making_repudiates_nothing():  # 97
    person = "ZZZZZZZZZZZZZZZZ"
    junk = replace(
        LEAF,
        id="PK-2026-JUNK-1",
        position=replace(LEAF.position, key="JUNK"),
        parties=Parties(replace(DIVISION_HEAD, position="JUNK", person=person), LEAF.parties.second),
    )
    judged = judge(*ALL, by(junk, first=self_made(person, signer_of(HEAD)._key)))
    assert own_results(judged, *ALL) == {Result.PASSED}
    assert verdict(judged, junk).own is not Result.PASSED


# promises


def _answering(content, *above):
    promise = replace(content.indicators[0], answers_to=above)
    return replace(content, goals=(Goal(content.goals[0].text, (promise,)),))


def _sibling():
    content = replace(
        LEAF,
        id="PK-2026-SIB-1",
        position=replace(LEAF.position, key="SIB"),
        parties=Parties(replace(MAYOR, position="SIB"), LEAF.parties.second),
    )
    return replace(content, goals=(Goal("Lain", (replace(LEAF.indicators[0], code="SIB-1"),)),))


def test_a_sibling_gives_what_it_promises_only_when_complete():  # 61, 62
    leaf, sibling = _answering(LEAF, "SIB-1"), _sibling()
    judged = judge(ROOT, MIDDLE, leaf, unsigned(sibling))
    assert codes(verdict(judged, leaf)) == {"INDICATOR_PARENT_ABSENT"}
    judged = judge(ROOT, MIDDLE, leaf, by(sibling, first=signer_of(MAYOR), second=signer_of(HEAD)))
    assert codes(verdict(judged, leaf)) == set()


def test_an_unsigned_child_carries_nothing():
    judged = judge(ROOT, MIDDLE, unsigned(LEAF))
    assert codes(verdict(judged, MIDDLE)) == {"INDICATOR_NOT_CARRIED"}


def test_plans_of_any_content_above_may_be_answered_to():
    plan = replace(ROOT.plans[0], code="RENSTRA-1")
    middle = replace(MIDDLE, plans=(plan,))
    division = replace(LEAF, parent=Reference(middle.id, middle.digest))
    staff = replace(
        _answering(division, "RENSTRA-1", "RPJMD-1"),
        id="PK-2026-STAF-1",
        position=replace(LEAF.position, key="STAF"),
        parties=Parties(replace(MAYOR, position="STAF"), second(DIVISION_HEAD)),
        parent=Reference(division.id, division.digest),
    )
    judged = judge(ROOT, middle, division, by(staff, first=signer_of(MAYOR), second=signer_of(DIVISION_HEAD)))
    assert codes(verdict(judged, staff)) == set()


# who becomes whom by a later version


@pytest.mark.parametrize("ground", GROUNDS)
def test_another_person_at_the_root_needs_the_register(ground):  # 82
    base = Reference(ROOT.id, ROOT.digest)
    later = amended(ROOT, parties=Parties(USURPER), first_day=date(2026, 1, 1), amendment=Amendment(ground, base))
    judged = judge(*ALL, by(later, first=signer_of(DIVISION_HEAD)))
    assert codes(verdict(judged, later)) == {"OFFICER_NEEDS_REGISTER"}
    assert verdict(judged, later).own is Result.INDETERMINATE
    # and those below the genuine one stand
    assert own_results(judged, *ALL) == {Result.PASSED}


@pytest.mark.parametrize(("ground", "needed"), [(ground, ground is not Ground.OFFICER) for ground in GROUNDS])
def test_another_person_below_needs_the_register_unless_that_is_the_ground(ground, needed):
    base = Reference(LEAF.id, LEAF.digest)
    other = replace(MAYOR, position=DIVISION_HEAD.position)
    later = amended(LEAF, parties=Parties(other, second(HEAD)), amendment=Amendment(ground, base))
    judged = judge(*ALL, by(later, first=signer_of(MAYOR), second=signer_of(HEAD)))
    assert ("OFFICER_NEEDS_REGISTER" in codes(verdict(judged, later))) is needed


def test_a_root_that_supersedes_what_nobody_has_needs_the_register():  # 82
    base = Reference("PK-2026-WALIKOTA-6", "0" * 64)
    usurped = replace(
        ROOT,
        id="PK-2026-WALIKOTA-7",
        version=7,
        parties=Parties(USURPER),
        amendment=Amendment(Ground.STRATEGY, base),
    )
    judged = judge(*ALL, by(usurped, first=signer_of(DIVISION_HEAD)))
    assert codes(verdict(judged, usurped)) >= {"OFFICER_NEEDS_REGISTER"}
    assert own_results(judged, *ALL) == {Result.PASSED}
    assert verdict(judged, usurped).signed == (Role.FIRST,)
