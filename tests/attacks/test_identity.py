"""Attacks on who signed (docs/verification.md, 43-53): a valid signature with one change, and what names it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from pkdocs.chain import AgreementVerdict, Exhibit
from pkdocs.content import Content, Role
from pkdocs.pki.authority import KeyKind, make_crl
from pkdocs.profile import Zone
from pkdocs.register import AssignmentLine, Line
from pkdocs.roster import Status
from pkdocs.signing import sign_pdf
from pkdocs.trust import Trust
from pkdocs.verification import Result, Sub, Weight, examine_pdf
from pkdocs.verification.evidence import Evidence
from tests.chain.books import DAY, account_of, lines_of
from tests.chain.kit import AT, DIVISION_HEAD, HEAD, LATER, LEAF, MAYOR, MIDDLE, ROOT, codes, exhibit, judge, verdict
from tests.issued import issued
from tests.signed import BEGUN, authorities, signer_of, training_trust
from tests.stamping import STAMPED, authority
from tests.verification.test_certificates import made, only, standing, trusting
from tests.verification.test_evidence import an_answer
from tests.verification.test_proof import heavy, judged, lists, signature, token, trust

FILES = (exhibit(ROOT), exhibit(MIDDLE), exhibit(LEAF))


# 44, 45: revocation at the proven time


def revoking(serial: int, since: datetime, lost: datetime | None = None) -> Trust:
    """Return a trust file whose list takes back a certificate since a day; the key was lost on another."""
    entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
    if lost:
        entry = entry.add_extension(x509.InvalidityDate(lost), critical=False)
    root, issuing = authorities(KeyKind.P256)
    made_on = since + timedelta(hours=1)
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuing.certificate.subject)
    builder = builder.last_update(made_on).next_update(made_on + timedelta(days=90))
    crl = builder.add_revoked_certificate(entry.build()).sign(issuing.key, hashes.SHA256())
    return trusting(make_crl(root, (), number=2, at=made_on), crl)


def test_what_was_signed_after_the_key_was_lost_is_unknown():  # 44
    serial = x509.load_der_x509_certificate(signer_of(HEAD).certificate).serial_number
    since, at = STAMPED + timedelta(days=2), STAMPED + timedelta(days=3)
    # revoked after the proven time: nothing changes; unless the key was lost before it
    assert heavy(judged(signature(token()), by=revoking(serial, since), at=at)[1]) == {}
    lost = revoking(serial, since, lost=STAMPED - timedelta(hours=1))
    assert heavy(judged(signature(token()), by=lost, at=at)[1]) == {"CERTIFICATE_REVOKED": Sub.REVOKED_NO_POE}


@pytest.mark.parametrize(
    "responder",
    [
        lambda: authority(
            uses=(ExtendedKeyUsageOID.OCSP_SIGNING,), extensions=(x509.OCSPNoCheck(),), issuer=authorities()[0]
        ),
        lambda: authority(uses=(ExtendedKeyUsageOID.TIME_STAMPING,), extensions=(x509.OCSPNoCheck(),)),
        lambda: authority(uses=(ExtendedKeyUsageOID.OCSP_SIGNING,)),
    ],
    ids=["of another issuer", "for timestamps", "whose own revocation nobody knows"],
)
def test_an_answer_of_who_may_not_answer_shows_nothing(responder):  # 45
    brought = Evidence(90, answers=(an_answer(responder()),), lists=lists(AT)[:1])
    found = judged(signature(), evidence=(brought,), by=trusting(), at=AT + timedelta(hours=1))[1]
    assert heavy(found) == {"CERTIFICATE_STATUS_UNKNOWN": Sub.TRY_LATER}


def test_an_answer_of_the_issuers_own_responder_shows_it():
    allowed = authority(uses=(ExtendedKeyUsageOID.OCSP_SIGNING,), extensions=(x509.OCSPNoCheck(),))
    brought = Evidence(90, answers=(an_answer(allowed),), lists=lists(AT)[:1])
    assert heavy(judged(signature(), evidence=(brought,), by=trusting(), at=AT + timedelta(hours=1))[1]) == {}


# 46: not meant for signing


@pytest.mark.parametrize(
    "certificate",
    [
        lambda: made(usage={"key_encipherment": True}),
        lambda: made(usage={}),
        lambda: made(ca=True),
        lambda: made(
            lambda builder: builder.add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=True
            )
        ),
        lambda: made(
            lambda builder: builder.add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
            )
        ),
    ],
    ids=["for encryption", "for nothing", "an authority", "for programs", "for timestamps"],
)
def test_a_certificate_that_is_not_for_signing_is_named(certificate):  # 46
    found = {finding.code: finding.weight for finding in standing(certificate=certificate()).findings}
    assert found["CERTIFICATE_USE"] is Weight.FAIL


def test_a_policy_that_the_path_does_not_allow_breaks_it():  # 45, 46
    from tests.verification.test_certificates import authority_under, der

    root = authorities(KeyKind.P256)[0]
    needed = x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None)
    rogue = authority_under(root, extensions=(needed,))
    trust = trusting(make_crl(root, (), number=2, at=AT), make_crl(rogue, (), number=2, at=AT))
    broken = standing(trust=trust, certificate=made(issuer=rogue), chain=(der(rogue.certificate),))
    assert only(broken) == ("CERTIFICATE_CHAIN_BROKEN", Weight.UNKNOWN, Sub.CHAIN_CONSTRAINTS_FAILURE)


# 47: names


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        ({"name": "Arum Pradnyawаti"}, "CYRILLIC SMALL LETTER A"),
        ({"office": "Wali Kοta Wanasari"}, "GREEK SMALL LETTER OMICRON"),
        ({"name": "Ａrum Pradnyawati"}, "FULLWIDTH LATIN CAPITAL LETTER A"),
    ],
    ids=["cyrillic", "greek", "fullwidth"],
)
def test_a_name_in_letters_that_look_alike_is_a_warning(change, letter):  # 47
    from pkdocs.chain.lookalikes import lookalike_findings

    twin = replace(ROOT, parties=replace(ROOT.parties, first=replace(MAYOR, **change)))
    (finding,) = lookalike_findings(twin)
    assert (finding.code, finding.weight) == ("NAME_LOOKALIKE", Weight.WARNING)
    assert letter in finding.message("id")
    assert (
        list(lookalike_findings(replace(ROOT, parties=replace(ROOT.parties, first=replace(MAYOR, name="Zoë Ñ 李")))))
        == []
    )


def test_another_number_than_in_the_superiors_own_agreement_is_a_warning():  # 41, 47
    second = replace(LEAF.parties.second, number="NIP. 197111021996032999")
    other = replace(LEAF, parties=replace(LEAF.parties, second=second))
    assert codes(verdict(judge(ROOT, MIDDLE, other), other)) == {"PARENT_NAME"}


# 48, 49: offices


def listed(**changes: object) -> list[Line]:
    """Return the lines of an honest register, with the division head's assignment changed."""
    return [
        replace(line, **changes)  # type: ignore[arg-type]  # names of fields
        if isinstance(line, AssignmentLine) and line.person == DIVISION_HEAD.person
        else line
        for line in lines_of(FILES)
    ]


