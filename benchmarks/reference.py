"""pyHanko tuned, beside which signing is measured: signers, fields and sizes prepared, nothing drawn, no dry run."""

import asyncio
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from asn1crypto import cms, crl, keys
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from parties import Agreement, Person, Place
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp.noop import NoOpStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pkdocs.content import Role
from pkdocs.pki.authority import PrivateKey
from pkdocs.signing import Level


class _AtHand(TimeStamper):
    """A timestamp authority whose token is there already; pyHanko does not look what it is over."""

    def __init__(self, token: bytes) -> None:
        super().__init__()
        self.token = token

    async def async_timestamp(self, _digest: bytes, _algorithm: str) -> cms.ContentInfo:
        """Return the token."""
        return cms.ContentInfo.load(self.token)


class _HeldKey(SimpleSigner):
    """pyHanko's signer with a key that is loaded once."""

    held: PrivateKey

    async def async_sign_raw(self, data: bytes, _algorithm: str, *_more: bool) -> bytes:
        """Return the raw signature."""
        if isinstance(self.held, rsa.RSAPrivateKey):
            return self.held.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.held.sign(data, ec.ECDSA(hashes.SHA256()))


class Reference:
    """Reads, signs as both parties, adds what ``level`` asks for, writes."""

    def __init__(self, place: Place, level: Level, sizes: Sequence[int]) -> None:
        token = place.stamper.token
        self._level, self._sizes = level, sizes
        self._loop = asyncio.new_event_loop()
        stamper = _AtHand(token) if level.is_stamped else None
        self._signers = [_signer(person, role, stamper) for person, role in zip(place.persons, Role, strict=True)]
        self._timestamper = PdfTimeStamper(_AtHand(token))
        self._timestamp_size = 2 * (len(token) + 64)
        known = (*(person.certificates[0] for person in place.persons), place.timestamping, *place.above)
        self._certificates = [Certificate.load(one) for one in known]
        self._lists = [crl.CertificateList.load(one) for one in place.lists]

    def __call__(self, agreement: Agreement, out: Path) -> None:
        """Do so with one agreement."""
        output = BytesIO(agreement.file.read_bytes())
        for signer, size in zip(self._signers, self._sizes, strict=True):
            writer = IncrementalPdfFileWriter(output)
            work = signer.async_sign_pdf(writer, existing_fields_only=True, bytes_reserved=2 * size, in_place=True)
            self._loop.run_until_complete(work)
        if self._level.is_long:
            self._preserve(output)
        out.write_bytes(output.getbuffer())

    def _preserve(self, output: BytesIO) -> None:
        writer = IncrementalPdfFileWriter(output)
        DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=self._certificates, crls=self._lists)
        if self._level is Level.LTA:
            size = self._timestamp_size
            work = self._timestamper.async_timestamp_pdf(writer, "sha256", bytes_reserved=size, in_place=True)
            self._loop.run_until_complete(work)
        else:
            writer.write_in_place()


def _signer(person: Person, role: Role, stamper: TimeStamper | None) -> PdfSigner:
    encoded = person.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    held = [Certificate.load(one) for one in person.certificates]
    signer = _HeldKey(held[0], keys.PrivateKeyInfo.load(encoded), SimpleCertificateStore.from_certs(held[1:]))
    signer.held = person.key
    metadata = PdfSignatureMetadata(
        field_name=role.value, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason="uji", location="uji"
    )
    return PdfSigner(metadata, signer, timestamper=stamper, stamp_style=NoOpStampStyle())
