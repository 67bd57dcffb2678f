"""Heads examined and judged: a valid one with one thing wrong, and the finding that names it."""

import pickle
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkdocs.content import Party, PersonScheme
from pkdocs.drawing.sheets import Text
from pkdocs.messages import LANGUAGES
from pkdocs.pki.authority import KeyKind, Reason, Revocation, Subject, certify
from pkdocs.profile import Zone
from pkdocs.register import HeadFacts, HeadVerdict, examine_head, is_head, judge_head, render_head
from pkdocs.register.head import MAX_HEAD_BYTES, Head, Keepers, Registrar, parse_head
from pkdocs.register.wording import write_head
from pkdocs.schema import SchemaError
from pkdocs.signing import FileSigner, load_pkcs12
from pkdocs.trust import LowestHead, Purpose, Trust
from pkdocs.verification import Step, Weight
from pkdocs.verification.algorithms import Policy
from tests.factory import DIVISION_HEAD, HEAD, MAYOR, root_content
from tests.issued import issued
from tests.register.heads import KEEPERS, kept_head, pinning, registrar, sha256, sign
from tests.signed import AT, BEGUN, PASSPHRASE, authorities, container, credential, signer_of, training_trust
from tests.verification.forge import Hand, last_size, object_bytes, revision

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LATER = AT + timedelta(days=1)


@cache
def signed(*parties: Party, head: Head | None = None) -> bytes:
    """Return a head signed by ``parties``, in their order."""
    if not parties:
        return render_head(head or kept_head())
    return sign(signed(*parties[:-1], head=head), signer_of(parties[-1]))


def both() -> bytes:
    return signed(HEAD, DIVISION_HEAD)


def judge(pdf: bytes, trust: Trust | None = None, at: datetime = LATER) -> HeadVerdict:
    return judge_head(examine_head(pdf), trust or pinning(*KEEPERS), at)


def codes(judged: HeadVerdict | HeadFacts, *weights: Weight) -> set[str]:
    wanted = weights or tuple(set(Weight) - {Weight.NOTE})
    return {finding.code for finding in judged.findings if finding.weight in wanted}


def test_a_head_that_enough_registrars_signed_is_believed():
    verdict = judge(both())
    assert verdict.believed
    assert codes(verdict) == set()
    assert (verdict.head, verdict.digest) == (kept_head(), kept_head().digest)
    assert verdict.signed_by == (registrar(HEAD), registrar(DIVISION_HEAD))


def test_facts_and_verdict_are_of_the_whole_file():
    facts = examine_head(both())
    assert facts.sha256 == sha256(both())
    assert [signature.end for signature in facts.signatures] == [len(signed(HEAD)), len(both())]
    assert pickle.loads(pickle.dumps(facts)) == facts  # noqa: S301 our own
    assert pickle.loads(pickle.dumps(judge(both()))) == judge(both())  # noqa: S301 our own
    assert "x00" not in repr(facts)


# the file


def test_what_is_no_pdf_is_no_head():
    for pdf in (b"", b"%PDF-1.7\n", b"\0" * 100):
        facts = examine_head(pdf)
        assert (codes(facts), facts.head, facts.digest, facts.signed) == ({"HEAD_FILE"}, None, None, ())
        assert not judge(pdf).believed


def test_an_agreement_is_no_head():
    facts = examine_head(issued(root_content()))
    assert codes(facts) == {"HEAD_CONTENT"}
    assert not judge(issued(root_content())).believed


def test_bytes_after_the_end_are_named():
    verdict = judge(both() + b"\0")
    (finding,) = verdict.findings
    assert (finding.code, dict(finding.params)) == ("HEAD_FILE", {"cause": "FILE_TRAILING_BYTES"})


def exchanged(old: bytes, new: bytes) -> bytes:
    """Return an unsigned head in which something else of the same length is attached."""
    assert len(old) == len(new)
    assert signed().count(kept_head().canonical) == 1
    return signed().replace(kept_head().canonical, kept_head().canonical.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"', b'["'),
        (b'"size"', b'"sixe"'),
        (b'"size":1234', b'"size":-123'),
        (b'"size":1234', b'"size":1e03'),
        (b'"threshold":2', b'"threshold":4'),
        (b"Pemerintah", b"Pemerinta\xff"),
        (b"pkdocs-head/2", b"pkdocs-hend/2"),
    ],
)
def test_an_attachment_that_is_no_head_is_named(old, new):
    facts = examine_head(exchanged(old, new))
    assert (codes(facts), facts.head) == ({"HEAD_CONTENT"}, None)


