"""The later revisions of a file that was drawn to be signed: who filled in its fields, and what keeps that valid.

Such files are the head of a register and the report of an auditor; an agreement has more that may follow.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from pkdocs.verification.border import Border
from pkdocs.verification.evidence import Evidence
from pkdocs.verification.field import Field
from pkdocs.verification.finding import Keeper, Step
from pkdocs.verification.layout import Layout, Revision
from pkdocs.verification.signature import Signature, read_signature
from pkdocs.verification.stamp import Stamp, read_stamp
from pkdocs.verification.updates import Filling, read_updates


@dataclass(frozen=True, slots=True)
class Filled:
    """What was added to a drawn file."""

    signatures: tuple[Signature, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    evidence: tuple[Evidence, ...] = ()


NOTHING_FILLED: Final = Filled()


def read_filled(
    layout: Layout,
    holders: Sequence[tuple[str, str]],
    role: Keeper,
    border: Border,
    accepted: Callable[[Signature, Field], Signature] = lambda signature, _field: signature,
) -> Filled:
    """Return what the later revisions are; findings, for all that they may not do too, go to ``border``.

    ``holders`` are the names of the fields and of who signs there, in the order in which they were drawn, all of them
    as ``role``. ``accepted`` may take from a signature what it is worth, and put a finding of its own to the border.
    """
    numbers = _numbers(layout.issued, "FT", "Sig")
    fields = tuple(Field(name, number, role, holder) for number, (name, holder) in zip(numbers, holders, strict=True))
    updates, findings = read_updates(layout, fields, tuple(_numbers(layout.issued, "Type", "Page")))
    border.findings.extend(findings)

    def signature(filling: Filling) -> Signature:
        read, wrong = read_signature(layout, filling.revision, filling.number, filling.field)
        border.findings.extend(wrong)
        return accepted(read, filling.field)

    def stamp(filling: Filling) -> Stamp:
        read, wrong = read_stamp(layout, filling.revision, filling.number, filling.field.name)
        border.findings.extend(wrong)
        return read

    signatures = (border(Step.SET, partial(signature, filling)) for filling in updates.signatures)
    stamps = (border(Step.SET, partial(stamp, filling)) for filling in updates.stamps)
    return Filled(
        tuple(one for one in signatures if one is not None),
        tuple(one for one in stamps if one is not None),
        updates.evidence,
    )


def _numbers(issued: Revision, key: str, name: str) -> Iterator[int]:
    """Yield the objects that are dictionaries with that entry, in their order."""
    return (number for number, value in issued.objects.items() if isinstance(value, dict) and value.get(key) == name)
