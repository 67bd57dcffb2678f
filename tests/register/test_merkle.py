"""The Merkle tree over a list and its proofs are those of RFC 6962."""

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.register.merkle import Tree, has_grown, merkle_root, root_by_path

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
"""Of the test vectors of Certificate Transparency."""


@pytest.mark.parametrize(
    ("size", "root"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_the_published_roots_come_out(size: int, root: str) -> None:
    assert merkle_root(LEAVES[:size]).hex() == root


def by_the_text(entries: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if len(entries) <= 1:
        return hashlib.sha256(b"\x00" + entries[0] if entries else b"").digest()
    split = 1
    while 2 * split < len(entries):
        split *= 2
    return hashlib.sha256(b"\x01" + by_the_text(entries[:split]) + by_the_text(entries[split:])).digest()


@given(st.lists(st.binary(max_size=4), max_size=40))
def test_the_root_is_that_of_the_definition(entries: list[bytes]) -> None:
    assert merkle_root(entries) == by_the_text(entries)


# --- proofs


QUICK = settings(max_examples=40, deadline=None)
SIZES = range(1, 34)
"""Full trees, trees with one leaf more or less, and all shapes between."""


def numbered(size: int) -> list[bytes]:
    return [b"%d" % number for number in range(size)]


def audit_path(index: int, entries: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1, word for word."""
    if len(entries) == 1:
        return []
    split = 1
    while 2 * split < len(entries):
        split *= 2
    if index < split:
        return [*audit_path(index, entries[:split]), by_the_text(entries[split:])]
    return [*audit_path(index - split, entries[split:]), by_the_text(entries[:split])]


def consistency(older: int, entries: list[bytes], *, known: bool = True) -> list[bytes]:
    """RFC 6962, 2.1.2, word for word."""
    if older == len(entries):
        return [] if known else [by_the_text(entries)]
    split = 1
    while 2 * split < len(entries):
        split *= 2
    if older <= split:
        return [*consistency(older, entries[:split], known=known), by_the_text(entries[split:])]
    return [*consistency(older - split, entries[split:], known=False), by_the_text(entries[:split])]


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_of_every_size_has_its_path(size: int) -> None:
    entries, tree = numbered(size), Tree.of(numbered(size))
    assert tree.root == merkle_root(entries)
    for index, entry in enumerate(entries):
        path = tree.path(index)
        assert list(path) == audit_path(index, entries)
        assert root_by_path(entry, index, size, path) == tree.root


@pytest.mark.parametrize("size", SIZES)
def test_every_beginning_of_every_size_is_shown_to_be_one(size: int) -> None:
    entries, tree = numbered(size), Tree.of(numbered(size))
    for older in range(1, size + 1):
        path = tree.growth(older)
        assert list(path) == consistency(older, entries)
        assert has_grown((older, merkle_root(entries[:older])), (size, tree.root), path)


def altered(path: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
    """Yield what can be wrong with a path: a step changed, lost, doubled, one too many, another order."""
    for place, step in enumerate(path):
        yield (*path[:place], bytes([step[0] ^ 1]) + step[1:], *path[place + 1 :])
        yield (*path[:place], *path[place + 1 :])
        yield (*path[:place], step, *path[place:])
    yield (*path, bytes(32))
    if len(path) > 1:
        yield path[::-1]


@QUICK
@given(st.data(), st.integers(1, 200))
def test_nothing_altered_leads_to_the_root(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree, entry = Tree.of(numbered(size)), b"%d" % index
    path = tree.path(index)
    for wrong in altered(path):
        assert root_by_path(entry, index, size, wrong) != tree.root
    assert root_by_path(b"x", index, size, path) != tree.root
    elsewhere = data.draw(st.integers(-1, size + 1))
    if elsewhere != index:
        assert root_by_path(entry, elsewhere, size, path) != tree.root


@QUICK
@given(st.data(), st.integers(1, 200))
def test_nothing_altered_shows_a_beginning(data: st.DataObject, size: int) -> None:
    older = data.draw(st.integers(1, size))
    entries, tree = numbered(size), Tree.of(numbered(size))
    first, second, path = (older, merkle_root(entries[:older])), (size, tree.root), tree.growth(older)
    for wrong in altered(path):
        assert not has_grown(first, second, wrong)
    assert not has_grown((older, bytes(32)), second, path)
    assert not has_grown(first, (size, bytes(32)), path)
    other = data.draw(st.integers(-1, size + 1))
    if other != older:
        assert not has_grown((other, first[1]), second, path)


@QUICK
@given(st.integers(2, 60), st.data())
def test_a_line_changed_below_an_older_head_cannot_be_shown_to_be_growth(size: int, data: st.DataObject) -> None:
    older = data.draw(st.integers(1, size))
    entries = numbered(size)
    rewritten = [b"x", *entries[1:]]
    for path in (Tree.of(rewritten).growth(older), Tree.of(entries).growth(older)):
        assert not has_grown((older, merkle_root(entries[:older])), (size, merkle_root(rewritten)), path)


def test_there_are_no_proofs_of_what_is_not_there() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Tree.of([])
    tree = Tree.of(numbered(3))
    for index in (-1, 3):
        with pytest.raises(IndexError):
            tree.path(index)
    for older in (0, 4):
        with pytest.raises(IndexError):
            tree.growth(older)
    assert not has_grown((3, tree.root), (5, tree.root), ())
