"""Agreements that end before they are complete: who may end them, what follows, and what does not."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from pkdocs.chain.verdict import AgreementVerdict
from pkdocs.content import Role
from pkdocs.decision import FILE_NAME, MAX_REASON, Decision, Kind, moment, read_decisions
from pkdocs.errors import ConflictError, CredentialError, PkdocsError, SigningError, UsageError
from pkdocs.persons import TRIAL_KEY, pseudonym
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.deciding import decide
from pkdocs.pipeline.standing import read_standing
from pkdocs.register import AgreementLine, State, parse_lines, valid_lines
from pkdocs.schema import SchemaError
from pkdocs.verification import Result, Weight
from tests.city import AT, Town, ignore, number_of

AUDITOR = "PK-2026-INSP.IRBAN1.AUDITOR-1"


def person(key: str) -> str:
    return pseudonym(TRIAL_KEY, number_of(key))


def reject(town: Town, key: str = "INSP.IRBAN1", identity: str = AUDITOR) -> None:
    decide(town.out, identity, Kind.REJECTED, "target terlalu rendah", person=person(key), at=AT)


def withdraw(town: Town, identity: str = AUDITOR) -> None:
    decide(town.out, identity, Kind.WITHDRAWN, "salah unit", at=AT)


def refused(error: type[PkdocsError], code: str, town: Town, **how: object) -> None:
    given = {"identity": AUDITOR, "kind": Kind.WITHDRAWN, "reason": "x", "at": AT} | how
    before = (town.out / FILE_NAME).read_bytes() if (town.out / FILE_NAME).exists() else b""
    with pytest.raises(error, match=code):
        decide(town.out, **given)  # type: ignore[arg-type]  # a mapping of what varies
    after = (town.out / FILE_NAME).read_bytes() if (town.out / FILE_NAME).exists() else b""
    assert before == after


def test_either_party_may_reject_and_status_says_who_waits_no_more(town: Town) -> None:
    reject(town, "INSP.IRBAN1")
    reject(town, "INSP.IRBAN1", "PK-2026-INSP.IRBAN1-1")
    known = {decision.id: decision.role for decision in read_decisions(town.out).values()}
    assert known == {AUDITOR: Role.SECOND, "PK-2026-INSP.IRBAN1-1": Role.FIRST}
    standing = {entry.id: entry for entry in read_standing(town.out)}
    assert standing[AUDITOR].awaits is None
    assert standing[AUDITOR].decision is not None
    assert sum(1 for entry in standing.values() if entry.awaits) == len(standing) - 2


def test_id_is_found_whatever_its_case(town: Town) -> None:
    withdraw(town, AUDITOR.lower())
    assert [decision.id for decision in read_decisions(town.out).values()] == [AUDITOR]


def test_nobody_else_rejects(town: Town) -> None:
    refused(CredentialError, "DECISION_NO_PARTY", town, kind=Kind.REJECTED, person=person("BKPSDM"))


def test_what_is_complete_is_not_ended_by_one_side(signed_town: Town) -> None:
    refused(SigningError, "DECISION_COMPLETE", signed_town)
    refused(SigningError, "DECISION_COMPLETE", signed_town, kind=Kind.REJECTED, person=person("INSP.IRBAN1"))


def test_one_signature_does_not_hinder_the_other_party(town: Town) -> None:
    town.sign("INSP.IRBAN1.AUDITOR")
    reject(town)
    [entry] = [entry for entry in read_standing(town.out) if entry.decision]
    assert entry.signed == (Role.FIRST,)


def test_decided_once_and_taken_back_by_the_one_who_decided(town: Town) -> None:
    reject(town)
    refused(SigningError, "DECISION_KNOWN", town)
    refused(SigningError, "DECISION_NOT_THERE", town, kind=Kind.LIFTED)
    refused(SigningError, "DECISION_NOT_THERE", town, kind=Kind.LIFTED, person=person("INSP.IRBAN1.AUDITOR"))
    decide(town.out, AUDITOR, Kind.LIFTED, "sudah dibahas", person=person("INSP.IRBAN1"), at=AT)
    assert not read_decisions(town.out)
    withdraw(town)
    assert read_decisions(town.out)
    assert len((town.out / FILE_NAME).read_bytes().splitlines()) == 3


@pytest.mark.parametrize("reason", ["", "  ", "x" * (MAX_REASON + 1), "a\u202eb"])
def test_reason_must_be_plain_and_short(reason: str, town: Town) -> None:
    refused(UsageError, "DECISION_REASON", town, reason=reason)


def test_unknown_id_and_absent_file_are_named(town: Town) -> None:
    refused(UsageError, "DECISION_UNKNOWN_ID", town, identity="PK-2026-X-1")
    town.pdf("INSP.IRBAN1.AUDITOR").unlink()
    refused(ConflictError, "STATUS_NO_PDF", town)


def test_another_content_under_the_same_id_has_no_decision(town: Town) -> None:
    withdraw(town)
    [old] = read_decisions(town.out)
    [entry] = [entry for entry in town.index.agreements if entry.id == AUDITOR]
    assert old == entry.content_digest
    assert "0" * 64 not in read_decisions(town.out)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: data + b"{}\n", "DECISIONS_DAMAGED"),
        (lambda data: data.replace(b"decision/1", b"decision/2"), "SCHEMA_NEWER"),
        (lambda data: data[:-9], "DECISIONS_DAMAGED"),
    ],
)
def test_damaged_or_newer_file_is_named_and_left(change: object, code: str, town: Town) -> None:
    withdraw(town)
    file = town.out / FILE_NAME
    file.write_bytes(change(file.read_bytes()))  # type: ignore[operator]  # one of the functions above
    refused(ConflictError, code, town, identity="PK-2026-INSP-1")


def test_decision_without_sense_cannot_be_made() -> None:
    good = {"id": AUDITOR, "content": "0" * 64, "kind": Kind.WITHDRAWN, "reason": "x", "at": moment(AT)}
    for wrong in ({"id": "X"}, {"content": "x"}, {"at": "kemarin"}, {"at": "2026-01-22T10:00:00"}):
        with pytest.raises(SchemaError):
            Decision(**(good | wrong))  # type: ignore[arg-type]  # one of them is wrong on purpose


class TestRegister:
    def lines(self, town: Town) -> dict[str, AgreementLine]:
        found = valid_lines(parse_lines((town.out / "register.jsonl").read_bytes()))
        return {line.id: line for line in found if isinstance(line, AgreementLine)}

    def judged(self, town: Town) -> AgreementVerdict:
        town.build_register()
        town.sign_register()
        means = Means(register=town.head)
        verdict = verify([town.out], town.trust, at=AT + timedelta(days=1), means=means, progress=ignore)
        [found] = [one for one in verdict.agreements if one.content and one.content.id == AUDITOR]
        return found

    def test_states_what_was_decided_in_a_schema_of_its_own(self, town: Town) -> None:
        town.sign("INSP.IRBAN1.AUDITOR")
        reject(town)
        withdraw(town, "PK-2026-BKPSDM.PKP.ANALIS-1")
        town.build_register()
        lines = self.lines(town)
        assert lines[AUDITOR].state is State.REJECTED
        assert lines["PK-2026-BKPSDM.PKP.ANALIS-1"].state is State.WITHDRAWN
        written = [json.loads(line) for line in (town.out / "register.jsonl").read_bytes().splitlines()]
        numbers = {line["state"]: line["schema"] for line in written if "state" in line}
        assert numbers == {
            "issued": "pkdocs-agreement/1",
            "rejected": "pkdocs-agreement/2",
            "withdrawn": "pkdocs-agreement/2",
        }

    def test_decision_taken_back_is_stated_too(self, town: Town) -> None:
        withdraw(town)
        town.build_register()
        decide(town.out, AUDITOR, Kind.LIFTED, "keliru", at=AT)
        town.build_register()
        assert self.lines(town)[AUDITOR].state is State.ISSUED
        assert self.lines(town)[AUDITOR].schema == "pkdocs-agreement/1"

    def test_verdict_says_that_it_ended_before_it_was_complete(self, town: Town) -> None:
        town.sign("INSP.IRBAN1.AUDITOR")
        reject(town)
        found = self.judged(town)
        assert found.result is Result.INCOMPLETE
        assert {"ENDED": Weight.NOTE}.items() <= {one.code: one.weight for one in found.findings}.items()

    def test_register_alone_does_not_end_what_all_have_signed(self, town: Town) -> None:
        reject(town)
        town.build_register()
        town.sign_register()
        decide(town.out, AUDITOR, Kind.LIFTED, "keliru", person=person("INSP.IRBAN1"), at=AT)
        town.sign_all()
        judged = verify(
            [town.out], town.trust, at=AT + timedelta(days=1), means=Means(register=town.head), progress=ignore
        )
        [found] = [one for one in judged.agreements if one.content and one.content.id == AUDITOR]
        assert {"ENDED_AFTER_ALL_SIGNED": Weight.WARNING}.items() <= {
            one.code: one.weight for one in found.findings
        }.items()

    def test_an_ended_agreement_is_not_missed(self, town: Town) -> None:
        withdraw(town)
        town.build_register()
        town.sign_register()
        town.pdf("INSP.IRBAN1.AUDITOR").unlink()
        judged = verify(
            [town.out], town.trust, at=AT + timedelta(days=1), means=Means(register=town.head), progress=ignore
        )
        assert "SET_MISSING" not in {one.code for one in judged.findings}


def test_file_is_hidden_from_nobody(town: Town) -> None:
    withdraw(town)
    assert Path(town.out / FILE_NAME).read_text(encoding="utf-8").count("salah unit") == 1


def test_what_was_rejected_or_withdrawn_is_not_signed(town: Town) -> None:
    reject(town)
    withdraw(town, "PK-2026-INSP.IRBAN1-1")
    done = town.sign("INSP.IRBAN1.AUDITOR"), town.sign("INSP.IRBAN1")
    assert [(one.id, one.error.code) for result in done for one in result.refused] == [
        (AUDITOR, "SIGN_REJECTED"),
        ("PK-2026-INSP.IRBAN1-1", "SIGN_WITHDRAWN"),
        (AUDITOR, "SIGN_REJECTED"),
    ]
    assert not any(result.signed for result in done)
