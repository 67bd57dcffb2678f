"""One agreement's pages out of a file of several, with names and numbers of their own."""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from pkdocs.issue.objects import IrregularError, Item, Items, listed, named, with_list, write_file

_PAGE: Final = re.compile(rb"/Pg (\d+) 0 R")
_CONTENT: Final = re.compile(rb"/K\s*\[?\s*(?:\d|<<)")
_ATTRIBUTES: Final = re.compile(rb"/A (\d+) 0 R")
_KIND: Final = re.compile(rb"/S(/[^/\s<>]+)")
_ROLES: Final = re.compile(rb"/RoleMap<<(.*?)>>", re.DOTALL)
_ROLE: Final = re.compile(rb"(/[^/\s]+)(/[^/\s]+)")
_KEY: Final = re.compile(rb"/(StructParents?) (\d+)")
_NUMBERED: Final = re.compile(rb"(\d+) (\d+ 0 R|\[[^\]]*\])")
_FOR_READERS: Final = re.compile(rb"/Dests \d+ 0 R|/OpenAction\[[^\]]*\]")
_RESOURCES: Final = re.compile(rb"/(\w+)<<([^<>]*)>>")
_RESOURCE: Final = re.compile(rb"/([A-Za-z]+\d+) (\d+) 0 R")
_USED: Final = re.compile(rb"/([A-Za-z]+)(\d+)(?= (?:Do|gs|scn|SCN|sh)\b)")
_SET: Final = re.compile(rb"/(F\d+) [\d.]+ Tf\b")
_COMPRESSION: Final = 6


@dataclass(frozen=True, slots=True)
class Frame:
    """What the agreements of a file share, as numbers of objects.

    ``pages`` are all in their order, ``tags`` the root of the structure, ``document`` its one element, ``parents`` the
    tree from marks to tags, ``marks`` the named destinations, ``fonts`` by their names.
    """

    items: Items
    catalog: int
    tree: int
    pages: list[int]
    tags: int
    document: int
    parents: int
    marks: int
    resources: int
    fonts: Mapping[bytes, int]

    @classmethod
    def of(cls, items: Items) -> "Frame":
        """Return the frame of a file.

        Raises:
            LookupError, ValueError: it lacks something, or has several.
        """
        catalog = named(b"Root", Item(items.trailer))
        tree, tags = named(b"Pages", items[catalog]), named(b"StructTreeRoot", items[catalog])
        pages = listed(b"Kids", items[tree])
        (document,) = listed(b"K", items[tags])
        (resources,) = {named(b"Resources", items[page]) for page in pages}
        return cls(
            items=items,
            catalog=catalog,
            tree=tree,
            pages=pages,
            tags=tags,
            document=document,
            parents=named(b"ParentTree", items[tags]),
            marks=named(b"Dests", items[catalog]),
            resources=resources,
            fonts=dict(names_in(items[named(b"Font", items[resources])].body)),
        )

    def below(self, tag: int) -> Iterator[int]:
        """Yield an element of the structure and all below it."""
        waiting = [tag]
        while waiting:
            yield (last := waiting.pop())
            waiting += listed(b"K", self.items[last])


def names_in(body: bytes) -> list[tuple[bytes, int]]:
    """Return the names in a dictionary of resources with the numbers of their objects."""
    return [(name, int(number)) for name, number in _RESOURCE.findall(body)]


def pages_of(tag: Item) -> list[int]:
    """Return the pages that an element itself names."""
    return [int(page) for page in _PAGE.findall(tag.body)]


def has_content(tag: Item) -> bool:
    """Tell whether an element that has no other below it marks anything on a page."""
    return _CONTENT.search(tag.body) is not None


def write_part(frame: Frame, pages: Sequence[int], kids: Mapping[int, Sequence[int]]) -> bytes:
    """Return the file of the agreement on ``pages``.

    ``kids`` are its elements that stand below the document's, each with itself and all below it.

    Raises:
        IrregularError: something on these pages belongs to other pages too.
    """
    part = _Part(frame, pages)
    part.take_tags(kids)
    part.take_pages()
    part.take_resources()
    return part.file()


