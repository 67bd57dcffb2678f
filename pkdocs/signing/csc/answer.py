"""One answer of a CSC service: JSON of which only what the specification names is read, by type."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pkdocs.errors import ServiceError
from pkdocs.schema import SchemaError, parse_json

_UNPRINTABLE: Final = re.compile(r"[^\w .,:;()/#@+=-]")
_LONGEST_SAID: Final = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """The members of an answer of ``host``; places in it are written ``cert/status``, as the specification does."""

    host: str
    members: Mapping[str, Any] = field(repr=False)

    def text(self, place: str) -> str | None:
        """Return the text at ``place``; None where there is none."""
        found: str | None = self._typed(place, str)
        return found

    def number(self, place: str) -> int:
        """Return the whole number at ``place``, one or more; some services write it as text.

        Raises:
            ServiceError: none there.
        """
        found = self._find(place)
        written = found if isinstance(found, str) else str(found) if type(found) is int else ""
        if not re.fullmatch("[1-9][0-9]{0,8}", written):
            raise self.unusable(place)
        return int(written)

    def texts(self, place: str) -> tuple[str, ...]:
        """Return the texts listed at ``place``.

        Raises:
            ServiceError: no list of texts there.
        """
        found = self._typed(place, list)
        if found is None or not all(isinstance(entry, str) for entry in found):
            raise self.unusable(place)
        return tuple(found)

    def objects(self, place: str) -> tuple["Answer", ...]:
        """Return the objects listed at ``place``, none where there is no list.

        Raises:
            ServiceError: something else is there.
        """
        found = self._typed(place, list) or []
        if not all(isinstance(entry, dict) for entry in found):
            raise self.unusable(place)
        return tuple(Answer(self.host, entry) for entry in found)

    def unusable(self, place: str) -> ServiceError:
        """Return the error that says what of the answer cannot be used."""
        return ServiceError("CSC_ANSWER", host=self.host, place=place)

    def _typed(self, place: str, kind: type) -> Any:
        found = self._find(place)
        if found is not None and not isinstance(found, kind):
            raise self.unusable(place)
        return found

    def _find(self, place: str) -> Any:
        found: Any = self.members
        for name in place.split("/"):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found


def read_answer(host: str, body: bytes) -> Answer | None:
    """Return what ``body`` says; None if it is not a JSON object."""
    try:
        members = parse_json(body)
    except SchemaError:
        return None
    return Answer(host, members) if isinstance(members, dict) else None


def decode(written: str) -> bytes:
    """Return the bytes that ``written`` stands for (Base64, with or without line breaks).

    Raises:
        ValueError: it is not Base64.
    """
    return base64.b64decode("".join(written.split()), validate=True)


def plain(words: str) -> str:
    """Return what a service says in a form that can be shown: short, printable, on one line."""
    return _UNPRINTABLE.sub("?", words)[:_LONGEST_SAID]
