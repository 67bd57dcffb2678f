"""What the tests of BSrE share: the emulator with a holder at it, tasks, and what is accepted of what comes back."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pikepdf
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from pkdocs.content import Content, Role
from pkdocs.errors import SigningError
from pkdocs.profile import Zone
from pkdocs.signing import Stamp, Task
from pkdocs.signing.bsre import Acceptance, Appearance, BsreHolder, Version, open_bsre, read_account
from pkdocs.transport import Service
from tests.bsre.authority import der
from tests.bsre.emulator import ACCOUNT, NIK, PASSPHRASE, Emulator, emulating
from tests.factory import HEAD, division_content, head_content
from tests.issued import issued
from tests.signed import AT

V1, V2 = Version
CONTENTS = (division_content(), head_content())


def task_of(content: Content = CONTENTS[0], role: Role = Role.FIRST, pdf: bytes | None = None) -> Task:
    """Return a signature to be made on the issued file of ``content``, or on ``pdf``."""
    party = content.party(role) or HEAD
    stamp = Stamp(party.name, party.office, AT, Zone.WIB, training=False)
    return Task(content.id, pdf or issued(content), role.value, stamp, content.place, f"{content.id} sebagai {role}")


TASKS = tuple(task_of(content) for content in CONTENTS)
"""Two first signatures, on files that bear none."""


def service_at(emulator: Emulator, **more: Any) -> Service:
    return Service(emulator.address, timeout_s=10, **more)


def open_at(emulator: Emulator, version: Version, **more: Any) -> BsreHolder:
    """Return the holder at ``emulator``; ``more`` replaces what is usual."""
    usual: dict[str, Any] = {
        "account": read_account(ACCOUNT),
        "nik": NIK,
        "passphrase": PASSPHRASE,
        "certificates": [der("person")],
        "person": HEAD.person,
        "appearance": Appearance(),
        "accept": accepting([der("person")]),
        "appends": True,
        "at": AT,
        "pause": lambda _: None,
    }
    service = more.pop("service", None) or service_at(emulator)
    return open_bsre(service, version=version, **usual | more)


@contextmanager
def at_work(version: Version, emulator: Emulator | None = None, **more: Any) -> Iterator[tuple[BsreHolder, Emulator]]:
    """Yield a holder and the emulator that it asks."""
    with emulating(emulator or Emulator()) as running:
        yield open_at(running, version, **more), running


def codes(outcomes: Iterable[Any]) -> list[str | None]:
    """Return the code of each error, None for what was signed."""
    return [outcome.error.code if outcome.error else None for outcome in outcomes]


def accepting(certificates: Iterable[bytes]) -> Acceptance:
    """Return what accepts one signature more with one of ``certificates``, in the field or in its place.

    Pages stay as they were.
    """
    known = tuple(certificates)

    def accept(task: Task, after: bytes) -> None:
        reasons = list(_objections(task, after, known))
        if reasons:
            raise SigningError("SIGN_ALTERED", detail=", ".join(reasons))

    return accept


def _objections(task: Task, after: bytes, certificates: tuple[bytes, ...]) -> Iterator[str]:
    before = PdfFileReader(BytesIO(task.pdf))
    reader = PdfFileReader(BytesIO(after))
    new = reader.embedded_signatures[len(before.embedded_signatures) :]
    if len(new) != 1 or not after.startswith(task.pdf):
        yield f"{len(new)} signatures"
        return
    (signature,) = new
    status = validate_pdf_signature(
        signature, ValidationContext(trust_roots=[Certificate.load(der("authority"))], allow_fetching=False)
    )
    if (
        not (status.intact and status.valid)
        or signature.compute_integrity_info()
        or status.coverage.name[:6] != "ENTIRE"
    ):
        yield "not intact"
    if signature.signer_cert.dump() not in certificates:
        yield "somebody else"
    yield from _page_objections(task, after, signature.field_name)


def _page_objections(task: Task, after: bytes, name: str) -> Iterator[str]:
    with pikepdf.open(BytesIO(task.pdf)) as old, pikepdf.open(BytesIO(after)) as new:
        slot = next(field for field in old.Root.AcroForm.Fields if task.field == field.T).Rect
        widget = next(field for field in new.Root.AcroForm.Fields if name == field.T).Rect
        left, bottom, right, top = (float(edge) for edge in list(widget))
        inside = slot[0] <= left and slot[1] <= bottom and right <= slot[2] and top <= slot[3]
        if (left, bottom) != (right, top) and not inside:
            yield "outside of the slot"
        for before, page in zip(old.pages, new.pages, strict=True):
            if _drawn(before) != _drawn(page):
                yield "another page"


def _drawn(page: pikepdf.Page) -> bytes:
    page.contents_coalesce()
    contents: bytes = page.obj.Contents.read_bytes()
    return contents
