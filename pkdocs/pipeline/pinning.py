"""The trust file on disk."""

from pathlib import Path

from pkdocs.errors import TrustError
from pkdocs.files import read_regular
from pkdocs.trust import Trust, read_trust


def read_trust_file(file: Path) -> Trust:
    """Return what the trust file says.

    Raises:
        TrustError: it cannot be read or used.
    """
    try:
        return read_trust(read_regular(file))
    except OSError as fault:
        raise TrustError("TRUST_UNREADABLE") from fault
