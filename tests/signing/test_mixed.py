"""Every order and mix of key holders and levels on one agreement stays valid, for other programs and for us."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from subprocess import run
from typing import TypeAlias

import pytest
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from pkdocs.chain import Exhibit
from pkdocs.content import Party, Role
from pkdocs.outcome import demand
from pkdocs.pki import KeyKind
from pkdocs.pki.authority import Authority, Subject, certify, make_crl
from pkdocs.profile import Zone
from pkdocs.signing import FileSigner, Holder, Keyed, Level, Task, load_pkcs12, make_task, read_form
from pkdocs.signing.acceptance import accept
from pkdocs.signing.augmentation import augment_pdf
from pkdocs.signing.bsre import Version as BsreVersion
from pkdocs.signing.csc import open_csc
from pkdocs.signing.gathering import Gatherer
from pkdocs.signing.seal import seal_task
from pkdocs.transport import Service
from pkdocs.trust import Anchor, Purpose, Trust
from pkdocs.verification import Result, Weight, examine_pdf
from tests.bsre.authority import certificate_of, der, key_of
from tests.bsre.emulator import Emulator as BsreEmulator
from tests.bsre.habits import Habits
from tests.bsre.kit import at_work
from tests.chain.books import account_of, lines_of
from tests.chain.kit import LATER, ROOT, exhibit, judge, verdict
from tests.csc.emulator import PIN, emulating
from tests.csc.emulator import Emulator as CscEmulator
from tests.factory import HEAD, MAYOR, head_content
from tests.issued import issued
from tests.signed import AT, BEGUN, PASSPHRASE, authorities, container, sealer, signer_of, training_trust
from tests.signing.stamping import MemoryService, timestamper

CONTENT = head_content()
PARTIES = {Role.FIRST: HEAD, Role.SECOND: MAYOR}
NAMES = {Role.FIRST: "person", Role.SECOND: "other"}
OWNERS = {der(NAMES[role]): party.person for role, party in PARTIES.items()}
Way: TypeAlias = str
Step: TypeAlias = tuple[Role, Way, Level]

FIRST, SECOND = Role.FIRST, Role.SECOND
B, T, LT, LTA = Level
MIXES: dict[str, tuple[bool, tuple[Step, ...]]] = {
    "file b, token b": (False, ((FIRST, "file", B), (SECOND, "token", B))),
    "file t, token lta, sealed": (True, ((FIRST, "file", T), (SECOND, "token", LTA))),
    "token lt, file t": (False, ((FIRST, "token", LT), (SECOND, "file", T))),
    "token lta, file lta, sealed": (True, ((FIRST, "token", LTA), (SECOND, "file", LTA))),
    "superior first: file lta, file b": (False, ((SECOND, "file", LTA), (FIRST, "file", B))),
    "csc b, file lt": (False, ((FIRST, "csc", B), (SECOND, "file", LT))),
    "file lta, csc t, sealed": (True, ((FIRST, "file", LTA), (SECOND, "csc", T))),
    "superior first: csc t, token lt": (False, ((SECOND, "csc", T), (FIRST, "token", LT))),
    "bsre own field b, file b, sealed": (True, ((FIRST, "bsre-own", B), (SECOND, "file", B))),
    "bsre own field lta, bsre own field b, sealed": (True, ((FIRST, "bsre-own", LTA), (SECOND, "bsre-own", B))),
    "bsre our field b, bsre own field lt, sealed": (True, ((FIRST, "bsre-our", B), (SECOND, "bsre-own", LT))),
    "bsre our field lt, token lta, sealed": (True, ((FIRST, "bsre-our", LT), (SECOND, "token", LTA))),
    "file t, bsre own field b": (False, ((FIRST, "file", T), (SECOND, "bsre-own", B))),
    "token lta, bsre our field lta, sealed": (True, ((FIRST, "token", LTA), (SECOND, "bsre-our", LTA))),
    "csc lt, bsre own field lta, sealed": (True, ((FIRST, "csc", LT), (SECOND, "bsre-own", LTA))),
    "superior first: bsre own field b, csc b, sealed": (True, ((SECOND, "bsre-own", B), (FIRST, "csc", B))),
}


@cache
def trust() -> Trust:
    """Return the trust of both: the training PKI, and the authority behind the emulator of BSrE."""
    training, above = training_trust(), Authority(certificate_of("authority"), key_of("authority"))
    purposes = frozenset({Purpose.PERSONS})
    lists = make_crl(above, (), number=1, at=AT).public_bytes(Encoding.DER)
    return replace(
        training,
        anchors=(*training.anchors, Anchor(der("authority"), purposes, training=True)),
        crls=(*training.crls, lists),
    )


@cache
def token_of(party: Party) -> FileSigner:
    """Return an RSA key of ``party``, as tokens have it, here in memory."""
    key = KeyKind.RSA2048.make_key()
    subject = Subject(party.person, party.name, "Dinas Komunikasi dan Informatika", "Pemerintah Kota Wanasari")
    return load_pkcs12(container(key, certify(authorities()[1], subject, key.public_key(), at=BEGUN)), PASSPHRASE)


@contextmanager
def holder_of(way: Way, role: Role, level: Level, at: datetime) -> Iterator[Holder]:
    """Yield the key of a party, with a timestamp authority where the level needs it."""
    party = PARTIES[role]
    stamper = timestamper(MemoryService(at=at)) if level.is_stamped else None
    if way in {"file", "token"}:
        yield Keyed(signer_of(party) if way == "file" else token_of(party), stamper)
    elif way == "csc":
        with emulating(CscEmulator(party, needs_token=False)) as address:
            yield Keyed(open_csc(Service(address, timeout_s=20), pin=lambda: PIN), stamper)
    else:
        habits = Habits(own_field=way == "bsre-own", signs_as=NAMES[role])

        def accepted(task: Task, after: bytes) -> bytes:
            return accept(task.pdf, after, role, owner=party.person, trust=trust(), at=at, owners=OWNERS)

        with at_work(
            BsreVersion.V2,
            BsreEmulator(habits=habits),
            certificates=[der(NAMES[role])],
            person=party.person,
            accept=accepted,
            at=at,
        ) as (holder, _):
            yield holder


def sign(pdf: bytes, step: Step, at: datetime) -> bytes:
    role, way, level = step
    with holder_of(way, role, level, at) as holder:
        training = not way.startswith("bsre")
        task = make_task(pdf, CONTENT, role, PARTIES[role], at=at, zone=Zone.WIB, training=training)
        (outcome,) = holder.sign([task])
    signed = demand(outcome)
    if not level.is_long:
        return signed
    gatherer, later = Gatherer(trust(), fetch=_nothing), at + timedelta(minutes=1)
    return augment_pdf(signed, level, gatherer, timestamper(MemoryService(at=later)), at=later, owners=OWNERS)


def _nothing(address: str, _body: bytes | None, _limit: int) -> bytes:
    raise AssertionError(address)


@cache
def mixed(name: str) -> bytes:
    is_sealed, steps = MIXES[name]
    pdf = issued(CONTENT)
    if is_sealed:
        (outcome,) = Keyed(sealer()).sign([seal_task(read_form(pdf), pdf, at=AT, zone=Zone.WIB, training=True)])
        pdf = demand(outcome)
    for number, step in enumerate(steps):
        pdf = sign(pdf, step, AT + timedelta(minutes=5 * number))
    return pdf


def signatures(name: str) -> int:
    return len(MIXES[name][1]) + MIXES[name][0]


MIXED = pytest.mark.parametrize("name", MIXES)


@MIXED
def test_poppler_finds_all_valid(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(mixed(name))
    seen = run(
        ["pdfsig", "-nocert", "a.pdf"], cwd=tmp_path, env={"HOME": "."}, capture_output=True, text=True, check=False
    )
    assert seen.stdout.count("Signature is Valid.") >= signatures(name)
    assert "Signature is Invalid" not in seen.stdout


@MIXED
def test_mutool_finds_all_valid(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(mixed(name))
    seen = run(["mutool", "sign", "-v", "a.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    unchanged = seen.count("The document is unchanged since signing.")
    edited = seen.count("The signature is valid but there have been edits since signing.")
    assert unchanged + edited >= signatures(name), seen
    assert "signature is invalid" not in seen.lower()


@MIXED
def test_pyhanko_finds_all_intact_and_nothing_changed_that_must_not(name: str) -> None:
    reader = PdfFileReader(BytesIO(mixed(name)), strict=True)
    roots = [Certificate.load(anchor.certificate) for anchor in trust().anchors]
    embedded = reader.embedded_regular_signatures
    assert len(embedded) == signatures(name)
    for signature in embedded:
        context = ValidationContext(trust_roots=roots, moment=LATER, allow_fetching=False)
        status = validate_pdf_signature(signature, context)
        assert (status.intact, status.valid) == (True, True), signature.field_name
        assert status.modification_level is not ModificationLevel.OTHER, signature.field_name


@MIXED
def test_we_find_nothing_wrong(name: str) -> None:
    facts = examine_pdf(mixed(name))
    assert [finding.code for finding in facts.findings if finding.weight in {Weight.FAIL, Weight.UNKNOWN}] == []
    form = read_form(mixed(name), owners=OWNERS)
    assert {one.role: one.person for one in form.signatures} == {role: party.person for role, party in PARTIES.items()}
    assert (form.seal is not None) == MIXES[name][0]


@MIXED
def test_the_agreement_passes(name: str) -> None:
    files = exhibit(ROOT), Exhibit(f"{CONTENT.id}.pdf", examine_pdf(mixed(name)))
    register = account_of(lines_of(files, OWNERS))
    found = verdict(judge(*files, trust=trust(), account=register, at=LATER), CONTENT)
    heavy = [finding.code for finding in found.findings if finding.weight in {Weight.FAIL, Weight.UNKNOWN}]
    assert (found.own, heavy) == (Result.PASSED, [])
