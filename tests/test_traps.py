"""What a new engineer would get wrong (docs/traps.md): the traps that no other test keeps, and the page itself."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, CertificateRevocationList

from pkdocs.chain import Exhibit
from pkdocs.content import Role
from pkdocs.page import printed_values
from pkdocs.pki.authority import Authority, KeyKind, Subject, certify, make_crl, make_issuing, make_root
from pkdocs.profile import Zone
from pkdocs.signing import FileSigner, sign_pdf
from pkdocs.trust import Anchor, Purpose
from pkdocs.verification import Result, examine_pdf
from tests.chain.kit import AT, HEAD, MAYOR, MIDDLE, ROOT, codes, exhibit, judge, signed_by, verdict
from tests.city import change
from tests.issued import issued
from tests.signed import BEGUN, authorities, signer_of, training_trust
from tests.wanasari import city_of, sample, sheets

REPOSITORY = Path(__file__).parents[1]
PAGE = (REPOSITORY / "docs" / "traps.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_the_page_names_tests_that_are_there(file: str, name: str) -> None:
    assert re.search(rf"^ *def {name}\(", (REPOSITORY / file).read_text(encoding="utf-8"), re.MULTILINE)


def test_the_page_has_every_trap_and_a_test_for_each() -> None:
    rows = [line for line in PAGE.partition("Beside the fifteen")[0].splitlines() if re.match(r"\| \d+ \|", line)]
    assert [int(row.split("|")[1]) for row in rows] == list(range(1, 16))
    assert all(row.split("|")[-2].count("::test_") for row in rows)


# 4: names, ranks and numbers


def test_nothing_dangles_where_a_degree_rank_or_number_is_not_there() -> None:
    for content in sample().contents.values():
        for values in printed_values(content):
            assert not [value for value in values if value != value.strip() or value.endswith((",", "NIP.", "PPPK."))]


@pytest.mark.parametrize("status", ["Pj.", "Plt."])
def test_an_acting_sekda_signs_with_the_bare_name(status: str) -> None:
    city = change(change(sheets(), "Pejabat", "SETDA", "Status", status), "Pejabat", "SETDA", "TMT", "2025-11-03")
    first = city_of(city).contents["SETDA-1"].parties.first
    assert (first.office, first.name, first.rank, first.number) == (
        f"{status} Sekretaris Daerah",
        "Bagas Wirasena",
        None,
        None,
    )


def test_the_definitive_sekda_keeps_his_degrees_alone() -> None:
    first = sample().contents["SETDA-1"].parties.first
    assert (first.name, first.rank, first.number) == ("Drs. Bagas Wirasena, M.Si.", None, None)


# 10: the name in a certificate


def certified(subject: Subject, root: Authority, issuing: Authority) -> FileSigner:
    """Return who signs with a new key under these authorities."""
    key = KeyKind.P256.make_key()
    certificate = certify(issuing, subject, key.public_key(), at=BEGUN)
    chain = (der(issuing.certificate), der(root.certificate))
    return FileSigner(der(certificate), chain, subject.person, "", key)


def der(entry: Certificate | CertificateRevocationList) -> bytes:
    return entry.public_bytes(Encoding.DER)


@pytest.mark.parametrize("name", ["ARUM PRADNYAWATI", "Arum P.", "Citra Maheswari"])
def test_a_name_in_the_certificate_proves_and_contradicts_nothing(name: str) -> None:
    judged = judge(signed_by(ROOT, first=certified(Subject(MAYOR.person, name, "x", "x"), *authorities(KeyKind.P256))))
    assert (verdict(judged, ROOT).own, codes(verdict(judged, ROOT))) == (Result.PASSED, set())


def test_the_right_name_in_the_certificate_of_another_person_fails() -> None:
    namesake = certified(Subject(HEAD.person, MAYOR.name, "x", "x"), *authorities(KeyKind.P256))
    assert codes(verdict(judge(signed_by(ROOT, first=namesake)), ROOT)) == {"PERSON_OTHER"}


# 11: more than one root


def test_two_roots_side_by_side_are_both_believed() -> None:
    root = make_root(KeyKind.P256, at=BEGUN)
    issuing = make_issuing(root, KeyKind.P256, at=BEGUN)
    under_the_old = signed_by(ROOT, first=certified(Subject(MAYOR.person, MAYOR.name, "x", "x"), root, issuing))
    new = training_trust()
    old = Anchor(der(root.certificate), frozenset({Purpose.PERSONS}), training=True)
    lists = tuple(der(make_crl(authority, (), number=1, at=AT)) for authority in (root, issuing))
    both = replace(new, anchors=(old, *new.anchors), crls=(*lists, *new.crls))
    judged = judge(under_the_old, exhibit(MIDDLE), trust=both)
    assert {one.result for one in judged.agreements} == {Result.PASSED}
    alone = judge(under_the_old, exhibit(MIDDLE), trust=new)
    assert (verdict(alone, ROOT).own, verdict(alone, MIDDLE).own) == (Result.INDETERMINATE, Result.PASSED)


# 13: the order of clocks


def test_claimed_times_in_the_other_order_are_no_finding() -> None:
    pdf = issued(MIDDLE)
    for role, party, minutes in ((Role.FIRST, HEAD, 13), (Role.SECOND, MAYOR, 0)):
        at = AT + timedelta(minutes=minutes)
        pdf = sign_pdf(pdf, role, signer_of(party), at=at, zone=Zone.WIB, training=True)
    judged = judge(ROOT, Exhibit("clocks.pdf", examine_pdf(pdf)))
    assert (verdict(judged, MIDDLE).own, codes(verdict(judged, MIDDLE))) == (Result.PASSED, set())


def test_a_page_dated_otherwise_than_it_is_signed_is_no_finding() -> None:
    early = replace(ROOT, dated=AT.date() - timedelta(days=9))
    assert codes(verdict(judge(early), early)) == set()


# beside the fifteen


def test_no_day_of_the_week_is_printed() -> None:
    friday = replace(ROOT, dated=date(2026, 1, 23))
    printed = " ".join(value for values in printed_values(friday) for value in values)
    assert "23 Januari 2026" in printed
    assert not re.search(r"Jum.?at", printed)
