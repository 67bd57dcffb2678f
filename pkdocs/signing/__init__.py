"""One signature appended to one issued file; one module a kind of key holder."""

from pkdocs.signing.appearance import Stamp
from pkdocs.signing.document import demand_turn, sign_pdf
from pkdocs.signing.form import Signature, SignedForm, read_form
from pkdocs.signing.holder import Holder, Task
from pkdocs.signing.keyed import Keyed, append_signature
from pkdocs.signing.level import Level
from pkdocs.signing.pkcs12 import FileSigner, load_pkcs12
from pkdocs.signing.signer import Signer, check_certificate

__all__ = [
    "FileSigner",
    "Holder",
    "Keyed",
    "Level",
    "Signature",
    "SignedForm",
    "Signer",
    "Stamp",
    "Task",
    "append_signature",
    "check_certificate",
    "demand_turn",
    "load_pkcs12",
    "read_form",
    "sign_pdf",
]
