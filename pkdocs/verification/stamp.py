"""A document timestamp: its dictionary, what it covers, and its token (ISO 32000-2, 12.8.5; EN 319 142-1, 5.4.3)."""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from pkdocs.messages import Said
from pkdocs.verification.finding import Finding, Step, Sub, Weight
from pkdocs.verification.layout import Layout
from pkdocs.verification.signature import container_in, gap_of
from pkdocs.verification.token import Token, TokenError, read_token

_ENTRIES: Final = {"Type": "DocTimeStamp", "Filter": "Adobe.PPKLite", "SubFilter": "ETSI.RFC3161"}
_REQUIRED: Final = frozenset({*_ENTRIES, "ByteRange", "Contents"})
_ALLOWED: Final = _REQUIRED | {"V"}


@dataclass(frozen=True, slots=True)
class Stamp:
    """The document timestamp in a field. ``end`` is where its revision ends: what it covers.

    ``token`` is None where it does not hold.
    """

    field: str
    revision: int
    end: int
    token: Token | None = None


def read_stamp(layout: Layout, index: int, number: int, name: str) -> tuple[Stamp, tuple[Finding, ...]]:
    """Return the timestamp in object ``number`` of revision ``index``, in the field ``name``, and what is wrong.

    It covers its whole revision, exactly, or does not hold. Whether anybody believes its authority is not asked, nor
    whether field and revision may be there.
    """
    revision = layout.revisions[index]
    dictionary: dict[str, Any] = revision.objects[number]
    broken = Stamp(name, index, revision.end)
    if wrong := _wrong_entries(dictionary):
        return broken, (_finding(name, "TIMESTAMP_DICTIONARY", Sub.FORMAT_FAILURE, what=", ".join(wrong)),)
    gap = gap_of(layout, index, number)
    encoded = container_in(layout.data[gap[0] + 1 : gap[1] - 1]) if gap else None
    if gap is None or encoded is None:
        what = "/ByteRange" if gap is None else "/Contents"
        return broken, (_finding(name, "TIMESTAMP_DICTIONARY", Sub.FORMAT_FAILURE, what=what),)
    covered = layout.data[: gap[0]] + layout.data[gap[1] : revision.end]
    try:
        token = read_token(encoded, lambda algorithm: hashlib.new(algorithm, covered).digest())
    except TokenError as fault:
        return broken, (_finding(name, fault.code, fault.sub, fault.weight, **fault.params),)
    return Stamp(name, index, revision.end, token), ()


def _wrong_entries(dictionary: dict[str, Any]) -> list[str]:
    wrong = sorted(_REQUIRED - dictionary.keys()) + sorted(dictionary.keys() - _ALLOWED)
    expected = {**_ENTRIES, "V": 0}
    return wrong + [key for key, value in expected.items() if key in dictionary and dictionary[key] != value]


def _finding(name: str, code: str, sub: Sub, weight: Weight = Weight.FAIL, **params: str | int) -> Finding:
    return Finding.of(code, Step.SIGNATURES, weight, {**params, "role": name_of_stamp(name)}, sub=sub)


def name_of_stamp(field: str) -> Said:
    """Return what findings call the document timestamp in ``field``, in the place of a role."""
    return Said("DOCUMENT_TIMESTAMP", (("field", field),))