def test_an_endless_head_is_not_parsed():
    with pytest.raises(SchemaError, match="too large"):
        parse_head(bytes(MAX_HEAD_BYTES + 1))


def test_a_newer_schema_is_named_and_cannot_be_judged():
    verdict = judge(exchanged(b"pkdocs-head/2", b"pkdocs-head/3"))
    (finding,) = verdict.findings
    assert (finding.code, finding.weight) == ("HEAD_SCHEMA_NEWER", Weight.UNKNOWN)
    assert dict(finding.params) == {"schema": "pkdocs-head/3"}
    assert not verdict.believed


def test_a_page_that_says_something_else_than_the_attachment_is_named():
    assert codes(examine_head(exchanged(b'"size":1234', b'"size":4321'))) == {"HEAD_PAGE"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/MediaBox [0 0 595 842]", b"/MediaBox [0 0 595 843]"),
        (b"/Rect [345", b"/Rect [344"),
        (b"/F 132", b"/F 130"),
        (b"/SigFlags 3", b"/SigFlags 1"),
        (b"%\xe2\xe3\xcf\xd3", b"%\xe2\xe3\xcf\xd4"),
    ],
)
def test_whatever_differs_from_what_the_head_gives_is_named(old, new):
    changed = signed().replace(old, new)
    assert changed != signed()
    facts = examine_head(changed)
    assert (codes(facts), facts.head) == ({"HEAD_PAGE"}, kept_head())


def test_more_on_the_page_than_the_head_says_is_named_though_registrars_sign_it(monkeypatch):
    def write_more(head, sheets):
        write_head(head, sheets)
        sheets.add_paragraph("P", Text("Semua target dianggap tercapai."))

    with monkeypatch.context() as patched:
        patched.setattr("pkdocs.register.page.write_head", write_more)
        pdf = render_head(kept_head())
    for number, party in enumerate(KEEPERS, 1):
        pdf = Hand(signer_of(party)).sign(pdf, f"registrar-{number}")
    verdict = judge(pdf)
    assert "HEAD_PAGE" in codes(verdict)
    assert not verdict.believed
    assert verdict.signed_by == ()


# revisions and signatures


def by_hand(field: str = "registrar-1", signer: Party = HEAD, **errs: object) -> HeadFacts:
    """Return the facts of a head that a hand which errs has signed."""
    return examine_head(Hand(signer_of(signer), **errs).sign(signed(), field))


def test_a_hand_that_does_not_err_signs_like_ours():
    assert codes(by_hand()) == set()


def test_a_revision_without_signature_is_named():
    pdf = revision(both(), {last_size(both()): b"(x)"})
    found = examine_head(pdf)
    assert codes(found) == {"REVISION_NOT_SIGNED", "REVISION_FOREIGN_OBJECT"}
    assert {finding.step for finding in found.findings} == {Step.SET}
    assert not judge(pdf).believed


def test_a_page_changed_later_is_named():
    number = int(re.findall(rb"(\d+) 0 obj\n<< /Type /Page ", both())[0])
    pdf = revision(both(), {number: object_bytes(both(), number).replace(b"842", b"800")})
    assert codes(examine_head(pdf)) == {"REVISION_NOT_SIGNED", "REVISION_PAGE_CHANGED"}


def test_a_page_changed_by_who_signs_is_named():
    number = int(re.findall(rb"(\d+) 0 obj\n<< /Type /Page ", signed())[0])
    changed = object_bytes(signed(), number).replace(b"842", b"800")
    assert codes(by_hand(objects={number: changed})) == {"REVISION_PAGE_CHANGED"}


def test_a_place_signed_again_is_named():
    def keep_the_last(field: bytes) -> bytes:
        return re.sub(rb"/V (\d+) 0 R(.*)\s/V \d+ 0 R", rb"/V \1 0 R\2", field, flags=re.DOTALL)

    again = Hand(signer_of(HEAD), field_change=keep_the_last).sign(signed(HEAD), "registrar-1")
    assert "REVISION_SIGNED_TWICE" in codes(examine_head(again))


