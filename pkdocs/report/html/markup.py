"""HTML from values: what is not markup already is text, and is escaped when it is put in."""

from html import escape
from typing import Final

from pkdocs.report.wording import visible

_VOID: Final = frozenset({"meta", "input", "br"})


class Html(str):
    """Markup. Every other ``str`` is text; so is what is added to markup by anything but ``element`` and ``join``."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | bool) -> Html:
    """Return an element; ``class_`` stands for ``class``, ``_`` in names for ``-``, an attribute of False for none.

    Names of elements and attributes are the program's own and are not escaped.
    """
    opening = f"<{name}{''.join(map(_attribute, attributes, attributes.values()))}>"
    return Html(opening if name in _VOID else f"{opening}{join(*children)}</{name}>")


def join(*children: str) -> Html:
    """Return ``children`` one after the other."""
    return Html("".join(child if isinstance(child, Html) else escape(visible(child)) for child in children))


def _attribute(name: str, value: str | bool) -> str:  # noqa: FBT001  the value of an attribute, not a switch
    if value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(visible(value))}"'
