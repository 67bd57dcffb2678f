"""How names typed by people are compared."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

_PUNCTUATION = re.compile(r"[\W_]+")


def plain(name: str) -> str:
    """Return a name without regard to case and spaces at the ends or between words."""
    return " ".join(name.casefold().split())


@lru_cache(1024)
def bare(name: str) -> str:
    """Return a name without regard to case, spaces and punctuation: ``Plt.`` is ``plt``, ``III.a`` is ``iiia``."""
    return _PUNCTUATION.sub("", name.casefold())


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that ``name`` is most like; None where none is near."""
    by_plain = {plain(entry): entry for entry in known}
    found = get_close_matches(plain(name), by_plain, n=1, cutoff=0.7)
    return by_plain[found[0]] if found else None
