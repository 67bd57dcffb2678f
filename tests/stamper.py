"""A timestamp authority for tests, in memory: that of the training PKI, without HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from asn1crypto import tsp

from pkdocs.pki import KeyKind
from tests.signed import AT, services


@dataclass
class Stamper:
    """Stamps everything ``at`` that moment; ``asked`` are the numbers of digests of each call so far."""

    kind: KeyKind = KeyKind.P256
    at: datetime = AT
    asked: list[int] = field(default_factory=list)

    def stamp(self, digests: Sequence[bytes]) -> list[bytes]:
        self.asked.append(len(digests))
        return [self._stamp(digest) for digest in digests]

    def _stamp(self, digest: bytes) -> bytes:
        imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
        request = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True})
        answer = services(kind=self.kind).timestamps.answer(request.dump(), at=self.at)
        token: bytes = tsp.TimeStampResp.load(answer)["time_stamp_token"].dump()
        return token
