"""What is judged of a file does not depend on how it was examined."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pkdocs import der
from pkdocs.chain import Exhibit, SetVerdict, judge_set
from pkdocs.content import Role
from pkdocs.pki import KeyKind
from pkdocs.pki.authority import make_root
from pkdocs.register import Account
from pkdocs.register.lines import COMPARED_SCHEMA, AgreementLine
from pkdocs.signing import Level
from pkdocs.signing.cms import parts_of
from pkdocs.signing.container import take_apart
from pkdocs.verification import Facts, Finding, Result, Weight, examine_pdf
from pkdocs.vouched import examine_listed
from tests.chain.books import account_of, lines_of
from tests.factory import root_content
from tests.signed import AT, BEGUN, signed, training_trust
from tests.stamping import Clock, authority
from tests.stamping import der as encoded
from tests.vouched.files import CORPUS, NOW, at_level, vouched

LATER = AT + timedelta(days=1)
VOUCHED = vouched()


def account(above: bytes, pdf: bytes) -> Account:
    """Return a register that lists both files, whose pages were compared."""
    lines = lines_of([Exhibit("", examine_pdf(one, VOUCHED)) for one in (above, pdf)])
    return account_of(
        [
            replace(line, compared=True, schema=COMPARED_SCHEMA) if isinstance(line, AgreementLine) else line
            for line in lines
        ]
    )


def judged(examine: Callable[[bytes], Facts | None], pdf: bytes, kind: KeyKind) -> SetVerdict:
    above = signed(root_content(), (Role.FIRST,), kind)
    facts = [examine(one) for one in (above, pdf)]
    exhibits = [Exhibit(f"{place}.pdf", one) for place, one in enumerate(facts) if one is not None]
    assert len(exhibits) == 2
    return judge_set(exhibits, training_trust(kind), account(above, pdf), at=LATER)


def agreed(pdf: bytes, kind: KeyKind = KeyKind.P256) -> SetVerdict:
    """Return the verdict on the file below its superior's, after demanding that all ways come to the same."""
    verdict = judged(lambda one: examine_listed(one, VOUCHED), pdf, kind)
    assert verdict == judged(lambda one: examine_pdf(one, VOUCHED), pdf, kind)
    assert verdict == judged(examine_pdf, pdf, kind)
    return verdict


@pytest.mark.parametrize("file", sorted(CORPUS))
def test_a_valid_file_has_the_same_verdict_whichever_way_it_was_examined(file: str) -> None:
    kind = KeyKind.RSA2048 if file.startswith(KeyKind.RSA2048) else KeyKind.P256
    heavy = {
        one.code for verdict in agreed(CORPUS[file](), kind).agreements for one in verdict.findings if is_heavy(one)
    }
    # the clock of that one goes back between its revisions
    assert heavy == ({"TIMESTAMP_ORDER"} if "twice" in file else set())


def is_heavy(finding: Finding) -> bool:
    return finding.weight in {Weight.FAIL, Weight.UNKNOWN, Weight.MISSING}


def restamped(pdf: bytes, stamp: Callable[[bytes], bytes]) -> bytes:
    """Return the file with what ``stamp`` gives in the place of its last signature's timestamp."""
    begins = pdf.rindex(b"/Contents <") + len(b"/Contents <")
    ends = pdf.index(b">", begins)
    contents = bytes.fromhex(pdf[begins:ends].decode("ascii"))
    *_, infos = der.values(der.values(der.values(contents)[1])[0])
    attributes = der.values(der.values(infos)[0])[3]
    own = take_apart(contents)
    assert own is not None
    parts = parts_of(own.certificate, own.chain)
    joined = parts.join(der.retag(der.SET, attributes), own.signature, stamp(own.signature))
    return pdf[:begins] + joined.ljust(len(contents), b"\0").hex().encode("ascii") + pdf[ends:]


def test_a_timestamp_of_an_authority_that_nobody_trusts_is_judged_alike_and_proves_nothing() -> None:
    stranger = make_root(KeyKind.P256, at=BEGUN)
    clock = Clock(by=authority(issuer=stranger), at=NOW, chain=(encoded(stranger.certificate),))
    verdict = agreed(restamped(at_level(Level.T, KeyKind.P256), clock.stamp))
    assert "TIMESTAMP_NOT_BELIEVED" in {finding.code for finding in verdict.agreements[1].findings}


def test_a_timestamp_that_a_trusted_authority_writes_otherwise_is_judged_alike() -> None:
    verdict = agreed(restamped(at_level(Level.T, KeyKind.P256), Clock(at=NOW).stamp))
    assert {one.result for one in verdict.agreements} == {Result.PASSED}


@pytest.mark.parametrize(
    "stamp",
    [
        lambda signature: Clock(at=NOW).stamp(signature + b"\0"),
        lambda signature: Clock(at=NOW, certified=False).stamp(signature),
        lambda signature: Clock(by=authority(uses=()), at=NOW).stamp(signature),
        lambda signature: der.encode(der.SEQUENCE, signature),
    ],
    ids=["of other bytes", "without certificates", "of nobody for timestamps", "none at all"],
)
def test_a_timestamp_that_does_not_hold_is_left_to_the_long_way(stamp: Callable[[bytes], bytes]) -> None:
    pdf = restamped(at_level(Level.T, KeyKind.P256), stamp)
    assert examine_listed(pdf, VOUCHED) is None
    assert examine_pdf(pdf, VOUCHED).findings
