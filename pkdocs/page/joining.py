"""Values that a page's end breaks, put together again; plain search, with a bound on its work.

LibreOffice breaks a cell that spans rows, or a row higher than a page: the value goes on at the start of a line of
the next page, after what else stood on the first.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

_LEAST_BROKEN: Final = 24
"""Characters of the shortest value that may need two lines: a target or a code never does."""

_MAX_SEARCHED: Final = 400_000_000
"""Characters to look through, before values are left as they stand: far more than honest pages need."""

_COMPARED: Final = 500
"""What one comparison costs, in characters looked through."""

_HEAD: Final = 3
_TAKEN: Final = "\0"


def join_pages(text: str, runs: Iterable[Iterable[str]]) -> str:
    """Return the text of pages that form feeds divide, with each long value whole again, where it began.

    A value over three pages stays broken, and so do all once the work goes beyond its bound.
    """
    sheets = [_Sheet(page) for page in text.split("\f")]
    counts = Counter(value for run in runs for value in run if len(value) >= _LEAST_BROKEN)
    bound = _Bound()
    for value, count in counts.items():
        words = value.split()
        whole = "".join(words)
        if whole and bound.allows(sheets) and sum(sheet.packed.count(whole) for sheet in sheets) < count:
            _mend(sheets, words, bound)
    return "\n".join(sheet.text for sheet in sheets)


class _Bound:
    def __init__(self) -> None:
        self._left = _MAX_SEARCHED

    def allows(self, sheets: Iterable["_Sheet"]) -> bool:
        """Tell whether all ``sheets`` may be looked through once more."""
        return self.allows_search(sum(len(sheet.packed) for sheet in sheets))

    def allows_search(self, characters: int) -> bool:
        """Tell whether so many characters may be looked through."""
        self._left -= characters
        return self._left >= 0


class _Sheet:
    """A page's text, with and without white space."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.packed = "".join(text.split())
        self._places: list[int] | None = None
        self._starts: dict[str, list[int]] | None = None

    def place(self, index: int) -> int:
        """Return where the character at ``index`` of the packed text stands in the text."""
        if self._places is None:
            self._places = [place for place, character in enumerate(self.text) if not character.isspace()]
        return self._places[index]

    def starts(self, head: str) -> list[int]:
        """Return where lines that begin with ``head`` start in the packed text."""
        if self._starts is None:
            self._starts = {}
            start = 0
            for line in self.text.split("\n"):
                length = len("".join(line.split()))
                for size in range(1, _HEAD + 1) if length else ():
                    self._starts.setdefault(self.packed[start : start + size], []).append(start)
                start += length
        return self._starts.get(head, [])


def _mend(sheets: list[_Sheet], words: list[str], bound: _Bound) -> None:
    whole = "".join(words)
    ends: list[int] = []
    for word in words[:-1]:
        ends.append((ends[-1] if ends else 0) + len(word))
    for number in range(len(sheets) - 1):
        first, second = sheets[number], sheets[number + 1]
        # one search for each halving
        if not bound.allows_search((len(first.packed) + 1) * (len(ends).bit_length() + 1)):
            return
        rest = first.packed.replace(whole, _TAKEN)
        # the longest rest first: a shorter one may begin a line of it, and a longer beginning be another value's
        for end in ends[: _longest(rest, whole, ends)]:
            start = _start(second, whole[end:], bound)
            if start is not None:
                sheets[number], sheets[number + 1] = _moved(first, second, whole, end, start)
                break


def _longest(text: str, whole: str, ends: list[int]) -> int:
    """Return how many of ``ends`` are of a beginning of ``whole`` that ``text`` has."""
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high + 1) // 2
        if whole[: ends[middle - 1]] in text:
            low = middle
        else:
            high = middle - 1
    return low


def _start(sheet: _Sheet, rest: str, bound: _Bound) -> int | None:
    """Return the first start of a line at which ``rest`` stands in the packed text."""
    for start in sheet.starts(rest[:_HEAD]):
        if not bound.allows_search(_COMPARED):
            return None
        if sheet.packed.startswith(rest, start):
            return start
    return None


def _moved(first: _Sheet, second: _Sheet, whole: str, end: int, start: int) -> tuple[_Sheet, _Sheet]:
    """Return both pages, with the rest of ``whole`` after its beginning, which has ``end`` characters."""
    # the last one: what breaks is followed by no other value of its kind
    begun = first.packed.rfind(whole[:end])
    while begun >= 0 and first.packed.startswith(whole, begun):
        begun = first.packed.rfind(whole[:end], 0, begun + end - 1)
    there = first.place(begun + end - 1) + 1
    left, right = second.place(start), second.place(start + len(whole) - end - 1) + 1
    return (
        _Sheet(f"{first.text[:there]} {second.text[left:right]}{first.text[there:]}"),
        _Sheet(f"{second.text[:left]}\n{second.text[right:]}"),
    )
