"""What is asked of every key before a batch, so that it is refused at the start and not in the middle."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from cryptography import x509

from pkdocs.errors import CredentialError
from pkdocs.messages import Said
from pkdocs.pki.authority import PublicKey
from pkdocs.profile import Zone
from pkdocs.signing.signer import Certified, check_certificate, check_usage
from pkdocs.verification.cms import certificates_above

SOON: Final = timedelta(days=30)
"""An end that is nearer is worth a word; renewing takes weeks."""


def demand_ready(
    signer: Certified, *, at: datetime, zone: Zone, until: date | None = None, crls: Iterable[bytes] = ()
) -> Said | None:
    """Pass a signer who may sign the whole batch; return what is worth a word, if anything is.

    ``until`` is the day of the ceremony in ``zone``, if it is not today; ``crls`` (DER) are those of the trust file at
    hand. What no list says is not asked elsewhere: whether the certificate is believed is for verification.

    Raises:
        CredentialError: the certificate is not for signing documents, not in date now or until that day is over, or
            revoked, itself or an authority above it.
    """
    check_usage(x509.load_der_x509_certificate(signer.certificate))
    check_certificate(signer, at)
    if until is not None:
        demand_until(signer.certificate, until, zone)
    demand_not_revoked((signer.certificate, *signer.chain), crls)
    return ends_soon(signer.certificate, at, zone)


def issuer_missing(signer: Certified, anchors: Iterable[bytes] = ()) -> Said | None:
    """Return a word if the certificates above the signer's stop below a root and below ``anchors`` (DER).

    Then the signature carries too few, and others may find no way from it to what they trust. Not asked of services
    that add the certificates themselves.
    """
    highest = (signer.certificate, *signer.chain)[-1]
    loaded = x509.load_der_x509_certificate(highest)
    if loaded.issuer == loaded.subject or any(certificates_above(highest, list(anchors))):
        return None
    return Said("SIGNER_ISSUER_MISSING")


def demand_until(certificate: bytes, day: date, zone: Zone) -> None:
    """Refuse a certificate that ends before ``day`` is over in ``zone``.

    Raises:
        CredentialError: it does.
    """
    over = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone.info)
    ends = _end(certificate)
    if ends < over:
        raise CredentialError("SIGNER_ENDS_BEFORE", ends=_written(ends, zone), day=day)


def ends_soon(certificate: bytes, at: datetime, zone: Zone) -> Said | None:
    """Return a word about a certificate that ends within ``SOON`` after ``at``; None for others."""
    ends = _end(certificate)
    if ends - at > SOON:
        return None
    return Said("SIGNER_ENDS_SOON", (("ends", _written(ends, zone)), ("days", max(0, (ends - at).days))))


def demand_not_revoked(certificates: Sequence[bytes], crls: Iterable[bytes]) -> None:
    """Refuse if a list says that one of ``certificates`` (DER, a signer's and those above it) is revoked.

    A list counts if the key of the certificate's issuer signed it, whatever its day. If that issuer is not among
    ``certificates``, the list's name and key identifier must be those that the certificate names.

    Raises:
        CredentialError: one is.
    """
    loaded = [x509.load_der_x509_certificate(entry) for entry in certificates]
    lists = [x509.load_der_x509_crl(crl) for crl in crls]
    for certificate in loaded:
        above = [entry for entry in loaded if entry.subject == certificate.issuer]
        for crl in lists:
            entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if entry is not None and _is_for(crl, certificate, above):
                raise CredentialError("SIGNER_REVOKED", day=f"{entry.revocation_date_utc:%Y-%m-%d}")


def _is_for(crl: x509.CertificateRevocationList, certificate: x509.Certificate, above: list[x509.Certificate]) -> bool:
    if crl.issuer != certificate.issuer:
        return False
    if above:
        # generations of an authority may share a name
        keys = (issuer.public_key() for issuer in above)
        return any(isinstance(key, PublicKey) and crl.is_signature_valid(key) for key in keys)
    named, signed = _authority_key(certificate.extensions), _authority_key(crl.extensions)
    return named is None or signed is None or named == signed


def _authority_key(extensions: x509.Extensions) -> bytes | None:
    found = (entry.value for entry in extensions if isinstance(entry.value, x509.AuthorityKeyIdentifier))
    return next((value.key_identifier for value in found), None)


def _end(certificate: bytes) -> datetime:
    return x509.load_der_x509_certificate(certificate).not_valid_after_utc


def _written(moment: datetime, zone: Zone) -> str:
    return f"{moment.astimezone(zone.info):%Y-%m-%d %H:%M} {zone}"