def leaf(lines: list[Line], **head: object) -> AgreementVerdict:
    return verdict(judge(*FILES, account=account_of(lines, **head)), LEAF)


@pytest.mark.parametrize(
    "change",
    [
        {"ends": DAY - timedelta(days=1)},
        {"begins": DAY + timedelta(days=30)},
        {"position": "DINKES.KESMAS"},
        {"person": "Z" * 16},
    ],
    ids=["after its end", "before its beginning", "for another position", "without an assignment"],
)
def test_an_acting_official_without_the_office_fails(change):  # 48, 49
    head = {"dated": DAY + timedelta(days=40), "next_by": DAY + timedelta(days=90)}
    late = [replace(line, entered=DAY) for line in listed(**change)]
    one = verdict(judge(*FILES, account=account_of(late, **head), at=LATER), LEAF)
    assert ("OFFICE_NOT_HELD" in codes(one), one.own) == (True, Result.FAILED)


def test_an_acting_official_who_signs_as_the_holder_is_a_warning():  # 49
    assert codes(leaf(listed())) == set()
    assert codes(leaf(listed(status=Status.PLH))) == {"OFFICE_STATUS"}
    assert leaf(listed(status=Status.PLH)).own is Result.PASSED


def test_an_office_entered_after_the_signature_was_there_is_a_warning():  # 49, 94
    later = DAY + timedelta(days=20)
    lines = sorted(listed(entered=later), key=lambda line: line.entered)
    one = verdict(
        judge(*FILES, account=account_of(lines, dated=later), at=LATER + timedelta(days=25)),
        LEAF,
    )
    assert codes(one) == {"OFFICE_ENTERED_LATE"}


