"""Valid things to spoil, by kind; those that carry signatures all pass as they are."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from asn1crypto import ocsp
from cryptography.hazmat.primitives.serialization import Encoding
from pikepdf import ObjectStreamMode

from pkdocs.chain import Exhibit
from pkdocs.content import Content, Role
from pkdocs.register import Head, list_root, render_head, render_lines, valid_lines
from pkdocs.register.head import InForce
from pkdocs.sample import build_sample
from pkdocs.signing.augmentation import augment_pdf
from pkdocs.signing.gathering import Gatherer
from pkdocs.signing.level import Level
from pkdocs.trust import Trust, render_trust
from pkdocs.verification import examine_pdf
from tests import foreign
from tests.chain.books import lines_of
from tests.factory import HEAD, division_content, head_content, root_content
from tests.issued import issued
from tests.preservation.records import STAMPED, Clock, renewed, sealed
from tests.register.heads import kept_head, pinning, sign
from tests.signed import AT, authorities, credential, services, signed, signer_of, training_trust
from tests.signing.stamped import stamped
from tests.signing.stamping import MemoryService, timestamper
from tests.verification.extend import Extension, certificates, lists, token
from tests.verification.forge import Beside
from tests.workbook.book import valid, xlsx_bytes

STAMPED_BYTES = b"what was stamped"
LATER = AT + timedelta(days=1)
CHAIN: tuple[Content, ...] = (root_content(), head_content(), division_content())


def _unreachable(address: str, _body: bytes | None, _limit: int) -> bytes:
    raise AssertionError(address)


def augmented(pdf: bytes, level: Level) -> bytes:
    """Return ``pdf`` at ``level``, three minutes later."""
    at = AT + timedelta(minutes=3)
    service = timestamper(MemoryService(at=at))
    return augment_pdf(pdf, level, Gatherer(training_trust(), fetch=_unreachable), service, at=at)


def agreements() -> Iterator[bytes]:
    """Yield agreements at all levels, signed by both parties; the last of the chain first."""
    leaf = CHAIN[2]
    orders = (Role.FIRST, Role.SECOND), (Role.SECOND, Role.FIRST)
    yield from (signed(leaf, order) for order in orders)
    yield stamped(leaf)
    yield from (augmented(stamped(leaf), level) for level in (Level.LT, Level.LTA))
    yield Extension(certificates(), lists(), stamped=True).append(signed(leaf))
    party = leaf.party(Role.SECOND)
    assert party is not None
    yield Beside(signer_of(party)).append(signed(leaf, (Role.FIRST,)))
    yield signed(root_content())


def incomplete() -> Iterator[bytes]:
    """Yield agreements that do not pass: not signed, or by one of two."""
    leaf = CHAIN[2]
    yield issued(leaf)
    yield signed(leaf, (Role.FIRST,))


@cache
def exhibits() -> tuple[Exhibit, ...]:
    """Return the chain above the last agreement."""
    return tuple(Exhibit(f"{one.id}.pdf", examine_pdf(signed(one))) for one in CHAIN[:2])


def list_lines() -> bytes:
    """Return the list of a register of the chain."""
    return render_lines(lines_of([*exhibits(), Exhibit("leaf.pdf", examine_pdf(signed(CHAIN[2])))]))


def head() -> Head:
    """Return the head of that register."""
    lines = lines_of([*exhibits(), Exhibit("leaf.pdf", examine_pdf(signed(CHAIN[2])))])
    held = valid_lines(lines)
    in_force = InForce(len(held), list_root(held), 0)
    dated = date(2026, 1, 22)
    return replace(kept_head(), size=len(lines), root_hash=list_root(lines), dated=dated, in_force=in_force)


def pinned() -> Trust:
    """Return the trust file's value, with registrars."""
    from tests.register.heads import KEEPERS

    return pinning(*KEEPERS, threshold=2)


def heads() -> Iterator[bytes]:
    """Yield a head with one and with two signatures, and one with a timestamp as well."""
    from tests.register.heads import KEEPERS

    one = sign(render_head(head()), signer_of(KEEPERS[0]))
    two = sign(one, signer_of(KEEPERS[1]))
    yield two
    yield Extension(certificates(), lists(), stamped=True).append(two)
    yield one


def foreign_pdfs() -> Iterator[bytes]:
    """Yield PDFs of others, each intact."""
    box = foreign.BOX
    plain = foreign.page({}, {"V": "lama"})
    yield foreign.sign(plain)
    yield foreign.sign(foreign.page(object_stream_mode=ObjectStreamMode.generate))
    two = foreign.sign(foreign.sign(plain), "Sig2", Role.SECOND, box=box)
    yield two
    yield foreign.revise(foreign.sign(plain, timed=True), foreign.store)
    yield foreign.stamp(foreign.revise(two, foreign.store))
    yield foreign.revise(foreign.sign(plain), foreign.fill("isian0", "baru"))
    yield foreign.sign(foreign.page(linearize=True))


def answers() -> Iterator[bytes]:
    """Yield OCSP answers (DER) about the second level's certificate."""
    from tests.verification.test_evidence import an_answer

    yield an_answer()
    yield ocsp.OCSPResponse({"response_status": "try_later"}).dump()


def archives() -> Iterator[bytes]:
    """Yield ZIP files of the chain: as ``bundle`` writes them, and deflated with folders."""
    for method, names in ((zipfile.ZIP_STORED, "unit/{}.pdf"), (zipfile.ZIP_DEFLATED, "a/b/{}.pdf")):
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w", method) as archive:
            for content in CHAIN:
                archive.writestr(zipfile.ZipInfo(names.format(content.id)), signed(content), method)
            archive.writestr("daftar.txt", b"x" * 5000)
        yield output.getvalue()


def records() -> Iterator[bytes]:
    """Yield evidence records of one file: sealed, and renewed in both ways."""
    files = [STAMPED_BYTES]
    first = sealed(*files)
    second = renewed(first, files, Clock(at=STAMPED + timedelta(days=300)))
    for made in (first, second, renewed(second, files, Clock(at=STAMPED + timedelta(days=500)), "sha512")):
        yield made[0].encoded


@cache
def all_seeds() -> Mapping[str, list[bytes]]:
    """Return the seeds of each kind; signing has chance in it, so they are made once."""
    certificate = credential(HEAD)[1].public_bytes(Encoding.DER)
    return {
        "agreement": [*agreements(), *incomplete()],
        "head": list(heads()),
        "foreign": [*foreign_pdfs(), signed(CHAIN[2])],
        "list": [list_lines()],
        "trust": [render_trust(pinned()), render_trust(training_trust())],
        "workbook": [xlsx_bytes(valid()), build_sample(60, date(2026, 1, 22))],
        "token": [token(STAMPED_BYTES)],
        "revocation list": list(lists()),
        "answer": list(answers()),
        "certificate": [certificate, authorities()[0].certificate.public_bytes(Encoding.DER)],
        "archive": list(archives()),
        "record": list(records()),
        "canonical": [CHAIN[2].canonical, head().canonical],
    }


__all__ = ["CHAIN", "LATER", "STAMPED_BYTES", "all_seeds", "exhibits", "pinned", "services"]
