"""ZIP files from anywhere: one reading or none, within limits, and nothing is unpacked onto the disk.

What several unpackers would take in several ways is refused as a whole: nobody can say then what was handed in. One
entry that cannot be read is refused alone, and stays in the list. (PKWARE APPNOTE 6.3.10; decision 0031)
"""

from pkdocs.archive.directory import MAX_ARCHIVE_BYTES, MAX_RATIO, MAX_TOTAL_BYTES, read_directory
from pkdocs.archive.entry import Entry, read_beginning, read_entry
from pkdocs.archive.names import MAX_DEPTH, MAX_NAME_BYTES
from pkdocs.archive.refusal import ArchiveError, Refusal

SUFFIX = ".zip"
SIGNATURE = b"PK\x03\x04"

__all__ = [
    "MAX_ARCHIVE_BYTES",
    "MAX_DEPTH",
    "MAX_NAME_BYTES",
    "MAX_RATIO",
    "MAX_TOTAL_BYTES",
    "SIGNATURE",
    "SUFFIX",
    "ArchiveError",
    "Entry",
    "Refusal",
    "read_beginning",
    "read_directory",
    "read_entry",
]
