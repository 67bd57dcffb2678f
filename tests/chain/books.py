"""A register in memory for any files: what an honest one would list of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from cryptography import x509

from pkdocs.chain import Exhibit
from pkdocs.content import Content
from pkdocs.pki import person_of
from pkdocs.register import (
    Account,
    AssignmentLine,
    Enrolled,
    Head,
    Line,
    PositionLine,
    Register,
    TemplateLine,
    state_agreement,
    with_successors,
)
from tests.issued import TEMPLATE_DIGEST
from tests.register.heads import plain_head

DAY = date(2026, 1, 22)


def head_of(**changes: object) -> Head:
    """Return a head of the tests' city, dated on the day of the ceremony."""
    return replace(plain_head(), **changes)  # type: ignore[arg-type]  # names of fields


def lines_of(exhibits: Iterable[Exhibit], known: Mapping[bytes, str] | None = None) -> list[Line]:
    """Return what an honest register lists of ``exhibits``, entered on the day of the ceremony.

    ``known`` are the persons of certificates (DER) that do not name them.
    """
    found = {one.facts.content.digest: one for one in exhibits if one.facts.content}
    contents = [one.facts.content for one in found.values() if one.facts.content]
    enrolled = {one.digest: one for exhibit in found.values() for one in _enrolled(exhibit, known or {})}
    owners = {one.certificate: one.person for one in enrolled.values()}
    agreements = [
        state_agreement(one.facts.content, one.facts, owners, DAY) for one in found.values() if one.facts.content
    ]
    seats = [line for content in contents for line in _seat_lines(content)]
    return [
        *dict.fromkeys(seats),
        *(one.line(DAY) for one in enrolled.values()),
        TemplateLine(DAY, "umum", TEMPLATE_DIGEST),
        *with_successors(agreements, contents),
    ]


def _enrolled(exhibit: Exhibit, known: Mapping[bytes, str]) -> Iterator[Enrolled]:
    for signature in exhibit.facts.signatures:
        if certificate := signature.certificate:
            person = known.get(certificate) or person_of(x509.load_der_x509_certificate(certificate))
            yield Enrolled(person, certificate, "pki-uji")


def _seat_lines(content: Content) -> Iterator[Line]:
    seat, second = content.position, content.parties.second
    yield PositionLine(DAY, seat.key, seat.title, seat.unit, seat.level, second.position if second else None)
    for party in (content.parties.first, second):
        if party:
            yield AssignmentLine(DAY, party.person, party.position, party.status)


def account_of(lines: Iterable[Line], **head: object) -> Account:
    """Return a believed register with these lines."""
    return Account(Register.of(head_of(**head), lines), ())
