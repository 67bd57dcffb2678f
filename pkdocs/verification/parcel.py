"""Facts on their way from the processes that examine files to the one that judges them all: small, and shared there.

Thousands of agreements hold mostly the same certificates, names, offices, indicators. Whoever unpacks many keeps each
of these values once.
"""

import io
import pickle
from datetime import date
from typing import Any, Final

from pkdocs.content import Budget, Expense, Goal, Organisation, Party, PlanReference, Promise, Quarter, Seat, Value
from pkdocs.issue import Toolchain
from pkdocs.verification.algorithms import Key
from pkdocs.verification.facts import Facts

_SHARED: Final = frozenset(
    {str, bytes, date, Key, Toolchain}
    | {Budget, Expense, Goal, Organisation, Party, PlanReference, Promise, Quarter, Seat, Value}
)
"""Types whose equal values may be one: they cannot be changed."""


def pack(facts: Facts) -> bytes:
    """Return ``facts`` as bytes for ``Unpacker.unpack``."""
    packed = io.BytesIO()
    _Packer(packed, pickle.HIGHEST_PROTOCOL).dump(facts)
    return packed.getvalue()


class _Packer(pickle.Pickler):
    """Marks what can be shared: the value stands for itself."""

    def persistent_id(self, value: Any) -> Any:
        return value if type(value) in _SHARED else None


class Unpacker:
    """Unpacks facts; those that it gives share their equal values."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def unpack(self, data: bytes) -> Facts:
        """Return the facts that ``pack`` has put into ``data``, which must come from a process of this program."""
        facts: Facts = _Sharing(io.BytesIO(data), self._known).load()
        return facts


class _Sharing(pickle.Unpickler):
    """Gives of equal values the one that was there first."""

    def __init__(self, packed: io.BytesIO, known: dict[Any, Any]) -> None:
        super().__init__(packed)
        self._known = known

    def persistent_load(self, pid: Any) -> Any:
        return self._known.setdefault(pid, pid)
