"""One signature appended to one issued file; one module a kind of key holder."""

from pkdocs.signing.appearance import Stamp
from pkdocs.signing.document import Signatory, demand_turn, make_task, sign_pdf
from pkdocs.signing.emblem import Emblem, load_emblem
from pkdocs.signing.form import Signature, SignedForm, read_form
from pkdocs.signing.holder import Holder, Task
from pkdocs.signing.keyed import Keyed
from pkdocs.signing.level import Level
from pkdocs.signing.pkcs12 import FileSigner, load_pkcs12
from pkdocs.signing.preflight import demand_ready
from pkdocs.signing.revision import append_signature
from pkdocs.signing.signer import Signer, check_certificate

__all__ = [
    "Emblem",
    "FileSigner",
    "Holder",
    "Keyed",
    "Level",
    "Signatory",
    "Signature",
    "SignedForm",
    "Signer",
    "Stamp",
    "Task",
    "append_signature",
    "check_certificate",
    "demand_ready",
    "demand_turn",
    "load_emblem",
    "load_pkcs12",
    "make_task",
    "read_form",
    "sign_pdf",
]
