"""A result, or the error in its place: what a batch yields for each of its items."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from pkdocs.errors import PkdocsError

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Key, Value]):
    """What became of ``key``: ``value``, or the ``error`` that stopped it, never both."""

    key: Key
    value: Value | None = None
    error: PkdocsError | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.error is None):
            raise ValueError("an outcome is either a value or an error")


def demand(outcome: Outcome[Key, Value]) -> Value:
    """Return the value of ``outcome``.

    Raises:
        PkdocsError: it is the error.
    """
    if outcome.value is None:
        raise outcome.error or ValueError("an outcome is either a value or an error")
    return outcome.value
