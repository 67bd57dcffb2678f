"""The structure tree of a tagged PDF, as it grows (ISO 32000-2, 14.7 and 14.8)."""

from pkdocs.drawing.pdf import Objects, ref, refs, text_string


class Element:
    """One element: its kids in reading order, of which an element is one, and a marked piece of a page another."""

    def __init__(self, objects: Objects, tag: str, parent: int, attributes: str = "") -> None:
        self.number = objects.reserve()
        self.tag = tag
        self._objects = objects
        self._head = f"/Type /StructElem /S /{tag} /P {ref(parent)}{attributes}"
        self._kids: list[str] = []
        self._below: list[Element] = []

    def add(self, tag: str, attributes: str = "") -> "Element":
        """Return a new element below this one."""
        child = Element(self._objects, tag, self.number, attributes)
        self._below.append(child)
        self.adopt(child.number)
        return child

    def mark(self, page: int, mark: int) -> None:
        """Say that piece ``mark`` of the page of that object is this element's."""
        self._kids.append(f"<< /Type /MCR /Pg {ref(page)} /MCID {mark} >>")

    def adopt(self, element: int) -> None:
        """Take the element of that object for the next kid."""
        self._kids.append(ref(element))

    def fill(self) -> None:
        """Write this element and all below it."""
        self._objects.fill(self.number, f"<< {self._head} /K [{' '.join(self._kids)}] >>")
        for child in self._below:
            child.fill()


class Tree:
    """The tree, with what leads from pages and fields back to their elements."""

    def __init__(self, objects: Objects) -> None:
        self.number = objects.reserve()
        self.document = Element(objects, "Document", self.number)
        self._objects = objects
        self._parents: list[list[int] | int] = []

    def enter_page(self) -> tuple[int, list[int]]:
        """Return the key of a new page, and the list that takes the element of each of its marked pieces."""
        marked: list[int] = []
        self._parents.append(marked)
        return len(self._parents) - 1, marked

    def enter_field(self, field: int, label: str, page: int, above: Element) -> int:
        """Return the key of a new field, whose element is below ``above``; ``label`` says what it is."""
        # its one kid is not in an array: pyHanko takes a later signature for a suspicious change otherwise
        element = self._objects.add(
            f"<< /Type /StructElem /S /Form /P {ref(above.number)} /Alt {text_string(label)} /Pg {ref(page)}"
            f" /K << /Type /OBJR /Obj {ref(field)} /Pg {ref(page)} >> >>"
        )
        above.adopt(element)
        self._parents.append(element)
        return len(self._parents) - 1

    def fill(self) -> None:
        """Write the tree."""
        self.document.fill()
        keyed = (
            f"{key} {refs(entry) if isinstance(entry, list) else ref(entry)}" for key, entry in enumerate(self._parents)
        )
        parents = self._objects.add(f"<< /Nums [{' '.join(keyed)}] >>")
        self._objects.fill(
            self.number,
            f"<< /Type /StructTreeRoot /K [{ref(self.document.number)}] /ParentTree {ref(parents)}"
            f" /ParentTreeNextKey {len(self._parents)} >>",
        )
