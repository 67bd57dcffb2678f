"""Ways to spoil DER: values changed, doubled, left out, exchanged and nested, with lengths that fit again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from tests.fuzz.spoil import some_bytes

_BIG = [b"", b"\x00", b"\x00\x00", b"\xff" * 4, b"\x7f" + b"\xff" * 8, b"\x00" + b"\xff" * 64, b"\x01" * 70_000]
_TAGS = [0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x13, 0x17, 0x18, 0x30, 0x31, 0x80, 0xA0, 0xA1, 0xA3, 0x1F, 0x24]
_LENGTHS = [b"\x80", b"\x00", b"\x7f", b"\x84\xff\xff\xff\xff", b"\x89" + b"\xff" * 9, b"\x81\x01"]


@dataclass
class Node:
    """A value: primitive with ``data``, or constructed with ``inside``."""

    tag: int
    data: bytes = b""
    inside: list["Node"] | None = None
    wrong: bytes | None = field(default=None)
    """A length that does not fit, as it is written."""

    def dump(self) -> bytes:
        """Return the value in DER."""
        body = self.data if self.inside is None else b"".join(node.dump() for node in self.inside)
        length = b"%c" % len(body) if len(body) < 128 else _long(len(body))
        return bytes([self.tag]) + (length if self.wrong is None else self.wrong) + body


def _long(length: int) -> bytes:
    written = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([0x80 | len(written)]) + written


_Places = list[tuple[list[Node], int]]


def parse(data: bytes, depth: int = 0) -> list[Node] | None:
    """Return the values that ``data`` consists of; None if it does not."""
    nodes, place = [], 0
    while place < len(data):
        if place + 2 > len(data) or data[place] & 0x1F == 0x1F:
            return None
        tag, length, start = data[place], data[place + 1], place + 2
        if length & 0x80:
            count = length & 0x7F
            length, start = int.from_bytes(data[start : start + count]), start + count
        if start + length > len(data):
            return None
        body = data[start : start + length]
        inside = parse(body, depth + 1) if tag & 0x20 and depth < 40 else None
        nodes.append(Node(tag, body, inside))
        place = start + length
    return nodes


def spoil_der(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """Return ``data`` with some values other; bytes that are no DER are spoilt as bytes."""
    nodes = parse(data)
    if not nodes:
        return some_bytes(data, chance, others)
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        _spoil_one(nodes, chance)
    return b"".join(node.dump() for node in nodes)


def _spoil_one(nodes: list[Node], chance: Random) -> None:
    everything = [(siblings, place) for siblings in _lists(nodes) for place in range(len(siblings))]
    if everything:
        siblings, place = chance.choice(everything)
        chance.choice([_rearrange, _exchange, _rewrite, _rewrite])(siblings, place, everything, chance)


def _rearrange(siblings: list[Node], place: int, _everything: _Places, chance: Random) -> None:
    match chance.randrange(3):
        case 0:
            del siblings[place]
        case 1:
            siblings[place:place] = [siblings[place]] * chance.choice([1, 1, 2, 500])
        case _:
            chance.shuffle(siblings)


def _exchange(siblings: list[Node], place: int, everything: _Places, chance: Random) -> None:
    node = siblings[place]
    if chance.random() < 0.4:
        for _ in range(chance.choice([1, 40, 200])):
            node = Node(chance.choice([0x30, 0x31, 0xA0]), inside=[node])
    else:
        others, elsewhere = chance.choice(everything)
        node = others[elsewhere]
    siblings[place] = node if _depth(node) < 300 else Node(5)


def _rewrite(siblings: list[Node], place: int, _everything: _Places, chance: Random) -> None:
    node = siblings[place]
    match chance.randrange(4):
        case 0:
            node.tag = chance.choice(_TAGS)
        case 1:
            node.wrong = chance.choice(_LENGTHS)
        case _:
            node.inside, node.data = None, chance.choice([*_BIG, some_bytes(node.data, chance, []), node.data[:-1]])


def _lists(nodes: list[Node]) -> list[list[Node]]:
    found, pending = [], [nodes]
    while pending and len(found) < 3000:
        siblings = pending.pop()
        found.append(siblings)
        pending += [node.inside for node in siblings if node.inside]
    return found


def _depth(node: Node) -> int:
    depth, level = 0, [node]
    while level and depth < 300:
        level = [inner for one in level for inner in one.inside or ()][:2000]
        depth += 1
    return depth
