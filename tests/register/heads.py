"""Heads for tests: a valid one, its registrars with keys, and what an auditor pins to judge it."""

import hashlib
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

from pkdocs.content import Organisation, Party, PersonScheme
from pkdocs.profile import Zone
from pkdocs.register import sign_head
from pkdocs.register.head import EARLIER_SCHEMA, SCHEMA, Head, InForce, Keepers, Registrar, UnitCount
from pkdocs.signing import Signer
from pkdocs.trust import Trust
from tests.factory import DIVISION_HEAD, HEAD, MAYOR
from tests.signed import AT, signer_of, training_trust

KEEPERS = (HEAD, DIVISION_HEAD, MAYOR)
"""Who keeps the register in tests, in the order of their places."""


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@cache
def registrar(party: Party) -> Registrar:
    """Return ``party`` as a registrar, with the certificate that ``signer_of`` signs with."""
    certificate = sha256(signer_of(party).certificate)
    return Registrar(party.person, party.name, "Sekretariat Daerah", certificate)


def plain_head() -> Head:
    """A head without keys: always the same."""
    names = ("Dra. Citra Maheswari, M.M.", "Elok Larasasih, S.Kom., M.Kom.", "Wening Prabaningrum, S.E., Ak.")
    units = ("Bagian Organisasi", "Dinas Komunikasi dan Informatika", "Inspektorat Daerah")
    registrars = tuple(
        Registrar(letter * 16, name, unit, sha256(name.encode()))
        for letter, name, unit in zip("BCD", names, units, strict=True)
    )
    return Head(
        schema=SCHEMA,
        organisation=Organisation("Pemerintah Kota Wanasari", "35.99"),
        year=2026,
        version=3,
        person_scheme=PersonScheme.TRIAL,
        root_position="WALIKOTA",
        dated=date(2026, 1, 22),
        next_by=date(2026, 4, 30),
        size=1234,
        root_hash=sha256(b"root"),
        keepers=Keepers(registrars, 2),
        units=(UnitCount("Dinas Komunikasi dan Informatika", 41, 40), UnitCount("Inspektorat Daerah", 17, 0)),
        previous=sha256(b"previous"),
        following=Keepers(registrars[:2], 1),
        in_force=InForce(1200, sha256(b"in force"), 58),
    )


def earlier_head() -> Head:
    """The same as an earlier pkdocs made it."""
    return replace(plain_head(), schema=EARLIER_SCHEMA, in_force=None)


@cache
def kept_head() -> Head:
    """The same, kept by people with keys."""
    registrars = tuple(map(registrar, KEEPERS))
    return replace(plain_head(), keepers=Keepers(registrars, 2), following=Keepers(registrars[1:], 1))


def sign(pdf: bytes, signer: Signer, at: datetime = AT) -> bytes:
    return sign_head(pdf, signer, at=at, zone=Zone.WIB, training=True)


def pinning(*parties: Party, threshold: int = 2, **changes: Any) -> Trust:
    """Return what an auditor pins: the training PKI, and the certificates of ``parties`` as registrars."""
    registrars = tuple(signer_of(party).certificate for party in parties)
    return replace(training_trust(), registrars=registrars, threshold=threshold, **changes)
