"""Word to PDF. The only module that knows LibreOffice.

LibreOffice runs inside worker processes by LibreOfficeKit, its interface for that: a document costs 0.1 to 0.2 s
instead of a start of 1.2 s. A worker has no network where the system allows to leave it, a profile and files
of its own, and reads neither the user's settings nor anything that a document links to.
"""

from pkdocs.office.fonts import Face, Installed, face_key, family_key, twins
from pkdocs.office.locate import INSTALL, Office, find_office
from pkdocs.office.pool import Pool, cores

__all__ = ["INSTALL", "Face", "Installed", "Office", "Pool", "cores", "face_key", "family_key", "find_office", "twins"]
