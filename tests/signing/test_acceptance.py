"""What comes back from outside is kept only if it is what was sent, with one signature of the person asked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from asn1crypto import core

from pkdocs.content import Role
from pkdocs.errors import SigningError
from pkdocs.messages import LANGUAGES
from pkdocs.signing.acceptance import accept
from pkdocs.trust import Purpose, Trust
from tests.factory import DIVISION_HEAD, HEAD, MAYOR, head_content
from tests.foreign import sign as sign_by_pyhanko
from tests.issued import SLOTS, issued
from tests.signed import AT, signed, signer_of, training_trust
from tests.verification.extend import Extension, certificates, lists, stamped_by_pyhanko, stored_by_pyhanko
from tests.verification.forge import Beside, Hand, object_bytes, revision

FIRST, SECOND = Role.FIRST, Role.SECOND
Change = Callable[[bytes], bytes]


@cache
def sent() -> bytes:
    return issued(head_content())


def accepted(
    after: bytes,
    *,
    before: bytes | None = None,
    role: Role = FIRST,
    owner: str = HEAD.person,
    trust: Trust | None = None,
) -> bytes:
    return accept(before or sent(), after, role, owner=owner, trust=trust, at=AT)


def refused(after: bytes, cause: str = "", *, code: str = "SIGN_NOT_ACCEPTED", **options: Any) -> None:
    with pytest.raises(SigningError) as caught:
        accepted(after, **options)
    assert caught.value.code == code
    assert caught.value.params.get("cause", "") == cause
    assert all(caught.value.message(language) for language in LANGUAGES)


def in_our_field(pdf: bytes) -> bytes:
    return sign_by_pyhanko(pdf, FIRST.value, FIRST)


def in_the_slot(pdf: bytes) -> bytes:
    return sign_by_pyhanko(pdf, "Tanda", FIRST, box=SLOTS[FIRST.value])


def without_size(pdf: bytes) -> bytes:
    return sign_by_pyhanko(pdf, "Tanda", FIRST)


@pytest.mark.parametrize("way", [in_our_field, in_the_slot, without_size])
@pytest.mark.parametrize("more", [bytes, stored_by_pyhanko, lambda pdf: stamped_by_pyhanko(stored_by_pyhanko(pdf))])
@pytest.mark.parametrize("is_judged", [True, False])
def test_a_signature_of_the_person_is_kept(way: Change, more: Change, *, is_judged: bool) -> None:
    after = more(way(sent()))
    assert accepted(after, trust=training_trust() if is_judged else None) == after


def test_a_signature_added_to_a_seal_and_another_signature_is_kept() -> None:
    before = Hand(signer_of(HEAD)).sign(Beside(signer_of(MAYOR), name=b"segel").append(sent()), FIRST)
    after = sign_by_pyhanko(before, "Tanda", SECOND)
    assert accepted(after, before=before, role=SECOND, owner=MAYOR.person) == after


def rewritten(pdf: bytes) -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        document.save(output, static_id=True)
    return output.getvalue()


@pytest.mark.parametrize(
    "after",
    [
        lambda: in_our_field(rewritten(sent())),
        lambda: rewritten(in_our_field(sent())),
        lambda: b"",
        lambda: sent()[:-1],
        lambda: signed(replace(head_content(), place="Lain"), (FIRST,)),
    ],
    ids=["rewritten, then signed", "signed, then rewritten", "empty", "cut", "another file"],
)
def test_a_file_that_does_not_begin_with_what_was_sent_is_refused(after: Callable[[], bytes]) -> None:  # 100
    refused(after(), code="SIGN_NOT_EXTENDED")


def with_page_content(pdf: bytes) -> bytes:
    number = next(n for n in range(1, 60) if b"/Type /Page " in object_bytes(pdf, n))
    return Hand(signer_of(HEAD), objects={number: object_bytes(pdf, number)}).sign(pdf, FIRST)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (bytes, "SIGNATURE_MISSING"),
        (Extension(certificates(), lists()).append, "SIGNATURE_MISSING"),
        (stamped_by_pyhanko, "SIGNATURE_MISSING"),
        (lambda pdf: sign_by_pyhanko(in_our_field(pdf), SECOND.value, SECOND), "REVISION_FIELDS"),
        (lambda pdf: sign_by_pyhanko(pdf, SECOND.value, SECOND), "PERSON_OTHER"),
        (lambda pdf: Hand(signer_of(DIVISION_HEAD)).sign(pdf, FIRST), "SIGN_FOREIGN_SIGNATURE"),
        (lambda pdf: in_our_field(pdf) + b"x", "FILE_TRAILING_BYTES"),
        (lambda pdf: revision(in_our_field(pdf), {}), "REVISION_NOT_SIGNED"),
        (with_page_content, "REVISION_PAGE_CHANGED"),
        (lambda pdf: sign_by_pyhanko(pdf, "Tanda", FIRST, box=(40, 600, 240, 660)), "REVISION_OUTSIDE_SLOT"),
        (lambda pdf: in_our_field(Beside(signer_of(MAYOR), name=b"segel").append(pdf)), "REVISION_FIELDS"),
        (Beside(signer_of(DIVISION_HEAD)).append, "REVISION_STRANGER"),
        (Beside(signer_of(DIVISION_HEAD), box=SLOTS[FIRST.value]).append, "SIGN_FOREIGN_SIGNATURE"),
    ],
)
def test_anything_else_is_refused(change: Change, cause: str) -> None:  # 100
    refused(change(sent()), cause, code="SIGN_NOT_ACCEPTED")


def test_a_signature_in_the_right_field_for_another_role_is_refused() -> None:
    refused(in_our_field(sent()), "PERSON_OTHER", role=SECOND, owner=MAYOR.person)


def test_whose_a_certificate_in_earnest_is_enrolment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkdocs.verification.attribution.is_training", lambda _: False)
    after = without_size(sent())
    refused(after, "SIGN_OWNER_UNKNOWN")
    owners = {signer_of(HEAD).certificate: HEAD.person}
    assert accept(sent(), after, FIRST, owner=HEAD.person, trust=None, at=AT, owners=owners) == after


def test_a_certificate_that_the_trust_file_does_not_believe_is_refused() -> None:
    after = in_our_field(sent())
    (anchor,) = training_trust().anchors
    other = replace(training_trust(), anchors=(replace(anchor, purposes=frozenset({Purpose.TIMESTAMPS})),))
    refused(after, "CERTIFICATE_PURPOSE", trust=other)
    with pytest.raises(SigningError, match="CERTIFICATE_EXPIRED"):
        accept(sent(), after, FIRST, owner=HEAD.person, trust=training_trust(), at=AT + timedelta(days=2000))


def test_an_answer_about_revocation_may_come_later() -> None:
    after = in_our_field(sent())
    assert accepted(after, trust=replace(training_trust(), crls=())) == after


def test_what_nobody_can_judge_is_refused() -> None:
    def more(attributes: dict[str, Any]) -> None:
        attributes["1.2.3.4"] = [core.OctetString(b"x")]

    refused(Hand(signer_of(HEAD), attributes=more).sign(sent(), FIRST), "SIGNATURE_ATTRIBUTE_UNKNOWN")


def test_what_was_unknown_before_hinders_nobody_after() -> None:
    def more(attributes: dict[str, Any]) -> None:
        attributes["1.2.3.4"] = [core.OctetString(b"x")]

    before = Hand(signer_of(HEAD), attributes=more).sign(sent(), FIRST)
    after = sign_by_pyhanko(before, SECOND.value, SECOND)
    assert accepted(after, before=before, role=SECOND, owner=MAYOR.person) == after
