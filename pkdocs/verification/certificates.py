"""Certificates at a time: path to an anchor, use, revocation (RFC 5280).

Offline: nothing is fetched, and what is not at hand is unknown. The time that is asked for is the proven one, else
that of judging (ETSI EN 319 102-1, 5.2.6 and 5.6.2).
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
)

from pkdocs.trust import Anchor, Purpose, Trust
from pkdocs.verification.algorithms import Key, key_of, policy_of
from pkdocs.verification.container import certificate_of, is_self_issued
from pkdocs.verification.evidence import Library
from pkdocs.verification.finding import Finding, Step, Sub, Weight, find
from pkdocs.verification.paths import Path, Paths, is_in_date, validate
from pkdocs.verification.revocation import Known, RevocationJudge
from pkdocs.verification.vouching import few_or_vouched_for, vouched_for

_LOG: Final = logging.getLogger(__name__)

_SIGNING_USES: Final = frozenset(
    {
        "1.3.6.1.5.5.7.3.36",  # documents (RFC 9336)
        "1.2.840.113583.1.1.5",  # Adobe PDF signing
        "1.3.6.1.4.1.311.10.3.12",  # Microsoft document signing
        "1.3.6.1.5.5.7.3.4",  # e-mail
        "1.3.6.1.5.5.7.3.2",  # client, as personal certificates have
        "2.5.29.37.0",  # any
    }
)
_CAUSES: Final[tuple[tuple[type[Exception], str, Sub], ...]] = (
    (ExpiredError, "CERTIFICATE_EXPIRED", Sub.OUT_OF_BOUNDS_NO_POE),
    (NotYetValidError, "CERTIFICATE_NOT_YET_VALID", Sub.OUT_OF_BOUNDS_NO_POE),
    (DisallowedAlgorithmError, "CERTIFICATE_ALGORITHM", Sub.CRYPTO_CONSTRAINTS_FAILURE_NO_POE),
    (PathBuildingError, "CERTIFICATE_NO_CHAIN", Sub.NO_CERTIFICATE_CHAIN_FOUND),
    (InvalidCertificateError, "CERTIFICATE_NO_CHAIN", Sub.NO_CERTIFICATE_CHAIN_FOUND),
    (PathValidationError, "CERTIFICATE_CHAIN_BROKEN", Sub.CHAIN_CONSTRAINTS_FAILURE),
)

_TIMES: Final = frozenset({"CERTIFICATE_EXPIRED", "CERTIFICATE_NOT_YET_VALID"})
"""What a certificate or an authority above it out of date looks like."""


@dataclass(frozen=True, slots=True)
class When:
    """The time at which something was there (None: not proven), and what the file brings to judge it by."""

    proven: datetime | None = None
    known: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What is believed of a certificate at a time: under which anchor (None: none), and what is wrong."""

    anchor: Anchor | None
    findings: tuple[Finding, ...]


_UNPROVEN: Final = When()
_FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)


