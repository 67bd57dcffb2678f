"""The Merkle tree over a list (RFC 6962, 2.1): one digest that stands for every line and its place."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

_LEAF = b"\x00"
_NODE = b"\x01"


@dataclass(frozen=True, slots=True)
class Tree:
    """The whole tree, level by level from the leaves up; a node without a neighbour is the same one level higher.

    That is the tree of RFC 6962: its left subtrees are the largest full ones that fit.
    """

    levels: tuple[tuple[bytes, ...], ...] = field(repr=False)

    @classmethod
    def of(cls, entries: Iterable[bytes]) -> "Tree":
        """Return the tree over ``entries``, of which there is at least one.

        Raises:
            ValueError: there is none.
        """
        levels = [tuple(_hash(_LEAF, entry) for entry in entries)]
        if not levels[0]:
            raise ValueError("a tree of nothing")
        while len(levels[-1]) > 1:
            levels.append(tuple(_joined(levels[-1])))
        return cls(tuple(levels))

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self.levels[0])

    @property
    def root(self) -> bytes:
        """The tree hash, 32 bytes."""
        return self.levels[-1][0]

    def path(self, index: int) -> tuple[bytes, ...]:
        """Return the audit path of the leaf ``index`` (RFC 6962, 2.1.1), which ``root_by_path`` follows.

        Raises:
            IndexError: there is no such leaf.
        """
        if not 0 <= index < self.size:
            raise IndexError(index)
        beside = ((level, (index >> height) ^ 1) for height, level in enumerate(self.levels[:-1]))
        return tuple(level[place] for level, place in beside if place < len(level))

    def growth(self, older: int) -> tuple[bytes, ...]:
        """Return the consistency proof from the first ``older`` leaves to all (RFC 6962, 2.1.2); none if they are all.

        Raises:
            IndexError: there are not so many leaves, or ``older`` is none of them.
        """
        if not 1 <= older <= self.size:
            raise IndexError(older)
        if older == self.size:
            return ()
        return tuple(self._growth(older))

    def _growth(self, older: int) -> Iterator[bytes]:
        last = older - 1
        height = _trailing_ones(last)
        if last >> height:
            # the largest full subtree at the end of the older tree; if that is all of it, its root is known
            yield self.levels[height][last >> height]
        for level, place in ((level, last >> up) for up, level in enumerate(self.levels[:-1]) if up >= height):
            if place ^ 1 < len(level):
                yield level[place ^ 1]


def _joined(level: Sequence[bytes]) -> Iterator[bytes]:
    for left in range(0, len(level) - 1, 2):
        yield _hash(_NODE, level[left], level[left + 1])
    if len(level) % 2:
        yield level[-1]


def merkle_root(entries: Iterable[bytes]) -> bytes:
    """Return the tree hash of ``entries``, 32 bytes; of no entries that of the empty string.

    Whole subtrees wait on a stack, the largest first, so the work is linear and the memory logarithmic.
    """
    waiting: list[tuple[int, bytes]] = []
    for entry in entries:
        size, digest = 1, _hash(_LEAF, entry)
        while waiting and waiting[-1][0] == size:
            size, digest = 2 * size, _hash(_NODE, waiting.pop()[1], digest)
        waiting.append((size, digest))
    if not waiting:
        return hashlib.sha256().digest()
    _, root = waiting.pop()
    while waiting:
        root = _hash(_NODE, waiting.pop()[1], root)
    return root


def root_by_path(entry: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root of a tree of ``size`` leaves in which ``path`` leads up from ``entry`` (RFC 9162, 2.1.3.2).

    None where no path of that length does: then it proves nothing.
    """
    if not 0 <= index < size:
        return None
    place, last, root = index, size - 1, _hash(_LEAF, entry)
    for beside in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            root = _hash(_NODE, beside, root)
            lone = 0 if place & 1 else _trailing_zeros(place)
            place, last = place >> lone, last >> lone
        else:
            root = _hash(_NODE, root, beside)
        place, last = place >> 1, last >> 1
    return root if last == 0 else None


def has_grown(older: tuple[int, bytes], newer: tuple[int, bytes], path: Sequence[bytes]) -> bool:
    """Tell whether ``path`` shows that the older tree (size, root) begins the newer one (RFC 9162, 2.1.4.2)."""
    (first, first_root), (second, second_root) = older, newer
    if not 1 <= first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    # a full older tree is itself where the way begins
    steps = list(path) if first & (first - 1) else [first_root, *path]
    if not steps:
        return False
    ones = _trailing_ones(first - 1)
    place, last = (first - 1) >> ones, (second - 1) >> ones
    old = new = steps[0]
    for beside in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = _hash(_NODE, beside, old), _hash(_NODE, beside, new)
            lone = 0 if place & 1 else _trailing_zeros(place)
            place, last = place >> lone, last >> lone
        else:
            new = _hash(_NODE, new, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and (old, new) == (first_root, second_root)


def _trailing_ones(number: int) -> int:
    return _trailing_zeros(number + 1)


def _trailing_zeros(number: int) -> int:
    """Return how often 2 divides ``number``; of 0 none, where there is no way further up."""
    return (number & -number).bit_length() - 1 if number else 0


def _hash(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()