def test_a_signature_that_does_not_fit_is_named_with_its_registrar():
    facts = by_hand(attributes=lambda entries: entries.update(message_digest=[bytes(32)]))
    (finding,) = facts.findings
    assert (finding.code, finding.step, finding.holder) == ("SIGNATURE_DIGEST", Step.SET, HEAD.name)
    assert finding.role is not None
    assert finding.role.value == "registrar"
    assert f"petugas registrasi {HEAD.name}" in finding.message("id")
    assert f"registrar {HEAD.name}" in finding.message("en")
    assert facts.signatures[0].certificate is None
    assert judge_head(facts, pinning(*KEEPERS), LATER).signed_by == ()


def test_a_signature_in_the_place_of_another_is_named():
    facts = by_hand("registrar-2", HEAD)
    (finding,) = facts.findings
    assert (finding.code, finding.holder) == ("HEAD_SIGNER", DIVISION_HEAD.name)
    assert judge_head(facts, pinning(*KEEPERS), LATER).signed_by == ()


@pytest.mark.parametrize(
    "step",
    ["verification.filled.read_updates", "verification.filled.read_signature", "register.examine.render_head"],
    ids=["read_updates", "read_signature", "render_head"],
)
def test_whatever_a_library_raises_becomes_a_finding(step, monkeypatch):
    def raises(*_):
        raise RuntimeError("from below")

    monkeypatch.setattr(f"pkdocs.{step}", raises)
    facts = examine_head(both())
    assert codes(facts) == {"EXAMINATION_FAILED"}
    assert not judge_head(facts, pinning(*KEEPERS), LATER).believed


# laws