def test_an_office_that_was_only_ended_later_was_known_before():
    """In July the list says until when somebody held the office; since when it knew of it, the first line says."""
    july = date(2026, 7, 1)
    ended = [line for line in listed(entered=july, ends=july) if line.entered == july]
    assert ended
    at = LATER + timedelta(days=200)
    head = {"dated": july, "next_by": date(2026, 12, 31)}
    one = verdict(judge(*FILES, account=account_of([*listed(), *ended], **head), at=at, trust=trust(AT, at)), LEAF)
    assert "OFFICE_ENTERED_LATE" not in codes(one)


# 53, 99: days


def signed_at(content: Content, moment: datetime) -> Exhibit:
    pdf = issued(content)
    for role in content.roles:
        party = content.party(role)
        assert party is not None
        pdf = sign_pdf(pdf, role, signer_of(party), at=moment, zone=Zone.WIB, training=True)
    return Exhibit(f"{content.id}.pdf", examine_pdf(pdf))


@pytest.mark.parametrize(
    ("moment", "is_held"),
    [
        (datetime(2026, 1, 22, 16, 59, tzinfo=UTC), True),
        (datetime(2026, 1, 22, 17, 1, tzinfo=UTC), False),
        (datetime(2026, 1, 21, 17, 1, tzinfo=UTC), True),
        (datetime(2026, 1, 21, 16, 59, tzinfo=UTC), False),
    ],
    ids=["one minute to midnight", "past midnight", "past midnight before", "the evening before"],
)
def test_a_day_begins_and_ends_at_midnight_in_the_zone(moment, is_held):  # 99
    """One who holds the office on 22 January, by the clock of western Indonesia, seven hours before UTC."""
    files = (exhibit(ROOT), exhibit(MIDDLE), signed_at(LEAF, moment))
    lines = [
        replace(line, begins=date(2026, 1, 22), ends=date(2026, 1, 22))
        if isinstance(line, AssignmentLine) and line.person == DIVISION_HEAD.person
        else line
        for line in lines_of(files)
    ]
    one = verdict(judge(*files, account=account_of(lines), at=datetime(2026, 1, 23, 2, tzinfo=UTC)), LEAF)
    assert codes(one) == (set() if is_held else {"OFFICE_UNPROVEN"})


def test_a_date_moved_across_the_deadline_is_a_warning():  # 53
    early = signature(token(STAMPED + timedelta(days=40)), claimed=AT)
    found = judged(
        early, at=STAMPED + timedelta(days=41), by=replace(training_trust(), crls=lists(STAMPED + timedelta(days=40)))
    )[1]
    assert set(heavy(found)) == {"CLAIMED_TIME"}


# 43, 50


def test_a_root_of_the_same_name_and_another_key_is_no_anchor():  # 43
    from pkdocs.pki.authority import make_issuing, make_root
    from tests.verification.test_certificates import der

    twin = make_root(KeyKind.P256, at=BEGUN)
    assert twin.certificate.subject == authorities()[0].certificate.subject
    issuing = make_issuing(twin, KeyKind.P256, at=BEGUN)
    one = standing(certificate=made(issuer=issuing), chain=(der(issuing.certificate), der(twin.certificate)))
    assert {finding.code for finding in one.findings} & {"CERTIFICATE_NO_CHAIN", "CERTIFICATE_CHAIN_BROKEN"}
    assert one.anchor is None


def test_a_certificate_of_another_agencys_anchor_is_nobodys():  # 96
    other = x509.load_der_x509_certificate(training_trust(KeyKind.RSA2048).anchors[0].certificate)
    anchors = (replace(training_trust().anchors[0], certificate=other.public_bytes(Encoding.DER)),)
    one = standing(trust=replace(training_trust(), anchors=anchors))
    assert [finding.code for finding in one.findings] == ["CERTIFICATE_NO_CHAIN"]


def test_roles_of_the_parties_are_not_exchanged():  # 51
    from tests.chain.kit import signed_by

    swapped = judge(ROOT, signed_by(MIDDLE, first=signer_of(MAYOR), second=signer_of(HEAD)))
    found = [
        (finding.code, finding.role) for finding in verdict(swapped, MIDDLE).findings if finding.weight is Weight.FAIL
    ]
    assert found == [("PERSON_OTHER", Role.FIRST), ("PERSON_OTHER", Role.SECOND)]
