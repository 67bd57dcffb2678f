"""The Merkle tree over a list (RFC 6962, 2.1): one digest that stands for every line and its place."""

import hashlib
from collections.abc import Iterable

_LEAF = b"\x00"
_NODE = b"\x01"


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


def _hash(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()
