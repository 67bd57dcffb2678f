"""Signed files brought up to a level later: what each lacks, and the revision that adds it (docs/levels.md)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from pkdocs.errors import UsageError
from pkdocs.signing.archive import Draft, append_evidence, draft_stamp
from pkdocs.signing.evidence import Evidence
from pkdocs.signing.gathering import Gatherer, Used
from pkdocs.signing.level import Level
from pkdocs.signing.preserved import Preserved, read_preserved
from pkdocs.signing.timestamp import SampledTimestamper
from pkdocs.trust import Purpose

_NOBODY: Final[Mapping[bytes, str]] = MappingProxyType({})
RENEWED: Final = timedelta(days=1)
"""A document timestamp younger than this is not renewed, so that a run that was interrupted can go on."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What a file lacks for a level: whether validation data, whether a document timestamp."""

    evidence: bool
    stamp: bool

    def __bool__(self) -> bool:
        return self.evidence or self.stamp


def find_lack(preserved: Preserved, level: Level, gatherer: Gatherer, *, at: datetime, renew: bool = False) -> Lack:
    """Return what ``preserved`` lacks for ``level``.

    Signatures without a timestamp of their own get one over the document, at every level. ``renew`` asks for a new
    document timestamp where the last is older than ``RENEWED``.

    Level B lacks nothing.
    """
    if level is Level.B:
        return Lack(evidence=False, stamp=False)
    over = preserved.is_stamped_over
    last = preserved.archived_at
    is_old = renew and over and last is not None and last + RENEWED < at
    stamp = is_old or not (over if level is Level.LTA else preserved.is_proven)
    if level is Level.T:
        return Lack(evidence=False, stamp=stamp)
    shown = preserved.is_shown(preserved.archived if level is Level.LTA else preserved.evidence, gatherer)
    # validation data that came after the last document timestamp are covered by the next one only
    return Lack(evidence=stamp or not shown, stamp=stamp or (level is Level.LTA and not shown))


def wanted_by(preserved: Preserved, gatherer: Gatherer, *, at: datetime) -> tuple[Used, ...]:
    """Return the certificates that the file's own validation data do not show good: when proven, else ``at``."""
    return tuple(used for used in preserved.used if not gatherer.covers(preserved.evidence, used, at=at))


def used_by(timestamper: SampledTimestamper, *, at: datetime) -> Used:
    """Return the certificate of a timestamp authority, as one that is used now.

    Raises:
        ServiceError: the authority does not answer.
    """
    token = timestamper.sample
    return Used(token.certificate, token.chain, Purpose.TIMESTAMPS, at, None)


def draft(
    preserved: Preserved,
    lack: Lack,
    gatherer: Gatherer,
    timestamper: SampledTimestamper | None,
    *,
    at: datetime,
) -> Preserved | Draft:
    """Return the file with what it lacks, or, where that is a timestamp, all but this.

    Raises:
        SigningError: validation data are not to be had, or the file has another form.
        ServiceError: the authority does not answer.
        UsageError: a timestamp is needed and no authority named.
    """
    evidence = Evidence()
    if lack.evidence:
        coming = (used_by(demand_timestamper(timestamper), at=at),) if lack.stamp else ()
        evidence = gatherer.gather((*wanted_by(preserved, gatherer, at=at), *coming), at=at)
    if not lack.stamp:
        return append_evidence(preserved, evidence)
    return draft_stamp(preserved, evidence, size=demand_timestamper(timestamper).reserved_bytes)


def demand_timestamper(timestamper: SampledTimestamper | None) -> SampledTimestamper:
    """Return the authority, if one was named.

    Raises:
        UsageError: none was.
    """
    if timestamper is None:
        raise UsageError("LEVEL_NEEDS_TSA")
    return timestamper


def fill_all(drafts: Sequence[Preserved | Draft], timestamper: SampledTimestamper | None) -> list[Preserved]:
    """Return the drafts finished; all timestamps that they need are asked for at once.

    Raises:
        ServiceError: the authority does not answer.
    """
    waiting = [entry.digest for entry in drafts if isinstance(entry, Draft)]
    tokens = iter(demand_timestamper(timestamper).stamp(waiting) if waiting else ())
    return [entry.fill(next(tokens)) if isinstance(entry, Draft) else entry for entry in drafts]


def augment_pdf(
    pdf: bytes,
    level: Level,
    gatherer: Gatherer,
    timestamper: SampledTimestamper | None,
    *,
    at: datetime,
    renew: bool = False,
    owners: Mapping[bytes, str] = _NOBODY,
) -> bytes:
    """Return a signed file brought up to ``level``; ``pdf`` itself where it is there already.

    The bytes of ``pdf`` are a prefix of the result. A signature that has no timestamp of its own cannot get one any
    more, for the bytes before stay as they are: it gets one over the document instead, which proves its time but
    does not make it level T to a validator of AdES (``reached_level`` tells). With ``renew`` an archive timestamp
    gets its own validation data and a new one over these.

    ``owners`` are those of ``read_form``.

    Raises:
        SigningError: not issued, not signed, changed, or validation data are not to be had.
        ServiceError: the timestamp authority does not answer.
        UsageError: level B, or a timestamp is needed and no authority named.
    """
    check_augmenting(level, timestamper)
    preserved = read_preserved(pdf, owners)
    lack = find_lack(preserved, level, gatherer, at=at, renew=renew)
    if not lack:
        return pdf
    (result,) = fill_all([draft(preserved, lack, gatherer, timestamper, at=at)], timestamper)
    return result.pdf


def check_augmenting(level: Level, timestamper: SampledTimestamper | None) -> None:
    """Pass a level that can be added, with an authority where it always needs one.

    Raises:
        UsageError: level B, or no authority named.
    """
    if level is Level.B:
        raise UsageError("AUGMENT_LEVEL")
    if level is not Level.LT:
        demand_timestamper(timestamper)


def check_level(
    level: Level,
    signers: Iterable[tuple[bytes, tuple[bytes, ...]]],
    gatherer: Gatherer | None,
    timestamper: SampledTimestamper | None,
    *,
    at: datetime,
) -> None:
    """Pass where ``level`` can be given to what ``signers`` (certificate and those above it, DER) will sign.

    The timestamp authority is asked for one token over a random digest, and validation data of all certificates are
    gathered, as they will be after the last signature; nothing is kept.

    Raises:
        UsageError: the level needs an authority or a trust file, and none is named.
        ServiceError: the authority does not answer.
        SigningError: the status of a certificate cannot be shown; it is named.
    """
    if not level.is_stamped:
        return
    authority = used_by(demand_timestamper(timestamper), at=at)
    if not level.is_long:
        return
    if gatherer is None:
        raise UsageError("LEVEL_NEEDS_TRUST")
    used = [Used(certificate, chain, Purpose.PERSONS, None, None) for certificate, chain in signers]
    gatherer.gather((*used, authority), at=at)
