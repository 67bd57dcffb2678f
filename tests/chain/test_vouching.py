"""Judging with a register: a chain that it lists passes whole, and one change in it or beside it is named."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

import pytest

from pkdocs.chain import Exhibit, SetVerdict
from pkdocs.content import Content, Parties, Party, PersonScheme, Role
from pkdocs.pki.authority import KeyKind, Subject, certify
from pkdocs.register import (
    Account,
    AgreementLine,
    AssignmentLine,
    CertificateLine,
    Head,
    Keepers,
    Line,
    PositionLine,
    Register,
    Registrar,
    State,
    Stretch,
    TemplateLine,
    UnitCount,
    state_agreement,
)
from pkdocs.register.head import EARLIER_SCHEMA
from pkdocs.roster import Status
from pkdocs.signing import load_pkcs12
from pkdocs.verification import Result, Step, Weight, find
from tests.chain.kit import (
    DIVISION_HEAD,
    HEAD,
    LEAF,
    MAYOR,
    MIDDLE,
    ROOT,
    amended,
    codes,
    exhibit,
    facts,
    judge,
    second,
    signed_by,
    verdict,
)
from tests.issued import TEMPLATE_DIGEST
from tests.signed import BEGUN, PASSPHRASE, authorities, container, credential, signer_of, training_trust

ALL = (ROOT, MIDDLE, LEAF)
PARTIES = (MAYOR, HEAD, DIVISION_HEAD)
SIGNERS = (MAYOR, HEAD, DIVISION_HEAD, second(MAYOR), second(HEAD))
"""Whose keys signed the chain: who signs in both roles has a key and a certificate for each."""
SIGNED = date(2026, 1, 22)
"""The day that all signatures claim, and on which the register has the signed bytes."""
JUDGED = date(2026, 1, 23)
"""The day of judging."""
DIGEST = "9" * 64


def certificate(party: Party) -> str:
    return sha256(signer_of(party).certificate).hexdigest()


@cache
def head() -> Head:
    """The head of a register in which everything is complete."""
    keeper = Registrar(HEAD.person, HEAD.name, "Sekretariat Daerah", certificate(HEAD))
    return Head(
        schema=EARLIER_SCHEMA,
        organisation=ROOT.organisation,
        year=2026,
        version=1,
        person_scheme=PersonScheme.TRIAL,
        root_position="WALIKOTA",
        dated=SIGNED,
        next_by=date(2026, 4, 30),
        size=1,
        root_hash=DIGEST,
        keepers=Keepers((keeper,), 1),
        units=(UnitCount("Dinas Komunikasi dan Informatika", 2, 2),),
    )


def agreement(content: Content) -> AgreementLine:
    """Return the line of ``content``, signed by everybody."""
    owners = {signer_of(party).certificate: party.person for party in SIGNERS}
    return state_agreement(content, facts(content), owners, SIGNED)


@cache
def lines() -> tuple[Line, ...]:
    """The lines of a register that lists the whole chain."""
    seats = [content.position for content in ALL]
    above = {content.position.key: party.position for content in ALL if (party := content.parties.second)}
    return (
        *(PositionLine(SIGNED, seat.key, seat.title, seat.unit, seat.level, above.get(seat.key)) for seat in seats),
        *(AssignmentLine(SIGNED, party.person, party.position, party.status) for party in PARTIES),
        *(
            CertificateLine(SIGNED, party.person, certificate(party), date(2026, 1, 5), date(2027, 1, 5), "tatap muka")
            for party in SIGNERS
        ),
        TemplateLine(SIGNED, "perjanjian.docx", TEMPLATE_DIGEST),
        *map(agreement, ALL),
    )


def changed(old: Line, **changes: Any) -> tuple[Line, ...]:
    """Return the lines with ``changes`` to the one ``old``."""
    return tuple(replace(line, **changes) if line == old else line for line in lines())


def without(old: Line) -> tuple[Line, ...]:
    return tuple(line for line in lines() if line != old)


def office(party: Party) -> AssignmentLine:
    return next(line for line in lines() if isinstance(line, AssignmentLine) and line.person == party.person)


def position(content: Content) -> PositionLine:
    return next(line for line in lines() if isinstance(line, PositionLine) and line.key == content.position.key)


def template() -> TemplateLine:
    return next(line for line in lines() if isinstance(line, TemplateLine))


def account(listed: Iterable[Line] | None = None, **changes: Any) -> Account:
    """Return what a believed register says: ``listed`` (default: the whole chain) under a head with ``changes``."""
    return Account(Register.of(replace(head(), **changes), lines() if listed is None else listed), ())


def judged(*files: Content | Exhibit, by: Account, **changes: Any) -> SetVerdict:
    """Return the verdicts on ``files`` (default: the whole chain) with a register."""
    return judge(*(files or ALL), account=by, **changes)


def set_codes(whole: SetVerdict) -> dict[str, Weight]:
    return {finding.code: finding.weight for finding in whole.findings}


def own(whole: SetVerdict, *contents: Content) -> set[Result]:
    return {verdict(whole, content).own for content in contents}


# the valid whole


def test_a_chain_that_the_register_lists_passes_whole():
    whole = judged(by=account())
    assert [one.result for one in whole.agreements] == [Result.PASSED] * 3
    assert whole.result is Result.PASSED
    assert whole.findings == ()
    assert whole.register is not None
    assert (whole.register.version, whole.register.digest, whole.register.dated) == (1, head().digest, SIGNED)


def test_a_closed_register_lets_the_same_chain_pass():
    whole = judged(by=account(closed=True))
    assert {one.result for one in whole.agreements} | {whole.result} == {Result.PASSED}


def test_a_register_of_before_the_ceremony_lets_signed_files_pass():
    drafts = tuple(
        replace(line, state=State.ISSUED, signed=None) if isinstance(line, AgreementLine) else line for line in lines()
    )
    whole = judged(by=account(drafts))
    assert {one.result for one in whole.agreements} | {whole.result} == {Result.PASSED}


# persons and offices


def test_an_office_that_somebody_else_held_on_all_days_fails():
    whole = judged(by=account(changed(office(DIVISION_HEAD), ends=date(2025, 12, 31))))
    (finding,) = (one for one in verdict(whole, LEAF).findings if one.code == "OFFICE_NOT_HELD")
    assert (finding.step, finding.weight, finding.role) == (Step.PERSONS, Weight.FAIL, Role.FIRST)
    assert own(whole, LEAF) == {Result.FAILED}
    assert own(whole, ROOT, MIDDLE) == {Result.PASSED}


def test_an_office_of_nobody_in_the_register_is_not_held_by_either_party():
    whole = judged(by=account(without(office(HEAD))))
    roles = {
        content.id: {one.role for one in verdict(whole, content).findings if one.code == "OFFICE_NOT_HELD"}
        for content in ALL
    }
    assert roles == {ROOT.id: set(), MIDDLE.id: {Role.FIRST}, LEAF.id: {Role.SECOND}}


def test_an_office_held_in_another_position_is_not_held():
    whole = judged(by=account(changed(office(DIVISION_HEAD), position="KOMINFO")))
    assert codes(verdict(whole, LEAF)) == {"OFFICE_NOT_HELD"}


def test_an_office_held_on_one_of_the_days_only_is_unknown():
    ended = changed(office(DIVISION_HEAD), ends=SIGNED)
    draft = replace(agreement(LEAF), state=State.ISSUED, signed=None)
    listed = tuple(draft if line == agreement(LEAF) else line for line in ended)
    found = verdict(judged(by=account(listed)), LEAF)
    assert codes(found) == {"OFFICE_UNPROVEN"}
    assert found.own is Result.INDETERMINATE


def test_the_day_on_which_the_register_had_the_signed_bytes_beats_the_day_of_judging():
    whole = judged(by=account(changed(office(DIVISION_HEAD), ends=SIGNED)))
    assert own(whole, *ALL) == {Result.PASSED}


def test_an_office_begun_after_the_claimed_day_is_unknown_though_held_on_the_proven_one():
    late = tuple(replace(line, entered=JUDGED) for line in changed(office(DIVISION_HEAD), begins=JUDGED))
    assert codes(verdict(judged(by=account(late, dated=JUDGED)), LEAF)) == {"OFFICE_UNPROVEN"}


def test_days_after_that_of_the_head_contradict_nobody():
    foreseen = changed(office(DIVISION_HEAD), ends=SIGNED - timedelta(days=2))
    early = replace(agreement(LEAF), state=State.ISSUED, signed=None)
    listed = tuple(early if line == agreement(LEAF) else line for line in foreseen)
    found = verdict(judged(by=account(listed, dated=SIGNED - timedelta(days=1))), LEAF)
    assert codes(found) == {"OFFICE_UNPROVEN"}


def test_signed_bytes_that_were_listed_otherwise_before_are_proven_from_their_own_day():
    other = replace(agreement(LEAF), signed=Stretch(DIGEST, agreement(LEAF).signed.length))
    late = replace(agreement(LEAF), entered=JUDGED)
    ended = (line for line in changed(office(DIVISION_HEAD), ends=SIGNED) if line != agreement(LEAF))
    listed = (*ended, other, late)
    assert codes(verdict(judged(by=account(listed, dated=JUDGED)), LEAF)) == {"OFFICE_UNPROVEN"}


def test_a_certificate_is_of_whom_the_register_says():
    mine = next(line for line in lines() if isinstance(line, CertificateLine) and line.person == DIVISION_HEAD.person)
    found = verdict(judged(by=account(changed(mine, person="D" * 16))), LEAF)
    assert codes(found) == {"PERSON_OTHER"}
    assert found.own is Result.FAILED


def test_a_training_certificate_that_the_register_does_not_have_names_its_person():
    bare = tuple(line for line in lines() if not isinstance(line, CertificateLine))
    assert own(judged(by=account(bare)), *ALL) == {Result.PASSED}


def test_a_renewed_certificate_that_the_register_does_not_have_yet_is_of_nobody_else():
    key, known = credential(HEAD, KeyKind.P256)
    subject = Subject(HEAD.person, HEAD.name, "Dinas Komunikasi dan Informatika", "Pemerintah Kota Wanasari")
    renewed = certify(authorities(KeyKind.P256)[1], subject, known.public_key(), at=BEGUN)
    signer = load_pkcs12(container(key, renewed), PASSPHRASE)
    file = signed_by(LEAF, first=signer_of(DIVISION_HEAD), second=signer)
    earnest = tuple(replace(anchor, training=False) for anchor in training_trust().anchors)
    whole = judged(ROOT, MIDDLE, file, by=account(), trust=replace(training_trust(), anchors=earnest))
    found = {code for content in (MIDDLE, LEAF) for code in codes(verdict(whole, content))}
    assert "PERSON_UNKNOWN" in found
    assert "KEY_OF_SEVERAL" not in found


# the chain


def test_another_superior_than_the_registers_fails():
    found = verdict(judged(by=account(changed(position(LEAF), superior="SETDA"))), LEAF)
    assert codes(found) == {"SUPERIOR_OTHER"}
    assert found.own is Result.FAILED


def test_a_superior_of_who_has_none_fails():
    assert codes(verdict(judged(by=account(changed(position(LEAF), superior=None))), LEAF)) == {"SUPERIOR_OTHER"}


def test_whom_the_register_lets_sign_instead_is_the_superior():
    whole = judged(by=account(changed(position(LEAF), superior="KOMINFO.SEKRET", signs_with="KOMINFO")))
    assert own(whole, *ALL) == {Result.PASSED}


@pytest.mark.parametrize(("begins", "result"), [(date(2026, 1, 1), Result.FAILED), (date(2026, 9, 1), Result.PASSED)])
def test_the_superior_is_that_of_the_first_day(begins, result):
    earlier = replace(position(LEAF), ends=begins - timedelta(days=1))
    later = replace(position(LEAF), signs_with="SETDA", begins=begins)
    whole = judged(by=account((*without(position(LEAF)), earlier, later)))
    assert own(whole, LEAF) == {result}


def test_a_position_of_other_days_only_still_names_its_superior():
    line = changed(position(LEAF), superior="SETDA", begins=date(2026, 9, 1))
    assert codes(verdict(judged(by=account(line)), LEAF)) == {"SUPERIOR_OTHER"}


def test_a_stand_in_who_held_the_office_passes_with_the_register():
    standing_in = replace(LEAF, parties=replace(LEAF.parties, second=replace(second(HEAD), person=MAYOR.person)))
    file = signed_by(standing_in, first=signer_of(DIVISION_HEAD), second=signer_of(MAYOR))
    listed = (*without(agreement(LEAF)), replace(agreement(LEAF), **_listing(file)))
    held = AssignmentLine(SIGNED, MAYOR.person, "KOMINFO", Status.PLH, SIGNED, SIGNED)
    found = verdict(judged(ROOT, MIDDLE, file, by=account((*listed, held))), standing_in)
    assert found.own is Result.PASSED
    assert {one.code: one.weight for one in found.findings}["STAND_IN"] is Weight.NOTE
    assert codes(verdict(judged(ROOT, MIDDLE, file, by=account(listed)), standing_in)) == {"OFFICE_NOT_HELD"}


def _listing(file: Exhibit) -> dict[str, Any]:
    """What a line says of a file that all have signed."""
    length, digest = file.facts.revisions[-1]
    return {
        "id": file.facts.content.id,
        "content": file.facts.content_digest,
        "persons": tuple(file.facts.content.party(role).person for role in file.facts.content.roles),
        "issued": Stretch(file.facts.issue_digest, file.facts.issue_length),
        "signed": Stretch(digest, length),
    }


@pytest.mark.parametrize("listed", [True, False])
def test_another_officer_at_the_root_counts_if_the_register_lists_the_version(listed):
    heir = replace(DIVISION_HEAD, position="WALIKOTA", office=MAYOR.office)
    later = amended(ROOT, parties=Parties(heir), first_day=date(2026, 1, 1))
    file = signed_by(later, first=signer_of(DIVISION_HEAD))
    line = replace(agreement(ROOT), **_listing(file))
    held = AssignmentLine(SIGNED, heir.person, "WALIKOTA", Status.PJ)
    found = verdict(judged(*ALL, file, by=account((*lines(), held, *([line] if listed else [])))), later)
    assert ("OFFICER_NEEDS_REGISTER" in codes(found)) is not listed
    assert "OFFICE_NOT_HELD" not in codes(found)
    assert found.own is (Result.PASSED if listed else Result.INDETERMINATE)


def test_a_superseded_line_is_a_note_that_names_the_successor():
    line = agreement(LEAF)
    past = changed(line, state=State.SUPERSEDED, successor="PK-2026-KOMINFO.APTIKA-2")
    found = verdict(judged(by=account(past)), LEAF)
    (finding,) = (one for one in found.findings if one.code == "SUPERSEDED")
    assert (finding.weight, dict(finding.params)["successor"]) == (Weight.NOTE, "PK-2026-KOMINFO.APTIKA-2")
    assert found.result is Result.PASSED


def test_the_root_is_the_registers_where_the_trust_file_names_none():
    unnamed = replace(training_trust(), root_position="")
    assert own(judged(by=account(), trust=unnamed), *ALL) == {Result.PASSED}
    assert all(one.code != "ROOT_UNNAMED" for one in verdict(judged(by=account(), trust=unnamed), ROOT).findings)
    other = judged(by=account(root_position="BUPATI"), trust=unnamed)
    assert "NOT_THE_ROOT" in codes(verdict(other, ROOT))


# what is listed


@pytest.mark.parametrize(("closed", "result"), [(None, Result.INDETERMINATE), (True, Result.FAILED)])
def test_an_unlisted_agreement_is_unknown_until_the_year_is_closed(closed, result):
    whole = judged(by=account(without(agreement(LEAF)), closed=closed))
    assert codes(verdict(whole, LEAF)) == {"UNLISTED"}
    assert verdict(whole, LEAF).own is result
    assert own(whole, ROOT, MIDDLE) == {Result.PASSED}


def test_a_closed_year_says_nothing_of_another_year():
    days = {"first_day": date(2025, 1, 1), "last_day": date(2025, 12, 31)}
    earlier = replace(LEAF, id="PK-2025-KOMINFO.APTIKA-1", year=2025, **days)
    found = verdict(judged(ROOT, MIDDLE, earlier, by=account(closed=True)), earlier)
    assert [one.weight for one in found.findings if one.code == "UNLISTED"] == [Weight.UNKNOWN]


def test_a_draft_that_was_taken_back_fails():
    draft = replace(agreement(LEAF), state=State.ISSUED, signed=None)
    taken = (*without(agreement(LEAF)), draft, replace(draft, void=True))
    found = verdict(judged(by=account(taken)), LEAF)
    assert codes(found) == {"DRAFT_REPLACED"}
    assert found.own is Result.FAILED


def test_another_content_than_the_id_has_in_the_register_fails():
    found = verdict(judged(by=account(changed(agreement(LEAF), content=DIGEST, id=LEAF.id.lower()))), LEAF)
    assert codes(found) == {"CONTENT_OTHER"}
    assert found.own is Result.FAILED


@pytest.mark.parametrize("change", [{"digest": DIGEST}, {"length": 17}])
def test_another_issued_file_than_the_registers_fails(change):
    line = agreement(LEAF)
    found = verdict(judged(by=account(changed(line, issued=replace(line.issued, **change)))), LEAF)
    assert codes(found) == {"ISSUE_OTHER"}
    assert found.own is Result.FAILED


def test_another_signed_file_than_the_registers_fails():
    line = agreement(LEAF)
    found = verdict(judged(by=account(changed(line, signed=replace(line.signed, digest=DIGEST)))), LEAF)
    assert codes(found) == {"SIGNED_OTHER"}
    assert found.own is Result.FAILED


def test_a_listed_file_cut_back_to_one_signature_fails():
    found = verdict(judged(ROOT, MIDDLE, exhibit(LEAF, Role.FIRST), by=account()), LEAF)
    assert codes(found) == {"FILE_CUT_BACK", "SIGNATURE_MISSING"}
    assert found.own is Result.FAILED


def test_a_template_that_the_register_does_not_have_fails():
    whole = judged(by=account(changed(template(), digest=DIGEST)))
    assert all("TEMPLATE_UNLISTED" in codes(verdict(whole, content)) for content in ALL)
    assert own(whole, *ALL) == {Result.FAILED}


def test_a_template_that_was_taken_back_is_not_listed():
    whole = judged(by=account((*lines(), replace(template(), void=True))))
    assert codes(verdict(whole, LEAF)) == {"TEMPLATE_UNLISTED"}


# the set


def test_a_listed_agreement_without_a_file_leaves_the_set_open():
    whole = judged(ROOT, MIDDLE, by=account())
    assert set_codes(whole) == {"SET_MISSING": Weight.UNKNOWN}
    assert whole.result is Result.INDETERMINATE
    (finding,) = whole.findings
    assert dict(finding.params) == {"count": 1, "id": LEAF.id}


def test_a_file_without_a_line_leaves_the_set_open():
    extra = replace(agreement(LEAF), content=DIGEST, id="PK-2026-KOMINFO.APTIKA-9")
    whole = judged(by=account((*without(agreement(LEAF)), extra)))
    assert set_codes(whole) == {"SET_MISSING": Weight.UNKNOWN, "SET_UNLISTED": Weight.UNKNOWN}
    assert whole.result is Result.INDETERMINATE


def test_two_signed_contents_of_one_id_fail_the_set():
    twin = replace(agreement(LEAF), content=DIGEST, id=LEAF.id.lower())
    whole = judged(by=account((*lines(), twin)))
    assert set_codes(whole)["SET_LISTED_TWICE"] is Weight.FAIL
    assert whole.result is Result.FAILED


def test_a_draft_beside_a_signed_content_of_its_id_is_not_listed_twice():
    draft = replace(agreement(LEAF), content=DIGEST, state=State.ISSUED, signed=None)
    assert "SET_LISTED_TWICE" not in set_codes(judged(by=account((*lines(), draft))))


def test_a_position_that_is_held_without_an_agreement_is_a_warning():
    idle = AssignmentLine(SIGNED, "D" * 16, "KOMINFO.SEKRET", Status.DEFINITIVE)
    whole = judged(by=account((*lines(), idle)))
    assert set_codes(whole) == {"SET_IDLE_POSITIONS": Weight.WARNING}
    assert whole.result is Result.PASSED


@pytest.mark.parametrize("change", [{"status": Status.PLH}, {"ends": date(2026, 1, 21)}, {"begins": JUDGED}])
def test_a_position_of_a_stand_in_or_of_other_days_is_not_idle(change):
    idle = AssignmentLine(SIGNED, "D" * 16, "KOMINFO.SEKRET", Status.DEFINITIVE)
    assert judged(by=account((*lines(), replace(idle, **change)))).findings == ()


# a register that is not believed


def test_a_register_that_is_not_believed_leaves_the_set_unknown_and_the_agreements_as_they_were():
    whole = judged(by=Account(None, ()))
    assert set_codes(whole) == {"REGISTER_NOT_BELIEVED": Weight.UNKNOWN}
    assert whole.result is Result.INDETERMINATE
    assert whole.register is None
    assert whole.agreements == judge(*ALL).agreements


def test_what_is_wrong_with_the_register_stands_beside_it():
    cut = find("LIST_ABSENT", Step.SET, Weight.FAIL)
    whole = judged(by=Account(None, (cut,)))
    assert set_codes(whole) == {"LIST_ABSENT": Weight.FAIL, "REGISTER_NOT_BELIEVED": Weight.UNKNOWN}
    assert whole.result is Result.FAILED


def test_without_a_register_the_same_stand_in_needs_one():
    standing_in = replace(LEAF, parties=replace(LEAF.parties, second=replace(second(HEAD), person=MAYOR.person)))
    file = signed_by(standing_in, first=signer_of(DIVISION_HEAD), second=signer_of(MAYOR))
    whole = judged(ROOT, MIDDLE, file, by=Account(None, ()))
    assert "NEEDS_REGISTER" in codes(verdict(whole, standing_in))
