"""A timestamp authority for tests that may err in every place, and signatures with what it gives."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from pkdocs.content import Content, Party, Role
from pkdocs.pki.authority import Authority, KeyKind
from pkdocs.verification.token import Token, read_token
from tests.issued import issued
from tests.signed import AT, BEGUN, answering, authorities, signer_of
from tests.verification.forge import Hand, no_change

STAMPED = AT + timedelta(seconds=3)
"""When the authority says that it was there."""


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def authority(
    *,
    issuer: Authority | None = None,
    begins: datetime = BEGUN,
    ends: datetime = BEGUN + timedelta(days=3000),
    uses: tuple[ObjectIdentifier, ...] = (ExtendedKeyUsageOID.TIME_STAMPING,),
    critical: bool = True,
    kind: KeyKind = KeyKind.P256,
    extensions: tuple[x509.ExtensionType, ...] = (),
) -> Authority:
    """Return a timestamp authority under ``issuer`` with one thing other."""
    above = issuer or authorities(kind)[1]
    key = kind.make_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Otoritas waktu lain")]))
        .issuer_name(above.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if uses:
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=critical)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return Authority(builder.sign(above.key, hashes.SHA256()), key)


@cache
def usual() -> Authority:
    return answering()[0]


@dataclass
class Clock:
    """A timestamp authority, with every place where it may err."""

    by: Authority | None = None
    at: datetime = STAMPED
    chain: tuple[bytes, ...] | None = None
    digest: str = "sha256"
    info: Callable[[dict[str, Any]], None] = no_change
    """Changes TSTInfo by name."""
    attributes: Callable[[dict[str, Any]], None] = no_change
    """Changes the signed attributes by name; each value is a list of values."""
    container: Callable[[Any], None] = no_change
    """Changes the ContentInfo before it is encoded."""
    algorithm: str = ""
    certified: bool = True

    def stamp(self, data: bytes) -> bytes:
        """Return a token over ``data``."""
        by = self.by or usual()
        certificate = asn1.Certificate.load(der(by.certificate))
        info: dict[str, Any] = {
            "version": "v1",
            "policy": "1.2.3.4.5",
            "message_imprint": {
                "hash_algorithm": {"algorithm": self.digest},
                "hashed_message": hashlib.new(self.digest, data).digest(),
            },
            "serial_number": 7,
            "gen_time": self.at,
        }
        self.info(info)
        content = tsp.TSTInfo(info).dump()
        attributes: dict[str, Any] = {
            "content_type": ["tst_info"],
            "message_digest": [hashlib.new(self.digest, content).digest()],
            "signing_certificate_v2": [named_by_sha256(certificate.dump())],
        }
        self.attributes(attributes)
        signed = cms.CMSAttributes(
            [cms.CMSAttribute({"type": name, "values": values}) for name, values in attributes.items()]
        )
        is_rsa = isinstance(by.key, rsa.RSAPrivateKey)
        algorithm = self.algorithm or (f"{self.digest}_rsa" if is_rsa else f"{self.digest}_ecdsa")
        chain = (der(authorities()[1].certificate),) if self.chain is None else self.chain
        container = cms.ContentInfo(
            {
                "content_type": "signed_data",
                "content": {
                    "version": "v3",
                    "digest_algorithms": [algos.DigestAlgorithm({"algorithm": self.digest})],
                    "encap_content_info": {
                        "content_type": "tst_info",
                        "content": core.ParsableOctetString(content),
                    },
                    "signer_infos": [
                        {
                            "version": "v1",
                            "sid": cms.SignerIdentifier(
                                {
                                    "issuer_and_serial_number": {
                                        "issuer": certificate.issuer,
                                        "serial_number": certificate.serial_number,
                                    }
                                }
                            ),
                            "digest_algorithm": {"algorithm": self.digest},
                            "signed_attrs": signed,
                            "signature_algorithm": {"algorithm": algorithm},
                            "signature": sign(by, signed.dump(), self.digest),
                        }
                    ],
                },
            }
        )
        if self.certified:
            listed = [asn1.Certificate.load(entry) for entry in (certificate.dump(), *chain)]
            container["content"]["certificates"] = listed
        self.container(container)
        encoded: bytes = container.dump(force=True)
        return encoded

    def token(self, data: bytes = b"") -> Token:
        """Return the token over ``data`` as it is read."""
        return read(self.stamp(data), data)


def sign(by: Authority, data: bytes, digest: str) -> bytes:
    algorithm = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}[digest]()
    if isinstance(by.key, rsa.RSAPrivateKey):
        return by.key.sign(data, padding.PKCS1v15(), algorithm)
    return by.key.sign(data, ec.ECDSA(algorithm))


def named_by_sha256(certificate: bytes) -> tsp.SigningCertificateV2:
    return tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(certificate).digest()}]})


def named_by_sha1(certificate: bytes) -> tsp.SigningCertificate:
    return tsp.SigningCertificate({"certs": [{"cert_hash": hashlib.sha1(certificate, usedforsecurity=False).digest()}]})


def read(encoded: bytes, data: bytes = b"") -> Token:
    return read_token(encoded, lambda algorithm: hashlib.new(algorithm, data).digest())


def timestamped(*clocks: Clock, over: bytes | None = None, more: tuple[Any, ...] = ()) -> Callable[[bytes], bytes]:
    """Return a change of a signature's container: it gets the tokens of the clocks, over its value, unsigned."""

    def change(encoded: bytes) -> bytes:
        info = cms.ContentInfo.load(encoded)
        signer = info["content"]["signer_infos"][0]
        value = signer["signature"].native if over is None else over
        tokens = [cms.ContentInfo.load(one.stamp(value)) for one in clocks]
        stamped = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": tokens})
        signer["unsigned_attrs"] = [stamped, *more]
        changed: bytes = info.dump()
        return changed

    return change


def signed_in_time(content: Content, *clocks: Clock) -> bytes:
    """Return the file of ``content``, signed by its parties, each with a timestamp."""
    pdf = issued(content)
    for index, role in enumerate((Role.FIRST, Role.SECOND)):
        party: Party | None = content.party(role)
        if party is not None:
            clock = clocks[index] if clocks else Clock()
            pdf = Hand(signer_of(party), container=timestamped(clock)).sign(pdf, role)
    return pdf
