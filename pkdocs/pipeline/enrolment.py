"""Certificates of the training PKI for everybody whom a workbook lets sign."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pkdocs.cascade import Cascade
from pkdocs.persons import pseudonym
from pkdocs.pipeline.checking import check, demand_no_errors
from pkdocs.pki import Enrollee, Issuance, issue_certificates
from pkdocs.roster import Assignment, Level, Means


def issue_for_workbook(folder: Path, workbook: Path, *, person_key: bytes, at: datetime, renew: bool) -> Issuance:
    """Issue certificates to all who sign electronically in ``workbook``; those who have one keep it.

    Raises:
        WorkbookError: the workbook has errors.
        CredentialError, ConflictError: the PKI in ``folder`` is missing, damaged or another organisation's.
    """
    checked = check(workbook)
    demand_no_errors(checked)
    profile = checked.profile
    root = next((row for row in checked.workbook.roster.assignments if row.level is Level.HEAD_OF_REGION), None)
    return issue_certificates(
        folder,
        list(_enrollees(checked.cascade, person_key)),
        organisation=profile.organisation,
        organisation_code=profile.code,
        root_position=root.key if root else "",
        qr_address=profile.address,
        zone=profile.zone,
        at=at,
        renew=renew,
    )


def _enrollees(cascade: Cascade, person_key: bytes) -> Iterator[Enrollee]:
    seen: set[str] = set()
    for row in _signers(cascade):
        person = row.person
        if person and row.means is Means.ELECTRONIC and person.number not in seen:
            seen.add(person.number)
            yield Enrollee(person.number, pseudonym(person_key, person.number), person.name, row.unit)


def _signers(cascade: Cascade) -> Iterator[Assignment]:
    for agreement in cascade.agreements:
        yield agreement.assignment
        if agreement.second:
            yield agreement.second
