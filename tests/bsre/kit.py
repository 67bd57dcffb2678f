"""What the tests of BSrE share: the emulator with a holder at it, tasks, and what is accepted of what comes back."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pkdocs.content import Content, Role
from pkdocs.profile import Zone
from pkdocs.signing import Stamp, Task
from pkdocs.signing.acceptance import accept
from pkdocs.signing.bsre import Acceptance, Appearance, BsreHolder, Version, open_bsre, read_account
from pkdocs.transport import Service
from tests.bsre.authority import der
from tests.bsre.emulator import ACCOUNT, NIK, PASSPHRASE, Emulator, emulating
from tests.factory import DIVISION_HEAD, HEAD, division_content, head_content
from tests.issued import issued
from tests.signed import AT

V1, V2 = Version
CONTENTS = (division_content(), head_content())
OWNERS = {der("person"): HEAD.person, der("other"): DIVISION_HEAD.person}
"""Whose certificates are enrolled."""


def task_of(content: Content = CONTENTS[0], role: Role = Role.SECOND, pdf: bytes | None = None) -> Task:
    """Return a signature to be made on the issued file of ``content``, or on ``pdf``."""
    party = content.party(role) or HEAD
    stamp = Stamp(party.name, party.office, AT, Zone.WIB, training=False)
    return Task(content.id, pdf or issued(content), role.value, stamp, content.place, f"{content.id} sebagai {role}")


TASKS = (task_of(), task_of(CONTENTS[1], Role.FIRST))
"""Two signatures of one person, on files that bear none."""


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
        "accept": accepting(),
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


def accepting(owners: Mapping[bytes, str] = OWNERS) -> Acceptance:
    """Return what accepts the signature that was asked for, made with an enrolled certificate of that person."""

    def judge(task: Task, after: bytes) -> bytes:
        return accept(task.pdf, after, Role(task.field), owner=HEAD.person, trust=None, at=AT, owners=owners)

    return judge
