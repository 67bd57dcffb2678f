"""Evidence records made and renewed (RFC 4998, 4.2 and 5.2): one timestamp for thousands of files.

Values in, values out; what a record proves is read in ``verification.attestation``.
"""

from pkdocs.preservation.making import Renewal, first_record, renewal_of
from pkdocs.preservation.tree import HashTree

__all__ = ["HashTree", "Renewal", "first_record", "renewal_of"]