class CertificateJudge:
    """Judges certificates of one purpose by one trust file at one time; each, and each way to an anchor, once."""

    def __init__(self, trust: Trust, purpose: Purpose, at: datetime, library: Library | None = None) -> None:
        self._trust = trust
        self._purpose = purpose
        self._policy = policy_of(trust)
        self._at = at
        self._revocations = RevocationJudge(trust.crls, at, library or Library())
        self._known: dict[tuple[bytes, tuple[bytes, ...]], Standing] = {}
        self._anchors = [anchor for anchor in trust.anchors if purpose in anchor.purposes]
        self._paths = Paths(self._anchors)

    def judge(self, certificate: bytes, chain: tuple[bytes, ...], when: When = _UNPROVEN) -> Standing:
        """Return the standing of ``certificate`` (DER), with ``chain`` to find the way to an anchor.

        Whatever a library raises becomes an unknown finding, never a pass.
        """
        if when != _UNPROVEN:
            # of each file another, not worth keeping; the way to the anchor is
            return self._bounded(certificate, chain, when)
        key = (certificate, chain)
        if key not in self._known:
            self._known[key] = self._bounded(certificate, chain, when)
        return self._known[key]

    def _bounded(self, certificate: bytes, chain: tuple[bytes, ...], when: When) -> Standing:
        try:
            return self._judge(certificate, chain, when)
        except Exception as fault:  # noqa: BLE001 the border: nothing that goes wrong here may pass
            _LOG.warning("certificate not judged: %s", type(fault).__name__)
            _LOG.debug("certificate not judged", exc_info=fault)
            return Standing(None, (_unknown("CERTIFICATE_NOT_JUDGED", Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE),))

    def _judge(self, certificate: bytes, chain: tuple[bytes, ...], when: When) -> Standing:
        findings = [] if self._purpose is Purpose.TIMESTAMPS or may_sign(certificate) else [_use_finding()]
        begins = certificate_of(certificate).not_valid_before_utc
        if when.proven is not None and when.proven < begins:
            return Standing(None, (*findings, _too_early(begins, when.proven)))
        at = when.proven or self._at
        path = self._way(certificate, chain, when, at)
        if isinstance(path, Finding):
            return Standing(None, (*findings, path))
        until = self._believed_until(path.encoded)
        if until is None or until < at:
            lapsed = _unknown("CERTIFICATE_ALGORITHM", Sub.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
            return Standing(None, (*findings, lapsed))
        if chain and chain[-1] not in path.encoded and not is_self_issued(chain[-1]):
            # nobody vouches for it: it was changed, or is there to mislead
            findings.append(_unknown("CERTIFICATE_STRAY", Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE))
        revocation = self._revocations.findings(path.encoded, at, when.known)
        heavy = next((one for one in revocation if one.weight is Weight.UNKNOWN), None)
        return Standing(None, (*findings, heavy)) if heavy else Standing(path.anchor, (*findings, *revocation))

    def _believed_until(self, path: Sequence[bytes]) -> datetime | None:
        """Return until when what the issuers on ``path`` signed is believed; of the anchor's own it is not asked."""
        limit: datetime | None = _FOR_EVER
        for issuer, below in pairwise(path):
            signed = _signed_with(below, issuer)
            until = self._policy.until(*signed) if signed else None
            limit = min(limit, until) if limit and until else None
        return limit

    def _way(self, certificate: bytes, chain: tuple[bytes, ...], when: When, at: datetime) -> Path | Finding:
        """Return a path by the signature's own certificates, else with those that the file brings besides."""
        anchors = tuple(anchor.certificate for anchor in self._trust.anchors)
        chain = few_or_vouched_for(chain, anchors)
        path = self._path(certificate, chain, at)
        more = tuple(above for known in when.known for above in known.evidence.certificates)
        if isinstance(path, Finding) and path.code == "CERTIFICATE_NO_CHAIN" and more:
            more = vouched_for(more, anchors)
            return self._path(certificate, tuple(dict.fromkeys((*chain, *more))), at)
        return path

    def _path(self, certificate: bytes, chain: tuple[bytes, ...], at: datetime) -> Path | Finding:
        try:
            return self._paths.find(certificate, chain, at)
        except (PathValidationError, PathBuildingError, InvalidCertificateError) as fault:
            return self._finding(fault, certificate, chain, at)

    def _finding(self, fault: Exception, certificate: bytes, chain: tuple[bytes, ...], at: datetime) -> Finding:
        code, sub = next((code, sub) for kind, code, sub in _CAUSES if isinstance(fault, kind))
        if code in _TIMES and (lapsed := _lapsed(certificate, chain, at)):
            return lapsed
        if code == "CERTIFICATE_NO_CHAIN":
            return self._no_chain(certificate, chain, sub, at)
        return _unknown(code, sub)

    def _no_chain(self, certificate: bytes, chain: tuple[bytes, ...], sub: Sub, at: datetime) -> Finding:
        """Return why there is no chain: only to an anchor out of date, or of another purpose, or to none at all."""
        lapsed = [anchor for anchor in self._anchors if not is_in_date(anchor.certificate, at)]
        for anchor in lapsed:
            if self._is_under(certificate, chain, anchor, at):
                return _lapsed(certificate, (), at) or _out_of_date(anchor.certificate)
        others = [anchor for anchor in self._trust.anchors if self._purpose not in anchor.purposes]
        is_other = any(self._is_under(certificate, chain, anchor, at) for anchor in others)
        return _unknown("CERTIFICATE_PURPOSE" if is_other else "CERTIFICATE_NO_CHAIN", sub)

    def _is_under(self, certificate: bytes, chain: tuple[bytes, ...], anchor: Anchor, at: datetime) -> bool:
        """Tell whether there is a way to ``anchor``, be it one that does not hold."""
        try:
            return bool(validate(certificate, chain, [anchor], at))
        except (PathBuildingError, InvalidCertificateError, AssertionError):
            return False
        except PathValidationError:
            return True


@lru_cache(maxsize=256)
def may_sign(certificate: bytes) -> bool:
    """Tell whether the certificate is a person's for signing: key usage, extended key usage, no authority.

    Without key usage it is not (ETSI EN 319 412-2, 4.3.2); extended key usage may be absent.
    """
    extensions = certificate_of(certificate).extensions
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    for extension in extensions:
        if isinstance(extension.value, x509.BasicConstraints) and extension.value.ca:
            return False
        if isinstance(extension.value, x509.ExtendedKeyUsage):
            named = {purpose.dotted_string for purpose in extension.value}
            if not named & _SIGNING_USES:
                return False
    return usage.digital_signature or usage.content_commitment


@lru_cache(maxsize=512)
def _signed_with(certificate: bytes, issuer: bytes) -> tuple[str, Key] | None:
    """Return the digest and the kind of key by which ``issuer`` signed ``certificate``; None: not one of ours."""
    key, algorithm = key_of(certificate_of(issuer)), certificate_of(certificate).signature_hash_algorithm
    return (algorithm.name, key) if key and algorithm else None


# a head signs dozens; names are taken apart anew whenever they are asked for
@lru_cache(maxsize=256)
def name_of_subject(certificate: bytes) -> str:
    """Return the common name of who holds the certificate (DER), else the organisation's; empty without a name."""
    try:
        named = {one.oid: str(one.value) for one in certificate_of(certificate).subject}
        return named.get(NameOID.COMMON_NAME) or named.get(NameOID.ORGANIZATION_NAME) or ""
    except (ValueError, x509.InvalidVersion):
        return ""


def _lapsed(certificate: bytes, chain: Iterable[bytes], at: datetime) -> Finding | None:
    if not is_in_date(certificate, at):
        begins = certificate_of(certificate).not_valid_before_utc
        code = "CERTIFICATE_NOT_YET_VALID" if at < begins else "CERTIFICATE_EXPIRED"
        return _unknown(code, Sub.OUT_OF_BOUNDS_NO_POE)
    return next((_out_of_date(above) for above in chain if not is_in_date(above, at)), None)


def _too_early(begins: datetime, proven: datetime) -> Finding:
    days = {"begins": f"{begins:%Y-%m-%d %H:%M} UTC", "proven": f"{proven:%Y-%m-%d %H:%M} UTC"}
    return Finding.of("CERTIFICATE_AFTER_PROOF", Step.CERTIFICATES, Weight.FAIL, days, sub=Sub.NOT_YET_VALID)


def _use_finding() -> Finding:
    return find("CERTIFICATE_USE", Step.CERTIFICATES, Weight.FAIL, sub=Sub.CHAIN_CONSTRAINTS_FAILURE)


def _out_of_date(authority: bytes) -> Finding:
    loaded = certificate_of(authority)
    begins, ends = f"{loaded.not_valid_before_utc:%Y-%m-%d}", f"{loaded.not_valid_after_utc:%Y-%m-%d}"
    return _unknown("AUTHORITY_OUT_OF_DATE", Sub.OUT_OF_BOUNDS_NO_POE, begins=begins, ends=ends)


def _unknown(code: str, sub: Sub, **params: str | int) -> Finding:
    return Finding.of(code, Step.CERTIFICATES, Weight.UNKNOWN, params, sub=sub)
