"""What answers about certificates rest on: the records as they are when somebody asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from pkdocs.errors import CredentialError
from pkdocs.pki.authority import Authority, make_crl
from pkdocs.pki.disk import read
from pkdocs.pki.records import Records, read_records
from pkdocs.pki.status import Standings


@dataclass(frozen=True, slots=True)
class Ledger:
    """``standings`` of all that the issuing authority has issued; ``records`` for its lists."""

    records: Records
    standings: Standings

    @classmethod
    def of(cls, records: Records, services: Sequence[x509.Certificate] = ()) -> "Ledger":
        """Return the ledger of what ``records`` name, and of the certificates of the services themselves."""
        issued = [entry.loaded.serial_number for entry in records.issued]
        own = [certificate.serial_number for certificate in services]
        revoked = {entry.serial: entry for entry in records.revocations}
        return cls(records, {serial: revoked.get(serial) for serial in (*issued, *own)})

    def lists(self, root: Authority, issuing: Authority, at: datetime) -> tuple[x509.CertificateRevocationList, ...]:
        """Return the revocation lists of both authorities, as of ``at``."""
        number = self.records.list_number(at)
        return (
            make_crl(root, (), number=number, at=at),
            make_crl(issuing, self.records.revocations, number=number, at=at),
        )


class LedgerFile:
    """Gives the ledger by ``records.json`` at ``path``; the file is parsed again only when it was replaced."""

    def __init__(self, path: Path, services: Sequence[x509.Certificate]) -> None:
        self._path = path
        self._services = services
        self._known: tuple[tuple[int, int, int], Ledger] | None = None

    def __call__(self) -> Ledger:
        """Return the ledger of this moment.

        Raises:
            CredentialError: the records are gone, or damaged.
        """
        mark = self._mark()
        known = self._known
        if known is None or known[0] != mark:
            # one thread more that reads it does no harm
            known = self._known = (mark, Ledger.of(read_records(read(self._path)), self._services))
        return known[1]

    def _mark(self) -> tuple[int, int, int]:
        try:
            found = self._path.stat()
        except OSError as fault:
            raise CredentialError("PKI_ABSENT", file=self._path.name) from fault
        return found.st_ino, found.st_mtime_ns, found.st_size