class _Part:
    """The objects of the whole file, some of which say something else in this one."""

    def __init__(self, frame: Frame, pages: Sequence[int]) -> None:
        self._frame = frame
        self._items = frame.items
        self._pages = pages
        self._changed: dict[int, Item] = {}
        self._foreign = set(frame.pages) - set(pages)
        self._names: dict[bytes, bytes] = {}
        self._drawn: list[bytes] = []
        self._fonts: set[bytes] = set()
        catalog = self._items[frame.catalog]
        self._changed[frame.catalog] = catalog.saying(_FOR_READERS.sub(b"", catalog.body))

    def take_tags(self, kids: Mapping[int, Sequence[int]]) -> None:
        """Keep the elements of this agreement, equal attributes once, and the roles that they have."""
        kinds: set[bytes] = set()
        seen: dict[bytes, bytes] = {}
        for tag in chain.from_iterable(kids.values()):
            body = self._items[tag].body
            kinds.update(_KIND.findall(body))
            if found := _ATTRIBUTES.search(body):
                known = seen.setdefault(self._items[int(found[1])].body, found[0])
                self._changed[tag] = Item(body.replace(found[0], known))
        document = with_list(b"K", kids, self._items[self._frame.document])
        self._changed[self._frame.document] = Item(_PAGE.sub(b"/Pg %d 0 R" % self._pages[0], document.body))
        root = self._items[self._frame.tags].body
        self._changed[self._frame.tags] = Item(_ROLES.sub(lambda found: _roles(found[1], kinds), root))

    def take_pages(self) -> None:
        """Keep the pages, number what marks them anew, and drop links to other places."""
        tree, numbers = self._items[self._frame.tree], dict(_NUMBERED.findall(self._items[self._frame.parents].body))
        body = re.sub(rb"/Count \d+", b"/Count %d" % len(self._pages), tree.body)
        self._changed[self._frame.tree] = with_list(b"Kids", self._pages, Item(body))
        marked: list[bytes] = []

        def renumber(found: re.Match[bytes]) -> bytes:
            marked.append(numbers[found[2]])
            return b"/%s %d" % (found[1], len(marked) - 1)

        links: list[int] = []
        for page in self._pages:
            own = [link for link in listed(b"Annots", self._items[page]) if b"/Dest" not in self._items[link].body]
            kept = with_list(b"Annots", own, self._items[page])
            self._changed[page] = Item(_KEY.sub(renumber, kept.body))
            self._take_stream(named(b"Contents", kept))
            links += own
        for link in links:
            self._changed[link] = Item(_KEY.sub(renumber, self._items[link].body))
        entries = b"\n".join(b"%d %s" % (key, value) for key, value in enumerate(marked))
        self._changed[self._frame.parents] = Item(b"<</Nums[\n%s ]>>" % entries)

    def _take_stream(self, number: int) -> None:
        """Name what a stream draws in the order of its use."""
        drawn = self._items.decoded(number)
        self._fonts.update(_SET.findall(drawn))
        if _USED.search(drawn):
            renamed = zlib.compress(_USED.sub(self._rename, drawn), _COMPRESSION)
            self._changed[number] = Item(self._items[number].body, renamed)

    def _rename(self, found: re.Match[bytes]) -> bytes:
        letters, old = found[1], found[1] + found[2]
        if old not in self._names:
            like = sum(name.startswith(letters) and name[len(letters) :].isdigit() for name in self._drawn)
            self._names[old] = b"%s%d" % (letters, like + 1)
            self._drawn.append(old)
        return b"/" + self._names[old]

    def take_resources(self) -> None:
        """Keep the fonts in which something is set, and what is drawn, or drawn by what is drawn."""
        resources = self._items[self._frame.resources]
        known = {name: number for _, inner in _RESOURCES.findall(resources.body) for name, number in names_in(inner)}
        for name in self._drawn:  # grows while it is read
            if b"/Subtype/Form" in self._items[known[name]].body:
                self._take_stream(known[name])
        self._changed[self._frame.resources] = Item(_RESOURCES.sub(self._kept, resources.body))
        fonts = (b"/%s %d 0 R" % font for font in self._frame.fonts.items() if font[0] in self._fonts)
        self._changed[named(b"Font", resources)] = Item(b"<<%s>>" % b"".join(fonts))

    def _kept(self, found: re.Match[bytes]) -> bytes:
        known = dict(names_in(found[2]))
        kept = (b"/%s %d 0 R" % (self._names[name], known[name]) for name in self._drawn if name in known)
        return b"/%s<<%s>>" % (found[1], b"".join(kept))

    def file(self) -> bytes:
        """Return the whole.

        Raises:
            IrregularError: it reaches a page that is another's.
        """
        return write_file(self._frame.catalog, self._item)

    def _item(self, number: int) -> Item:
        if number in self._foreign:
            raise IrregularError("another's page")
        return self._changed.get(number) or self._items[number]


def _roles(written: bytes, kinds: set[bytes]) -> bytes:
    """Return those roles that are used, sorted: LibreOffice has them in no order."""
    return b"/RoleMap<<%s>>" % b"".join(sorted(role + kind for role, kind in _ROLE.findall(written) if role in kinds))
