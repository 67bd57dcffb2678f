"""The hash tree over many hashes, of which one timestamp is had for the root (RFC 4998, 4.2)."""

from collections.abc import Iterable, Iterator
from typing import Final

from pkdocs.verification.ers import node

_CHILDREN: Final = 2


class HashTree:
    """A tree over ``leaves`` by the digest algorithm ``hashing``; it depends on nothing else.

    Equal leaves are one. Two nodes have a node above them; one that is left over goes up as it is.
    """

    def __init__(self, hashing: str, leaves: Iterable[bytes]) -> None:
        self.hashing = hashing
        self.leaves = tuple(sorted(set(leaves)))
        self._places = {leaf: place for place, leaf in enumerate(self.leaves)}
        self._levels = list(_grow(hashing, self.leaves))

    @property
    def root(self) -> bytes:
        """What the timestamp must be over."""
        (root,) = self._levels[-1]
        return root

    def __contains__(self, leaf: bytes) -> bool:
        return leaf in self._places

    def reduced(self, leaf: bytes, *, alone: bool = False) -> tuple[tuple[bytes, ...], ...]:
        """Return the lists that lead from ``leaf`` to the root (4.2): of each node those beside it.

        The first holds the leaf itself too; ``alone``: nothing else, as a renewed hash tree should have it (5.2,
        step 5). None where the leaf is the root.
        """
        place, lists = self._places[leaf], []
        for level in self._levels[:-1]:
            beside = place ^ 1
            if beside < len(level):
                lists.append((level[beside],))
            place //= _CHILDREN
        if not lists:
            return ()
        first, *others = lists
        return ((leaf,), *lists) if alone else (tuple(sorted((leaf, *first))), *others)


def _grow(hashing: str, leaves: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
    level = leaves
    yield level
    while len(level) > 1:
        level = tuple(node(hashing, pair) for pair in _pairs(level))
        yield level


def _pairs(level: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
    return (level[start : start + _CHILDREN] for start in range(0, len(level), _CHILDREN))
