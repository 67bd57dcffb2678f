"""Verdicts on a chain: a valid one passes, and one change is named where it is and inherited below."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.chain import Exhibit, PageCheck, SetVerdict
from pkdocs.content import (
    Content,
    Organisation,
    Parties,
    PersonScheme,
    Promise,
    Reference,
    Role,
    Seat,
    Value,
)
from pkdocs.pki.authority import KeyKind, Reason, Revocation, Subject, certify, make_issuing, make_root
from pkdocs.plan import Polarity
from pkdocs.roster import Level, Means
from pkdocs.signing import FileSigner
from pkdocs.trust import AlgorithmDates, Anchor, Purpose
from pkdocs.verification import Facts, Result, Step, Weight, find, unread_facts
from pkdocs.verification.algorithms import Key
from tests.chain.kit import (
    AT,
    DIVISION_HEAD,
    HEAD,
    LATER,
    LEAF,
    MAYOR,
    MIDDLE,
    ROOT,
    amended,
    codes,
    exhibit,
    judge,
    results,
    second,
    signed_by,
    verdict,
)
from tests.signed import authorities, signer_of, training_trust

ALL = (ROOT, MIDDLE, LEAF)


def with_first(content, **changes):
    first = replace(content.parties.first, **changes)
    return replace(content, parties=replace(content.parties, first=first))


def with_second(content, **changes):
    other = replace(content.parties.second, **changes)
    return replace(content, parties=replace(content.parties, second=other))


def with_promise(content, **changes):
    goal = content.goals[0]
    return replace(content, goals=(replace(goal, indicators=(replace(goal.indicators[0], **changes),)),))


# what is valid


def test_a_freshly_signed_set_passes():
    judged = judge(*ALL)
    assert set(results(judged).values()) == {Result.PASSED}
    assert judged.result is Result.NOT_JUDGED
    assert judged.summary[Result.PASSED] == 3
    assert judged.training
    assert all("TRAINING" in {f.code for f in one.findings} for one in judged.agreements)
    assert [finding.code for finding in judged.findings] == ["REGISTER_ABSENT"]


def test_both_kinds_of_keys_pass():
    from pkdocs.verification import examine_pdf
    from tests.signed import signed

    files = [Exhibit(c.id, examine_pdf(signed(c, kind=KeyKind.RSA2048))) for c in ALL]
    assert set(results(judge(*files, trust=training_trust(KeyKind.RSA2048))).values()) == {Result.PASSED}


def test_agreements_stand_in_the_order_of_the_tree_whatever_the_order_of_files():
    for files in (ALL, ALL[::-1], (MIDDLE, LEAF, ROOT)):
        judged = judge(*files)
        assert [(one.id, one.depth, one.parent) for one in judged.agreements] == [
            (ROOT.id, 0, None),
            (MIDDLE.id, 1, ROOT.id),
            (LEAF.id, 2, MIDDLE.id),
        ]
    assert verdict(judged, LEAF).signed == (Role.FIRST, Role.SECOND)


def test_steps_that_were_not_judged_are_named():
    judged = judge(*ALL)
    assert {f.code for f in verdict(judged, LEAF).findings if f.weight is Weight.NOTE} == {
        "TRAINING",
        "OTHER_TEXT_NOT_JUDGED",
    }


def test_nothing_at_all_is_a_verdict_too():
    judged = judge()
    assert judged.agreements == ()
    assert sum(judged.summary.values()) == 0


# what a parent's verdict does


def test_a_failure_above_is_inherited_and_named():
    judged = judge(ROOT, exhibit(MIDDLE, Role.FIRST), LEAF)
    assert verdict(judged, MIDDLE).own is Result.INCOMPLETE
    leaf = verdict(judged, LEAF)
    assert (leaf.own, leaf.result) == (Result.PASSED, Result.INCOMPLETE)
    (above,) = [finding for finding in leaf.findings if finding.inherited]
    assert (above.code, above.weight) == ("ABOVE", Weight.MISSING)
    assert dict(above.params) == {"parent": MIDDLE.id, "origin": MIDDLE.id, "cause": "SIGNATURE_MISSING"}


def test_the_cause_is_named_through_all_levels():
    judged = judge(exhibit(ROOT, Role.SECOND), MIDDLE, LEAF)
    leaf = verdict(judged, LEAF)
    assert (leaf.own, leaf.result) == (Result.PASSED, Result.INCOMPLETE)
    (above,) = [finding for finding in leaf.findings if finding.inherited]
    assert dict(above.params) == {"parent": MIDDLE.id, "origin": ROOT.id, "cause": "SIGNATURE_MISSING"}


def test_what_is_heavier_counts_own_or_above():
    light = judge(exhibit(ROOT, Role.SECOND), MIDDLE, signed_by(LEAF, first=signer_of(HEAD)))
    assert (verdict(light, LEAF).own, verdict(light, LEAF).result) == (Result.FAILED, Result.FAILED)
    heavy = judge(signed_by(ROOT, first=signer_of(HEAD)), exhibit(MIDDLE, Role.FIRST))
    assert (verdict(heavy, MIDDLE).own, verdict(heavy, MIDDLE).result) == (Result.INCOMPLETE, Result.FAILED)


def test_an_absent_parent_is_own_and_unknown():  # 54
    judged = judge(ROOT, LEAF)
    assert verdict(judged, LEAF).own is Result.INDETERMINATE
    assert "PARENT_ABSENT" in codes(verdict(judged, LEAF))
    assert "SET_PARENTS_ABSENT" in {finding.code for finding in judged.findings}


# signatures


def test_a_missing_signature_is_missing():  # 40
    judged = judge(ROOT, exhibit(MIDDLE, Role.FIRST))
    (finding,) = [f for f in verdict(judged, MIDDLE).findings if f.code == "SIGNATURE_MISSING"]
    assert (finding.role, finding.weight, finding.step) == (Role.SECOND, Weight.MISSING, Step.SIGNATURES)


def test_a_signature_on_paper_is_unknown():
    paper = with_second(MIDDLE, means=Means.PAPER)
    judged = judge(ROOT, exhibit(paper, Role.FIRST))
    assert codes(verdict(judged, paper)) == {"PAPER"}
    assert verdict(judged, paper).own is Result.INDETERMINATE


def test_the_second_party_first_is_a_warning():  # 52
    judged = judge(ROOT, exhibit(MIDDLE, Role.SECOND, Role.FIRST))
    assert codes(verdict(judged, MIDDLE)) == {"SIGNED_OUT_OF_ORDER"}
    assert verdict(judged, MIDDLE).own is Result.PASSED


def test_another_persons_signature_fails():  # 47, 48
    judged = judge(signed_by(ROOT, first=signer_of(HEAD)))
    assert codes(verdict(judged, ROOT)) >= {"PERSON_OTHER"}
    assert verdict(judged, ROOT).own is Result.FAILED


def test_swapped_roles_fail():  # 51
    judged = judge(ROOT, signed_by(MIDDLE, first=signer_of(MAYOR), second=signer_of(HEAD)))
    assert codes(verdict(judged, MIDDLE)) == {"PERSON_OTHER"}


def test_one_person_on_both_sides_fails():  # 50
    judged = judge(ROOT, signed_by(MIDDLE, first=signer_of(HEAD), second=signer_of(HEAD)))
    assert codes(verdict(judged, MIDDLE)) == {"PERSON_OTHER", "ONE_PERSON"}


def person_with_key_of(party, other):
    """Return a signer with the certificate of ``party`` and the key of ``other``."""
    key, issuing = signer_of(other)._key, authorities(KeyKind.P256)[1]
    certificate = certify(issuing, Subject(party.person, party.name, "x", "x"), key.public_key(), at=AT)
    chain = tuple(authority.certificate.public_bytes(Encoding.DER) for authority in authorities(KeyKind.P256)[::-1])
    return FileSigner(certificate.public_bytes(Encoding.DER), chain, party.person, "", key)


def test_one_key_on_both_sides_fails():  # 50, 97
    both = signed_by(MIDDLE, first=signer_of(HEAD), second=person_with_key_of(MAYOR, HEAD))
    judged = judge(ROOT, both)
    assert codes(verdict(judged, MIDDLE)) == {"ONE_PERSON", "KEY_OF_SEVERAL"}


def test_one_key_for_several_persons_of_the_set_fails():  # 97
    leaf = signed_by(LEAF, first=person_with_key_of(DIVISION_HEAD, MAYOR), second=signer_of(HEAD))
    judged = judge(ROOT, MIDDLE, leaf)
    assert "KEY_OF_SEVERAL" in codes(verdict(judged, LEAF))
    assert "KEY_OF_SEVERAL" in codes(verdict(judged, ROOT))


def test_a_certificate_from_the_judged_file_is_believed_by_nobody():  # 43, 95
    root = make_root(KeyKind.P256, at=AT - timedelta(days=5))
    issuing = make_issuing(root, KeyKind.P256, at=AT - timedelta(days=5))
    key = KeyKind.P256.make_key()
    subject = Subject(MAYOR.person, MAYOR.name, "x", "x")
    certificate = certify(issuing, subject, key.public_key(), at=AT - timedelta(days=5))
    chain = tuple(authority.certificate.public_bytes(Encoding.DER) for authority in (issuing, root))
    forger = FileSigner(certificate.public_bytes(Encoding.DER), chain, MAYOR.person, "", key)
    judged = judge(signed_by(ROOT, first=forger))
    assert verdict(judged, ROOT).own is Result.INDETERMINATE
    assert not judged.training
    assert codes(verdict(judged, ROOT)) & {"CERTIFICATE_NO_CHAIN", "CERTIFICATE_CHAIN_BROKEN"}


def test_a_revoked_certificate_is_unknown():  # 44
    serial = x509.load_der_x509_certificate(signer_of(MAYOR).certificate).serial_number
    trust = training_trust(revoked=(Revocation(serial, AT, Reason.KEY_COMPROMISE),))
    judged = judge(*ALL, trust=trust)
    assert codes(verdict(judged, ROOT)) >= {"CERTIFICATE_REVOKED"}
    assert set(results(judged).values()) == {Result.INDETERMINATE}


def test_time_passes_over_certificates_and_lists():  # 44
    assert codes(verdict(judge(ROOT, at=AT + timedelta(days=800)), ROOT)) >= {"CERTIFICATE_EXPIRED"}
    assert codes(verdict(judge(ROOT, at=AT - timedelta(days=100)), ROOT)) >= {
        "CERTIFICATE_NOT_YET_VALID",
        "CLAIMED_TIME",
    }


def test_algorithms_lapse():  # 36
    ended = AlgorithmDates(sooner=(("secp256r1", AT.date() - timedelta(days=1)),))
    judged = judge(ROOT, trust=replace(training_trust(), algorithms=ended))
    assert codes(verdict(judged, ROOT)) >= {"ALGORITHM_LAPSED", "CERTIFICATE_ALGORITHM"}
    signature = replace(exhibit(ROOT).facts.signatures[0], key=Key("rsa", 1024))
    weak = Exhibit("weak.pdf", replace(exhibit(ROOT).facts, signatures=(signature,)))
    assert codes(verdict(judge(weak), ROOT)) >= {"ALGORITHM_WEAK"}


def test_a_claimed_time_that_cannot_be_is_a_warning():  # 53
    judged = judge(ROOT, at=AT - timedelta(seconds=1), trust=training_trust())
    assert "CLAIMED_TIME" in codes(verdict(judged, ROOT))


def test_a_real_anchor_needs_the_register():
    trust = training_trust()
    earnest = replace(trust, anchors=(replace(trust.anchors[0], training=False),))
    judged = judge(ROOT, trust=earnest)
    # the trial scheme of persons hides nobody, and is not for certificates in earnest
    assert codes(verdict(judged, ROOT)) >= {"PERSON_UNKNOWN", "TRIAL_PERSONS"}
    assert not judged.training
    keyed = replace(ROOT, person_scheme=PersonScheme.KEYED)
    judged = judge(keyed, trust=earnest)
    assert "TRIAL_PERSONS" not in codes(verdict(judged, keyed))
    assert verdict(judged, keyed).own is Result.INDETERMINATE


def test_an_anchor_beyond_its_purpose_is_unknown():  # 96
    trust = training_trust()
    other = Anchor(trust.anchors[0].certificate, frozenset({Purpose.TIMESTAMPS}), training=True)
    judged = judge(ROOT, trust=replace(trust, anchors=(other,)))
    assert codes(verdict(judged, ROOT)) >= {"CERTIFICATE_PURPOSE"}


def test_a_certificate_without_person_is_nobodys():  # 47
    key, issuing = KeyKind.P256.make_key(), authorities(KeyKind.P256)[1]
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, MAYOR.name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuing.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AT - timedelta(days=2))
        .not_valid_after(AT + timedelta(days=200))
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, False, False, False, False),
            critical=True,
        )
        .sign(issuing.key, hashes.SHA256())
    )
    chain = tuple(authority.certificate.public_bytes(Encoding.DER) for authority in authorities(KeyKind.P256)[::-1])
    nobody = FileSigner(certificate.public_bytes(Encoding.DER), chain, "", "", key)
    judged = judge(signed_by(ROOT, first=nobody))
    assert codes(verdict(judged, ROOT)) >= {"PERSON_UNKNOWN"}
    assert verdict(judged, ROOT).own is Result.INDETERMINATE


def test_the_qr_codes_address_is_the_trusted_one():  # 87
    judged = judge(ROOT, trust=replace(training_trust(), qr_address="https://pk.wanasari.invalid/"))
    assert "QR_ADDRESS" in codes(verdict(judged, ROOT))
    assert verdict(judged, ROOT).own is Result.FAILED


def test_an_earlier_address_in_the_qr_code_is_accepted_if_it_is_pinned():  # 87
    moved = replace(training_trust(), qr_address="https://pk.wanasari.invalid/")
    judged = judge(ROOT, trust=replace(moved, earlier_qr_addresses=("https://x.invalid/", "")))
    assert verdict(judged, ROOT).own is Result.PASSED
    judged = judge(ROOT, trust=replace(moved, earlier_qr_addresses=("https://x.invalid/",)))
    assert "QR_ADDRESS" in codes(verdict(judged, ROOT))


def test_a_page_that_is_issued_otherwise_fails():  # 32, 83, 84
    judged = judge(replace(exhibit(ROOT), page=PageCheck.DIFFERENT))
    assert "PAGE_DIFFERS" in codes(verdict(judged, ROOT))
    assert verdict(judged, ROOT).own is Result.FAILED
    (finding,) = [f for f in verdict(judged, ROOT).findings if f.code == "PAGE_DIFFERS"]
    assert finding.step is Step.CONTENT


def test_a_page_that_cannot_be_issued_here_is_unknown():  # 32, 83, 84
    judged = judge(replace(exhibit(ROOT), page=PageCheck.NOT_COMPARABLE))
    assert codes(verdict(judged, ROOT)) >= {"PAGE_NOT_COMPARABLE"}
    assert verdict(judged, ROOT).own is Result.INDETERMINATE
    (finding,) = [f for f in verdict(judged, ROOT).findings if f.code == "PAGE_NOT_COMPARABLE"]
    assert (finding.step, finding.weight) == (Step.CONTENT, Weight.UNKNOWN)
    assert finding.message("id") != finding.message("en")


def test_a_page_that_comes_out_the_same_is_judged_wholly():  # 32, 83, 84
    same = judge(replace(exhibit(ROOT), page=PageCheck.SAME))
    assert "OTHER_TEXT_NOT_JUDGED" not in {finding.code for finding in verdict(same, ROOT).findings}


# the root


def test_another_root_than_the_named_one_fails():  # 82
    usurper = replace(
        MIDDLE, parties=Parties(HEAD), parent=None, position=Seat("KOMINFO", HEAD.office, "X", Level.JPT_PRATAMA)
    )
    judged = judge(ROOT, usurper)
    found = verdict(judged, usurper)
    assert codes(found) >= {"NOT_THE_ROOT"}
    assert found.own is Result.FAILED
    assert "SET_ROOTS" in {finding.code for finding in judged.findings}


def test_a_root_that_drops_its_superior_still_needs_two():  # 82
    usurper = replace(MIDDLE, parties=Parties(HEAD), parent=None)
    assert Result.PASSED not in {verdict(judge(usurper), usurper).own}


def test_a_root_with_a_parent_fails():
    judged = judge(ROOT, MIDDLE, trust=replace(training_trust(), root_position="KOMINFO"))
    assert "ROOT_WITH_PARENT" in codes(verdict(judged, MIDDLE))
    assert "NOT_THE_ROOT" in codes(verdict(judged, ROOT))


def test_roots_named_by_nobody_are_a_note_or_unknown():
    trust = replace(training_trust(), root_position="")
    (finding,) = [f for f in verdict(judge(*ALL, trust=trust), ROOT).findings if f.code == "ROOT_UNNAMED"]
    assert finding.weight is Weight.NOTE
    other = replace(ROOT, position=replace(ROOT.position, key="BUPATI"), id="PK-2026-BUPATI-1")
    judged = judge(*ALL, with_first(other, position="BUPATI"), trust=trust)
    assert "ROOT_UNNAMED" in codes(verdict(judged, ROOT))
    assert verdict(judged, LEAF).result is Result.INDETERMINATE


# the parent


def test_a_parent_of_another_content_is_absent():  # 55, 57
    changed = with_promise(MIDDLE, target=Value(number="3.00"))
    judged = judge(ROOT, changed, LEAF)
    assert "PARENT_ABSENT" in codes(verdict(judged, LEAF))


def test_a_parent_under_another_id_fails():  # 55
    renamed = replace(LEAF, parent=Reference("PK-2026-KOMINFO-2", MIDDLE.digest))
    assert "PARENT_ID" in codes(verdict(judge(ROOT, MIDDLE, renamed), renamed))


def test_another_superior_than_the_parents_position_fails():  # 58, 59
    grafted = with_second(LEAF, position="DINKES")
    assert "PARENT_POSITION" in codes(verdict(judge(ROOT, MIDDLE, grafted), grafted))
    skipped = replace(LEAF, parent=Reference(ROOT.id, ROOT.digest))
    assert "PARENT_POSITION" in codes(verdict(judge(ROOT, MIDDLE, skipped), skipped))


def test_another_person_of_the_superior_position_needs_the_register():  # 58
    replaced = replace(LEAF, parties=replace(LEAF.parties, second=replace(second(HEAD), person=MAYOR.person)))
    found = verdict(judge(ROOT, MIDDLE, replaced), replaced)
    assert codes(found) >= {"NEEDS_REGISTER"}
    assert found.own is Result.INDETERMINATE


def test_a_superior_printed_otherwise_is_a_warning():  # 41
    renamed = with_second(LEAF, name="Dra. Citra Maheswari")
    assert codes(verdict(judge(ROOT, MIDDLE, renamed), renamed)) == {"PARENT_NAME"}


def test_another_organisation_fails():  # 59, 74
    other = replace(LEAF, organisation=Organisation("Pemerintah Kota Lain", "35.98"))
    found = codes(verdict(judge(ROOT, MIDDLE, other), other))
    assert found >= {"ORGANISATION_OTHER", "PARENT_ORGANISATION"}


def test_another_scheme_of_persons_than_the_parents_fails():
    other = replace(LEAF, person_scheme=PersonScheme.KEYED)
    assert "PARENT_ORGANISATION" in codes(verdict(judge(ROOT, MIDDLE, other), other))


def test_a_trust_file_without_organisation_believes_none():  # 98
    judged = judge(*ALL, trust=replace(training_trust(), organisation=""))
    assert {code for one in judged.agreements for code in codes(one)} >= {"ORGANISATION_UNNAMED"}


def test_another_year_than_the_parents_fails():  # 59, 74, 80
    later = replace(
        LEAF, year=2027, id="PK-2027-KOMINFO.APTIKA-1", first_day=date(2027, 1, 1), last_day=date(2027, 12, 31)
    )
    assert codes(verdict(judge(ROOT, MIDDLE, later), later)) >= {"PARENT_YEAR", "PARENT_NOT_IN_FORCE"}


@pytest.mark.parametrize("day", [date(2026, 1, 31), date(2026, 12, 1)])
def test_a_first_day_outside_the_parents_days_fails(day):  # 63
    above = replace(MIDDLE, first_day=date(2026, 2, 1), last_day=date(2026, 11, 30))
    moved = replace(LEAF, first_day=day, parent=Reference(above.id, above.digest))
    assert "PARENT_NOT_IN_FORCE" in codes(verdict(judge(ROOT, above, moved), moved))


def test_a_first_party_of_another_position_fails():
    elsewhere = with_first(LEAF, position="KOMINFO.LAIN")
    assert "FIRST_PARTY_ELSEWHERE" in codes(verdict(judge(ROOT, MIDDLE, elsewhere), elsewhere))


def test_a_position_above_itself_fails():  # 60
    below = replace(
        MIDDLE,
        id="PK-2026-KOMINFO-2",
        version=2,
        amendment=amended(MIDDLE).amendment,
        parties=Parties(HEAD, second(DIVISION_HEAD)),
        parent=Reference(LEAF.id, LEAF.digest),
    )
    assert "CHAIN_CIRCLE" in codes(verdict(judge(*ALL, below), below))


def test_a_long_chain_is_judged_level_by_level():  # 60
    above, contents = ROOT, [ROOT]
    for number in range(6):
        position = Seat(f"K{number}", "Staf", "Dinas", Level.EXECUTIVE)
        persons = ("DDDDDDDDDDDDDDDD", "EEEEEEEEEEEEEEEE")
        first = replace(DIVISION_HEAD, position=position.key, person=persons[number % 2])
        content = replace(
            LEAF,
            id=f"PK-2026-K{number}-1",
            position=position,
            parties=Parties(first, second(above.parties.first)),
            parent=Reference(above.id, above.digest),
        )
        contents.append(with_promise(content, answers_to=()))
        above = contents[-1]
    judged = judge(*contents)
    assert [one.depth for one in judged.agreements] == list(range(7))
    assert set(results(judged).values()) == {Result.PASSED}


# versions


def test_an_amendment_of_a_valid_version_passes():
    later = amended(LEAF)
    judged = judge(*ALL, later)
    assert set(results(judged).values()) == {Result.PASSED}
    assert "SUPERSEDED" in {finding.code for finding in verdict(judged, LEAF).findings}


def test_a_child_stands_when_its_parent_is_superseded():
    later = amended(MIDDLE)
    assert codes(verdict(judge(*ALL, later), LEAF)) == set()


def test_a_child_whose_reason_changed_is_stale():  # 62
    later = with_promise(amended(MIDDLE), target=Value(number="4.50"))
    found = verdict(judge(*ALL, later), LEAF)
    assert codes(found) == {"PARENT_STALE"}
    assert found.own is Result.PASSED


def test_a_child_of_a_version_that_was_superseded_needs_the_register():  # 56
    later, child = amended(MIDDLE), amended(LEAF, first_day=date(2026, 10, 1))
    found = verdict(judge(*ALL, later, child), child)
    assert codes(found) == {"PARENT_SUPERSEDED"}
    assert found.own is Result.INDETERMINATE


def test_two_amendments_of_one_version_fail():  # 64, 65
    one = amended(LEAF)
    other = with_promise(amended(LEAF), target=Value(number="60"))
    judged = judge(*ALL, one, Exhibit("other.pdf", exhibit(other).facts))
    assert codes(verdict(judged, one)) >= {"AMENDED_TWICE", "ID_TWICE"}
    assert verdict(judged, other).own is Result.FAILED


def test_an_amendment_of_another_base_fails():  # 65
    changed = with_promise(LEAF, target=Value(number="99"))
    assert "AMENDMENT_BASE" in codes(verdict(judge(*ALL, amended(changed)), amended(changed)))
    base = Reference("PK-2026-KOMINFO.APTIKA-2", LEAF.digest)
    skipped = amended(
        LEAF, id="PK-2026-KOMINFO.APTIKA-3", version=3, amendment=replace(amended(LEAF).amendment, supersedes=base)
    )
    assert "AMENDMENT_BASE" in codes(verdict(judge(*ALL, skipped), skipped))


def test_an_amendment_without_its_base_is_a_warning():
    found = verdict(judge(ROOT, MIDDLE, amended(LEAF)), amended(LEAF))
    assert codes(found) == {"AMENDMENT_BASE_ABSENT"}


# promises


def test_an_indicator_that_answers_to_nothing_above_is_a_warning():  # 61, 62
    escalated = with_promise(LEAF, answers_to=("KOMINFO-9",))
    found = verdict(judge(ROOT, MIDDLE, escalated), escalated)
    assert codes(found) == {"INDICATOR_PARENT_ABSENT"}
    assert found.result is Result.PASSED


def test_with_the_line_cut_short_it_is_unknown():
    escalated = with_promise(LEAF, answers_to=("KOMINFO-9",))
    assert verdict(judge(escalated), escalated).own is Result.INDETERMINATE


def test_the_root_answers_to_its_plans():
    wrong = with_promise(ROOT, answers_to=("RPJMD-9",))
    assert "INDICATOR_PARENT_ABSENT" in codes(verdict(judge(wrong), wrong))


def test_an_indicator_may_answer_to_a_position_passed_over():
    passed_over = replace(
        LEAF, parties=replace(LEAF.parties, second=second(MAYOR)), parent=Reference(ROOT.id, ROOT.digest)
    )
    assert codes(verdict(judge(ROOT, MIDDLE, passed_over), passed_over)) == set()


def test_changed_unit_and_direction_are_warnings():  # 62, 81
    above = MIDDLE.indicators[0]
    same = with_promise(LEAF, text=above.text, unit=above.unit, mode=above.mode)
    changed = with_promise(same, unit="%", polarity=Polarity.DOWN)
    found = verdict(judge(ROOT, MIDDLE, changed), changed)
    assert codes(found) == {"INDICATOR_UNIT_CHANGED", "INDICATOR_POLARITY_CHANGED"}
    assert found.own is Result.PASSED
    unnamed = with_promise(same, unit=None)
    assert codes(verdict(judge(ROOT, MIDDLE, unnamed), unnamed)) == {"INDICATOR_UNIT_CHANGED"}


def test_what_nobody_carries_is_a_warning_but_not_at_the_end():
    judged = judge(*ALL)
    assert codes(verdict(judged, ROOT)) == {"INDICATOR_NOT_CARRIED"}
    assert codes(verdict(judged, LEAF)) == set()
    own = with_promise(MIDDLE, own=True)
    child = replace(with_promise(LEAF, answers_to=()), parent=Reference(own.id, own.digest))
    assert codes(verdict(judge(ROOT, own, child), own)) == set()


def test_thousands_of_indicators_are_compared_in_steps_that_grow_with_their_number(monkeypatch):  # 39
    def many(content: Content, **changes: object) -> Content:
        (goal, *_) = content.goals
        made = [replace(goal.indicators[0], code=f"I{number}", **changes) for number in range(300)]
        return replace(content, goals=(replace(goal, indicators=tuple(made)),))

    above = many(MIDDLE, own=False, answers_to=())
    below = many(replace(LEAF, parent=Reference(above.id, above.digest)), own=False, answers_to=("I0", "I1"))
    compared: list[object] = []
    usual = Promise.__eq__
    monkeypatch.setattr(Promise, "__eq__", lambda one, other: compared.append(one) or usual(one, other))
    exhibits = [
        Exhibit(f"{one.id}.pdf", Facts(one.digest, content=one, content_digest=one.digest)) for one in (above, below)
    ]
    assert len(judge(ROOT, *exhibits).agreements) == 3
    assert len(compared) < 3000


# the set


def test_an_unreadable_file_counts_and_is_last():  # 76
    broken = Exhibit("a-broken.pdf", unread_facts("Permission denied"))
    empty = Exhibit("b-empty.pdf", Facts("0" * 64))
    judged = judge(*ALL, broken, empty)
    last = judged.agreements[-2:]
    assert [(one.id, one.file) for one in last] == [(None, "a-broken.pdf"), (None, "b-empty.pdf")]
    assert [one.result for one in last] == [Result.FAILED, Result.INDETERMINATE]
    assert unreadable(judged) == [Weight.FAIL]


def test_files_of_which_nobody_can_say_anything_leave_the_set_unknown():
    newer = find("CONTENT_NEWER", Step.CONTENT, Weight.UNKNOWN, found="pkdocs-content/9", known="pkdocs-content/1")
    assert unreadable(judge(*ALL, Exhibit("newer.pdf", Facts("0" * 64, (newer,))))) == [Weight.UNKNOWN]


def unreadable(judged: SetVerdict) -> list[Weight]:
    return [finding.weight for finding in judged.findings if finding.code == "SET_UNREADABLE"]


def test_one_agreement_twice_is_a_warning():  # 69, 91
    files = (exhibit(LEAF), exhibit(LEAF, Role.FIRST, name="copy"))
    judged = judge(ROOT, MIDDLE, *files)
    copies = [one for one in judged.agreements if one.content == LEAF]
    assert all("FILE_TWICE" in codes(one) for one in copies)
    assert {one.own for one in copies} == {Result.PASSED, Result.INCOMPLETE}
    assert "SET_DOUBLED" in {finding.code for finding in judged.findings}


def test_two_partial_copies_stay_incomplete():  # 91
    files = (exhibit(LEAF, Role.FIRST), exhibit(LEAF, Role.SECOND, name="copy"))
    assert {one.own for one in judge(ROOT, MIDDLE, *files).agreements if one.content == LEAF} == {Result.INCOMPLETE}


def test_of_two_copies_of_a_parent_the_better_counts():
    judged = judge(ROOT, exhibit(MIDDLE), exhibit(MIDDLE, Role.FIRST, name="copy"), LEAF)
    assert verdict(judged, LEAF).result is Result.PASSED


def test_one_content_issued_twice_is_unknown():  # 89
    from pkdocs.verification import examine_pdf
    from tests.issued import issued
    from tests.verification.forge import Hand, altered

    def retitle(document):
        document.docinfo.Title = "Lain"

    pdf = altered(issued(LEAF), retitle)
    for role, party in ((Role.FIRST, DIVISION_HEAD), (Role.SECOND, HEAD)):
        pdf = Hand(signer_of(party)).sign(pdf, role)
    judged = judge(*ALL, Exhibit("other.pdf", examine_pdf(pdf)))
    assert {one.own for one in judged.agreements if one.content == LEAF} == {Result.INDETERMINATE}


def test_two_signed_contents_of_one_id_fail():  # 64, 90
    other = with_promise(LEAF, target=Value(number="60"))
    judged = judge(*ALL, Exhibit("other.pdf", exhibit(other).facts))
    assert verdict(judged, LEAF).own is Result.FAILED
    assert verdict(judged, other).own is Result.FAILED
    assert "ID_TWICE" in codes(verdict(judged, LEAF))
    assert "SET_IDS_TWICE" in {finding.code for finding in judged.findings}


def test_an_unsigned_draft_of_the_same_id_is_a_warning():  # 90
    from pkdocs.verification import examine_pdf
    from tests.issued import issued

    draft = with_promise(LEAF, target=Value(number="60"))
    judged = judge(*ALL, Exhibit("draft.pdf", examine_pdf(issued(draft))))
    assert codes(verdict(judged, LEAF)) == {"ID_TWICE"}
    assert verdict(judged, LEAF).own is Result.PASSED
    assert verdict(judged, draft).own is Result.INCOMPLETE


def test_a_forged_rival_does_not_fail_the_genuine_one():
    other = with_promise(LEAF, target=Value(number="60"))
    root = make_root(KeyKind.P256, at=AT - timedelta(days=5))
    key = KeyKind.P256.make_key()
    certificate = certify(
        root, Subject(DIVISION_HEAD.person, "x", "x", "x"), key.public_key(), at=AT - timedelta(days=5)
    )
    chain = (root.certificate.public_bytes(Encoding.DER),)
    forger = FileSigner(certificate.public_bytes(Encoding.DER), chain, DIVISION_HEAD.person, "", key)
    rival = signed_by(other, first=forger, second=forger)
    judged = judge(*ALL, Exhibit("rival.pdf", rival.facts))
    assert verdict(judged, LEAF).own is Result.PASSED
    assert verdict(judged, other).own is not Result.PASSED


def test_every_finding_is_said_in_both_languages():
    judged = judge(
        exhibit(ROOT, Role.SECOND),
        MIDDLE,
        signed_by(LEAF, first=signer_of(HEAD)),
        Exhibit("broken.pdf", unread_facts("EIO")),
        trust=replace(training_trust(), qr_address="https://x.invalid/"),
        at=LATER,
    )
    for finding in [*judged.findings, *(finding for one in judged.agreements for finding in one.findings)]:
        assert finding.message("id") != finding.message("en")
