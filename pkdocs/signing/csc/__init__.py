"""Keys of remote services by the API of the Cloud Signature Consortium, versions 1 and 2."""

from pkdocs.signing.csc.authorisation import Turn
from pkdocs.signing.csc.signer import CscSigner, Version, open_csc
from pkdocs.signing.csc.token import request_token

__all__ = ["CscSigner", "Turn", "Version", "open_csc", "request_token"]
