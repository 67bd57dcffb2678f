"""What an authority writes alike into all its timestamp tokens, and the little that differs from one to the next.

Only the plain form is known here: whole seconds, one signer, nothing unsigned. Of any other it is said that it is not.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from pkdocs import der

_MESSAGE_DIGEST: Final = der.identifier("1.2.840.113549.1.9.4")
_IMPRINTS: Final = (der.SHA256, der.encode(der.SEQUENCE, der.identifier("2.16.840.1.101.3.4.2.1"), der.NULL))
"""SHA-256, without parameters and with NULL: both are allowed (RFC 5754, 2)."""
_CONTEXT_0: Final = 0xA0
_LEFT_OUT: Final = b""
"""Stands in a frame for what differs."""


def _opposite(value: bytes) -> bytes:
    return bytes(byte ^ 0xFF for byte in value)


@dataclass(frozen=True, slots=True)
class Filling:
    """What one token says: contents of the values that differ, and what is stamped and signed with them.

    ``stamped`` is TSTInfo (DER), ``attributes`` what the ``signature`` is over (a SET, DER).
    """

    imprint: bytes
    serial: bytes
    time: bytes
    nonce: bytes | None
    digest: bytes
    signature: bytes
    stamped: bytes = field(repr=False)
    attributes: bytes = field(repr=False)

    def opposite(self) -> "Filling":
        """Return one of the same lengths that differs in each bit of each value; what goes with them stays."""
        given = (self.imprint, self.serial, self.time, self.digest, self.signature)
        imprint, serial, time, digest, signature = map(_opposite, given)
        nonce = None if self.nonce is None else _opposite(self.nonce)
        return Filling(imprint, serial, time, nonce, digest, signature, self.stamped, self.attributes)

    @property
    def at(self) -> datetime | None:
        """The time, if it is written in whole seconds of UTC."""
        written = self.time
        if len(written) != 15 or not written.endswith(b"Z") or not written[:14].isdigit():
            return None
        month, day, hour, minute, second = (int(written[start : start + 2]) for start in range(4, 14, 2))
        try:
            return datetime(int(written[:4]), month, day, hour, minute, second, tzinfo=UTC)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Frame:
    """All of a token (values in DER) but its ``Filling``: two tokens of the same frame differ in nothing else."""

    container: tuple[bytes, ...]
    info: tuple[bytes, ...]
    listed: tuple[bytes, ...]
    signer: tuple[bytes, ...]

    def stamped(self, filling: Filling) -> bytes:
        """Return TSTInfo with the values of ``filling``."""
        version, policy, algorithm, *rest = self.info
        nonce = b"" if filling.nonce is None else der.encode(der.INTEGER, filling.nonce)
        return der.encode(
            der.SEQUENCE,
            version,
            policy,
            der.encode(der.SEQUENCE, algorithm, der.encode(der.OCTETS, filling.imprint)),
            der.encode(der.INTEGER, filling.serial),
            der.encode(der.GENERALIZED_TIME, filling.time),
            *(one or nonce for one in rest),
        )

    def attributes(self, digest: bytes) -> bytes:
        """Return the signed attributes, of which one is the ``digest`` of what is stamped."""
        stated = der.encode(der.SET, der.encode(der.OCTETS, digest))
        written = der.encode(der.SEQUENCE, _MESSAGE_DIGEST, stated)
        return der.encode(der.SET, *(one or written for one in self.listed))

    def join(self, stamped: bytes, attributes: bytes, signature: bytes) -> bytes:
        """Return the token with these."""
        kind, version, digests, content_type, certificates = self.container
        content = der.context(0, der.encode(der.OCTETS, stamped))
        encapsulated = der.encode(der.SEQUENCE, content_type, content)
        *head, algorithm = self.signer
        ending = (der.retag(_CONTEXT_0, attributes), algorithm, der.encode(der.OCTETS, signature))
        infos = der.encode(der.SET, der.encode(der.SEQUENCE, *head, *ending))
        signed = der.encode(der.SEQUENCE, version, digests, encapsulated, certificates, infos)
        return der.encode(der.SEQUENCE, kind, der.context(0, signed))


def take_apart(encoded: bytes) -> tuple[Frame, Filling] | None:
    """Return the two parts of a token in the plain form over a SHA-256; None of any other, or of something else.

    Joined again they are ``encoded``, byte for byte, so nothing is lax in what differs. Nothing else is checked.
    """
    try:
        frame, filling = _split(encoded)
    except ValueError:
        return None
    stamped, attributes = frame.stamped(filling), frame.attributes(filling.digest)
    is_exact = frame.join(stamped, attributes, filling.signature) == encoded
    return (frame, filling) if is_exact else None


def _split(encoded: bytes) -> tuple[Frame, Filling]:
    kind, wrapped = der.values(encoded)
    (data,) = der.values(wrapped)
    version, digests, encapsulated, certificates, infos = der.values(data)
    content_type, content = der.values(encapsulated)
    (octets,) = der.values(content)
    (info,) = der.values(infos)
    signer_version, sid, hashing, attributes, algorithm, signature = der.values(info)
    listed, digest = _take_digest(der.values(attributes))
    stamped = der.contents(octets)
    fields, (imprint, serial, time, nonce) = _take_info(der.values(stamped))
    frame = Frame(
        container=(kind, version, digests, content_type, certificates),
        info=fields,
        listed=listed,
        signer=(signer_version, sid, hashing, algorithm),
    )
    signed = der.retag(der.SET, attributes)
    return frame, Filling(imprint, serial, time, nonce, digest, der.contents(signature), stamped, signed)


def _take_digest(attributes: list[bytes]) -> tuple[tuple[bytes, ...], bytes]:
    """Return the attributes without that of the message digest, and this digest."""
    (place,) = (place for place, one in enumerate(attributes) if one.startswith(_MESSAGE_DIGEST, 2))
    _, held = der.values(attributes[place])
    (digest,) = der.values(held)
    return (*attributes[:place], _LEFT_OUT, *attributes[place + 1 :]), der.contents(digest)


def _take_info(fields: list[bytes]) -> tuple[tuple[bytes, ...], tuple[bytes, bytes, bytes, bytes | None]]:
    """Return what is stamped without imprint, serial number, time and nonce, and these."""
    version, policy, imprint, serial, time, *more = fields
    algorithm, hashed = der.values(imprint)
    if algorithm not in _IMPRINTS:
        raise ValueError("another digest")
    nonces = [one for one in more if one[0] == der.INTEGER]
    (nonce,) = map(der.contents, nonces) if nonces else (None,)
    rest = (_LEFT_OUT if one in nonces else one for one in more)
    return (version, policy, algorithm, *rest), (der.contents(hashed), der.contents(serial), der.contents(time), nonce)