@QUICK
@given(st.data())
def test_a_flipped_bit_is_never_believed(data):
    changed = bytearray(both())
    changed[data.draw(st.integers(0, len(both()) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    verdict = judge(bytes(changed))
    assert not verdict.believed
    assert codes(verdict, Weight.FAIL)


@QUICK
@given(st.data())
def test_bytes_put_in_or_taken_out_are_never_believed(data):
    # where a revision ends, less is a head with fewer signatures
    start = data.draw(st.integers(0, len(both()) - 1))
    end = data.draw(st.integers(start, min(start + 50, len(both()))))
    changed = both()[:start] + data.draw(st.binary(max_size=20)) + both()[end:]
    if changed != both():
        assert not judge(changed).believed


def test_a_head_cut_back_is_signed_by_fewer():
    verdict = judge(both()[: len(signed(HEAD))])
    assert codes(verdict) == {"HEAD_THRESHOLD"}
    assert verdict.signed_by == (registrar(HEAD),)


@QUICK
@given(st.binary(max_size=400))
def test_garbage_never_raises(garbage):
    for pdf in (garbage, signed()[:2000] + garbage, both() + garbage):
        facts = examine_head(pdf)
        assert facts.findings or pdf == both()
        assert isinstance(is_head(pdf), bool)


# trust


def test_nobody_counts_whom_the_trust_file_does_not_pin():
    verdict = judge(both(), pinning(HEAD, MAYOR))
    assert codes(verdict) == {"HEAD_NOT_PINNED", "HEAD_THRESHOLD"}
    assert not verdict.believed
    assert verdict.signed_by == (registrar(HEAD),)
    warning = next(finding for finding in verdict.findings if finding.code == "HEAD_NOT_PINNED")
    assert (warning.weight, warning.holder) == (Weight.WARNING, DIVISION_HEAD.name)


def test_what_the_head_says_of_its_threshold_gives_nobody_a_vote():
    alone = replace(kept_head(), keepers=Keepers((registrar(HEAD),), 1))
    assert codes(judge(signed(HEAD, head=alone))) == {"HEAD_THRESHOLD"}
    assert judge(signed(HEAD, head=alone), pinning(HEAD, threshold=1)).believed


def test_a_trust_file_without_registrars_believes_no_head():
    verdict = judge(both(), training_trust())
    assert codes(verdict, Weight.UNKNOWN) == {"HEAD_REGISTRARS_UNNAMED"}
    assert not verdict.believed


def test_an_unsigned_head_is_not_believed():
    assert codes(judge(signed())) == {"HEAD_THRESHOLD"}


def certified(party: Party, key_of: Party) -> FileSigner:
    """Return a signer with a further certificate: of ``party``, for the key of ``key_of``."""
    key, _ = credential(key_of, KeyKind.P256)
    subject = Subject(party.person, party.name, "Sekretariat Daerah", "Pemerintah Kota Wanasari")
    certificate = certify(authorities(KeyKind.P256)[1], subject, key.public_key(), at=BEGUN)
    return load_pkcs12(container(key, certificate), PASSPHRASE)


def kept_by(*kept: tuple[FileSigner, str], scheme: PersonScheme = PersonScheme.TRIAL) -> tuple[bytes, Trust]:
    """Return a head that signers keep, each under the name of a person, and have signed, and a trust file for it."""
    registrars = tuple(
        Registrar(person, f"Petugas {person[0]}", "Sekretariat Daerah", sha256(signer.certificate))
        for signer, person in kept
    )
    pdf = render_head(replace(kept_head(), keepers=Keepers(registrars, 2), person_scheme=scheme))
    for signer, _ in kept:
        pdf = sign(pdf, signer)
    return pdf, replace(pinning(), registrars=tuple(signer.certificate for signer, _ in kept), threshold=2)


def earnest(trust: Trust) -> Trust:
    """Return ``trust`` as if its anchor were no training one."""
    return replace(trust, anchors=tuple(replace(anchor, training=False) for anchor in trust.anchors))


def test_one_key_with_two_certificates_counts_once():
    pdf, trust = kept_by((signer_of(HEAD), HEAD.person), (certified(MAYOR, key_of=HEAD), MAYOR.person))
    verdict = judge(pdf, trust)
    assert codes(verdict) == {"HEAD_DOUBLED", "HEAD_THRESHOLD"}
    assert [one.person for one in verdict.signed_by] == [HEAD.person]


def test_one_person_with_two_keys_counts_once():
    kept = ((signer_of(HEAD), HEAD.person), (certified(HEAD, key_of=MAYOR), MAYOR.person))
    pdf, trust = kept_by(*kept, scheme=PersonScheme.KEYED)
    verdict = judge(pdf, earnest(trust))
    assert codes(verdict) == {"HEAD_DOUBLED", "HEAD_THRESHOLD"}
    assert [one.person for one in verdict.signed_by] == [HEAD.person]
    # a training certificate names its owner, whatever the head says
    assert codes(judge(pdf, trust)) == {"HEAD_PERSON", "HEAD_THRESHOLD"}


def test_certificates_in_earnest_say_nothing_of_persons():
    kept = ((signer_of(HEAD), "D" * 16), (signer_of(MAYOR), "E" * 16))
    pdf, trust = kept_by(*kept, scheme=PersonScheme.KEYED)
    verdict = judge(pdf, earnest(trust))
    assert (verdict.believed, verdict.training, codes(verdict, Weight.NOTE)) == (True, False, set())


def test_names_for_trials_are_not_for_certificates_in_earnest():
    verdict = judge(both(), earnest(pinning(*KEEPERS)))
    assert codes(verdict, Weight.FAIL) == {"TRIAL_PERSONS"}
    assert not verdict.believed


def test_training_certificates_mark_the_verdict():
    verdict = judge(both())
    assert verdict.training
    assert codes(verdict, Weight.NOTE) == {"TRAINING"}


# certificates


def revoking(*parties: Party) -> Trust:
    certificates = (credential(party, KeyKind.P256)[1] for party in parties)
    revoked = tuple(Revocation(one.serial_number, BEGUN, Reason.KEY_COMPROMISE) for one in certificates)
    return replace(pinning(*KEEPERS), crls=training_trust(revoked=revoked).crls)


def test_a_revoked_certificate_does_not_count():
    verdict = judge(both(), revoking(HEAD))
    assert codes(verdict, Weight.UNKNOWN) == {"CERTIFICATE_REVOKED", "HEAD_THRESHOLD"}
    assert verdict.signed_by == (registrar(DIVISION_HEAD),)
    revoked = next(finding for finding in verdict.findings if finding.code == "CERTIFICATE_REVOKED")
    assert (revoked.step, revoked.holder) == (Step.SET, HEAD.name)
    assert f"petugas registrasi {HEAD.name}" in revoked.message("id")


def test_what_is_wrong_with_one_more_than_needed_is_a_warning():
    verdict = judge(signed(*KEEPERS), revoking(HEAD))
    assert verdict.believed
    assert codes(verdict, Weight.WARNING) == {"CERTIFICATE_REVOKED"}
    assert verdict.signed_by == (registrar(DIVISION_HEAD), registrar(MAYOR))


def test_lapsed_certificates_do_not_count():
    verdict = judge(both(), at=BEGUN + timedelta(days=800))
    assert codes(verdict) == {"CERTIFICATE_EXPIRED", "HEAD_THRESHOLD", "REGISTER_STALE"}
    assert not verdict.believed


def test_certificates_under_no_anchor_for_persons_do_not_count():
    trust = pinning(*KEEPERS)
    others = tuple(replace(anchor, purposes=frozenset({Purpose.TIMESTAMPS})) for anchor in trust.anchors)
    assert codes(judge(both(), replace(trust, anchors=others))) == {"CERTIFICATE_PURPOSE", "HEAD_THRESHOLD"}


def test_a_weak_algorithm_fails_even_beside_enough_others(monkeypatch):
    monkeypatch.setattr("pkdocs.verification.belief.policy_of", lambda _trust: Policy("none", {}))
    verdict = judge(signed(*KEEPERS))
    assert codes(verdict, Weight.FAIL) == {"ALGORITHM_WEAK"}
    assert not verdict.believed


def test_a_claimed_time_that_cannot_be_is_a_warning():
    verdict = judge(both(), at=AT - timedelta(days=1))
    assert "CLAIMED_TIME" in codes(verdict, Weight.WARNING)


# scope, version, age


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"organisation": "Pemerintah Kota Lain"}, "HEAD_ORGANISATION"),
        ({"organisation_code": "35.98"}, "HEAD_ORGANISATION"),
        ({"organisation_code": ""}, "HEAD_ORGANISATION"),
        ({"root_position": "BUPATI"}, "HEAD_ROOT"),
        ({"lowest_head": LowestHead(4, "0" * 64)}, "HEAD_ROLLED_BACK"),
        ({"lowest_head": LowestHead(3, "0" * 64)}, "HEAD_FORKED"),
    ],
)
def test_a_head_of_another_scope_or_age_fails(changes, code):
    verdict = judge(both(), pinning(*KEEPERS, **changes))
    assert codes(verdict) == codes(verdict, Weight.FAIL) == {code}
    assert not verdict.believed


