"""Keys at BSrE: its eSign client service takes the whole PDF and returns it signed (docs/keys.md)."""

from pkdocs.signing.bsre.account import Account, read_account
from pkdocs.signing.bsre.client import TIMEOUT_S
from pkdocs.signing.bsre.holder import FILES_A_CALL, HIGHEST_LEVEL, Acceptance, BsreHolder
from pkdocs.signing.bsre.organisation import open_seal
from pkdocs.signing.bsre.person import open_bsre
from pkdocs.signing.bsre.picture import FOOTER, Appearance
from pkdocs.signing.bsre.v1 import fetch_signed
from pkdocs.signing.bsre.version import Version

__all__ = [
    "FILES_A_CALL",
    "FOOTER",
    "HIGHEST_LEVEL",
    "TIMEOUT_S",
    "Acceptance",
    "Account",
    "Appearance",
    "BsreHolder",
    "Version",
    "fetch_signed",
    "open_bsre",
    "open_seal",
    "read_account",
]
