"""Proof of time by a timestamp authority (RFC 3161), seen from who needs one."""

from collections.abc import Sequence
from typing import Protocol


class Timestamper(Protocol):
    """Gives timestamps; several at once where it has to be asked over a network."""

    def stamp(self, digests: Sequence[bytes]) -> Sequence[bytes]:
        """Return for each SHA-256 of ``digests`` a time-stamp token (``ContentInfo``, DER) that was checked.

        Raises:
            ServiceError, UnknownOutcomeError: the authority was not reached, or gave no usable token. A timestamp
                that was asked for in vain does no harm: it may be asked for again.
        """