@pytest.mark.parametrize(
    "changes",
    [
        {"organisation": "", "organisation_code": "", "root_position": ""},
        {"lowest_head": LowestHead(2, "0" * 64)},
        {"lowest_head": LowestHead(3, kept_head().digest)},
    ],
)
def test_what_the_trust_file_leaves_open_or_agrees_with_is_believed(changes):
    assert judge(both(), pinning(*KEEPERS, **changes)).believed


def test_the_last_day_ends_where_the_organisation_is():
    # 30 April 2026 ends at 17.00 UTC in western Indonesia, at 15.00 UTC in the east
    last = datetime(2026, 4, 30, 16, 59, tzinfo=UTC)
    assert codes(judge(both(), at=last)) == set()
    stale = judge(both(), at=last + timedelta(minutes=1))
    assert codes(stale) == codes(stale, Weight.UNKNOWN) == {"REGISTER_STALE"}
    assert stale.believed
    assert codes(judge(both(), pinning(*KEEPERS, zone=Zone.WIT), at=last)) == {"REGISTER_STALE"}


def test_a_closed_year_does_not_go_stale():
    closed = replace(kept_head(), closed=True)
    verdict = judge(signed(HEAD, DIVISION_HEAD, head=closed), at=datetime(2026, 12, 1, tzinfo=UTC))
    assert (codes(verdict), verdict.believed) == (set(), True)


def test_every_finding_says_itself_in_both_languages():
    verdicts = (
        judge(b""),
        judge(issued(root_content())),
        judge(exchanged(b"pkdocs-head/2", b"pkdocs-head/3")),
        judge(exchanged(b'"size":1234', b'"size":4321')),
        judge(
            both(),
            pinning(HEAD, MAYOR, organisation="Lain", root_position="BUPATI", lowest_head=LowestHead(9, "0" * 64)),
        ),
        judge(both(), pinning(*KEEPERS, lowest_head=LowestHead(3, "0" * 64)), at=datetime(2027, 1, 1, tzinfo=UTC)),
        judge(both(), training_trust()),
    )
    for finding in (finding for verdict in verdicts for finding in verdict.findings):
        assert finding.step is Step.SET
        for language in LANGUAGES:
            assert finding.message(language)
